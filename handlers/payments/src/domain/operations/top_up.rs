//! Money comes from a person's bank into their wallet.

use time::Duration;
use uuid::Uuid;
use values::{Money, Refusal, TopUpId, UserId, code_enum};

use crate::domain::account::BANK_CLEARING;
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::{Operation, OperationState, Side};
use crate::domain::operation_kind::OperationKind;
use crate::domain::refusals::NO_WALLET;

/// How long the bank may take to answer for a direct debit: its two business days, and a long
/// weekend between them.
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
            note: None,
            refunded: 0,
            fee: 0,
            tip: None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::{LiteralBooks, hkd};

    #[test]
    fn an_instant_top_up_is_there_at_once_and_a_bank_debit_is_held() {
        for (method, available, told_count) in
            [(TopUpMethod::Instant, 50_100, 1), (TopUpMethod::BankDebit, 50_000, 0)]
        {
            let mut literal = LiteralBooks::new();
            let wanted = TopUp { user_id: literal.payer, amount: hkd(100), method };
            let (top_up, told) = literal.books.decide(&wanted).unwrap();
            assert_eq!(literal.available(literal.payer.uuid()), available);
            assert_eq!((told.len(), top_up.moved.is_some()), (told_count, told_count == 1));
            assert_eq!(top_up.expires_at.is_some(), method == TopUpMethod::BankDebit);
        }
    }

    #[test]
    fn without_a_wallet_there_is_no_top_up() {
        let mut literal = LiteralBooks::new();
        let user_id = UserId::new();
        let wanted = TopUp { user_id, amount: hkd(1), method: TopUpMethod::Instant };
        assert_eq!(literal.books.decide(&wanted).err(), Some(NO_WALLET));
    }
}
