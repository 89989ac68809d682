//! Programs of shops, which ask to be paid, read, take back and refund by PayMe's API for shops.

mod attacks;
mod handovers;
mod notified;
mod program;
mod shell;
mod signed;

use events::payments::PaymentRequestCreatedV1;
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use payments::Bank;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use values::{BusinessId, StepUpPolicy};

use crate::api_credentials::{CREDENTIALS, wanted};
use crate::authorisations::{authorised, capture};
use crate::pay::PAYMENTS;
use crate::{Fixture, Person, for_payer, net, new_key, signed_amount};
use program::{
    Ask, PREFIX, Program, REQUESTS, SIGNED, TRANSACTIONS, creating, expect_error, refunding,
};

/// A payer with HK$500.00, a shop, and its program.
struct Scene {
    fixture: Fixture,
    payer: Person,
    owner: Person,
    shop: BusinessId,
    program: Program,
}

impl Scene {
    async fn set() -> Self {
        Self::of(Fixture::new().await).await
    }

    /// Under this policy of step-up.
    async fn under(policy: StepUpPolicy) -> Self {
        Self::of(Fixture::under(policy).await).await
    }

    async fn of(fixture: Fixture) -> Self {
        let payer = fixture.consumer_with(50_000).await;
        let (owner, shop) = fixture.shop().await;
        let program = Program::new(&fixture, &owner, &wanted(shop)).await;
        Self { fixture, payer, owner, shop, program }
    }

    /// The payer pays a request; the id of the payment.
    async fn pay(&self, request_id: &str, cents: i64) -> String {
        let key = new_key();
        let body = signed_amount(&self.payer, self.shop, request_id, &key, cents);
        let (status, paid) = self.fixture.post(&self.payer, PAYMENTS, &key, &body).await;
        assert_eq!(status, 201, "{paid}");
        paid["payment_id"].as_str().unwrap().to_owned()
    }

    /// All that a call that is refused must leave as it was.
    async fn state(&self) -> (i64, i64, u64, u64, u64) {
        let count = |table| self.fixture.database.count(table);
        (
            self.fixture.balance(&self.payer).await,
            self.fixture.takings(&self.owner, self.shop).await,
            count("payment_requests").await,
            count("operations").await,
            count("merchant_orders").await,
        )
    }
}

#[tokio::test]
async fn a_program_is_paid_reads_it_and_gives_it_back_in_parts_and_never_more() {
    let scene = Scene::set().await;
    let Scene { fixture, program, .. } = &scene;
    let asked = program.request(fixture, "128.50").await;
    assert_eq!(asked["statusCode"], "PR001");
    assert_eq!(asked["effectiveDuration"], 600);
    assert_eq!(asked["orderId"], "10023");
    assert_eq!(asked["notificationUri"], "https://shop.example/notify");
    assert_eq!(asked["transactions"], json!([]));
    let id = asked["paymentRequestId"].as_str().unwrap();
    for (link, path) in [
        ("webLink", format!("/api/v1/qr/checkouts/{id}")),
        ("appLink", format!("/api/v1/qr/payment-requests/{id}.svg")),
    ] {
        assert!(asked[link].as_str().unwrap().ends_with(&path), "{asked}");
    }
    let (_, seen) = fixture.get(&scene.payer, &format!("/api/v1/payment-requests/{id}")).await;
    assert_eq!(
        (&seen["amount"]["amount"], &seen["description"]),
        (&json!(12_850), &json!("Two teas"))
    );

    let payment = scene.pay(id, 12_850).await;
    let read = program.send(fixture, &Ask::get(&format!("{REQUESTS}/{id}"))).await;
    assert!(read.text().contains("\"totalAmount\":128.50,"), "{}", read.text());
    let read = read.expect(200);
    assert_eq!(
        (&read["statusCode"], &read["statusDescription"]),
        (&json!("PR005"), &json!("Payment Success"))
    );
    assert_eq!(read["transactions"][0]["transactionId"], json!(payment));
    assert_eq!(read["transactions"][0]["orderId"], "10023");
    assert_eq!(fixture.takings(&scene.owner, scene.shop).await, net(12_850));

    let part = program.refund(fixture, &payment, "28.50").await.expect(201);
    assert!(part["refundId"].as_str().unwrap().starts_with("rfd_"));
    program.refund(fixture, &payment, "\"100\"").await.expect(201);
    let before = scene.state().await;
    expect_error(&program.refund(fixture, &payment, "0.01").await, 422, "refund-exceeds-payment");
    assert_eq!(scene.state().await, before);
    assert_eq!(fixture.balance(&scene.payer).await, 50_000);
    assert_eq!(fixture.takings(&scene.owner, scene.shop).await, 0);
    let refund = format!("/api/v1/refunds/{}", part["refundId"].as_str().unwrap());
    let (_, of_shop) = fixture.get(&scene.owner, &refund).await;
    assert_eq!(fixture.get(&scene.payer, &refund).await.1, for_payer(of_shop));
    assert_eq!(fixture.audit().await["balanced"], true);
    let one = format!("{CREDENTIALS}/{}", program.client_id);
    assert!(fixture.get(&scene.owner, &one).await.1["last_used_at"].is_string());
}

#[tokio::test]
async fn a_request_is_cancelled_once_expires_and_is_not_cancelled_once_it_is_paid() {
    let scene = Scene::set().await;
    let Scene { fixture, program, .. } = &scene;
    let id = |asked: Value| asked["paymentRequestId"].as_str().unwrap().to_owned();
    let cancel = |id: &str| Ask::new("PUT", &format!("{REQUESTS}/{id}/cancel"), &Value::Null);
    let cancelled = id(program.request(fixture, "1").await);
    for _ in 0..2 {
        let answer = program.send(fixture, &cancel(&cancelled)).await.expect(200);
        assert_eq!(answer["statusCode"], "PR004");
    }
    let paid = id(program.request(fixture, "2.00").await);
    scene.pay(&paid, 200).await;
    let before = scene.state().await;
    let answer = program.send(fixture, &cancel(&paid)).await;
    expect_error(&answer, 409, "payment-request-paid");
    assert_eq!(scene.state().await, before);
    assert_eq!(program.status(fixture, &paid).await, "PR005");
    let late = id(program.request(fixture, "3").await);
    fixture.sql("UPDATE payment_requests SET expires_at = NOW(6) WHERE amount = 300").await;
    assert_eq!(program.status(fixture, &late).await, "PR007");
}

#[tokio::test]
async fn a_repeat_under_one_trace_id_or_key_that_is_signed_anew_does_nothing_twice() {
    let scene = Scene::set().await;
    let Scene { fixture, program, .. } = &scene;
    let later = |ask: &Ask| Ask { at: ask.at + time::Duration::seconds(1), ..ask.clone() };
    let ask = creating("10.00");
    let first = program.send(fixture, &ask).await.expect(201);
    let again = program.send(fixture, &later(&ask)).await.expect(201);
    assert_eq!(again["paymentRequestId"], first["paymentRequestId"]);
    assert_eq!(fixture.database.count("payment_requests").await, 1);
    let other = Ask { body: ask.body.replace("10.00", "10.01"), ..later(&ask) };
    let answer = program.send(fixture, &other).await;
    expect_error(&answer, 422, "idempotency-key-reused");

    let payment = scene.pay(first["paymentRequestId"].as_str().unwrap(), 1_000).await;
    let signed = format!("{SIGNED} Idempotency-Key");
    let keyed = |key: &str, signed: &str| Ask {
        more: vec![("Idempotency-Key", key.to_owned())],
        signed: signed.to_owned(),
        ..refunding(&payment, "2.50")
    };
    let asks = (0..8).map(|_| keyed("r-1", &signed)).collect::<Vec<_>>();
    let answers = join_all(asks.iter().map(|ask| program.send(fixture, ask))).await;
    let ids: Vec<Value> = answers.iter().map(|it| it.expect(201)["refundId"].clone()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let refunded = program.send(fixture, &Ask::get(TRANSACTIONS)).await;
    assert!(refunded.text().contains("\"refundedAmount\":2.50"), "{}", refunded.text());
    expect_error(&program.send(fixture, &keyed("r-2", SIGNED)).await, 400, "EA002");
    program.send(fixture, &keyed("r-2", &signed)).await.expect(201);
}

#[tokio::test]
async fn an_amount_is_read_to_the_cent_or_refused() {
    let scene = Scene::set().await;
    let Scene { fixture, program, .. } = &scene;
    for (amount, cents) in [("4.35", 435), ("\"4.35\"", 435), ("1.1", 110), ("7", 700)] {
        let asked = program.request(fixture, amount).await;
        let id = asked["paymentRequestId"].as_str().unwrap();
        let (_, seen) = fixture.get(&scene.owner, &format!("/api/v1/payment-requests/{id}")).await;
        assert_eq!(seen["amount"]["amount"], cents, "{amount}");
    }
    let before = scene.state().await;
    for amount in ["1.005", "1e2", "0", "-1", "\"1,00\"", "null", "true", "[1]", "{\"a\":1}"] {
        expect_error(&program.send(fixture, &creating(amount)).await, 400, "invalid-body");
    }
    for (part, other) in [
        ("HKD", "USD"),
        ("600", "0"),
        ("600", "86401"),
        ("600", "\"soon\""),
        ("Two teas", "a\u{202e}b"),
        ("https://shop.example/notify", "https://shop.example/ö"),
        ("{", "["),
    ] {
        let ask = creating("1");
        let ask = Ask { body: ask.body.replacen(part, other, 1), ..ask };
        expect_error(&program.send(fixture, &ask).await, 400, "invalid-body");
    }
    assert_eq!(scene.state().await, before);
}

#[tokio::test]
async fn a_payment_that_the_shop_captures_later_is_a_success_of_what_was_captured_and_not_before() {
    let scene = Scene::set().await;
    let Scene { fixture, payer, owner, shop, program } = &scene;
    let payment = authorised(fixture, payer, owner, *shop).await;
    let (_, held) = fixture.get(owner, &format!("/api/v1/payments/{payment}")).await;
    let ask = Ask::get(&format!("{REQUESTS}/{}", held["payment_request_id"].as_str().unwrap()));
    let authorised = program.send(fixture, &ask.again()).await.expect(200);
    assert_eq!(
        (&authorised["statusCode"], &authorised["transactions"]),
        (&json!("PR001"), &json!([]))
    );
    assert_eq!(capture(fixture, owner, &payment, 5_000).await.0, 200);
    let captured = program.send(fixture, &ask.again()).await;
    assert!(captured.text().contains("\"amount\":50.00,"), "{}", captured.text());
    assert_eq!(captured.json()["statusCode"], "PR005");
    let listed = program.send(fixture, &Ask::get(TRANSACTIONS)).await;
    assert!(listed.text().contains("\"amount\":50.00,"), "{}", listed.text());
}

#[tokio::test]
async fn transactions_are_listed_in_pages_each_once() {
    let scene = Scene::set().await;
    let Scene { fixture, program, .. } = &scene;
    let mut expected = Vec::new();
    for cents in 101..106 {
        let asked = program.request(fixture, &format!("1.0{}", cents - 100)).await;
        let id = asked["paymentRequestId"].as_str().unwrap().to_owned();
        expected.insert(0, scene.pay(&id, cents).await);
    }
    let mut seen = Vec::new();
    let mut path = format!("{TRANSACTIONS}?limit=2");
    loop {
        let page = program.send(fixture, &Ask::get(&path)).await.expect(200);
        let items = page["transactions"].as_array().unwrap();
        seen.extend(items.iter().map(|it| it["transactionId"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("{TRANSACTIONS}?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, expected);
    // A poller asks next from where all that it was shown is complete.
    let page = program.send(fixture, &Ask::get(TRANSACTIONS)).await.expect(200);
    let as_of = page["asOf"].as_str().unwrap();
    let moment = time::OffsetDateTime::parse(as_of, &Rfc3339).unwrap();
    let age = time::OffsetDateTime::now_utc() - moment;
    assert!(age >= time::Duration::minutes(1) && age < time::Duration::minutes(2), "{as_of}");
    let next = Ask::get(&format!("{TRANSACTIONS}?createdFrom={as_of}"));
    let next = program.send(fixture, &next).await.expect(200);
    assert_eq!(next["transactions"], page["transactions"]);
    for query in ["limit=0", "limit=51", "cursor=x", "createdFrom=x", "more=1"] {
        let answer = program.send(fixture, &Ask::get(&format!("{TRANSACTIONS}?{query}"))).await;
        expect_error(&answer, 400, "invalid-body");
    }
}

#[tokio::test]
async fn after_three_hundred_calls_in_a_minute_a_credential_waits_and_another_does_not() {
    let scene = Scene::set().await;
    let Scene { fixture, program, owner, shop, .. } = &scene;
    let other = Program::new(fixture, owner, &wanted(*shop)).await;
    let ask = Ask::get(TRANSACTIONS);
    let answer = program.send(fixture, &ask).await;
    assert_eq!(
        (answer.header("ratelimit-limit"), answer.header("ratelimit-remaining")),
        ("300", "298")
    );
    fixture.sql("UPDATE api_credentials SET window_calls = 299").await;
    let last = program.send(fixture, &Ask::get(TRANSACTIONS)).await;
    assert_eq!((last.status, last.header("ratelimit-remaining")), (200, "0"));
    let many =
        join_all((0..5).map(|_| async { program.send(fixture, &Ask::get(TRANSACTIONS)).await }));
    for answer in many.await {
        expect_error(&answer, 429, "EA004");
        let seconds: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=61).contains(&seconds), "{seconds}");
        assert_eq!(answer.header("ratelimit-reset"), answer.header("retry-after"));
    }
    expect_error(&program.ask_token(fixture).await, 429, "EA004");
    other.send(fixture, &Ask::get(TRANSACTIONS)).await.expect(200);
    fixture.sql("UPDATE api_credentials SET window_began_at = NOW(6) - INTERVAL 60 SECOND").await;
    program.send(fixture, &Ask::get(TRANSACTIONS)).await.expect(200);
}

#[tokio::test]
async fn refunds_are_held_to_what_the_makers_of_a_credential_had_shown() {
    let rules = json!([{"acts": ["refund"], "answer": "passkey"}]);
    let scene = Scene::under(crate::step_up::policy(rules)).await;
    let proved = Program::by(&scene.fixture, &scene.owner, "passkey", &wanted(scene.shop)).await;
    let asked = scene.program.request(&scene.fixture, "5").await;
    let payment = scene.pay(asked["paymentRequestId"].as_str().unwrap(), 500).await;
    let answer = scene.program.refund(&scene.fixture, &payment, "1").await;
    expect_error(&answer, 403, "step-up-required");
    proved.refund(&scene.fixture, &payment, "1").await.expect(201);
}

/// All have the link of a request, and a client of another platform may keep secrets in its own.
#[tokio::test]
async fn a_page_leads_to_what_stands_before_a_query_and_the_program_reads_all_of_it() {
    let scene = Scene::set().await;
    let told = "https://shop.example/done?order=10023&token=s3cret#top";
    let ask = creating("5.00");
    let body = ask.body.replace("https://shop.example/done", told);
    let ask = Ask { body, ..ask };
    let asked = scene.program.send(&scene.fixture, &ask).await.expect(201);
    assert_eq!(asked["appSuccessCallback"], told);
    let events: Vec<PaymentRequestCreatedV1> = scene.fixture.database.told().await;
    assert_eq!(events[0].return_url.as_deref(), Some("https://shop.example/done"));
}

fn either<T>(is_sandbox: bool, here: T, there: T) -> T {
    if is_sandbox { here } else { there }
}

#[tokio::test]
async fn in_the_sandbox_an_amount_says_how_a_request_ends_and_where_money_is_real_none_does() {
    for fixture in [Fixture::new().await, Fixture::of_operators().await] {
        let is_sandbox = fixture.bank == Bank::Sandbox;
        let scene = Scene::of(fixture).await;
        let Scene { fixture, program, .. } = &scene;
        let id = |asked: &Value| asked["paymentRequestId"].as_str().unwrap().to_owned();
        let cancel = |id: &str| Ask::new("PUT", &format!("{REQUESTS}/{id}/cancel"), &Value::Null);
        let read = |id: &str| Ask::get(&format!("{REQUESTS}/{id}"));

        let failed = program.request(fixture, "1.77").await;
        assert_eq!(failed["statusCode"], either(is_sandbox, "PR004", "PR001"));
        let short = program.request(fixture, "1.80").await;
        assert_eq!(short["effectiveDuration"], either(is_sandbox, 1, 600));
        let kept = id(&program.request(fixture, "1.83").await);
        assert_eq!(
            program.send(fixture, &cancel(&kept)).await.status,
            either(is_sandbox, 409, 200)
        );
        let unread = id(&program.request(fixture, "1.45").await);
        assert_eq!(
            program.send(fixture, &read(&unread)).await.status,
            either(is_sandbox, 500, 200)
        );
        scene.pay(&unread, 145).await;
        let before = scene.state().await;
        let refused = program.send(fixture, &creating("1.44")).await;
        if is_sandbox {
            expect_error(&refused, 500, "internal");
            assert_eq!(scene.state().await, before);
        } else {
            refused.expect(201);
        }
        let paid = id(&program.request(fixture, "1.81").await);
        scene.pay(&paid, 181).await;
        assert_eq!(program.status(fixture, &paid).await, "PR005");
    }
}

#[tokio::test]
async fn after_a_rotation_keys_are_wrapped_by_the_newest_one_and_sign_as_before() {
    let scene = Scene::set().await;
    let mut conn = scene.fixture.database.pool.get_conn().await.unwrap();
    let find = "SELECT SUBSTRING(sealed_keys, 3, 32) FROM api_credentials";
    let before: Option<Vec<u8>> = conn.query_first(find).await.unwrap();
    testkit::rotate_key("merchant-credentials").await;
    let after = scene.fixture.another_instance();
    let (fixture, mut program) = (scene.fixture.served_by(after), scene.program);
    assert_eq!(fixture.look_after_pending().await, 200);
    let wrapped: Option<Vec<u8>> = conn.query_first(find).await.unwrap();
    assert_ne!(wrapped, before);
    let token = program.ask_token(&fixture).await.expect(200);
    token["accessToken"].as_str().unwrap().clone_into(&mut program.token);
    assert_eq!(program.request(&fixture, "128.50").await["statusCode"], "PR001");
}
