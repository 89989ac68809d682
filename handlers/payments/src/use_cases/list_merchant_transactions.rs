//! The payments that a program's shop has received, the newest first.

use serde::{Deserialize, Serialize};
use service::{Paging, ReadAfter, WholeRequest};
use time::OffsetDateTime;
use uuid::Uuid;
use values::PaymentId;
use warp::http::StatusCode;
use warp::reply::Response;

use super::create_merchant_request::MerchantTransaction;
use crate::App;
use crate::domain::{ApiScope, Cut, Direction, OperationState};
use crate::merchant_call::{Complaint, MerchantAnswer, MerchantCall, answer_signed};
use crate::store::{merchant_orders, movements};

/// Transactions on a page if the program does not say, and the most.
const LIMIT_DEFAULT: usize = 20;
const LIMIT_MAX: usize = 50;

/// Which page.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wanted {
    limit: Option<usize>,
    /// `nextCursor` of the page before.
    cursor: Option<PaymentId>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_from: Option<OffsetDateTime>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_before: Option<OffsetDateTime>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transactions {
    transactions: Vec<MerchantTransaction>,
    /// Null on the last page.
    next_cursor: Option<PaymentId>,
    /// Who asks next from here (`createdFrom`) misses nothing that began since: a replica may be
    /// behind. Of the first page, since what comes during the others stands above it.
    #[serde(with = "time::serde::rfc3339")]
    as_of: OffsetDateTime,
}

pub(crate) async fn list_merchant_transactions(app: App, request: WholeRequest) -> Response {
    answer_signed(app, request, ApiScope::Read, list).await
}

async fn list(app: App, call: MerchantCall) -> Result<MerchantAnswer, Complaint> {
    let wanted: Wanted = serde_urlencoded::from_str(&call.query).map_err(Complaint::malformed)?;
    let limit = wanted.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Complaint::malformed("limit is 1 to 50."));
    }
    let (account_id, received) = (call.credential.business_id.uuid(), Direction::In);
    let cut = |moment| Cut::at(moment).uuid();
    let before: Option<Uuid> = wanted.created_before.map(cut);
    let before = before.into_iter().chain(wanted.cursor.map(PaymentId::uuid)).min();
    let paging = Paging::newest(limit).between(wanted.created_from.map(cut), before);
    let mut reading = app.history.read(ReadAfter(None)).await?;
    let as_of = reading.complete_until();
    let conn = &mut reading.conn;
    let reach = movements::find_reach(conn, account_id, Some(received), &paging).await?;
    let paging = paging.reaching(reach);
    let done = Some(OperationState::Completed);
    let mut payments = movements::list_payments(conn, account_id, received, done, &paging).await?;
    let has_more = payments.len() > limit;
    payments.truncate(limit);
    // A page that is not full goes on below what was looked through.
    let last = payments.last().filter(|_| has_more).map(|payment| payment.id);
    let next_cursor = last.or(reach).map(PaymentId::from_uuid);
    let mut transactions = Vec::with_capacity(payments.len());
    for payment in &payments {
        let order_id = match payment.payment_request_id() {
            Some(id) => merchant_orders::find_merchant_order(conn, id).await?.order_id,
            None => None,
        };
        transactions.extend(MerchantTransaction::of(payment, order_id)?);
    }
    MerchantAnswer::new(StatusCode::OK, &Transactions { transactions, next_cursor, as_of })
}
