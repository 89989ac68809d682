//! A payment that a rule of step-up holds begins to wait for a reviewer.

use uuid::Uuid;

use crate::domain::books::{Books, Changes, Decision};
use crate::domain::held_payment::{HeldPayment, REVIEWED_WITHIN, WhyHeld};
use crate::domain::operation::Operation;
use crate::domain::visibility::Visibility;

/// Its money is set aside, and the payer alone is told. The payee is none whom they have paid,
/// until it is released. `changes` has what is kept of where it goes.
pub(super) fn hold_payment(
    payment: Operation,
    payee: Uuid,
    visibility: Visibility,
    why: WhyHeld,
    books: &Books,
    changes: Changes,
) -> Decision<Operation> {
    let payment = payment.pending(books.now.saturating_add(REVIEWED_WITHIN));
    let held = HeldPayment::of(&payment, payee, visibility, why);
    let changes = Changes {
        transfers: vec![payment.first_transfer()],
        operations: vec![payment.clone()],
        announcements: vec![held.announcement(&payment)],
        held_payments: vec![held],
        ..changes
    };
    Decision { record: payment, changes }
}
