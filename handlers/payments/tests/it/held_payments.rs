//! A payment that the policy of step-up holds waits for a reviewer, and ends as one that is
//! released or returned.

mod by_fps;
mod frozen_neighbours;
mod races;
mod seen_risks;

use events::payments::{MoneyMovedV1, PeerPaymentReviewChangedV1};
use serde_json::{Value, json};
use testkit::{Call, InProcess};
use values::StaffRole::{Auditor, Operator, Reviewer};
use values::{Product, StepUpPolicy};

use crate::freeze::code;
use crate::limits::assert_limits_add_up;
use crate::money_requests::{path_of, signed_payment};
use crate::peer_payments::{PEER_PAYMENTS, name, signed_amount};
use crate::step_up::policy;
use crate::{Fixture, Person, new_key};

pub(crate) const HELD_PAYMENTS: &str = "/api/v1/held-payments";
const WALLET: &str = "/api/v1/wallets/me";

/// Payments to people and by FPS of HK$50.00 or more are held.
pub(crate) fn holding() -> StepUpPolicy {
    policy(json!([{"acts": ["peer-payment"], "answer": "hold", "amount_at_least": 5_000}]))
}

impl Fixture {
    /// A payment of the payer's that is held.
    pub(crate) async fn held(&self, payer: &Person, payee: &Person, cents: i64) -> String {
        let (status, payment) = self.send_to(payer, payee, cents).await;
        assert_eq!((status, &payment["status"]), (201, &json!("held")), "{payment}");
        payment["peer_payment_id"].as_str().unwrap().to_owned()
    }

    /// `release` or `return`.
    pub(crate) async fn decide_held(&self, token: &str, id: &str, decision: &str) -> (u16, Value) {
        let path = format!("{HELD_PAYMENTS}/{id}/{decision}");
        let body = json!({"reason": "called the payer, case 7"});
        let answer = self.send(Call::post(&path).bearer(token).json(&body)).await;
        (answer.status, answer.json())
    }

    pub(crate) async fn look_after_pending(&self) -> u16 {
        let timer = Call::post("/payments_look_after_pending").json(&json!({}));
        timer.send_until_served(&self.routes).await.status
    }

    pub(crate) fn reviewer_of_held(&self) -> String {
        self.staff("lee@example.com", &[Reviewer])
    }

    pub(crate) async fn let_held_expire(&self) {
        self.execute("UPDATE operations SET expires_at = UTC_TIMESTAMP(6) WHERE expires_at > 0")
            .await;
    }

    async fn read_as_staff(&self, path: &str) -> Value {
        let token = self.staff("chan@example.com", &[Operator]);
        self.send(Call::get(path).bearer(&token)).await.expect(200)
    }
}

async fn two_people(fixture: &Fixture) -> (Person, Person) {
    let (payer, payee) = (fixture.consumer_with(50_000).await, fixture.consumer_with(100).await);
    name(fixture, &payer, "陳大文").await;
    name(fixture, &payee, "Lee Siu Ming").await;
    (payer, payee)
}

#[tokio::test]
async fn while_it_is_held_the_payer_and_staff_alone_know_of_it() {
    let fixture = Fixture::under(holding()).await;
    let (payer, payee) = two_people(&fixture).await;
    let before = [WALLET, "/api/v1/home", "/api/v1/wallets/me/movements"];
    let mut seen = Vec::new();
    for path in before {
        seen.push(fixture.get(&payee, path).await);
    }
    let key = new_key();
    let body = signed_amount(&payer, payee.user_id, 12_000, &key);
    let (status, held) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
    assert_eq!((status, &held["status"]), (201, &json!("held")), "{held}");
    assert_eq!((&held["completed_at"], held["returns_at"].is_string()), (&Value::Null, true));
    assert_eq!(held["payee"]["name"], "L*** S*** M***");
    assert_eq!(fixture.post(&payer, PEER_PAYMENTS, &key, &body).await, (201, held.clone()));
    let (_, wallet) = fixture.get(&payer, WALLET).await;
    let amounts = ["balance", "available"].map(|part| wallet[part]["amount"].as_i64().unwrap());
    assert_eq!(amounts, [50_000, 38_000]);
    assert_limits_add_up(&fixture).await;

    let path = format!("{PEER_PAYMENTS}/{}", held["peer_payment_id"].as_str().unwrap());
    assert_eq!(fixture.get(&payer, &path).await, (200, held.clone()));
    let (_, listed) = fixture.get(&payer, PEER_PAYMENTS).await;
    assert_eq!(listed["items"], json!([held]));
    for (path, seen) in before.into_iter().zip(seen) {
        assert_eq!(fixture.get(&payee, path).await, seen, "{path}");
    }
    let hide = fixture.send(Call::post(&format!("{path}/hide")).bearer(&payee.token)).await;
    hide.expect_refusal(404, "peer-payment-not-found");
    assert_eq!(fixture.get(&payee, &path).await.0, 404);
    assert_eq!(fixture.get(&payee, PEER_PAYMENTS).await.1["items"], json!([]));

    let told: Vec<PeerPaymentReviewChangedV1> = fixture.database.told().await;
    assert_eq!((told.len(), &*told[0].status), (1, "held"));
    let waiting = fixture.read_as_staff(HELD_PAYMENTS).await;
    let review = &waiting["items"][0];
    assert_eq!(review["rule"], "peer-payment; the amount: HK$50.00 or more");
    assert_eq!(
        (&review["payee"]["name"], &review["note"]),
        (&json!("Lee Siu Ming"), &json!("午飯"))
    );
    assert_eq!(
        (&review["facts"]["day_total"]["amount"], &review["facts"]["new_payees"]),
        (&json!(12_000), &json!(1))
    );
    let id = review["held_payment_id"].as_str().unwrap();
    assert_eq!(fixture.read_as_staff(&format!("{HELD_PAYMENTS}/{id}")).await, *review);
    let audit = fixture.audit().await;
    assert_eq!(audit["balanced"], true, "{audit}");
}

#[tokio::test]
async fn a_reviewer_releases_it_and_it_is_a_payment_like_any_other() {
    let fixture = Fixture::under(holding()).await;
    let (payer, payee) = two_people(&fixture).await;
    let id = fixture.held(&payer, &payee, 12_000).await;
    let reviewer = fixture.reviewer_of_held();
    let (status, released) = fixture.decide_held(&reviewer, &id, "release").await;
    assert_eq!((status, &released["status"]), (200, &json!("released")), "{released}");
    assert_eq!(released["decider"], "lee@example.com");
    assert_eq!(fixture.decide_held(&reviewer, &id, "release").await, (200, released));
    let refused = code(fixture.decide_held(&reviewer, &id, "return").await);
    assert_eq!(refused, (409, "held-payment-ended".to_owned()));

    assert_eq!((fixture.balance(&payer).await, fixture.balance(&payee).await), (38_000, 12_100));
    let path = format!("{PEER_PAYMENTS}/{id}");
    let (_, paid) = fixture.get(&payee, &path).await;
    assert_eq!((&paid["status"], &paid["returns_at"]), (&json!("completed"), &Value::Null));
    assert_eq!(fixture.get(&payer, &path).await.1["payee"]["name"], "Lee Siu Ming");
    let (_, movements) = fixture.get(&payee, "/api/v1/wallets/me/movements").await;
    assert_eq!(movements["items"][0]["subject"]["id"], id);
    let told: Vec<MoneyMovedV1> = fixture.database.told().await;
    let moved = told.iter().filter(|moved| moved.kind == "peer-payment").count();
    assert_eq!(moved, 1);
    assert_eq!(fixture.database.count("known_payees").await, 1);
    assert_limits_add_up(&fixture).await;
    assert_eq!(fixture.read_as_staff(HELD_PAYMENTS).await["items"], json!([]));
    let released = fixture.read_as_staff(&format!("{HELD_PAYMENTS}?status=released")).await;
    assert_eq!(released["items"][0]["reason"], "called the payer, case 7");
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn what_a_reviewer_or_time_returns_is_the_payers_again_with_their_limits() {
    let fixture = Fixture::under(holding()).await;
    let (payer, payee) = two_people(&fixture).await;
    let [returned, overdue] =
        [fixture.held(&payer, &payee, 6_000).await, fixture.held(&payer, &payee, 7_000).await];
    assert_eq!(fixture.used(&payer, "peer-payment").await, [13_000, 13_000, 13_000, 2]);
    let reviewer = fixture.reviewer_of_held();
    let (_, back) = fixture.decide_held(&reviewer, &returned, "return").await;
    assert_eq!(back["returned_because"], "reviewer");
    assert_eq!(fixture.used(&payer, "peer-payment").await, [7_000, 7_000, 7_000, 1]);
    assert_eq!(fixture.look_after_pending().await, 200);
    assert_eq!(fixture.balance(&payer).await, 43_000, "its time is not over");
    fixture.let_held_expire().await;
    let refused = code(fixture.decide_held(&reviewer, &overdue, "release").await);
    assert_eq!(refused, (409, "held-payment-ended".to_owned()));
    for _ in 0..2 {
        assert_eq!(fixture.look_after_pending().await, 200);
    }
    assert_eq!((fixture.balance(&payer).await, fixture.balance(&payee).await), (50_000, 100));
    assert_eq!(fixture.used(&payer, "peer-payment").await, [0, 0, 0, 0]);
    let (_, listed) = fixture.get(&payer, PEER_PAYMENTS).await;
    let statuses = [0, 1].map(|number| listed["items"][number]["status"].clone());
    assert_eq!(statuses, [json!("returned"), json!("returned")]);
    let read = fixture.read_as_staff(&format!("{HELD_PAYMENTS}/{overdue}")).await;
    assert_eq!((&read["returned_because"], &read["decider"]), (&json!("overdue"), &Value::Null));
    let told: Vec<PeerPaymentReviewChangedV1> = fixture.database.told().await;
    let mut statuses: Vec<&str> = told.iter().map(|told| &*told.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["held", "held", "returned", "returned"]);
    assert_limits_add_up(&fixture).await;
    assert_eq!(fixture.audit().await["balanced"], true);
    assert_eq!(fixture.database.count("known_payees").await, 0);
}

#[tokio::test]
async fn only_reviewers_decide_and_others_learn_nothing() {
    let fixture = Fixture::under(holding()).await;
    let (payer, payee) = two_people(&fixture).await;
    let id = fixture.held(&payer, &payee, 12_000).await;
    let operator = fixture.staff("chan@example.com", &[Operator, Auditor]);
    for (token, refusal) in [
        (&operator, (403, "role-missing".to_owned())),
        (&payer.token, (401, "invalid-token".to_owned())),
    ] {
        for decision in ["release", "return"] {
            assert_eq!(code(fixture.decide_held(token, &id, decision).await), refusal);
        }
    }
    let list = fixture.send(Call::get(HELD_PAYMENTS).bearer(&payer.token)).await;
    list.expect_refusal(401, "invalid-token");
    let reviewer = fixture.reviewer_of_held();
    let other = values::PeerPaymentId::new().to_string();
    let unknown = code(fixture.decide_held(&reviewer, &other, "release").await);
    assert_eq!(unknown, (404, "held-payment-not-found".to_owned()));
    // One that was never held is none.
    let (_, paid) = fixture.send_to(&payer, &payee, 4_999).await;
    let paid = paid["peer_payment_id"].as_str().unwrap();
    let unknown = code(fixture.decide_held(&reviewer, paid, "return").await);
    assert_eq!(unknown, (404, "held-payment-not-found".to_owned()));
    let path = format!("{HELD_PAYMENTS}/{id}/release");
    let unexplained = fixture.send(Call::post(&path).bearer(&reviewer).json(&json!({}))).await;
    unexplained.expect_refusal(400, "invalid-body");
    assert_eq!(fixture.balance(&payer).await, 33_001);
}

#[tokio::test]
async fn a_stop_keeps_it_held_and_a_payee_who_left_or_is_stopped_gets_nothing() {
    let fixture = Fixture::under(holding()).await;
    let (payer, payee) = two_people(&fixture).await;
    let id = fixture.held(&payer, &payee, 12_000).await;
    let reviewer = fixture.reviewer_of_held();
    let payers = payer.user_id.to_string();
    fixture.freeze_outgoing(&payers).await;
    let refused = code(fixture.decide_held(&reviewer, &id, "release").await);
    assert_eq!(refused, (409, "payer-unavailable".to_owned()));
    fixture.unfreeze(&payers).await;
    let close = async |person: &Person| {
        let shown = fixture.stepped_up(person, Product::Consumer, "pin", 0);
        let answer = fixture.send(Call::post("/api/v1/wallets/me/close").bearer(&shown));
        let answer = answer.await;
        (answer.status, answer.json())
    };
    // The payer's wallet is not empty; the payee's is, for all that they know.
    assert_eq!(code(close(&payer).await), (409, "wallet-not-empty".to_owned()));
    assert_eq!(fixture.send_to(&payee, &payer, 100).await.0, 201);
    assert_eq!(close(&payee).await.0, 200);
    let (_, returned) = fixture.decide_held(&reviewer, &id, "release").await;
    assert_eq!(returned["returned_because"], "payee-unavailable", "{returned}");
    assert_eq!(fixture.balance(&payer).await, 50_100);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn what_friends_may_see_is_shown_once_released_unless_it_was_hidden_before() {
    let fixture = Fixture::under(holding()).await;
    let (payer, payee) = two_people(&fixture).await;
    let reviewer = fixture.reviewer_of_held();
    for (is_hidden, expected) in [(false, "friends"), (true, "private")] {
        let key = new_key();
        let mut body = signed_amount(&payer, payee.user_id, 6_000, &key);
        body["visibility"] = json!("friends");
        let (_, held) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
        assert_eq!((&held["visibility"], &held["status"]), (&json!("friends"), &json!("held")));
        assert_eq!(fixture.post(&payer, PEER_PAYMENTS, &key, &body).await.1, held);
        let path = path_of_payment(&held);
        if is_hidden {
            fixture
                .send(Call::post(&format!("{path}/hide")).bearer(&payer.token))
                .await
                .expect(200);
        }
        let id = held["peer_payment_id"].as_str().unwrap();
        assert_eq!(fixture.decide_held(&reviewer, id, "release").await.0, 200);
        assert_eq!(fixture.get(&payee, &path).await.1["visibility"], expected);
    }
    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    let shown = moved.iter().filter(|moved| moved.visibility.is_some()).count();
    assert_eq!((shown, fixture.database.count("peer_payments_for_friends").await), (1, 1));
}

fn path_of_payment(payment: &Value) -> String {
    format!("{PEER_PAYMENTS}/{}", payment["peer_payment_id"].as_str().unwrap())
}

#[tokio::test]
async fn what_somebody_has_asked_for_is_refused_and_can_be_paid_later() {
    let fixture = Fixture::under(holding()).await;
    let (payer, requester) = two_people(&fixture).await;
    let asked = fixture.asked(&requester, &payer, 6_000).await;
    let key = new_key();
    let body = signed_payment(&payer, &asked, &key);
    let paid = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
    assert_eq!(code(paid), (403, "held-for-review".to_owned()));
    let (_, request) = fixture.get(&payer, &path_of(&asked)).await;
    assert_eq!((&request["status"], fixture.balance(&payer).await), (&json!("open"), 50_000));
}

#[tokio::test]
async fn the_audit_finds_what_is_held_without_a_review_or_reviewed_otherwise_than_held() {
    let fixture = Fixture::under(holding()).await;
    let (payer, payee) = two_people(&fixture).await;
    let reviewer = fixture.reviewer_of_held();
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(fixture.held(&payer, &payee, 5_000).await);
    }
    assert_eq!(fixture.decide_held(&reviewer, &ids[0], "release").await.0, 200);
    assert_eq!(fixture.decide_held(&reviewer, &ids[1], "return").await.0, 200);
    assert_eq!(fixture.audit().await["holds_not_matching"], 0);
    for (damage, repair) in [
        (
            "status = 'held' WHERE status = 'released'",
            "status = 'released' WHERE reason IS NOT NULL
            AND returned_because IS NULL",
        ),
        (
            "status = 'released' WHERE status = 'returned'",
            "status = 'returned'
            WHERE returned_because IS NOT NULL",
        ),
        (
            "returned_because = 'overdue' WHERE returned_because = 'reviewer'",
            "returned_because = 'reviewer' WHERE returned_because = 'overdue'",
        ),
        ("status = 'released' WHERE status = 'held'", "status = 'held' WHERE reason IS NULL"),
        (
            "payee_id = payer_id, decider = 'x' WHERE status = 'held'",
            "payee_id = (SELECT to_account_id FROM operations
                WHERE operation_id = peer_payment_id) WHERE status = 'held'",
        ),
    ] {
        fixture.execute(&format!("UPDATE held_payments SET {damage}")).await;
        assert_eq!(fixture.audit().await["holds_not_matching"], 1, "{damage}");
        fixture.execute(&format!("UPDATE held_payments SET {repair}")).await;
        assert_eq!(fixture.audit().await["holds_not_matching"], 0, "{repair}");
    }
    fixture.execute("DELETE FROM held_payments WHERE status = 'held'").await;
    assert_eq!(fixture.audit().await["holds_not_matching"], 1);
}
