//! The balance of the caller's own wallet, or of a business they own.

use serde::Serialize;
use service::{Consumer, Error, Id, Json, Merchant};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{BusinessId, Currency};

use crate::domain::{AccountStatus, NO_BUSINESS, NO_WALLET};
use crate::{App, store};

/// What an account holds. Never guessed: an account that cannot be read is an error, not a zero.
#[derive(Serialize, ToSchema)]
pub(crate) struct WalletBody {
    /// Minor units: what has been received less what has been spent.
    balance: i64,
    /// Minor units: what can be spent now.
    available: i64,
    currency: Currency,
    /// `frozen`: nothing moves until support has been called.
    status: AccountStatus,
}

pub(crate) async fn read_wallet(app: App, consumer: Consumer) -> Result<Json<WalletBody>, Error> {
    read_account(&app, consumer.user_id.uuid()).await
}

pub(crate) async fn read_shop_balance(
    app: App,
    Id(business_id): Id<BusinessId>,
    owner: Merchant,
) -> Result<Json<WalletBody>, Error> {
    let mut conn = app.database.conn().await?;
    let shop = store::read_models::find_shop(&mut conn, business_id).await?;
    shop.filter(|shop| shop.owner_user_id == owner.user_id).ok_or(NO_BUSINESS)?;
    drop(conn);
    read_account(&app, business_id.uuid()).await
}

async fn read_account(app: &App, id: Uuid) -> Result<Json<WalletBody>, Error> {
    let mut conn = app.database.conn().await?;
    let account = store::ledger::find_account(&mut conn, id).await?.ok_or(NO_WALLET)?;
    Ok(Json(WalletBody {
        balance: account.balance(),
        available: account.available(),
        currency: Currency::HKD,
        status: account.status,
    }))
}
