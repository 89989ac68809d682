//! A database of its own for each test.

use mysql_async::Pool;
use mysql_async::prelude::Queryable;
use outbox::Hub;
use refinery::Runner;
use service::database::Database;
use time::{Duration, OffsetDateTime};
use values::{hong_kong_day, hong_kong_midnight};

use crate::schemas::{self, Lease, Snapshot};

/// No test is longer: one that begins later before midnight would end on another day.
const LONGEST_TEST: Duration = Duration::minutes(4);
/// For so long after midnight no shop is settled, lest a payment of the day before is still on its
/// way, and before and after a month's end a key is written into both; and a little more.
const TURN: Duration = Duration::seconds(5 * 60 + 1);

/// A migrated, empty schema: no other test has it at the same time.
pub struct FreshDatabase {
    /// The `mysql://` URL of the schema.
    pub url: String,
    /// A pool of the test's own, to look behind the service.
    pub pool: Pool,
    /// The schema as a service works with it.
    pub database: Database,
    lease: Lease,
}

impl FreshDatabase {
    /// A schema on which the service's migrations have run, and nothing else.
    pub async fn new(migrations: Runner) -> Self {
        Self::on(&variable("TEST_MYSQL_URL"), migrations).await
    }

    /// The same on another server, for a test that kills it.
    pub async fn on(server: &str, migrations: Runner) -> Self {
        Self::lease(server, migrations, None).await
    }

    /// A schema as it was when this migration was the last.
    pub async fn of_version(migrations: Runner, version: i32) -> Self {
        Self::lease(&variable("TEST_MYSQL_URL"), migrations, Some(version)).await
    }

    async fn lease(server: &str, migrations: Runner, version: Option<i32>) -> Self {
        within_one_day().await;
        let lease = schemas::lease(server, migrations, version).await;
        let url = format!("{server}/{}", lease.name);
        let pool = Pool::from_url(&url).expect("a mysql:// URL");
        let database = service::database::connect("TEST_MYSQL_URL", &url).expect("a mysql:// URL");
        Self { url, pool, database, lease }
    }

    /// The rows that it has, to come back to.
    pub async fn snapshot(&self) -> Snapshot {
        schemas::snapshot(&variable("TEST_MYSQL_URL"), &self.lease.name).await
    }

    /// Makes its rows those of the snapshot.
    pub async fn restore(&self, snapshot: &Snapshot) {
        schemas::restore(&variable("TEST_MYSQL_URL"), &self.lease.name, snapshot).await;
    }

    /// The events that wait in the outbox, in order.
    pub async fn outbox(&self) -> Vec<events::Envelope> {
        let mut conn = self.pool.get_conn().await.expect("a connection");
        let bodies: Vec<String> =
            conn.query("SELECT body FROM outbox ORDER BY id").await.expect("the outbox");
        let events = bodies.iter().flat_map(|body| body.split('\n'));
        events.map(|event| serde_json::from_str(event).expect("an envelope")).collect()
    }

    /// The data of all events of one kind that wait in the outbox, in order.
    pub async fn told<E: events::Event>(&self) -> Vec<E> {
        let events = self.outbox().await;
        events.iter().filter_map(|event| event.decode().map(|data| data.expect("data"))).collect()
    }

    /// The number of rows of a table.
    pub async fn count(&self, table: &str) -> u64 {
        let mut conn = self.pool.get_conn().await.expect("a connection");
        let count = conn.query_first(format!("SELECT COUNT(*) FROM {table}")).await;
        count.expect("a count").expect("one row")
    }
}

/// Limits, takings and statements are of days in Hong Kong, keys of months of UTC: a test counts on
/// seeing one only.
#[expect(clippy::arithmetic_side_effects, reason = "the clock is far from the ends of time")]
async fn within_one_day() {
    let now = OffsetDateTime::now_utc();
    let ahead = now + LONGEST_TEST;
    let midnight = hong_kong_midnight(hong_kong_day(ahead));
    let month = (ahead + TURN).truncate_to_day().replace_day(1).expect("a first day");
    for (from, turn) in [(midnight, midnight), (month - TURN, month)] {
        let until = turn + TURN;
        if (from - LONGEST_TEST..until).contains(&now) {
            tokio::time::sleep((until - now).unsigned_abs()).await;
        }
    }
}

/// A hub that nothing listens at: events stay in the outbox, where a test can read them.
pub fn unreachable_hub(name: &'static str) -> Hub {
    Hub { name, endpoint: "amqp://127.0.0.1:9".to_owned(), client_id: "test".to_owned() }
}

pub(crate) fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run `make test`"))
}
