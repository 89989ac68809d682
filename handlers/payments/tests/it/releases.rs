//! What stops a part of an account's money, and how two members of staff let money go again.

use futures_util::future::join;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, rounds};
use values::StaffRole::{Auditor, Operator, Reviewer};
use values::{Product, StaffRole};

use crate::freeze::code;
use crate::peer_payments::{PEER_PAYMENTS, signed_amount};
use crate::{Fixture, Person, Race, after, new_key};

const RELEASES: &str = "/api/v1/releases";

impl Fixture {
    /// A token of a new member of staff.
    pub(crate) fn staff(&self, name: &str, roles: &[StaffRole]) -> String {
        self.issuer.staff_token(name.to_owned().try_into().unwrap(), roles)
    }

    async fn propose(&self, token: &str, account: &str, release: &Value) -> (u16, Value) {
        let body = json!({"account_id": account, "release": release, "reason": "HCMP 12/2026"});
        let answer = self.send(Call::post(RELEASES).bearer(token).json(&body)).await;
        (answer.status, answer.json())
    }

    /// `approve` or `reject`.
    async fn decide(&self, token: &str, release: &Value, decision: &str) -> (u16, Value) {
        let id = release["release_id"].as_str().unwrap();
        let call = Call::post(&format!("{RELEASES}/{id}/{decision}")).bearer(token);
        let answer = self.send(call).await;
        (answer.status, answer.json())
    }

    /// Two members of staff let go of what is stopped.
    async fn release(&self, account: &str, release: &Value) {
        let (one, other) = (self.staff("chan@example.com", &[Operator]), self.reviewer());
        let (status, proposed) = self.propose(&one, account, release).await;
        assert_eq!(status, 200, "{proposed}");
        let (status, approved) = self.decide(&other, &proposed, "approve").await;
        assert_eq!((status, &approved["status"]), (200, &json!("approved")), "{approved}");
    }

    fn reviewer(&self) -> String {
        self.staff("lee@example.com", &[Reviewer])
    }

    pub(crate) async fn unfreeze(&self, account: &str) {
        self.release(account, &json!({"type": "unfreeze"})).await;
    }

    pub(crate) async fn freeze_outgoing(&self, account: &str) -> (u16, Value) {
        let path = format!("/api/v1/ledger/accounts/{account}/freeze");
        let body = json!({
            "direction": "outgoing", "reason": "seems to be deceived", "operator": "ops@example.com"
        });
        self.operate(&path, &body).await
    }

    pub(crate) async fn hold_by_law(&self, account: &str, cents: i64) -> (u16, Value) {
        let path = format!("/api/v1/ledger/accounts/{account}/legal-hold");
        let amount = json!({"amount": cents, "currency": "HKD"});
        let body =
            json!({"amount": amount, "reason": "HCMP 9/2026", "operator": "ops@example.com"});
        self.operate(&path, &body).await
    }

    pub(crate) async fn send_to(&self, payer: &Person, payee: &Person, cents: i64) -> (u16, Value) {
        let key = new_key();
        let payment = signed_amount(payer, payee.user_id, cents, &key);
        self.post(payer, PEER_PAYMENTS, &key, &payment).await
    }
}

fn partly(cents: i64) -> Value {
    json!({"type": "legal-hold", "remaining": {"amount": cents, "currency": "HKD"}})
}

#[tokio::test]
async fn what_one_operator_has_stopped_two_members_of_staff_let_go_and_their_names_are_kept() {
    let fixture = Fixture::new().await;
    let account = fixture.person(Product::Consumer).await.user_id.to_string();
    fixture.change(&account, "freeze").await;
    let (one, other) = (fixture.staff("chan@example.com", &[Operator]), fixture.reviewer());
    let (status, proposed) = fixture.propose(&one, &account, &json!({"type": "unfreeze"})).await;
    assert_eq!((status, &proposed["status"]), (200, &json!("proposed")));

    // Whoever is to approve reads what it is about.
    let path = format!("{RELEASES}/{}", proposed["release_id"].as_str().unwrap());
    let read = fixture.send(Call::get(&path).bearer(&other)).await.json();
    assert_eq!(read["release"], proposed);
    assert_eq!(read["account"]["status"], "frozen");
    assert_eq!(read["account"]["freezes"][0]["reason"], "Phone reported stolen");

    let (_, approved) = fixture.decide(&other, &proposed, "approve").await;
    assert_eq!(
        (&approved["status"], &approved["decider"]),
        (&json!("approved"), &json!("lee@example.com"))
    );
    let (_, account) = fixture.account(&account).await;
    let line = &account["freezes"][0];
    assert_eq!((&account["status"], &line["action"]), (&json!("active"), &json!("unfreeze")));
    assert_eq!(
        (&line["operator"], &line["approved_by"]),
        (&json!("chan@example.com"), &json!("lee@example.com"))
    );
    assert_eq!(account["freezes"][1]["approved_by"], Value::Null);
    let approved_ones = format!("{RELEASES}?status=approved");
    let listed = fixture.send(Call::get(&approved_ones).bearer(&one)).await.json();
    assert_eq!(listed["items"], json!([approved]));
    let waiting = fixture.send(Call::get(RELEASES).bearer(&one)).await.json();
    assert_eq!(waiting["items"], json!([]));
    // Whoever was not answered asks again.
    assert_eq!(fixture.decide(&other, &proposed, "approve").await, (200, approved));
}

#[tokio::test]
async fn nobody_lets_money_go_alone_or_without_the_role() {
    let fixture = Fixture::new().await;
    let person = fixture.person(Product::Consumer).await;
    let account = person.user_id.to_string();
    fixture.change(&account, "freeze").await;
    let unfreeze = json!({"type": "unfreeze"});
    let both = fixture.staff("chan@example.com", &[Operator, Reviewer]);
    let (_, proposed) = fixture.propose(&both, &account, &unfreeze).await;
    // The same person, logged in again.
    let name = "chan@example.com".to_owned().try_into().unwrap();
    let mut claims = fixture.issuer.staff_claims(name, &[Operator, Reviewer]);
    claims["sub"] = proposed["proposed_by"].clone();
    let again = fixture.issuer.sign(&claims);
    for (token, refusal) in [
        (both.clone(), (403, "own-proposal")),
        (again.clone(), (403, "own-proposal")),
        (fixture.staff("ho@example.com", &[Operator, Auditor]), (403, "role-missing")),
        (person.token.clone(), (401, "invalid-token")),
    ] {
        for decision in ["approve", "reject"] {
            // Whoever has proposed something may take it back.
            if decision == "reject" && refusal.1 == "own-proposal" {
                continue;
            }
            let refused = code(fixture.decide(&token, &proposed, decision).await);
            assert_eq!(refused, (refusal.0, refusal.1.to_owned()), "{decision}");
        }
    }
    let refused = code(fixture.propose(&fixture.reviewer(), &account, &unfreeze).await);
    assert_eq!(refused, (403, "role-missing".to_owned()));
    let refused = code(fixture.propose(&person.token, &account, &unfreeze).await);
    assert_eq!(refused, (401, "invalid-token".to_owned()));
    assert_eq!(fixture.account(&account).await.1["status"], "frozen");
    assert_eq!(fixture.database.count("account_freezes").await, 1);
    // Who leaves out what remains of a hold does not mean all of it.
    let body = json!({"type": "legal-hold"});
    let forgot = code(fixture.propose(&both, &account, &body).await);
    assert_eq!(forgot, (400, "invalid-body".to_owned()));
    // Who has proposed something takes it back, with whatever roles.
    claims["roles"] = json!(["operator"]);
    let operator = fixture.issuer.sign(&claims);
    assert_eq!(fixture.decide(&operator, &proposed, "reject").await.1["status"], "rejected");
}

#[tokio::test]
async fn a_release_is_decided_once_within_a_day_and_not_after_something_else_was_done() {
    let fixture = Fixture::new().await;
    let account = fixture.person(Product::Consumer).await.user_id.to_string();
    let (one, other) = (fixture.staff("chan@example.com", &[Operator]), fixture.reviewer());
    let nothing = code(fixture.propose(&one, &account, &json!({"type": "unfreeze"})).await);
    assert_eq!(nothing, (409, "nothing-to-release".to_owned()));

    fixture.freeze_outgoing(&account).await;
    let unfreeze = json!({"type": "unfreeze"});
    let (_, overtaken) = fixture.propose(&one, &account, &unfreeze).await;
    assert_eq!(fixture.propose(&one, &account, &unfreeze).await.1, overtaken, "asked again");
    fixture.change(&account, "freeze").await;
    let refused = code(fixture.decide(&other, &overtaken, "approve").await);
    assert_eq!(refused, (409, "release-overtaken".to_owned()));

    let (_, rejected) = fixture.propose(&one, &account, &unfreeze).await;
    assert_ne!(rejected["release_id"], overtaken["release_id"]);
    assert_eq!(fixture.decide(&other, &rejected, "reject").await.1["status"], "rejected");
    let decided = (409, "proposal-decided".to_owned());
    for decision in ["approve", "reject"] {
        assert_eq!(code(fixture.decide(&other, &rejected, decision).await), decided);
    }

    let (_, late) = fixture.propose(&one, &account, &unfreeze).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "UPDATE releases SET proposed_at = proposed_at - INTERVAL 86402 SECOND";
    conn.query_drop(sql).await.unwrap();
    let refused = code(fixture.decide(&other, &late, "approve").await);
    assert_eq!(refused, (409, "proposal-expired".to_owned()));
    assert_eq!(fixture.account(&account).await.1["status"], "frozen");
    let (_, anew) = fixture.propose(&one, &account, &unfreeze).await;
    assert_ne!(anew["release_id"], late["release_id"]);
    assert_eq!(fixture.decide(&other, &anew, "approve").await.0, 200);
}

#[tokio::test]
async fn somebody_who_may_be_deceived_is_paid_and_pays_nobody() {
    let fixture = Fixture::new().await;
    let (victim, friend) = (fixture.consumer_with(1_000).await, fixture.consumer_with(1_000).await);
    let account = victim.user_id.to_string();
    assert_eq!(fixture.freeze_outgoing(&account).await.1["status"], "outgoing-frozen");
    assert_eq!(fixture.send_to(&friend, &victim, 100).await.0, 201);
    fixture.top_up(&victim, 100).await;
    assert_eq!(fixture.send_to(&victim, &friend, 1).await.0, 403);
    assert_eq!(fixture.balance(&victim).await, 1_200);
    let (_, home) = fixture.get(&victim, "/api/v1/home").await;
    assert_eq!(home["attention"][0]["code"], "wallet-outgoing-frozen");

    // It can be stopped further by one; less takes two, step by step or at once.
    assert_eq!(fixture.change(&account, "freeze").await.1["status"], "frozen");
    let refused = code(fixture.freeze_outgoing(&account).await);
    assert_eq!(refused, (409, "release-takes-two".to_owned()));
    assert_eq!(fixture.send_to(&friend, &victim, 100).await.0, 409);
    fixture.release(&account, &json!({"type": "allow-incoming"})).await;
    assert_eq!(fixture.send_to(&friend, &victim, 100).await.0, 201);
    assert_eq!(fixture.send_to(&victim, &friend, 1).await.0, 403);
    fixture.unfreeze(&account).await;
    assert_eq!(fixture.send_to(&victim, &friend, 1_300).await.0, 201);
}

#[tokio::test]
async fn of_what_is_held_by_law_nothing_leaves_and_the_rest_is_the_persons() {
    let fixture = Fixture::new().await;
    let (debtor, other) = (fixture.consumer_with(1_000).await, fixture.consumer_with(1_000).await);
    let account = debtor.user_id.to_string();
    let (_, held) = fixture.hold_by_law(&account, 600).await;
    assert_eq!((&held["status"], &held["legal_hold"]["amount"]), (&json!("active"), &json!(600)));
    assert_eq!(fixture.balance(&debtor).await, 400);
    assert_eq!(fixture.send_to(&debtor, &other, 401).await.0, 422);
    assert_eq!(fixture.send_to(&debtor, &other, 400).await.0, 201);

    // More than there is holds what comes.
    fixture.hold_by_law(&account, 2_000).await;
    assert_eq!(fixture.send_to(&other, &debtor, 500).await.0, 201);
    assert_eq!(fixture.balance(&debtor).await, 0);
    assert_eq!(fixture.send_to(&debtor, &other, 1).await.0, 422);
    let refused = code(fixture.hold_by_law(&account, 1_999).await);
    assert_eq!(refused, (409, "release-takes-two".to_owned()));

    fixture.release(&account, &partly(1_000)).await;
    assert_eq!(fixture.balance(&debtor).await, 100);
    let (_, shown) = fixture.account(&account).await;
    let lines: Vec<&Value> = shown["freezes"].as_array().unwrap().iter().collect();
    let holds: Vec<&Value> = lines.iter().map(|line| &line["legal_hold"]["amount"]).collect();
    assert_eq!(holds, [&json!(1_000), &json!(2_000), &json!(600)]);
    fixture.release(&account, &json!({"type": "legal-hold", "remaining": null})).await;
    assert_eq!(fixture.balance(&debtor).await, 1_100);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn no_release_undoes_what_was_stopped_while_it_was_approved() {
    let fixture = Fixture::new().await;
    let account = fixture.person(Product::Consumer).await.user_id.to_string();
    let (one, other) = (fixture.staff("chan@example.com", &[Operator]), fixture.reviewer());
    let mut race = Race::default();
    for round in 1..=rounds(200_i64, 40) {
        let more = round.saturating_mul(1_000);
        fixture.hold_by_law(&account, more).await;
        let (_, proposed) = fixture.propose(&one, &account, &partly(1)).await;
        let [approves_after, holds_after] = race.waits(round.unsigned_abs());
        let (decided, (status, _)) = join(
            after(approves_after, fixture.decide(&other, &proposed, "approve")),
            after(holds_after, fixture.hold_by_law(&account, more.saturating_add(1))),
        )
        .await;
        assert_eq!(status, 200);
        let held = &fixture.account(&account).await.1["legal_hold"]["amount"];
        assert_eq!(*held, more.saturating_add(1), "round {round}: {}", decided.1);
        race.won(decided.0 == 200);
        if decided.0 != 200 {
            assert_eq!(code(decided), (409, "release-overtaken".to_owned()));
        }
    }
    race.assert_each_won();
}
