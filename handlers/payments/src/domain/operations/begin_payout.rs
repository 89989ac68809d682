//! What the bank is to pay out of a wallet begins: it is held until the bank has said what became
//! of it, however long that takes.

use time::Duration;
use uuid::Uuid;
use values::{Money, Reference, Refusal};

use crate::domain::account::BANK_CLEARING;
use crate::domain::bank_instruction::InstructionKind;
use crate::domain::books::{Books, Changes, Decision};
use crate::domain::operation::{ConfirmedBy, Operation, OperationState, Side};
use crate::domain::operation_kind::OperationKind;
use crate::domain::refusals::NO_WALLET;
use crate::domain::step_up::Leaving;

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
        self.kind.require_within_limits(wallet, self.amount, books.now, self.is_new_device)?;
        let leaving = Leaving {
            kind: self.kind,
            payer: wallet,
            payee: self.payee,
            amount: self.amount,
            confirmed_by: self.confirmed_by,
            is_new_device: self.is_new_device,
        };
        leaving.require_step_up(books)?;
        // Also if the bank refuses: what is on its way to new ones counts at once.
        let known = self.payee.and_then(|payee| {
            let pair = (self.payer, payee);
            books.known_payees.after_payment(pair, self.amount.minor_units(), books.now)
        });
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
        Ok(Decision {
            changes: Changes {
                transfers: vec![payout.first_transfer()],
                operations: vec![payout.clone()],
                payees: known.into_iter().collect(),
                bank_instructions: self
                    .instruction
                    .map(|kind| (payout.id, kind))
                    .into_iter()
                    .collect(),
                ..changes
            },
            record: payout,
        })
    }
}
