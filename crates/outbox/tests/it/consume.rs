//! From a delivered batch to its effect.

use events::Envelope;
use futures_util::future::join_all;
use inbox::{Failure, consume};
use mysql_async::prelude::Queryable;
use service::Batch;
use service::database::Tx;
use testkit::{FreshDatabase, event};

use crate::{CountedV1, fresh_database, position};

const CONSUMER: &str = "test_on_counted";

async fn create_effects(database: &FreshDatabase) {
    let mut conn = database.pool.get_conn().await.unwrap();
    conn.query_drop("CREATE TABLE effects (subject VARCHAR(64), position INT)").await.unwrap();
}

async fn apply(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let effect = (&event.subject, position(event));
    Ok(tx.exec_drop("INSERT INTO effects (subject, position) VALUES (?, ?)", effect).await?)
}

fn batch(events: &[Envelope]) -> Batch {
    let texts = events.iter().map(|event| serde_json::to_string(event).unwrap());
    Batch { function: CONSUMER, events: texts.collect() }
}

async fn deliver(database: &FreshDatabase, events: &[Envelope]) {
    let consumed =
        consume(&database.database, batch(events), |tx, event| Box::pin(apply(tx, event)));
    consumed.await.unwrap();
}

/// Consumes what arrived, each partition three times at once and in other batches.
pub(crate) async fn each_takes_effect_once(database: &FreshDatabase, partitions: &[Vec<Envelope>]) {
    create_effects(database).await;
    let deliveries = partitions.iter().flat_map(|partition| {
        [1, 7, 100].map(|length| async move {
            for batch in partition.chunks(length) {
                deliver(database, batch).await;
            }
        })
    });
    join_all(deliveries).await;

    let mut event_ids: Vec<&str> =
        partitions.iter().flatten().map(|event| event.id.as_str()).collect();
    event_ids.sort_unstable();
    event_ids.dedup();
    let mut conn = database.pool.get_conn().await.unwrap();
    let different: Option<u64> =
        conn.query_first("SELECT COUNT(DISTINCT subject, position) FROM effects").await.unwrap();
    let expected = u64::try_from(event_ids.len()).unwrap();
    assert_eq!((different, database.count("effects").await), (Some(expected), expected));
    assert_eq!(database.count("parked_events").await, 0);
}

#[tokio::test]
async fn an_effect_that_fails_halfway_is_undone_and_done_at_the_next_delivery() {
    let database = fresh_database().await;
    create_effects(&database).await;
    let counted = event("a", &CountedV1 { position: 0 });
    let batch = batch(std::slice::from_ref(&counted));
    let consumed = consume(&database.database, batch, |tx, event| {
        Box::pin(async move {
            apply(tx, event).await?;
            Err(Failure::Database(mysql_async::DriverError::PoolDisconnected.into()))
        })
    });
    assert!(consumed.await.is_err());
    assert_eq!((database.count("effects").await, database.count("inbox").await), (0, 0));
    deliver(&database, &[counted]).await;
    assert_eq!((database.count("effects").await, database.count("inbox").await), (1, 1));
}
