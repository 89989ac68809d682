//! Payments about which no reviewer has decided in time are their payers' again.

use service::Error;
use values::{PeerPaymentId, UserId};

use super::end_overdue::end_overdue;
use crate::App;
use crate::domain::OperationKind;
use crate::domain::operations::{EndHeldPayment, HeldPaymentEnd};
use crate::store::overdue::Waiting;

pub(crate) async fn return_overdue_payments(app: App) -> Result<(), Error> {
    end_overdue(&app, Waiting::Operations(OperationKind::PeerPayment), |overdue| EndHeldPayment {
        id: PeerPaymentId::from_uuid(overdue.id),
        payer: UserId::from_uuid(overdue.other),
        payee: UserId::from_uuid(overdue.party),
        end: HeldPaymentEnd::Overdue,
    })
    .await
}
