//! Who asked for money reminds the one who was asked.

use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, Written};
use values::MoneyRequestId;

use super::MoneyRequestBody;
use crate::App;
use crate::domain::operations::RemindPayer;

pub(crate) async fn remind_payer(
    app: App,
    Id(id): Id<MoneyRequestId>,
    requester: Consumer,
    trace: TraceContext,
) -> Result<Written<Json<MoneyRequestBody>>, Error> {
    let remind = RemindPayer { id, requester: requester.user_id };
    let done = app.group_commit.submit(remind, None, trace).await?;
    let answer = Json(MoneyRequestBody::at(done.record, now()));
    Ok(Written { answer, position: done.position })
}
