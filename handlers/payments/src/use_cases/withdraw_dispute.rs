//! A payer takes a dispute back.

use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json};
use values::DisputeId;

use super::DisputeBody;
use super::change_dispute::change_dispute;
use crate::App;
use crate::domain::{Dispute, NO_DISPUTE, Shop};

pub(crate) async fn withdraw_dispute(
    app: App,
    Id(id): Id<DisputeId>,
    payer: Consumer,
    trace: TraceContext,
) -> Result<Json<DisputeBody>, Error> {
    let withdraw = |dispute: Dispute, _: &Shop| {
        let is_own = dispute.payer == payer.user_id;
        is_own.then_some(()).ok_or(NO_DISPUTE)?;
        Ok(dispute.withdraw(now())?)
    };
    change_dispute(&app, id, trace, None, withdraw).await.map(|dispute| Json(dispute.into()))
}
