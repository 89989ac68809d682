//! The handler, its database and the broker that it tells of them are killed again and again while
//! hundreds of operations are in flight.
//!
//! The sandbox bank is no process: it stands in the handler and dies with it. What a bank that dies
//! leaves behind is a word that comes late, twice, out of order or never, and so it answers to some
//! of the amounts here.
//!
//! Each client repeats under its key until it has an answer. Afterwards nothing is lost, nothing is
//! doubled, an answer that was ever given is given again, and others are told of each movement
//! once. `make test` plays a few rounds with a fixed seed, `make soak` many; a failure prints the
//! seed that plays the same again.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
#![expect(clippy::print_stdout, reason = "a seed is printed to be played again")]

mod broker;
mod endings;
mod killed;
mod server;
mod town;
mod wanted;

use std::collections::BTreeSet;
use std::env;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use events::payments::MoneyMovedV1;
use futures_util::future::join_all;
use mysql_async::Pool;
use payments::migrations;
use reqwest::Client;
use serde_json::{Value, json};
use testkit::{FreshDatabase, Program, identity_secret};
use tokio::time::sleep;
use values::StepUpPolicy;

use crate::held_payments::holding;
use crate::limits::assert_limits_add_up;
use crate::parcels::{PAY_LINKS, RED_PACKETS};
use crate::{Fixture, Person};
use broker::{Broker, identity};
use endings::Ending;
use killed::Killed;
use server::Server;
use town::Town;
use wanted::Wanted;

const ROUNDS: u64 = 3;
const SEED: u64 = 20_261_128;
/// Operations in flight in each round.
const OPERATIONS: u64 = 500;
const PEOPLE: usize = 20;
const MONEY: i64 = 500_000;
const GIVEN_BACK_IN_PARTS: i64 = 250_000;
/// What shops hold of each person.
const HELD: i64 = 12_850;
/// Red packets of a cent for each person.
const PACKETS: usize = 20;
/// What waits in the link that each person has made before.
const LINKED: i64 = 7;
/// What is in a link that will be claimed or cancelled, and in requests that will be declined.
const ENDED: i64 = 11;
/// Of a payment that its payer may dispute.
const DISPUTED: i64 = 300;
const DISPUTES: &str = "/api/v1/disputes";
/// What each person sends the next, and a reviewer looks at.
const REVIEWED: i64 = 5_000;
/// What may be brought in in a day for whoever has nothing.
const LACKED_MAX: i64 = 5_000;
/// What each person will pay the next on a date.
const SCHEDULED: i64 = 3;
/// How long a handler outlives its database, at most.
const HANDLER_LIVES_MS: u64 = 100;
/// A killed handler serves again in this time.
const START_LIMIT: Duration = Duration::from_secs(20);
const REPEAT_LIMIT: Duration = Duration::from_secs(60);
const REPEAT_PAUSE: Duration = Duration::from_millis(50);
/// How often answers are counted.
const ANSWERS_PAUSE: Duration = Duration::from_millis(1);
/// All that others are to be told has arrived in this time.
const DRAIN_LIMIT: Duration = Duration::from_secs(60);

/// Splitmix64: a few lines that give the same numbers for ever.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let index = self.below(u64::try_from(all.len()).unwrap());
        &all[usize::try_from(index).unwrap()]
    }
}

/// The service's own program, which ends as `kill -9` ends it.
struct Handler {
    process: Child,
    url: String,
}

impl Handler {
    async fn start(
        fixture: &Fixture,
        client: &Client,
        (identity, broker): (&Program, &Broker),
    ) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(env!("CARGO_BIN_EXE_payments"))
            .env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string())
            .env("PAYMENTS_MYSQL_URL", &fixture.database.url)
            .env("PAYMENTS_REPLICA_ADDRESS", "127.0.0.1:9")
            .env("AUTH_URL", &fixture.issuer.auth_url)
            .env("PAYMENTS_NOTIFICATION_URL", "http://127.0.0.1:9")
            .env("PAYMENTS_BANK", "sandbox")
            .env("PAYMENTS_VAULT_URL", "https://127.0.0.1:9")
            .env("PAYMENTS_SEALING_VAULT_URL", "https://127.0.0.1:9")
            .env("PAYMENTS_EVENTS_ENDPOINT", broker.endpoint())
            .env("IDENTITY_ENDPOINT", format!("{}/msi/token", identity.url))
            .env("IDENTITY_HEADER", identity_secret())
            .env("AZURE_CLIENT_ID", "test")
            .env("RUST_LOG", "off")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let began = Instant::now();
        let health = format!("{url}/api/v1/payments/health/ready");
        while !client.get(&health).send().await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(began.elapsed() < START_LIMIT, "the handler does not serve");
            sleep(REPEAT_PAUSE).await;
        }
        Self { process, url }
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn setting(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |number| number.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_killed_nothing_is_lost_or_doubled_and_answers_hold() {
    let (rounds, seed) = (setting("SOAK_ROUNDS", ROUNDS), setting("SOAK_SEED", SEED));
    println!("SOAK_ROUNDS={rounds} SOAK_SEED={seed}");
    let (mut random, client) = (Random(seed), Client::new());
    let mut server = Server::started().await;
    let database = FreshDatabase::on(&server.url(), migrations()).await;
    let mut fixture = Fixture::under_on(database, policy()).await;
    let (identity, mut broker) = (identity(), Broker::started());
    let mut handler = Handler::start(&fixture, &client, (&identity, &broker)).await;
    for round in 1..=rounds {
        // New people each time, whose limits allow all that is wanted.
        let mut town = Town::found(&fixture).await;
        let at_first = money_left(&fixture, &town.people).await;
        let keys_at_first = keys(&fixture).await;
        let any = |_| Wanted::any(&mut random, &mut town);
        let wanted: Vec<Wanted> = (0..OPERATIONS).map(any).collect();
        let url = handler.url.clone();
        // Those that the town was founded with go back while it crashes, and dates come.
        Town::expire_links(&fixture).await;
        fixture.days_go_by(2).await;
        let timer = client.post(format!("{url}/payments_do_what_is_due")).json(&json!({}));
        let settling = client.post(format!("{url}/payments_look_after_pending")).json(&json!({}));
        let ended = AtomicU64::new(0);
        let first = send_all(&wanted, &client, &url, &ended);
        // By answers and not by time, so that a slow machine is not killed before the first.
        let (at, killed) = (random.below(OPERATIONS), Killed::in_round(round));
        let handler_lives = random.below(HANDLER_LIVES_MS);
        let broker_crash = broker.crash(Duration::from_millis(random.below(700)));
        let crash = async {
            reached(&ended, at).await;
            let handler_lives = Duration::from_millis(handler_lives);
            killed.crash(handler, handler_lives, &mut server, &fixture).await
        };
        let (first, survivor, (), _, _) =
            tokio::join!(first, crash, broker_crash, timer.send(), settling.send());
        let answered = first.iter().filter(|answer| answer.is_some()).count();
        println!(
            "round {round}: {killed:?} after {at} answers, {answered} of {OPERATIONS} answered"
        );

        handler = match survivor {
            Some(handler) => handler,
            None => Handler::start(&fixture, &client, (&identity, &broker)).await,
        };
        fixture = on_new_connections(fixture);
        let again = wanted.iter().map(|wanted| wanted.repeat(&client, &handler.url));
        // What was begun for a payment that lacked it comes by the timer.
        let (again, ()) = tokio::join!(join_all(again), fixture.hear_the_bank());
        for ((first, again), wanted) in first.into_iter().zip(again).zip(&wanted) {
            assert_answered(wanted, first, &again);
        }
        assert_eq!(fixture.settle_yesterday().await, 200);
        fixture.hear_the_bank().await;
        town.assert_settled(&fixture).await;
        // What was brought in for them was paid, and no more.
        assert_eq!(money_left(&fixture, &town.lacking).await, 0);
        let taken = wanted.iter().filter(|wanted| wanted.takes_key()).count();
        assert_eq!(keys(&fixture).await, keys_at_first + u64::try_from(taken).unwrap());
        // The links that were there are back, whether the crash came before or after that, and each
        // date was paid once.
        assert_eq!(fixture.return_overdue().await, 200);
        assert_dates_are_paid(&fixture, round * u64::try_from(PEOPLE).unwrap()).await;
        let spent: i64 = wanted.iter().map(|wanted| wanted.spends).sum();
        let left = at_first + LINKED * i64::try_from(PEOPLE).unwrap() - spent;
        assert_eq!(money_left(&fixture, &town.people).await, left);
        assert_audits(&fixture).await;
        // In the end nothing waits for anybody.
        let waiting = waiting(&wanted, &town);
        assert_eq!(fixture.in_escrow().await, waiting);
        fixture.set_expiry(-1).await;
        assert_eq!(fixture.return_overdue().await, 200);
        assert_eq!(fixture.in_escrow().await, 0);
        assert_eq!(money_left(&fixture, &town.people).await, left + waiting);
        assert_audits(&fixture).await;
        all_is_told(&fixture, &client, &handler.url).await;
    }
    each_movement_has_arrived_once(&fixture, &broker).await;
}

/// As it must end, and as it was answered before, if it was.
fn assert_answered(wanted: &Wanted, first: Option<String>, again: &str) {
    if let Some(status) = wanted.ends_as() {
        assert!(again.contains(&format!(r#""status":"{status}""#)), "{again}");
    }
    let Some(first) = first else { return };
    let is_same = first == again || wanted.goes_on() && begun(&first) == begun(again);
    assert!(is_same, "{first}, then {again}");
}

/// What is in links and packets that nobody has opened.
fn waiting(wanted: &[Wanted], town: &Town) -> i64 {
    let parcels = wanted.iter().filter(|wanted| [PAY_LINKS, RED_PACKETS].contains(&&*wanted.path));
    let in_parcels: i64 = parcels.map(|wanted| wanted.spends).sum();
    let in_links: i64 = town.endings.iter().map(Ending::in_link).sum();
    in_parcels + in_links + i64::try_from(town.unopened.len()).unwrap()
}

/// A reviewer looks at what people send each other, if it is much.
fn policy() -> StepUpPolicy {
    let mut policy = holding();
    policy.rules.extend(StepUpPolicy::allow_all().rules);
    policy
}

/// Where something would be told once of each connection that it is gone.
fn on_new_connections(fixture: Fixture) -> Fixture {
    let instance = fixture.another_instance();
    let mut fixture = fixture.served_by(instance);
    fixture.database.pool = Pool::from_url(&fixture.database.url).unwrap();
    fixture
}

async fn assert_dates_are_paid(fixture: &Fixture, dates: u64) {
    for paid in
        ["schedule_occurrences WHERE status = 'paid'", "operations WHERE confirmed_by = 'schedule'"]
    {
        assert_eq!(fixture.database.count(paid).await, dates);
    }
}

/// What each was answered, and how many were so far.
async fn send_all(
    wanted: &[Wanted],
    client: &Client,
    url: &str,
    ended: &AtomicU64,
) -> Vec<Option<String>> {
    join_all(wanted.iter().map(async |wanted| {
        let answer = wanted.send(client, url).await;
        ended.fetch_add(1, Ordering::Relaxed);
        answer
    }))
    .await
}

async fn reached(ended: &AtomicU64, count: u64) {
    let began = Instant::now();
    while ended.load(Ordering::Relaxed) < count {
        assert!(began.elapsed() < DRAIN_LIMIT, "fewer than {count} answers came");
        sleep(ANSWERS_PAUSE).await;
    }
}

/// Those that clients have used: each shop's day has one, too, and so have a dispute's refund and
/// what is brought in for a payment.
async fn keys(fixture: &Fixture) -> u64 {
    let mut keys = fixture.database.count("operation_keys").await;
    for of_ours in ["settlements", "disputes WHERE refund_id IS NOT NULL", "automatic_top_up_uses"]
    {
        keys -= fixture.database.count(of_ours).await;
    }
    keys
}

/// The outbox is empty.
async fn all_is_told(fixture: &Fixture, client: &Client, url: &str) {
    let began = Instant::now();
    while fixture.database.count("outbox").await > 0 {
        assert!(began.elapsed() < DRAIN_LIMIT, "events stay in the outbox");
        // It wakes the relay.
        let timer = client.post(format!("{url}/payments_do_what_is_due")).json(&json!({}));
        timer.send().await.unwrap();
        sleep(REPEAT_PAUSE).await;
    }
}

async fn each_movement_has_arrived_once(fixture: &Fixture, broker: &Broker) {
    let arrived = broker.arrived();
    let moved = arrived.values().filter_map(|event| event.decode::<MoneyMovedV1>());
    let moved: Vec<String> = moved.map(|moved| moved.unwrap().operation_id).collect();
    let completed = fixture.database.count("operations WHERE state = 'completed'").await;
    assert_eq!(u64::try_from(moved.len()).unwrap(), completed);
    assert_eq!(moved.iter().collect::<BTreeSet<_>>().len(), moved.len());
}

/// The books agree with each other, and what is used of limits with them.
async fn assert_audits(fixture: &Fixture) {
    let audit = fixture.audit().await;
    assert_eq!(audit["balanced"], true, "{audit}");
    assert_limits_add_up(fixture).await;
}

/// The id of what was begun.
fn begun(answer: &str) -> Value {
    let answer: Value = serde_json::from_str(answer).unwrap();
    let ids = ["top_up_id", "withdrawal_id", "fps_payment_id", "dispute_id"].map(|id| &answer[id]);
    json!([ids, answer["amount"]])
}

async fn money_left(fixture: &Fixture, people: &[Person]) -> i64 {
    join_all(people.iter().map(|person| fixture.balance(person))).await.into_iter().sum()
}
