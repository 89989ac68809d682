//! The balance of the caller's own wallet, or of a business they own or manage.

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use serde::Serialize;
use service::database::now;
use service::{Consumer, Error, Id, Json, Merchant};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{Balance, BusinessId, NO_BUSINESS, ShopAct, UserId, unknown};

use crate::domain::{Account, AccountStatus, NO_WALLET};
use crate::{App, store};

/// What an account holds. Never guessed: an account that cannot be read is an error, not a zero.
#[derive(Serialize, ToSchema)]
pub(crate) struct WalletBody {
    /// What has been received less what has been spent.
    balance: Balance,
    /// What can be spent now, never below zero.
    available: Balance,
    /// What is on its way and not in the balance yet: top-ups that the bank has not given so far,
    /// and for a shop what it may still capture. Not what waits for a reviewer.
    incoming: Balance,
    /// `frozen`: nothing moves until support has been called; `outgoing-frozen`: nothing leaves;
    /// `closed`: its owner has closed it.
    status: AccountStatus,
}

impl From<&Account> for WalletBody {
    fn from(account: &Account) -> Self {
        Self {
            balance: Balance::hkd(account.balance()),
            available: Balance::hkd(account.available().max(0)),
            incoming: Balance::hkd(account.credits_pending),
            status: account.status,
        }
    }
}

pub(crate) async fn read_wallet(app: App, consumer: Consumer) -> Result<Json<WalletBody>, Error> {
    read_account(app.database.conn().await?, consumer.user_id.uuid()).await
}

pub(crate) async fn read_shop_balance(
    app: App,
    Id(business_id): Id<BusinessId>,
    member: Merchant,
) -> Result<Json<WalletBody>, Error> {
    let mut conn = app.database.conn().await?;
    require_act(&mut conn, business_id, member.user_id, ShopAct::ReadBooks).await?;
    read_account(conn, business_id.uuid()).await
}

/// Somebody else's business is answered as one that does not exist.
pub(super) async fn require_act(
    conn: &mut impl Queryable,
    business_id: BusinessId,
    user_id: UserId,
    act: ShopAct,
) -> Result<(), Error> {
    let shop = store::read_models::find_shop_for(conn, business_id, user_id).await?;
    let shop = shop.ok_or_else(|| unknown(business_id.uuid(), now(), NO_BUSINESS))?;
    Ok(shop.require(user_id, act, NO_BUSINESS)?)
}

async fn read_account(mut conn: Conn, id: Uuid) -> Result<Json<WalletBody>, Error> {
    let account = store::ledger::find_shown_account(&mut conn, id).await?.ok_or(NO_WALLET)?;
    Ok(Json(WalletBody::from(&account)))
}
