//! What became of a shop's takings, day by day, to its owner.

use serde::Serialize;
use service::{Error, Id, Json, List, Merchant, Page};
use utoipa::ToSchema;
use values::{Balance, BusinessId, HongKongDate, SettlementId, ShopAct, Timestamp, code_enum};

use super::read_wallet::require_act;
use super::withdraw_money::MaskedBankAccountBody;
use crate::App;
use crate::domain::{BankReason, BankStatus, CarryReason, OperationState};
use crate::store::settlements::{self, Followed};

code_enum! {
    /// What became of a day's takings.
    pub(crate) enum SettlementStatus {
        /// They are held until the bank has said what became of them.
        Pending = "pending",
        /// The bank has paid them out.
        PaidOut = "paid-out",
        /// The bank did not take them: the shop has them again, and they go with the next day's.
        Refused = "refused",
        /// They go with the next day's.
        CarriedOver = "carried-over",
    }
}

/// What became of a shop's takings up to a day's end.
#[derive(Serialize, ToSchema)]
pub(crate) struct SettlementBody {
    settlement_id: SettlementId,
    /// In Hong Kong.
    day: HongKongDate,
    status: SettlementStatus,
    /// What the bank was told to pay; nothing if all is carried over.
    amount: Balance,
    /// Null unless all is carried over.
    carry_reason: Option<CarryReason>,
    /// Null if all is carried over.
    bank_account: Option<MaskedBankAccountBody>,
    /// What the bank has said last; null before, and where operators answer for it.
    bank_status: Option<BankStatus>,
    /// Why the bank has rejected it; null unless it said why.
    bank_reason: Option<BankReason>,
    decided_at: Timestamp,
    /// When the bank's answer came; null until then.
    ended_at: Option<Timestamp>,
}

impl From<Followed> for SettlementBody {
    fn from(followed: Followed) -> Self {
        let settlement = followed.settlement;
        Self {
            settlement_id: settlement.id,
            day: HongKongDate(settlement.day),
            status: match followed.state {
                None => SettlementStatus::CarriedOver,
                Some(OperationState::Pending) => SettlementStatus::Pending,
                Some(OperationState::Completed) => SettlementStatus::PaidOut,
                Some(OperationState::Failed | OperationState::Expired) => SettlementStatus::Refused,
            },
            amount: Balance::hkd(settlement.amount),
            carry_reason: settlement.carry_reason,
            bank_account: followed.bank_account.as_ref().map(MaskedBankAccountBody::from),
            bank_status: followed.bank_status,
            bank_reason: followed.bank_reason,
            decided_at: settlement.decided_at.into(),
            ended_at: followed.ended_at.map(Timestamp::from),
        }
    }
}

pub(crate) async fn list_settlements(
    app: App,
    Id(business_id): Id<BusinessId>,
    owner: Merchant,
    list: List,
) -> Result<Json<Page<SettlementBody>>, Error> {
    let mut conn = app.database.conn().await?;
    require_act(&mut conn, business_id, owner.user_id, ShopAct::Settle).await?;
    let paging = list.of(business_id)?;
    let rows = settlements::list_settlements(&mut conn, business_id, &paging).await?;
    let place = |followed: &Followed| followed.settlement.id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, SettlementBody::from)))
}
