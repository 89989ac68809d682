//! Both people of a request see it.

use service::database::now;
use service::{Consumer, Error, Id, Json};
use values::MoneyRequestId;

use super::MoneyRequestBody;
use crate::domain::NO_MONEY_REQUEST;
use crate::{App, store};

pub(crate) async fn read_money_request(
    app: App,
    Id(id): Id<MoneyRequestId>,
    caller: Consumer,
) -> Result<Json<MoneyRequestBody>, Error> {
    let mut conn = app.database.conn().await?;
    let found = store::money_requests::find_money_request_of(&mut conn, id, caller.user_id).await?;
    Ok(Json(MoneyRequestBody::at(found.ok_or(NO_MONEY_REQUEST)?, now())))
}
