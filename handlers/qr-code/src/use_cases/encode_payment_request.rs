//! The dynamic code that a shop shows for one payment.

use service::database::now;
use service::{Caller, Error};
use values::{NO_BUSINESS, NO_PAYMENT_REQUEST, PaymentRequestId, unknown};

use super::code_file::{CodeFile, Drawing};
use super::wait_for_event::wait_for_event;
use crate::domain::{PaymentRequest, Shop, payment_request_code};
use crate::{App, store};

/// What a payment request asks for never changes; its code is of no use after a day.
const CACHE: &str = "private, max-age=86400, immutable";

pub(crate) async fn encode_payment_request(
    app: App,
    CodeFile { id, format }: CodeFile<PaymentRequestId>,
    _caller: Caller,
) -> Result<Drawing, Error> {
    let (request, shop) = find_with_shop(&app, id).await?;
    Drawing::new(&code_of(&app, &request, shop)?, format, CACHE)
}

/// Waits a moment for a request, or a shop, that this service does not know yet.
pub(super) async fn find_with_shop(
    app: &App,
    id: PaymentRequestId,
) -> Result<(PaymentRequest, Shop), Error> {
    let found = wait_for_event(id.uuid(), || async {
        let mut conn = app.database.conn().await?;
        let Some(request) = store::find_payment_request(&mut conn, id).await? else {
            return Ok(None);
        };
        let shop = store::find_shop(&mut conn, request.business_id).await?;
        Ok(shop.map(|shop| (request, shop)))
    });
    Ok(found.await?.ok_or_else(|| unknown(id.uuid(), now(), NO_PAYMENT_REQUEST))?)
}

/// The text of its code; a shop that is closed has none.
pub(super) fn code_of(app: &App, request: &PaymentRequest, shop: Shop) -> Result<String, Error> {
    let shop = Shop::open(shop).ok_or(NO_BUSINESS)?;
    payment_request_code(request, &shop, &app.signing_key).map_err(Error::internal)
}
