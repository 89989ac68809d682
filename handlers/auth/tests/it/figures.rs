//! What authentication costs, printed as a table by `make auth-figures`.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
#![expect(clippy::print_stdout, reason = "that is what it is for")]

use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use jsonwebtoken::jwk::JwkSet;
use serde_json::Value;
use service::{ACCESS_AUDIENCE, AccessClaims, TokenVerifier};
use testkit::{Device, TokenIssuer};
use tokio::time::{MissedTickBehavior, interval, sleep};
use uuid::Uuid;
use values::{Product, UserId};

use crate::{Fixture, PIN, Person};

/// Fewer than a verifier keeps.
const TOKENS: usize = 5_000;
const PEOPLE: usize = 1_000;
/// More at once would only wait for each other's hashes.
const SIGN_UPS_AT_ONCE: usize = 8;
const LOG_INS_PER_SECOND: u64 = 10;
const RATED_LOG_INS: usize = 300;
/// A client's pause where the answer is 503.
const TRY_AGAIN: Duration = Duration::from_millis(500);

#[tokio::test]
#[ignore = "prints figures"]
async fn figures_of_a_token_check() {
    let issuer = TokenIssuer::start().await;
    let published = reqwest::get(format!("{}/jwks", issuer.auth_url)).await.unwrap();
    let keys: JwkSet = serde_json::from_slice(&published.bytes().await.unwrap()).unwrap();
    let verifier = TokenVerifier::of_keys(&keys);
    let device = Device::new();
    let token = |_| issuer.token(UserId::new(), Product::Consumer, &device);
    let tokens: Vec<String> = (0..TOKENS).map(token).collect();
    for times in ["the first time", "each time after that"] {
        let mut took = Vec::new();
        for token in &tokens {
            let began = Instant::now();
            let claims = verifier.verify::<AccessClaims>(token, ACCESS_AUDIENCE).await;
            took.push(began.elapsed());
            assert!(claims.is_ok_and(|claims| claims.is_some()));
        }
        print(&format!("a token is checked, {times}"), &shares(took));
    }
}

/// By HTTP, with client and server in one process: what is said of memory is more than a handler's.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "signs 1,000 people up; prints figures"]
async fn figures_of_log_ins() {
    let fixture = &Fixture::new().await;
    let people: Vec<Person> = stream::iter(0..PEOPLE)
        .map(|_| fixture.sign_up())
        .buffer_unordered(SIGN_UPS_AT_ONCE)
        .collect()
        .await;
    let auth_url = &fixture.auth_url().await;
    let client = &reqwest::Client::new();
    let log_in = async |person: &Person| post_log_in(client, auth_url, person).await;

    let mut ticks = interval(Duration::from_millis(1_000 / LOG_INS_PER_SECOND));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut rated = stream::FuturesUnordered::new();
    let mut took = Vec::new();
    for person in people.iter().cycle().take(RATED_LOG_INS) {
        loop {
            tokio::select! {
                _ = ticks.tick() => break,
                Some(one) = rated.next() => took.push(one),
            }
        }
        let log_in = &log_in;
        rated.push(async move {
            let began = Instant::now();
            assert_eq!(log_in(person).await, 201);
            began.elapsed()
        });
    }
    took.extend(rated.collect::<Vec<Duration>>().await);
    print("a log-in, 10 a second", &shares(took));

    let (before, began) = (memory("VmRSS"), Instant::now());
    let until_in = async |person: &Person| {
        let mut refusals = 0;
        while log_in(person).await == 503 {
            refusals += 1;
            sleep(TRY_AGAIN).await;
        }
        refusals
    };
    let refusals: Vec<u32> = futures_util::future::join_all(people.iter().map(until_in)).await;
    let (seconds, told) = (began.elapsed().as_secs(), refusals.iter().sum::<u32>());
    let figures = format!("all in after {seconds} s, {told} times told to try again");
    print("1,000 log-ins at once", &figures);
    let (after, peak) = (memory("VmRSS"), memory("VmHWM"));
    print("memory before, after, at most", &format!("{before}, {after}, {peak} MB"));
}

/// With a signature of this moment: a busy service may answer only after one has gone stale.
async fn post_log_in(client: &reqwest::Client, auth_url: &str, person: &Person) -> u16 {
    let body: Value = person.log_in(PIN);
    let request = client
        .post(format!("{auth_url}/sessions"))
        .header("content-type", "application/json")
        .header("idempotency-key", Uuid::new_v4().to_string())
        .body(body.to_string());
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.text().await.unwrap();
    assert!(matches!(status, 201 | 503), "{body}");
    status
}

fn shares(mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let [p50, p98] = [50, 98].map(|share| took[took.len() * share / 100]);
    format!("p50 {p50:.1?}, p98 {p98:.1?}")
}

fn print(what: &str, figures: &str) {
    println!("| {what} | {figures} |");
}

/// Of this process, in MB.
fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    let kib: u64 = line.trim_matches(|it: char| !it.is_ascii_digit()).parse().unwrap();
    kib >> 10
}
