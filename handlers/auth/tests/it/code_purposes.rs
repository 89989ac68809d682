//! What a code is for: its message says so, in the language that is asked for, and it is good for
//! nothing else. So whoever is asked on the telephone to read one out knows what they would give.

use serde_json::{Value, json};
use testkit::{Call, Device};

use crate::recoveries::insert_ready;
use crate::{Fixture, PIN, code, moment, new_phone, phone_changes, refused, registration};

const PURPOSES: [&str; 5] = ["log-in", "new-pin", "new-number", "recovery", "stop-recovery"];

/// A challenge that was asked for with this purpose, and its code.
async fn sent(fixture: &Fixture, phone: &str, purpose: &str) -> (String, String) {
    let ask = json!({"phone": phone, "purpose": purpose});
    let (status, body) = fixture.post("otp-challenges", &ask).await;
    assert_eq!(status, 202, "{body}");
    let challenge_id = body["challenge_id"].as_str().unwrap().to_owned();
    let message = fixture.sms.newest_to(phone);
    let code = message.strip_prefix("Your PayMe code is ").unwrap()[..6].to_owned();
    (challenge_id, code)
}

/// What comes of each act with a code of this purpose, beside what the act needs: which act, what
/// it answers when all is right, and what it has answered.
async fn acts(fixture: &Fixture, purpose: &str) -> Vec<(&'static str, u16, (u16, Value))> {
    let register = async |path: &str, phone: &str| {
        let (challenge_id, code) = sent(fixture, phone, purpose).await;
        fixture.post(path, &registration(&challenge_id, &code, PIN, &Device::new())).await
    };
    let signs_up = register("users", &new_phone()).await;
    let person = fixture.sign_up().await;
    let logs_in = register("devices", &person.phone).await;

    let (challenge_id, code) = sent(fixture, &person.phone, purpose).await;
    let device_id = person.device_id();
    let body = json!({"device_id": device_id, "challenge_id": challenge_id, "code": code});
    let call = Call::post("/api/v1/auth/pin-resets").json(&body);
    let call = person.signed(call, "ask-pin-reset", &challenge_id, moment());
    let answer = fixture.send(call).await;
    let asks_for_pin = (answer.status, answer.json());

    let move_number = async |old_purpose: &str, new_purpose: &str| {
        let mover = fixture.sign_up().await;
        let old = sent(fixture, &mover.phone, old_purpose).await;
        let new = sent(fixture, &new_phone(), new_purpose).await;
        phone_changes::change(fixture, &mover, PIN, [&old, &new]).await
    };
    let moves_to = move_number("new-number", purpose).await;
    let moves_from = move_number(purpose, "new-number").await;

    let (challenge_id, code) = sent(fixture, &new_phone(), purpose).await;
    let body = json!({"phone": new_phone(), "challenge_id": challenge_id, "code": code});
    let recovers = fixture.post("recoveries", &body).await;
    let new = new_phone();
    let id = insert_ready(fixture, &person, &new, "approved").await;
    let finishes = register(&format!("recoveries/{id}/finish"), &new).await;

    let owner = fixture.sign_up().await;
    insert_ready(fixture, &owner, &new_phone(), "proposed").await;
    let (challenge_id, code) = sent(fixture, &owner.phone, purpose).await;
    let body = json!({"challenge_id": challenge_id, "code": code});
    let stops = fixture.post("recoveries/current/cancel", &body).await;

    vec![
        ("log-in", 201, signs_up),
        ("log-in", 201, logs_in),
        ("new-pin", 201, asks_for_pin),
        ("new-number", 204, moves_to),
        ("new-number", 204, moves_from),
        ("recovery", 201, recovers),
        ("recovery", 201, finishes),
        ("stop-recovery", 204, stops),
    ]
}

#[tokio::test]
async fn a_code_is_good_for_what_its_message_says_and_for_nothing_else() {
    let fixture = Fixture::new().await;
    for purpose in PURPOSES {
        for (number, (act, done, answer)) in acts(&fixture, purpose).await.into_iter().enumerate() {
            let said = format!("{act} ({number}) with a code for {purpose}: {answer:?}");
            if act == purpose {
                assert_eq!(answer.0, done, "{said}");
            } else {
                // Of a log-in on a new phone nobody learns whether it was the PIN.
                let name = if number == 1 { "otp-or-pin-invalid" } else { "otp-invalid" };
                assert_eq!(code(answer), refused(422, name), "{said}");
            }
        }
    }
}

#[tokio::test]
async fn five_tries_of_something_else_void_a_code_for_what_it_was_asked_for_too() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let (challenge_id, otp) = sent(&fixture, &person.phone, "log-in").await;
    let elsewhere = json!({"challenge_id": challenge_id, "code": otp});
    let body = registration(&challenge_id, &otp, PIN, &Device::new());
    let invalid = refused(422, "otp-invalid");
    for _ in 0..5 {
        assert_eq!(fixture.refusal("recoveries/current/cancel", &elsewhere).await, invalid);
    }
    let void = fixture.refusal("devices", &body).await;
    assert_eq!(void, refused(422, "otp-or-pin-invalid"));
}

#[tokio::test]
async fn the_message_says_what_the_code_is_for_in_the_language_that_is_asked_for() {
    let fixture = Fixture::new().await;
    for (language, purpose, words) in [
        ("en", json!("log-in"), "opens or logs a new phone in"),
        ("zh-HK", json!("new-pin"), "用於為你的帳戶設定新 PIN"),
        ("zh-CN", json!("new-number"), "用于更改账户的手机号码"),
        // Of a code that is good for all, the worst.
        ("en", json!(null), "can take over your account"),
        ("zh-HK", json!(null), "持有者可取得你的帳戶"),
        // Whoever asks may be a thief who names a language that the owner does not read.
        ("en", json!("log-in"), "用於開立帳戶或在新手機登入。切勿告訴任何人"),
        ("zh-CN", json!("recovery"), "It takes over an account whose phone is lost. Tell no one"),
    ] {
        let phone = new_phone();
        let ask = json!({"phone": phone, "purpose": purpose});
        let call = Call::post("/api/v1/auth/otp-challenges").header("accept-language", language);
        assert_eq!(fixture.send(call.json(&ask)).await.status, 202);
        let message = fixture.sms.newest_to(&phone);
        assert!(message.contains(words), "{language} {purpose}: {message}");
    }
    let ask = json!({"phone": new_phone(), "purpose": "payment"});
    assert_eq!(fixture.refusal("otp-challenges", &ask).await, refused(400, "invalid-body"));
}
