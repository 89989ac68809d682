//! A business was created or changed: it has an account to be paid into, once it is approved, and
//! payers see its name. With another owner what the one before let in to act for it, or has the
//! keys of, is let in no more. To where takings go the new owner says anew: an account counts while
//! who registered it owns the shop; and approved it is once onboarding says so of them.

use std::collections::BTreeMap;

use events::Envelope;
use events::business_profile::BusinessChangedV1;
use inbox::Failure;
use service::database::{Tx, now};
use values::{BusinessId, CategoryCode};

use super::end_api_credentials::end;
use crate::domain::{AccountKind, FeeRate, Shop};
use crate::{App, store};

pub(crate) async fn learn_shop(app: &App, tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(business) = inbox::decode::<BusinessChangedV1>(event)? else { return Ok(()) };
    let business_id: BusinessId = business.business_id.parse().map_err(Failure::poison)?;
    let category = category(business_id, business.category_code);
    let shop = Shop {
        owner_user_id: business.owner_user_id.parse().map_err(Failure::poison)?,
        staff: BTreeMap::new(),
        shop_name: business.shop_name,
        is_closed: business.is_closed,
        is_approved: false,
        fee_rate: FeeRate::DEFAULT,
    };
    store::ledger::open_account(tx, business_id.uuid(), AccountKind::Merchant).await?;
    let (version, category) = (business.version, category.as_ref());
    let find_before = store::read_models::find_owner_before;
    let mut before = find_before(tx, business_id, &shop, version).await?;
    if before.is_some() {
        // Before the shop is written: a credential that is being made is made, and found below, or
        // its maker finds that the shop is theirs no longer. Another may have come to own it while
        // this waited.
        store::ledger::lock_account(tx, business_id.uuid()).await?;
        before = find_before(tx, business_id, &shop, version).await?;
    }
    store::read_models::save_shop(tx, business_id, &shop, category, version).await?;
    let Some(before) = before else { return Ok(()) };
    store::read_models::save_former_owner(tx, business_id, before).await?;
    // In the transaction that changes the owner, since a program acts as whoever that is.
    for client_id in store::api_credentials::list_active(tx, business_id, now()).await? {
        end(app, tx, client_id).await?;
    }
    Ok(())
}

/// For a report alone: one that cannot be read keeps nobody from being paid.
fn category(business_id: BusinessId, code: String) -> Option<CategoryCode> {
    let category = code.try_into();
    if category.is_err() {
        tracing::warn!(%business_id, "what a shop says of its trade is no category code");
    }
    category.ok()
}
