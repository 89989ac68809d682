//! A batch on a real database: whatever is in it, whatever fails and whoever delivers it as well,
//! each event has its effect once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod failures;
mod twins;

use std::sync::Mutex;

use events::{Envelope, Event};
use inbox::{Effect, Failure};
use mysql_async::prelude::Queryable;
use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::{Batch, Error};
use testkit::{FreshDatabase, event};

const CONSUMER: &str = "test_on_noted";

mod embedded {
    // Any service's schema that consumes has the two tables.
    refinery::embed_migrations!("../../handlers/user-profile/migrations");
}

/// Something to write down.
#[derive(Serialize, Deserialize)]
struct NotedV1 {
    note: String,
}

impl Event for NotedV1 {
    const TYPE: &'static str = "payme.test.noted.v1";
}

fn noted(note: &str) -> Envelope {
    event("subject", &NotedV1 { note: note.to_owned() })
}

/// What `Scene::notes` shows of them, in order.
fn all(notes: &[&str]) -> Vec<String> {
    notes.iter().map(|note| (*note).to_owned()).collect()
}

/// The two ways to apply a batch: the same must be true of both.
#[derive(Clone, Copy, Debug)]
enum Way {
    OneByOne,
    Together,
}

const WAYS: [Way; 2] = [Way::OneByOne, Way::Together];

struct Scene {
    database: FreshDatabase,
    /// How many events each transaction was to apply.
    applied: Mutex<Vec<usize>>,
}

impl Scene {
    /// Notes are short, and `locked` is a row that others may lock.
    async fn new() -> Self {
        let database = FreshDatabase::new(embedded::migrations::runner()).await;
        let mut conn = database.pool.get_conn().await.unwrap();
        for sql in [
            "CREATE TABLE notes (id INT AUTO_INCREMENT PRIMARY KEY, note VARCHAR(8) NOT NULL)",
            "CREATE TABLE locks (name VARCHAR(8) PRIMARY KEY, times INT NOT NULL)",
            "INSERT INTO locks VALUES ('locked', 0)",
        ] {
            conn.query_drop(sql).await.unwrap();
        }
        Self { database, applied: Mutex::default() }
    }

    async fn deliver(&self, way: Way, events: &[Envelope]) -> Result<(), Error> {
        let texts = events.iter().map(|event| serde_json::to_string(event).unwrap());
        self.deliver_texts(way, texts.collect()).await
    }

    async fn deliver_texts(&self, way: Way, events: Vec<String>) -> Result<(), Error> {
        let (database, batch) = (&self.database.database, Batch { function: CONSUMER, events });
        match way {
            Way::OneByOne => {
                inbox::consume(database, batch, |tx, event| Box::pin(note(tx, event))).await
            }
            Way::Together => inbox::consume_together(database, batch, note_all).await,
        }
    }

    async fn deliver_counted(&self, events: &[Envelope]) -> Result<(), Error> {
        let texts = events.iter().map(|event| serde_json::to_string(event).unwrap());
        let batch = Batch { function: CONSUMER, events: texts.collect() };
        inbox::consume_together(&self.database.database, batch, |tx, events| {
            self.applied.lock().unwrap().push(events.len());
            note_all(tx, events)
        })
        .await
    }

    async fn notes(&self) -> Vec<String> {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        conn.query("SELECT note FROM notes ORDER BY id").await.unwrap()
    }

    async fn counts(&self) -> (u64, u64) {
        (self.database.count("inbox").await, self.database.count("parked_events").await)
    }
}

fn note_all<'a>(tx: &'a mut Tx, events: &'a [&'a Envelope]) -> Effect<'a> {
    Box::pin(async move {
        for event in events {
            note(tx, event).await?;
        }
        Ok(())
    })
}

async fn note(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let note = inbox::decode::<NotedV1>(event)?.unwrap().note;
    match &*note {
        "poison" => return Err(Failure::poison("no repeat will help")),
        "crash" => tx.query_drop("KILL CONNECTION_ID()").await?,
        "locked" => {
            tx.query_drop("UPDATE locks SET times = times + 1 WHERE name = 'locked'").await?;
        }
        _ => {}
    }
    Ok(tx.exec_drop("INSERT INTO notes (note) VALUES (?)", (note,)).await?)
}
