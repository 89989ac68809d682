//! From a committed transaction to the hub.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use events::Envelope;

use outbox::Outbox;
use service::database::Database;
use service::trace::TraceContext;
use testkit::FreshDatabase;
use tokio::time::sleep;

use crate::broker::Broker;
use crate::own_process::in_own_process;
use crate::{CountedV1, fresh_database, position};

/// Longer than a send that is given up, the pause after it and the send that follows.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(40);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Commits events of these positions, all in one transaction.
async fn commit(outbox: &Outbox, database: &Database, subject: &str, positions: Range<u32>) {
    commit_all(outbox, database, &[subject], positions).await;
}

/// The same for each of the subjects.
async fn commit_all(
    outbox: &Outbox,
    database: &Database,
    subjects: &[&str],
    positions: Range<u32>,
) {
    let mut tx = database.begin().await.unwrap();
    let told = positions.flat_map(|position| subjects.iter().map(move |about| (position, about)));
    let envelope = |(position, subject): (u32, &&str)| {
        outbox.envelope(TraceContext::root(), (*subject).to_owned(), &CountedV1 { position })
    };
    let envelopes: Vec<Envelope> = told.map(|told| envelope(told).unwrap()).collect();
    outbox.append(&mut tx, &envelopes).await.unwrap();
    outbox.commit(tx).await.unwrap();
}

pub(crate) async fn drained(database: &FreshDatabase) {
    let start = Instant::now();
    while database.count("outbox").await > 0 {
        assert!(start.elapsed() < DRAIN_TIMEOUT, "events stay in the outbox");
        sleep(POLL_INTERVAL).await;
    }
}

/// The positions of each subject in the order in which they arrived; a subject's events are all
/// in one partition.
fn arrived(partitions: &[Vec<Envelope>]) -> BTreeMap<&str, Vec<u32>> {
    let mut subjects = BTreeMap::new();
    for partition in partitions {
        let mut here: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for event in partition {
            here.entry(&event.subject).or_default().push(position(event));
        }
        for (subject, positions) in here {
            assert_eq!(subjects.insert(subject, positions), None, "{subject} is in two partitions");
        }
    }
    subjects
}

fn all(positions: Range<u32>) -> Vec<u32> {
    positions.collect()
}

#[test]
fn committed_events_arrive_in_the_order_of_their_subject_and_leave_the_outbox() {
    let test = "relay::committed_events_arrive_in_the_order_of_their_subject_and_leave_the_outbox";
    in_own_process(test, async {
        let (database, broker) = (fresh_database().await, Broker::started());
        let outbox = Outbox::start(database.database.clone(), broker.hub()).unwrap();
        let subjects: Vec<String> = (0..30).map(|number| format!("subject-{number}")).collect();
        for round in 0..20 {
            for subject in &subjects {
                commit(&outbox, &database.database, subject, round * 2..round * 2 + 2).await;
            }
        }
        drained(&database).await;

        let partitions = broker.read().await;
        assert!(partitions.iter().all(|partition| !partition.is_empty()));
        let arrived = arrived(&partitions);
        assert_eq!(arrived.len(), subjects.len());
        assert!(arrived.values().all(|positions| *positions == all(0..40)));
    });
}

#[test]
fn an_open_transaction_holds_up_nothing_and_of_a_rolled_back_one_nothing_arrives() {
    let test =
        "relay::an_open_transaction_holds_up_nothing_and_of_a_rolled_back_one_nothing_arrives";
    in_own_process(test, async {
        let (database, broker) = (fresh_database().await, Broker::started());
        let outbox = Outbox::start(database.database.clone(), broker.hub()).unwrap();
        commit(&outbox, &database.database, "kept", 0..1).await;
        let mut tx = database.database.begin().await.unwrap();
        let undone = outbox
            .envelope(TraceContext::root(), "undone".to_owned(), &CountedV1 { position: 0 })
            .unwrap();
        outbox.append(&mut tx, &[undone]).await.unwrap();
        commit(&outbox, &database.database, "kept", 1..10).await;
        drained(&database).await;
        tx.rollback().await.unwrap();

        let partitions = broker.read().await;
        assert_eq!(arrived(&partitions), BTreeMap::from([("kept", all(0..10))]));
    });
}

#[test]
fn what_is_committed_while_the_broker_is_away_arrives_when_it_is_back() {
    let test = "relay::what_is_committed_while_the_broker_is_away_arrives_when_it_is_back";
    in_own_process(test, async {
        let (database, mut broker) = (fresh_database().await, Broker::away());
        let outbox = Outbox::start(database.database.clone(), broker.hub()).unwrap();
        for position in 0..10 {
            commit(&outbox, &database.database, "patient", position..position + 1).await;
        }
        sleep(Duration::from_secs(2)).await;
        assert_eq!(database.count("outbox").await, 10);
        broker.start();
        drained(&database).await;

        let partitions = broker.read().await;
        assert_eq!(arrived(&partitions), BTreeMap::from([("patient", all(0..10))]));
    });
}

#[test]
fn two_relays_of_one_outbox_keep_the_order_of_each_subject() {
    in_own_process("relay::two_relays_of_one_outbox_keep_the_order_of_each_subject", async {
        let (database, broker) = (fresh_database().await, Broker::started());
        let second = service::database::connect("TEST", &database.url).unwrap();
        let relays = [
            (Outbox::start(database.database.clone(), broker.hub()).unwrap(), &database.database),
            (Outbox::start(second.clone(), broker.hub()).unwrap(), &second),
        ];
        for position in 0..100 {
            for (number, subject) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
                let (outbox, database) = &relays[(number + usize::try_from(position).unwrap()) % 2];
                commit(outbox, database, subject, position..position + 1).await;
            }
        }
        drained(&database).await;

        let partitions = broker.read().await;
        let arrived = arrived(&partitions);
        assert_eq!(arrived.len(), 5);
        assert!(arrived.values().all(|positions| *positions == all(0..100)), "{arrived:?}");
    });
}

#[test]
fn events_survive_a_broker_that_is_killed_among_them() {
    in_own_process("relay::events_survive_a_broker_that_is_killed_among_them", async {
        let (database, mut broker) = (fresh_database().await, Broker::started());
        let outbox = Outbox::start(database.database.clone(), broker.hub()).unwrap();
        for position in 0..50 {
            let subjects = ["a", "b", "c", "d"];
            commit_all(&outbox, &database.database, &subjects, position..position + 1).await;
            if position == 20 {
                broker.kill();
            }
        }
        assert!(database.count("outbox").await >= 29);
        broker.start();
        drained(&database).await;

        let partitions = broker.read().await;
        for (subject, mut positions) in arrived(&partitions) {
            // What the broker had but did not acknowledge was sent again: the first time counts.
            let mut seen = Vec::new();
            positions.retain(|position| {
                let is_new = !seen.contains(position);
                seen.push(*position);
                is_new
            });
            assert_eq!(positions, all(0..50), "{subject}");
        }
        crate::consume::each_takes_effect_once(&database, &partitions).await;
    });
}
