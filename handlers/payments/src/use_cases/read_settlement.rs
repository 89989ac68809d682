//! One settlement of a shop with what it is made of, to its owner: or none, if that does not add
//! up.

use serde::Serialize;
use service::{Error, Id, Json, Merchant};
use utoipa::ToSchema;
use values::{Balance, BusinessId, HongKongDate, SettlementId, ShopAct};

use super::list_settlements::SettlementBody;
use super::read_wallet::require_act;
use crate::App;
use crate::domain::NO_SETTLEMENT;
use crate::store::settlements::{find_made_of, find_settlement};

/// A settlement and what it is made of: opening + gross − refunded − fees + fees that came back −
/// what was paid out of earlier ones = closing, and of that what is paid out, what is on its way,
/// and what is carried over.
#[derive(Serialize, ToSchema)]
pub(crate) struct SettlementStatementBody {
    settlement: SettlementBody,
    /// The day of the settlement before, whose closing is the opening; null if this is the first.
    after_day: Option<HongKongDate>,
    opening: Balance,
    /// What was paid, tips included.
    gross: Balance,
    refunded: Balance,
    fees: Balance,
    fees_returned: Balance,
    /// What the bank has paid out of earlier settlements meanwhile.
    paid_out: Balance,
    closing: Balance,
    /// What was with the bank from earlier settlements when this one was decided, or has been paid
    /// out of them since the day's end.
    on_its_way: Balance,
    /// What was held by law when it was decided. It may be more than there is.
    held_by_law: Balance,
    /// What payers disputed when it was decided, and may get back.
    disputed: Balance,
    /// What is left for the next: held by law, disputed or refunded since, or too little.
    carried_over: Balance,
}

/// The closing was read from the account when it was decided, the movements are read now.
#[derive(Debug, thiserror::Error)]
#[error("a settlement does not add up")]
struct NotAddingUp;

pub(crate) async fn read_settlement(
    app: App,
    Id(business_id): Id<BusinessId>,
    Id(id): Id<SettlementId>,
    owner: Merchant,
) -> Result<Json<SettlementStatementBody>, Error> {
    let mut conn = app.database.conn().await?;
    require_act(&mut conn, business_id, owner.user_id, ShopAct::Settle).await?;
    drop(conn);
    let mut tx = app.database.snapshot().await?;
    let found = find_settlement(&mut tx, business_id, id).await?.ok_or(NO_SETTLEMENT)?;
    let made_of = find_made_of(&mut tx, &found.settlement).await?;
    tx.rollback().await?;
    let settlement = &found.settlement;
    if made_of.closing() != settlement.closing {
        tracing::error!(%id, "the ledger does not balance: a settlement does not add up");
        return Err(Error::internal(NotAddingUp));
    }
    Ok(Json(SettlementStatementBody {
        after_day: made_of.after_day.map(HongKongDate),
        opening: Balance::hkd(made_of.opening),
        gross: Balance::hkd(made_of.gross),
        refunded: Balance::hkd(made_of.refunded),
        fees: Balance::hkd(made_of.fees),
        fees_returned: Balance::hkd(made_of.fees_returned),
        paid_out: Balance::hkd(made_of.paid_out),
        closing: Balance::hkd(settlement.closing),
        on_its_way: Balance::hkd(settlement.on_its_way),
        held_by_law: Balance::hkd(settlement.held_by_law),
        disputed: Balance::hkd(settlement.disputed),
        carried_over: Balance::hkd(settlement.carried_over()),
        settlement: SettlementBody::from(found),
    }))
}
