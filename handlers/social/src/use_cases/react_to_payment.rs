//! A person shows what they think of a payment, or no longer.

use serde::Deserialize;
use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, NoContent};
use utoipa::ToSchema;
use values::{PeerPaymentId, unknown};

use super::tell_of_remark::tell_of_remark;
use crate::App;
use crate::domain::{NO_SEEN_PAYMENT, Reaction, Remark};
use crate::store::talk;

/// What the person shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReactToPayment {
    reaction: Reaction,
}

/// Each person shows one thing; another one takes its place. Others are told of the first one only.
pub(crate) async fn react_to_payment(
    app: App,
    Id(id): Id<PeerPaymentId>,
    caller: Consumer,
    trace: TraceContext,
    Json(input): Json<ReactToPayment>,
) -> Result<NoContent, Error> {
    let now = now();
    let mut tx = app.database.begin().await?;
    let absent = || unknown(id.uuid(), now, NO_SEEN_PAYMENT);
    let by = caller.user_id;
    talk::lock_between(&mut tx, id, by).await?.ok_or_else(absent)?;
    // One that is only changed is not told, also if it was shown before it was noted what is told.
    if talk::save_reaction(&mut tx, id, by, input.reaction, now).await? {
        tell_of_remark(&app, &mut tx, id, by, Remark::Reaction, trace, now).await?;
    }
    app.outbox.commit(tx).await?;
    Ok(NoContent)
}

/// One's own can be taken back even if the payment is not to be seen any more.
pub(crate) async fn take_reaction_back(
    app: App,
    Id(id): Id<PeerPaymentId>,
    caller: Consumer,
) -> Result<NoContent, Error> {
    let mut conn = app.database.conn().await?;
    talk::delete_reaction(&mut conn, id, caller.user_id).await?;
    Ok(NoContent)
}
