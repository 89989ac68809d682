//! Of the two who decide something together, neither was taken off the staff.

use service::Error;
use service::database::Tx;
use values::{PROPOSAL_EXPIRED, StaffId};

use crate::store;

/// Nobody approves what somebody proposed who is staff no more: why they were removed may be why
/// they proposed it.
pub(super) async fn require_proposer(tx: &mut Tx, proposed_by: StaffId) -> Result<(), Error> {
    if store::staff::is_staff(tx, proposed_by).await? {
        Ok(())
    } else {
        Err(PROPOSAL_EXPIRED.because("whoever proposed it is staff no more").into())
    }
}
