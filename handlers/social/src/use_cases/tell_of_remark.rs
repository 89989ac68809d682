//! Whoever a reaction or a comment concerns is told, in its transaction.

use service::Error;
use service::database::{Tx, now};
use service::trace::TraceContext;
use time::{Duration, OffsetDateTime};
use values::{PeerPaymentId, UserId};

use crate::domain::{Remark, remarked_event};
use crate::store::remarks;
use crate::{App, store};

/// For how long what was told is known, and so how long nobody is told again of a reaction that is
/// taken back and shown again.
const TOLD_KEPT: Duration = Duration::days(30);
/// Nobody is told so soon again that the same person has commented on the same payment, however
/// often they do it and take it off.
const COMMENTS_APART: Duration = Duration::minutes(10);
/// Rows that one tick of the timer forgets at most.
const FORGOTTEN_MAX: u32 = 10_000;

/// Under the payment's lock, after what was shown or said is stored. Nobody to tell is no event.
pub(super) async fn tell_of_remark(
    app: &App,
    tx: &mut Tx,
    of: PeerPaymentId,
    by: UserId,
    remark: Remark,
    trace: TraceContext,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let apart = match remark {
        Remark::Reaction => TOLD_KEPT,
        Remark::Comment => COMMENTS_APART,
    };
    let times = [now.saturating_sub(apart), now];
    if !remarks::note_told(tx, of, by, remark, times).await? {
        return Ok(());
    }
    let told = remarks::list_told(tx, of, by, remark).await?;
    if told.is_empty() {
        return Ok(());
    }
    let version = remarks::count_remark(tx, of).await?;
    let [name] = store::find_names(tx, [by]).await?;
    let event = remarked_event(of, version, remark, (by, &name), &told, now);
    let envelope = app.outbox.envelope(trace, of.to_string(), &event)?;
    Ok(app.outbox.append(tx, &[envelope]).await?)
}

pub(crate) async fn forget_told(app: &App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let before = now().saturating_sub(TOLD_KEPT);
    Ok(remarks::forget_told(&mut conn, before, FORGOTTEN_MAX).await?)
}
