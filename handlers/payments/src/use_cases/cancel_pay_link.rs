//! The sender takes a pay link back that nobody has claimed yet.

use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, Written};
use values::PayLinkId;

use super::PayLinkBody;
use crate::App;
use crate::domain::operations::{ReturnParcel, ReturnReason};

pub(crate) async fn cancel_pay_link(
    app: App,
    Id(id): Id<PayLinkId>,
    sender: Consumer,
    trace: TraceContext,
) -> Result<Written<Json<PayLinkBody>>, Error> {
    let cancel = ReturnParcel {
        parcel_id: id.uuid(),
        sender: sender.user_id,
        reason: ReturnReason::Cancelled,
    };
    let done = app.group_commit.submit(cancel, None, trace).await?;
    let answer = Json(PayLinkBody::at(done.record, None, now()));
    Ok(Written { answer, position: done.position })
}
