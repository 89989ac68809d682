//! What happens while something else is being decided: the interleavings, driven by held locks.

use std::time::Duration;

use argon2::{Argon2, Params, PasswordHasher};
use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::Device;
use tokio::time::{sleep, timeout};

use crate::{Fixture, PIN, Person, code, new_phone, refused, registration};

const NEW_PIN: &str = "916203";
/// Passes that make a check last long enough for anything to happen meanwhile.
const SLOW_PASSES: u32 = 100;
const POLL: Duration = Duration::from_millis(5);
/// What has not ended after this time is waiting for a lock, which it does for five seconds.
const BLOCKED: Duration = Duration::from_millis(500);

fn hash(pin: &str, passes: u32) -> String {
    let params = Params::new(19_456, passes, 1, None).unwrap();
    Argon2::from(params).hash_password(pin.as_bytes()).unwrap().to_string()
}

async fn set_pin_hash(conn: &mut Conn, hash: &str) {
    conn.exec_drop("UPDATE users SET pin_hash = ?, pin_version = pin_version + 1", (hash,))
        .await
        .unwrap();
}

/// The greatest of the counts that the guess under way is added to.
async fn wrong_guesses(conn: &mut Conn) -> u32 {
    conn.query_first("SELECT COALESCE(MAX(wrong), 0) FROM guesses").await.unwrap().unwrap()
}

/// Every use of a PIN that has a lasting effect.
async fn uses_of_the_pin(
    fixture: &Fixture,
    person: &Person,
) -> [(&'static str, &'static str, Value); 4] {
    let (challenge_id, code) = fixture.challenge(&person.phone).await;
    let (current, new) =
        (fixture.challenge(&person.phone).await, fixture.challenge(&new_phone()).await);
    let sent = |(id, code)| json!({"challenge_id": id, "code": code});
    [
        ("POST", "sessions", person.log_in(PIN)),
        ("POST", "devices", registration(&challenge_id, &code, PIN, &Device::new())),
        ("PUT", "pin", json!({"current_pin": PIN, "new_pin": "284615"})),
        ("PUT", "users/me/phone", json!({"pin": PIN, "current": sent(current), "new": sent(new)})),
    ]
}

#[tokio::test]
async fn a_pin_that_is_changed_while_it_is_checked_does_nothing() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let (old, new) = (hash(PIN, SLOW_PASSES), hash(NEW_PIN, 1));
    for (method, path, body) in uses_of_the_pin(&fixture, &person).await {
        set_pin_hash(&mut conn, &old).await;
        conn.query_drop("DELETE FROM guesses").await.unwrap();
        let change = async {
            while wrong_guesses(&mut conn).await == 0 {
                sleep(POLL).await;
            }
            // At once: no row is locked while the PIN is hashed.
            timeout(BLOCKED, set_pin_hash(&mut conn, &new)).await.unwrap();
            assert_eq!(wrong_guesses(&mut conn).await, 1, "the check ended before the change");
        };
        let call = async {
            match path {
                "pin" | "users/me/phone" => fixture.act(&person, method, path, Some(&body)).await,
                _ => fixture.post(path, &body).await,
            }
        };
        let (answer, ()) = futures_util::join!(call, change);
        let refusal = if path == "devices" { "otp-or-pin-invalid" } else { "pin-invalid" };
        assert_eq!(code(answer), refused(422, refusal), "{path}");
        let now: String = conn.query_first("SELECT pin_hash FROM users").await.unwrap().unwrap();
        assert_eq!(now, new, "{path}");
    }
    for table in ["sessions", "devices"] {
        assert_eq!(fixture.database.count(table).await, 1, "{table}");
    }
}

#[tokio::test]
async fn a_log_in_that_has_begun_its_session_is_seen_by_the_change_of_the_pin() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let other = fixture.add_device(&person).await;
    // The log-in stops at its device, locked here, after it has compared the PIN for the last time.
    let mut holder = fixture.database.database.begin().await.unwrap();
    holder.query_drop("SELECT 1 FROM devices FOR UPDATE").await.unwrap();
    let body = other.log_in(PIN);
    let change = json!({"current_pin": PIN, "new_pin": NEW_PIN});
    let log_in = fixture.post("sessions", &body);
    let change = async {
        sleep(BLOCKED).await;
        fixture.act(&person, "PUT", "pin", Some(&change)).await.0
    };
    let release = async {
        sleep(4 * BLOCKED).await;
        holder.rollback().await.unwrap();
    };
    let ((status, tokens), changed, ()) = futures_util::join!(log_in, change, release);
    assert_eq!((status, changed), (201, 204));
    let refusal = code(fixture.renew(&other, &tokens).await);
    assert_eq!(refusal, refused(422, "refresh-token-invalid"));
}

#[tokio::test]
async fn a_session_that_is_being_ended_does_nothing_more() {
    let renewal = refused(422, "refresh-token-invalid");
    for (method, path, expected) in
        [("POST", "tokens", renewal), ("DELETE", "devices", refused(401, "invalid-token"))]
    {
        let fixture = Fixture::new().await;
        let person = fixture.sign_up().await;
        let path = match path {
            "devices" => format!("devices/{}", person.device_id()),
            path => path.to_owned(),
        };
        let mut end = fixture.database.database.begin().await.unwrap();
        end.query_drop("UPDATE sessions SET revoked_at = NOW(6)").await.unwrap();
        let body = json!({"refresh_token": person.tokens["refresh_token"]});
        let body = (method == "POST").then_some(&body);
        let call = fixture.act(&person, method, &path, body);
        let end = async {
            sleep(BLOCKED).await;
            end.commit().await.unwrap();
        };
        let (answer, ()) = futures_util::join!(call, end);
        assert_eq!(code(answer), expected, "{path}");
    }
}
