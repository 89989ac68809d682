//! A person shows what they think of a payment, or no longer.

use serde::Deserialize;
use service::database::now;
use service::{Consumer, Error, Id, Json, NoContent};
use utoipa::ToSchema;
use values::{PeerPaymentId, unknown};

use crate::App;
use crate::domain::{NO_SEEN_PAYMENT, Reaction};
use crate::store::talk;

/// What the person shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReactToPayment {
    reaction: Reaction,
}

/// Each person shows one thing; another one takes its place.
pub(crate) async fn react_to_payment(
    app: App,
    Id(id): Id<PeerPaymentId>,
    caller: Consumer,
    Json(input): Json<ReactToPayment>,
) -> Result<NoContent, Error> {
    let now = now();
    let mut tx = app.database.begin().await?;
    let absent = || unknown(id.uuid(), now, NO_SEEN_PAYMENT);
    talk::find_between(&mut tx, id, caller.user_id).await?.ok_or_else(absent)?;
    talk::save_reaction(&mut tx, id, caller.user_id, input.reaction, now).await?;
    tx.commit().await?;
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
