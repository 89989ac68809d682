//! The payments to people that were held for a reviewer, and what became of them: to their payer,
//! who learns nothing of why.

use service::{Consumer, Error, Json, List, Page};

use super::PeerPaymentBody;
use crate::domain::{HeldPayment, Operation};
use crate::store::held_payments::Of;
use crate::{App, store};

pub(crate) async fn list_held_payments(
    app: App,
    payer: Consumer,
    list: List,
) -> Result<Json<Page<PeerPaymentBody>>, Error> {
    let paging = list.of(payer.user_id)?;
    let mut conn = app.database.conn().await?;
    let of = Of::Payer(payer.user_id);
    let rows = store::held_payments::list_held_payments(&mut conn, of, &paging).await?;
    let place = |(held, _): &(HeldPayment, Operation)| held.id.uuid().as_u128();
    Ok(Json(
        paging.page(rows, place, |(held, payment)| PeerPaymentBody::of(payment, held.visibility)),
    ))
}
