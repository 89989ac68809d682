//! Lists the container and tells of what has no receipt yet.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use storage_client::{Container, Queue, StorageError};
use time::{Date, OffsetDateTime};
use tokio::time::{MissedTickBehavior, interval};

use crate::cloud_event;
use crate::receipts::Receipts;

const PERIOD: Duration = Duration::from_secs(1);
/// What a queue takes, in base64.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// Why a round was broken off; the next one begins anew.
#[derive(Debug, thiserror::Error)]
enum RoundError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("the receipts cannot be kept: {0}")]
    Receipts(#[from] io::Error),
}

/// A watched container, and the queue that is told.
pub(crate) struct Watch {
    pub(crate) container: Container,
    pub(crate) queue: Queue,
    pub(crate) receipts: Receipts,
    /// How many messages were put since the start.
    pub(crate) told: Arc<AtomicU64>,
}

impl Watch {
    /// Watches for ever.
    pub(crate) async fn run(mut self) {
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_failing = false;
        loop {
            ticks.tick().await;
            let outcome = self.round(OffsetDateTime::now_utc().date()).await;
            match &outcome {
                Err(error) if !is_failing => eprintln!("event-grid: {error}"),
                Ok(()) if is_failing => eprintln!("event-grid: watches again"),
                Ok(()) | Err(_) => {}
            }
            is_failing = outcome.is_err();
        }
    }

    async fn round(&mut self, today: Date) -> Result<(), RoundError> {
        // What was asked for yesterday may be uploaded today.
        let days = [today.previous_day().unwrap_or(today), today];
        self.receipts.keep_only(&days)?;
        for day in days {
            for blob in self.container.list(&folder(day)).await? {
                if self.receipts.has(day, &blob) {
                    continue;
                }
                let message = STANDARD.encode(cloud_event::blob_created(&self.container, &blob));
                if message.len() > MESSAGE_BYTES_MAX {
                    eprintln!("event-grid: {}: too long a name for a message", blob.name);
                } else {
                    self.queue.put(&message).await?;
                    self.told.fetch_add(1, Ordering::Relaxed);
                }
                // Only now: a kill before this line repeats the message, and loses none.
                self.receipts.add(day, &blob)?;
            }
        }
        Ok(())
    }
}

/// The beginning of the names of a day's blobs.
fn folder(day: Date) -> String {
    format!("{:04}/{:02}/{:02}/", day.year(), u8::from(day.month()), day.day())
}
