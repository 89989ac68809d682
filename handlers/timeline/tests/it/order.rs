//! Events that come late, twice, in any order or at the same time lead to the same feeds.

#![expect(clippy::print_stdout, reason = "a seed plays a failure again")]

use events::Envelope;
use mysql_async::prelude::Queryable;
use serde_json::Value;
use tokio::join;
use uuid::Uuid;
use values::UserId;

use crate::{
    FEED, Fixture, ON_PAYMENTS, ON_SOCIAL, ON_USER_PROFILE, Person, block, friendship, hiding,
    of_person, payment, profile,
};

const SHUFFLES: u64 = 25;
const ROUNDS: usize = 200;

/// What happened among five people, each event with the function that takes it.
fn history(people: &[Person], random: &mut fastrand::Rng) -> Vec<(&'static str, Envelope)> {
    let mut events = Vec::new();
    let names = ["陳大文", "Amy Lee", "Ben", "歐陽大文", "Eve"];
    for (person, name) in people.iter().zip(names) {
        for (version, name) in [(1, ""), (2, "somebody"), (3, name)] {
            events.push((ON_USER_PROFILE, profile(person.id, name, version)));
        }
    }
    let ids: Vec<UserId> = people.iter().map(|person| person.id).collect();
    for (index, one) in ids.iter().enumerate() {
        for other in ids.iter().skip(index).filter(|other| *other != one) {
            for version in 1..=random.u32(0..4) {
                let status = ["requested", "friends", "none"][random.usize(..3)];
                events.push((ON_SOCIAL, friendship(*one, *other, version, status)));
            }
            for version in 1..=random.u32(0..3) {
                events.push((ON_SOCIAL, block(*other, *one, version, random.bool())));
            }
        }
    }
    for second in 0..30 {
        let payer = ids[random.usize(..5)];
        let payee = ids[random.usize(..5)];
        if payer == payee {
            continue;
        }
        let visibility = if random.u8(..4) == 0 { "private" } else { "friends" };
        let (id, paid) = payment(payer, payee, second, visibility);
        events.push((ON_PAYMENTS, paid));
        if random.u8(..3) == 0 {
            events.push((ON_PAYMENTS, hiding(id)));
        }
    }
    // Whatever was drawn, one payment is seen by a friend.
    events.push((ON_SOCIAL, friendship(ids[0], ids[2], 9, "friends")));
    for payer_or_payee in &ids[..2] {
        events.push((ON_SOCIAL, block(ids[2], *payer_or_payee, 9, false)));
    }
    events.push((ON_PAYMENTS, payment(ids[0], ids[1], 31, "friends").1));
    events
}

/// All that all people read in all lists.
async fn all_read(fixture: &Fixture, people: &[Person]) -> Vec<Value> {
    let mut all = Vec::new();
    for reader in people {
        let paths = people.iter().map(|person| of_person(person.id));
        for path in [FEED.to_owned()].into_iter().chain(paths) {
            let mut body = fixture.get(reader, &path).await.json();
            body["trace_id"].take();
            all.push(body);
        }
    }
    all
}

async fn forget_everything(fixture: &Fixture) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for table in ["entries", "visibilities", "friendships", "blocks", "people", "inbox"] {
        conn.query_drop(format!("TRUNCATE TABLE {table}")).await.unwrap();
    }
}

/// In batches of up to ten, each with what an earlier one brought already.
async fn deliver_shuffled(
    fixture: &Fixture,
    events: &[(&'static str, Envelope)],
    random: &mut fastrand::Rng,
) {
    let mut deliveries = events.to_vec();
    for _ in 0..events.len() / 2 {
        let (function, mut event) = events[random.usize(..events.len())].clone();
        // The same delivery, or one that the inbox has forgotten or an operator repeats.
        if random.bool() {
            event.id = Uuid::now_v7().to_string();
        }
        deliveries.push((function, event));
    }
    random.shuffle(&mut deliveries);
    while !deliveries.is_empty() {
        let rest = deliveries.split_off(random.usize(1..=10).min(deliveries.len()));
        let batch = std::mem::replace(&mut deliveries, rest);
        for function in [ON_PAYMENTS, ON_SOCIAL, ON_USER_PROFILE] {
            let of_function = batch.iter().filter(|(of, _)| *of == function);
            let events: Vec<Envelope> = of_function.map(|(_, event)| event.clone()).collect();
            if !events.is_empty() {
                fixture.deliver(function, &events).await;
            }
        }
    }
}

#[tokio::test]
async fn a_feed_that_is_built_again_from_the_events_in_any_order_is_the_same() {
    let seed = std::env::var("TIMELINE_SEED");
    let seed = seed.ok().map_or_else(|| fastrand::u64(..), |seed| seed.parse().unwrap());
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let fixture = Fixture::new().await;
    let people: Vec<Person> = std::iter::repeat_with(|| fixture.somebody()).take(5).collect();
    let events = history(&people, &mut random);
    for (function, event) in &events {
        fixture.deliver(function, std::slice::from_ref(event)).await;
    }
    let expected = all_read(&fixture, &people).await;
    assert!(expected.iter().any(|body| body.to_string().contains("of-friends")), "seed {seed}");
    for shuffle in 0..SHUFFLES {
        forget_everything(&fixture).await;
        deliver_shuffled(&fixture, &events, &mut random).await;
        let read = all_read(&fixture, &people).await;
        assert!(read == expected, "seed {seed}, shuffle {shuffle}");
    }
    assert_eq!(fixture.database.count("parked_events").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_that_is_hidden_while_it_is_told_is_hidden() {
    let fixture = Fixture::new().await;
    let (payer, payee, reader) = (fixture.somebody(), fixture.somebody(), fixture.somebody());
    fixture.befriend(&reader, &payer).await;
    for _ in 0..ROUNDS {
        let (id, paid) = payment(payer.id, payee.id, 1, "friends");
        let (paid, hidden) = ([paid], [hiding(id)]);
        join!(fixture.deliver(ON_PAYMENTS, &paid), fixture.deliver(ON_PAYMENTS, &hidden));
    }
    assert!(fixture.entries(&reader, FEED).await.is_empty());
    assert_eq!(fixture.all_entries(&payer, FEED, 100).await.len(), ROUNDS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_changes_of_one_friendship_at_once_leave_the_newer_one() {
    let fixture = Fixture::new().await;
    let (reader, friend, other) = (fixture.somebody(), fixture.somebody(), fixture.somebody());
    let paid = payment(friend.id, other.id, 1, "friends").1;
    fixture.deliver(ON_PAYMENTS, &[paid]).await;
    for round in 0..u32::try_from(ROUNDS).unwrap() {
        let version = round * 2 + 1;
        let begun = [friendship(reader.id, friend.id, version, "friends")];
        let ended = [friendship(reader.id, friend.id, version + 1, "none")];
        join!(fixture.deliver(ON_SOCIAL, &begun), fixture.deliver(ON_SOCIAL, &ended));
        assert!(fixture.entries(&reader, FEED).await.is_empty(), "round {round}");
    }
}
