//! Claims, cancellations and the end of time, all at once.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use service::Routes;
use testkit::{Call, InProcess, rounds};
use tokio::time::sleep;
use values::Product;

use crate::parcels::{PAY_LINKS, RED_PACKETS, Waiting, link, packet, waiting};
use crate::{Fixture, Person, new_key};

/// So many parcels a person may make in a day.
const A_DAY: usize = 100;
/// Each of them comes at most so much sooner or later than the others.
const AROUND_MILLISECONDS: u64 = 5;
/// In the middle they are sent so long before time is over, as long as a call takes here.
const AHEAD: Duration = Duration::from_millis(6);
const EXPIRES_IN_MILLISECONDS: u64 = 25;

async fn post(routes: &Routes, person: &Person, path: String, body: Option<Value>) -> u16 {
    let call = Call::post(&path).bearer(&person.token).key(&new_key());
    let call = match body {
        Some(body) => call.json(&body),
        None => call,
    };
    call.send(routes).await.status
}

async fn made_by(routes: &Routes, person: &Person, key: &str, call: Call) -> (u16, Value) {
    let answer = call.bearer(&person.token).key(key).send(routes).await;
    (answer.status, answer.json())
}

async fn claim(routes: &Routes, person: &Person, waiting: &Waiting) -> u16 {
    let secret = json!({"secret": waiting.secret});
    post(routes, person, format!("{}/claims", waiting.path), Some(secret)).await
}

async fn timer(routes: &Routes) -> u16 {
    let timer = Call::post("/payments_do_what_is_due").json(&json!({}));
    timer.send_until_served(routes).await.status
}

/// One way in which a link may end, at some moment.
async fn at<T>(moment: Instant, end: impl Future<Output = T>) -> T {
    sleep(moment.saturating_duration_since(Instant::now())).await;
    end.await
}

/// Splitmix64: a few lines that give the same numbers for ever.
fn random(state: &mut u64, limit: u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) % limit
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_is_claimed_cancelled_and_expires_at_once_ends_in_exactly_one_way() {
    let fixture = Fixture::new().await;
    let one = fixture.routes.clone();
    let other = payments::routes(fixture.another_instance());
    let sender = fixture.consumer_with(100_000).await;
    let claimers =
        [fixture.person(Product::Consumer).await, fixture.person(Product::Consumer).await];
    let (mut state, mut ends) = (20_261_128_u64, [0; 3]);
    for round in 0..rounds(200, 60) {
        if round % A_DAY == 0 {
            fixture.next_year().await;
        }
        let key = new_key();
        let made = Call::post(PAY_LINKS).json(&link(&sender, 100, &key));
        let link = waiting(PAY_LINKS, "pay_link_id", made_by(&one, &sender, &key, made).await);
        fixture.set_expiry(i64::try_from(EXPIRES_IN_MILLISECONDS).unwrap()).await;
        let middle = Instant::now() + Duration::from_millis(EXPIRES_IN_MILLISECONDS) - AHEAD;
        let mut moment = || {
            let later = random(&mut state, 2 * AROUND_MILLISECONDS + 1);
            middle + Duration::from_millis(later) - Duration::from_millis(AROUND_MILLISECONDS)
        };
        let cancel = post(&other, &sender, format!("{}/cancel", link.path), None);
        let (first, second, cancelled, ran) = tokio::join!(
            at(moment(), claim(&one, &claimers[0], &link)),
            at(moment(), claim(&other, &claimers[1], &link)),
            at(moment(), cancel),
            at(moment() + AHEAD, timer(&one)),
        );
        assert!([first, second].iter().all(|status| [201, 409].contains(status)), "{round}");
        assert!([200, 409].contains(&cancelled) && ran == 200, "{round}: {cancelled} {ran}");
        // Whatever nobody has ended by now, time has.
        fixture.set_expiry(-1).await;
        assert_eq!(timer(&other).await, 200);
        let link = Call::get(&link.path).bearer(&sender.token).send(&one).await.json();
        let end = ["claimed", "cancelled", "expired"].iter().position(|end| link["status"] == *end);
        let end = end.unwrap_or_else(|| panic!("{link}"));
        ends[end] += 1;
        let done = [first == 201, second == 201, cancelled == 200];
        let done = done.iter().filter(|done| **done).count();
        let expected = [(1, 100, 0), (1, 0, 100), (0, 0, 100)][end];
        let amount = |field: &str| link[field]["amount"].as_i64().unwrap();
        assert_eq!((done, amount("claimed"), amount("returned")), expected, "{round}: {link}");
    }
    // Else they did not meet.
    assert!(ends.iter().all(|times| *times > 0), "{ends:?}");
    let claimed = fixture.balance(&claimers[0]).await + fixture.balance(&claimers[1]).await;
    assert_eq!(claimed, 100 * ends[0]);
    assert_eq!(fixture.balance(&sender).await, 100_000 - claimed);
    assert_eq!(fixture.in_escrow().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_many_open_a_red_packet_at_once_each_share_is_one_persons() {
    const SHARES: usize = 4;
    const OPENERS: usize = 6;
    let fixture = Fixture::new().await;
    let instances = [fixture.app.clone(), fixture.another_instance()].map(payments::routes);
    let sender = fixture.consumer_with(500_000).await;
    let openers = join_all((0..OPENERS).map(|_| fixture.person(Product::Consumer))).await;
    let mut given = 0;
    for round in 0..rounds(200, 30) {
        if round % A_DAY == 0 {
            fixture.next_year().await;
        }
        let split = if round % 2 == 0 { "random-4" } else { "equal-4" };
        let cents = 4 + i64::try_from(round).unwrap();
        let key = new_key();
        let made = Call::post(RED_PACKETS).json(&packet(&sender, cents, split, &key));
        let made = made_by(&instances[0], &sender, &key, made).await;
        let packet = waiting(RED_PACKETS, "red_packet_id", made);
        given += cents;
        // Each asks twice, at either instance.
        let claims = openers
            .iter()
            .flat_map(|person| instances.each_ref().map(|routes| claim(routes, person, &packet)));
        let claims = join_all(claims).await;
        let opened = claims.chunks(2).filter(|both| both == &[201, 201]).count();
        let refused = claims.chunks(2).filter(|both| both == &[409, 409]).count();
        assert_eq!((opened, refused), (SHARES, OPENERS - SHARES), "{round}: {claims:?}");
    }
    let balances = join_all(openers.iter().map(|person| fixture.balance(person))).await;
    assert_eq!(balances.iter().sum::<i64>(), given);
    assert_eq!(fixture.balance(&sender).await, 500_000 - given);
    assert_eq!(fixture.in_escrow().await, 0);
}
