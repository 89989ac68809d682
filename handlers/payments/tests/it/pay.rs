//! Paying a request: once, confirmed, and never with money that is not there.

use events::payments::{MoneyMovedV1, PaymentRequestClosedV1};
use futures_util::future::join_all;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use values::{BusinessId, OperationConfirmation, OperationTerms, Product};

use crate::{
    Fixture, Person, closed, for_payer, net, new_key, payment, signed, signed_amount, signed_at,
    terms,
};

pub(crate) const PAYMENTS: &str = "/api/v1/payments";

/// A payer with HK$500.00 and a shop with an open request of HK$128.50.
pub(crate) async fn scene(fixture: &Fixture) -> (Person, Person, BusinessId, String) {
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let request = fixture.request(&owner, shop).await;
    (payer, owner, shop, request)
}

/// The code of the refusal, after making sure that nothing moved.
pub(crate) async fn refused(
    fixture: &Fixture,
    payer: &Person,
    key: &str,
    body: &Value,
) -> (u16, String) {
    let before = (fixture.balance(payer).await, fixture.database.count("transfers").await);
    let (status, problem) = fixture.post(payer, PAYMENTS, key, body).await;
    let after = (fixture.balance(payer).await, fixture.database.count("transfers").await);
    assert_eq!(before, after);
    let code = problem["code"].as_str().unwrap_or_else(|| panic!("accepted: {problem}"));
    (status, code.to_owned())
}

#[tokio::test]
async fn a_signed_payment_moves_the_money_closes_the_request_and_is_told() {
    let fixture = Fixture::new().await;
    let (payer, owner, shop, request) = scene(&fixture).await;
    let key = new_key();
    let (status, payment) =
        fixture.post(&payer, PAYMENTS, &key, &signed(&payer, shop, &request, &key)).await;
    assert_eq!((status, &payment["status"]), (201, &json!("completed")), "{payment}");
    assert_eq!(fixture.balance(&payer).await, 37_150);
    assert_eq!(fixture.takings(&owner, shop).await, net(12_850));

    let path = format!("{PAYMENTS}/{}", payment["payment_id"].as_str().unwrap());
    assert_eq!(fixture.get(&payer, &path).await, (200, payment.clone()));
    let (_, of_shop) = fixture.get(&owner, &path).await;
    let fee = (&of_shop["fee"]["amount"], &of_shop["net"]["amount"]);
    assert_eq!(fee, (&json!(193), &json!(net(12_850))));
    assert_eq!(for_payer(of_shop), payment);
    let stranger = fixture.person(Product::Consumer).await;
    assert_eq!(fixture.get(&stranger, &path).await.0, 404);

    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    let moved = moved.iter().find(|moved| moved.kind == "payment").unwrap();
    assert_eq!((moved.amount, moved.fee), (12_850, 193));
    assert_eq!(moved.payment_request_id, Some(request));
    assert_eq!(moved.from.id, Some(payer.user_id.to_string()));
    assert_eq!(moved.to.told_user_id, Some(owner.user_id.to_string()));
    let closed: Vec<PaymentRequestClosedV1> = fixture.database.told().await;
    assert_eq!((closed.len(), closed[0].status.as_str()), (1, "paid"));
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn paying_twice_with_one_key_moves_money_once_and_answers_the_same_bytes() {
    let fixture = Fixture::new().await;
    let (payer, _, shop, request) = scene(&fixture).await;
    let key = new_key();
    // Each body is signed anew, as a phone that retries would do.
    let bodies: Vec<Value> = (0..5).map(|_| signed(&payer, shop, &request, &key)).collect();
    let calls = bodies.iter().map(|body| fixture.post_text(&payer, PAYMENTS, &key, body));
    let answers = join_all(calls).await;
    for answer in &answers {
        assert_eq!((answer.0, answer), (201, &answers[0]));
    }
    assert_eq!(fixture.balance(&payer).await, 37_150);

    let changed = signed_amount(&payer, shop, &request, &key, 12_851);
    let refusal = refused(&fixture, &payer, &key, &changed).await;
    assert_eq!(refusal, (422, "idempotency-key-reused".to_owned()));
}

#[tokio::test]
async fn of_fifty_payers_of_one_request_one_succeeds() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let request = fixture.request(&owner, shop).await;
    let mut payers = Vec::new();
    for _ in 0..50 {
        payers.push(fixture.consumer_with(20_000).await);
    }
    let calls = payers.iter().map(async |payer| {
        let key = new_key();
        fixture.post(payer, PAYMENTS, &key, &signed(payer, shop, &request, &key)).await
    });
    let answers = join_all(calls).await;
    let paid = answers.iter().filter(|(status, _)| *status == 201).count();
    let refused = answers
        .iter()
        .filter(|(status, problem)| *status == 409 && problem["code"] == "payment-request-paid");
    assert_eq!((paid, refused.count()), (1, 49));
    assert_eq!(fixture.takings(&owner, shop).await, net(12_850));
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn a_wallet_pays_many_requests_at_once_but_not_more_than_it_holds() {
    let fixture = Fixture::new().await;
    let (payer, owner, shop, first) = scene(&fixture).await;
    let mut requests = vec![first];
    for _ in 0..9 {
        requests.push(fixture.request(&owner, shop).await);
    }
    let calls = requests.iter().map(async |request| {
        let key = new_key();
        fixture.post(&payer, PAYMENTS, &key, &signed(&payer, shop, request, &key)).await
    });
    let answers = join_all(calls).await;
    let paid = answers.iter().filter(|(status, _)| *status == 201).count();
    let refused = answers
        .iter()
        .filter(|(status, problem)| *status == 422 && problem["code"] == "insufficient-funds");
    // HK$500.00 pays HK$128.50 three times.
    assert_eq!((paid, refused.count()), (3, 7));
    assert_eq!(fixture.balance(&payer).await, 50_000 - 3 * 12_850);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn a_refused_key_can_be_used_again_once_the_money_is_there() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(12_849).await;
    let (owner, shop) = fixture.shop().await;
    let (request, key) = (fixture.request(&owner, shop).await, new_key());
    let body = signed(&payer, shop, &request, &key);
    let refusal = refused(&fixture, &payer, &key, &body).await;
    assert_eq!(refusal, (422, "insufficient-funds".to_owned()));
    let cent = json!({"amount": {"amount": 1, "currency": "HKD"}});
    fixture.post(&payer, "/api/v1/wallets/me/top-ups", &new_key(), &cent).await;
    assert_eq!(fixture.post(&payer, PAYMENTS, &key, &body).await.0, 201);
    assert_eq!(fixture.balance(&payer).await, 0);
}

#[tokio::test]
async fn another_amount_or_payee_than_the_requests_is_refused() {
    let fixture = Fixture::new().await;
    let (payer, _, shop, request) = scene(&fixture).await;
    let (_, other_shop) = fixture.shop().await;
    let key = new_key();
    let body = signed_amount(&payer, shop, &request, &key, 12_849);
    let refusal = refused(&fixture, &payer, &key, &body).await;
    assert_eq!(refusal, (422, "amount-mismatch".to_owned()));
    let body = signed(&payer, other_shop, &request, &key);
    let refusal = refused(&fixture, &payer, &key, &body).await;
    assert_eq!(refusal, (422, "payee-mismatch".to_owned()));
}

#[tokio::test]
async fn a_confirmation_covers_nothing_but_the_payment_it_was_made_for() {
    let fixture = Fixture::new().await;
    let (payer, owner, shop, request) = scene(&fixture).await;
    let other = fixture.consumer_with(50_000).await;
    let other_request = fixture.request(&owner, shop).await;
    let key = new_key();
    let genuine = signed(&payer, shop, &request, &key);
    let with_signature = |of: &Value| {
        let mut body = genuine.clone();
        body["confirmation"] = of["confirmation"].clone();
        body
    };
    for foreign in [
        signed(&other, shop, &request, &key),
        signed(&payer, shop, &other_request, &key),
        signed(&payer, shop, &request, "another-key"),
        signed_amount(&payer, shop, &request, &key, 1),
        json!({"confirmation": {
            "type": "device", "signed_at": "2026-11-23T04:05:06.000Z", "signature": "AAAA",
        }}),
        json!({"confirmation": {"type": "pin", "token": "no.token.atall"}}),
    ] {
        let refusal = refused(&fixture, &payer, &key, &with_signature(&foreign)).await;
        assert_eq!(refusal, (403, "confirmation-invalid".to_owned()));
    }
    assert_eq!(fixture.post(&payer, PAYMENTS, &key, &genuine).await.0, 201);
}

/// A payment with the token that the auth service would have given for the PIN at that time. The
/// token itself expires late, so that the time alone decides.
pub(crate) fn by_pin(
    fixture: &Fixture,
    audience: &str,
    terms: OperationTerms,
    at: OffsetDateTime,
) -> Value {
    let vouched = OperationConfirmation { terms, confirmed_at: at.into() };
    let mut claims = serde_json::to_value(&vouched).unwrap();
    claims["iss"] = service::ISSUER.into();
    claims["aud"] = audience.into();
    claims["exp"] = OffsetDateTime::now_utc().unix_timestamp().saturating_add(100).into();
    payment(&vouched.terms, json!({"type": "pin", "token": fixture.issuer.sign(&claims)}))
}

#[tokio::test]
async fn the_pin_token_of_the_auth_service_confirms_exactly_its_payment() {
    let fixture = Fixture::new().await;
    let (payer, _, shop, request) = scene(&fixture).await;
    let (key, now) = (new_key(), OffsetDateTime::now_utc());
    let terms = terms(&payer, shop, &request, &key);
    let audience = OperationConfirmation::TOKEN_AUDIENCE;
    let genuine = by_pin(&fixture, audience, terms.clone(), now);
    let mut access_token = genuine.clone();
    access_token["confirmation"]["token"] = payer.token.clone().into();
    for wrong in [by_pin(&fixture, "payme-api", terms, now), access_token] {
        let refusal = refused(&fixture, &payer, &key, &wrong).await;
        assert_eq!(refusal, (403, "confirmation-invalid".to_owned()));
    }
    let (status, payment) = fixture.post(&payer, PAYMENTS, &key, &genuine).await;
    assert_eq!(status, 201, "{payment}");
}

#[tokio::test]
async fn a_payer_who_signed_another_text_is_told_the_one_that_was_checked() {
    let fixture = Fixture::new().await;
    let (payer, _, shop, request) = scene(&fixture).await;
    let (key, terms) = (new_key(), terms(&payer, shop, &request, "another-key"));
    let body = signed_at(&payer, terms.clone(), OffsetDateTime::now_utc());
    let (status, problem) = fixture.post(&payer, PAYMENTS, &key, &body).await;
    let confirmed_at = body["confirmation"]["signed_at"].as_str().unwrap().parse().unwrap();
    let terms = OperationTerms { idempotency_key: key.parse().unwrap(), ..terms };
    let text = OperationConfirmation { terms, confirmed_at }.signing_text();
    assert_eq!((status, &problem["detail"]), (403, &json!(format!("no signature of {text:?}"))));
}

#[tokio::test]
async fn either_proof_pays_for_two_minutes_and_then_only_reads_what_was_paid() {
    let fixture = Fixture::new().await;
    let (payer, _, shop, request) = scene(&fixture).await;
    let key = new_key();
    let terms = terms(&payer, shop, &request, &key);
    let by_device = |seconds: i64| {
        signed_at(&payer, terms.clone(), OffsetDateTime::now_utc() + Duration::seconds(seconds))
    };
    let by_pin = |seconds: i64| {
        let at = OffsetDateTime::now_utc() + Duration::seconds(seconds);
        by_pin(&fixture, OperationConfirmation::TOKEN_AUDIENCE, terms.clone(), at)
    };
    let day = 24 * 60 * 60;
    let not_now = [-day, -121, 90, day];
    let not_now: Vec<Value> =
        not_now.into_iter().flat_map(|seconds| [by_device(seconds), by_pin(seconds)]).collect();
    let mut another_time = by_device(-day);
    another_time["confirmation"]["signed_at"] = by_device(0)["confirmation"]["signed_at"].clone();
    let skewed = (422, "clock-skew".to_owned());
    let invalid = (403, "confirmation-invalid".to_owned());
    for (at, body) in not_now.iter().chain([&another_time]).enumerate() {
        let is_by_pin = body["confirmation"]["type"] == "pin" || *body == another_time;
        let expected = if is_by_pin { &invalid } else { &skewed };
        assert_eq!(refused(&fixture, &payer, &key, body).await, *expected, "{at}: {body}");
    }
    let paid = fixture.post_text(&payer, PAYMENTS, &key, &by_device(-90)).await;
    assert_eq!(paid.0, 201, "{}", paid.1);
    for body in &not_now {
        assert_eq!(fixture.post_text(&payer, PAYMENTS, &key, body).await, paid);
    }
    assert_eq!(fixture.balance(&payer).await, 37_150);
}

#[tokio::test]
async fn closed_and_unknown_requests_are_refused_each_with_its_own_code() {
    let fixture = Fixture::new().await;
    let (payer, owner, shop, cancelled) = scene(&fixture).await;
    let cancel = format!("/api/v1/payment-requests/{cancelled}/cancel");
    fixture.post(&owner, &cancel, "-", &json!({})).await;
    let body = json!({
        "business_id": shop, "amount": {"amount": 12_850, "currency": "HKD"},
        "expires_in_seconds": 1,
    });
    let (_, short) = fixture.post(&owner, "/api/v1/payment-requests", &new_key(), &body).await;
    let expired = short["payment_request_id"].as_str().unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;

    let unknown = values::PaymentRequestId::new().to_string();
    for (request, expected) in [
        (cancelled.as_str(), (409, "payment-request-cancelled")),
        (expired, (409, "payment-request-expired")),
        (&unknown, (404, "payment-request-not-found")),
    ] {
        let key = new_key();
        let body = signed(&payer, shop, request, &key);
        let refusal = refused(&fixture, &payer, &key, &body).await;
        assert_eq!((refusal.0, refusal.1.as_str()), expected);
    }
}

#[tokio::test]
async fn a_phone_that_was_removed_pays_no_more_although_its_token_still_lives() {
    let fixture = Fixture::new().await;
    let (payer, _, shop, request) = scene(&fixture).await;
    fixture.issuer.revoke(payer.session_id);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let key = new_key();
    let body = signed(&payer, shop, &request, &key);
    let (status, problem) = fixture.post(&payer, PAYMENTS, &key, &body).await;
    assert_eq!((status, &problem["code"]), (401, &json!("invalid-token")));
    // The top-up's.
    assert_eq!(fixture.database.count("transfers").await, 2);
    // Nor does it read what the wallet holds.
    assert_eq!(fixture.get(&payer, "/api/v1/wallets/me").await.0, 401);
}

#[tokio::test]
async fn a_shop_that_has_closed_asks_for_nothing_and_is_not_paid() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(20_000).await;
    let (owner, shop) = fixture.shop().await;
    let request = fixture.request(&owner, shop).await;
    let closed = closed(&owner, shop, 2);
    fixture.deliver("payments_on_business_profile", &[closed]).await;

    let key = new_key();
    let refusal = refused(&fixture, &payer, &key, &signed(&payer, shop, &request, &key)).await;
    assert_eq!(refusal, (409, "payee-unavailable".to_owned()));
    let body = json!({"business_id": shop, "amount": {"amount": 1, "currency": "HKD"}});
    let (status, problem) =
        fixture.post(&owner, "/api/v1/payment-requests", &new_key(), &body).await;
    assert_eq!((status, &problem["code"]), (404, &json!("business-not-found")));
    assert_eq!(fixture.balance(&payer).await, 20_000);
    assert_eq!(fixture.takings(&owner, shop).await, 0);
}

#[tokio::test]
async fn what_came_of_a_request_is_for_its_shop_and_its_payer() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(20_000).await;
    let (owner, shop) = fixture.shop().await;
    let stranger = fixture.person(Product::Consumer).await;
    let request = fixture.request(&owner, shop).await;
    let path = format!("/api/v1/payment-requests/{request}");
    assert_eq!(fixture.get(&stranger, &path).await.1["description"], "Table 7");

    let key = new_key();
    let body = signed(&payer, shop, &request, &key);
    let (_, payment) = fixture.post(&payer, "/api/v1/payments", &key, &body).await;
    for party in [&payer, &owner] {
        let (_, request) = fixture.get(party, &path).await;
        assert_eq!(request["payment_id"], payment["payment_id"]);
        assert_eq!(request["description"], "Table 7");
    }
    let (status, request) = fixture.get(&stranger, &path).await;
    assert_eq!((status, &request["status"]), (200, &json!("paid")));
    assert_eq!((&request["payment_id"], &request["description"]), (&json!(null), &json!(null)));
}
