//! What nobody claimed in time goes back to its senders. Nobody can claim it in the meantime
//! either: claiming looks at the time itself.

use service::Error;
use values::UserId;

use super::end_overdue::end_overdue;
use crate::App;
use crate::domain::operations::{ReturnParcel, ReturnReason};
use crate::store::overdue::Waiting;

pub(crate) async fn return_parcels(app: App) -> Result<(), Error> {
    end_overdue(&app, Waiting::Parcels, |overdue| ReturnParcel {
        parcel_id: overdue.id,
        sender: UserId::from_uuid(overdue.party),
        reason: ReturnReason::Expired,
    })
    .await
}
