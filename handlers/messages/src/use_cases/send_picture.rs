//! Somebody sends a picture that they have uploaded.

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, Keyed, Recorded};
use utoipa::ToSchema;
use values::{ConversationId, IdempotencyKey, PictureId};

use super::read_message::MessageBody;
use super::send_message::{Content, Outgoing, send_once};
use crate::App;

/// What is sent.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendPicture {
    /// One that was announced in the last half hour and uploaded.
    picture_id: PictureId,
}

/// What one key stands for.
#[derive(Serialize)]
struct Sent<'a> {
    conversation_id: ConversationId,
    picture: &'a SendPicture,
}

/// Once, and in one conversation: what shows it already is answered like a repeat.
pub(crate) async fn send_picture(
    app: App,
    Id(conversation_id): Id<ConversationId>,
    sender: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<SendPicture>,
) -> Result<Recorded<MessageBody>, Error> {
    let sent = Sent { conversation_id, picture: &input };
    let keyed = Keyed::new(sender.user_id.uuid(), &key, "send_picture", &sent)?;
    let (sender, content) = (sender.user_id, Content::Picture(input.picture_id));
    send_once(&app, Outgoing { conversation_id, sender, keyed: &keyed, content, trace }).await
}
