//! The tables that are kept by month: new months are made ahead, and old keys leave.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::time::{Duration, Instant};

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, logged};
use time::{Date, OffsetDateTime};
use uuid::Uuid;
use values::Product;

use crate::{Fixture, new_key};

const TABLES: [&str; 4] = ["transfers", "operations", "operation_keys", "payment_requests"];

/// The first day of the month that is `after` months after this one.
fn first_day(after: i32) -> Date {
    let today = OffsetDateTime::now_utc().date();
    let months = today.year() * 12 + i32::from(u8::from(today.month())) - 1 + after;
    let month = u8::try_from(months.rem_euclid(12) + 1).unwrap().try_into().unwrap();
    Date::from_calendar_date(months.div_euclid(12), month, 1).unwrap()
}

/// Such as 202612.
fn month(after: i32) -> i32 {
    number(first_day(after))
}

fn number(day: Date) -> i32 {
    day.year() * 100 + i32::from(u8::from(day.month()))
}

/// Where the partition of a month ends, as the table says it in SQL.
fn end_of(table: &str, after: i32) -> String {
    if table == "operation_keys" {
        return month(after + 1).to_string();
    }
    let seconds = first_day(after + 1).midnight().assume_utc().unix_timestamp();
    format!("0x{:012X}{:020}", seconds * 1000, 0)
}

/// Gives a table these months and `pmax`, whatever it had.
async fn keep_only(conn: &mut Conn, table: &str, months: std::ops::RangeInclusive<i32>) {
    let by = match table {
        "transfers" => "COLUMNS (transfer_id)",
        "operations" => "COLUMNS (operation_id)",
        "payment_requests" => "COLUMNS (payment_request_id)",
        _ => "(month)",
    };
    let partitions = months.map(|after| {
        format!("PARTITION p{} VALUES LESS THAN ({}), ", month(after), end_of(table, after))
    });
    let partitions = partitions.collect::<String>();
    let sql = format!(
        "ALTER TABLE {table} PARTITION BY RANGE {by}
             ({partitions} PARTITION pmax VALUES LESS THAN (MAXVALUE))"
    );
    conn.query_drop(sql).await.unwrap();
}

/// The names of a table's partitions, and where they end.
async fn partitions(conn: &mut Conn, table: &str) -> Vec<(String, String)> {
    let sql = "SELECT partition_name, partition_description FROM information_schema.partitions
               WHERE table_schema = DATABASE() AND table_name = ?
               ORDER BY partition_ordinal_position";
    conn.exec(sql, (table,)).await.unwrap()
}

/// What a table with these months looks like.
fn with_months(table: &str, months: std::ops::RangeInclusive<i32>) -> Vec<(String, String)> {
    let described = |end: String| {
        end.strip_prefix("0x")
            .map_or(end.clone(), |hex| format!("_binary 0x{}", hex.to_lowercase()))
    };
    let months = months.map(|after| (format!("p{}", month(after)), end_of(table, after)));
    let last = ("pmax".to_owned(), "MAXVALUE".to_owned());
    months.map(|(name, end)| (name, described(end))).chain([last]).collect()
}

async fn insert_key(conn: &mut Conn, month: i32) {
    let sql = "INSERT INTO operation_keys (key_id, month, fingerprint, record_id)
               VALUES (?, ?, 0x00, 0x00)";
    conn.exec_drop(sql, (Uuid::new_v4(), month)).await.unwrap();
}

async fn key_months(conn: &mut Conn) -> Vec<i32> {
    conn.query("SELECT month FROM operation_keys ORDER BY month").await.unwrap()
}

async fn keep_months(fixture: &Fixture) -> u16 {
    fixture.send(Call::post("/payments_nightly").json(&json!({}))).await.status
}

fn top_up() -> Value {
    json!({"amount": {"amount": 100, "currency": "HKD"}})
}

#[tokio::test]
async fn the_months_ahead_are_made_once_in_every_table() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for table in TABLES {
        keep_only(&mut conn, table, 0..=0).await;
    }
    for _ in 0..2 {
        assert_eq!(keep_months(&fixture).await, 200);
        for table in TABLES {
            assert_eq!(partitions(&mut conn, table).await, with_months(table, 0..=3), "{table}");
        }
    }
    // Their order of time is their order of bytes.
    fixture.consumer_with(100).await;
    let (owner, shop) = fixture.shop().await;
    fixture.request(&owner, shop).await;
    for table in TABLES {
        let this = format!("SELECT EXISTS (SELECT 1 FROM {table} PARTITION (p{}))", month(0));
        assert_eq!(conn.query_first(this).await.unwrap(), Some(true), "{table}");
    }
}

#[tokio::test]
async fn a_new_schema_has_months_ahead() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let last = format!("p{}", month(3));
    for table in TABLES {
        let partitions = partitions(&mut conn, table).await;
        assert!(partitions.iter().any(|(name, _)| *name >= last && name != "pmax"), "{table}");
    }
}

#[tokio::test]
async fn a_key_answers_for_thirty_days_and_leaves_with_its_month() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    keep_only(&mut conn, "operation_keys", -4..=3).await;
    let person = fixture.person(Product::Consumer).await;
    let (this, that) = (new_key(), new_key());
    let path = "/api/v1/wallets/me/top-ups";
    let (_, first) = fixture.post(&person, path, &that, &top_up()).await;
    let thirty_days_ago = number(OffsetDateTime::now_utc().date() - time::Duration::days(30));
    conn.exec_drop("UPDATE operation_keys SET month = ?", (thirty_days_ago,)).await.unwrap();
    let (_, second) = fixture.post(&person, path, &this, &top_up()).await;
    for after in -4..=-1 {
        insert_key(&mut conn, month(after)).await;
    }

    assert_eq!(keep_months(&fixture).await, 200);
    for (key, answer) in [(&that, &first), (&this, &second)] {
        assert_eq!(fixture.post(&person, path, key, &top_up()).await.1, *answer);
    }
    let ended_31_days_ago =
        |month: i32| number(OffsetDateTime::now_utc().date() - time::Duration::days(31)) > month;
    let months = key_months(&mut conn).await;
    assert!(!months.contains(&month(-4)) && !months.contains(&month(-3)), "{months:?}");
    assert_eq!(months.contains(&month(-2)), !ended_31_days_ago(month(-2)), "{months:?}");
    assert!(months.contains(&month(-1)) && months.contains(&month(0)), "{months:?}");
}

#[tokio::test]
async fn rows_of_a_month_that_was_not_made_are_told_of_and_not_copied() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for table in TABLES {
        keep_only(&mut conn, table, 0..=2).await;
    }
    let (status, log) = logged(keep_months(&fixture)).await;
    assert!(status == 200 && !log.contains("months are missing ahead"), "{log}");

    keep_only(&mut conn, "operation_keys", 0..=2).await;
    insert_key(&mut conn, month(9)).await;
    let (status, log) = logged(keep_months(&fixture)).await;
    assert!(status == 200 && log.contains("months are missing ahead"), "{log}");
    assert!(log.contains("ERROR") && log.contains("last_has_rows=true"), "{log}");
    let keys = with_months("operation_keys", 0..=2);
    assert_eq!(partitions(&mut conn, "operation_keys").await, keys);
    assert_eq!(key_months(&mut conn).await, [month(9)]);
}

#[tokio::test]
async fn a_long_transaction_stops_the_timer_and_not_the_payments() {
    let fixture = Fixture::new().await;
    let person = fixture.person(Product::Consumer).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    keep_only(&mut conn, "transfers", 0..=0).await;
    let mut audit = fixture.database.database.snapshot().await.unwrap();
    let _: Option<u64> = audit.query_first("SELECT COUNT(*) FROM transfers").await.unwrap();

    let start = Instant::now();
    let pay_meanwhile = async {
        // Until the ALTER waits; what comes now is behind it.
        while !is_waiting(&mut conn).await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        fixture.post(&person, "/api/v1/wallets/me/top-ups", &new_key(), &top_up()).await.0
    };
    let ((status, log), paid) = tokio::join!(logged(keep_months(&fixture)), pay_meanwhile);
    assert_eq!((status, paid), (503, 201), "{log}");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert!(log.contains("months are missing ahead"), "{log}");
    // The connection of the timer, which waits for the next as long as any other.
    let waits: Option<u64> =
        fixture.database.database.conn().await.unwrap().query_first(WAITS).await.unwrap();
    assert_eq!(waits, conn.query_first(WAITS).await.unwrap());

    audit.rollback().await.unwrap();
    assert_eq!(keep_months(&fixture).await, 200);
    assert_eq!(partitions(&mut conn, "transfers").await, with_months("transfers", 0..=3));
}

const WAITS: &str = "SELECT @@lock_wait_timeout";

/// Whether a statement of this schema waits for a table.
async fn is_waiting(conn: &mut Conn) -> bool {
    let sql = "SELECT COUNT(*) FROM information_schema.processlist
               WHERE db = DATABASE() AND state LIKE 'Waiting for table metadata lock%'";
    conn.query_first::<u64, _>(sql).await.unwrap() != Some(0)
}

/// The tests' own user may do everything. This one has the rights that `up` and `ops/deploy` give.
#[tokio::test]
async fn the_services_user_makes_and_drops_no_month_but_by_what_the_schema_allows() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    keep_only(&mut conn, "transfers", 0..=0).await;
    keep_only(&mut conn, "operation_keys", -3..=0).await;
    insert_key(&mut conn, month(-3)).await;
    insert_key(&mut conn, month(0)).await;
    let schema: Option<String> = conn.query_first("SELECT DATABASE()").await.unwrap();
    let schema = schema.unwrap();
    let user = format!("u_{}", &schema[schema.len() - 20..]);
    conn.query_drop(format!("CREATE USER '{user}'@'%'")).await.unwrap();
    conn.query_drop(format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON `{schema}`.* TO '{user}'@'%'"
    ))
    .await
    .unwrap();
    let url = fixture.database.url.replacen("//root@", &format!("//{user}@"), 1);
    let mut handler = Conn::from_url(url).await.unwrap();

    for ddl in [
        format!("ALTER TABLE operation_keys DROP PARTITION p{}", month(-3)),
        "ALTER TABLE transfers COMMENT 'mine'".to_owned(),
        "ALTER TABLE operation_keys TRUNCATE PARTITION pmax".to_owned(),
        "DROP TABLE operation_keys".to_owned(),
        "DROP PROCEDURE drop_old_keys".to_owned(),
        "CREATE PROCEDURE mine() DO 0".to_owned(),
    ] {
        let refused = handler.query_drop(&ddl).await;
        assert!(matches!(&refused, Err(mysql_async::Error::Server(_))), "{ddl}: {refused:?}");
    }
    // A caller who turns the clock forward drops no key that still answers.
    handler.query_drop("SET timestamp = UNIX_TIMESTAMP('2037-01-01')").await.unwrap();
    handler.query_drop("SET time_zone = '+13:00'").await.unwrap();
    for _ in 0..2 {
        handler.query_drop("CALL add_months()").await.unwrap();
        handler.query_drop("CALL drop_old_keys()").await.unwrap();
    }
    assert_eq!(key_months(&mut conn).await, [month(0)]);
    assert_eq!(partitions(&mut conn, "transfers").await, with_months("transfers", 0..=3));
}
