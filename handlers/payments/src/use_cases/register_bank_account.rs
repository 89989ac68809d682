//! A person registers a bank account as their own, lists what they have registered, and removes it.

use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::{
    Consumer, Error, Id, Json, Keyed, List, NoContent, Page, Recorded, Resource, find_recorded,
    once,
};
use utoipa::ToSchema;
use values::{
    BankAccount, BankAccountId, DisplayName, IdempotencyKey, Reference, Timestamp, UserId,
};

use super::withdraw_money::MaskedBankAccountBody;
use crate::bank_rail::is_holder;
use crate::domain::{
    BANK_ACCOUNT_NAME_MISMATCH, BANK_ACCOUNT_NOT_OWN, BANK_CHECK_UNAVAILABLE, NO_BANK_ACCOUNT,
    NO_WALLET, RegisteredAccount,
};
use crate::store::day_counts::{Asked, count_question};
use crate::{App, store};

/// Which account, and in whose name the bank has it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterBankAccount {
    bank_account: BankAccount,
    /// The person's own name, as their profile has it: in any order, spacing and case. It is
    /// compared and not kept.
    holder_name: DisplayName,
}

/// A bank account that its owner has registered.
#[derive(Serialize, ToSchema)]
pub(crate) struct RegisteredBankAccountBody {
    bank_account_id: BankAccountId,
    bank_account: MaskedBankAccountBody,
    /// What the confirmation of a withdrawal to it names.
    reference: Option<Reference>,
    created_at: Timestamp,
}

impl Resource for RegisteredBankAccountBody {
    const LOCATION: &'static str = "/api/v1/wallets/me/bank-accounts";
}

impl From<&RegisteredAccount> for RegisteredBankAccountBody {
    fn from(registered: &RegisteredAccount) -> Self {
        Self {
            bank_account_id: registered.id,
            bank_account: MaskedBankAccountBody::from(&registered.account),
            reference: registered.reference(),
            created_at: registered.created_at.into(),
        }
    }
}

pub(crate) async fn register_bank_account(
    app: App,
    consumer: Consumer,
    key: IdempotencyKey,
    Json(input): Json<RegisterBankAccount>,
) -> Result<Recorded<RegisteredBankAccountBody>, Error> {
    let (user_id, account) = (consumer.user_id, &input.bank_account);
    let said = (Reference::from(account), &input.holder_name);
    let keyed = Keyed::new(user_id.uuid(), &key, "register_bank_account", &said)?;
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let name = store::read_models::find_name(&mut app.database.conn().await?, user_id).await?;
    let name = name.and_then(|name| DisplayName::try_from(name).ok());
    if !name.is_some_and(|name| name.is_same_name(&input.holder_name)) {
        return Err(BANK_ACCOUNT_NAME_MISMATCH.into());
    }
    require_holder(&app, user_id, account).await?;
    once(&app.database, &keyed, |tx| insert(tx, user_id, account.clone())).await
}

/// Whether the bank says that the account is whose they say it is. A person may have it asked so
/// often in a day, for themselves and for their businesses.
pub(super) async fn require_holder(
    app: &App,
    user_id: UserId,
    account: &BankAccount,
) -> Result<(), Error> {
    if !app.bank.is_instructed() {
        return Err(BANK_CHECK_UNAVAILABLE.into());
    }
    let mut tx = app.database.begin().await?;
    let checks = count_question(&mut tx, Asked::Holder, user_id, now()).await?;
    tx.commit().await?;
    RegisteredAccount::require_checks_left(checks)?;
    let is_own = is_holder(app.bank, account).await;
    let is_own =
        is_own.ok_or(Error::Unavailable("The bank does not answer at the moment; try again."))?;
    if is_own { Ok(()) } else { Err(BANK_ACCOUNT_NOT_OWN.into()) }
}

/// Behind the lock of the person's wallet, so that no two pass the limit together.
async fn insert(
    mut tx: Tx,
    user_id: UserId,
    account: BankAccount,
) -> Result<(Tx, RegisteredBankAccountBody), Error> {
    store::ledger::lock_account(&mut tx, user_id.uuid()).await?.ok_or(NO_WALLET)?;
    let others = store::bank_accounts::list_bank_accounts(&mut tx, user_id).await?;
    let registered = RegisteredAccount::register(user_id, account, &others, now())?;
    store::bank_accounts::insert_bank_account(&mut tx, &registered).await?;
    Ok((tx, RegisteredBankAccountBody::from(&registered)))
}

pub(crate) async fn list_bank_accounts(
    app: App,
    consumer: Consumer,
    list: List,
) -> Result<Json<Page<RegisteredBankAccountBody>>, Error> {
    let paging = list.of(consumer.user_id)?;
    let mut conn = app.database.conn().await?;
    let mut rows = store::bank_accounts::list_bank_accounts(&mut conn, consumer.user_id).await?;
    rows.retain(|registered| registered.id.uuid() < paging.before_id());
    let place = |registered: &RegisteredAccount| registered.id.uuid().as_u128();
    let body = |registered| RegisteredBankAccountBody::from(&registered);
    Ok(Json(paging.page(rows, place, body)))
}

pub(crate) async fn remove_bank_account(
    app: App,
    Id(id): Id<BankAccountId>,
    consumer: Consumer,
) -> Result<NoContent, Error> {
    let mut conn = app.database.conn().await?;
    let user_id = consumer.user_id;
    let is_removed =
        store::bank_accounts::remove_bank_account(&mut conn, id, user_id, now()).await?;
    if is_removed { Ok(NoContent) } else { Err(NO_BANK_ACCOUNT.into()) }
}
