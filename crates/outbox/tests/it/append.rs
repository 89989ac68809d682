//! Making events part of a transaction, whatever is in them.

use events::Envelope;
use mysql_async::prelude::Queryable;
use outbox::{EVENT_BYTES_MAX, Outbox};
use service::trace::TraceContext;
use testkit::{event, unreachable_hub};

use crate::{CountedV1, fresh_database};

/// What ends a literal, starts a comment, or is not what it looks like.
const TEXTS: [&str; 8] = [
    "'); DROP TABLE outbox; --",
    "\\",
    "\\'",
    "\"`",
    "😀 永記",
    "\0",
    "', ?, @x #",
    "/* \r\n\u{1a}",
];

fn odd_events() -> Vec<Envelope> {
    let odd = TEXTS.iter().map(|text| {
        let mut odd = event(text, &CountedV1 { position: 0 });
        odd.data["text"] = (*text).into();
        odd
    });
    odd.collect()
}

#[tokio::test]
async fn events_stand_in_the_table_as_they_are_in_every_mode_of_a_session() {
    let database = fresh_database().await;
    let events = odd_events();
    let insert = Outbox::insert_sql(&events).unwrap();
    let mut conn = database.pool.get_conn().await.unwrap();
    for mode in ["", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "STRICT_ALL_TABLES"] {
        conn.query_drop(format!("SET sql_mode = '{mode}'")).await.unwrap();
        for charset in ["utf8mb4", "latin1"] {
            let statements = format!("SET NAMES {charset}; DELETE FROM outbox; {insert}");
            conn.query_drop(statements).await.unwrap();
            conn.query_drop("SET NAMES utf8mb4").await.unwrap();
            assert_eq!(database.outbox().await, events, "{mode} {charset}");
        }
    }
}

#[tokio::test]
async fn a_text_is_read_as_it_is_in_every_mode_of_a_session() {
    let harmless: String = (0..=127).map(char::from).filter(|one| !"'\\".contains(*one)).collect();
    let mut conn = fresh_database().await.pool.get_conn().await.unwrap();
    for text in TEXTS.into_iter().chain([&*harmless]) {
        for mode in ["", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES"] {
            for charset in ["utf8mb4", "latin1", "gbk"] {
                let settings = format!("SET sql_mode = '{mode}'; SET NAMES {charset}");
                conn.query_drop(settings).await.unwrap();
                let sql = format!("SELECT HEX({})", service::database::text_literal(text));
                let read: String = conn.query_first(sql).await.unwrap().unwrap();
                let sent: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
                assert_eq!(read, sent, "{text:?} {mode} {charset}");
            }
        }
    }
}

#[tokio::test]
async fn a_row_has_many_events_and_no_more_than_the_hub_takes_at_once() {
    let database = fresh_database().await;
    let outbox = Outbox::start(database.database.clone(), unreachable_hub("counted")).unwrap();
    let large = "s".repeat(EVENT_BYTES_MAX / 3);
    let told = ["a", "b", &large, &large, &large, "c"];
    let events = told.map(|subject| event(subject, &CountedV1 { position: 0 }));
    let mut tx = database.database.begin().await.unwrap();
    outbox.append(&mut tx, &events).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(database.outbox().await, events);
    assert_eq!(database.count("outbox").await, 2);
}

#[tokio::test]
async fn a_transaction_appends_the_same() {
    let database = fresh_database().await;
    let outbox = Outbox::start(database.database.clone(), unreachable_hub("counted")).unwrap();
    let events = odd_events();
    let mut tx = database.database.begin().await.unwrap();
    outbox.append(&mut tx, &events).await.unwrap();
    outbox.append(&mut tx, &[]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(database.outbox().await, events);
    assert_eq!(Outbox::insert_sql(&[]).unwrap(), "");
}

#[tokio::test]
async fn an_event_above_the_limit_is_refused_before_it_is_stored() {
    let database = fresh_database().await;
    let outbox = Outbox::start(database.database.clone(), unreachable_hub("counted")).unwrap();
    let subject = "s".repeat(EVENT_BYTES_MAX);
    let envelope =
        outbox.envelope(TraceContext::root(), subject, &CountedV1 { position: 0 }).unwrap();
    let mut tx = database.database.begin().await.unwrap();
    assert!(outbox.append(&mut tx, &[envelope]).await.is_err());
    outbox.commit(tx).await.unwrap();
    assert_eq!(database.count("outbox").await, 0);
}
