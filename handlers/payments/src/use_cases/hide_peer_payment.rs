//! Either person of a payment makes it private, for good. Doing it twice is the same as doing it
//! once.

use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json};
use values::PeerPaymentId;

use super::PeerPaymentBody;
use crate::domain::{NO_PEER_PAYMENT, Visibility};
use crate::{App, store};

pub(crate) async fn hide_peer_payment(
    app: App,
    Id(id): Id<PeerPaymentId>,
    caller: Consumer,
    trace: TraceContext,
) -> Result<Json<PeerPaymentBody>, Error> {
    let mut tx = app.database.begin().await?;
    let payment = store::operations::find_peer_payment_of(&mut tx, id, caller.user_id).await?;
    let payment = payment.ok_or(NO_PEER_PAYMENT)?;
    if store::visibility::hide(&mut tx, id).await? {
        let event = Visibility::Private.changed_event(id);
        let told = app.outbox.envelope(trace, id.to_string(), &event)?;
        app.outbox.append(&mut tx, &[told]).await?;
    }
    app.outbox.commit(tx).await?;
    Ok(Json(PeerPaymentBody::of(payment, Visibility::Private)))
}
