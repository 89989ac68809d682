//! A business was created or changed: its codes say what is true now.

use events::Envelope;
use events::business_profile::BusinessChangedV1;
use inbox::Failure;
use service::database::Tx;

use crate::domain::Shop;
use crate::store;

pub(crate) async fn learn_shop(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(business) = inbox::decode::<BusinessChangedV1>(event)? else { return Ok(()) };
    let (version, is_logo_told) = (business.version, business.logo_id.is_some());
    let shop = Shop::try_from(business).map_err(Failure::poison)?;
    Ok(store::save_shop(tx, &shop, version, is_logo_told).await?)
}
