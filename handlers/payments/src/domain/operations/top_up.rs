//! Money comes from a person's bank into their wallet.

use time::Duration;
use uuid::Uuid;
use values::{Money, Refusal, TopUpId, UserId, code_enum};

use crate::domain::account::BANK_CLEARING;
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::{Operation, OperationState, Side};
use crate::domain::operation_kind::OperationKind;
use crate::domain::refusals::NO_WALLET;

/// How long the bank may take to answer for a direct debit, in business days and weekends.
const BANK_ANSWERS_WITHIN: Duration = Duration::days(5);

code_enum! {
    /// How the bank is asked for the money.
    pub(crate) enum TopUpMethod {
        /// A transfer that the bank confirms at once.
        Instant = "instant",
        /// A direct debit, which the bank confirms later, in full, in part, or not.
        BankDebit = "bank-debit",
    }
}

/// The top-up that a person wants.
pub(crate) struct TopUp {
    pub(crate) user_id: UserId,
    pub(crate) amount: Money,
    pub(crate) method: TopUpMethod,
}

impl Decide for TopUp {
    type Record = Operation;

    /// All top-ups share the bank's account.
    fn lane(&self) -> Uuid {
        BANK_CLEARING
    }

    fn reads(&self) -> Reads {
        Reads::default()
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        vec![BANK_CLEARING, self.user_id.uuid()]
    }

    fn decide(&self, books: &Books) -> Result<Decision<Operation>, Refusal> {
        books.account(self.user_id.uuid()).ok_or(NO_WALLET)?;
        let is_instant = self.method == TopUpMethod::Instant;
        let expires_at = books.now.saturating_add(BANK_ANSWERS_WITHIN);
        let top_up = Operation {
            id: TopUpId::new().uuid(),
            kind: OperationKind::TopUp,
            state: if is_instant { OperationState::Completed } else { OperationState::Pending },
            parent_id: None,
            from: Side { account_id: BANK_CLEARING, name: String::new() },
            to: Side { account_id: self.user_id.uuid(), name: String::new() },
            amount: self.amount,
            moved: is_instant.then_some(self.amount),
            reference: None,
            confirmed_by: None,
            created_at: books.now,
            ended_at: is_instant.then_some(books.now),
            expires_at: (!is_instant).then_some(expires_at),
        };
        let moved = is_instant.then(|| Announcement::new(self.user_id, &top_up.moved_event(None)));
        Ok(Decision {
            changes: Changes {
                transfers: vec![top_up.first_transfer()],
                operations: vec![top_up.clone()],
                announcements: moved.into_iter().collect(),
                ..Changes::default()
            },
            record: top_up,
        })
    }
}
