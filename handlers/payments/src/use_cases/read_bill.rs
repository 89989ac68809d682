//! Who made a bill, and everybody who has a share of it, see it.

use service::database::now;
use service::{Consumer, Error, Id, Json};
use values::BillId;

use super::BillBody;
use crate::domain::NO_BILL;
use crate::{App, store};

pub(crate) async fn read_bill(
    app: App,
    Id(id): Id<BillId>,
    reader: Consumer,
) -> Result<Json<BillBody>, Error> {
    let mut conn = app.database.conn().await?;
    let bill = store::bills::find_bill(&mut conn, id).await?.ok_or(NO_BILL)?;
    let requests = store::money_requests::list_of_bill(&mut conn, id).await?;
    let body = BillBody::for_reader(bill, requests, reader.user_id, now());
    Ok(Json(body.ok_or(NO_BILL)?))
}
