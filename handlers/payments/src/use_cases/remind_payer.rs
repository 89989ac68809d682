//! Who asked for money reminds the one who was asked.

use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, Written};
use values::MoneyRequestId;

use super::MoneyRequestBody;
use crate::domain::NO_MONEY_REQUEST;
use crate::domain::operations::RemindPayer;
use crate::{App, store};

pub(crate) async fn remind_payer(
    app: App,
    Id(id): Id<MoneyRequestId>,
    requester: Consumer,
    trace: TraceContext,
) -> Result<Written<Json<MoneyRequestBody>>, Error> {
    let requester = requester.user_id;
    let mut conn = app.database.conn().await?;
    let found = store::money_requests::find_money_request_of(&mut conn, id, requester).await?;
    let payer = found.ok_or(NO_MONEY_REQUEST)?.payer.id;
    // Whoever held it while waiting for another would keep all others from any.
    drop(conn);
    let remind = RemindPayer { id, requester, payer };
    let done = app.group_commit.submit(remind, None, trace).await?;
    let answer = Json(MoneyRequestBody::at(done.record, now()));
    Ok(Written { answer, position: done.position })
}
