//! Our own API of programs, which signs as RFC 9421 says: what it does, and what it refuses.

mod both_forms;
mod own_keys;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use events::payments::PaymentRequestCreatedV1;
use serde_json::{Value, json};
use testkit::{Answer, Call};
use time::OffsetDateTime;

use super::{PREFIX, Program, Scene};
use crate::api_credentials::{CREDENTIALS, wanted};
use crate::new_key;

const INVALID: &str = "request-signature-invalid";
const REQUESTS: &str = "/payment-requests";
const RECEIVED: &str = "/received-payments";
const HOST: &str = "api.shop.example";

/// A request as a program sends it, before it is signed.
#[derive(Clone)]
struct Ask {
    method: &'static str,
    path: String,
    query: String,
    body: String,
    key: Option<String>,
    created: i64,
    components: String,
    parameters: String,
}

impl Ask {
    fn get(path: &str) -> Self {
        Self {
            method: "GET",
            path: path.to_owned(),
            query: String::new(),
            body: String::new(),
            key: None,
            created: OffsetDateTime::now_utc().unix_timestamp(),
            components: r#""@method" "@target-uri""#.to_owned(),
            parameters: format!(";nonce=\"{}\"", new_key()),
        }
    }

    fn post(path: &str, body: &Value) -> Self {
        let components = r#""@method" "@target-uri" "content-digest" "idempotency-key""#;
        Self {
            method: "POST",
            body: body.to_string(),
            key: Some(new_key()),
            components: components.to_owned(),
            ..Self::get(path)
        }
    }

    /// What asks for this many cents.
    fn asking(cents: i64) -> Self {
        let amount = json!({"amount": cents, "currency": "HKD"});
        let body = json!({
            "amount": amount,
            "description": "Two teas",
            "reference": "10023",
            "return_url": "https://shop.example/orders/10023",
        });
        Self::post(REQUESTS, &body)
    }

    fn refunding(payment: &str, cents: i64) -> Self {
        let amount = json!({"amount": cents, "currency": "HKD"});
        let path = format!("{RECEIVED}/{payment}/refunds");
        Self::post(&path, &json!({"amount": amount, "reason": "Out of tea"}))
    }

    fn cancelling(id: &str) -> Self {
        let components = r#""@method" "@target-uri" "idempotency-key""#.to_owned();
        let path = format!("{REQUESTS}/{id}/cancel");
        Self { body: String::new(), components, ..Self::post(&path, &Value::Null) }
    }

    /// The same, signed anew.
    fn again(&self) -> Self {
        Self { parameters: format!(";nonce=\"{}\"", new_key()), ..self.clone() }
    }

    fn signed_by(&self, program: &Program) -> Call {
        let key = hmac::Key::new(HMAC_SHA256, &STANDARD.decode(&program.key).unwrap());
        self.signed_with(&program.key_id, |base| hmac::sign(&key, base).as_ref().to_vec())
    }

    /// With its header, as it comes from Front Door.
    fn signed_with(&self, key_id: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> Call {
        let path = format!("{PREFIX}{}", self.path);
        let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
        let target = format!("{path}{query}");
        let digest = STANDARD.encode(digest(&SHA256, self.body.as_bytes()));
        let mut headers = vec![("x-forwarded-proto", "https".to_owned())];
        headers.push(("x-forwarded-host", HOST.to_owned()));
        if !self.body.is_empty() {
            headers.push(("content-type", "application/json".to_owned()));
            headers.push(("content-digest", format!("sha-256=:{digest}:")));
        }
        headers.extend(self.key.clone().map(|key| ("idempotency-key", key)));
        let line = |name: &str| match name {
            "@method" => self.method.to_owned(),
            "@path" => path.clone(),
            "@query" => format!("?{}", self.query),
            "@target-uri" => format!("https://{HOST}{target}"),
            _ => headers.iter().find(|(known, _)| *known == name).map_or("", |it| &it.1).to_owned(),
        };
        let names = self.components.split(' ').map(|name| name.trim_matches('"'));
        let lines: String = names
            .filter(|name| !name.is_empty())
            .map(|name| format!("\"{name}\": {}\n", line(name)))
            .collect();
        let created = self.created;
        let parameters = format!("({});created={created};keyid=\"{key_id}\"", self.components);
        let parameters = format!("{parameters}{}", self.parameters);
        let base = format!("{lines}\"@signature-params\": {parameters}");
        let signature = STANDARD.encode(sign(base.as_bytes()));
        headers.push(("signature-input", format!("sig1={parameters}")));
        headers.push(("signature", format!("sig1=:{signature}:")));
        let call = Call::new(self.method, &target).without("idempotency-key");
        let call = call.body("application/json", &self.body).without("content-type");
        headers.iter().fold(call, |call, (name, value)| call.header(name, value))
    }
}

impl Scene {
    async fn ask(&self, ask: &Ask) -> Answer {
        self.fixture.send(ask.signed_by(&self.program)).await
    }

    /// The call is refused so, and nothing is as it was not before.
    async fn turns_away(&self, call: Call, status: u16, code: &str) {
        let before = (self.state().await, self.fixture.database.count("spent_signatures").await);
        let what = call.what.clone();
        self.fixture.send(call).await.expect_refusal(status, code);
        let after = (self.state().await, self.fixture.database.count("spent_signatures").await);
        assert_eq!(after, before, "{what}");
    }
}

/// The same call with another line of this header.
fn with(call: Call, name: &str, value: &str) -> Call {
    call.without(name).header(name, value)
}

#[tokio::test]
async fn a_program_is_paid_reads_it_and_gives_it_back_in_parts_and_never_more() {
    let scene = Scene::set().await;
    let asked = scene.ask(&Ask::asking(12_850)).await;
    let (location, limit) = (asked.header("location").to_owned(), asked.header("ratelimit-limit"));
    assert_eq!((limit, asked.header("ratelimit-remaining")), ("300", "298"));
    let asked = asked.expect(201);
    let id = asked["payment_request_id"].as_str().unwrap();
    assert_eq!(location, format!("{PREFIX}{REQUESTS}/{id}"));
    assert_eq!((&asked["status"], &asked["reference"]), (&json!("open"), &json!("10023")));
    let checkout = format!("https://{HOST}/api/v1/qr/checkouts/{id}");
    assert_eq!(asked["checkout_url"], json!(checkout));
    let read = Ask::get(&format!("{REQUESTS}/{id}"));
    assert_eq!(scene.ask(&read).await.expect(200), asked);
    let (_, seen) = scene.fixture.get(&scene.payer, &format!("/api/v1{REQUESTS}/{id}")).await;
    assert_eq!(seen["description"], "Two teas");

    let payment = scene.pay(id, 12_850).await;
    let paid = scene.ask(&read.again()).await.expect(200);
    assert_eq!((&paid["status"], &paid["payment_id"]), (&json!("paid"), &json!(payment)));
    let part = scene.ask(&Ask::refunding(&payment, 2_850)).await;
    let location = part.header("location").to_owned();
    let part = part.expect(201);
    let refund = Ask::get(location.strip_prefix(PREFIX).unwrap());
    assert_eq!(scene.ask(&refund).await.expect(200), part);
    scene.ask(&Ask::refunding(&payment, 10_000)).await.expect(201);
    let more = Ask::refunding(&payment, 1);
    scene.ask(&more).await.expect_refusal(422, "refund-exceeds-payment");
    assert_eq!(scene.fixture.balance(&scene.payer).await, 50_000);
    assert_eq!(scene.fixture.takings(&scene.owner, scene.shop).await, 0);
    assert_eq!(scene.fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn a_request_is_taken_back_once_and_not_once_it_is_paid() {
    let scene = Scene::set().await;
    let id = |asked: Value| asked["payment_request_id"].as_str().unwrap().to_owned();
    let cancelled = id(scene.ask(&Ask::asking(100)).await.expect(201));
    for _ in 0..2 {
        let answer = scene.ask(&Ask::cancelling(&cancelled)).await.expect(200);
        assert_eq!(answer["status"], "cancelled");
    }
    let paid = id(scene.ask(&Ask::asking(200)).await.expect(201));
    scene.pay(&paid, 200).await;
    scene.ask(&Ask::cancelling(&paid)).await.expect_refusal(409, "payment-request-paid");
}

#[tokio::test]
async fn a_repeat_under_one_key_that_is_signed_anew_does_nothing_twice() {
    let scene = Scene::set().await;
    let ask = Ask::asking(1_000);
    let first = scene.ask(&ask).await.expect(201);
    let again = scene.ask(&ask.again()).await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.expect(201), first);
    let other = Ask { body: ask.body.replace("1000", "1001"), ..ask.again() };
    scene.ask(&other).await.expect_refusal(422, "idempotency-key-reused");
    assert_eq!(scene.fixture.database.count("payment_requests").await, 1);
    let payment = scene.pay(first["payment_request_id"].as_str().unwrap(), 1_000).await;
    let refund = Ask::refunding(&payment, 250);
    let one = scene.ask(&refund).await.expect(201);
    assert_eq!(scene.ask(&refund.again()).await.expect(201), one);
    assert_eq!(scene.fixture.balance(&scene.payer).await, 49_250);
}

#[tokio::test]
async fn received_payments_are_listed_in_pages_each_once() {
    let scene = Scene::set().await;
    let mut expected = Vec::new();
    for cents in 101..106 {
        let asked = scene.ask(&Ask::asking(cents)).await.expect(201);
        expected.insert(0, scene.pay(asked["payment_request_id"].as_str().unwrap(), cents).await);
    }
    let (mut seen, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let page = scene.ask(&Ask { query, ..Ask::get(RECEIVED) }).await.expect(200);
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|it| it["payment_id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("limit=2&cursor={cursor}");
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn what_was_changed_after_it_was_signed_is_refused() {
    let scene = Scene::set().await;
    let good = || Ask::asking(1_000).signed_by(&scene.program);
    let of = |call: &Call, name: &str| call.request.headers()[name].to_str().unwrap().to_owned();
    for (name, part, other) in [
        ("content-digest", "=:", "=:A"),
        ("idempotency-key", "-", "_"),
        ("x-forwarded-host", "shop", "shops"),
        ("signature-input", "created=1", "created=2"),
        ("signature-input", "nonce=\"", "nonce=\"a"),
        ("signature", "=:", "=:AAAA"),
        ("signature", "sig1", "sig2"),
    ] {
        let call = good();
        let changed = of(&call, name).replacen(part, other, 1);
        scene.turns_away(with(call, name, &changed), 401, INVALID).await;
    }
    let mut body = good();
    *body.request.body_mut() = Ask::asking(1_001).body;
    scene.turns_away(body, 401, INVALID).await;
    let mut query = Ask::get(RECEIVED).signed_by(&scene.program);
    *query.request.uri_mut() = format!("{PREFIX}{RECEIVED}?limit=1").parse().unwrap();
    scene.turns_away(query, 401, INVALID).await;
    for name in ["signature", "signature-input", "content-digest"] {
        scene.turns_away(good().without(name), 401, INVALID).await;
        let twice = of(&good(), name);
        scene.turns_away(good().header(name, &twice), 401, INVALID).await;
    }
    scene.turns_away(good().without("idempotency-key"), 400, "idempotency-key-missing").await;
}

#[tokio::test]
async fn what_leaves_out_a_component_or_names_another_algorithm_or_moment_is_refused() {
    let scene = Scene::set().await;
    let ask = Ask::asking(1_000);
    for left_out in ask.components.split(' ') {
        let names: Vec<&str> = ask.components.split(' ').filter(|it| *it != left_out).collect();
        let less = Ask { components: names.join(" "), ..ask.clone() };
        scene.turns_away(less.signed_by(&scene.program), 401, INVALID).await;
    }
    for algorithm in ["ed25519", "rsa-v1_5-sha256", "none"] {
        let swapped = Ask { parameters: format!(";alg=\"{algorithm}\""), ..ask.clone() };
        scene.turns_away(swapped.signed_by(&scene.program), 401, INVALID).await;
    }
    for seconds in [-310, 310] {
        let far = Ask { created: ask.created + seconds, ..ask.clone() };
        scene.turns_away(far.signed_by(&scene.program), 401, INVALID).await;
    }
    let named = Ask { parameters: ";alg=\"hmac-sha256\"".to_owned(), ..ask.clone() };
    scene.ask(&named).await.expect(201);
    let components = r#""@method" "@path" "content-digest" "idempotency-key""#.to_owned();
    scene.ask(&Ask { components, ..Ask::asking(1) }).await.expect(201);
}

#[tokio::test]
async fn a_signature_is_taken_once_however_it_is_sent() {
    let scene = Scene::set().await;
    let call = Ask::asking(1_000).signed_by(&scene.program);
    let sent = (0..20).map(|_| scene.fixture.send(call.clone()));
    let answers = futures_util::future::join_all(sent).await;
    let taken = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!((taken, scene.fixture.database.count("payment_requests").await), (1, 1));
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.expect_refusal(409, "signature-used");
    }
}

#[tokio::test]
async fn a_program_acts_for_its_own_shop_alone_and_by_its_own_key() {
    let scene = Scene::set().await;
    let asked = scene.ask(&Ask::asking(500)).await.expect(201);
    let id = asked["payment_request_id"].as_str().unwrap();
    let payment = scene.pay(id, 500).await;
    let refunded = scene.ask(&Ask::refunding(&payment, 100)).await.expect(201);
    let (stranger, elsewhere) = scene.fixture.shop().await;
    let other = Program::new(&scene.fixture, &stranger, &wanted(elsewhere)).await;
    let refund = format!("/refunds/{}", refunded["refund_id"].as_str().unwrap());
    for (ask, code) in [
        (Ask::get(&format!("{REQUESTS}/{id}")), "payment-request-not-found"),
        (Ask::cancelling(id), "payment-request-not-found"),
        (Ask::refunding(&payment, 100), "payment-not-found"),
        (Ask::get(&refund), "refund-not-found"),
        (Ask::get(&format!("/refunds/{}", payment.replace("pay_", "rfd_"))), "refund-not-found"),
    ] {
        scene.fixture.send(ask.signed_by(&other)).await.expect_refusal(404, code);
    }
    let listed = scene.fixture.send(Ask::get(RECEIVED).signed_by(&other)).await.expect(200);
    assert_eq!(listed["items"], json!([]));
    let mixed = Program { key: other.key.clone(), ..scene.program.clone() };
    scene.turns_away(Ask::asking(1).signed_by(&mixed), 401, INVALID).await;
}

#[tokio::test]
async fn a_credential_that_has_ended_or_lacks_scope_or_address_signs_nothing() {
    let scene = Scene::set().await;
    let fixture = &scene.fixture;
    let mut body = wanted(scene.shop);
    body["scopes"] = json!(["read"]);
    let reader = Program::new(fixture, &scene.owner, &body).await;
    let unscoped = fixture.send(Ask::asking(1).signed_by(&reader)).await;
    unscoped.expect_refusal(403, "scope-missing");
    fixture.sql("UPDATE api_credentials SET allowed_addresses = '203.0.113.0/24'").await;
    scene.ask(&Ask::asking(1)).await.expect_refusal(403, "address-not-allowed");
    let call = Ask::asking(1).signed_by(&scene.program);
    fixture.send(call.header("x-azure-socketip", "203.0.113.9")).await.expect(201);
    fixture.sql("UPDATE api_credentials SET allowed_addresses = ''").await;
    fixture.sql("UPDATE api_credentials SET window_calls = 300").await;
    let many = scene.ask(&Ask::get(RECEIVED)).await;
    many.expect_refusal(429, "too-many-calls");
    assert!((1..=61).contains(&many.header("retry-after").parse::<u64>().unwrap()));
    fixture.sql("UPDATE api_credentials SET window_calls = 0").await;

    let expired = "UPDATE api_credentials SET expires_at = NOW(6)";
    let (_, listed) =
        fixture.get(&scene.owner, &format!("{CREDENTIALS}/{}", reader.client_id)).await;
    assert_eq!(listed["status"], "active");
    fixture.sql(&format!("{expired} WHERE name = 'Web shop'")).await;
    scene.turns_away(Ask::asking(1).signed_by(&scene.program), 401, INVALID).await;
    let next = Program::new(fixture, &scene.owner, &wanted(scene.shop)).await;
    fixture.send(Ask::asking(1).signed_by(&next)).await.expect(201);
    let path = format!("{CREDENTIALS}/{}/deactivate", next.client_id);
    fixture.send(Call::post(&path).bearer(&scene.owner.token)).await.expect(200);
    scene.turns_away(Ask::asking(1).signed_by(&next), 401, INVALID).await;
}

#[tokio::test]
async fn refunds_are_held_to_what_the_maker_of_the_credential_had_shown() {
    let rules = json!([{"acts": ["refund"], "answer": "passkey"}]);
    let scene = Scene::under(crate::step_up::policy(rules)).await;
    let asked = scene.ask(&Ask::asking(500)).await.expect(201);
    let payment = scene.pay(asked["payment_request_id"].as_str().unwrap(), 500).await;
    let refund = Ask::refunding(&payment, 100);
    scene.ask(&refund).await.expect_refusal(403, "credential-too-weak");
    let shop = wanted(scene.shop);
    let proved = Program::by(&scene.fixture, &scene.owner, "passkey", &shop).await;
    scene.fixture.send(refund.again().signed_by(&proved)).await.expect(201);
}

#[tokio::test]
async fn the_page_of_a_request_leads_back_to_where_its_program_says_and_to_no_strange_place() {
    let scene = Scene::set().await;
    let asked = scene.ask(&Ask::asking(500)).await.expect(201);
    let back = "https://shop.example/orders/10023";
    assert_eq!(asked["return_url"], back);
    let compatible = super::creating("5.00");
    scene.program.send(&scene.fixture, &compatible).await.expect(201);
    let app = compatible.body.replace("https://shop.example/done", "shopapp://done");
    let app = super::program::Ask { body: app, ..compatible.again() };
    let answer = scene.program.send(&scene.fixture, &app).await.expect(201);
    assert_eq!(answer["appSuccessCallback"], "shopapp://done");
    let told: Vec<PaymentRequestCreatedV1> = scene.fixture.database.told().await;
    let urls: Vec<Option<&str>> = told.iter().map(|it| it.return_url.as_deref()).collect();
    assert_eq!(urls, [Some(back), Some("https://shop.example/done"), None]);
    for other in ["javascript:alert(1)", "http://shop.example/", "https://a.example@b.example/"] {
        let ask = Ask::asking(500);
        let body = ask.body.replace(back, other);
        let answer = scene.ask(&Ask { body, ..ask }).await;
        answer.expect_refusal(400, "invalid-body");
    }
}
