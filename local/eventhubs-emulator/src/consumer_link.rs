//! A link on which a client receives the events of one partition.

use std::sync::Arc;

use fe2o3_amqp::{Sender, link::SendError};
use fe2o3_amqp_types::definitions::{AmqpError, Error, LinkError};
use tokio::task;

use crate::{
    event,
    hubs::Hub,
    log::{LogError, LogReader, Record, now_ms},
    readers::Seat,
    settled,
};

/// Why a consumer gets no more events.
#[derive(Debug, thiserror::Error)]
enum ConsumerError {
    #[error("{0}")]
    Log(#[from] LogError),
    #[error("a stored event cannot be decoded: {0}")]
    Decode(#[from] serde_amqp::Error),
    #[error("the reading task failed: {0}")]
    Reader(#[from] task::JoinError),
    #[error("{0}")]
    Link(#[from] SendError),
    #[error("a receiver of the same owner level or a higher one reads this partition now")]
    Taken,
    #[error("{0:?}")]
    Detached(Error),
}

/// What a consumer reads.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) hub: Arc<Hub>,
    pub(crate) reader: LogReader,
    pub(crate) seat: Seat,
}

/// Sends the events the reader gives, as the client's credit allows, and then waits for new ones,
/// until the link ends, is detached on demand, or another reader takes the partition. With each it
/// tells where the partition ends, if the client asked for it.
pub(crate) async fn serve(mut link: Sender, reading: Reading, tells_end: bool) {
    let Reading { hub, reader, mut seat } = reading;
    let mut detachment = hub.faults.detachment();
    let outcome = tokio::select! {
        outcome = send_events(&mut link, &hub, reader, tells_end) => outcome,
        () = seat.taken() => Err(ConsumerError::Taken),
        reason = detachment.demanded() => Err(ConsumerError::Detached(reason)),
    };
    drop(seat);
    let reason = match outcome {
        Ok(()) => return,
        Err(ConsumerError::Link(error)) => {
            tracing::debug!(%error, "a consumer's link ended");
            return;
        }
        Err(ConsumerError::Detached(reason)) => reason,
        Err(error @ ConsumerError::Taken) => {
            Error::new(LinkError::Stolen, Some(error.to_string()), None)
        }
        Err(error) => {
            tracing::error!(%error, "a consumer cannot be served");
            Error::new(AmqpError::InternalError, Some(error.to_string()), None)
        }
    };
    if let Err(error) = link.close_with_error(reason).await {
        tracing::debug!(%error, "a consumer's link was not detached cleanly");
    }
}

async fn send_events(
    link: &mut Sender,
    hub: &Hub,
    mut reader: LogReader,
    tells_end: bool,
) -> Result<(), ConsumerError> {
    let mut changes = reader.log().changes();
    loop {
        // Marked as seen before reading, so that an event added meanwhile ends the wait below.
        changes.mark_unchanged();
        let events: Vec<Record>;
        (reader, events) = task::spawn_blocking(move || {
            let events = reader.next_events()?;
            Ok::<_, LogError>((reader, events))
        })
        .await??;
        if events.is_empty() {
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return Ok(()) },
                _ = link.on_detach() => return Ok(()),
            }
        }
        hub.faults.delay().await;
        for event in events {
            let mut message = event::to_message(event)?;
            if tells_end {
                let end = event::last_enqueued(&reader.log().state(), now_ms());
                message.delivery_annotations = Some(end);
            }
            settled::send(link, message).await?;
        }
    }
}
