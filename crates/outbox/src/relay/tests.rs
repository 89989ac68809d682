//! The relay on a real database, before a hub that fails as it is told to.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;

use futures_util::future::join_all;
use mysql_async::TxOpts;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use testkit::FreshDatabase;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::*;
use crate::publisher::Job;

const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough for the relay to read what there is.
const READ_TIME: Duration = Duration::from_millis(200);

mod embedded {
    // Any service's schema that publishes has the table.
    refinery::embed_migrations!("../../handlers/user-profile/migrations");
}

/// A relay, and the jobs that it gives to the hub.
struct Scene {
    database: FreshDatabase,
    relay: Arc<Relay>,
    jobs: mpsc::Receiver<Job>,
}

impl Scene {
    async fn new() -> Self {
        let database = FreshDatabase::new(embedded::migrations::runner()).await;
        let (sender, jobs) = mpsc::channel(1);
        let relay = Arc::new(Relay {
            name: "counted",
            database: database.database.clone(),
            publisher: Publisher(sender),
            committed: Notify::new(),
        });
        tokio::spawn(Arc::clone(&relay).run());
        Self { database, relay, jobs }
    }

    async fn begin(&self, subject: &str, body: &str) -> Tx {
        let mut tx = self.database.database.begin().await.unwrap();
        append(&mut tx, subject, body).await;
        tx
    }

    async fn commit(&self, subject: &str, body: &str) {
        self.begin(subject, body).await.commit().await.unwrap();
        self.relay.wake();
    }

    async fn job(&mut self) -> Job {
        tokio::time::timeout(PATIENCE, self.jobs.recv()).await.unwrap().unwrap()
    }

    async fn drained(&self) {
        let start = Instant::now();
        while self.database.count("outbox").await > 0 {
            assert!(start.elapsed() < PATIENCE, "events stay in the outbox");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// As much of a CloudEvent as the relay looks at.
fn event(subject: &str, data: &str) -> String {
    format!(r#"{{"subject":"{subject}","data":"{data}"}}"#)
}

async fn append(conn: &mut impl Queryable, subject: &str, data: &str) {
    conn.query_drop(store::insert_sql(&[event(subject, data)])).await.unwrap();
}

/// Appends so many rows of one event.
async fn append_rows(conn: &mut Conn, count: usize, subject: &str, data: &str) {
    let mut tx = conn.start_transaction(TxOpts::default()).await.unwrap();
    for _ in 0..count {
        append(&mut tx, subject, data).await;
    }
    tx.commit().await.unwrap();
}

fn data(event: &str) -> String {
    serde_json::from_str::<serde_json::Value>(event).unwrap()["data"].as_str().unwrap().to_owned()
}

fn all_data(job: &Job) -> Vec<String> {
    job.rows.iter().flat_map(Row::events).map(data).collect()
}

/// The hub takes the rows of this subject, or of all. Here a row has one event.
fn answer(job: Job, only: Option<&str>) {
    let taken = |row: &&Row| only.is_none_or(|subject| store::subject(&row.body) == subject);
    let sent: Vec<u64> = job.rows.iter().filter(taken).map(|row| row.id).collect();
    let failure = (sent.len() < job.rows.len()).then_some(PublishError::NoPartitions);
    assert!(job.done.send(Published { sent, failure }).is_ok());
}

#[tokio::test]
async fn a_row_that_is_committed_late_goes_before_those_that_followed_it() {
    let mut scene = Scene::new().await;
    let late = scene.begin("a", "a1").await;
    let mut conn = scene.database.pool.get_conn().await.unwrap();
    append_rows(&mut conn, RELAY_ROWS_MAX + 1, "b", "b").await;
    scene.relay.wake();
    let first = scene.job().await;
    assert_eq!(first.rows.len(), RELAY_ROWS_MAX);
    sleep(READ_TIME).await;
    // Its id is below all that was read.
    late.commit().await.unwrap();
    scene.commit("a", "a2").await;
    answer(first, None);
    let second = scene.job().await;
    assert_eq!(all_data(&second), ["b"]);
    sleep(READ_TIME).await;
    answer(second, None);
    let third = scene.job().await;
    assert_eq!(all_data(&third), ["a1", "a2"]);
    answer(third, None);
    scene.drained().await;
}

#[tokio::test]
async fn the_next_rows_are_read_while_some_are_sent_and_wait_for_them() {
    let mut scene = Scene::new().await;
    scene.commit("a", "1").await;
    let first = scene.job().await;
    sleep(READ_TIME).await;
    assert!(scene.jobs.try_recv().is_err());
    answer(first, None);
    scene.commit("a", "2").await;
    let second = scene.job().await;
    assert_eq!(all_data(&second), ["2"]);
    // What was acknowledged is deleted while the next is on its way.
    sleep(READ_TIME).await;
    assert_eq!(scene.database.count("outbox").await, 1);
    answer(second, None);
    scene.drained().await;
}

#[tokio::test]
async fn after_a_failure_nothing_overtakes_what_the_hub_did_not_take() {
    let mut scene = Scene::new().await;
    let mut tx = scene.begin("a", "a1").await;
    for _ in 1..RELAY_ROWS_MAX {
        append(&mut tx, "b", "b").await;
    }
    append(&mut tx, "a", "a2").await;
    tx.commit().await.unwrap();
    scene.relay.wake();
    let first = scene.job().await;
    assert_eq!(first.rows.len(), RELAY_ROWS_MAX);
    // The last row is read while these are sent.
    sleep(READ_TIME).await;
    answer(first, Some("b"));
    let second = scene.job().await;
    assert_eq!(all_data(&second), ["a1", "a2"]);
    answer(second, None);
    scene.drained().await;
}

#[tokio::test]
async fn a_table_with_too_many_gaps_is_relayed_all_the_same() {
    let mut scene = Scene::new().await;
    let mut conn = scene.database.pool.get_conn().await.unwrap();
    conn.query_drop("SET auto_increment_increment = 7").await.unwrap();
    append_rows(&mut conn, 2 * RELAY_ROWS_MAX + 1, "a", "a").await;
    scene.relay.wake();
    for length in [RELAY_ROWS_MAX, RELAY_ROWS_MAX, 1] {
        let job = scene.job().await;
        assert_eq!(job.rows.len(), length);
        answer(job, None);
    }
    scene.drained().await;
}

/// The hub takes of each subject a beginning; what it has not wholly does not count as sent.
fn take_some(job: Job, arrived: &Mutex<BTreeMap<String, Vec<usize>>>) {
    let events = || job.rows.iter().flat_map(|row| row.events().map(move |event| (row, event)));
    let mut taken: HashMap<Cow<'_, str>, usize> = HashMap::new();
    for (_, event) in events() {
        let taken = taken.entry(store::subject(event)).or_default();
        *taken = taken.saturating_add(1);
    }
    for taken in taken.values_mut() {
        if fastrand::u8(..50) == 0 {
            *taken = fastrand::usize(..=*taken);
        }
    }
    let mut refused = BTreeSet::new();
    for (row, event) in events() {
        let subject = store::subject(event);
        let left = taken.get_mut(&subject).unwrap();
        if *left == 0 {
            refused.insert(row.id);
            continue;
        }
        *left = left.saturating_sub(1);
        let number = data(event).parse().unwrap();
        arrived.lock().unwrap().entry(subject.into_owned()).or_default().push(number);
    }
    let sent = job.rows.iter().map(|row| row.id).filter(|id| !refused.contains(id));
    let sent: Vec<u64> = sent.collect();
    let failure = (!refused.is_empty()).then_some(PublishError::NoPartitions);
    assert!(job.done.send(Published { sent, failure }).is_ok());
}

/// Writers whose transactions tell of two subjects each, overlap, commit late, or are undone. The
/// hub takes a part of what it gets. Of each subject all arrive, for the first time in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_overtaken_whatever_commits_late_and_whatever_the_hub_refuses() {
    const SUBJECTS: usize = 6;
    const EVENTS: usize = 60;
    let Scene { database, relay, mut jobs } = Scene::new().await;
    let arrived: Arc<Mutex<BTreeMap<String, Vec<usize>>>> = Arc::default();
    let hub = Arc::clone(&arrived);
    tokio::spawn(async move {
        while let Some(job) = jobs.recv().await {
            sleep(Duration::from_millis(fastrand::u64(..8))).await;
            take_some(job, &hub);
        }
    });
    let writers = (0..SUBJECTS).map(|subject| {
        let (database, relay) = (database.database.clone(), Arc::clone(&relay));
        tokio::spawn(async move {
            for number in 0..EVENTS {
                for is_undone in [fastrand::u8(..4) == 0, false] {
                    let mut tx = database.begin().await.unwrap();
                    let told = [0, SUBJECTS].map(|more| {
                        event(&subject.saturating_add(more).to_string(), &number.to_string())
                    });
                    tx.query_drop(store::insert_sql(&told)).await.unwrap();
                    sleep(Duration::from_millis(fastrand::u64(..12))).await;
                    if is_undone {
                        tx.rollback().await.unwrap();
                        continue;
                    }
                    tx.commit().await.unwrap();
                    relay.wake();
                    break;
                }
            }
        })
    });
    assert!(join_all(writers).await.iter().all(Result::is_ok));
    let start = Instant::now();
    while database.count("outbox").await > 0 {
        assert!(start.elapsed() < PATIENCE * 3, "events stay in the outbox");
        sleep(Duration::from_millis(20)).await;
    }
    let arrived = arrived.lock().unwrap();
    assert_eq!(arrived.len(), 2 * SUBJECTS);
    for (subject, numbers) in &*arrived {
        let mut seen = BTreeSet::new();
        let first: Vec<usize> =
            numbers.iter().copied().filter(|number| seen.insert(*number)).collect();
        assert_eq!(first, (0..EVENTS).collect::<Vec<usize>>(), "{subject}: {numbers:?}");
    }
}
