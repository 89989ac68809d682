//! Whoever has a request's id (it stands in the QR code) sees what it asks for. What came of it is
//! for its shop and its payer.

use mysql_async::Conn;
use service::database::now;
use service::{Caller, Error, Id, Json};
use values::{NO_PAYMENT_REQUEST, PaymentRequestId, UserId};

use super::PaymentRequestBody;
use crate::domain::PaymentRequest;
use crate::{App, store};

pub(crate) async fn read_payment_request(
    app: App,
    Id(id): Id<PaymentRequestId>,
    caller: Caller,
) -> Result<Json<PaymentRequestBody>, Error> {
    let mut conn = app.database.conn().await?;
    let request = store::payment_requests::find_payment_request(&mut conn, id).await?;
    let request = request.ok_or(NO_PAYMENT_REQUEST)?;
    let is_party = is_party(&mut conn, &request, caller.user_id).await?;
    let body = PaymentRequestBody::at(request, now());
    Ok(Json(if is_party { body } else { body.for_strangers() }))
}

async fn is_party(
    conn: &mut Conn,
    request: &PaymentRequest,
    user_id: UserId,
) -> Result<bool, Error> {
    let shop = store::read_models::find_shop(conn, request.business_id).await?;
    if shop.is_some_and(|shop| shop.owner_user_id == user_id) {
        return Ok(true);
    }
    let Some(payment_id) = request.payment_id else { return Ok(false) };
    Ok(store::operations::find_payment_of(conn, payment_id, user_id).await?.is_some())
}
