//! What a member of staff does is written down, under the name that is signed in.

use crate::domain::{ActSubject, StaffAct, StaffActType};
use crate::store;
use service::database::Tx;
use service::{Error, Staff};

/// Part of the transaction that does it.
pub(super) async fn record_act(
    tx: &mut Tx,
    by: &Staff,
    kind: StaffActType,
    about: Option<ActSubject>,
) -> Result<(), Error> {
    let act = StaffAct { kind, staff_id: Some(by.staff_id), name: by.name.clone(), about };
    Ok(store::staff_acts::insert_staff_act(tx, &act).await?)
}
