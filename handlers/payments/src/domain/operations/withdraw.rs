//! Money goes from a person's wallet to their own bank account. It is held until the bank has said
//! what became of it, however long that takes.

use time::Duration;
use uuid::Uuid;
use values::{BankAccount, BankAccountId, Money, OperationKind, Refusal, UserId, WithdrawalId};

use super::begin_payout::BeginPayout;
use crate::domain::account::BANK_CLEARING;
use crate::domain::bank_instruction::InstructionKind;
use crate::domain::books::{Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::{ConfirmedBy, Operation};
use crate::domain::refusals::NO_BANK_ACCOUNT;

/// A transfer to a Hong Kong bank takes seconds, and one that people make by hand a day.
const OVERDUE_AFTER: Duration = Duration::days(1);

/// The withdrawal that a person has confirmed.
pub(crate) struct Withdraw {
    pub(crate) user_id: UserId,
    pub(crate) amount: Money,
    pub(crate) bank_account: BankAccount,
    /// As what the person has registered it; `None` where they wrote it out.
    pub(crate) registered: Option<BankAccountId>,
    /// How it was confirmed, or why it was not, as in `PayShop`.
    pub(crate) confirmed: Result<ConfirmedBy, Refusal>,
    /// As in `PayShop`.
    pub(crate) is_new_device: bool,
    /// As in `TopUp`.
    pub(crate) is_instructed: bool,
}

impl Decide for Withdraw {
    type Record = Operation;

    /// All withdrawals share the bank's account with all top-ups.
    fn lane(&self) -> Uuid {
        BANK_CLEARING
    }

    fn reads(&self) -> Reads {
        let registered = self.registered.filter(|_| self.confirmed.is_ok());
        registered.into_iter().fold(Reads::default(), Reads::registered)
    }

    /// Without a proof nobody keeps others from the bank's account, as in `PayShop`.
    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        let bank = self.confirmed.is_ok().then_some(BANK_CLEARING);
        bank.into_iter().chain([self.user_id.uuid()]).collect()
    }

    fn decide(&self, books: &Books) -> Result<Decision<Operation>, Refusal> {
        let confirmed_by = self.confirmed.clone()?;
        if self.registered.is_some_and(|id| !books.is_registered(id)) {
            return Err(NO_BANK_ACCOUNT);
        }
        let id = WithdrawalId::new().uuid();
        let begin = BeginPayout {
            id,
            kind: OperationKind::Withdrawal,
            payer: self.user_id.uuid(),
            payee: None,
            payee_name: String::new(),
            amount: self.amount,
            reference: None,
            confirmed_by,
            is_new_device: self.is_new_device,
            instruction: self.is_instructed.then_some(InstructionKind::CreditTransfer),
            overdue_after: OVERDUE_AFTER,
        };
        let bank_accounts = vec![(id, self.bank_account.clone())];
        begin.decide(books, Changes { bank_accounts, ..Changes::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::AccountStatus;
    use crate::domain::ledger::Ledger;
    use crate::domain::literal_books::{LiteralBooks, NOW, bank_account, hkd};
    use crate::domain::operation::OperationState;
    use crate::domain::refusals::{
        CONFIRMATION_INVALID, INSUFFICIENT_FUNDS, NO_WALLET, WALLET_FROZEN,
    };

    fn wanted(user_id: UserId, amount: i64) -> Withdraw {
        Withdraw {
            user_id,
            amount: hkd(amount),
            bank_account: bank_account(),
            confirmed: Ok(ConfirmedBy::Device),
            is_new_device: false,
            is_instructed: true,
            registered: None,
        }
    }

    #[test]
    fn what_is_withdrawn_is_held_at_once_and_has_not_moved() {
        let mut literal = LiteralBooks::new();
        let wallet_id = literal.payer.uuid();
        let (withdrawal, told) = literal.books.decide(&wanted(literal.payer, 20_000)).unwrap();
        assert_eq!((withdrawal.state, withdrawal.moved), (OperationState::Pending, None));
        assert_eq!(withdrawal.expires_at, Some(NOW + OVERDUE_AFTER));
        assert_eq!(told, []);
        let wallet = literal.books.account(wallet_id).unwrap();
        assert_eq!((wallet.balance(), wallet.available()), (50_000, 30_000));
        assert_eq!(literal.books.bank_accounts, [(withdrawal.id, bank_account())]);
        let told = (withdrawal.id, InstructionKind::CreditTransfer);
        assert_eq!(literal.books.bank_instructions, [told]);

        let refused = literal.books.decide(&wanted(literal.payer, 30_001)).err();
        assert_eq!(refused, Some(INSUFFICIENT_FUNDS));
        literal.books.decide(&wanted(literal.payer, 30_000)).unwrap();
        assert_eq!((literal.available(wallet_id), literal.books.bank_accounts.len()), (0, 2));
    }

    #[test]
    fn the_bank_account_is_where_only_the_payout_reads_it() {
        let mut literal = LiteralBooks::new();
        let (withdrawal, _) = literal.books.decide(&wanted(literal.payer, 1)).unwrap();
        let number = bank_account().account_number.as_str().to_owned();
        let told = serde_json::to_string(&withdrawal.moved_event(None)).unwrap();
        assert!(!told.contains(&number) && !format!("{withdrawal:?}").contains(&number));
    }

    #[test]
    fn without_a_proof_nobody_else_waits() {
        let literal = LiteralBooks::new();
        let (proven, own) = (wanted(literal.payer, 1), literal.payer.uuid());
        assert_eq!(proven.accounts(&literal.books), [BANK_CLEARING, own]);
        let unproven = Withdraw { confirmed: Err(CONFIRMATION_INVALID), ..proven };
        assert_eq!(unproven.accounts(&literal.books), [own]);
    }

    #[test]
    fn a_refusal_leaves_no_trace() {
        let mut literal = LiteralBooks::new();
        let mut frozen = literal.books.account(literal.payer.uuid()).unwrap().clone();
        frozen.status = AccountStatus::Frozen;
        let confirmed = Err(CONFIRMATION_INVALID);
        let cases = [
            (wanted(literal.payer, 50_001), INSUFFICIENT_FUNDS),
            (wanted(UserId::new(), 1), NO_WALLET),
            (Withdraw { confirmed, ..wanted(literal.payer, 1) }, CONFIRMATION_INVALID),
        ];
        for (wanted, refusal) in cases {
            assert_eq!(literal.books.decide(&wanted).err(), Some(refusal));
        }
        let bank = literal.books.account(BANK_CLEARING).unwrap().clone();
        literal.books.ledger = Ledger::new([frozen, bank]);
        let refused = literal.books.decide(&wanted(literal.payer, 1)).err();
        assert_eq!(refused, Some(WALLET_FROZEN));
        assert_eq!(literal.books.ledger.transfers(), []);
        assert_eq!(literal.books.operations.changed().next(), None);
        assert_eq!(literal.books.bank_accounts, []);
        assert_eq!(literal.books.bank_instructions, []);
    }
}
