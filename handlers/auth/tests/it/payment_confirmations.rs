//! Confirming a payment with the PIN.

use serde_json::{Value, json};
use service::{ACCESS_AUDIENCE, TokenVerifier};
use testkit::Device;
use time::OffsetDateTime;
use values::{BusinessId, PaymentConfirmation, PaymentRequestId, SignedAt};

use crate::{Fixture, PIN, WRONG_PIN, code, refused, registration};

const PATH: &str = "payment-confirmations";

fn payment(pin: &str) -> Value {
    json!({
        "pin": pin,
        "business_id": BusinessId::new(),
        "amount": {"amount": 12_850, "currency": "HKD"},
        "payment_request_id": PaymentRequestId::new(),
        "idempotency_key": "attempt-1",
    })
}

#[tokio::test]
async fn the_token_says_exactly_what_the_payer_confirmed() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let body = payment(PIN);
    let (status, answer) =
        fixture.call("POST", PATH, Some(person.access_token()), Some(&body)).await;
    assert_eq!((status, &answer["expires_in_seconds"]), (200, &json!(120)), "{answer}");

    let token = answer["token"].as_str().unwrap();
    let verifier = TokenVerifier::follow(&fixture.auth_url().await).unwrap();
    let audience = PaymentConfirmation::TOKEN_AUDIENCE;
    let mut claims: Value = verifier.verify(token, audience).await.unwrap().unwrap();
    let mut expected = body.clone();
    expected.as_object_mut().unwrap().remove("pin");
    expected["payee"] = expected.as_object_mut().unwrap().remove("business_id").unwrap();
    expected["payer"] = person.tokens["user_id"].clone();
    let confirmed_at: SignedAt = claims["confirmed_at"].as_str().unwrap().parse().unwrap();
    assert!(confirmed_at.is_recent(10, OffsetDateTime::now_utc()));
    assert_eq!(claims["exp"], confirmed_at.moment().unix_timestamp() + 120);
    for claim in ["iss", "aud", "exp", "confirmed_at"] {
        claims.as_object_mut().unwrap().remove(claim);
    }
    assert_eq!(claims, expected);

    let as_access: Option<Value> = verifier.verify(token, ACCESS_AUDIENCE).await.unwrap();
    assert!(as_access.is_none());
}

#[tokio::test]
async fn a_wrong_pin_the_other_product_or_no_token_confirms_nothing() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let token = Some(person.access_token());
    let refusal = code(fixture.call("POST", PATH, token, Some(&payment(WRONG_PIN))).await);
    assert_eq!(refusal, refused(422, "pin-invalid"));

    let (challenge_id, otp) = fixture.challenge(&person.phone).await;
    let mut body = registration(&challenge_id, &otp, PIN, &Device::new());
    body["product"] = json!("business");
    let (_, business) = fixture.post("devices", &body).await;
    let token = business["access_token"].as_str();
    let refusal = code(fixture.call("POST", PATH, token, Some(&payment(PIN))).await);
    assert_eq!(refusal, refused(403, "wrong-product"));

    let refusal = code(fixture.call("POST", PATH, None, Some(&payment(PIN))).await);
    assert_eq!(refusal, refused(401, "invalid-token"));
}
