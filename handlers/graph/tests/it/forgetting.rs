//! Whoever is forgotten is nobody's account any more, and what others did with them stays.

use serde_json::{Value, json};
use values::{StaffRole, UserId};

use crate::fixture::{Fixture, ON_PAYMENTS, Side};

#[tokio::test]
async fn nothing_ties_an_account_to_who_was_forgotten_and_no_late_event_ties_it_again() {
    let fixture = Fixture::new().await;
    let (gone, stays) = (UserId::new(), UserId::new());
    let sides = [Side::Person(gone), Side::Person(stays)];
    let money = [
        fixture.money("peer-payment", sides, 100, 1),
        fixture.money("top-up", [Side::Bank, Side::Person(gone)], 200, 2),
        fixture.money("peer-payment", sides, 300, 3),
    ];
    fixture.book(&money).await;
    let events = money.clone().map(|money| money.event);
    fixture.deliver(ON_PAYMENTS, &events[..2]).await;
    let old_account = fixture.account_of(gone).await;
    assert_eq!(fixture.database.count("pseudonyms").await, 3);

    fixture.forget(gone).await;
    fixture.forget(gone).await;
    assert_eq!(fixture.database.count("pseudonyms").await, 1);
    let reviewer = fixture.staff(&[StaffRole::Reviewer]);
    let path = format!("/api/v1/graph/customers/{gone}");
    fixture.get(&reviewer, &path).await.expect_refusal(404, "graph-account-not-found");

    // Those that came before come again, and one comes late.
    let fixture = fixture.restarted();
    fixture.deliver(ON_PAYMENTS, &events).await;
    assert_eq!(fixture.database.count("pseudonyms").await, 1);
    fixture.get(&reviewer, &path).await.expect_refusal(404, "graph-account-not-found");

    let account = fixture.account_of(stays).await;
    let path_of_other = format!("/api/v1/graph/accounts/{account}/counterparties?hours=720");
    let seen = fixture.see(&path_of_other).await;
    assert_eq!(seen["paid_in"]["amount"], 400);
    let payers: Vec<&Value> =
        seen["counterparties"].as_array().unwrap().iter().map(|one| &one["account_id"]).collect();
    assert_eq!(payers, [&json!(null)], "{seen}");
    for beyond in ["counterparties", "neighbourhood"] {
        let path = format!("/api/v1/graph/accounts/{old_account}/{beyond}");
        fixture.get(&reviewer, &path).await.expect_refusal(404, "graph-account-not-found");
    }
    let flow = fixture.see(&format!("/api/v1/graph/payments/{}/flow", money[0].operation)).await;
    assert_eq!(flow["payment"]["from_account_id"], json!(null), "{flow}");

    let verified = fixture.verify().await;
    assert_eq!(verified["is_equal"], true, "{verified}");
    assert!(verified["forgotten_edge_count"].as_u64().unwrap() >= 3, "{verified}");
}
