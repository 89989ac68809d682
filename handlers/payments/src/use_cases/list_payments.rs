//! The payments that the caller made, or that one of their businesses received.

use serde::Deserialize;
use service::{Caller, Error, INVALID_QUERY, Json, List, Page, WRONG_PRODUCT};
use time::OffsetDateTime;
use utoipa::IntoParams;
use values::{BusinessId, Product};

use super::PaymentBody;
use super::created_within::narrow;
use super::read_wallet::require_owner;
use crate::domain::Operation;
use crate::{App, store};

/// Whose payments.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListPayments {
    /// The payments that this business of the caller received. Absent: those that the caller made,
    /// in PayMe for Consumer only.
    business_id: Option<BusinessId>,
    /// Items of this moment and later, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_from: Option<OffsetDateTime>,
    /// Items of before this moment, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_before: Option<OffsetDateTime>,
}

pub(crate) async fn list_payments(
    app: App,
    caller: Caller,
    list: List<ListPayments>,
) -> Result<Json<Page<PaymentBody>>, Error> {
    let mut conn = app.database.conn().await?;
    let ListPayments { business_id, created_from, created_before } = list.filter;
    let (paging, rows) = match (business_id, caller.product) {
        (None, Product::Consumer) => {
            let paging = narrow(list.of(caller.user_id)?, created_from, created_before);
            let rows = store::operations::list_of_payer(&mut conn, caller.user_id, &paging).await?;
            (paging, rows)
        }
        (Some(business_id), Product::Business) => {
            require_owner(&mut conn, business_id, caller.user_id).await?;
            let paging = narrow(list.of(business_id)?, created_from, created_before);
            let rows = store::operations::list_of_business(&mut conn, business_id, &paging).await?;
            (paging, rows)
        }
        (None, Product::Business) => {
            return Err(INVALID_QUERY.because("a shop names itself: business_id").into());
        }
        (Some(_), Product::Consumer) => return Err(WRONG_PRODUCT.into()),
    };
    let place = |payment: &Operation| payment.id.as_u128();
    Ok(Json(paging.page(rows, place, PaymentBody::from)))
}
