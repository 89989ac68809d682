//! What a device signs for: a token in other hands does none of it.

use serde_json::{Value, json};
use testkit::{Call, Device};
use time::{Duration, OffsetDateTime};

use crate::{Fixture, PIN, Person, code, moment, refused};

const NEW_PIN: &str = "916203";

/// Method, path, act, subject and body.
type Act = (&'static str, String, &'static str, String, Option<Value>);

/// Each act that a login can do at any time, but the renewal of tokens, which spends nothing.
fn acts(other: &Person) -> [Act; 3] {
    let change = json!({"current_pin": PIN, "new_pin": NEW_PIN});
    let id = other.device_id().to_owned();
    [
        ("PUT", "pin".to_owned(), "change-pin", String::new(), Some(change)),
        ("DELETE", "sessions/others".to_owned(), "end-other-sessions", String::new(), None),
        ("DELETE", format!("devices/{id}"), "remove-device", id, None),
    ]
}

fn call(person: &Person, (method, path, _, _, body): &Act) -> Call {
    let call = Call::new(method, &format!("/api/v1/auth/{path}")).bearer(person.access_token());
    body.iter().fold(call, |call, body| call.json(body))
}

#[tokio::test]
async fn a_token_without_the_devices_signature_changes_no_pin_and_ends_no_login() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let other = fixture.add_device(&person).await;
    let now = OffsetDateTime::now_utc();
    for act in acts(&other) {
        let (_, _, name, subject, _) = &act;
        let signed = |name, subject, at| person.signed(call(&person, &act), name, subject, at);
        let by_thief =
            Person { phone: String::new(), device: Device::new(), tokens: person.tokens.clone() };
        let by_other = other.signed(call(&person, &act), name, subject, moment());
        let again = signed(name, subject, moment());
        let twice = person.signed(again, name, subject, moment());
        let unsigned = call(&person, &act).header("device-signed-at", "2026-11-23T04:05:06.789Z");
        for (what, call, refusal) in [
            ("nothing", call(&person, &act), "signature-invalid"),
            ("no signature", unsigned, "signature-invalid"),
            (
                "another key",
                by_thief.signed(call(&person, &act), name, subject, moment()),
                "signature-invalid",
            ),
            ("another device of the person", by_other, "signature-invalid"),
            ("another act", signed("log-in", subject, moment()), "signature-invalid"),
            ("another subject", signed(name, "dev_1", moment()), "signature-invalid"),
            ("two signatures", twice, "signature-invalid"),
            ("old", signed(name, subject, now - Duration::seconds(62)), "clock-skew"),
            ("early", signed(name, subject, now + Duration::seconds(65)), "clock-skew"),
        ] {
            let answer = fixture.send(call).await;
            let refusal = refused(422, refusal);
            assert_eq!(code((answer.status, answer.json())), refusal, "{name} with {what}");
        }
    }
    for living in [&person, &other] {
        assert_eq!(fixture.renew(living, &living.tokens).await.0, 200);
        fixture.post("sessions", &living.log_in(PIN)).await;
    }
    assert_eq!(fixture.database.count("guesses").await, 4, "no PIN was looked at but at log-in");
}

#[tokio::test]
async fn a_signature_is_good_once_whichever_act_comes_first() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let other = fixture.add_device(&person).await;
    let mut person = person;
    person.tokens["access_token"] = fixture.pin_token(&person, PIN).await.into();
    let at = moment();
    let mut spent = false;
    for act in acts(&other) {
        let (_, _, name, subject, _) = &act;
        let answer = fixture.send(person.signed(call(&person, &act), name, subject, at)).await;
        if spent {
            let refusal = code((answer.status, answer.json()));
            assert_eq!(refusal, refused(422, "signature-invalid"), "{name}");
        } else {
            assert_eq!(answer.status, 204, "{name}");
        }
        spent = true;
    }
    // Nor does a log-in of that moment.
    let log_in = crate::log_in_at(&person, &person.device, NEW_PIN, at);
    assert_eq!(fixture.refusal("sessions", &log_in).await, refused(422, "signature-invalid"));
    for act in acts(&other).into_iter().skip(1) {
        let (_, _, name, subject, _) = &act;
        let signed = person.signed(call(&person, &act), name, subject, moment());
        assert_eq!(fixture.send(signed).await.status, 204, "{name}");
    }
}

#[tokio::test]
async fn a_mistyped_pin_does_not_spend_the_signature() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let at = moment();
    let change = async |pin: &str| {
        let body = json!({"current_pin": pin, "new_pin": NEW_PIN});
        let call = Call::new("PUT", "/api/v1/auth/pin").bearer(person.access_token()).json(&body);
        let answer = fixture.send(person.signed(call, "change-pin", "", at)).await;
        answer.status
    };
    assert_eq!(change(crate::WRONG_PIN).await, 422);
    assert_eq!(change(PIN).await, 204);
}
