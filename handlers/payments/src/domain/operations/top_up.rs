//! Money comes from a person's bank into their wallet.

use time::Duration;
use uuid::Uuid;
use values::{Money, OperationKind, Refusal, TopUpId, UserId, code_enum};

use crate::domain::account::BANK_CLEARING;
use crate::domain::bank_instruction::InstructionKind;
use crate::domain::books::{Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::{Operation, OperationState, Side};
use crate::domain::refusals::NO_WALLET;

/// How long the bank may take to answer for a direct debit: its two business days, and a long
/// weekend between them. Later somebody must ask it: nobody else knows whether the money has come.
const DEBIT_OVERDUE_AFTER: Duration = Duration::days(5);
/// A card is charged in seconds.
const CARD_OVERDUE_AFTER: Duration = Duration::hours(1);

code_enum! {
    /// How the bank is asked for the money.
    pub(crate) enum TopUpMethod {
        /// By card: the bank says within seconds whether it gives the money.
        Instant = "instant",
        /// A direct debit, which the bank confirms later, in full, in part, or not.
        BankDebit = "bank-debit",
    }
}

impl TopUpMethod {
    /// What the bank is told.
    pub(crate) const fn instruction(self) -> InstructionKind {
        match self {
            Self::Instant => InstructionKind::Card,
            Self::BankDebit => InstructionKind::DirectDebit,
        }
    }

    const fn overdue_after(self) -> Duration {
        match self {
            Self::Instant => CARD_OVERDUE_AFTER,
            Self::BankDebit => DEBIT_OVERDUE_AFTER,
        }
    }
}

/// The top-up that a person wants. It is there once the bank has given it, however long that takes.
pub(crate) struct TopUp {
    pub(crate) user_id: UserId,
    pub(crate) amount: Money,
    pub(crate) method: TopUpMethod,
    /// Whether the bank takes instructions; else operators tell it.
    pub(crate) is_instructed: bool,
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
        let top_up = Operation {
            id: TopUpId::new().uuid(),
            kind: OperationKind::TopUp,
            state: OperationState::Pending,
            parent_id: None,
            from: Side { account_id: BANK_CLEARING, name: String::new() },
            to: Side { account_id: self.user_id.uuid(), name: String::new() },
            amount: self.amount,
            moved: None,
            reference: None,
            note: None,
            sticker: None,
            refunded: 0,
            fee: 0,
            tip: None,
            confirmed_by: None,
            created_by: None,
            created_at: books.now,
            ended_at: None,
            expires_at: Some(books.now.saturating_add(self.method.overdue_after())),
        };
        let instruction = self.is_instructed.then_some((top_up.id, self.method.instruction()));
        Ok(Decision {
            changes: Changes {
                transfers: vec![top_up.first_transfer()],
                operations: vec![top_up.clone()],
                bank_instructions: instruction.into_iter().collect(),
                ..Changes::default()
            },
            record: top_up,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::{LiteralBooks, NOW, hkd};

    #[test]
    fn a_top_up_is_held_until_the_bank_has_given_it() {
        for (method, kind, hours) in [
            (TopUpMethod::Instant, InstructionKind::Card, 1),
            (TopUpMethod::BankDebit, InstructionKind::DirectDebit, 120),
        ] {
            for is_instructed in [true, false] {
                let mut literal = LiteralBooks::new();
                let wanted =
                    TopUp { user_id: literal.payer, amount: hkd(100), method, is_instructed };
                let (top_up, told) = literal.books.decide(&wanted).unwrap();
                let wallet = literal.books.account(literal.payer.uuid()).unwrap();
                assert_eq!((wallet.available(), wallet.credits_pending), (50_000, 100));
                assert_eq!((told.len(), top_up.moved), (0, None));
                assert_eq!(top_up.expires_at, Some(NOW + Duration::hours(hours)));
                let instructed = is_instructed.then_some((top_up.id, kind));
                assert_eq!(literal.books.bank_instructions, Vec::from_iter(instructed));
            }
        }
    }

    #[test]
    fn without_a_wallet_there_is_no_top_up() {
        let mut literal = LiteralBooks::new();
        let (user_id, method) = (UserId::new(), TopUpMethod::Instant);
        let wanted = TopUp { user_id, amount: hkd(1), method, is_instructed: true };
        assert_eq!(literal.books.decide(&wanted).err(), Some(NO_WALLET));
        assert_eq!(literal.books.bank_instructions, []);
    }
}
