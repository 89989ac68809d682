//! Logging in on known and on new devices.

use serde_json::json;
use testkit::Device;
use time::{Duration, OffsetDateTime};

use crate::{Fixture, PIN, WRONG_PIN, log_in_at, new_phone, refused, registration};

#[tokio::test]
async fn a_known_device_logs_in_with_its_key_and_the_pin() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let (status, tokens) = fixture.post("sessions", &person.log_in(PIN)).await;
    assert_eq!(status, 201, "{tokens}");
    assert_eq!(tokens["user_id"], person.tokens["user_id"]);
    assert_eq!(tokens["device_id"], person.tokens["device_id"]);
    assert_ne!(tokens["refresh_token"], person.tokens["refresh_token"]);
    let wrong = person.log_in(WRONG_PIN);
    assert_eq!(fixture.refusal("sessions", &wrong).await, refused(401, "pin-invalid"));
}

#[tokio::test]
async fn a_stale_early_foreign_or_transferred_signature_is_refused() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let now = OffsetDateTime::now_utc();
    let at = |signer: &Device, at| log_in_at(&person, signer, PIN, at);
    let stale = at(&person.device, now - Duration::seconds(62));
    let early = at(&person.device, now + Duration::seconds(65));
    let foreign = at(&Device::new(), now);
    let mut other_product = at(&person.device, now);
    other_product["product"] = json!("business");
    let mut no_time = at(&person.device, now);
    no_time["signed_at"] = json!("now");
    let mut unknown = at(&person.device, now);
    unknown["device_id"] = json!(values::DeviceId::new());
    for body in [stale, early, foreign, other_product, no_time, unknown] {
        let refusal = fixture.refusal("sessions", &body).await;
        assert_eq!(refusal, refused(401, "signature-invalid"), "{body}");
    }
    assert_eq!(
        fixture.post("sessions", &at(&person.device, now - Duration::seconds(50))).await.0,
        201
    );
}

#[tokio::test]
async fn a_new_device_needs_the_code_and_the_pin() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let (challenge_id, code) = fixture.challenge(&person.phone).await;
    let device = Device::new();
    let wrong = registration(&challenge_id, &code, WRONG_PIN, &device);
    assert_eq!(fixture.refusal("devices", &wrong).await, refused(401, "pin-invalid"));
    let mut right = registration(&challenge_id, &code, PIN, &device);
    right["product"] = json!("business");
    let (status, tokens) = fixture.post("devices", &right).await;
    assert_eq!((status, &tokens["user_id"]), (201, &person.tokens["user_id"]));
    assert_ne!(tokens["device_id"], person.tokens["device_id"]);
    let token = tokens["access_token"].as_str();
    let (_, list) = fixture.call("GET", "devices", token, None).await;
    assert_eq!(list["devices"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_phone_without_a_user_cannot_log_in_but_may_sign_up_with_the_same_code() {
    let fixture = Fixture::new().await;
    let (challenge_id, code) = fixture.challenge(&new_phone()).await;
    let body = registration(&challenge_id, &code, PIN, &Device::new());
    assert_eq!(fixture.refusal("devices", &body).await, refused(404, "phone-not-registered"));
    assert_eq!(fixture.post("users", &body).await.0, 201);
}
