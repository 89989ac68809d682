//! Wrong PINs, the lock, and changing the PIN.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use events::auth::SessionRevokedV1;
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::json;
use testkit::{Call, Device, InProcess};

use crate::{Fixture, PIN, Person, WRONG_PIN, code, refused, registration};

const NEW_PIN: &str = "916203";

async fn change_pin(fixture: &Fixture, person: &Person, from: &str, to: &str) -> u16 {
    let body = json!({"current_pin": from, "new_pin": to});
    fixture.act(person, "PUT", "pin", Some(&body)).await.0
}

#[tokio::test]
async fn of_twenty_wrong_pins_at_once_five_are_checked() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let guess = person.log_in(WRONG_PIN);
    let answers = join_all((0..20).map(|_| fixture.refusal("sessions", &guess))).await;
    let count = |wanted| answers.iter().filter(|answer| **answer == wanted).count();
    assert_eq!(count(refused(422, "pin-invalid")), 5);
    assert_eq!(count(refused(429, "pin-locked")), 15);

    let right = person.log_in(PIN);
    assert_eq!(fixture.refusal("sessions", &right).await, refused(429, "pin-locked"));
}

#[tokio::test]
async fn wrong_pins_are_counted_over_every_operation_of_a_device() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    assert_eq!(fixture.post("sessions", &person.log_in(WRONG_PIN)).await.0, 422);
    assert_eq!(fixture.post("sessions", &person.log_in(WRONG_PIN)).await.0, 422);
    for _ in 0..3 {
        assert_eq!(change_pin(&fixture, &person, WRONG_PIN, NEW_PIN).await, 422);
    }
    assert_eq!(change_pin(&fixture, &person, PIN, NEW_PIN).await, 429);
    assert_eq!(fixture.post("sessions", &person.log_in(PIN)).await.0, 429);
}

#[tokio::test]
async fn a_lock_needs_no_redis_says_when_it_ends_and_the_next_is_twice_as_long() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let without_redis = fixture.without_redis();
    let log_in = async |pin: &str| {
        let log_in = Call::post("/api/v1/auth/sessions").json(&person.log_in(pin));
        let answer = log_in.send(&auth::routes(without_redis.clone())).await;
        (answer.status, answer.header("retry-after").parse::<u64>().ok())
    };
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let mut pass = async |seconds: u64| {
        let pass = format!(
            "UPDATE guesses SET locked_until = locked_until - INTERVAL {seconds} SECOND,
                 guessed_at = guessed_at - INTERVAL {seconds} SECOND"
        );
        conn.query_drop(pass).await.unwrap();
    };
    for wait in [900, 1_800, 3_600] {
        for _ in 0..5 {
            assert_eq!(log_in(WRONG_PIN).await, (422, None));
        }
        for (passed, seconds) in [(0, wait - 20..=wait), (wait - 10, 1..=10)] {
            pass(passed).await;
            let (status, retry_after) = log_in(PIN).await;
            assert_eq!(status, 429);
            assert!(seconds.contains(&retry_after.unwrap()), "{retry_after:?}");
        }
        pass(10).await;
    }
    // A right PIN ends the growth.
    assert_eq!(log_in(PIN).await.0, 201);
    for _ in 0..5 {
        assert_eq!(log_in(WRONG_PIN).await, (422, None));
    }
    assert!((880..=900).contains(&log_in(PIN).await.1.unwrap()));
}

#[tokio::test]
async fn a_device_that_is_locked_leaves_the_others_of_its_owner_alone_and_they_leave_it_locked() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let other = fixture.add_device(&person).await;
    for _ in 0..5 {
        assert_eq!(fixture.post("sessions", &person.log_in(WRONG_PIN)).await.0, 422);
    }
    let locked = refused(429, "pin-locked");
    // However often it is tried now.
    for _ in 0..30 {
        assert_eq!(fixture.refusal("sessions", &person.log_in(WRONG_PIN)).await, locked);
    }
    assert_eq!(fixture.post("sessions", &other.log_in(PIN)).await.0, 201);
    assert_eq!(fixture.refusal("sessions", &person.log_in(PIN)).await, locked);
}

#[tokio::test]
async fn thirty_wrong_pins_on_several_devices_lock_all_of_them_and_any_new_one() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let other = fixture.add_device(&person).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for device in [&person, &other, &person, &other, &person, &other] {
        for _ in 0..5 {
            let refusal = fixture.refusal("sessions", &device.log_in(WRONG_PIN)).await;
            assert_eq!(refusal, refused(422, "pin-invalid"));
        }
        // As if the wait of the device had passed.
        let pass = "UPDATE guesses SET locked_until = NULL WHERE guessed LIKE 'd%'";
        conn.query_drop(pass).await.unwrap();
    }
    let locked = refused(429, "pin-locked");
    for device in [&person, &other] {
        for _ in 0..5 {
            assert_eq!(fixture.refusal("sessions", &device.log_in(PIN)).await, locked);
        }
    }
    let (challenge_id, code) = fixture.challenge(&person.phone).await;
    let body = registration(&challenge_id, &code, PIN, &Device::new());
    assert_eq!(fixture.refusal("devices", &body).await, locked);
    // That answer told that the code was right, so it is used up.
    assert_eq!(fixture.refusal("devices", &body).await, refused(422, "otp-or-pin-invalid"));

    // No PIN was looked at meanwhile, so none was counted on the device either.
    conn.query_drop("UPDATE guesses SET locked_until = NULL WHERE guessed LIKE 'u%'")
        .await
        .unwrap();
    assert_eq!(fixture.post("sessions", &person.log_in(PIN)).await.0, 201);
}

#[tokio::test]
async fn a_right_pin_begins_the_count_anew() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    for _ in 0..2 {
        for _ in 0..4 {
            assert_eq!(fixture.post("sessions", &person.log_in(WRONG_PIN)).await.0, 422);
        }
        assert_eq!(fixture.post("sessions", &person.log_in(PIN)).await.0, 201);
    }
}

#[tokio::test]
async fn a_changed_pin_replaces_the_old_one_and_ends_all_other_logins() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    for weak in ["111111", "730518", "147258", &person.phone[6..]] {
        let body = json!({"current_pin": PIN, "new_pin": weak});
        let call = fixture.act(&person, "PUT", "pin", Some(&body));
        assert_eq!(code(call.await), refused(422, "pin-too-weak"), "{weak}");
    }
    let other = fixture.add_device(&person).await;
    assert_eq!(change_pin(&fixture, &person, PIN, NEW_PIN).await, 204);
    assert_eq!(fixture.renew(&other, &other.tokens).await.0, 422);
    assert_eq!(fixture.database.told::<SessionRevokedV1>().await.len(), 1);
    assert_eq!(fixture.post("sessions", &person.log_in(PIN)).await.0, 422);
    assert_eq!(fixture.post("sessions", &person.log_in(NEW_PIN)).await.0, 201);
}

#[tokio::test]
async fn a_session_that_has_ended_changes_no_pin() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let token = Some(person.access_token());
    assert_eq!(fixture.call("DELETE", "sessions/current", token, None).await.0, 204);
    let body = json!({"current_pin": PIN, "new_pin": NEW_PIN});
    let refusal = code(fixture.act(&person, "PUT", "pin", Some(&body)).await);
    assert_eq!(refusal, refused(401, "invalid-token"));
}

#[tokio::test]
async fn a_hash_of_before_there_were_peppers_stays_good_and_is_renewed_by_the_next_right_pin() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let plain = Argon2::default().hash_password(PIN.as_bytes()).unwrap().to_string();
    conn.exec_drop("UPDATE users SET pin_hash = ?", (&plain,)).await.unwrap();
    let mut stored = async || -> String {
        conn.query_first("SELECT pin_hash FROM users").await.unwrap().unwrap()
    };
    assert_eq!(fixture.post("sessions", &person.log_in(WRONG_PIN)).await.0, 422);
    assert_eq!(stored().await, plain);
    // Several at once: whichever renews it, none of them was wrong.
    let bodies: Vec<_> = (0..4).map(|_| person.log_in(PIN)).collect();
    let log_ins = join_all(bodies.iter().map(|body| fixture.post("sessions", body))).await;
    assert!(log_ins.iter().all(|(status, _)| *status == 201), "{log_ins:?}");
    let renewed = stored().await;
    assert!(!renewed.starts_with('$') && renewed.contains("$argon2id$"), "{renewed}");

    let person = fixture.log_in(person).await;
    assert_eq!(fixture.post("sessions", &person.log_in(WRONG_PIN)).await.0, 422);
    assert_eq!(stored().await, renewed);
    assert_eq!(change_pin(&fixture, &person, PIN, NEW_PIN).await, 204);
    assert_eq!(fixture.post("sessions", &person.log_in(PIN)).await.0, 422);
}

#[tokio::test]
async fn whoever_reads_the_table_of_pins_cannot_try_them_all() {
    let fixture = Fixture::new().await;
    fixture.sign_up().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let stored: String = conn.query_first("SELECT pin_hash FROM users").await.unwrap().unwrap();
    let phc = &stored[stored.find('$').unwrap()..];
    assert!(Argon2::default().verify_password(PIN.as_bytes(), phc).is_err());
}
