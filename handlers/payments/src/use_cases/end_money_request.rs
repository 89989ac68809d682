//! Who was asked for money says no, or who asked takes it back.

use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, Written};
use values::MoneyRequestId;

use super::MoneyRequestBody;
use crate::App;
use crate::domain::operations::{EndMoneyRequest, MoneyRequestEnd};

pub(crate) async fn decline_money_request(
    app: App,
    Id(id): Id<MoneyRequestId>,
    payer: Consumer,
    trace: TraceContext,
) -> Result<Written<Json<MoneyRequestBody>>, Error> {
    let end = EndMoneyRequest { id, by: payer.user_id, end: MoneyRequestEnd::Declined };
    end_money_request(app, end, trace).await
}

pub(crate) async fn cancel_money_request(
    app: App,
    Id(id): Id<MoneyRequestId>,
    requester: Consumer,
    trace: TraceContext,
) -> Result<Written<Json<MoneyRequestBody>>, Error> {
    let end = EndMoneyRequest { id, by: requester.user_id, end: MoneyRequestEnd::Cancelled };
    end_money_request(app, end, trace).await
}

async fn end_money_request(
    app: App,
    end: EndMoneyRequest,
    trace: TraceContext,
) -> Result<Written<Json<MoneyRequestBody>>, Error> {
    let done = app.group_commit.submit(end, None, trace).await?;
    let answer = Json(MoneyRequestBody::at(done.record, now()));
    Ok(Written { answer, position: done.position })
}
