//! The payments that the caller made, or that were made to one of their businesses. Of what is
//! held, or was let go, nothing has been received: `captured` says how much has.

use mysql_async::Conn;
use serde::Deserialize;
use service::database::now;
use service::{Caller, Error, INVALID_QUERY, List, Paging, ReadAfter, WRONG_PRODUCT};
use time::OffsetDateTime;
use utoipa::IntoParams;
use uuid::Uuid;
use values::{
    AccountId, BusinessId, NOT_ALLOWED_FOR_ROLE, Product, ShopAct, UserId, hong_kong_day,
    hong_kong_midnight,
};

use super::PaymentBody;
use super::created_within::narrow;
use super::read_wallet::require_act;
use crate::App;
use crate::domain::{Direction, Operation, OperationState, Reader};
use crate::history::{Listed, Reading};
use crate::store::movements;

/// Whose payments.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListPayments {
    /// The payments that this business received, of today in Hong Kong where the caller is a
    /// cashier there. Absent: those that the caller made,
    /// in PayMe for Consumer only.
    business_id: Option<BusinessId>,
    /// Those that stand like this now; all if absent.
    #[param(inline)]
    status: Option<OperationState>,
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
    let ListPayments { business_id, status, created_from, created_before } = list.filter;
    let mut since = None;
    let (reader, account, direction) = match (business_id, caller.product) {
        (None, Product::Consumer) => {
            (Reader::Payer, AccountId::User(caller.user_id), Direction::Out)
        }
        (Some(business_id), Product::Business) => {
            since = require_since(conn, business_id, caller.user_id).await?;
            (Reader::Shop, AccountId::Business(business_id), Direction::In)
        }
        (None, Product::Business) => {
            return Err(INVALID_QUERY.because("a shop names itself: business_id").into());
        }
        (Some(_), Product::Consumer) => return Err(WRONG_PRODUCT.into()),
    };
    // Nothing is before all moments.
    let paging = narrow(list.of(account)?, created_from.max(since), created_before);
    read_page(reading, (reader, account.uuid(), direction), status, paging).await
}

/// The page of one account, of its payments in one direction.
pub(super) async fn read_page(
    mut reading: Reading,
    (reader, account_id, direction): (Reader, Uuid, Direction),
    status: Option<OperationState>,
    paging: Paging,
) -> Result<Listed<PaymentBody>, Error> {
    let conn = &mut reading.conn;
    let reach = movements::find_reach(conn, account_id, Some(direction), &paging).await?;
    let paging = paging.reaching(reach);
    let rows = movements::list_payments(conn, account_id, direction, status, &paging).await?;
    let place = |payment: &Operation| payment.id.as_u128();
    let body = |payment| PaymentBody::read_by(reader, payment);
    reading.answer(paging.page(rows, place, body)).await
}

/// From when on somebody may read what the shop was paid; none for all of it.
async fn require_since(
    conn: &mut Conn,
    business_id: BusinessId,
    user_id: UserId,
) -> Result<Option<OffsetDateTime>, Error> {
    let all = require_act(conn, business_id, user_id, ShopAct::ReadBooks).await;
    if !matches!(&all, Err(Error::Refused(refusal)) if *refusal == NOT_ALLOWED_FOR_ROLE) {
        return all.map(|()| None);
    }
    require_act(conn, business_id, user_id, ShopAct::ReadToday).await?;
    Ok(Some(hong_kong_midnight(hong_kong_day(now()))))
}
