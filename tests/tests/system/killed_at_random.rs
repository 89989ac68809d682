//! Every part and every handler of the platform is killed at random while people pay and the demo
//! is played: afterwards all of it serves, the demo passes, and no consumer has missed an event.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::Value;
use system_tests::{
    Addresses, Api, Consumer, Error, Merchant, OverHttp, Seeds, apply, meet, play, until,
};
use time::OffsetDateTime;
use time::macros::offset;
use tokio::time::{sleep, timeout};

use crate::crashes::{Paid, expect_nothing_lost_or_repeated, pay_once};
use crate::kills::{Victim, kill_one};
use crate::stage::{MONEY, consumers_with, merchant_with_shop};
use crate::test_platform::{administrators, alone};

/// How long is killed, in rounds of a minute, unless `SOAK_MINUTES` says another number.
const MINUTES: u32 = 5;
const ROUND: Duration = Duration::from_secs(60);
const PAUSE_MS: std::ops::Range<u64> = 500..4_000;
/// `up` leaves down what dies six times in a minute, so nobody is killed again so soon.
const SPARED: Duration = Duration::from_secs(15);
const PAYERS: usize = 4;
/// The first price in cents; each payer's payments cost one cent more than the last.
const PRICES: [i64; PAYERS] = [100, 200, 300, 400];
/// Between two payments of a payer, who may make 200 a day, and after a play that was broken off.
const PAYMENT_PAUSE: Duration = Duration::from_millis(400);
const PLAY_PAUSE: Duration = Duration::from_secs(1);
/// A play ends within this time, as it should or with what broke it: each of its calls and waits
/// has a limit of its own.
const PLAY_LIMIT: Duration = Duration::from_secs(180);
/// All that was killed serves again, and all events are processed, so long after the last kill.
const RECOVERY_LIMIT: Duration = Duration::from_secs(180);

#[ignore = "takes minutes: make soak plays it"]
#[expect(clippy::print_stdout, reason = "the seed, and what was killed when")]
#[tokio::test]
async fn all_parts_killed_at_random_lose_no_event_and_the_demo_passes_afterwards() {
    let platform = alone().await;
    let minutes = number("SOAK_MINUTES").unwrap_or(u64::from(MINUTES));
    let seed = number("SOAK_SEED").unwrap_or_else(|| fastrand::u64(..100_000));
    println!("killing at random for {minutes} minutes; SOAK_SEED={seed} plays it again");
    let staff = administrators(&platform).await;
    let mut random = fastrand::Rng::with_seed(seed);
    for minute in 1..=minutes {
        round(&platform, &mut random).await;
        println!("minute {minute}: nothing is lost, nothing was done twice");
    }

    play(&platform, |_| ()).await.unwrap();
    let applied = apply(&platform, Seeds::new(), &mut |_: &str| ()).await.unwrap();
    applied.pass_review(&platform, staff, &mut |_: &str| ()).await.unwrap();
    applied.pay_shop(&mut |_: &str| ()).await.unwrap();
    meet(&platform, &mut |_: &str| ()).await.unwrap();
    all_is_well(&platform).await;
    platform.expect_balanced_ledger().await.unwrap();
    println!("the demo passes");
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok().map(|number| number.parse().unwrap())
}

/// A minute of kills under load, and what came of it.
#[expect(clippy::print_stdout, reason = "what was done meanwhile")]
async fn round(platform: &Addresses, random: &mut fastrand::Rng) {
    let payers = consumers_with(platform, PAYERS, MONEY).await;
    let (merchant, shop) = merchant_with_shop(platform).await.unwrap();
    let (is_over, plays) = (Cell::new(false), Cell::new((0, 0)));
    let spending = payers
        .iter()
        .zip(PRICES)
        .map(|(payer, price)| spend(payer, &merchant, &shop.business_id, price, &is_over));
    let killing = async {
        kill_at_random(platform, random).await;
        is_over.set(true);
    };
    let playing = play_on(platform, &is_over, &plays);
    let (paid, (), ()) = tokio::join!(join_all(spending), playing, killing);
    let payments: usize = paid.iter().map(Paid::len).sum();
    let (passed, broken) = plays.get();
    println!("{payments} payments; of the demo {passed} plays passed, {broken} broke");
    all_is_well(platform).await;
    expect_nothing_lost_or_repeated(platform, &payers, &paid, (&merchant, &shop)).await;
    expect_graph_equal_to_ledger(platform).await;
}

async fn spend(
    payer: &Consumer,
    merchant: &Merchant,
    shop: &str,
    mut price: i64,
    is_over: &Cell<bool>,
) -> Paid {
    let mut paid = BTreeMap::new();
    let mut left = MONEY;
    while !is_over.get() && left > price {
        paid.insert(pay_once(payer, merchant, shop, price).await, price);
        left -= price;
        price += 1;
        sleep(PAYMENT_PAUSE).await;
    }
    paid
}

/// Plays the demo again and again. A play may meet a kill, which breaks it off, but none hangs.
#[expect(clippy::print_stdout, reason = "what broke a play")]
async fn play_on(platform: &Addresses, is_over: &Cell<bool>, plays: &Cell<(u32, u32)>) {
    while !is_over.get() {
        let both = async {
            play(platform, |_| ()).await?;
            meet(platform, &mut |_: &str| ()).await
        };
        let played: Result<(), Error> = timeout(PLAY_LIMIT, both).await.unwrap();
        let (passed, broken) = plays.get();
        match played {
            Ok(()) => plays.set((passed + 1, broken)),
            Err(error) => {
                println!("          broken off: {error}");
                plays.set((passed, broken + 1));
                sleep(PLAY_PAUSE).await;
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "what was killed when")]
async fn kill_at_random(platform: &Addresses, random: &mut fastrand::Rng) {
    let (parts, handlers) = (
        names(&platform.data.join("run"), ".pid"),
        names(&platform.data.join("functions-host"), ".handler.pid"),
    );
    let parts = parts.iter().map(|part| Victim::Part(part));
    let victims: Vec<_> = parts.chain(handlers.iter().map(|app| Victim::Handler(app))).collect();
    let began = Instant::now();
    let mut killed: Vec<(Duration, Victim<'_>)> = Vec::new();
    // The times are those of the pauses, not of the clock, so that a seed means the same kills.
    let mut at = Duration::ZERO;
    while at < ROUND {
        let pause = Duration::from_millis(random.u64(PAUSE_MS));
        at += pause;
        sleep(pause).await;
        let is_spared = |victim: &&Victim<'_>| {
            killed.iter().any(|(then, other)| other == *victim && at.abs_diff(*then) < SPARED)
        };
        let others: Vec<_> = victims.iter().filter(|victim| !is_spared(victim)).collect();
        let victim = **random.choice(&others).unwrap();
        kill_one(platform, victim).await;
        killed.push((at, victim));
        println!("{:>6.1} s  killed {victim:?}", began.elapsed().as_secs_f32());
    }
}

/// The names of the files that end so, in order.
fn names(folder: &Path, end: &str) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
    let names = files.filter_map(|file| Some(file.to_str()?.strip_suffix(end)?.to_owned()));
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// Waits until all parts serve, all apps are healthy, and no consumer has an event before it.
async fn all_is_well(platform: &Addresses) {
    let began = Instant::now();
    loop {
        let status = status(&platform.data);
        let unwell: Vec<&str> = status.lines().filter(|line| !is_well(line)).collect();
        if unwell.is_empty() {
            return;
        }
        assert!(began.elapsed() < RECOVERY_LIMIT, "not well: {unwell:#?}");
        sleep(Duration::from_millis(500)).await;
    }
}

/// Of a line of what `up status` says: a heading, or a part, an app or a consumer as it should be.
fn is_well(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        [] | ["part" | "app" | "consumer", ..] => true,
        [_, "serves", ..] => true,
        // Its phase, port, restarts, memory and health.
        [_, _, _, _, _, "ready"] => true,
        // Its hub, how far it is behind, and its failures.
        [_, _, "0", _] => true,
        _ => false,
    }
}

fn status(data: &Path) -> String {
    let up = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/debug/up");
    let output = Command::new(up).arg("status").arg("--data").arg(data).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// As `ops/graph` asks for it: the consumer that has all payments, beside the ledger.
async fn expect_graph_equal_to_ledger(platform: &Addresses) {
    let today = OffsetDateTime::now_utc().to_offset(offset!(+8)).date();
    let path = format!("/api/v1/graph-books/days/{today}");
    let key = platform.function_key().unwrap();
    until("a graph that is what the ledger says", RECOVERY_LIMIT, async || {
        let api = Api::new(&platform.api);
        let answer: Value =
            api.get(&path).header("x-functions-key", &key).send().await?.parse(200)?;
        Ok((answer["is_equal"] == true).then_some(()))
    })
    .await
    .unwrap();
}
