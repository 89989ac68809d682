//! A business was created or changed: it has an account to be paid into, once it is approved, and
//! payers see its name.

use std::collections::BTreeMap;

use events::Envelope;
use events::business_profile::BusinessChangedV1;
use inbox::Failure;
use service::database::Tx;
use values::{BusinessId, CategoryCode};

use crate::domain::{AccountKind, FeeRate, Shop};
use crate::store;

pub(crate) async fn learn_shop(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
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
    store::read_models::save_shop(tx, business_id, &shop, category.as_ref(), business.version)
        .await?;
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
