//! The balance of the caller's own wallet, or of a business they own.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use values::{BusinessId, Currency, UserId};

use crate::domain::AccountStatus;
use crate::error::Error;
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

pub(crate) async fn read_wallet(app: &App, user_id: UserId) -> Result<WalletBody, Error> {
    read_account(app, user_id.uuid()).await
}

pub(crate) async fn read_shop_balance(
    app: &App,
    user_id: UserId,
    business_id: BusinessId,
) -> Result<WalletBody, Error> {
    let mut conn = app.pool.get_conn().await?;
    let shop = store::read_models::find_shop(&mut conn, business_id).await?;
    shop.filter(|shop| shop.owner_user_id == user_id).ok_or(Error::NoBusiness)?;
    drop(conn);
    read_account(app, business_id.uuid()).await
}

async fn read_account(app: &App, id: Uuid) -> Result<WalletBody, Error> {
    let mut conn = app.pool.get_conn().await?;
    let account = store::ledger::find_account(&mut conn, id).await?.ok_or(Error::NoWallet)?;
    Ok(WalletBody {
        balance: account.balance(),
        available: account.available(),
        currency: Currency::HKD,
        status: account.status,
    })
}
