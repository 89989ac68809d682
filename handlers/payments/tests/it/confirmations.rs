//! A confirmation is good for the operation that the payer saw and for no other, whichever field
//! differs and however it was confirmed.

use serde_json::{Value, json};
use time::OffsetDateTime;
use values::{
    AccountId, Fee, Money, OperationConfirmation, OperationTerms, Reference, RequestId, UserId,
};

use crate::pay::{PAYMENTS, by_pin, refused, scene};
use crate::{Fixture, Person, new_key, signed_at, terms};

const NOT_CONFIRMED: (u16, &str) = (403, "confirmation-invalid");
const MALFORMED: (u16, &str) = (400, "invalid-body");

/// The operation, confirmed in both ways.
fn both_proofs(fixture: &Fixture, payer: &Person, terms: &OperationTerms) -> [Value; 2] {
    let now = OffsetDateTime::now_utc();
    let audience = OperationConfirmation::TOKEN_AUDIENCE;
    [signed_at(payer, terms.clone(), now), by_pin(fixture, audience, terms.clone(), now)]
}

/// One payment with the proof of another operation.
fn with_proof_of(said: &Value, confirmed: &Value) -> Value {
    let mut body = said.clone();
    body["confirmation"] = confirmed["confirmation"].clone();
    body
}

fn with(body: &Value, field: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[field] = value;
    body
}

fn reference(text: &str) -> Option<Reference> {
    Some(Reference::try_from(text.to_owned()).unwrap())
}

/// Both proofs are accepted: the one pays, the other reads what was paid.
async fn assert_paid(
    fixture: &Fixture,
    payer: &Person,
    key: &str,
    proofs: &[Value],
    reference: Value,
) {
    for body in proofs {
        let (status, payment) = fixture.post(payer, PAYMENTS, key, body).await;
        assert_eq!((status, &payment["reference"]), (201, &reference), "{payment}");
    }
}

/// Refused like this, and nothing moved.
async fn assert_refused(
    fixture: &Fixture,
    payer: &Person,
    key: &str,
    body: &Value,
    expected: (u16, &str),
) {
    let (status, code) = refused(fixture, payer, key, body).await;
    assert_eq!((status, code.as_str()), expected, "{body}");
}

#[tokio::test]
async fn neither_proof_of_an_operation_confirms_another() {
    let fixture = Fixture::new().await;
    let (payer, owner, shop, request) = scene(&fixture).await;
    let (_, other_shop) = fixture.shop().await;
    let other_request: RequestId = fixture.request(&owner, shop).await.parse().unwrap();
    let of_person: RequestId = request.replace("preq_", "mreq_").parse().unwrap();
    let key = new_key();
    let terms = terms(&payer, shop, &request, &key);
    let [genuine, _] = both_proofs(&fixture, &payer, &terms);
    let altered = |alter: &dyn Fn(&mut OperationTerms)| {
        let mut other = terms.clone();
        alter(&mut other);
        other
    };
    for other in [
        altered(&|terms| terms.payer = UserId::new()),
        altered(&|terms| terms.payee = AccountId::Business(other_shop)),
        altered(&|terms| terms.payee = AccountId::User(payer.user_id)),
        // The shop's sixteen bytes as a person's.
        altered(&|terms| terms.payee = AccountId::User(UserId::from_uuid(shop.uuid()))),
        altered(&|terms| terms.amount = Money::hkd(12_851).unwrap()),
        altered(&|terms| terms.amount = Money::hkd(1).unwrap()),
        altered(&|terms| terms.fee = Fee::hkd(1).unwrap()),
        altered(&|terms| terms.payment_request_id = Some(other_request)),
        // The request's sixteen bytes as a person's.
        altered(&|terms| terms.payment_request_id = Some(of_person)),
        altered(&|terms| terms.payment_request_id = None),
        altered(&|terms| terms.reference = reference("A1")),
        altered(&|terms| {
            (terms.payment_request_id, terms.reference) = (None, reference("A1"));
        }),
        altered(&|terms| terms.idempotency_key = "another-key".parse().unwrap()),
    ] {
        for proof in both_proofs(&fixture, &payer, &other) {
            let body = with_proof_of(&genuine, &proof);
            assert_refused(&fixture, &payer, &key, &body, NOT_CONFIRMED).await;
        }
    }
    assert_eq!(fixture.post(&payer, PAYMENTS, &key, &genuine).await.0, 201);
}

#[tokio::test]
async fn a_proof_of_another_kind_or_in_another_form_confirms_nothing() {
    let fixture = Fixture::new().await;
    let (payer, _, shop, request) = scene(&fixture).await;
    let (key, now) = (new_key(), OffsetDateTime::now_utc());
    let terms = terms(&payer, shop, &request, &key);
    let [by_device, by_pin] = both_proofs(&fixture, &payer, &terms);
    let confirmation = OperationConfirmation { terms, confirmed_at: now.into() };
    let text = confirmation.signing_text();
    for other in [
        text.replace("\npayment\n", "\nrefund\n"),
        text.replace("\npayment\n", "\nPayment\n"),
        text.replace("confirmation-v3", "confirmation-v2"),
        text.replace('\n', "\r\n"),
        format!("{text}\n"),
    ] {
        assert_ne!(other, text);
        let mut body = by_device.clone();
        body["confirmation"]["signed_at"] = json!(confirmation.confirmed_at);
        body["confirmation"]["signature"] = json!(payer.device.sign(&other));
        assert_refused(&fixture, &payer, &key, &body, NOT_CONFIRMED).await;
    }

    let mut claims = serde_json::to_value(&confirmation).unwrap();
    claims["iss"] = service::ISSUER.into();
    claims["aud"] = OperationConfirmation::TOKEN_AUDIENCE.into();
    claims["exp"] = now.unix_timestamp().saturating_add(100).into();
    let mut without_fee = claims.clone();
    without_fee.as_object_mut().unwrap().remove("fee");
    for other in [with(&claims, "kind", json!("refund")), without_fee] {
        let mut body = by_pin.clone();
        body["confirmation"]["token"] = json!(fixture.issuer.sign(&other));
        assert_refused(&fixture, &payer, &key, &body, NOT_CONFIRMED).await;
    }
    assert_eq!(fixture.post(&payer, PAYMENTS, &key, &by_pin).await.0, 201);
}

#[tokio::test]
async fn a_reference_is_confirmed_as_it_is_written_and_stands_for_no_request() {
    let fixture = Fixture::new().await;
    let (payer, _, shop, request) = scene(&fixture).await;
    let key = new_key();
    let of_request = terms(&payer, shop, &request, &key);
    let quoting = |text| OperationTerms {
        payment_request_id: None,
        reference: reference(text),
        ..of_request.clone()
    };
    let quoted = quoting("A1");
    let proofs = both_proofs(&fixture, &payer, &quoted);
    for genuine in &proofs {
        for wrong in [
            with(genuine, "reference", json!(null)),
            with(genuine, "payment_request_id", json!(request)),
            with(&with(genuine, "reference", json!(null)), "payment_request_id", json!(request)),
        ] {
            assert_refused(&fixture, &payer, &key, &wrong, NOT_CONFIRMED).await;
        }
        // A Cyrillic letter that looks the same, the wide form, the other case.
        for look_alike in ["\u{410}1", "\u{ff21}1", "a1", "A\u{3000}1", "Al"] {
            for proof in both_proofs(&fixture, &payer, &quoting(look_alike)) {
                let body = with_proof_of(genuine, &proof);
                assert_refused(&fixture, &payer, &key, &body, NOT_CONFIRMED).await;
            }
        }
        for proof in both_proofs(&fixture, &payer, &of_request) {
            let body = with_proof_of(genuine, &proof);
            assert_refused(&fixture, &payer, &key, &body, NOT_CONFIRMED).await;
        }
    }
    assert_paid(&fixture, &payer, &key, &proofs, json!("A1")).await;
}

#[tokio::test]
async fn an_absent_field_is_as_good_as_null_and_an_empty_one_is_neither() {
    let fixture = Fixture::new().await;
    let (payer, _, shop, request) = scene(&fixture).await;
    let key = new_key();
    let of_request = terms(&payer, shop, &request, &key);
    let bare = OperationTerms { payment_request_id: None, ..of_request.clone() };
    let mut proofs = both_proofs(&fixture, &payer, &bare).to_vec();
    for body in proofs.clone() {
        assert_eq!((&body["payment_request_id"], &body["reference"]), (&json!(null), &json!(null)));
        let mut without = body.clone();
        without.as_object_mut().unwrap().remove("payment_request_id");
        without.as_object_mut().unwrap().remove("reference");
        proofs.push(without);
        for (field, wrong) in [
            ("payment_request_id", json!("")),
            ("payment_request_id", json!(shop)),
            ("reference", json!("")),
            ("reference", json!(" ")),
            ("reference", json!(" A1")),
            ("reference", json!("7".repeat(26))),
            ("reference", json!("A1\nB2")),
            ("reference", json!("A1\r")),
            ("reference", json!("A1\u{2028}B2")),
            ("reference", json!("\u{202e}1A")),
            ("reference", json!("A\u{200b}1")),
            ("reference", json!(["A1"])),
            ("fee", json!({"amount": 0, "currency": "HKD"})),
            ("payee_id", json!(shop)),
        ] {
            let body = with(&body, field, wrong);
            assert_refused(&fixture, &payer, &key, &body, MALFORMED).await;
        }
    }
    assert_paid(&fixture, &payer, &key, &proofs, json!(null)).await;
    // With a null the payment of a request is the same operation as without: a repeat of it.
    let key = new_key();
    let of_request = terms(&payer, shop, &request, &key);
    let [body, _] = both_proofs(&fixture, &payer, &of_request);
    let paid = fixture.post_text(&payer, PAYMENTS, &key, &body).await;
    assert_eq!(paid.0, 201, "{}", paid.1);
    let mut without = body;
    without.as_object_mut().unwrap().remove("reference");
    assert_eq!(fixture.post_text(&payer, PAYMENTS, &key, &without).await, paid);
}

#[tokio::test]
async fn a_reference_is_signed_in_its_composed_form() {
    let fixture = Fixture::new().await;
    let (payer, _, shop, request) = scene(&fixture).await;
    let key = new_key();
    let composed = OperationTerms {
        payment_request_id: None,
        reference: reference("Caf\u{e9}"),
        ..terms(&payer, shop, &request, &key)
    };
    let now = OffsetDateTime::now_utc();
    let mut body = signed_at(&payer, composed.clone(), now);
    let confirmation = OperationConfirmation { terms: composed.clone(), confirmed_at: now.into() };
    let text = confirmation.signing_text();
    body["confirmation"]["signature"] =
        json!(payer.device.sign(&text.replace('\u{e9}', "e\u{301}")));
    assert_refused(&fixture, &payer, &key, &body, NOT_CONFIRMED).await;

    let decomposed = both_proofs(&fixture, &payer, &composed)
        .map(|body| with(&body, "reference", json!("Cafe\u{301}")));
    assert_paid(&fixture, &payer, &key, &decomposed, json!("Caf\u{e9}")).await;
}
