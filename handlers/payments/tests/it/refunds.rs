//! Giving a payment back: never more than was paid, once per key, and only by the shop.

use events::payments::MoneyMovedV1;
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use service::Routes;
use testkit::{Call, InProcess, rounds};
use values::{BusinessId, PaymentId, Product, RefundId};

use crate::group_commit::static_payment;
use crate::pay::PAYMENTS;
use crate::{Fixture, Person, closed, for_payer, net, new_key};

pub(crate) struct Scene {
    pub(crate) fixture: Fixture,
    payer: Person,
    owner: Person,
    shop: BusinessId,
}

impl Scene {
    /// A payer with HK$500.00 and a shop.
    pub(crate) async fn set() -> Self {
        let fixture = Fixture::new().await;
        let payer = fixture.consumer_with(50_000).await;
        let (owner, shop) = fixture.shop().await;
        Self { fixture, payer, owner, shop }
    }

    /// The id of the newest payment.
    pub(crate) async fn newest(&self) -> String {
        let (_, payments) = self.fixture.get(&self.payer, PAYMENTS).await;
        payments["items"][0]["payment_id"].as_str().unwrap().to_owned()
    }

    /// A payment; its id.
    pub(crate) async fn pay(&self, cents: i64) -> String {
        let key = new_key();
        let body = static_payment(&self.payer, self.shop, cents, &key);
        let (status, payment) = self.fixture.post(&self.payer, PAYMENTS, &key, &body).await;
        assert_eq!((status, &payment["refunded"]["amount"]), (201, &json!(0)), "{payment}");
        payment["payment_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn refund(&self, payment: &str, cents: i64) -> (u16, Value) {
        refund_at(&self.fixture.routes, &self.owner, payment, cents).await
    }

    async fn refunded(&self, payment: &str) -> i64 {
        let (_, payment) = self.fixture.get(&self.owner, &format!("{PAYMENTS}/{payment}")).await;
        payment["refunded"]["amount"].as_i64().unwrap()
    }

    /// Minor units of the payer and of the shop.
    async fn balances(&self) -> (i64, i64) {
        let takings = self.fixture.takings(&self.owner, self.shop).await;
        (self.fixture.balance(&self.payer).await, takings)
    }

    /// Everything that a refund changes.
    async fn books(&self, payment: &str) -> (Value, [u64; 3], (i64, i64)) {
        let (_, payment) = self.fixture.get(&self.payer, &format!("{PAYMENTS}/{payment}")).await;
        let mut counts = [0; 3];
        for (count, table) in counts.iter_mut().zip(["transfers", "operations", "operation_keys"]) {
            *count = self.fixture.database.count(table).await;
        }
        (payment, counts, self.balances().await)
    }

    /// The refusal of a refund of `cents`, after making sure that nothing came of it.
    async fn refused(&self, by: &Person, payment: &str, cents: i64) -> (u16, String) {
        let before = self.books(payment).await;
        let (status, problem) = refund_at(&self.fixture.routes, by, payment, cents).await;
        assert_eq!(self.books(payment).await, before);
        (status, problem["code"].as_str().unwrap_or_default().to_owned())
    }

    async fn sql(&self, statement: &str) {
        let mut conn = self.fixture.database.pool.get_conn().await.unwrap();
        conn.query_drop(statement).await.unwrap();
    }
}

fn path(payment: &str) -> String {
    format!("{PAYMENTS}/{payment}/refunds")
}

fn body(cents: i64) -> Value {
    json!({"amount": {"amount": cents, "currency": "HKD"}})
}

async fn refund_at(at: &Routes, by: &Person, payment: &str, cents: i64) -> (u16, Value) {
    let call = Call::post(&path(payment)).bearer(&by.token).key(&new_key()).json(&body(cents));
    let answer = call.send(at).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn a_payment_is_given_back_both_sides_read_it_and_are_told() {
    let scene = Scene::set().await;
    let fixture = &scene.fixture;
    let payment = scene.pay(12_850).await;
    let mut wanted = body(12_850);
    wanted["reason"] = json!("湯凍了");
    let call = Call::post(&path(&payment)).bearer(&scene.owner.token).key(&new_key()).json(&wanted);
    let answer = fixture.send(call).await;
    let (refund, location) = (answer.json(), answer.header("location").to_owned());
    assert_eq!((answer.status, &refund["status"]), (201, &json!("completed")), "{refund}");
    assert_eq!((&refund["payment_id"], &refund["reason"]), (&json!(payment), &json!("湯凍了")));
    assert_eq!(refund["payer"]["id"], json!(scene.payer.user_id));
    assert_eq!(refund["business"]["name"], "永記茶餐廳");
    assert_eq!((scene.balances().await, scene.refunded(&payment).await), ((50_000, 0), 12_850));

    let refund_id = refund["refund_id"].as_str().unwrap();
    assert_eq!(location, format!("/api/v1/refunds/{refund_id}"));
    assert_eq!(refund["fee_returned"]["amount"], 193);
    assert_eq!(fixture.get(&scene.payer, &location).await, (200, for_payer(refund.clone())));
    assert_eq!(fixture.get(&scene.owner, &location).await, (200, refund.clone()));
    let stranger = fixture.person(Product::Consumer).await;
    let unknown = format!("/api/v1/refunds/{}", RefundId::new());
    let of_payment = format!("/api/v1/refunds/{}", payment.replace("pay_", "rfd_"));
    for (reader, path) in
        [(&stranger, &location), (&scene.owner, &unknown), (&scene.owner, &of_payment)]
    {
        let (status, problem) = fixture.get(reader, path).await;
        assert_eq!((status, &problem["code"]), (404, &json!("refund-not-found")), "{path}");
    }

    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    let moved = moved.iter().find(|moved| moved.kind == "refund").unwrap();
    assert_eq!((moved.amount, moved.operation_id.as_str()), (12_850, refund_id));
    assert_eq!((&moved.refunded_payment_id, &moved.payment_request_id), (&Some(payment), &None));
    assert_eq!(moved.from.told_user_id, Some(scene.owner.user_id.to_string()));
    assert_eq!(moved.to.told_user_id, Some(scene.payer.user_id.to_string()));
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn histories_show_a_refund_by_its_kind_and_lists_of_payments_only_the_payment() {
    let scene = Scene::set().await;
    let payment = scene.pay(100).await;
    let (_, refund) = scene.refund(&payment, 40).await;
    let of_shop = format!("/api/v1/wallets/businesses/{}/movements", scene.shop);
    for (person, path, direction, name) in [
        (&scene.payer, "/api/v1/wallets/me/movements", "in", json!("永記茶餐廳")),
        (&scene.owner, &of_shop, "out", json!(null)),
    ] {
        let (_, movements) = scene.fixture.get(person, path).await;
        let items = movements["items"].as_array().unwrap();
        let newest = items.iter().find(|movement| movement["is_fee"] == false).unwrap();
        let subject = json!({"type": "refund", "id": refund["refund_id"]});
        assert_eq!((&newest["subject"], &newest["direction"]), (&subject, &json!(direction)));
        // The payer has not chosen a name.
        assert_eq!(newest["counterparty"]["name"], name, "{newest}");
    }
    let (_, home) = scene.fixture.get(&scene.payer, "/api/v1/home").await;
    assert_eq!(home["movements"][0]["subject"]["type"], "refund");
    let of_shop = format!("{PAYMENTS}?business_id={}", scene.shop);
    for (person, path) in [(&scene.payer, PAYMENTS), (&scene.owner, &of_shop)] {
        let (_, payments) = scene.fixture.get(person, path).await;
        let items = payments["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["payment_id"]), (1, &json!(payment)));
        assert_eq!(items[0]["refunded"], json!({"amount": 40, "currency": "HKD"}));
    }
}

#[tokio::test]
async fn parts_are_given_back_until_nothing_is_left() {
    let scene = Scene::set().await;
    let (payment, _) = (scene.pay(100).await, scene.pay(1_000).await);
    let exceeds = (422, "refund-exceeds-payment".to_owned());
    assert_eq!(scene.refused(&scene.owner, &payment, 101).await, exceeds);
    for (cents, refunded) in [(30, 30), (69, 99)] {
        assert_eq!(scene.refund(&payment, cents).await.0, 201);
        assert_eq!(scene.refunded(&payment).await, refunded);
        let more = scene.refused(&scene.owner, &payment, 101 - refunded).await;
        assert_eq!(more, exceeds);
    }
    assert_eq!(scene.refund(&payment, 1).await.0, 201);
    assert_eq!(scene.refused(&scene.owner, &payment, 1).await, exceeds);
    assert_eq!(scene.balances().await, (49_000, net(1_000)));
    assert_eq!(scene.fixture.audit().await["balanced"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_refunds_at_once_at_two_instances_both_are_made_only_if_both_fit() {
    let scene = Scene::set().await;
    let other = payments::routes(scene.fixture.another_instance());
    let instances = [&scene.fixture.routes, &other];
    // A lane of the one instance and of the other, again and again.
    let rounds = rounds(67, 4);
    for round in 0..rounds {
        let payment = scene.pay(100).await;
        for (each, made) in [(51, 1), (24, 2), (2, 0)] {
            let refund = |at| refund_at(at, &scene.owner, &payment, each);
            let answers = join_all(instances.map(refund)).await;
            let won = answers.iter().filter(|(status, _)| *status == 201).count();
            let refused = answers.iter().filter(|(status, problem)| {
                *status == 422 && problem["code"] == "refund-exceeds-payment"
            });
            assert_eq!((won, refused.count()), (made, 2 - made), "{round}: {answers:?}");
        }
        assert_eq!(scene.refunded(&payment).await, 99, "{round}");
    }
    // And many of one payment, as neighbours in a batch.
    let payment = scene.pay(100).await;
    let refunds = (0..50).map(|_| scene.refund(&payment, 7));
    let answers = join_all(refunds).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 14);
    let left = 2_i64.saturating_add(rounds);
    assert_eq!(scene.balances().await, (50_000_i64.saturating_sub(left), left));
    let audit = scene.fixture.audit().await;
    assert_eq!(audit["balanced"], true, "{audit}");
}

#[tokio::test]
async fn a_repeat_is_answered_in_the_same_bytes_and_a_key_is_for_one_refund() {
    let scene = Scene::set().await;
    let (payment, other, key) = (scene.pay(100).await, scene.pay(100).await, new_key());
    let (path, wanted) = (path(&payment), body(40));
    let post = || scene.fixture.post_text(&scene.owner, &path, &key, &wanted);
    let answers = join_all((0..5).map(|_| post())).await;
    assert!(answers.iter().all(|answer| answer.0 == 201 && *answer == answers[0]), "{answers:?}");
    scene.refund(&payment, 60).await;
    // Although nothing is left by now.
    assert_eq!(post().await, answers[0]);
    assert_eq!(scene.refunded(&payment).await, 100);

    let mut with_reason = wanted.clone();
    with_reason["reason"] = json!("cold");
    for (payment, wanted) in [(&payment, &body(41)), (&payment, &with_reason), (&other, &wanted)] {
        let path = self::path(payment);
        let (status, problem) = scene.fixture.post(&scene.owner, &path, &key, wanted).await;
        assert_eq!((status, &problem["code"]), (422, &json!("idempotency-key-reused")));
    }
    assert_eq!((scene.refunded(&other).await, scene.balances().await), (0, (49_900, net(100))));
}

#[tokio::test]
async fn a_repeated_payment_shows_what_was_given_back_since() {
    let scene = Scene::set().await;
    let key = new_key();
    let pay = static_payment(&scene.payer, scene.shop, 100, &key);
    let (_, payment) = scene.fixture.post(&scene.payer, PAYMENTS, &key, &pay).await;
    scene.refund(payment["payment_id"].as_str().unwrap(), 30).await;
    let (status, again) = scene.fixture.post(&scene.payer, PAYMENTS, &key, &pay).await;
    assert_eq!((status, &again["refunded"]["amount"]), (201, &json!(30)));
    // A cent of the fee came back, too.
    assert_eq!(scene.balances().await, (49_930, net(100) - 30 + 1));
}

#[tokio::test]
async fn only_the_owner_gives_back_and_only_what_their_shop_was_paid() {
    let scene = Scene::set().await;
    let payment = scene.pay(100).await;
    let (other_owner, _) = scene.fixture.shop().await;
    let payer_as_merchant = scene.fixture.signed_in(scene.payer.user_id, Product::Business);
    let absent = (404, "payment-not-found".to_owned());
    for stranger in [&other_owner, &payer_as_merchant] {
        assert_eq!(scene.refused(stranger, &payment, 1).await, absent);
    }
    let owner_as_consumer = scene.fixture.signed_in(scene.owner.user_id, Product::Consumer);
    for consumer in [&scene.payer, &owner_as_consumer] {
        let refused = scene.refused(consumer, &payment, 1).await;
        assert_eq!(refused, (403, "wrong-product".to_owned()));
    }
    let (_, refund) = scene.refund(&payment, 1).await;
    let of_refund = refund["refund_id"].as_str().unwrap().replace("rfd_", "pay_");
    let unknown = PaymentId::new().to_string();
    for none in [&of_refund, &unknown] {
        assert_eq!(scene.refund(none, 1).await.1["code"], "payment-not-found");
    }
    assert_eq!(scene.balances().await, (49_901, net(100) - 1));
}

#[tokio::test]
async fn a_shop_without_the_money_and_a_frozen_side_give_nothing() {
    let scene = Scene::set().await;
    let payment = scene.pay(100).await;
    let frozen = (403, "shop-frozen".to_owned());
    let unavailable = (409, "payer-unavailable".to_owned());
    for (id, refusal) in
        [(scene.shop.to_string(), frozen), (scene.payer.user_id.to_string(), unavailable)]
    {
        assert_eq!(scene.fixture.change(&id, "freeze").await.0, 200);
        assert_eq!(scene.refused(&scene.owner, &payment, 1).await, refusal);
        scene.fixture.unfreeze(&id).await;
    }
    // As if it had taken its money to its bank.
    scene.sql("UPDATE accounts SET debits_posted = 62 WHERE kind = 'merchant'").await;
    let refused = scene.refused(&scene.owner, &payment, 40).await;
    assert_eq!(refused, (422, "insufficient-takings".to_owned()));
    // With a cent of the fee.
    assert_eq!(scene.refund(&payment, 39).await.0, 201);
    assert_eq!(scene.balances().await, (49_939, 0));
}

#[tokio::test]
async fn a_payment_is_given_back_for_a_year() {
    let scene = Scene::set().await;
    let (payment, age) = (scene.pay(100).await, "created_at = created_at - INTERVAL");
    scene.sql(&format!("UPDATE operations SET {age} 365 DAY WHERE kind = 'payment'")).await;
    let refused = scene.refused(&scene.owner, &payment, 1).await;
    assert_eq!(refused, (409, "refund-too-late".to_owned()));
    scene.sql("UPDATE operations SET created_at = created_at + INTERVAL 1 MINUTE").await;
    assert_eq!(scene.refund(&payment, 1).await.0, 201);
}

#[tokio::test]
async fn a_closed_shop_gives_back_also_into_a_wallet_that_is_full() {
    let scene = Scene::set().await;
    let payment = scene.pay(100).await;
    let closed = closed(&scene.owner, scene.shop, 2);
    scene.fixture.deliver("payments_on_business_profile", &[closed]).await;
    scene.fixture.top_up(&scene.payer, 300_000).await;
    // Whose wallets hold HK$3,000.00 at most.
    scene.fixture.set_tier(&scene.payer, "unverified").await;
    assert_eq!(scene.refund(&payment, 100).await.0, 201);
    assert_eq!(scene.fixture.balance(&scene.payer).await, 350_000);
    let path = "/api/v1/wallets/me/top-ups";
    let (status, problem) = scene.fixture.post(&scene.payer, path, &new_key(), &body(1)).await;
    assert_eq!((status, &problem["code"]), (422, &json!("balance-limit-exceeded")));
    assert_eq!(scene.fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn a_refund_that_is_not_in_form_changes_nothing() {
    let scene = Scene::set().await;
    let payment = scene.pay(100).await;
    let before = scene.books(&payment).await;
    let with_reason = |reason: Value| json!({"amount": body(1)["amount"], "reason": reason});
    for wrong in [
        body(0),
        body(-1),
        json!({}),
        json!({"amount": {"amount": 1, "currency": "USD"}}),
        with_reason(json!("")),
        with_reason(json!("文".repeat(101))),
        with_reason(json!("two\nlines")),
        json!({"amount": body(1)["amount"], "payment_id": payment}),
    ] {
        let posted = scene.fixture.post(&scene.owner, &path(&payment), &new_key(), &wrong).await;
        assert_eq!(posted.0, 400, "{wrong}: {}", posted.1);
    }
    assert_eq!(scene.books(&payment).await, before);
    for reason in [json!(null), json!("文".repeat(100))] {
        let wanted = with_reason(reason.clone());
        let posted = scene.fixture.post(&scene.owner, &path(&payment), &new_key(), &wanted).await;
        assert_eq!((posted.0, &posted.1["reason"]), (201, &reason));
    }
}
