//! A business has an owner, who may say where its webhooks go.

use events::Envelope;
use events::business_profile::BusinessChangedV1;
use inbox::Failure;
use service::database::Tx;

use crate::store::businesses;

pub(crate) async fn learn_business(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(business) = inbox::decode::<BusinessChangedV1>(event)? else { return Ok(()) };
    let business_id = business.business_id.parse().map_err(Failure::poison)?;
    let owner = business.owner_user_id.parse().map_err(Failure::poison)?;
    let (is_closed, version) = (business.is_closed, business.version);
    Ok(businesses::save_business(tx, business_id, owner, is_closed, version).await?)
}
