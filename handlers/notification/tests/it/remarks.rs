//! Telling people what others react to their payments and comment on them.

use std::slice::from_ref;

use events::Envelope;
use events::social::{PeerPaymentRemarkedV1, ToldOfRemarkV1};
use futures_util::future::join;
use notification::{App, routes};
use serde_json::{Value, json};
use testkit::{deliver, event};
use values::{PeerPaymentId, UserId};

use crate::event_source::{SOON, Stream, serve};
use crate::{Fixture, LIST, ON_SOCIAL, bodies};

const SHUFFLES: usize = 20;
const ROUNDS: usize = 200;

/// What is told of a payment for the `version`th time, after as many others.
pub(crate) fn remarked(id: PeerPaymentId, version: u32, remark: &str, to: &[UserId]) -> Envelope {
    let told = to.iter().map(|user_id| ToldOfRemarkV1 {
        user_id: user_id.to_string(),
        is_own_payment: true,
        by_id: None,
        by_name: format!("A*** {version}"),
        others: version.saturating_sub(1),
    });
    let remarked = PeerPaymentRemarkedV1 {
        peer_payment_id: id.to_string(),
        version,
        remark: remark.to_owned(),
        told: told.collect(),
        remarked_at: "2026-11-29T10:00:00.000Z".to_owned(),
    };
    event(&id.to_string(), &remarked)
}

async fn tell(app: &App, events: &[Envelope]) {
    deliver(&routes(app.clone()), ON_SOCIAL, events).await;
}

/// What the consumer reads, newest first, and how much of it is unread, as is counted and listed.
async fn told(fixture: &Fixture) -> (Value, u64) {
    let (_, page) = fixture.consumer("GET", LIST).await;
    let items = page["items"].as_array().unwrap();
    let unread = items.iter().filter(|item| item["is_read"] == false).count();
    let (_, count) = fixture.consumer("GET", &format!("{LIST}/unread-count")).await;
    assert_eq!(count["unread"], unread);
    (page, u64::try_from(unread).unwrap())
}

#[tokio::test]
async fn ten_reactions_to_a_payment_are_one_notification_that_counts_and_is_unread_again() {
    let fixture = Fixture::new().await;
    let (id, me) = (PeerPaymentId::new(), fixture.consumer);
    for version in 1..=9 {
        tell(&fixture.app, &[remarked(id, version, "reaction", &[me])]).await;
    }
    assert_eq!(fixture.consumer("POST", &format!("{LIST}/read-all")).await.0, 204);
    assert_eq!(told(&fixture).await.1, 0);
    tell(&fixture.app, &[remarked(id, 10, "reaction", &[me, fixture.owner])]).await;
    let (page, unread) = told(&fixture).await;
    assert_eq!((bodies(&page), unread), (vec!["A*** 10 and 9 others reacted to your payment."], 1));
    let line = &page["items"][0];
    assert_eq!(line["type"], "peer-payment-reacted");
    assert_eq!(line["peer_payment_id"], id.to_string());
    assert_eq!(
        (&line["amount"], &line["note"], &line["counterparty"]),
        (&json!(null), &json!(null), &json!(null))
    );
    // Comments are told of beside them, and another payment is another matter.
    tell(&fixture.app, &[remarked(id, 11, "comment", &[me])]).await;
    tell(&fixture.app, &[remarked(PeerPaymentId::new(), 1, "reaction", &[me])]).await;
    let (page, unread) = told(&fixture).await;
    let newest = [
        "A*** 1 reacted to your payment.",
        "A*** 11 and 10 others commented on your payment.",
        "A*** 10 and 9 others reacted to your payment.",
    ];
    assert_eq!((bodies(&page), unread), (newest.into(), 3));
    // Of a later program.
    tell(&fixture.app, &[remarked(id, 12, "poke", &[me])]).await;
    assert_eq!(told(&fixture).await.1, 3);
    assert_eq!(fixture.database.count("parked_events").await, 0);
}

#[tokio::test]
async fn remarks_that_come_late_or_twice_in_any_order_end_as_the_newest_says() {
    let mut seed = fastrand::u64(..);
    let fixture = Fixture::new().await;
    for round in 1..=SHUFFLES {
        let mut random = fastrand::Rng::with_seed(seed);
        let id = PeerPaymentId::new();
        let mut events: Vec<Envelope> =
            (1..=4).map(|version| remarked(id, version, "comment", &[fixture.consumer])).collect();
        events.extend(events.clone());
        random.shuffle(&mut events);
        for part in events.chunks(random.usize(1..=events.len())) {
            tell(&fixture.app, part).await;
        }
        let (page, unread) = told(&fixture).await;
        assert_eq!(bodies(&page)[0], "A*** 4 and 3 others commented on your payment.");
        assert_eq!((bodies(&page).len(), unread), (round, round.try_into().unwrap()), "{seed}");
        seed = random.u64(..);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_that_are_told_at_once_leave_one_notification_of_the_newest() {
    let fixture = Fixture::new().await;
    let (id, other) = (PeerPaymentId::new(), fixture.second_instance());
    let both = [fixture.consumer, fixture.owner];
    for round in 0..ROUNDS {
        let version = u32::try_from(2 * round + 1).unwrap();
        let older = remarked(id, version, "reaction", &both);
        let newer = remarked(id, version + 1, "reaction", &[both[1], both[0]]);
        join(tell(&fixture.app, from_ref(&older)), tell(&other, &[newer, older.clone()])).await;
        assert_eq!(fixture.database.count("notifications").await, 2, "round {round}");
    }
    let (page, unread) = told(&fixture).await;
    assert_eq!(bodies(&page), ["A*** 400 and 399 others reacted to your payment."]);
    assert_eq!(unread, 1);
}

#[tokio::test]
async fn a_stream_shows_each_remark_as_it_comes() {
    let fixture = Fixture::new().await;
    let url = serve(&fixture.app).await;
    let token = fixture.token(fixture.consumer, values::Product::Consumer);
    let mut stream = Stream::open(&url, &token, None).await;
    let id = PeerPaymentId::new();
    let mut seen = Vec::new();
    for version in 1..=2 {
        tell(&fixture.app, &[remarked(id, version, "comment", &[fixture.consumer])]).await;
        seen.push(stream.line(SOON).await.id);
    }
    assert_ne!(seen[0], seen[1]);
}
