//! Confirming an operation with a passkey.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use serde_json::{Value, json};
use service::TokenVerifier;
use time::{Duration, OffsetDateTime};
use values::{BusinessId, Level, OperationConfirmation, SignedAt, VouchedConfirmation};

use crate::authenticator::Authenticator;
use crate::{Fixture, PIN, Person, code, refused};

const PATH: &str = "payment-confirmations";

/// What is confirmed, without how.
fn operation() -> Value {
    json!({
        "type": "payment", "payee_id": BusinessId::new(),
        "amount": {"amount": 12_850, "currency": "HKD"},
        "fee": {"amount": 0, "currency": "HKD"},
        "reference": "賬單 7", "idempotency_key": "attempt-1",
    })
}

/// The lines that a payer signs, written from the document.
fn signing_text(operation: &Value, payer: &Person, signed_at: &str) -> String {
    let text = |field: &Value| field.as_str().unwrap_or_default().to_owned();
    [
        "payme-confirmation-v3".to_owned(),
        text(&operation["type"]),
        text(&payer.tokens["user_id"]),
        text(&operation["payee_id"]),
        operation["amount"]["amount"].to_string(),
        text(&operation["amount"]["currency"]),
        operation["fee"]["amount"].to_string(),
        text(&operation["payment_request_id"]),
        text(&operation["reference"]),
        text(&operation["idempotency_key"]),
        signed_at.to_owned(),
    ]
    .join("\n")
}

/// The operation with the passkey's assertion of `signed`.
fn confirmed(
    operation: &Value,
    passkey: &mut Authenticator,
    payer: &Person,
    signed: &Value,
    at: OffsetDateTime,
) -> Value {
    let signed_at = SignedAt::from(at).as_str().to_owned();
    let text = signing_text(signed, payer, &signed_at);
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()));
    let mut body = operation.clone();
    body["passkey"] = json!({"signed_at": signed_at, "credential": passkey.get(&challenge)});
    body
}

fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

async fn confirm(fixture: &Fixture, caller: &Person, body: &Value) -> (u16, Value) {
    fixture.call("POST", PATH, Some(caller.access_token()), Some(body)).await
}

#[tokio::test]
async fn a_passkey_confirms_an_operation_and_its_token_says_so() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    let browser = fixture.log_in_with(&mut passkey, &person).await;
    // In the browser that it logged in in, and beside the phone's own key.
    for caller in [&browser, &person] {
        let operation = operation();
        let signed = now() - Duration::seconds(30);
        let body = confirmed(&operation, &mut passkey, caller, &operation, signed);
        let (status, answer) = confirm(&fixture, caller, &body).await;
        assert_eq!(status, 200, "{answer}");
        let left = answer["expires_in_seconds"].as_u64().unwrap();
        assert!((88..=90).contains(&left), "{left}");

        let verifier = TokenVerifier::follow(&fixture.auth_url().await).unwrap();
        let (token, audience) =
            (answer["token"].as_str().unwrap(), OperationConfirmation::TOKEN_AUDIENCE);
        let claims: Option<VouchedConfirmation> = verifier.verify(token, audience).await.unwrap();
        let claims = claims.unwrap();
        let text = signing_text(&operation, caller, SignedAt::from(signed).as_str());
        assert_eq!(claims.confirmation.signing_text(), text);
        assert_eq!(claims.acr, Level::Passkey);
    }
}

#[tokio::test]
async fn a_passkey_confirms_what_it_signed_and_nothing_else() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    let signed = operation();
    for (field, other) in [
        ("type", json!("peer-payment")),
        ("payee_id", json!(BusinessId::new())),
        ("amount", json!({"amount": 12_851, "currency": "HKD"})),
        ("fee", json!({"amount": 1, "currency": "HKD"})),
        ("payment_request_id", json!(values::PaymentRequestId::new())),
        ("reference", json!("賬單 8")),
        ("idempotency_key", json!("attempt-2")),
    ] {
        let mut operation = signed.clone();
        operation[field] = other;
        let body = confirmed(&operation, &mut passkey, &person, &signed, now());
        let (status, refusal) = confirm(&fixture, &person, &body).await;
        assert_eq!(
            (status, &refusal["code"]),
            (422, &json!("passkey-challenge-invalid")),
            "{field}"
        );
        let shown = refusal["detail"].as_str().unwrap();
        assert!(shown.contains("payme-confirmation-v3"), "{shown}");
    }
    let body = confirmed(&signed, &mut passkey, &person, &signed, now());
    assert_eq!(confirm(&fixture, &person, &body).await.0, 200);
}

#[tokio::test]
async fn a_confirmation_is_good_once() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    let operation = operation();
    let body = confirmed(&operation, &mut passkey, &person, &operation, now());
    let answers = join_all((0..8).map(|_| confirm(&fixture, &person, &body))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.0).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422, 422, 422, 422, 422, 422, 422]);
    // It counts, so its own repeat would look like a copy's, also once that is forgotten.
    let again = code(confirm(&fixture, &person, &body).await);
    assert_eq!(again, refused(422, "passkey-challenge-invalid"));
    let mut earlier = passkey.with(|it| it.counter = 0);
    let long_ago = now() - Duration::minutes(20);
    let old = confirmed(&operation, &mut earlier, &person, &operation, long_ago);
    let again = code(confirm(&fixture, &person, &old).await);
    assert_eq!(again, refused(422, "clock-skew"));
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(fixture.database.told::<events::auth::SecurityEventRecordedV1>().await.len() == 1);
}

#[tokio::test]
async fn a_stale_early_foreign_or_spoiled_confirmation_is_refused() {
    let fixture = Fixture::new().await;
    let (person, other) = (fixture.sign_up().await, fixture.sign_up().await);
    let mut passkey = fixture.add_passkey(&person).await;
    let mut foreign = fixture.add_passkey(&other).await;
    let operation = operation();
    let by = |mut passkey: Authenticator| {
        confirmed(&operation, &mut passkey, &person, &operation, now())
    };
    let cases = [
        (
            by(passkey.with(|it| it.origin = "https://evil.example".to_owned())),
            "passkey-origin-invalid",
        ),
        (by(passkey.with(|it| it.rp_id = "evil.example".to_owned())), "passkey-origin-invalid"),
        (by(passkey.with(|it| it.is_verified = false)), "passkey-not-verified"),
        (by(passkey.with(|it| it.credential_id = vec![7; 16])), "passkey-unknown"),
        (confirmed(&operation, &mut foreign, &person, &operation, now()), "passkey-unknown"),
        (
            confirmed(
                &operation,
                &mut passkey,
                &person,
                &operation,
                now() - Duration::seconds(122),
            ),
            "clock-skew",
        ),
        (
            confirmed(&operation, &mut passkey, &person, &operation, now() + Duration::seconds(65)),
            "clock-skew",
        ),
    ];
    for (body, expected) in cases {
        let refusal = code(confirm(&fixture, &person, &body).await);
        assert_eq!(refusal, refused(422, expected));
    }
    // The other person's confirmation under this person's token.
    let body = confirmed(&operation, &mut passkey, &other, &operation, now());
    let refusal = code(confirm(&fixture, &person, &body).await);
    assert_eq!(refusal, refused(422, "passkey-challenge-invalid"));
}

#[tokio::test]
async fn an_answer_to_a_log_in_confirms_nothing_and_the_reverse() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    let operation = operation();
    let invalid = refused(422, "passkey-challenge-invalid");
    let begun = fixture.begin_passkey_log_in().await;
    let log_in = passkey.log_in(&begun);
    let mut body = confirmed(&operation, &mut passkey, &person, &operation, now());
    let confirmation = body["passkey"]["credential"].take();
    body["passkey"]["credential"] = log_in["credential"].clone();
    assert_eq!(code(confirm(&fixture, &person, &body).await), invalid);
    let mut log_in = log_in;
    log_in["credential"] = confirmation;
    assert_eq!(fixture.refusal("passkey-sessions", &log_in).await, invalid);
}

#[tokio::test]
async fn neither_both_nor_an_ended_login_confirm() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    let operation = operation();
    let mut both = confirmed(&operation, &mut passkey, &person, &operation, now());
    both["pin"] = json!(PIN);
    for body in [&operation, &both] {
        let refusal = code(confirm(&fixture, &person, body).await);
        assert_eq!(refusal, refused(400, "invalid-body"));
    }
    let browser = fixture.log_in_with(&mut passkey, &person).await;
    let body = confirmed(&operation, &mut passkey, &browser, &operation, now());
    let path = format!("devices/{}", browser.device_id());
    assert_eq!(fixture.act(&person, "DELETE", &path, None).await.0, 204);
    assert_eq!(code(confirm(&fixture, &browser, &body).await), refused(401, "invalid-token"));
    assert_eq!(code(confirm(&fixture, &person, &body).await), refused(422, "passkey-unknown"));
}
