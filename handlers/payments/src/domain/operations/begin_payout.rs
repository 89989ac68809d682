//! What the bank is to pay out of a wallet begins: it is held until the bank has said what became
//! of it, however long that takes. What a rule holds the bank is told of once it is released.

use time::Duration;
use uuid::Uuid;
use values::{HELD_FOR_REVIEW, Money, OperationKind, Reference, Refusal};

use super::hold_payment::hold_payment;
use crate::domain::account::BANK_CLEARING;
use crate::domain::bank_instruction::InstructionKind;
use crate::domain::books::{Books, Changes, Decision};
use crate::domain::known_payees::KnownPayee;
use crate::domain::operation::{ConfirmedBy, Operation, OperationState, Side};
use crate::domain::refusals::NO_WALLET;
use crate::domain::step_up::Leaving;
use crate::domain::visibility::Visibility;

/// A withdrawal or a payment by FPS, once it is known that it may go there.
pub(super) struct BeginPayout {
    /// A new one.
    pub(super) id: Uuid,
    pub(super) kind: OperationKind,
    /// Whose wallet.
    pub(super) payer: Uuid,
    /// As what the payer knows who is paid; `None` if it is the payer.
    pub(super) payee: Option<Uuid>,
    /// Empty if it is the payer.
    pub(super) payee_name: String,
    pub(super) amount: Money,
    pub(super) reference: Option<Reference>,
    pub(super) confirmed_by: ConfirmedBy,
    /// As in `PayShop`.
    pub(super) is_new_device: bool,
    /// What the bank is told; `None` where operators answer for it.
    pub(super) instruction: Option<InstructionKind>,
    /// Later somebody must ask the bank: nobody else knows where the money is.
    pub(super) overdue_after: Duration,
}

impl BeginPayout {
    /// `changes` has what is kept of where it goes, and all else is added.
    pub(super) fn decide(
        self,
        books: &Books,
        changes: Changes,
    ) -> Result<Decision<Operation>, Refusal> {
        let wallet = books.account(self.payer).ok_or(NO_WALLET)?;
        let leaving = Leaving {
            kind: self.kind,
            payer: wallet,
            payee: self.payee,
            amount: self.amount,
            confirmed_by: self.confirmed_by,
            is_new_device: self.is_new_device,
        };
        leaving.require_within_limits(books)?;
        let why_held = leaving.judge(books)?;
        let payout = Operation {
            id: self.id,
            kind: self.kind,
            state: OperationState::Pending,
            parent_id: None,
            from: Side { account_id: self.payer, name: String::new() },
            to: Side { account_id: BANK_CLEARING, name: self.payee_name },
            amount: self.amount,
            moved: None,
            reference: self.reference,
            note: None,
            sticker: None,
            refunded: 0,
            fee: 0,
            tip: None,
            confirmed_by: Some(self.confirmed_by),
            created_by: None,
            created_at: books.now,
            ended_at: None,
            expires_at: Some(books.now.saturating_add(self.overdue_after)),
        };
        if let Some(why) = why_held {
            // Whoever withdraws can ask again.
            let payee = self.payee.ok_or(HELD_FOR_REVIEW)?;
            return Ok(hold_payment(payout, payee, Visibility::Private, why, books, changes));
        }
        let instruction = self.instruction.map(|kind| (payout.id, kind));
        Ok(Decision {
            changes: Changes {
                transfers: vec![payout.first_transfer()],
                operations: vec![payout.clone()],
                payees: self
                    .payee
                    .and_then(|payee| known(&payout, payee, books))
                    .into_iter()
                    .collect(),
                bank_instructions: instruction.into_iter().collect(),
                ..changes
            },
            record: payout,
        })
    }
}

/// The payee as the payer knows them once the money is on its way, if they are new. Also if the
/// bank refuses: what is on its way to new ones counts at once.
pub(super) fn known(payout: &Operation, payee: Uuid, books: &Books) -> Option<KnownPayee> {
    let pair = (payout.from.account_id, payee);
    books.known_payees.after_payment(pair, payout.amount.minor_units(), books.now)
}
