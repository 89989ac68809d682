//! How this side sends.

use fe2o3_amqp::{Sendable, Sender, link::SendError};

use crate::event::AnyMessage;

/// Sends what needs no acknowledgement: a consumer keeps its place itself, and whoever misses a
/// reply asks again.
///
/// Batchable is the transfer's last field: with it set, none is left out (see `whole_frames`).
pub(crate) async fn send(link: &mut Sender, message: AnyMessage) -> Result<(), SendError> {
    let sendable = Sendable::builder().message(message).settled(true).build();
    link.send_batchable(sendable).await.map(drop)
}
