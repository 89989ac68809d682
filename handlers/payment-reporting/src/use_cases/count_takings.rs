//! Money has moved: what shops took has it, each movement once.

use events::Envelope;
use events::payments::MoneyMovedV1;
use inbox::Failure;
use service::database::Tx;

use crate::domain::counted;
use crate::store;

pub(crate) async fn count_takings(tx: &mut Tx, events: &[&Envelope]) -> Result<(), Failure> {
    let mut all = Vec::with_capacity(events.len());
    for event in events {
        if let Some(moved) = inbox::decode::<MoneyMovedV1>(event)? {
            all.extend(counted(&moved).map_err(Failure::poison)?);
        }
    }
    Ok(store::takings::add_takings(tx, &all).await?)
}
