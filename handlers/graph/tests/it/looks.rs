//! What staff see, and that it is seen that they looked.

use serde_json::{Value, json};
use testkit::Device;
use values::{BusinessId, Product, StaffRole, UserId};

use crate::fixture::{Fixture, ON_PAYMENTS, Side};

/// A pays B twice, B pays C and a shop.
async fn chain(fixture: &Fixture) -> ([UserId; 3], BusinessId, Vec<String>) {
    let people = [UserId::new(), UserId::new(), UserId::new()];
    let shop = BusinessId::new();
    let [a, b, c] = people.map(Side::Person);
    let money = [
        fixture.money("peer-payment", [a, b], 10_000, 0),
        fixture.money("peer-payment", [a, b], 5_000, 60),
        fixture.money("peer-payment", [b, c], 14_000, 120),
        fixture.money("payment", [b, Side::Shop(shop)], 500, 180),
    ];
    let events: Vec<_> = money.iter().map(|money| money.event.clone()).collect();
    fixture.deliver(ON_PAYMENTS, &events).await;
    (people, shop, money.into_iter().map(|money| money.operation).collect())
}

#[tokio::test]
async fn a_neighbourhood_grows_by_a_step_and_shows_each_edge_once() {
    let fixture = Fixture::new().await;
    let (people, _, _) = chain(&fixture).await;
    let account = fixture.account_of(people[0]).await;
    let path = format!("/api/v1/graph/accounts/{account}/neighbourhood");
    let size = |seen: &Value| {
        let length = |name: &str| seen[name].as_array().unwrap().len();
        (length("accounts"), length("edges"))
    };
    let near = fixture.see(&path).await;
    assert_eq!((size(&near), &near["is_complete"]), ((2, 2), &json!(true)));
    let far = fixture.see(&format!("{path}?depth=2")).await;
    assert_eq!(size(&far), (4, 4), "{far}");
    assert!(far["cost"]["query_count"].as_u64() > near["cost"]["query_count"].as_u64());
    let reviewer = fixture.staff(&[StaffRole::Reviewer]);
    for beyond in ["depth=0", "depth=3", "days=367"] {
        let answer = fixture.get(&reviewer, &format!("{path}?{beyond}")).await;
        answer.expect_refusal(400, "invalid-query");
    }
    let depths: Vec<u64> = far["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| account["depth"].as_u64().unwrap())
        .collect();
    assert_eq!(depths.iter().sum::<u64>(), 1 + 2 + 2);
}

#[tokio::test]
async fn counterparties_say_how_much_came_and_went() {
    let fixture = Fixture::new().await;
    let (people, shop, _) = chain(&fixture).await;
    let [a, b, c] = people;
    let account = fixture.account_of(b).await;
    let path = format!("/api/v1/graph/accounts/{account}/counterparties");
    let seen = fixture.see(&format!("{path}?hours=720")).await;
    let mut expected = Vec::new();
    for (customer, in_count, paid_in, out_count, paid_out) in [
        (fixture.account_of(a).await, 2, 15_000, 0, 0),
        (fixture.account_of(c).await, 0, 0, 1, 14_000),
        (fixture.account_of(shop).await, 0, 0, 1, 500),
    ] {
        expected.push(json!({
            "account_id": customer,
            "type": if paid_out == 500 { "business" } else { "user" },
            "in_count": in_count,
            "paid_in": {"amount": paid_in, "currency": "HKD"},
            "out_count": out_count,
            "paid_out": {"amount": paid_out, "currency": "HKD"},
        }));
    }
    assert_eq!(seen["counterparties"], json!(expected));
    assert_eq!((&seen["payer_count"], &seen["payee_count"]), (&json!(1), &json!(2)));
    let shop = fixture.account_of(shop).await;
    let of_shop = format!("/api/v1/graph/accounts/{shop}/counterparties?hours=720");
    assert_eq!(fixture.see(&of_shop).await["paid_in"]["amount"], 500);
}

#[tokio::test]
async fn the_flow_of_a_payment_shows_what_came_before_and_what_left_after() {
    let fixture = Fixture::new().await;
    let (_, _, operations) = chain(&fixture).await;
    let flow = fixture.see(&format!("/api/v1/graph/payments/{}/flow", operations[1])).await;
    assert_eq!(flow["payment"]["amount"]["amount"], 5_000);
    let amounts = |name: &str| -> Vec<i64> {
        let edges = flow[name].as_array().unwrap().iter();
        edges.map(|edge| edge["amount"]["amount"].as_i64().unwrap()).collect()
    };
    assert_eq!((amounts("before"), amounts("after")), (vec![], vec![500, 14_000]));
    let next = flow["after"][1]["operation_digest"].as_str().unwrap();
    let flow = fixture.see(&format!("/api/v1/graph/payments/{next}/flow")).await;
    assert_eq!(flow["before"].as_array().unwrap().len(), 2, "{flow}");
    let reviewer = fixture.staff(&[StaffRole::Reviewer]);
    let unknown = "/api/v1/graph/payments/ppay_01h455vb4pex5vsknk084sn02q/flow";
    fixture.get(&reviewer, unknown).await.expect_refusal(404, "graph-movement-not-found");
}

#[tokio::test]
async fn who_may_not_look_is_refused_and_each_look_is_seen_by_auditors() {
    let fixture = Fixture::new().await;
    let (people, _, operations) = chain(&fixture).await;
    let account = fixture.account_of(people[0]).await;
    let looks = [
        (format!("/api/v1/graph/customers/{}", people[0]), "account", account.clone()),
        (
            format!("/api/v1/graph/accounts/{account}/neighbourhood"),
            "neighbourhood",
            account.clone(),
        ),
        (
            format!("/api/v1/graph/accounts/{account}/counterparties"),
            "counterparties",
            account.clone(),
        ),
        (
            format!("/api/v1/graph/payments/{}/flow", operations[0]),
            "payment-flow",
            operations[0].clone(),
        ),
    ];
    let customer = fixture.issuer.token(people[0], Product::Consumer, &Device::new());
    let auditor = fixture.staff(&[StaffRole::Auditor]);
    let before = fixture.database.count("looks").await;
    for (path, ..) in &looks {
        fixture.get(&auditor, path).await.expect_refusal(403, "role-missing");
        assert_eq!(fixture.get(&customer, path).await.status, 401);
    }
    assert_eq!(fixture.database.count("looks").await, before);
    for (path, ..) in &looks {
        fixture.get(&fixture.staff(&[StaffRole::Operator]), path).await.expect(200);
    }
    let list = "/api/v1/graph/looks?limit=4";
    let seen = fixture.get(&auditor, list).await.expect(200);
    for ((_, kind, subject), look) in looks.iter().rev().zip(seen["items"].as_array().unwrap()) {
        assert_eq!((&look["type"], &look["subject"]), (&json!(kind), &json!(subject)));
        assert_eq!(look["name"], "wong.tm@example.com");
    }
    let operator = fixture.staff(&[StaffRole::Operator]);
    fixture.get(&operator, list).await.expect_refusal(403, "role-missing");
    // Written by a version that was taken back.
    fixture.execute("UPDATE looks SET kind = 'of-tomorrow'").await;
    let seen = fixture.get(&auditor, list).await.expect(200);
    assert_eq!(seen["items"][0]["type"], "of-tomorrow", "{seen}");
}
