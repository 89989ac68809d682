//! Payments that no shop has captured in time hold their payers' money no longer.

use service::Error;
use values::{BusinessId, OperationKind, PaymentId};

use super::end_overdue::end_overdue;
use crate::App;
use crate::domain::operations::{AuthorisationEnd, EndAuthorisation};
use crate::store::overdue::Waiting;

pub(crate) async fn expire_authorisations(app: App) -> Result<(), Error> {
    end_overdue(&app, Waiting::Operations(OperationKind::Payment), |overdue| EndAuthorisation {
        payment_id: PaymentId::from_uuid(overdue.id),
        business_id: BusinessId::from_uuid(overdue.party),
        outcome: AuthorisationEnd::Expired,
    })
    .await
}
