//! What a code is for: its message says so, in the language that is asked for, and it is good for
//! nothing else. So whoever is asked on the telephone to read one out knows what they would give.

use serde_json::{Value, json};
use testkit::{Call, Device};

use crate::{Fixture, PIN, moment, new_phone, phone_changes, refused, registration};

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

/// What comes of each act with a code of this purpose, beside what the act needs.
async fn acts(fixture: &Fixture, purpose: &str) -> Vec<(&'static str, Value)> {
    let register = async |path: &str, phone: &str| {
        let (challenge_id, code) = sent(fixture, phone, purpose).await;
        let body = registration(&challenge_id, &code, PIN, &Device::new());
        fixture.post(path, &body).await.1
    };
    let signs_up = register("users", &new_phone()).await;
    let person = fixture.sign_up().await;
    let logs_in = register("devices", &person.phone).await;

    let (challenge_id, code) = sent(fixture, &person.phone, purpose).await;
    let device_id = person.device_id();
    let body = json!({"device_id": device_id, "challenge_id": challenge_id, "code": code});
    let call = Call::post("/api/v1/auth/pin-resets").json(&body);
    let call = person.signed(call, "ask-pin-reset", &challenge_id, moment());
    let asks_for_pin = fixture.send(call).await.json();

    let mover = fixture.sign_up().await;
    let old = sent(fixture, &mover.phone, "new-number").await;
    let new = sent(fixture, &new_phone(), purpose).await;
    let (status, moves) = phone_changes::change(fixture, &mover, PIN, [&old, &new]).await;
    let moves = if status == 204 { Value::Null } else { moves };

    let (challenge_id, code) = sent(fixture, &new_phone(), purpose).await;
    let body = json!({"phone": new_phone(), "challenge_id": challenge_id, "code": code});
    let recovers = fixture.post("recoveries", &body).await.1;

    let (challenge_id, code) = sent(fixture, &new_phone(), purpose).await;
    let body = json!({"challenge_id": challenge_id, "code": code});
    let stops = fixture.post("recoveries/current/cancel", &body).await.1;

    vec![
        ("log-in", signs_up),
        ("log-in", logs_in),
        ("new-pin", asks_for_pin),
        ("new-number", moves),
        ("recovery", recovers),
        ("stop-recovery", stops),
    ]
}

#[tokio::test]
async fn a_code_is_good_for_what_its_message_says_and_for_nothing_else() {
    let fixture = Fixture::new().await;
    for purpose in PURPOSES {
        for (act, answer) in acts(&fixture, purpose).await {
            let is_refused =
                ["otp-invalid", "otp-or-pin-invalid"].map(Value::from).contains(&answer["code"]);
            assert_eq!(is_refused, act != purpose, "{act} with a code for {purpose}: {answer}");
        }
    }
}

#[tokio::test]
async fn the_message_says_what_the_code_is_for_in_the_language_that_is_asked_for() {
    let fixture = Fixture::new().await;
    for (language, purpose, words) in [
        ("en", json!("log-in"), "logs a new phone in"),
        ("zh-HK", json!("new-pin"), "用於為你的帳戶設定新 PIN"),
        ("zh-CN", json!("new-number"), "用于更改账户的手机号码"),
        // Of a code that is good for all, the worst.
        ("en", json!(null), "can take over your account"),
        ("zh-HK", json!(null), "持有者可取得你的帳戶"),
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
