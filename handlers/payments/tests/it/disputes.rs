//! Payers dispute payments to shops.

use events::payments::DisputeChangedV1;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::Call;
use values::BusinessId;
use values::StaffRole::{Auditor, Operator, Reviewer};

use crate::freeze::code;
use crate::{Fixture, Person, net, new_key, signed_amount};

pub(crate) const PAYMENTS: &str = "/api/v1/payments";

/// A payer with HK$1,000.00 who has paid a shop HK$128.50.
pub(crate) struct Scene {
    pub(crate) fixture: Fixture,
    pub(crate) payer: Person,
    pub(crate) owner: Person,
    pub(crate) shop: BusinessId,
    pub(crate) payment: String,
}

impl Scene {
    pub(crate) async fn set() -> Self {
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

    pub(crate) async fn call(&self, token: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let call = Call::post(path).bearer(token);
        let call = match body {
            Some(body) => call.json(body),
            None => call,
        };
        let answer = self.fixture.send(call).await;
        (answer.status, answer.json())
    }

    pub(crate) async fn dispute(&self, payment: &str, cents: i64) -> (u16, Value) {
        let body = json!({
            "amount": {"amount": cents, "currency": "HKD"},
            "reason": "not-received",
            "statement": "The parcel never came.",
        });
        self.call(&self.payer.token, &format!("{PAYMENTS}/{payment}/disputes"), Some(&body)).await
    }

    /// A new dispute of the payment; its path.
    pub(crate) async fn disputed(&self, cents: i64) -> String {
        let (status, dispute) = self.dispute(&self.payment, cents).await;
        assert_eq!((status, &dispute["status"]), (200, &json!("open")), "{dispute}");
        format!("/api/v1/disputes/{}", dispute["dispute_id"].as_str().unwrap())
    }

    pub(crate) async fn accept(&self, dispute: &str) -> (u16, Value) {
        self.call(&self.owner.token, &format!("{dispute}/accept"), None).await
    }

    pub(crate) async fn contest(&self, dispute: &str) -> (u16, Value) {
        let answer = json!({"answer": "It was handed over on Monday."});
        self.call(&self.owner.token, &format!("{dispute}/contest"), Some(&answer)).await
    }

    pub(crate) async fn withdraw(&self, dispute: &str) -> (u16, Value) {
        self.call(&self.payer.token, &format!("{dispute}/withdraw"), None).await
    }

    async fn refund(&self, cents: i64) -> u16 {
        let body = json!({"amount": {"amount": cents, "currency": "HKD"}, "reason": null});
        let path = format!("{PAYMENTS}/{}/refunds", self.payment);
        self.fixture.post(&self.owner, &path, &new_key(), &body).await.0
    }

    /// What staff do: `propose`, `approve` or `reject`, of the version that they have read.
    pub(crate) async fn review(
        &self,
        token: &str,
        dispute: &str,
        act: &str,
        upheld: bool,
    ) -> (u16, Value) {
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

    pub(crate) async fn sql(&self, sql: &str) {
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
    pub(crate) async fn balances(&self) -> (i64, i64) {
        assert_eq!(self.fixture.audit().await["balanced"], true);
        let takings = self.fixture.takings(&self.owner, self.shop).await;
        (self.fixture.balance(&self.payer).await, takings)
    }
}

#[tokio::test]
async fn a_shop_that_agrees_gives_the_money_back_at_once_and_once() {
    let scene = Scene::set().await;
    let dispute = scene.disputed(2_850).await;
    assert!(scene.read(&dispute).await["answer_before"].is_string());
    let (status, accepted) = scene.accept(&dispute).await;
    assert_eq!((status, &accepted["status"]), (200, &json!("refunded")), "{accepted}");
    assert!(accepted["refund_id"].as_str().unwrap().starts_with("rfd_"));
    assert_eq!(scene.accept(&dispute).await, (200, accepted.clone()));
    assert_eq!(scene.read(&dispute).await, accepted);
    assert_eq!(scene.balances().await, (90_000, net(10_000)));
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
    let auditor = scene.fixture.staff("ho@example.com", &[Auditor]);

    let (status, proposed) = scene.review(&both, &dispute, "propose", false).await;
    assert_eq!((status, &proposed["ruling"]["upheld"]), (200, &json!(false)));
    assert_eq!(scene.read(&dispute).await["ruling"], Value::Null, "only a proposal");
    let own = code(scene.review(&both, &dispute, "approve", true).await);
    assert_eq!(own, (403, "own-proposal".to_owned()));
    let second = code(scene.review(&both, &dispute, "propose", true).await);
    assert_eq!(second, (409, "ruling-proposed".to_owned()));
    for act in ["approve", "reject"] {
        let without = code(scene.review(&auditor, &dispute, act, true).await);
        assert_eq!(without, (403, "role-missing".to_owned()), "{act}");
    }
    assert_eq!(scene.review(&reviewer, &dispute, "reject", true).await.0, 200);
    // What was dropped stays, with who did it; and who proposes takes back what they proposed.
    scene.review(&both, &dispute, "propose", false).await;
    let again = scene.review(&both, &dispute, "propose", false).await;
    assert_eq!(again.0, 200, "the same again is the same");
    assert_eq!(scene.review(&both, &dispute, "reject", false).await.0, 200);

    scene.review(&both, &dispute, "propose", true).await;
    let (status, decided) = scene.review(&reviewer, &dispute, "approve", true).await;
    assert_eq!((status, &decided["dispute"]["status"]), (200, &json!("refunded")), "{decided}");
    assert_eq!(decided["ruling"]["decider"], "lee@example.com");
    assert_eq!(scene.read(&dispute).await["ruling"], "Delivery is not shown.");
    assert_eq!(scene.balances().await, (100_000, 0));
    // Whoever was not answered asks again; nobody else decides it again.
    assert_eq!(scene.review(&reviewer, &dispute, "approve", true).await.0, 200);
    let other = scene.fixture.staff("wu@example.com", &[Reviewer]);
    let decided = code(scene.review(&other, &dispute, "approve", true).await);
    assert_eq!(decided, (409, "proposal-decided".to_owned()));
    assert_eq!(scene.fixture.database.count("rulings").await, 3);
    assert_eq!(scene.balances().await, (100_000, 0));
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
    assert_eq!(scene.balances().await, (87_150, net(12_850)));
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
    scene
        .sql("UPDATE accounts SET debits_posted = debits_posted + 60 WHERE kind = 'merchant'")
        .await;
    assert_eq!(scene.accept(&dispute).await.1["status"], "upheld");
    scene.tick().await;
    assert_eq!(scene.read(&dispute).await["status"], "upheld");
    scene
        .sql("UPDATE accounts SET debits_posted = debits_posted - 60 WHERE kind = 'merchant'")
        .await;
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
    assert_eq!(scene.balances().await, (92_150, net(7_850)));
}

#[tokio::test]
async fn what_was_disputed_in_time_is_refunded_however_long_it_took() {
    let scene = Scene::set().await;
    let dispute = scene.disputed(12_850).await;
    scene.sql("UPDATE operations SET created_at = created_at - INTERVAL 400 DAY").await;
    assert_eq!(scene.accept(&dispute).await.1["status"], "refunded");
    assert_eq!(scene.fixture.balance(&scene.payer).await, 100_000);
}

#[tokio::test]
async fn a_dispute_that_cannot_be_refunded_keeps_no_other_from_its_refund() {
    let scene = Scene::set().await;
    let dispute = scene.disputed(12_850).await;
    scene.accept(&dispute).await;
    scene.sql("UPDATE disputes SET status = 'upheld', refund_id = NULL, ended_at = NULL").await;
    // Thirty others of payments that nobody has made, which were due before.
    for _ in 0..30 {
        scene
            .sql(
                "INSERT INTO disputes SELECT new_id, new_id, payer_id, business_id,
                     amount, refunded_before, reason, statement, answer, 'upheld', version,
                     opened_at, UTC_TIMESTAMP(6) - INTERVAL 1 HOUR, NULL, NULL, NULL, NULL
                 FROM (SELECT *, UNHEX(MD5(RAND())) AS new_id FROM disputes LIMIT 1) one",
            )
            .await;
    }
    scene.sql("UPDATE disputes SET due_at = UTC_TIMESTAMP(6) WHERE due_at IS NULL").await;
    scene.tick().await;
    assert_eq!(scene.read(&dispute).await["status"], "refunded");
    assert_eq!(scene.fixture.balance(&scene.payer).await, 100_000);
}
