//! Who made a bill takes back what is not paid of it.

use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, Written};
use values::BillId;

use super::BillBody;
use super::split_bill::for_creator;
use crate::domain::NO_BILL;
use crate::domain::operations::CancelBill;
use crate::{App, store};

pub(crate) async fn cancel_bill(
    app: App,
    Id(id): Id<BillId>,
    creator: Consumer,
    trace: TraceContext,
) -> Result<Written<Json<BillBody>>, Error> {
    let mut conn = app.database.conn().await?;
    let bill = store::bills::find_bill(&mut conn, id).await?;
    let bill = bill.filter(|bill| bill.creator.id == creator.user_id).ok_or(NO_BILL)?;
    let requests = store::money_requests::list_of_bill(&mut conn, id).await?;
    let request_ids = requests.iter().map(|request| request.id).collect();
    // Nobody waits for a decision with a connection that others need.
    drop(conn);
    let done = app.group_commit.submit(CancelBill { bill, request_ids }, None, trace).await?;
    let answer = Json(for_creator(&mut app.database.conn().await?, done.record).await?);
    Ok(Written { answer, position: done.position })
}
