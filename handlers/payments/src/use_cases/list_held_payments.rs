//! The payments that were held for a reviewer, and what became of them: to their payer, who learns
//! nothing of why.

use service::{Consumer, Error, Json, List, Page};
use values::{FpsProxy, OperationKind};

use super::PeerPaymentBody;
use super::pay_by_fps::FpsPaymentBody;
use crate::App;
use crate::store::held_payments::{self, Found, Of};

pub(crate) async fn list_held_payments(
    app: App,
    payer: Consumer,
    list: List,
) -> Result<Json<Page<PeerPaymentBody>>, Error> {
    let paging = list.of(payer.user_id)?;
    let mut conn = app.database.conn().await?;
    let of = Of::Payer(payer.user_id, OperationKind::PeerPayment);
    let rows = held_payments::list_held_payments(&mut conn, of, &paging).await?;
    Ok(Json(paging.page(rows, Found::place, |found| {
        PeerPaymentBody::of(found.payment, found.held.visibility)
    })))
}

pub(crate) async fn list_held_fps_payments(
    app: App,
    payer: Consumer,
    list: List,
) -> Result<Json<Page<FpsPaymentBody>>, Error> {
    let paging = list.of(payer.user_id)?;
    let mut conn = app.database.conn().await?;
    let of = Of::Payer(payer.user_id, OperationKind::FpsPayment);
    let rows = held_payments::list_held_payments(&mut conn, of, &paging).await?;
    let with_proxy = |found: Found| found.proxy.clone().map(|proxy| (proxy, found));
    let rows: Option<Vec<_>> = rows.into_iter().map(with_proxy).collect();
    Ok(Json(paging.page(
        rows.ok_or_else(|| Error::internal("a payment by FPS goes to nobody"))?,
        |(_, found): &(FpsProxy, Found)| found.place(),
        |(proxy, found)| {
            FpsPaymentBody::of(found.payment, &proxy, found.report, Some(found.held.status))
        },
    )))
}
