//! A person sees what others show of what they think of a payment.

use serde::Serialize;
use service::database::now;
use service::{Consumer, Error, Id, Json, List, Page};
use utoipa::ToSchema;
use values::{PeerPaymentId, Timestamp, UserId, masked, unknown};

use crate::App;
use crate::domain::{NO_SEEN_PAYMENT, Reaction};
use crate::store::talk::{self, Author, ListedReaction};

/// What one person shows.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentReactionBody {
    /// Null unless it is the caller or a friend.
    user_id: Option<UserId>,
    /// Masked unless it is the caller or a friend; null if the person has not chosen one.
    name: Option<String>,
    reaction: Reaction,
    reacted_at: Timestamp,
}

/// Only of people who may see the payment themselves, and have not blocked the caller nor are
/// blocked.
pub(crate) async fn list_reactions(
    app: App,
    Id(id): Id<PeerPaymentId>,
    caller: Consumer,
    list: List,
) -> Result<Json<Page<PaymentReactionBody>>, Error> {
    let paging = list.of(format!("{} {id}", caller.user_id))?;
    let mut conn = app.database.conn().await?;
    let absent = || unknown(id.uuid(), now(), NO_SEEN_PAYMENT);
    talk::find_between(&mut conn, id, caller.user_id).await?.ok_or_else(absent)?;
    let rows = talk::list_reactions(&mut conn, id, caller.user_id, &paging).await?;
    let show = |listed: ListedReaction| PaymentReactionBody {
        user_id: shown_id(&listed.by),
        name: shown_name(listed.by),
        reaction: listed.reaction,
        reacted_at: listed.reacted_at.into(),
    };
    Ok(Json(paging.page(rows, |listed: &ListedReaction| listed.place.as_u128(), show)))
}

/// To friends and oneself: whoever has it can ask and pay.
pub(super) fn shown_id(author: &Author) -> Option<UserId> {
    Some(author.user_id).filter(|_| author.is_near)
}

/// In full to friends and oneself.
pub(super) fn shown_name(author: Author) -> Option<String> {
    let name = if author.is_near { author.name } else { masked(&author.name) };
    Some(name).filter(|name| !name.is_empty())
}
