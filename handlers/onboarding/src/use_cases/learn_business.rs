//! A business was created or changed: who owns it may apply for it.

use events::Envelope;
use events::business_profile::BusinessChangedV1;
use inbox::Failure;
use service::database::Tx;

use crate::domain::Business;
use crate::store;

pub(crate) async fn learn_business(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(changed) = inbox::decode::<BusinessChangedV1>(event)? else { return Ok(()) };
    let business = Business {
        business_id: changed.business_id.parse().map_err(Failure::poison)?,
        owner_user_id: changed.owner_user_id.parse().map_err(Failure::poison)?,
        shop_name: changed.shop_name,
        category_code: changed.category_code,
        is_closed: changed.is_closed,
        version: 0,
        application: None,
    };
    Ok(store::people::save_profile(tx, &business, changed.version).await?)
}
