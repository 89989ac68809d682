//! What the graph sees in a wallet decides how what leaves it must be confirmed, and what of it
//! waits for a reviewer.

use events::Envelope;
use events::graph::AccountRiskChangedV1;
use serde_json::{Value, json};
use testkit::Call;
use values::StaffRole::Operator;
use values::StepUpPolicy;

use super::HELD_PAYMENTS;
use crate::withdrawals::{self, WITHDRAWALS};
use crate::{Fixture, Person, new_key};

/// As the graph promises to tell it.
const GOLDEN: &str =
    include_str!("../../../../../crates/events/golden/payme.graph.account-risk-changed.v1.json");

/// The sample, about somebody's wallet.
fn risk(whose: &Person, level: &str, version: u32) -> Envelope {
    let mut event: Envelope = serde_json::from_str(GOLDEN).unwrap();
    let sample: AccountRiskChangedV1 = event.decode().unwrap().unwrap();
    let account_id = whose.user_id.to_string();
    let told = AccountRiskChangedV1 { account_id, version, level: level.to_owned(), ..sample };
    event.id = new_key();
    event.data = serde_json::to_value(told).unwrap();
    event
}

impl Fixture {
    async fn told_by_graph(&self, events: &[Envelope]) {
        self.deliver("payments_on_graph", events).await;
    }
}

async fn two_people() -> (Fixture, Person, Person) {
    let fixture = Fixture::under(StepUpPolicy::standard()).await;
    let payer = fixture.consumer_with(50_000).await;
    let payee = fixture.consumer_with(100).await;
    (fixture, payer, payee)
}

#[tokio::test]
async fn what_leaves_a_mules_wallet_is_held_and_reviewers_alone_read_why() {
    let (fixture, payer, payee) = two_people().await;
    assert_eq!(fixture.send_to(&payer, &payee, 100).await.0, 201);
    fixture.told_by_graph(&[risk(&payer, "high", 1)]).await;
    let (status, held) = fixture.send_to(&payer, &payee, 100).await;
    assert_eq!((status, &held["status"]), (201, &json!("held")), "{held}");
    assert!(!held.to_string().contains("strangers") && held.get("risk_explanations").is_none());

    let token = fixture.staff("chan@example.com", &[Operator]);
    let waiting = fixture.send(Call::get(HELD_PAYMENTS).bearer(&token)).await.expect(200);
    let review: &Value = &waiting["items"][0];
    assert_eq!(review["facts"]["account_risk"], "high");
    let words = "received HK$14,000.00 from 14 strangers in 2 h, 97 % left within 6 min";
    assert_eq!(review["risk_explanations"], json!([words]));
    let rule = review["rule"].as_str().unwrap();
    assert!(rule.ends_with("the wallet's risk: high or more"), "{rule}");

    // To a bank nothing waits for a reviewer.
    let key = new_key();
    let body = withdrawals::signed(&payer, 100, &key);
    let (status, refused) = fixture.post(&payer, WITHDRAWALS, &key, &body).await;
    assert_eq!((status, &refused["code"]), (403, &json!("held-for-review")), "{refused}");
    // What comes in is nobody's risk but the payer's own.
    assert_eq!(fixture.send_to(&payee, &payer, 100).await.0, 201);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn an_elevated_wallet_shows_who_it_is() {
    let (fixture, payer, payee) = two_people().await;
    fixture.told_by_graph(&[risk(&payer, "elevated", 1)]).await;
    let (status, refused) = fixture.send_to(&payer, &payee, 100).await;
    assert_eq!((status, &refused["code"]), (401, &json!("step-up-required")), "{refused}");
}

#[tokio::test]
async fn the_newest_version_stands_whichever_comes_first_and_a_false_alarm_ends() {
    let (fixture, payer, payee) = two_people().await;
    let events = [risk(&payer, "high", 1), risk(&payer, "normal", 2)];
    for order in [[0, 1, 0], [1, 0, 1]] {
        fixture.execute("DELETE FROM seen_risks").await;
        for place in order {
            fixture.told_by_graph(std::slice::from_ref(&events[place])).await;
            fixture.execute("DELETE FROM inbox").await;
        }
        let (status, paid) = fixture.send_to(&payer, &payee, 100).await;
        assert_eq!((status, &paid["status"]), (201, &json!("completed")), "{order:?}");
    }
}

#[tokio::test]
async fn a_level_that_nobody_knows_is_parked() {
    let (fixture, payer, payee) = two_people().await;
    fixture.told_by_graph(&[risk(&payer, "extreme", 1)]).await;
    assert_eq!(fixture.database.count("parked_events").await, 1);
    assert_eq!(fixture.send_to(&payer, &payee, 100).await.0, 201);
}
