//! How long less leaves a wallet after what follows a takeover, whichever device asks.

use events::auth::SecurityEventRecordedV1;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use service::{ACCESS_AUDIENCE, AccessClaims, TokenVerifier};

use crate::phone_changes::change;
use crate::pin_resets::{ask, finish, pass};
use crate::{Fixture, PIN, Person, new_phone};

const NEW_PIN: &str = "916203";

/// The hours that are left of the limit that a token has.
pub(crate) async fn hours(fixture: &Fixture, tokens: &Value) -> Option<u64> {
    let verifier = TokenVerifier::follow(&fixture.auth_url().await).unwrap();
    let token = tokens["access_token"].as_str().unwrap();
    let claims = verifier.verify::<AccessClaims>(token, ACCESS_AUDIENCE).await.unwrap().unwrap();
    claims.limited_until.map(|until| until.saturating_sub(claims.iat).div_ceil(3_600))
}

/// As if so many hours had passed for people and devices.
async fn grow_older(fixture: &Fixture, hours: u32) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for sql in [
        format!("UPDATE devices SET registered_at = registered_at - INTERVAL {hours} HOUR"),
        format!(
            "UPDATE users SET recovered_at = recovered_at - INTERVAL {hours} HOUR,
                 limited_until = limited_until - INTERVAL {hours} HOUR"
        ),
    ] {
        conn.query_drop(sql).await.unwrap();
    }
}

async fn log_in(fixture: &Fixture, person: &Person, pin: &str) -> Value {
    let (status, tokens) = fixture.post("sessions", &person.log_in(pin)).await;
    assert_eq!(status, 201, "{tokens}");
    tokens
}

async fn renewed(fixture: &Fixture, person: &Person, tokens: &Value) -> Value {
    let (status, tokens) = fixture.renew(person, tokens).await;
    assert_eq!(status, 200, "{tokens}");
    tokens
}

async fn reset(fixture: &Fixture, person: &Person) {
    assert_eq!(ask(fixture, person, &person.phone).await.0, 201);
    pass(fixture, 24).await;
    assert_eq!(finish(fixture, person, NEW_PIN).await.0, 204);
}

async fn move_to_another_phone(fixture: &Fixture, person: &mut Person) {
    let phone = new_phone();
    let sent = [fixture.challenge(&person.phone).await, fixture.challenge(&phone).await];
    let (status, answer) = change(fixture, person, PIN, [&sent[0], &sent[1]]).await;
    assert_eq!(status, 204, "{answer}");
    person.phone = phone;
}

#[tokio::test]
async fn every_device_is_limited_for_a_day_after_a_new_pin_and_no_longer() {
    let fixture = Fixture::new().await;
    let first = fixture.sign_up().await;
    let second = fixture.add_device(&first).await;
    let mut passkey = fixture.add_passkey(&first).await;
    grow_older(&fixture, 73).await;
    assert_eq!(hours(&fixture, &log_in(&fixture, &second, PIN).await).await, None);
    reset(&fixture, &first).await;
    for device in [&first, &second] {
        let tokens = log_in(&fixture, device, NEW_PIN).await;
        assert_eq!(hours(&fixture, &tokens).await, Some(24));
        assert_eq!(hours(&fixture, &renewed(&fixture, device, &tokens).await).await, Some(24));
        let body = json!({"pin": NEW_PIN});
        let token = tokens["access_token"].as_str();
        let (_, stepped_up) = fixture.call("POST", "step-ups", token, Some(&body)).await;
        assert_eq!(hours(&fixture, &stepped_up).await, Some(24));
    }
    let browser = fixture.log_in_with(&mut passkey, &first).await;
    assert_eq!(hours(&fixture, &browser.tokens).await, Some(24));
    let renewal = json!({"refresh_token": browser.tokens["refresh_token"]});
    assert_eq!(hours(&fixture, &fixture.post("tokens", &renewal).await.1).await, Some(24));
    grow_older(&fixture, 24).await;
    assert_eq!(hours(&fixture, &log_in(&fixture, &first, NEW_PIN).await).await, None);
    // Whoever knows the PIN and changes it has shown more than anybody who resets it.
    let first = Person { tokens: log_in(&fixture, &first, NEW_PIN).await, ..first };
    let body = json!({"current_pin": NEW_PIN, "new_pin": PIN});
    assert_eq!(fixture.act(&first, "PUT", "pin", Some(&body)).await.0, 204);
    assert_eq!(hours(&fixture, &log_in(&fixture, &first, PIN).await).await, None);
}

#[tokio::test]
async fn every_device_is_limited_for_a_day_after_another_phone_number() {
    let fixture = Fixture::new().await;
    let mut person = fixture.sign_up().await;
    assert_eq!(hours(&fixture, &person.tokens).await, None);
    move_to_another_phone(&fixture, &mut person).await;
    // The login goes on, limited from its next token.
    let renewed = renewed(&fixture, &person, &person.tokens).await;
    assert_eq!(hours(&fixture, &renewed).await, Some(24));
    assert_eq!(hours(&fixture, &log_in(&fixture, &person, PIN).await).await, Some(24));
    let told: Vec<SecurityEventRecordedV1> = fixture.database.told().await;
    assert_eq!(told.len(), 1);
}

#[tokio::test]
async fn a_new_device_and_a_new_pin_or_number_close_together_limit_all_devices_for_three_days() {
    let fixture = Fixture::new().await;
    for (device_first, way, apart, expected) in [
        (true, "pin", 0, 72),
        (true, "number", 71, 72),
        (true, "number", 73, 24),
        (false, "number", 0, 72),
        (false, "pin", 71, 72),
        (false, "passkey", 71, 72),
    ] {
        let mut first = fixture.sign_up().await;
        let replace = async |person: &mut Person| match way {
            "pin" => reset(&fixture, person).await,
            _ => move_to_another_phone(&fixture, person).await,
        };
        if device_first {
            fixture.add_device(&first).await;
            grow_older(&fixture, apart).await;
            replace(&mut first).await;
        } else {
            replace(&mut first).await;
            grow_older(&fixture, apart).await;
            let pin = if way == "pin" { NEW_PIN } else { PIN };
            if way == "passkey" {
                fixture.add_passkey(&first).await;
            } else {
                add_device(&fixture, &first, pin).await;
            }
        }
        let pin = if way == "pin" { NEW_PIN } else { PIN };
        let left = hours(&fixture, &log_in(&fixture, &first, pin).await).await;
        assert_eq!(left, Some(expected), "{device_first} {way} {apart}");
    }
}

async fn add_device(fixture: &Fixture, person: &Person, pin: &str) {
    let (challenge_id, otp) = fixture.challenge(&person.phone).await;
    let body = crate::registration(&challenge_id, &otp, pin, &testkit::Device::new());
    let (status, tokens) = fixture.post("devices", &body).await;
    assert_eq!(status, 201, "{tokens}");
    assert_eq!(hours(fixture, &tokens).await, Some(72));
}

#[tokio::test]
async fn no_later_device_or_removal_shortens_a_limit() {
    let fixture = Fixture::new().await;
    let mut first = fixture.sign_up().await;
    move_to_another_phone(&fixture, &mut first).await;
    grow_older(&fixture, 60).await;
    let second = fixture.add_device(&first).await;
    grow_older(&fixture, 20).await;
    let third = fixture.add_device(&first).await;
    for thief in [&second, &third] {
        let path = format!("devices/{}", thief.device_id());
        assert_eq!(fixture.act(&first, "DELETE", &path, None).await.0, 204);
    }
    assert_eq!(hours(&fixture, &log_in(&fixture, &first, PIN).await).await, Some(52));

    // Nor does another change, once the device is not new any more.
    let mut first = fixture.sign_up().await;
    fixture.add_device(&first).await;
    grow_older(&fixture, 71).await;
    move_to_another_phone(&fixture, &mut first).await;
    grow_older(&fixture, 4).await;
    move_to_another_phone(&fixture, &mut first).await;
    assert_eq!(hours(&fixture, &log_in(&fixture, &first, PIN).await).await, Some(68));
}
