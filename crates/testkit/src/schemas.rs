//! Migrated schemas that the tests of one process take one after the other: a hundred migrations
//! cost more than most tests. A test finds its schema as the migrations left it, or gets another.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};
use refinery::{Runner, Target};
use uuid::Uuid;

/// A test's tasks end with its runtime, right after it gave its schema back; until then they could
/// still open a connection.
const REST: Duration = Duration::from_secs(1);
/// Whoever leaves more rows leaves the schema to nobody: to migrate takes less than to delete them.
const ROWS_MAX: u64 = 20_000;

/// By their server, and what they were migrated with.
static KEPT: LazyLock<Mutex<HashMap<String, Kept>>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Kept {
    /// As the migrations left it: nobody's, with the rows that they wrote.
    original: Option<Schema>,
    /// Given back, and when.
    resting: Vec<(String, Instant)>,
}

/// A schema's name, and what it is made of.
#[derive(Clone)]
struct Schema {
    name: String,
    /// Each table with its definition.
    tables: Vec<(String, String)>,
}

/// A schema that one test has. It gives it back as it is.
pub(crate) struct Lease {
    pub(crate) name: String,
    migrations: String,
}

impl Drop for Lease {
    fn drop(&mut self) {
        with_kept(&self.migrations, |kept| {
            kept.resting.push((std::mem::take(&mut self.name), Instant::now()));
        });
    }
}

/// A migrated schema that nobody else has: of that version, or the newest.
pub(crate) async fn lease(server: &str, migrations: Runner, version: Option<i32>) -> Lease {
    let listed = migrations.get_migrations();
    let key = listed.iter().fold(format!("{server} {version:?}"), |mut key, migration| {
        write!(key, " {} {}", migration.version(), migration.checksum()).expect("a text grows");
        key
    });
    let runner = || match version {
        Some(version) => Runner::new(listed).set_target(Target::Version(version)),
        None => Runner::new(listed),
    };
    let mut admin = Conn::new(Opts::from_url(server).expect("a URL")).await.expect("a connection");
    let mut name = None;
    while let Some(rested) = with_kept(&key, Kept::take_rested) {
        let original = match with_kept(&key, |kept| kept.original.clone()) {
            Some(original) => original,
            None => {
                let original = original(&mut admin, server, runner()).await;
                with_kept(&key, |kept| kept.original = Some(original.clone()));
                original
            }
        };
        if is_unused(&mut admin, &rested).await && empty(&mut admin, &original, &rested).await {
            name = Some(rested);
            break;
        }
    }
    let name = match name {
        Some(name) => name,
        None => migrated(&mut admin, server, runner()).await,
    };
    admin.disconnect().await.expect("the connection closes");
    Lease { name, migrations: key }
}

impl Kept {
    fn take_rested(&mut self) -> Option<String> {
        let rested = self.resting.iter().position(|(_, since)| since.elapsed() >= REST)?;
        Some(self.resting.swap_remove(rested).0)
    }
}

fn with_kept<T>(migrations: &str, act: impl FnOnce(&mut Kept) -> T) -> T {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    act(kept.entry(migrations.to_owned()).or_default())
}

async fn original(admin: &mut Conn, server: &str, migrations: Runner) -> Schema {
    let name = migrated(admin, server, migrations).await;
    let tables = definitions(admin, &name).await;
    Schema { name, tables }
}

async fn migrated(admin: &mut Conn, server: &str, migrations: Runner) -> String {
    let name = format!("test_{}", Uuid::new_v4().simple());
    let create = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4");
    admin.query_drop(create).await.expect("a schema");
    let url = format!("{server}/{name}");
    service::database::migrate(&url, migrations).await.expect("the migrations run");
    name
}

/// Whether the test that had it has let go of it.
async fn is_unused(admin: &mut Conn, name: &str) -> bool {
    let count = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = ?";
    let count: Option<u64> = admin.exec_first(count, (name,)).await.expect("a count");
    count == Some(0)
}

/// Makes its rows the original's; false if its tables are others by now.
async fn empty(admin: &mut Conn, original: &Schema, name: &str) -> bool {
    if definitions(admin, name).await != original.tables {
        return false;
    }
    let names: Vec<&str> = original.tables.iter().map(|(table, _)| table.as_str()).collect();
    let rows = counts(admin, name, &names).await;
    if rows.iter().map(|(_, rows)| rows).sum::<u64>() > ROWS_MAX {
        return false;
    }
    let originals = counts(admin, &original.name, &names).await;
    replace(admin, name, &filled(rows), &original.name, &filled(originals)).await;
    true
}

/// The rows that a schema had at a moment, in tables without keys, which stay as long as the
/// server.
pub struct Snapshot {
    copy: String,
    filled: Vec<String>,
}

pub(crate) async fn snapshot(server: &str, name: &str) -> Snapshot {
    let mut admin = Conn::new(Opts::from_url(server).expect("a URL")).await.expect("a connection");
    let filled = filled_tables(&mut admin, name).await;
    let copy = format!("copy_{}", Uuid::new_v4().simple());
    let mut texts = format!("CREATE DATABASE {copy};");
    for table in &filled {
        write!(texts, "CREATE TABLE {copy}.`{table}` AS SELECT * FROM {name}.`{table}`;")
            .expect("a text grows");
    }
    admin.query_drop(texts).await.expect("a copy of the rows");
    admin.disconnect().await.expect("the connection closes");
    Snapshot { copy, filled }
}

pub(crate) async fn restore(server: &str, name: &str, snapshot: &Snapshot) {
    let mut admin = Conn::new(Opts::from_url(server).expect("a URL")).await.expect("a connection");
    let changed = filled_tables(&mut admin, name).await;
    replace(&mut admin, name, &changed, &snapshot.copy, &snapshot.filled).await;
    admin.disconnect().await.expect("the connection closes");
}

async fn filled_tables(admin: &mut Conn, name: &str) -> Vec<String> {
    let tables = table_names(admin, name).await;
    filled(counts(admin, name, &tables).await)
}

/// How many rows each table has.
async fn counts<T: AsRef<str>>(admin: &mut Conn, name: &str, tables: &[T]) -> Vec<(String, u64)> {
    let counts: Vec<String> = tables
        .iter()
        .map(|table| {
            let table = table.as_ref();
            format!("SELECT '{table}', (SELECT COUNT(*) FROM {name}.`{table}`)")
        })
        .collect();
    admin.query(counts.join(" UNION ALL ")).await.expect("counts")
}

fn filled(counts: Vec<(String, u64)>) -> Vec<String> {
    counts.into_iter().filter(|(_, rows)| *rows > 0).map(|(table, _)| table).collect()
}

/// Puts the rows of another schema's tables in the place of those that these tables have.
async fn replace(
    admin: &mut Conn,
    name: &str,
    tables: &[String],
    other: &str,
    others_tables: &[String],
) {
    let mut texts = String::from("SET foreign_key_checks = 0;");
    for table in tables {
        write!(texts, "DELETE FROM {name}.`{table}`;").expect("a text grows");
    }
    for table in others_tables {
        let columns = written_columns(admin, name, table).await;
        write!(
            texts,
            "INSERT INTO {name}.`{table}` ({columns}) SELECT {columns} FROM {other}.`{table}`;"
        )
        .expect("a text grows");
    }
    admin.query_drop(texts).await.expect("the rows of the other schema");
}

async fn table_names(admin: &mut Conn, schema: &str) -> Vec<String> {
    let names =
        "SELECT table_name FROM information_schema.tables WHERE table_schema = ? ORDER BY 1";
    admin.exec(names, (schema,)).await.expect("the tables")
}

/// Those that the table does not compute itself, as a list of SQL.
async fn written_columns(admin: &mut Conn, schema: &str, table: &str) -> String {
    let columns = "SELECT column_name FROM information_schema.columns
         WHERE table_schema = ? AND table_name = ? AND is_generated = 'NEVER'
         ORDER BY ordinal_position";
    let columns: Vec<String> = admin.exec(columns, (schema, table)).await.expect("the columns");
    columns.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ")
}

/// Without the counters, which only grow.
async fn definitions(admin: &mut Conn, schema: &str) -> Vec<(String, String)> {
    let names = table_names(admin, schema).await;
    let mut tables = Vec::new();
    for name in names {
        let show = format!("SHOW CREATE TABLE {schema}.`{name}`");
        let shown: Option<(String, String)> = admin.query_first(show).await.expect("a table");
        let (_, text) = shown.expect("a definition");
        let lines = text.lines().map(|line| match line.split_once(" AUTO_INCREMENT=") {
            Some((before, after)) => {
                format!("{before}{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
            }
            None => line.to_owned(),
        });
        tables.push((name, lines.collect()));
    }
    tables
}
