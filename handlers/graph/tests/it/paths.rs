//! The way of money from one account to another.

use serde_json::{Value, json};
use values::{StaffRole, UserId};

use crate::fixture::{Fixture, ON_PAYMENTS, Side};

async fn paid(fixture: &Fixture, pairs: &[(UserId, UserId)]) {
    let event = |(second, (from, to)): (usize, &(UserId, UserId))| {
        let sides = [*from, *to].map(Side::Person);
        fixture.money("peer-payment", sides, 100, second.try_into().unwrap()).event
    };
    let events: Vec<_> = pairs.iter().enumerate().map(event).collect();
    for batch in events.chunks(100) {
        fixture.deliver(ON_PAYMENTS, batch).await;
    }
}

async fn way(fixture: &Fixture, from: UserId, to: UserId) -> Value {
    let (from, to) = (fixture.account_of(from).await, fixture.account_of(to).await);
    fixture.see(&format!("/api/v1/graph/accounts/{from}/paths?to={to}")).await
}

#[tokio::test]
async fn the_shortest_way_is_told_hop_by_hop_with_what_moved_and_what_it_cost() {
    let fixture = Fixture::new().await;
    let people: Vec<UserId> = (0..8).map(|_| UserId::new()).collect();
    let mut pairs: Vec<_> = people.windows(2).map(|pair| (pair[0], pair[1])).collect();
    pairs.push((people[0], people[1]));
    paid(&fixture, &pairs).await;
    let seen = way(&fixture, people[0], people[6]).await;
    let hops = seen["hops"].as_array().unwrap();
    assert_eq!((hops.len(), &seen["is_complete"]), (6, &json!(true)), "{seen}");
    for (hop, pair) in hops.iter().zip(people.windows(2)) {
        assert_eq!(hop["from_account_id"], json!(fixture.account_of(pair[0]).await));
        assert_eq!(hop["to_account_id"], json!(fixture.account_of(pair[1]).await));
    }
    let first = (&hops[0]["movement_count"], &hops[0]["total"]["amount"]);
    assert_eq!(first, (&json!(2), &json!(200)));
    assert_eq!(
        (&seen["accounts_read_count"], hops[5]["movement_count"].as_u64()),
        (&json!(6), Some(1))
    );
    assert!(seen["cost"]["query_count"].as_u64().unwrap() >= 12, "{seen}");
    for (from, to) in [(people[0], people[7]), (people[1], people[0])] {
        let seen = way(&fixture, from, to).await;
        assert_eq!((&seen["hops"], &seen["is_complete"]), (&json!([]), &json!(true)));
    }
    assert_eq!(fixture.database.count("looks WHERE kind = 'path'").await, 6);
}

#[tokio::test]
async fn a_way_that_may_have_been_missed_is_said_and_nobody_forgotten_is_on_one() {
    let fixture = Fixture::new().await;
    let [from, middle, to, aside] = [(); 4].map(|()| UserId::new());
    paid(&fixture, &[(from, middle), (middle, to), (aside, to)]).await;
    assert_eq!(way(&fixture, from, to).await["hops"].as_array().unwrap().len(), 2);
    fixture.forget(middle).await;
    let seen = way(&fixture, from, to).await;
    assert_eq!((&seen["hops"], &seen["is_complete"]), (&json!([]), &json!(false)));

    // It is not among the newest that are read of whom it leaves, but of whom it reaches.
    let busy = UserId::new();
    let mut pairs = vec![(busy, from)];
    pairs.extend([(busy, aside); 200]);
    paid(&fixture, &pairs).await;
    let seen = way(&fixture, busy, from).await;
    assert_eq!((seen["hops"].as_array().unwrap().len(), &seen["is_complete"]), (1, &json!(false)));

    let reviewer = fixture.staff(&[StaffRole::Reviewer]);
    let account = fixture.account_of(from).await;
    let path = format!("/api/v1/graph/accounts/{account}/paths");
    for query in ["", "?to=gac_1", &*format!("?to={account}"), &*format!("?to={account}&days=367")]
    {
        let answer = fixture.get(&reviewer, &format!("{path}{query}")).await;
        answer.expect_refusal(400, "invalid-query");
    }
    let nobody = format!("{path}?to=gac_01h455vb4pex5vsknk084sn02q");
    fixture.get(&reviewer, &nobody).await.expect_refusal(404, "graph-account-not-found");
    let auditor = fixture.staff(&[StaffRole::Auditor]);
    fixture.get(&auditor, &nobody).await.expect_refusal(403, "role-missing");
}
