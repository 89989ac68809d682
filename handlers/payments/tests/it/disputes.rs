//! Payers dispute payments to shops.

use events::payments::DisputeChangedV1;
use futures_util::future::{join, join_all};
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::Call;
use values::BusinessId;
use values::StaffRole::{Operator, Reviewer};

use crate::freeze::code;
use crate::{Fixture, Person, new_key, signed_amount};

const PAYMENTS: &str = "/api/v1/payments";

/// A payer with HK$1,000.00 who has paid a shop HK$128.50.
struct Scene {
    fixture: Fixture,
    payer: Person,
    owner: Person,
    shop: BusinessId,
    payment: String,
}

impl Scene {
    async fn set() -> Self {
        let fixture = Fixture::new().await;
        let payer = fixture.consumer_with(100_000).await;
        let (owner, shop) = fixture.shop().await;
        let mut scene = Self { fixture, payer, owner, shop, payment: String::new() };
        scene.payment = scene.pay().await;
        scene
    }

    async fn pay(&self) -> String {
        let request = self.fixture.request(&self.owner, self.shop).await;
        let key = new_key();
        let payment = signed_amount(&self.payer, self.shop, &request, &key, 12_850);
        let (status, paid) = self.fixture.post(&self.payer, PAYMENTS, &key, &payment).await;
        assert_eq!(status, 201, "{paid}");
        paid["payment_id"].as_str().unwrap().to_owned()
    }

    async fn call(&self, token: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let call = Call::post(path).bearer(token);
        let call = match body {
            Some(body) => call.json(body),
            None => call,
        };
        let answer = self.fixture.send(call).await;
        (answer.status, answer.json())
    }

    async fn dispute(&self, payment: &str, cents: i64) -> (u16, Value) {
        let body = json!({
            "amount": {"amount": cents, "currency": "HKD"},
            "reason": "not-received",
            "statement": "The parcel never came.",
        });
        self.call(&self.payer.token, &format!("{PAYMENTS}/{payment}/disputes"), Some(&body)).await
    }

    /// A new dispute of the payment; its path.
    async fn disputed(&self, cents: i64) -> String {
        let (status, dispute) = self.dispute(&self.payment, cents).await;
        assert_eq!((status, &dispute["status"]), (200, &json!("open")), "{dispute}");
        format!("/api/v1/disputes/{}", dispute["dispute_id"].as_str().unwrap())
    }

    async fn accept(&self, dispute: &str) -> (u16, Value) {
        self.call(&self.owner.token, &format!("{dispute}/accept"), None).await
    }

    async fn contest(&self, dispute: &str) -> (u16, Value) {
        let answer = json!({"answer": "It was handed over on Monday."});
        self.call(&self.owner.token, &format!("{dispute}/contest"), Some(&answer)).await
    }

    async fn withdraw(&self, dispute: &str) -> (u16, Value) {
        self.call(&self.payer.token, &format!("{dispute}/withdraw"), None).await
    }

    async fn refund(&self, cents: i64) -> u16 {
        let body = json!({"amount": {"amount": cents, "currency": "HKD"}, "reason": null});
        let path = format!("{PAYMENTS}/{}/refunds", self.payment);
        self.fixture.post(&self.owner, &path, &new_key(), &body).await.0
    }

    /// What staff do: `propose`, `approve` or `reject`, of the version that they have read.
    async fn review(&self, token: &str, dispute: &str, act: &str, upheld: bool) -> (u16, Value) {
        let path = dispute.replace("/disputes/", "/dispute-reviews/");
        let read = self.fixture.send(Call::get(&path).bearer(token)).await;
        let version = read.header("etag").to_owned();
        let ruling = json!({"upheld": upheld, "reason": "Delivery is not shown."});
        let call = Call::post(&format!("{path}/{act}")).bearer(token);
        let call = match act {
            "propose" => call.json(&ruling),
            _ => call.header("if-match", &version),
        };
        let answer = self.fixture.send(call).await;
        (answer.status, answer.json())
    }

    async fn sql(&self, sql: &str) {
        let mut conn = self.fixture.database.pool.get_conn().await.unwrap();
        conn.query_drop(sql).await.unwrap();
    }

    /// The timer that ends what is over.
    async fn tick(&self) {
        assert_eq!(self.fixture.return_overdue().await, 200);
    }

    async fn read(&self, dispute: &str) -> Value {
        self.fixture.get(&self.payer, dispute).await.1
    }

    /// What payer and shop have; the books agree.
    async fn balances(&self) -> (i64, i64) {
        assert_eq!(self.fixture.audit().await["balanced"], true);
        let takings = self.fixture.takings(&self.owner, self.shop).await;
        (self.fixture.balance(&self.payer).await, takings)
    }
}

#[tokio::test]
async fn a_shop_that_agrees_gives_the_money_back_at_once_and_once() {
    let scene = Scene::set().await;
    let dispute = scene.disputed(2_850).await;
    assert!(scene.read(&dispute).await["answer_by"].is_string());
    let (status, accepted) = scene.accept(&dispute).await;
    assert_eq!((status, &accepted["status"]), (200, &json!("refunded")), "{accepted}");
    assert!(accepted["refund_id"].as_str().unwrap().starts_with("rfd_"));
    assert_eq!(scene.accept(&dispute).await, (200, accepted.clone()));
    assert_eq!(scene.read(&dispute).await, accepted);
    assert_eq!(scene.balances().await, (90_000, 10_000));
    let told: Vec<DisputeChangedV1> = scene.fixture.database.told().await;
    let told: Vec<&str> = told.iter().map(|changed| &*changed.status).collect();
    assert_eq!(told, ["open", "upheld", "refunded"]);
    let ended = code(scene.withdraw(&dispute).await);
    assert_eq!(ended, (409, "dispute-ended".to_owned()));
}

#[tokio::test]
async fn what_shop_and_payer_do_not_agree_on_two_members_of_staff_decide() {
    let scene = Scene::set().await;
    let dispute = scene.disputed(12_850).await;
    assert_eq!(scene.contest(&dispute).await.1["status"], "under-review");
    assert_eq!(scene.contest(&dispute).await.0, 200, "once more");
    let both = scene.fixture.staff("chan@example.com", &[Operator, Reviewer]);
    let reviewer = scene.fixture.staff("lee@example.com", &[Reviewer]);
    let nothing = code(scene.review(&reviewer, &dispute, "approve", true).await);
    assert_eq!(nothing, (409, "ruling-not-proposed".to_owned()));
    let without = code(scene.review(&reviewer, &dispute, "propose", true).await);
    assert_eq!(without, (403, "role-missing".to_owned()));

    let (status, proposed) = scene.review(&both, &dispute, "propose", false).await;
    assert_eq!((status, &proposed["ruling"]["upheld"]), (200, &json!(false)));
    assert_eq!(scene.read(&dispute).await["ruling"], Value::Null, "only a proposal");
    let own = code(scene.review(&both, &dispute, "approve", true).await);
    assert_eq!(own, (403, "own-proposal".to_owned()));
    let second = code(scene.review(&both, &dispute, "propose", true).await);
    assert_eq!(second, (409, "ruling-proposed".to_owned()));
    assert_eq!(scene.review(&reviewer, &dispute, "reject", true).await.0, 200);

    scene.review(&both, &dispute, "propose", true).await;
    let (status, decided) = scene.review(&reviewer, &dispute, "approve", true).await;
    assert_eq!((status, &decided["dispute"]["status"]), (200, &json!("refunded")), "{decided}");
    assert_eq!(decided["ruling"]["decider"], "lee@example.com");
    assert_eq!(scene.read(&dispute).await["ruling"], "Delivery is not shown.");
    assert_eq!(scene.balances().await, (100_000, 0));
    assert_eq!(scene.review(&reviewer, &dispute, "approve", true).await.0, 409);
}

#[tokio::test]
async fn whoever_agrees_agrees_to_what_they_have_read() {
    let scene = Scene::set().await;
    let dispute = scene.disputed(12_850).await;
    scene.contest(&dispute).await;
    let operator = scene.fixture.staff("chan@example.com", &[Operator]);
    let reviewer = scene.fixture.staff("lee@example.com", &[Reviewer]);
    let (_, read) = scene.review(&operator, &dispute, "propose", false).await;
    assert_eq!(read["ruling"]["upheld"], false);
    scene.review(&reviewer, &dispute, "reject", true).await;
    scene.review(&operator, &dispute, "propose", true).await;
    let path = dispute.replace("/disputes/", "/dispute-reviews/");
    let stale =
        Call::post(&format!("{path}/approve")).bearer(&reviewer).header("if-match", "\"3\"");
    let answer = scene.fixture.send(stale).await;
    assert_eq!((answer.status, &answer.json()["code"]), (412, &json!("version-stale")));
    assert_eq!(scene.balances().await, (87_150, 12_850));
}

#[tokio::test]
async fn a_dispute_that_a_shop_leaves_unanswered_goes_to_review_after_seven_days() {
    let scene = Scene::set().await;
    let dispute = scene.disputed(12_850).await;
    scene.tick().await;
    assert_eq!(scene.read(&dispute).await["status"], "open");
    scene.sql("UPDATE disputes SET due_at = UTC_TIMESTAMP(6)").await;
    scene.tick().await;
    scene.tick().await;
    let left = scene.read(&dispute).await;
    assert_eq!((&left["status"], &left["answer"]), (&json!("under-review"), &Value::Null));
    let late = code(scene.contest(&dispute).await);
    assert_eq!(late, (409, "dispute-under-review".to_owned()));
    assert_eq!(scene.accept(&dispute).await.1["status"], "refunded");
}

#[tokio::test]
async fn a_refund_that_a_shop_cannot_pay_yet_follows_when_it_can() {
    let scene = Scene::set().await;
    let dispute = scene.disputed(12_850).await;
    // As if it had taken its money to its bank.
    scene.sql("UPDATE accounts SET debits_posted = 60 WHERE kind = 'merchant'").await;
    assert_eq!(scene.accept(&dispute).await.1["status"], "upheld");
    scene.tick().await;
    assert_eq!(scene.read(&dispute).await["status"], "upheld");
    scene.sql("UPDATE accounts SET debits_posted = 0 WHERE kind = 'merchant'").await;
    scene.tick().await;
    assert_eq!(scene.read(&dispute).await["status"], "upheld", "not before an hour");
    scene.sql("UPDATE disputes SET due_at = UTC_TIMESTAMP(6)").await;
    scene.tick().await;
    assert_eq!(scene.read(&dispute).await["status"], "refunded");
    assert_eq!(scene.balances().await, (100_000, 0));
}

#[tokio::test]
async fn after_a_crash_between_the_refund_and_its_line_the_same_refund_is_read_again() {
    let scene = Scene::set().await;
    let dispute = scene.disputed(12_850).await;
    let (_, accepted) = scene.accept(&dispute).await;
    let undone = "UPDATE disputes SET status = 'upheld', refund_id = NULL, ended_at = NULL,
        due_at = UTC_TIMESTAMP(6)";
    scene.sql(undone).await;
    scene.tick().await;
    let again = scene.read(&dispute).await;
    assert_eq!(
        (&again["status"], &again["refund_id"]),
        (&json!("refunded"), &accepted["refund_id"])
    );
    assert_eq!(scene.balances().await, (100_000, 0));
}

#[tokio::test]
async fn what_a_shop_gave_back_in_the_meantime_counts() {
    let scene = Scene::set().await;
    let dispute = scene.disputed(5_000).await;
    assert_eq!(scene.refund(5_000).await, 201);
    let (_, accepted) = scene.accept(&dispute).await;
    assert_eq!((&accepted["status"], &accepted["refund_id"]), (&json!("refunded"), &Value::Null));
    assert_eq!(scene.balances().await, (92_150, 7_850));
}

#[tokio::test]
async fn what_cannot_be_disputed_is_refused_with_its_code_and_nothing_is_there() {
    let scene = Scene::set().await;
    let stranger = scene.fixture.consumer_with(100).await;
    for (amount, refusal) in [
        (json!({"amount": 0, "currency": "HKD"}), (400, "invalid-body")),
        (json!({"amount": -1, "currency": "HKD"}), (400, "invalid-body")),
        (json!({"amount": 1.5, "currency": "HKD"}), (400, "invalid-body")),
        (json!({"amount": 1, "currency": "USD"}), (400, "invalid-body")),
        (json!({"amount": 12_851, "currency": "HKD"}), (422, "dispute-exceeds-payment")),
    ] {
        let body = json!({"amount": amount, "reason": "duplicate", "statement": "Twice."});
        let path = format!("{PAYMENTS}/{}/disputes", scene.payment);
        let refused = code(scene.call(&scene.payer.token, &path, Some(&body)).await);
        assert_eq!(refused, (refusal.0, refusal.1.to_owned()), "{amount}");
    }
    let body = json!({
        "amount": {"amount": 1, "currency": "HKD"}, "reason": "not-mine", "statement": "No."
    });
    let path = format!("{PAYMENTS}/{}/disputes", scene.payment);
    for (token, refusal) in [
        (&stranger.token, (404, "payment-not-found")),
        (&scene.owner.token, (403, "wrong-product")),
    ] {
        let refused = code(scene.call(token, &path, Some(&body)).await);
        assert_eq!(refused, (refusal.0, refusal.1.to_owned()));
    }
    scene.sql("UPDATE operations SET created_at = created_at - INTERVAL 121 DAY").await;
    let late = code(scene.dispute(&scene.payment, 1).await);
    assert_eq!(late, (422, "dispute-too-late".to_owned()));
    assert_eq!(scene.fixture.database.count("disputes").await, 0);
}

#[tokio::test]
async fn a_payment_has_one_dispute_at_a_time_and_only_both_sides_see_it() {
    let scene = Scene::set().await;
    let at_once = join_all((0..10).map(|_| scene.dispute(&scene.payment, 1))).await;
    assert!(at_once.iter().all(|answer| *answer == at_once[0]), "{at_once:?}");
    assert_eq!(scene.fixture.database.count("disputes").await, 1);
    let other = code(scene.dispute(&scene.payment, 2).await);
    assert_eq!(other, (409, "dispute-exists".to_owned()));

    let dispute = scene.disputed(1).await;
    let (stranger, (merchant, _)) =
        (scene.fixture.consumer_with(100).await, scene.fixture.shop().await);
    for token in [&stranger.token, &merchant.token] {
        let read = scene.fixture.send(Call::get(&dispute).bearer(token)).await;
        assert_eq!((read.status, &read.json()["code"]), (404, &json!("dispute-not-found")));
    }
    for (token, act) in
        [(&merchant.token, "accept"), (&stranger.token, "withdraw"), (&scene.payer.token, "accept")]
    {
        let (status, _) = scene.call(token, &format!("{dispute}/{act}"), None).await;
        assert!([403, 404].contains(&status), "{act}: {status}");
    }
    let own = scene.fixture.get(&scene.payer, "/api/v1/disputes").await.1;
    let of_shop = format!("/api/v1/disputes?business_id={}", scene.shop);
    let of_shop = scene.fixture.get(&scene.owner, &of_shop).await.1;
    assert_eq!(own["items"].as_array().unwrap().len(), 1);
    assert_eq!(own["items"], of_shop["items"]);
    assert_eq!(scene.fixture.get(&stranger, "/api/v1/disputes").await.1["items"], json!([]));

    // Once it is withdrawn, it can be disputed anew.
    assert_eq!(scene.withdraw(&dispute).await.1["status"], "withdrawn");
    assert_eq!(scene.withdraw(&dispute).await.0, 200);
    assert_ne!(scene.disputed(1).await, dispute);
}

#[tokio::test]
async fn of_an_acceptance_and_a_withdrawal_at_once_one_stands() {
    let scene = Scene::set().await;
    let (mut accepted, mut withdrawn) = (0_u32, 0_u32);
    for round in 0..200 {
        let dispute = scene.disputed(1).await;
        let (one, other) = join(scene.accept(&dispute), scene.withdraw(&dispute)).await;
        match (one.0, other.0) {
            (200, 409) => accepted = accepted.saturating_add(1),
            (409, 200) => withdrawn = withdrawn.saturating_add(1),
            both => panic!("round {round}: {both:?}"),
        }
        if one.0 == 200 {
            // So that the next round can dispute the same payment.
            scene.sql("DELETE FROM disputes").await;
        }
    }
    assert!(accepted > 0 && withdrawn > 0, "{accepted} accepted, {withdrawn} withdrawn");
    let given_back = i64::from(accepted);
    assert_eq!(scene.balances().await, (87_150 + given_back, 12_850 - given_back));
}
