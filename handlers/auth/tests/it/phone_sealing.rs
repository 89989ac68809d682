//! Phone numbers at rest, and how those get there that an older program wrote.

use std::time::{Duration, Instant};

use auth::migrations;
use futures_util::future::join_all;
use mysql_async::Value as Cell;
use mysql_async::prelude::Queryable;
use serde_json::json;
use service::database::migrate;
use testkit::{Device, FreshDatabase};
use values::{RecoveryId, UserId};

use crate::phone_changes::{change, phone_of};
use crate::recoveries::{asked, finish_on, insert_ready};
use crate::{Fixture, PIN, Person, new_phone, refused, registration};

/// The last version in which no number could be sealed.
const BEFORE_SEALING: i32 = 82;

/// As it is where no older program can run any more.
pub(crate) async fn begin(database: &FreshDatabase) {
    let mut conn = database.pool.get_conn().await.unwrap();
    let sql = "UPDATE phone_sealing SET is_begun = TRUE, begins_at = NOW(6)";
    conn.query_drop(sql).await.unwrap();
}

/// From now on numbers are sealed, or are written as an older program reads them.
pub(crate) async fn set_sealing(fixture: &Fixture, is_begun: bool, begins_in_days: i8) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "UPDATE phone_sealing SET is_begun = ?, begins_at = NOW(6) + INTERVAL ? DAY";
    conn.exec_drop(sql, (is_begun, begins_in_days)).await.unwrap();
}

/// How many numbers of people and of recoveries stand in the clear.
pub(crate) async fn clear(fixture: &Fixture) -> (u64, u64) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "SELECT (SELECT COUNT(phone) FROM users),
            (SELECT COUNT(new_phone) + COUNT(old_phone) FROM recoveries)";
    conn.query_first(sql).await.unwrap().unwrap()
}

/// In which tables a number stands.
async fn tables_with(fixture: &Fixture, phone: &str) -> Vec<String> {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let digits = phone.trim_start_matches("+852").as_bytes();
    let tables: Vec<String> = conn.query("SHOW TABLES").await.unwrap();
    let mut found = Vec::new();
    for table in tables {
        let rows: Vec<mysql_async::Row> =
            conn.query(format!("SELECT * FROM {table}")).await.unwrap();
        let is_in = |cell: Cell| {
            let Cell::Bytes(bytes) = cell else { return false };
            bytes.windows(digits.len()).any(|window| window == digits)
        };
        if rows.into_iter().any(|row| row.unwrap().into_iter().any(is_in)) {
            found.push(table);
        }
    }
    found
}

async fn key_version_of(fixture: &Fixture, person: &Person) -> String {
    let user_id: UserId = person.tokens["user_id"].as_str().unwrap().parse().unwrap();
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "SELECT SUBSTRING(phone_sealed, 3, 32) FROM users WHERE user_id = ?";
    conn.exec_first(sql, (user_id.uuid(),)).await.unwrap().unwrap()
}

/// All ways in which a number leads to its person.
async fn expect_found(fixture: &Fixture, seeker: &Person, person: &Person) {
    let user_id = &person.tokens["user_id"];
    let token = Some(seeker.access_token());
    let body = json!({"phones": [new_phone(), person.phone]});
    let (_, found) = fixture.call("POST", "contact-matches", token, Some(&body)).await;
    assert_eq!(found["matches"], json!([{"phone": person.phone, "user_id": user_id}]));
    let body = json!({"phone": person.phone});
    let (_, found) = fixture.call("POST", "phone-lookups", token, Some(&body)).await;
    assert_eq!(found["user_id"], *user_id);
    assert_eq!(phone_of(fixture, person).await, person.phone);
}

async fn sign_up_refusal(fixture: &Fixture, phone: &str) -> (u16, String) {
    let (challenge_id, otp) = fixture.challenge(phone).await;
    let body = registration(&challenge_id, &otp, PIN, &Device::new());
    fixture.refusal("users", &body).await
}

#[tokio::test]
async fn whoever_reads_the_tables_reads_no_number() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let (moved_to, lost_for) = (new_phone(), new_phone());
    asked(&fixture, &person.phone, &lost_for).await;
    let old = fixture.challenge(&person.phone).await;
    let new = fixture.challenge(&moved_to).await;
    assert_eq!(change(&fixture, &person, PIN, [&old, &new]).await.0, 204);
    let seeker = fixture.sign_up().await;
    let moved = Person { phone: moved_to.clone(), ..person };
    expect_found(&fixture, &seeker, &moved).await;
    fixture.add_device(&moved).await;
    for phone in [&moved_to, &lost_for, &seeker.phone] {
        assert_eq!(tables_with(&fixture, phone).await, Vec::<String>::new());
    }
    set_sealing(&fixture, false, 7).await;
    let in_clear = fixture.sign_up().await.phone;
    assert_eq!(tables_with(&fixture, &in_clear).await, ["users"], "the search finds one");
}

#[tokio::test]
async fn what_an_older_program_wrote_is_found_before_and_after_it_is_sealed() {
    let fixture = Fixture::new().await;
    set_sealing(&fixture, false, 7).await;
    let (person, lost_for) = (fixture.sign_up().await, new_phone());
    let recovery = insert_ready(&fixture, &person, &lost_for, "approved").await.to_string();
    fixture.tick().await.expect(200);
    assert_eq!(clear(&fixture).await, (1, 1), "an older program may still run");
    set_sealing(&fixture, true, 0).await;
    let seeker = fixture.sign_up().await;
    assert_eq!(clear(&fixture).await, (1, 1), "who signs up now is sealed");
    let taken = refused(409, "phone-already-registered");
    for _ in 0..2 {
        expect_found(&fixture, &seeker, &person).await;
        assert_eq!(sign_up_refusal(&fixture, &person.phone).await, taken);
        let (one, other) = futures_util::join!(fixture.tick(), fixture.tick());
        one.expect(200);
        other.expect(200);
        assert_eq!(clear(&fixture).await, (0, 0));
    }
    assert_eq!(fixture.database.count("users").await, 2);
    let finished = finish_on(&fixture, &recovery, &lost_for, &Device::new()).await;
    assert_eq!(finished.0, 201, "{}", finished.1);
    assert_eq!(finished.1["user_id"], person.tokens["user_id"]);
}

#[tokio::test]
async fn sealing_begins_by_itself_when_it_is_time_and_never_ends() {
    let fixture = Fixture::new().await;
    set_sealing(&fixture, false, 7).await;
    let person = fixture.sign_up().await;
    set_sealing(&fixture, false, -1).await;
    for _ in 0..2 {
        fixture.tick().await.expect(200);
        assert_eq!((is_begun(&fixture.database).await, clear(&fixture).await), (true, (0, 0)));
    }
    assert_eq!(phone_of(&fixture, &person).await, person.phone);
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "UPDATE users SET phone = ?, phone_sealed = NULL, phone_index = NULL";
    conn.exec_drop(sql, (&person.phone,)).await.unwrap();
    fixture.tick().await.expect(200);
    assert_eq!(clear(&fixture).await, (0, 0), "a program that was rolled back wrote it");
}

async fn is_begun(database: &FreshDatabase) -> bool {
    let mut conn = database.pool.get_conn().await.unwrap();
    conn.query_first("SELECT is_begun FROM phone_sealing").await.unwrap().unwrap()
}

#[tokio::test]
async fn the_week_counts_from_the_first_tick_of_a_program_that_seals() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "UPDATE phone_sealing SET is_begun = FALSE, begins_at = NULL";
    conn.query_drop(sql).await.unwrap();
    fixture.sign_up().await;
    for _ in 0..2 {
        fixture.tick().await.expect(200);
        let sql = "SELECT TIMESTAMPDIFF(MINUTE, NOW(6), begins_at) FROM phone_sealing";
        let minutes: i64 = conn.query_first(sql).await.unwrap().unwrap();
        let week = 7 * 24 * 60;
        assert!((week - 2..=week).contains(&minutes), "{minutes}");
        assert!(!is_begun(&fixture.database).await);
    }
    assert_eq!(clear(&fixture).await, (1, 0));
}

/// Brings the schema to the newest version, and tells whether that began to seal.
async fn is_begun_by_release(before_sealing: &FreshDatabase) -> bool {
    migrate(&before_sealing.url, migrations()).await.unwrap();
    is_begun(before_sealing).await
}

#[tokio::test]
async fn no_number_of_a_new_environment_ever_stands_in_the_clear() {
    let made = FreshDatabase::of_version(migrations(), BEFORE_SEALING).await;
    assert!(is_begun_by_release(&made).await, "no older program was ever released");
}

#[tokio::test]
async fn where_an_older_program_was_released_numbers_are_not_sealed_at_once() {
    // The last release before may have been of any version.
    for released_version in [1, BEFORE_SEALING] {
        let released = FreshDatabase::of_version(migrations(), BEFORE_SEALING).await;
        let mut conn = released.pool.get_conn().await.unwrap();
        let sql = format!(
            "UPDATE refinery_schema_history SET applied_on = '2020-01-01T00:00:00Z'
             WHERE version <= {released_version}"
        );
        conn.query_drop(sql).await.unwrap();
        assert!(!is_begun_by_release(&released).await, "{released_version}");
    }
}

#[tokio::test]
async fn sealing_does_not_begin_while_somebody_writes_a_number_in_the_clear() {
    let fixture = Fixture::new().await;
    set_sealing(&fixture, false, -1).await;
    let phone = new_phone();
    let (challenge_id, otp) = fixture.challenge(&phone).await;
    let body = registration(&challenge_id, &otp, PIN, &Device::new());
    let pool = &fixture.database.pool;
    let (mut rival, mut looker) = (pool.get_conn().await.unwrap(), pool.get_conn().await.unwrap());
    // Until this ends, the sign-up waits for the number and holds that numbers are not sealed.
    rival.query_drop("START TRANSACTION").await.unwrap();
    let sql = "INSERT INTO users (user_id, phone, pin_hash) VALUES (?, ?, '')";
    rival.exec_drop(sql, (UserId::new().uuid(), &phone)).await.unwrap();
    let ticks_and_rival = async {
        let look = "SELECT 1 FROM phone_sealing FOR UPDATE NOWAIT";
        while looker.query_drop(look).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let release = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert!(!is_begun(&fixture.database).await, "somebody still writes");
            rival.query_drop("ROLLBACK").await.unwrap();
        };
        futures_util::join!(fixture.tick(), release).0.expect(200);
    };
    let (signed_up, ()) = futures_util::join!(fixture.post("users", &body), ticks_and_rival);
    assert_eq!(signed_up.0, 201, "{}", signed_up.1);
    fixture.tick().await.expect(200);
    assert_eq!((is_begun(&fixture.database).await, clear(&fixture).await), (true, (0, 0)));
}

#[tokio::test]
async fn the_database_refuses_a_number_in_both_forms_or_in_none() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for set in ["phone_index = NULL", "phone = '+85260000000'"] {
        assert!(conn.query_drop(format!("UPDATE users SET {set}")).await.is_err(), "{set}");
    }
    assert_eq!(phone_of(&fixture, &person).await, person.phone);
}

#[tokio::test]
async fn ten_numbers_are_sealed_a_second_since_people_need_the_vault_too() {
    let fixture = Fixture::new().await;
    set_sealing(&fixture, false, 7).await;
    join_all((0..12).map(|_| fixture.sign_up())).await;
    set_sealing(&fixture, true, 0).await;
    let start = Instant::now();
    fixture.tick().await.expect(200);
    let took = start.elapsed();
    assert_eq!(clear(&fixture).await, (0, 0));
    assert!(took >= Duration::from_millis(1_090), "{took:?}");
}

#[tokio::test]
async fn with_another_index_key_nobody_signs_up_or_logs_in() {
    let mut fixture = Fixture::new().await;
    for is_begun in [false, true] {
        set_sealing(&fixture, is_begun, 7).await;
        let person = fixture.sign_up().await;
        let users = fixture.database.count("users").await;
        let (routes, sms) = fixture.routes_with_index_key(vec![3; 32]).await;
        let wrong = Fixture { routes, sms, database: fixture.database };
        let (challenge_id, otp) = wrong.challenge(&person.phone).await;
        let body = registration(&challenge_id, &otp, PIN, &Device::new());
        for path in ["users", "devices"] {
            assert_eq!(wrong.refusal(path, &body).await, refused(500, "internal"), "{path}");
        }
        assert_eq!(wrong.database.count("users").await, users);
        let (routes, sms) = wrong.routes_with_index_key(vec![2; 32]).await;
        fixture = Fixture { routes, sms, database: wrong.database };
        assert_eq!(fixture.post("devices", &body).await.0, 201, "with the right one");
    }
}

/// While people move to other numbers and strangers want theirs.
#[tokio::test]
async fn no_number_is_lost_or_has_two_people_whatever_is_done_while_numbers_are_sealed() {
    let fixture = Fixture::new().await;
    set_sealing(&fixture, false, 7).await;
    let mut people = join_all((0..24).map(|_| fixture.sign_up())).await;
    set_sealing(&fixture, false, -1).await;
    let ticks = async {
        for _ in 0..6 {
            futures_util::join!(fixture.tick(), fixture.tick());
        }
    };
    let strangers = people[..12].iter().map(async |person| {
        let taken = sign_up_refusal(&fixture, &person.phone).await;
        assert_eq!(taken, refused(409, "phone-already-registered"));
    });
    let movers = people[12..].iter().map(async |person| {
        let phone = new_phone();
        let (old, new) = (fixture.challenge(&person.phone).await, fixture.challenge(&phone).await);
        let moved = change(&fixture, person, PIN, [&old, &new]).await;
        assert_eq!(moved.0, 204, "{}", moved.1);
        phone
    });
    let (strangers, movers) = (join_all(strangers), join_all(movers));
    let ((), _, phones) = futures_util::join!(ticks, strangers, movers);
    // On a busy machine one tick may end before all are done.
    for _ in 0..5 {
        fixture.tick().await.expect(200);
    }
    assert_eq!(clear(&fixture).await, (0, 0));
    assert_eq!(fixture.database.count("users").await, 24);
    for (person, phone) in people[12..].iter_mut().zip(phones) {
        let former = std::mem::replace(&mut person.phone, phone);
        let (challenge_id, otp) = fixture.challenge(&former).await;
        let body = registration(&challenge_id, &otp, PIN, &Device::new());
        assert_eq!(fixture.post("users", &body).await.0, 201, "it is free");
    }
    for person in &people {
        assert_eq!(phone_of(&fixture, person).await, person.phone);
    }
}

#[tokio::test]
async fn after_a_rotation_a_number_is_wrapped_by_the_newest_key_and_reads_the_same() {
    let fixture = Fixture::new().await;
    let (person, seeker) = (fixture.sign_up().await, fixture.sign_up().await);
    let before = key_version_of(&fixture, &person).await;
    testkit::rotate_key("phones").await;
    let (routes, sms) = fixture.routes_with_vault(&testkit::vault_url()).await;
    let after = Fixture { routes, sms, database: fixture.database };
    after.tick().await.expect(200);
    let versions = [key_version_of(&after, &person).await, key_version_of(&after, &seeker).await];
    assert!(!versions.contains(&before), "{versions:?}");
    expect_found(&after, &seeker, &person).await;
}

#[tokio::test]
async fn after_a_rotation_whoever_lost_a_number_is_told_by_the_newest_key() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "INSERT INTO recoveries (recovery_id, old_phone, new_phone, status)
        VALUES (?, ?, ?, 'asked')";
    let values = (RecoveryId::new().uuid(), &person.phone, new_phone());
    conn.exec_drop(sql, values).await.unwrap();
    fixture.tick().await.expect(200);
    let find = "SELECT SUBSTRING(old_phone_sealed, 3, 32) FROM recoveries";
    let before: Option<Option<String>> = conn.query_first(find).await.unwrap();
    assert!(matches!(before, Some(Some(_))), "it is sealed");
    testkit::rotate_key("phones").await;
    let (routes, sms) = fixture.routes_with_vault(&testkit::vault_url()).await;
    let after = Fixture { routes, sms, database: fixture.database };
    after.tick().await.expect(200);
    let wrapped: Option<Option<String>> = conn.query_first(find).await.unwrap();
    assert!(matches!(wrapped, Some(Some(_))) && wrapped != before, "{before:?} {wrapped:?}");
    let minutes_later = "UPDATE recoveries SET asked_at = asked_at - INTERVAL 2 MINUTE";
    conn.query_drop(minutes_later).await.unwrap();
    after.tick().await.expect(200);
    assert!(after.sms.newest_to(&person.phone).contains("lost this number"));
}

#[tokio::test]
async fn a_sealed_number_that_was_moved_to_another_row_opens_for_nobody() {
    let fixture = Fixture::new().await;
    let (person, thief) = (fixture.sign_up().await, fixture.sign_up().await);
    let id =
        |person: &Person| -> UserId { person.tokens["user_id"].as_str().unwrap().parse().unwrap() };
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "UPDATE users thief JOIN users person ON person.user_id = ?
        SET thief.phone_sealed = person.phone_sealed WHERE thief.user_id = ?";
    conn.exec_drop(sql, (id(&person).uuid(), id(&thief).uuid())).await.unwrap();
    let read = fixture.call("GET", "users/me", Some(thief.access_token()), None).await;
    assert_eq!(read.0, 500, "{}", read.1);
    assert_eq!(phone_of(&fixture, &person).await, person.phone);
}
