//! A person reads what is said of a payment.

use serde::Serialize;
use service::database::now;
use service::{Consumer, Error, Id, Json, List, Page, Resource};
use utoipa::ToSchema;
use values::{Comment, CommentId, PeerPaymentId, Timestamp, UserId, unknown};

use super::list_reactions::{shown_id, shown_name};
use crate::App;
use crate::domain::NO_SEEN_PAYMENT;
use crate::store::talk::{self, ListedComment};

/// What one person says.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentCommentBody {
    comment_id: CommentId,
    peer_payment_id: PeerPaymentId,
    /// Null unless it is the caller or a friend.
    author_id: Option<UserId>,
    /// Masked unless it is the caller or a friend; null if the person has not chosen one.
    author_name: Option<String>,
    words: Comment,
    commented_at: Timestamp,
}

impl Resource for PaymentCommentBody {
    const LOCATION: &'static str = "/api/v1/social/peer-payments/{peer_payment_id}/comments";
}

impl PaymentCommentBody {
    pub(super) fn of(peer_payment_id: PeerPaymentId, listed: ListedComment) -> Self {
        Self {
            comment_id: listed.id,
            peer_payment_id,
            author_id: shown_id(&listed.by),
            author_name: shown_name(listed.by),
            words: listed.words,
            commented_at: listed.commented_at.into(),
        }
    }
}

/// Only of people who may see the payment themselves, and have not blocked the caller nor are
/// blocked.
pub(crate) async fn list_comments(
    app: App,
    Id(id): Id<PeerPaymentId>,
    caller: Consumer,
    list: List,
) -> Result<Json<Page<PaymentCommentBody>>, Error> {
    let paging = list.of(format!("{} {id}", caller.user_id))?;
    let mut conn = app.database.conn().await?;
    let absent = || unknown(id.uuid(), now(), NO_SEEN_PAYMENT);
    talk::find_between(&mut conn, id, caller.user_id).await?.ok_or_else(absent)?;
    let rows = talk::list_comments(&mut conn, id, caller.user_id, &paging).await?;
    let place = |listed: &ListedComment| listed.id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, |listed| PaymentCommentBody::of(id, listed))))
}
