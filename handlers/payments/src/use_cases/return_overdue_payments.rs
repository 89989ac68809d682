//! Payments about which no reviewer has decided in time are their payers' again.

use service::Error;
use values::{FpsPaymentId, HeldPaymentId, OperationKind, PeerPaymentId, UserId};

use super::end_overdue::end_overdue;
use crate::App;
use crate::domain::operations::{EndHeldPayment, HeldPaymentEnd};
use crate::store::overdue::{Overdue, Waiting};

pub(crate) async fn return_overdue_payments(app: App) -> Result<(), Error> {
    let end = |id, overdue: Overdue| EndHeldPayment {
        id,
        payer: UserId::from_uuid(overdue.other),
        payee: overdue.party,
        end: HeldPaymentEnd::Overdue,
    };
    let peer = end_overdue(&app, Waiting::Reviews(OperationKind::PeerPayment), |overdue| {
        end(HeldPaymentId::Peer(PeerPaymentId::from_uuid(overdue.id)), overdue)
    });
    let fps = end_overdue(&app, Waiting::Reviews(OperationKind::FpsPayment), |overdue| {
        end(HeldPaymentId::Fps(FpsPaymentId::from_uuid(overdue.id)), overdue)
    });
    let (peer, fps) = (peer.await, fps.await);
    peer.and(fps)
}
