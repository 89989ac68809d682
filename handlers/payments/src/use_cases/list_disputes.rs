//! Payers see what they dispute, shops what is disputed of theirs.

use serde::Deserialize;
use service::{Caller, Error, INVALID_QUERY, Id, Json, List, Page, WRONG_PRODUCT};
use utoipa::IntoParams;
use values::{BusinessId, DisputeId, Product, ShopAct};

use super::DisputeBody;
use super::read_wallet::require_act;
use crate::domain::{Dispute, NO_DISPUTE};
use crate::store::disputes::{self, Of};
use crate::{App, store};

/// Whose disputes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListDisputes {
    /// Of payments to this business of the caller. Absent: what the caller disputes, in PayMe for
    /// Consumer only.
    business_id: Option<BusinessId>,
}

pub(crate) async fn list_disputes(
    app: App,
    caller: Caller,
    list: List<ListDisputes>,
) -> Result<Json<Page<DisputeBody>>, Error> {
    let mut conn = app.database.conn().await?;
    let of = match (list.filter.business_id, caller.product) {
        (None, Product::Consumer) => Of::Payer(caller.user_id),
        (Some(business_id), Product::Business) => {
            require_act(&mut conn, business_id, caller.user_id, ShopAct::AnswerDisputes).await?;
            Of::Business(business_id)
        }
        (None, Product::Business) => {
            return Err(INVALID_QUERY.because("a shop names itself: business_id").into());
        }
        (Some(_), Product::Consumer) => return Err(WRONG_PRODUCT.into()),
    };
    let paging = list.of(caller.user_id)?;
    let rows = disputes::list_disputes(&mut conn, of, &paging).await?;
    Ok(Json(paging.page(rows, |dispute: &Dispute| dispute.id.uuid().as_u128(), DisputeBody::from)))
}

/// Both sides see it.
pub(crate) async fn read_dispute(
    app: App,
    Id(id): Id<DisputeId>,
    caller: Caller,
) -> Result<Json<DisputeBody>, Error> {
    let mut conn = app.database.conn().await?;
    let dispute = disputes::find_dispute(&mut conn, id).await?.ok_or(NO_DISPUTE)?;
    let is_theirs = match caller.product {
        Product::Consumer => dispute.payer == caller.user_id,
        Product::Business => {
            let shop =
                store::read_models::find_shop_for(&mut conn, dispute.business_id, caller.user_id)
                    .await?;
            let shop = shop.ok_or(NO_DISPUTE)?;
            shop.require(caller.user_id, ShopAct::AnswerDisputes, NO_DISPUTE)?;
            true
        }
    };
    if is_theirs { Ok(Json(dispute.into())) } else { Err(NO_DISPUTE.into()) }
}
