//! A link on which a client sends events.

use std::sync::Arc;

use fe2o3_amqp::{Receiver, link::delivery::DeliveryInfo};
use fe2o3_amqp_types::{
    definitions::{AmqpError, Error},
    messaging::Body,
    primitives::Value,
};

use crate::{
    event::{AnyMessage, Incoming},
    hubs::Hub,
};

/// Where the events of a link go.
#[derive(Debug)]
pub(crate) struct Destination {
    pub(crate) hub: Arc<Hub>,
    /// An id the hub has; `None` leaves the choice to the hub.
    pub(crate) partition: Option<String>,
}

/// Stores what is sent and acknowledges it once it is synced, until the link ends or is detached on
/// demand.
pub(crate) async fn serve(mut link: Receiver, destination: Destination) {
    let mut detachment = destination.hub.faults.detachment();
    loop {
        let received = tokio::select! {
            received = link.recv::<Body<Value>>() => received,
            reason = detachment.demanded() => {
                if let Err(error) = link.close_with_error(reason).await {
                    tracing::debug!(%error, "a producer's link was not detached cleanly");
                }
                return;
            }
        };
        let delivery = match received {
            Ok(delivery) => delivery,
            Err(error) => {
                tracing::debug!(%error, "a producer's link ended");
                return;
            }
        };
        let format = delivery.message_format().unwrap_or_default();
        let info = DeliveryInfo::from(&delivery);
        let disposed = match destination.store(format, delivery.into_message()).await {
            Ok(()) => link.accept(info).await,
            Err(reason) => {
                tracing::warn!(hub = destination.hub.name, ?reason, "rejected a send");
                link.reject(info, reason).await
            }
        };
        if let Err(error) = disposed {
            tracing::debug!(%error, "a producer's link ended");
            return;
        }
    }
}

impl Destination {
    async fn store(&self, format: u32, message: AnyMessage) -> Result<(), Error> {
        let incoming = Incoming::from_message(format, message)?;
        self.hub.faults.delay().await;
        self.hub.faults.admit(incoming.events.len())?;
        let partition = match &self.partition {
            Some(id) => self.hub.partition(id),
            None => self.hub.choose(incoming.partition_key.as_deref()),
        };
        let partition = partition.ok_or_else(|| failure("the partition is gone".to_owned()))?;
        partition.append(incoming.events).await.map_err(|error| failure(error.to_string()))
    }
}

fn failure(description: String) -> Error {
    Error::new(AmqpError::InternalError, Some(description), None)
}
