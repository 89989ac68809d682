//! A person says something of a payment, or takes it off again.

use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, Keyed, NoContent, Recorded, once};
use utoipa::ToSchema;
use values::{Comment, CommentId, IdempotencyKey, PeerPaymentId, UserId, unknown};

use super::list_comments::PaymentCommentBody;
use super::tell_of_remark::tell_of_remark;
use crate::domain::{
    NO_COMMENT, NO_SEEN_PAYMENT, Remark, require_deletable, require_room_for_comment,
};
use crate::store::talk::{self, Author, ListedComment};
use crate::{App, store};

/// What the person says.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommentOnPayment {
    words: Comment,
}

pub(crate) async fn comment_on_payment(
    app: App,
    Id(id): Id<PeerPaymentId>,
    caller: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<CommentOnPayment>,
) -> Result<Recorded<PaymentCommentBody>, Error> {
    let keyed = Keyed::new(caller.user_id.uuid(), &key, "comment_on_payment", &(id, &input.words))?;
    let insert = |tx| insert(&app, tx, id, caller.user_id, trace, &input.words);
    let commented = once(&app.database, &keyed, insert).await?;
    app.outbox.nudge();
    Ok(commented)
}

async fn insert(
    app: &App,
    mut tx: Tx,
    of: PeerPaymentId,
    author_id: UserId,
    trace: TraceContext,
    words: &Comment,
) -> Result<(Tx, PaymentCommentBody), Error> {
    let (now, id) = (now(), CommentId::new());
    let absent = || unknown(of.uuid(), now, NO_SEEN_PAYMENT);
    talk::lock_between(&mut tx, of, author_id).await?.ok_or_else(absent)?;
    let (all, own) = talk::count_comments(&mut tx, of, author_id).await?;
    require_room_for_comment(all, own)?;
    talk::insert_comment(&mut tx, id, of, author_id, words, now).await?;
    tell_of_remark(app, &mut tx, of, author_id, Remark::Comment, trace, now).await?;
    let [name] = store::find_names(&mut tx, [author_id]).await?;
    let by = Author { user_id: author_id, name, is_near: true };
    let listed = ListedComment { id, by, words: words.clone(), commented_at: now };
    Ok((tx, PaymentCommentBody::of(of, listed)))
}

/// One's own, also once the payment is not to be seen any more; the payer and the payee any.
pub(crate) async fn delete_comment(
    app: App,
    Id(id): Id<CommentId>,
    caller: Consumer,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    let found = talk::find_comment(&mut tx, id, caller.user_id).await?;
    let (author_id, between) = found.ok_or(NO_COMMENT)?;
    require_deletable(caller.user_id, author_id, between)?;
    talk::delete_comment(&mut tx, id).await?;
    tx.commit().await?;
    Ok(NoContent)
}
