//! Whoever a reaction or a comment concerns is told, in its transaction.

use service::Error;
use service::database::Tx;
use service::trace::TraceContext;
use time::OffsetDateTime;
use values::{PeerPaymentId, UserId};

use crate::domain::{Remark, remarked_event};
use crate::store::remarks;
use crate::{App, store};

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
