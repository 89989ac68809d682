//! A stranger asks, thousands of times, for numbers that have an account and for numbers that have
//! none: neither answers, nor times, nor text messages tell the two apart.
//!
//! Times are compared within pairs that are asked right after each other, in turns the one and the
//! other first: whatever else the machine does hits both. That one of a pair took longer says
//! nothing; how often the registered one did, of all pairs, must be what a coin gives. So a slow
//! machine makes no test fail. `SOAK_SAMPLES` says how many samples of each way there are.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::env;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::join;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::Device;
use tokio::time::sleep;
use uuid::Uuid;

use crate::{Fixture, PIN, Person, new_phone, other_than, registration};

/// Samples of each way, both numbers of a pair counted: for every test run.
const SAMPLES: usize = 120;
const PAIRS_PER_ROUND: usize = 20;
/// A phone is sent three codes in a window; each round has another digest key, and so other counts.
const CODES: usize = 3;
/// How far from a half the share of pairs may be in which the registered number took longer, beside
/// what chance makes of it. Whoever asks once and guesses by the time is then right in at most 55
/// of 100 cases, on the service's own machine, where no network blurs it.
const SHARE_MARGIN: f64 = 0.05;
/// So many standard deviations of chance: less than one in a million runs fails by it.
const DEVIATIONS: f64 = 5.0;

/// Of one way to ask: for each pair how long the registered and the other number took.
#[derive(Default)]
struct Times(RefCell<BTreeMap<&'static str, Vec<[Duration; 2]>>>);

impl Times {
    fn take(&self, way: &'static str, pair: [Duration; 2]) {
        self.0.borrow_mut().entry(way).or_default().push(pair);
    }

    #[expect(clippy::print_stdout, reason = "`make soak` shows it")]
    /// Panics if a way tells registered numbers by their time.
    fn judge(&self, samples: usize) {
        for (way, pairs) in self.0.borrow().iter() {
            let count = f64::from(u32::try_from(pairs.len()).unwrap());
            let taken = pairs.len().saturating_mul(2);
            assert!(taken >= samples, "{way}: {taken} samples");
            let longer = pairs.iter().filter(|[registered, other]| registered > other).count();
            let share = f64::from(u32::try_from(longer).unwrap()) / count;
            let [registered, other] = [0, 1].map(|which| median(pairs, which));
            println!(
                "{way}: {taken} samples, the registered number took longer in {:.1} % of pairs; \
                 medians {registered:?} and {other:?}",
                share * 100.0,
            );
            let chance = DEVIATIONS * 0.5 / count.sqrt();
            assert!((share - 0.5).abs() < SHARE_MARGIN + chance, "{way} tells: {share}");
        }
    }
}

fn median(pairs: &[[Duration; 2]], which: usize) -> Duration {
    let mut times: Vec<Duration> = pairs.iter().map(|pair| pair[which]).collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// An answer without what is another each time.
fn told((status, mut body): (u16, Value)) -> (u16, Value) {
    for field in ["challenge_id", "trace_id", "recovery_id"] {
        if let Some(value) = body.get_mut(field) {
            *value = json!("another each time");
        }
    }
    (status, body)
}

async fn timed(asked: impl Future<Output = (u16, Value)>) -> (Duration, (u16, Value)) {
    let began = Instant::now();
    let answer = asked.await;
    (began.elapsed(), answer)
}

/// Waits until what is done after an answer, such as telling an owner, slows down nobody else.
async fn settle(fixture: &Fixture) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let untold = "SELECT COUNT(*) FROM recoveries WHERE told_at IS NULL";
    while conn.query_first::<u64, _>(untold).await.unwrap() != Some(0) {
        sleep(Duration::from_millis(1)).await;
    }
}

/// Who is asked for first, and who then.
const fn order(turn: usize) -> [usize; 2] {
    if turn.is_multiple_of(2) { [0, 1] } else { [1, 0] }
}

/// Asks for both, the registered one first if `turn` is even; returns both answers.
async fn ask_both<Fut: Future<Output = (u16, Value)>>(
    (fixture, times, turn): (&Fixture, &Times, usize),
    way: &'static str,
    ask: impl Fn(usize) -> Fut,
) -> [Value; 2] {
    let order = order(turn);
    let (one, answer) = timed(ask(order[0])).await;
    settle(fixture).await;
    let (two, other_answer) = timed(ask(order[1])).await;
    settle(fixture).await;
    assert_eq!(told(answer.clone()), told(other_answer.clone()), "{way}");
    let (mut pair, mut answers) = ([one, two], [answer.1, other_answer.1]);
    if order == [1, 0] {
        pair.reverse();
        answers.reverse();
    }
    times.take(way, pair);
    answers
}

async fn hide(fixture: &Fixture, person: &Person) {
    let body = json!({"is_findable_by_phone": false});
    let token = Some(person.access_token());
    assert_eq!(fixture.call("PUT", "users/me/findability", token, Some(&body)).await.0, 204);
}

/// All ways of one pair, with one code each.
async fn ask_all_ways(
    fixture: &Fixture,
    times: &Times,
    (turn, asker): (usize, &Person),
    phones: [&str; 2],
    new_phones: [&str; 2],
) {
    let asking = (fixture, times, turn);
    let messages = || phones.map(|phone| fixture.sms.all_to(phone).len());
    let before = messages();
    let sent = ask_both(asking, "a code", async |which: usize| {
        fixture.post("otp-challenges", &json!({"phone": phones[which]})).await
    });
    let challenges = sent.await.map(|body| body["challenge_id"].as_str().unwrap().to_owned());
    let now = messages().map(|count| count.checked_sub(1));
    assert_eq!(now, before.map(Some), "one message for either");
    let wrong = phones.map(|phone| {
        let message = fixture.sms.newest_to(phone);
        other_than(&message.strip_prefix("Your PayMe code is ").unwrap()[..6])
    });

    for (way, path) in [("a log-in on a new device", "devices"), ("a sign-up", "users")] {
        ask_both(asking, way, async |which: usize| {
            let device = Device::new();
            let body = registration(&challenges[which], wrong[which], PIN, &device);
            fixture.post(path, &body).await
        })
        .await;
    }
    ask_both(asking, "calling a recovery off", async |which: usize| {
        let body = json!({"challenge_id": challenges[which], "code": wrong[which]});
        fixture.post("recoveries/current/cancel", &body).await
    })
    .await;

    let codes = [fixture.challenge(new_phones[0]).await, fixture.challenge(new_phones[1]).await];
    ask_both(asking, "a recovery", async |which: usize| {
        let (challenge_id, code) = &codes[which];
        let body = json!({"phone": phones[which], "challenge_id": challenge_id, "code": code});
        fixture.post("recoveries", &body).await
    })
    .await;

    let token = Some(asker.access_token());
    ask_both(asking, "a look-up of who is hidden", async |which: usize| {
        fixture.call("POST", "phone-lookups", token, Some(&json!({"phone": phones[which]}))).await
    })
    .await;
    // Both at once: each takes 150 ms.
    let ask = |which: usize| {
        let body = json!({"phones": [phones[which]]});
        timed(async move { fixture.call("POST", "contact-matches", token, Some(&body)).await })
    };
    let order = order(turn);
    let (one, two) = join!(ask(order[0]), ask(order[1]));
    assert_eq!(one.1, two.1);
    times.take("an address book", if order == [0, 1] { [one.0, two.0] } else { [two.0, one.0] });
}

#[tokio::test]
async fn neither_answers_nor_times_nor_messages_tell_which_numbers_have_an_account() {
    let samples = env::var("SOAK_SAMPLES").map_or(SAMPLES, |text| text.parse().unwrap());
    let rounds = samples.div_ceil(2 * PAIRS_PER_ROUND * CODES);
    let mut fixture = Fixture::new().await;
    let mut people = Vec::new();
    for _ in 0..=PAIRS_PER_ROUND {
        people.push(fixture.sign_up().await);
    }
    for person in &people {
        hide(&fixture, person).await;
    }
    let strangers: Vec<String> = people.iter().map(|_| new_phone()).collect();
    let times = Times::default();
    let mut turn = 0_usize;
    for _ in 0..rounds {
        let random = [*Uuid::new_v4().as_bytes(), *Uuid::new_v4().as_bytes()].concat();
        // What was counted before is forgotten.
        let key = STANDARD.encode(random);
        fixture = fixture.with_config(|config| config.digest_key = key).await;
        let mut logged_in = Vec::new();
        for person in people {
            logged_in.push(fixture.log_in(person).await);
        }
        people = logged_in;
        let asked = people.iter().zip(people.iter().skip(1)).zip(&strangers);
        for ((asker, person), stranger) in asked {
            let new_phones = [new_phone(), new_phone()];
            for _ in 0..CODES {
                let phones = [&*person.phone, stranger];
                let new_phones = [&*new_phones[0], &*new_phones[1]];
                ask_all_ways(&fixture, &times, (turn, asker), phones, new_phones).await;
                turn = turn.wrapping_add(1);
            }
        }
    }
    times.judge(samples);
}
