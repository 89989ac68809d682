//! Whoever has a request's id (it stands in the QR code) sees what it asks for. What came of it is
//! for its shop and its payer.

use mysql_async::Conn;
use service::database::now;
use service::{Caller, Error, Id, Json};
use values::{NO_PAYMENT_REQUEST, PaymentRequestId, ShopAct, UserId};

use super::PaymentRequestBody;
use crate::domain::{PaymentRequest, Reader};
use crate::{App, store};

pub(crate) async fn read_payment_request(
    app: App,
    Id(id): Id<PaymentRequestId>,
    caller: Caller,
) -> Result<Json<PaymentRequestBody>, Error> {
    let mut conn = app.database.conn().await?;
    let request = store::payment_requests::find_payment_request(&mut conn, id).await?;
    let request = request.ok_or(NO_PAYMENT_REQUEST)?;
    let as_whom = as_whom(&mut conn, &request, caller.user_id).await?;
    let body = PaymentRequestBody::at(request, now());
    Ok(Json(match as_whom {
        Some(Reader::Shop) => body,
        Some(Reader::Payer) => body.for_payer(),
        None => body.for_strangers(),
    }))
}

/// None if the person is neither of the shop nor the payer.
async fn as_whom(
    conn: &mut Conn,
    request: &PaymentRequest,
    user_id: UserId,
) -> Result<Option<Reader>, Error> {
    let shop = store::read_models::find_shop_for(conn, request.business_id, user_id).await?;
    let role = shop.and_then(|shop| shop.role_of(user_id));
    if role.is_some_and(|role| role.may(ShopAct::Ask)) {
        return Ok(Some(Reader::Shop));
    }
    let Some(payment_id) = request.payment_id else { return Ok(None) };
    let paid = store::operations::find_payment_of(conn, payment_id, user_id).await?;
    Ok(paid.map(|_| Reader::Payer))
}
