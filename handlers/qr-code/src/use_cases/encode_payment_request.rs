//! The dynamic code that a shop shows for one payment.

use values::PaymentRequestId;

use super::wait_for_event::wait_for_event;
use crate::domain::payment_request_code;
use crate::error::Error;
use crate::{App, store};

/// The payload. Waits a moment for a request, or a shop, that is not known yet.
pub(crate) async fn encode_payment_request(
    app: &App,
    id: PaymentRequestId,
) -> Result<String, Error> {
    let found = wait_for_event(|| async {
        let mut conn = app.pool.get_conn().await?;
        let Some(request) = store::find_payment_request(&mut conn, id).await? else {
            return Ok(None);
        };
        let shop = store::find_shop(&mut conn, request.business_id).await?;
        Ok(shop.map(|shop| (request, shop)))
    });
    let (request, shop) = found.await?.ok_or(Error::NoPaymentRequest)?;
    Ok(payment_request_code(&request, &shop, &app.signing_key)?)
}
