//! The payments that the caller made, or that were made to one of their businesses. Of what is
//! held, or was let go, nothing has been received: `captured` says how much has.

use serde::Deserialize;
use service::{Caller, Error, INVALID_QUERY, List, ReadAfter, WRONG_PRODUCT};
use time::OffsetDateTime;
use utoipa::IntoParams;
use values::{BusinessId, Product};

use super::PaymentBody;
use super::created_within::narrow;
use super::read_wallet::require_owner;
use crate::domain::{Operation, Reader};
use crate::history::Listed;
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
    after: ReadAfter,
) -> Result<Listed<PaymentBody>, Error> {
    let mut reading = app.history.read(after).await?;
    let conn = &mut reading.conn;
    let ListPayments { business_id, created_from, created_before } = list.filter;
    let (reader, paging, rows) = match (business_id, caller.product) {
        (None, Product::Consumer) => {
            let paging = narrow(list.of(caller.user_id)?, created_from, created_before);
            let rows = store::operations::list_of_payer(conn, caller.user_id, &paging).await?;
            (Reader::Payer, paging, rows)
        }
        (Some(business_id), Product::Business) => {
            require_owner(conn, business_id, caller.user_id).await?;
            let paging = narrow(list.of(business_id)?, created_from, created_before);
            let rows = store::operations::list_of_business(conn, business_id, &paging).await?;
            (Reader::Shop, paging, rows)
        }
        (None, Product::Business) => {
            return Err(INVALID_QUERY.because("a shop names itself: business_id").into());
        }
        (Some(_), Product::Consumer) => return Err(WRONG_PRODUCT.into()),
    };
    let place = |payment: &Operation| payment.id.as_u128();
    let body = |payment| PaymentBody::read_by(reader, payment);
    reading.answer(paging.page(rows, place, body)).await
}
