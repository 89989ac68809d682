//! What a device signed is good once.

use service::Error;
use service::database::Tx;
use values::{DeviceId, SignedAt};

use super::refuse_duplicate::refuse_duplicate;
use crate::domain::SIGNATURE_INVALID;
use crate::store;

/// Part of the transaction that does what was signed; refuses a moment that the device signed
/// something for before. None of what was spent when it was checked.
pub(super) async fn spend_signature(
    tx: &mut Tx,
    device_id: DeviceId,
    signed_at: Option<&SignedAt>,
) -> Result<(), Error> {
    let Some(signed_at) = signed_at else {
        return Ok(());
    };
    let spent = store::insert_spent_proof(tx, device_id, signed_at).await;
    spent.map_err(refuse_duplicate(SIGNATURE_INVALID))
}
