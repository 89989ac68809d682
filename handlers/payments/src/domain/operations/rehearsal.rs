//! A payment is decided as if its payer had what they lack, and nothing comes of it: what would be
//! refused all the same is refused before any money is brought in for it.

use uuid::Uuid;
use values::{Money, Refusal, UserId};

use crate::domain::books::{Books, Changes, Decide, Decision, Reads};
use crate::domain::ledger::Ledger;

/// A payment, who pays, and how much.
pub(crate) struct Rehearsal<D> {
    pub(crate) payment: D,
    pub(crate) payer: UserId,
    pub(crate) amount: Money,
}

impl<D: Decide> Decide for Rehearsal<D> {
    type Record = D::Record;

    fn lane(&self) -> Uuid {
        self.payment.lane()
    }

    fn reads(&self) -> Reads {
        self.payment.reads()
    }

    fn accounts(&self, books: &Books) -> Vec<Uuid> {
        self.payment.accounts(books)
    }

    fn decide(&self, books: &Books) -> Result<Decision<D::Record>, Refusal> {
        let mut trial = books.clone();
        trial.ledger = Ledger::new(books.ledger.accounts().cloned().map(|mut account| {
            if account.id == self.payer.uuid() {
                let lacking = self.amount.minor_units().saturating_sub(account.available());
                account.credits_posted = account.credits_posted.saturating_add(lacking.max(0));
            }
            account
        }));
        let (record, _) = trial.decide(&self.payment)?;
        Ok(Decision { record, changes: Changes::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::{LiteralBooks, hkd};
    use crate::domain::operation::ConfirmedBy;
    use crate::domain::operations::SendMoney;
    use crate::domain::refusals::{INSUFFICIENT_FUNDS, PAYEE_UNAVAILABLE};
    use crate::domain::visibility::Visibility;

    #[test]
    fn what_only_money_is_lacking_for_passes_and_changes_nothing() {
        let mut literal = LiteralBooks::new();
        let payee = literal.rich_friend();
        let (payer, amount) = (literal.payer, hkd(50_001));
        let payment = SendMoney {
            payer,
            payee,
            amount,
            note: None,
            sticker: None,
            visibility: Visibility::Private,
            money_request_id: None,
            accepted_warning: None,
            confirmed: Ok(ConfirmedBy::Pin),
            is_new_device: false,
        };
        assert_eq!(literal.books.decide(&payment).err(), Some(INSUFFICIENT_FUNDS));
        let before = literal.books.account(payer.uuid()).cloned();
        let rehearsal = Rehearsal { payment, payer, amount };
        literal.books.decide(&rehearsal).unwrap();
        assert_eq!(literal.books.account(payer.uuid()).cloned(), before);
        assert_eq!(literal.books.ledger.transfers().len(), 0);

        literal.freeze(payee.uuid());
        assert_eq!(literal.books.decide(&rehearsal).err(), Some(PAYEE_UNAVAILABLE));
    }
}
