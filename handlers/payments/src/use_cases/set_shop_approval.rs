//! An operator says whether a shop can be paid, beside onboarding, as of a wallet's tier; but
//! that it cannot counts until an operator says otherwise, whoever comes to own it. Doing it twice
//! is the same as doing it once. What the shop holds stays its own.

use serde::Deserialize;
use service::database::now;
use service::{Error, FunctionKey, Id, Json, retry_lock_conflicts};
use utoipa::ToSchema;
use values::{AccountId, BusinessId, Operator, Reason};

use super::AccountBody;
use super::read_account::{find_named, show_account};
use crate::domain::{ApprovalChange, Source, Word};
use crate::{App, store};

/// Whether the shop can be paid, and on whose word.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetShopApproval {
    is_approved: bool,
    /// The case, or the certificate that was seen.
    reason: Reason,
    /// The name with which the operator is signed in to Azure.
    operator: Operator,
}

pub(crate) async fn set_shop_approval(
    app: App,
    Id(business_id): Id<BusinessId>,
    _: FunctionKey,
    Json(input): Json<SetShopApproval>,
) -> Result<Json<AccountBody>, Error> {
    let SetShopApproval { is_approved, reason, operator } = input;
    let source = Source::Operator(Word { operator, reason });
    retry_lock_conflicts(|| change(&app, business_id, is_approved, &source)).await.map(Json)
}

async fn change(
    app: &App,
    business_id: BusinessId,
    is_approved: bool,
    source: &Source,
) -> Result<AccountBody, Error> {
    let id = AccountId::Business(business_id);
    let mut tx = app.database.begin().await?;
    // The account opens with the shop.
    find_named(&mut tx, id).await?;
    let known = store::approval_changes::lock_approval(&mut tx, business_id).await?;
    if let Some(known) = known.filter(|known| known.changes_by_operator(is_approved)) {
        let change = ApprovalChange { is_approved, source: source.clone(), at: now() };
        let insert = store::approval_changes::insert_approval_change;
        insert(&mut tx, business_id, &change, known.owner).await?;
    }
    let account = show_account(&mut tx, id).await?;
    tx.commit().await?;
    Ok(account)
}
