//! Lists are read on a replica, which is another schema here: what is in it, and how late it is, is
//! what a test copies into it.

use std::time::Duration;

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use payments::{App, migrations, routes};
use serde_json::{Value, json};
use service::Routes;
use testkit::{Answer, Call, FreshDatabase, InProcess};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::{Instant, sleep, timeout};
use values::{BusinessId, Product, Timestamp};

use crate::{Fixture, NO_NOTIFICATION_SERVICE, Person, net, new_key, signed, start_with_replica};

const MOVEMENTS: &str = "/api/v1/wallets/me/movements";
const PAYMENTS: &str = "/api/v1/payments";
const REQUESTS: &str = "/api/v1/payment-requests";
/// What lists read, in any order.
const LISTED: [&str; 6] =
    ["accounts", "operations", "payment_requests", "people", "shops", "transfers"];
/// The table that a test locks to keep lists from ending.
const PAID: &str = "operations";
/// A schema on a server that is away.
const AWAY: &str = "mysql://payments:x@127.0.0.1:9/payments";
/// Lists that an instance reads on the primary at once.
const PRIMARY_READS_MAX: usize = 8;
/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);
const MICROSECONDS: u64 = 1_000_000;

struct Scene {
    fixture: Fixture,
    replica: FreshDatabase,
    owner: Person,
    shop: BusinessId,
    payer: Person,
}

impl Scene {
    /// A payer with money and a shop, and an empty replica.
    async fn set() -> Self {
        let fixture = Fixture::new().await;
        let replica = FreshDatabase::new(migrations()).await;
        let app = start(&fixture, &replica.url);
        let fixture = fixture.served_by(app);
        let (owner, shop) = fixture.shop().await;
        let payer = fixture.consumer_with(90_000).await;
        Self { fixture, replica, owner, shop, payer }
    }

    /// Pays a new request; the answer.
    async fn pay(&self) -> Answer {
        let (request, key) = (self.fixture.request(&self.owner, self.shop).await, new_key());
        let body = signed(&self.payer, self.shop, &request, &key);
        let call = Call::post(PAYMENTS).bearer(&self.payer.token).key(&key).json(&body);
        let answer = self.fixture.send(call).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer
    }

    async fn list(&self, person: &Person, path: &str, read_after: Option<&str>) -> Answer {
        list(&self.fixture.routes, person, path, read_after).await
    }

    /// Lets the replica have all that is committed by now; the beat that it shows then. Read first
    /// and written last, it promises no more than is there.
    async fn replicate(&self) -> u64 {
        let beat = beat(&self.fixture.database).await;
        let schema = |database: &FreshDatabase| database.url.rsplit('/').next().unwrap().to_owned();
        let (from, to) = (schema(&self.fixture.database), schema(&self.replica));
        let mut conn = self.replica.pool.get_conn().await.unwrap();
        // Otherwise a copy would wait for the rows that somebody has locked.
        let isolation = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
        conn.query_drop(isolation).await.unwrap();
        for table in LISTED {
            let copy = format!("REPLACE INTO {to}.{table} SELECT * FROM {from}.{table}");
            conn.query_drop(copy).await.unwrap();
        }
        show(&self.replica, beat).await;
        beat
    }

    /// The list once the replica is read that shows this beat.
    async fn on_replica(&self, path: &str, read_after: Option<&str>, beat: u64) -> Answer {
        self.until(path, read_after, |answer| answer.header("as-of") == moment(beat)).await
    }

    async fn until(
        &self,
        path: &str,
        read_after: Option<&str>,
        is_good: impl Fn(&Answer) -> bool,
    ) -> Answer {
        let start = Instant::now();
        loop {
            let answer = self.list(&self.payer, path, read_after).await;
            if answer.status == 200 && is_good(&answer) {
                return answer;
            }
            assert!(start.elapsed() < PATIENCE, "{}: {}", answer.status, answer.text());
            sleep(Duration::from_millis(50)).await;
        }
    }
}

fn start(fixture: &Fixture, replica_url: &str) -> App {
    start_with_replica(&fixture.database, replica_url, &fixture.issuer, NO_NOTIFICATION_SERVICE)
}

async fn list(at: &Routes, person: &Person, path: &str, read_after: Option<&str>) -> Answer {
    let mut call = Call::get(path).bearer(&person.token);
    if let Some(position) = read_after {
        call = call.header("read-after", position);
    }
    call.send(at).await
}

/// The beat that a schema shows.
async fn beat(database: &FreshDatabase) -> u64 {
    let mut conn = database.pool.get_conn().await.unwrap();
    conn.query_first("SELECT beat FROM replication_heartbeat").await.unwrap().unwrap()
}

async fn show(database: &FreshDatabase, beat: u64) {
    let mut conn = database.pool.get_conn().await.unwrap();
    conn.exec_drop("UPDATE replication_heartbeat SET beat = ?", (beat,)).await.unwrap();
}

/// The next beat of the primary.
async fn next_beat(database: &FreshDatabase) {
    let (before, start) = (beat(database).await, Instant::now());
    while beat(database).await == before {
        assert!(start.elapsed() < PATIENCE);
        sleep(Duration::from_millis(20)).await;
    }
}

fn moment(beat: u64) -> String {
    let moment =
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(beat).saturating_mul(1_000)).unwrap();
    Timestamp::from(moment).to_string()
}

fn now() -> u64 {
    u64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000).unwrap()
}

fn ids(page: &Value) -> Vec<&Value> {
    page["items"].as_array().unwrap().iter().map(|item| &item["payment_id"]).collect()
}

#[tokio::test]
async fn lists_show_what_the_replica_has_and_of_which_moment_and_balances_the_present() {
    let scene = Scene::set().await;
    let first = scene.pay().await.expect(201);
    next_beat(&scene.fixture.database).await;
    let beat = scene.replicate().await;
    let answer = scene.on_replica(PAYMENTS, None, beat).await;
    assert_eq!(ids(&answer.json()), [&first["payment_id"]]);
    assert!(first["completed_at"].as_str().unwrap() <= answer.header("as-of"));
    assert!(answer.headers.get("read-after").is_none(), "the replica does not go back");

    let second = scene.pay().await.expect(201);
    let shop = scene.shop;
    for (person, path, length) in [
        (&scene.payer, PAYMENTS.to_owned(), 1),
        (&scene.payer, MOVEMENTS.to_owned(), 2),
        (&scene.owner, format!("{PAYMENTS}?business_id={shop}"), 1),
        (&scene.owner, format!("{REQUESTS}?business_id={shop}"), 1),
        (&scene.owner, format!("/api/v1/wallets/businesses/{shop}/movements"), 2),
    ] {
        let answer = scene.list(person, &path, None).await;
        assert_eq!(answer.json()["items"].as_array().unwrap().len(), length, "{path}");
        assert_eq!(answer.header("as-of"), moment(beat), "{path}");
    }
    assert_eq!(scene.fixture.balance(&scene.payer).await, 90_000 - 2 * 12_850);
    assert_eq!(scene.fixture.takings(&scene.owner, shop).await, 2 * net(12_850));
    let path = format!("{PAYMENTS}/{}", second["payment_id"].as_str().unwrap());
    assert_eq!(scene.fixture.get(&scene.payer, &path).await, (200, second));
    let (_, home) = scene.fixture.get(&scene.payer, "/api/v1/home").await;
    assert_eq!(home["movements"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn whoever_hands_a_position_back_sees_what_they_did_wherever_it_is_read() {
    let scene = Scene::set().await;
    next_beat(&scene.fixture.database).await;
    let beat = scene.replicate().await;
    scene.on_replica(PAYMENTS, None, beat).await;

    let paid = scene.pay().await;
    let position = paid.header("read-after").to_owned();
    let paid = paid.expect(201);
    let answer = scene.list(&scene.payer, PAYMENTS, Some(&position)).await;
    assert_eq!(ids(&answer.json()), [&paid["payment_id"]]);
    assert!(answer.header("as-of") >= paid["completed_at"].as_str().unwrap());
    let stale = scene.list(&scene.payer, PAYMENTS, None).await;
    assert_eq!((stale.header("as-of"), ids(&stale.json()).len()), (&*moment(beat), 0));

    next_beat(&scene.fixture.database).await;
    let beat = scene.replicate().await;
    let answer = scene.on_replica(PAYMENTS, Some(&position), beat).await;
    assert_eq!(ids(&answer.json()), [&paid["payment_id"]]);
}

#[tokio::test]
async fn a_request_and_its_end_are_listed_for_who_made_them() {
    let scene = Scene::set().await;
    next_beat(&scene.fixture.database).await;
    let beat = scene.replicate().await;
    scene.on_replica(PAYMENTS, None, beat).await;
    let path = format!("{REQUESTS}?business_id={}", scene.shop);
    let body = json!({
        "business_id": scene.shop,
        "amount": {"amount": 12_850, "currency": "HKD"},
        "description": "Table 7",
    });
    let call = Call::post(REQUESTS).bearer(&scene.owner.token).json(&body);
    let created = scene.fixture.send(call.clone()).await;
    let id = created.json()["payment_request_id"].as_str().unwrap().to_owned();
    let cancel = Call::post(&format!("{REQUESTS}/{id}/cancel")).bearer(&scene.owner.token);
    for (answer, status) in [(created, "open"), (scene.fixture.send(cancel).await, "cancelled")] {
        let position = answer.header("read-after");
        let list = scene.list(&scene.owner, &path, Some(position)).await.expect(200);
        let newest = &list["items"][0];
        // The first was answered before the second was done, and may be shown as it is now.
        assert_eq!(newest["payment_request_id"], json!(id), "{status}");
        assert!(newest["status"] == status || status == "open", "{list}");
    }
    // A repeat is answered later, so its position is not before the first one's.
    let repeat = scene.fixture.send(call).await;
    assert_eq!(repeat.header("idempotent-replayed"), "true");
    assert!(!repeat.header("read-after").is_empty());
}

/// Its beats came after the payment had begun, so a position that was a time of the payment's own
/// would be behind them.
#[tokio::test]
async fn a_beat_while_a_payment_is_under_way_does_not_prove_that_the_replica_has_it() {
    let scene = Scene::set().await;
    let mut conn = scene.fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("BEGIN").await.unwrap();
    let payer = scene.payer.user_id.uuid();
    let lock = "SELECT 1 FROM accounts WHERE account_id = ? FOR UPDATE";
    conn.exec_drop(lock, (payer,)).await.unwrap();
    let meanwhile = async {
        sleep(Duration::from_millis(300)).await;
        for _ in 0..2 {
            next_beat(&scene.fixture.database).await;
        }
        let beat = scene.replicate().await;
        conn.query_drop("COMMIT").await.unwrap();
        beat
    };
    let (paid, beat) = tokio::join!(scene.pay(), meanwhile);
    scene.on_replica(PAYMENTS, None, beat).await;
    let answer = scene.list(&scene.payer, PAYMENTS, Some(paid.header("read-after"))).await;
    assert_eq!(ids(&answer.json()), [&paid.expect(201)["payment_id"]]);
}

#[tokio::test]
async fn beats_and_positions_grow_though_the_clock_is_set_back() {
    let scene = Scene::set().await;
    let ahead = now() + 3_600 * MICROSECONDS;
    show(&scene.fixture.database, ahead).await;
    let before: u64 = scene.pay().await.header("read-after").parse().unwrap();
    next_beat(&scene.fixture.database).await;
    let after: u64 = scene.pay().await.header("read-after").parse().unwrap();
    assert!(ahead <= before && before < after, "{ahead} {before} {after}");
}

#[tokio::test]
async fn a_replica_that_is_late_is_not_read() {
    let scene = Scene::set().await;
    next_beat(&scene.fixture.database).await;
    let beat = scene.replicate().await;
    scene.on_replica(PAYMENTS, None, beat).await;
    let paid = scene.pay().await.expect(201);
    show(&scene.replica, now() - 6 * MICROSECONDS).await;
    let answer = scene.until(PAYMENTS, None, |answer| !ids(&answer.json()).is_empty()).await;
    assert_eq!(ids(&answer.json()), [&paid["payment_id"]]);
    let as_of = OffsetDateTime::parse(answer.header("as-of"), &Rfc3339).unwrap();
    assert!((OffsetDateTime::now_utc() - as_of).unsigned_abs() < Duration::from_secs(2));

    next_beat(&scene.fixture.database).await;
    let beat = scene.replicate().await;
    scene.on_replica(PAYMENTS, None, beat).await;
}

#[tokio::test]
async fn while_the_replica_is_away_the_primary_reads_so_many_lists_and_no_more() {
    let scene = Scene::set().await;
    let away = routes(start(&scene.fixture, AWAY));
    let paid = scene.pay().await.expect(201);
    let answer = list(&away, &scene.payer, PAYMENTS, None).await;
    assert_eq!(ids(&answer.expect(200)), [&paid["payment_id"]]);

    let mut conn = scene.fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop(format!("LOCK TABLES {PAID} WRITE")).await.unwrap();
    let held = (0..PRIMARY_READS_MAX).map(|_| list(&away, &scene.payer, PAYMENTS, None));
    let meanwhile = async {
        sleep(Duration::from_millis(300)).await;
        let refused = list(&away, &scene.payer, PAYMENTS, None);
        let refused = timeout(PATIENCE, refused).await.unwrap();
        // What decides, and what must be right, has the other connections.
        let wallet = Call::get("/api/v1/wallets/me").bearer(&scene.payer.token);
        let wallet = wallet.send(&away).await;
        conn.query_drop("UNLOCK TABLES").await.unwrap();
        (refused, wallet)
    };
    let (held, (refused, wallet)) = tokio::join!(join_all(held), meanwhile);
    refused.expect_refusal(503, "try-again");
    assert_eq!(refused.header("retry-after"), "1");
    wallet.expect(200);
    assert!(held.iter().all(|answer| answer.status == 200));
}

#[tokio::test]
async fn pages_hold_each_payment_once_though_they_are_read_on_both_servers() {
    let scene = Scene::set().await;
    let mut paid = vec![scene.pay().await.expect(201)];
    next_beat(&scene.fixture.database).await;
    let beat = scene.replicate().await;
    scene.on_replica(PAYMENTS, None, beat).await;
    paid.push(scene.pay().await.expect(201));
    let newest = scene.pay().await;
    let position = newest.header("read-after").to_owned();
    paid.push(newest.expect(201));

    let page = format!("{PAYMENTS}?limit=1");
    let on_primary = scene.list(&scene.payer, &page, Some(&position)).await;
    let position = on_primary.header("read-after").to_owned();
    let first = on_primary.expect(200);
    let path = format!("{page}&cursor={}", first["next_cursor"].as_str().unwrap());
    // The replica, which is not late, has nothing between this page and the oldest payment.
    let second = scene.list(&scene.payer, &path, Some(&position)).await.expect(200);
    next_beat(&scene.fixture.database).await;
    let beat = scene.replicate().await;
    let path = format!("{page}&cursor={}", second["next_cursor"].as_str().unwrap());
    let third = scene.on_replica(&path, Some(&position), beat).await.expect(200);
    assert_eq!(third["next_cursor"], json!(null));
    let shown = [first, second, third].map(|page| page["items"][0]["payment_id"].clone());
    paid.reverse();
    assert_eq!(shown.to_vec(), paid.iter().map(|it| it["payment_id"].clone()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_position_of_another_form_is_refused() {
    let fixture = Fixture::new().await;
    let payer = fixture.person(Product::Consumer).await;
    for position in ["", "x", "-1", "12345678901234567"] {
        let answer = list(&fixture.routes, &payer, PAYMENTS, Some(position)).await;
        answer.expect_refusal(400, "bad-request");
    }
}
