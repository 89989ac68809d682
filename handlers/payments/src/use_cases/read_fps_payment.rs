//! A person reads one of their own payments by FPS, for instance to learn what the bank has said.

use service::{Consumer, Error, Id, Json};
use values::FpsPaymentId;

use super::pay_by_fps::FpsPaymentBody;
use crate::domain::NO_FPS_PAYMENT;
use crate::{App, store};

pub(crate) async fn read_fps_payment(
    app: App,
    Id(id): Id<FpsPaymentId>,
    consumer: Consumer,
) -> Result<Json<FpsPaymentBody>, Error> {
    let mut conn = app.database.conn().await?;
    let found = store::fps_payments::find_fps_payment_of(&mut conn, id, consumer.user_id).await?;
    let (payment, proxy) = found.ok_or(NO_FPS_PAYMENT)?;
    let report = store::bank_instructions::find_report(&mut conn, payment.id).await?;
    let held = store::held_payments::find_held_status(&mut conn, payment.id).await?;
    Ok(Json(FpsPaymentBody::of(payment, &proxy, report, held)))
}
