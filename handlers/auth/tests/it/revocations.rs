//! Other services learn which logins have ended, and this one refuses them itself.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use service::{AccessClaims, TokenVerifier};
use testkit::Call;
use values::SessionId;

use crate::{Fixture, PIN, Person, pin_resets};

/// How soon a service that follows auth must have learned of an end.
const WITHIN: Duration = Duration::from_secs(1);

async fn session_id(tokens: &TokenVerifier, person: &Person) -> SessionId {
    let token = person.access_token();
    let claims: Option<AccessClaims> =
        tokens.verify(token, service::ACCESS_AUDIENCE).await.unwrap();
    claims.unwrap().sid
}

#[tokio::test]
async fn every_way_to_end_a_login_reaches_other_services_within_a_second() {
    let fixture = Fixture::new().await;
    let tokens = TokenVerifier::follow(&fixture.auth_url().await).unwrap();
    let ways = ["log-out", "device", "others-logged-out", "pin", "pin-reset", "log-in", "reuse"];
    for way in ways {
        let person = fixture.sign_up().await;
        let ended = session_id(&tokens, &person).await;
        assert!(!tokens.is_revoked(ended).await.unwrap(), "{way}");
        let token = person.access_token().to_owned();
        match way {
            "log-out" => {
                fixture.call("DELETE", "sessions/current", Some(&token), None).await;
            }
            "device" => {
                let path = format!("devices/{}", person.device_id());
                fixture.act(&person, "DELETE", &path, None).await;
            }
            "others-logged-out" => {
                let other = fixture.add_device(&person).await;
                fixture.act(&other, "DELETE", "sessions/others", None).await;
            }
            "pin" => {
                let other = fixture.add_device(&person).await;
                let change = json!({"current_pin": PIN, "new_pin": "284615"});
                fixture.act(&other, "PUT", "pin", Some(&change)).await;
            }
            "pin-reset" => {
                pin_resets::ask(&fixture, &person, &person.phone).await;
                pin_resets::pass(&fixture, 24).await;
                pin_resets::finish(&fixture, &person, "284615").await;
            }
            "log-in" => {
                fixture.post("sessions", &person.log_in(PIN)).await;
            }
            _ => {
                let (_, renewed) = fixture.renew(&person, &person.tokens).await;
                fixture.renew(&person, &renewed).await;
                fixture.renew(&person, &person.tokens).await;
            }
        }
        let ended_at = Instant::now();
        while !tokens.is_revoked(ended).await.unwrap() {
            assert!(ended_at.elapsed() < WITHIN, "{way}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let refused = fixture.call("GET", "devices", Some(&token), None).await;
        assert_eq!((refused.0, &refused.1["code"]), (401, &json!("invalid-token")), "{way}");
    }
}

#[tokio::test]
async fn a_poll_is_answered_at_once_when_there_is_news_and_otherwise_after_a_while() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let poll = async |since: &str| -> Value {
        let path = format!("/api/v1/auth/revoked-sessions{since}");
        fixture.send(Call::get(&path)).await.expect(200)
    };
    let first = poll("").await;
    assert_eq!(first["session_ids"], json!([]));
    let since = format!("?since={}", first["as_of"].as_str().unwrap());

    let start = Instant::now();
    assert_eq!(poll(&since).await["session_ids"], json!([]));
    assert!(start.elapsed() >= Duration::from_secs(4));

    let log_out = fixture.call("DELETE", "sessions/current", Some(person.access_token()), None);
    let start = Instant::now();
    let (answer, _) = futures_util::join!(poll(&since), log_out);
    assert_eq!(answer["session_ids"].as_array().unwrap().len(), 1);
    assert!(start.elapsed() < WITHIN);
    // Whoever missed that answer is told again.
    assert_eq!(poll(&since).await["session_ids"].as_array().unwrap().len(), 1);
}
