//! A merchant says to which bank account the takings of their business go, and when, and reads it.
//! Doing it twice is the same as doing it once.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{Error, Id, Json, Merchant};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{BankAccount, BusinessId, DisplayName, GuardedAct, NO_BUSINESS, ShopAct, Timestamp};

use super::read_wallet::require_act;
use super::register_bank_account::require_holder;
use super::withdraw_money::MaskedBankAccountBody;
use crate::domain::{
    BANK_ACCOUNT_NAME_MISMATCH, BusinessBankAccount, NO_BUSINESS_BANK_ACCOUNT, SettlementMode,
};
use crate::store::business_bank_accounts::{find_bank_account, insert_bank_account};
use crate::{App, store};

/// Which account, in whose name the bank has it, and when takings go there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterBusinessBankAccount {
    bank_account: BankAccount,
    /// The name of the shop, or the merchant's own as their profile has it: in any order, spacing
    /// and case. It is compared and not kept.
    holder_name: DisplayName,
    settlement: SettlementMode,
}

/// Where the takings of a business go.
#[derive(Serialize, ToSchema)]
pub(crate) struct BusinessBankAccountBody {
    bank_account: MaskedBankAccountBody,
    settlement: SettlementMode,
    registered_at: Timestamp,
}

impl From<&BusinessBankAccount> for BusinessBankAccountBody {
    fn from(registered: &BusinessBankAccount) -> Self {
        Self {
            bank_account: MaskedBankAccountBody::from(&registered.account),
            settlement: registered.mode,
            registered_at: registered.registered_at.into(),
        }
    }
}

/// What is on its way goes where it was sent.
pub(crate) async fn register_business_bank_account(
    app: App,
    Id(business_id): Id<BusinessId>,
    owner: Merchant,
    Json(input): Json<RegisterBusinessBankAccount>,
) -> Result<Json<BusinessBankAccountBody>, Error> {
    let RegisterBusinessBankAccount { bank_account: account, holder_name, settlement: mode } =
        input;
    let mut conn = app.database.conn().await?;
    require_act(&mut conn, business_id, owner.user_id, ShopAct::Settle).await?;
    let before = find_bank_account(&mut conn, business_id).await?;
    if let Some(before) = before.filter(|same| same.account == account && same.mode == mode) {
        return Ok(Json(BusinessBankAccountBody::from(&before)));
    }
    app.tokens.require_level(&owner, GuardedAct::ShopBankAccount)?;
    let shop = store::read_models::find_shop(&mut conn, business_id).await?.ok_or(NO_BUSINESS)?;
    let own_name = store::read_models::find_name(&mut conn, owner.user_id).await?;
    // Nobody keeps a connection while the bank is asked.
    drop(conn);
    let names = own_name.into_iter().chain([shop.shop_name]);
    let mut names = names.filter_map(|name| DisplayName::try_from(name).ok());
    if !names.any(|name| name.is_same_name(&holder_name)) {
        return Err(BANK_ACCOUNT_NAME_MISMATCH.into());
    }
    require_holder(&app, owner.user_id, &account).await?;
    let registered = BusinessBankAccount {
        id: Uuid::now_v7(),
        business_id,
        account,
        mode,
        registered_by: owner.user_id,
        registered_at: now(),
    };
    insert_bank_account(&mut app.database.conn().await?, &registered).await?;
    Ok(Json(BusinessBankAccountBody::from(&registered)))
}

pub(crate) async fn read_business_bank_account(
    app: App,
    Id(business_id): Id<BusinessId>,
    owner: Merchant,
) -> Result<Json<BusinessBankAccountBody>, Error> {
    let mut conn = app.database.conn().await?;
    require_act(&mut conn, business_id, owner.user_id, ShopAct::Settle).await?;
    let found = find_bank_account(&mut conn, business_id).await?;
    let found = found.ok_or(NO_BUSINESS_BANK_ACCOUNT)?;
    Ok(Json(BusinessBankAccountBody::from(&found)))
}
