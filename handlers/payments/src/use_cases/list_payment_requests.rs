//! What a shop has asked for.

use serde::Deserialize;
use service::database::now;
use service::{Error, List, Merchant, ReadAfter};
use time::OffsetDateTime;
use utoipa::IntoParams;
use values::{BusinessId, ShopAct};

use super::PaymentRequestBody;
use super::created_within::narrow;
use super::read_wallet::require_act;
use crate::domain::PaymentRequest;
use crate::history::Listed;
use crate::{App, store};

/// Whose requests.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListPaymentRequests {
    /// One of the caller's businesses.
    business_id: BusinessId,
    /// Items of this moment and later, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_from: Option<OffsetDateTime>,
    /// Items of before this moment, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_before: Option<OffsetDateTime>,
}

pub(crate) async fn list_payment_requests(
    app: App,
    owner: Merchant,
    list: List<ListPaymentRequests>,
    after: ReadAfter,
) -> Result<Listed<PaymentRequestBody>, Error> {
    let ListPaymentRequests { business_id, created_from, created_before } = list.filter;
    let mut reading = app.history.read(after).await?;
    let conn = &mut reading.conn;
    require_act(conn, business_id, owner.user_id, ShopAct::Ask).await?;
    let paging = narrow(list.of(business_id)?, created_from, created_before);
    let rows = store::payment_requests::list_of_business(conn, business_id, &paging).await?;
    let place = |request: &PaymentRequest| request.id.uuid().as_u128();
    let now = now();
    let page = paging.page(rows, place, |request| PaymentRequestBody::at(request, now));
    reading.answer(page).await
}
