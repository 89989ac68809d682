//! The same graph, whatever the events went through on their way.

use events::Envelope;
use events::social::{FriendV1, FriendshipChangedV1};
use graph::routes;
use serde_json::Value;
use testkit::{Call, InProcess, event, invocation};
use values::UserId;

use crate::fixture::{Fixture, Money, ON_PAYMENTS, ON_SOCIAL};

/// What the comparison with the ledger says of all edges.
fn digest(verified: &Value) -> &Value {
    assert_eq!(verified["is_equal"], true, "{verified}");
    assert_eq!(verified["ledger"], verified["graph"]);
    &verified["graph"]
}

fn events(money: &[Money]) -> Vec<Envelope> {
    money.iter().map(|money| money.event.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_disorder_and_two_instances_at_once_leave_the_same_graph() {
    let fixture = Fixture::new().await;
    let money = fixture.much_money(60);
    fixture.book(&money).await;
    let mut events = events(&money);
    fixture.deliver(ON_PAYMENTS, &events).await;
    let once = fixture.verify().await;
    assert_eq!(digest(&once)["edge_count"], 120);
    assert_eq!(digest(&once)["total"]["amount"], 2 * (100..160).sum::<i64>());

    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    events.extend_from_within(..);
    random.shuffle(&mut events);
    let fixture = fixture.restarted();
    let other = fixture.routes.clone();
    let (one, two) = events.split_at(70);
    tokio::join!(
        fixture.deliver(ON_PAYMENTS, one),
        testkit::deliver(&other, ON_PAYMENTS, two),
        testkit::deliver(&other, ON_PAYMENTS, one),
    );
    let again = fixture.verify().await;
    assert_eq!(digest(&again), digest(&once), "seed {seed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_come_in_any_order_to_an_empty_graph_leave_what_the_ledger_says() {
    let fixture = Fixture::new().await;
    let money = fixture.much_money(40);
    fixture.book(&money).await;
    let mut events = events(&money);
    let seed = fastrand::u64(..);
    fastrand::Rng::with_seed(seed).shuffle(&mut events);
    // Two instances begin the accounts of the same people at the same moment.
    let other = fixture.routes.clone();
    tokio::join!(
        fixture.deliver(ON_PAYMENTS, &events),
        testkit::deliver(&other, ON_PAYMENTS, &events),
    );
    assert_eq!(digest(&fixture.verify().await)["edge_count"], 80, "seed {seed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_all_versions_of_a_friendship_the_last_stands_in_whichever_order_they_come() {
    /// So many at once that some meet in one document.
    const PAIRS: usize = 8;
    for order in [[1, 2, 3], [3, 2, 1], [2, 3, 1], [3, 1, 2]] {
        let fixture = Fixture::new().await;
        let pairs = [(); PAIRS].map(|()| [UserId::new(), UserId::new()]);
        let other = fixture.routes.clone();
        let batches = order.map(|version| pairs.map(|both| friendship(both, version)));
        let [first, second, third] = &batches;
        tokio::join!(
            fixture.deliver(ON_SOCIAL, first),
            testkit::deliver(&other, ON_SOCIAL, second),
            testkit::deliver(&other, ON_SOCIAL, third),
        );
        for person in pairs.into_iter().flatten() {
            let account = fixture.account_of(person).await;
            let near = format!("/api/v1/graph/accounts/{account}/neighbourhood");
            let seen = fixture.see(&near).await;
            assert_eq!(seen["edges"].as_array().unwrap().len(), 1, "{order:?}: {seen}");
            assert_eq!(seen["edges"][0]["status"], "status-3", "{order:?}");
        }
    }
}

fn friendship([one, other]: [UserId; 2], version: u32) -> Envelope {
    let person = |id: UserId| FriendV1 { user_id: id.to_string(), name: "Siu Ming".to_owned() };
    let changed = FriendshipChangedV1 {
        first: person(one),
        second: person(other),
        version,
        status: format!("status-{version}"),
        requested_by: None,
        changed_at: "2026-11-23T04:05:06.789Z".to_owned(),
    };
    event("both", &changed)
}

#[tokio::test]
async fn a_batch_whose_graph_is_away_comes_again_and_nothing_is_lost_or_parked() {
    let fixture = Fixture::new().await;
    let money = fixture.much_money(4);
    fixture.book(&money).await;
    let away = routes(fixture.without_cosmos());
    let call = Call::post(&format!("/{ON_PAYMENTS}"));
    let body = invocation(&events(&money));
    let answer = call.body("application/json", &body).send(&away).await;
    assert_eq!(answer.status, 503);
    assert_eq!(fixture.database.count("parked_events").await, 0);
    fixture.deliver(ON_PAYMENTS, &events(&money)).await;
    assert_eq!(digest(&fixture.verify().await)["edge_count"], 8);
}
