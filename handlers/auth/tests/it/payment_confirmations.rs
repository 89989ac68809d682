//! Confirming an operation with the PIN.

use serde_json::{Value, json};
use service::{ACCESS_AUDIENCE, TokenVerifier};
use testkit::Device;
use time::OffsetDateTime;
use values::{
    BusinessId, MoneyRequestId, OperationConfirmation, PaymentRequestId, SignedAt, UserId,
};

use crate::{Fixture, PIN, WRONG_PIN, code, refused, registration};

const PATH: &str = "payment-confirmations";

/// With every field that there is.
fn payment(pin: &str) -> Value {
    json!({
        "pin": pin,
        "type": "payment",
        "payee_id": BusinessId::new(),
        "amount": {"amount": 12_850, "currency": "HKD"},
        "fee": {"amount": 150, "currency": "HKD"},
        "payment_request_id": PaymentRequestId::new(),
        "reference": "賬單 7",
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
    let audience = OperationConfirmation::TOKEN_AUDIENCE;
    let mut claims: Value = verifier.verify(token, audience).await.unwrap().unwrap();
    let expected = json!({
        "kind": "payment",
        "payer": person.tokens["user_id"],
        "payee": body["payee_id"],
        "amount": body["amount"],
        "fee": body["fee"],
        "payment_request_id": body["payment_request_id"],
        "reference": "賬單 7",
        "idempotency_key": "attempt-1",
        "acr": "pin",
    });
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
async fn a_person_can_be_the_payee_and_request_and_reference_can_be_absent_or_null() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let verifier = TokenVerifier::follow(&fixture.auth_url().await).unwrap();
    let mut body = payment(PIN);
    body["payee_id"] = json!(UserId::new());
    body["payment_request_id"] = json!(MoneyRequestId::new());
    let (status, answer) =
        fixture.call("POST", PATH, Some(person.access_token()), Some(&body)).await;
    assert_eq!(status, 200, "a person's request: {answer}");
    body["payment_request_id"] = json!(null);
    body["reference"] = json!(null);
    let mut without = body.clone();
    without.as_object_mut().unwrap().remove("payment_request_id");
    without.as_object_mut().unwrap().remove("reference");
    for same in [&body, &without] {
        let (status, answer) =
            fixture.call("POST", PATH, Some(person.access_token()), Some(same)).await;
        assert_eq!(status, 200, "{answer}");
        let token = answer["token"].as_str().unwrap();
        let audience = OperationConfirmation::TOKEN_AUDIENCE;
        let claims: Value = verifier.verify(token, audience).await.unwrap().unwrap();
        assert_eq!(claims["payee"], body["payee_id"]);
        for absent in ["payment_request_id", "reference"] {
            assert_eq!(claims.get(absent), Some(&json!(null)), "{absent}");
        }
    }
}

#[tokio::test]
async fn what_names_no_operation_is_not_confirmed() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    for (field, wrong) in [
        ("type", json!("refund")),
        ("type", json!("Payment")),
        ("type", json!(null)),
        ("payee_id", json!(PaymentRequestId::new())),
        ("payee_id", json!("")),
        ("fee", json!({"amount": -1, "currency": "HKD"})),
        ("fee", json!(0)),
        ("payment_request_id", json!("")),
        ("payment_request_id", json!("INV-7")),
        ("reference", json!("")),
        ("reference", json!(" ")),
        ("reference", json!("7".repeat(26))),
        ("reference", json!("INV\n7")),
        ("reference", json!("INV\u{2028}7")),
        ("reference", json!("\u{202e}7 VNI")),
        ("reference", json!("INV\u{200b}7")),
        ("business_id", json!(BusinessId::new())),
        ("payer", json!(UserId::new())),
    ] {
        let mut body = payment(PIN);
        body[field] = wrong;
        let token = Some(person.access_token());
        let refusal = code(fixture.call("POST", PATH, token, Some(&body)).await);
        assert_eq!(refusal, refused(400, "invalid-body"), "{field} {}", body[field]);
    }
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
