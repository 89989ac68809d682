//! An operator looks at one wallet or shop: what it holds, whether it is frozen, and by whom.

use mysql_async::prelude::Queryable;
use serde::Serialize;
use service::{Error, FunctionKey, Id, Json};
use utoipa::ToSchema;
use values::{AccountId, Balance, Operator, Reason, Timestamp};

use crate::domain::{
    Account, AccountFreeze, AccountKind, AccountStatus, ApprovalChange, FreezeAction, NO_ACCOUNT,
    Source, TierChange, WalletTier, Word,
};
use crate::{App, store};

/// The newest lines of the history that are shown; older ones are in the table.
const LINES_MAX: u32 = 50;

/// An account, as operators see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountBody {
    #[schema(inline)]
    account_id: AccountId,
    status: AccountStatus,
    balance: Balance,
    /// What of that, and of what is to come, is held by law; it can be more than there is.
    legal_hold: Balance,
    /// Newest first, at most 50.
    freezes: Vec<AccountFreezeLine>,
    /// How well the owner of a wallet is known; null for a shop.
    tier: Option<WalletTier>,
    /// Newest first, at most 50.
    tier_changes: Vec<TierChangeLine>,
    /// Whether a shop can be paid; null for a wallet.
    is_approved: Option<bool>,
    /// Newest first, at most 50.
    approval_changes: Vec<ApprovalChangeLine>,
}

/// What an operator did.
#[derive(Serialize, ToSchema)]
struct AccountFreezeLine {
    action: FreezeAction,
    /// All that is held by law from then on; null if that did not change.
    legal_hold: Option<Balance>,
    reason: Reason,
    operator: Operator,
    /// Who of the staff agreed that money was let go; null where one operator is enough.
    approved_by: Option<Operator>,
    changed_at: Timestamp,
}

impl From<AccountFreeze> for AccountFreezeLine {
    fn from(freeze: AccountFreeze) -> Self {
        let AccountFreeze { action, legal_hold, word, approved_by, at } = freeze;
        let Word { operator, reason } = word;
        let legal_hold = legal_hold.map(Balance::hkd);
        Self { action, legal_hold, reason, operator, approved_by, changed_at: at.into() }
    }
}

/// What was said of a wallet's owner.
#[derive(Serialize, ToSchema)]
struct TierChangeLine {
    /// From then on.
    tier: WalletTier,
    #[serde(flatten)]
    source: VerificationSourceBody,
    changed_at: Timestamp,
}

impl From<TierChange> for TierChangeLine {
    fn from(TierChange { tier, source, at }: TierChange) -> Self {
        Self { tier, source: source.into(), changed_at: at.into() }
    }
}

/// What was said of a shop.
#[derive(Serialize, ToSchema)]
struct ApprovalChangeLine {
    /// From then on.
    is_approved: bool,
    #[serde(flatten)]
    source: VerificationSourceBody,
    changed_at: Timestamp,
}

impl From<ApprovalChange> for ApprovalChangeLine {
    fn from(ApprovalChange { is_approved, source, at }: ApprovalChange) -> Self {
        Self { is_approved, source: source.into(), changed_at: at.into() }
    }
}

/// Whose word it is: an operator's, or onboarding's.
#[derive(Serialize, ToSchema)]
struct VerificationSourceBody {
    /// Null if onboarding says so.
    reason: Option<Reason>,
    /// Null if onboarding says so.
    operator: Option<Operator>,
    /// Which of onboarding's words on this person or business it is; null if it is an operator's.
    verification_version: Option<u32>,
}

impl From<Source> for VerificationSourceBody {
    fn from(source: Source) -> Self {
        let (word, verification_version) = match source {
            Source::Operator(word) => (Some(word), None),
            Source::Onboarding { version } => (None, Some(version)),
        };
        let (operator, reason) = word.map(|word| (word.operator, word.reason)).unzip();
        Self { reason, operator, verification_version }
    }
}

pub(crate) async fn read_account(
    app: App,
    Id(id): Id<AccountId>,
    _: FunctionKey,
) -> Result<Json<AccountBody>, Error> {
    let mut conn = app.database.conn().await?;
    show_account(&mut conn, id).await.map(Json)
}

/// The account as this connection sees it.
pub(super) async fn show_account(
    connection: &mut impl Queryable,
    id: AccountId,
) -> Result<AccountBody, Error> {
    let account = find_named(connection, id).await?;
    let freezes =
        store::account_freezes::list_account_freezes(connection, id.uuid(), LINES_MAX).await?;
    let tier_changes =
        store::tier_changes::list_tier_changes(connection, id.uuid(), LINES_MAX).await?;
    let (shop, approval_changes) = match id {
        AccountId::Business(id) => {
            let list = store::approval_changes::list_approval_changes;
            let shop = store::read_models::find_shop(connection, id).await?;
            (shop, list(connection, id, LINES_MAX).await?)
        }
        AccountId::User(_) => (None, Vec::new()),
    };
    Ok(AccountBody {
        account_id: id,
        status: account.status,
        balance: Balance::hkd(account.balance()),
        legal_hold: Balance::hkd(account.legal_hold),
        freezes: freezes.into_iter().map(AccountFreezeLine::from).collect(),
        tier: (account.kind == AccountKind::Wallet).then_some(account.tier),
        tier_changes: tier_changes.into_iter().map(TierChangeLine::from).collect(),
        is_approved: shop.map(|shop| shop.is_approved),
        approval_changes: approval_changes.into_iter().map(ApprovalChangeLine::from).collect(),
    })
}

/// The account, if it is of the kind that its name says: `usr_` before the id of the bank's account
/// names nothing.
pub(super) async fn find_named(
    connection: &mut impl Queryable,
    id: AccountId,
) -> Result<Account, Error> {
    let account = store::ledger::find_account(connection, id.uuid()).await?;
    Ok(account.filter(|account| account.kind == AccountKind::of(id)).ok_or(NO_ACCOUNT)?)
}
