//! Double entry: each transfer debits one account and credits another by the same amount, so all
//! debits always equal all credits.

use std::collections::BTreeMap;

use time::OffsetDateTime;
use uuid::Uuid;
use values::{Money, PaymentId, Refusal, TopUpId, TransferId, code_enum};

use super::refusals::{
    BALANCE_LIMIT_EXCEEDED, INSUFFICIENT_FUNDS, PAYEE_UNAVAILABLE, WALLET_FROZEN,
};

/// The bank's side of top-ups.
pub(crate) const BANK_CLEARING: Uuid = Uuid::from_u128(1);

/// The most that a wallet may hold, in minor units: HK$100,000.
pub(crate) const WALLET_BALANCE_MAX: i64 = 10_000_000;

code_enum! {
    /// Whose money an account holds, and so which way it may go.
    pub(crate) enum AccountKind {
        /// A person's money; the account's id is the user's.
        Wallet = "wallet",
        /// A shop's takings; the account's id is the business's.
        Merchant = "merchant",
        /// Money on its way from or to a bank; its debits exceed its credits.
        BankClearing = "bank_clearing",
    }
}

impl AccountKind {
    /// Customers' accounts never go below zero.
    const fn may_be_overdrawn(self) -> bool {
        match self {
            Self::Wallet | Self::Merchant => false,
            Self::BankClearing => true,
        }
    }

    /// What the caller reads of a frozen account. Of a shop's they read only that it cannot be
    /// paid, since the payer is somebody else.
    const fn refusal_when_frozen(self) -> Refusal {
        match self {
            Self::Wallet => WALLET_FROZEN,
            Self::Merchant | Self::BankClearing => PAYEE_UNAVAILABLE,
        }
    }
}

code_enum! {
    /// Whether an account's money may move.
    pub(crate) enum AccountStatus {
        /// It gives and takes.
        Active = "active",
        /// An operator has stopped it: it neither gives nor takes.
        Frozen = "frozen",
    }
}

/// One account's sums, in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) id: Uuid,
    pub(crate) kind: AccountKind,
    pub(crate) status: AccountStatus,
    pub(crate) debits_posted: i64,
    pub(crate) credits_posted: i64,
    pub(crate) debits_pending: i64,
    pub(crate) credits_pending: i64,
}

impl Account {
    /// What has been received less what has been spent.
    pub(crate) const fn balance(&self) -> i64 {
        self.credits_posted.saturating_sub(self.debits_posted)
    }

    /// What can be spent: the balance less what is reserved.
    pub(crate) const fn available(&self) -> i64 {
        self.balance().saturating_sub(self.debits_pending)
    }

    fn require_active(&self) -> Result<(), Refusal> {
        match self.status {
            AccountStatus::Active => Ok(()),
            AccountStatus::Frozen => Err(self.kind.refusal_when_frozen()),
        }
    }
}

/// What a transfer is for; the id is that of the payment or top-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TransferCode {
    TopUp(TopUpId),
    Payment(PaymentId),
}

impl TransferCode {
    /// As stored.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::TopUp(_) => "top_up",
            Self::Payment(_) => "payment",
        }
    }

    /// What was stored; `None` for a code that no version has written.
    pub(crate) fn from_stored(code: &str, subject: Uuid) -> Option<Self> {
        match code {
            "top_up" => Some(Self::TopUp(TopUpId::from_uuid(subject))),
            "payment" => Some(Self::Payment(PaymentId::from_uuid(subject))),
            _ => None,
        }
    }

    /// The id, as stored.
    pub(crate) const fn subject(self) -> Uuid {
        match self {
            Self::TopUp(id) => id.uuid(),
            Self::Payment(id) => id.uuid(),
        }
    }
}

/// One immutable movement of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transfer {
    pub(crate) id: TransferId,
    pub(crate) debit: Uuid,
    pub(crate) credit: Uuid,
    pub(crate) amount: Money,
    pub(crate) code: TransferCode,
    pub(crate) at: OffsetDateTime,
}

/// Accounts that a transaction has locked, and the transfers it will write with their new sums.
pub(crate) struct Ledger {
    accounts: BTreeMap<Uuid, Account>,
    posted: Vec<Transfer>,
}

impl Ledger {
    pub(crate) fn new(locked: impl IntoIterator<Item = Account>) -> Self {
        let accounts = locked.into_iter().map(|account| (account.id, account)).collect();
        Self { accounts, posted: Vec::new() }
    }

    pub(crate) fn account(&self, id: Uuid) -> Option<&Account> {
        self.accounts.get(&id)
    }

    /// The accounts with their sums as they will be written.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// The transfers to write, in the order in which they were posted.
    pub(crate) fn posted(&self) -> &[Transfer] {
        &self.posted
    }

    /// Posts one transfer, or leaves everything as it is. An account that is frozen, or was not
    /// locked, neither gives nor takes. Sums beyond i64 are refused.
    pub(crate) fn post(&mut self, transfer: Transfer) -> Result<(), Refusal> {
        let amount = transfer.amount.minor_units();
        let debit = self.accounts.get(&transfer.debit).ok_or(INSUFFICIENT_FUNDS)?;
        debit.require_active()?;
        if let Some(credit) = self.accounts.get(&transfer.credit) {
            credit.require_active()?;
        }
        if !debit.kind.may_be_overdrawn() && debit.available() < amount {
            return Err(INSUFFICIENT_FUNDS);
        }
        let debits = debit.debits_posted.checked_add(amount).ok_or(BALANCE_LIMIT_EXCEEDED)?;
        let credit = self.accounts.get_mut(&transfer.credit).ok_or(BALANCE_LIMIT_EXCEEDED)?;
        let credits = credit.credits_posted.checked_add(amount).ok_or(BALANCE_LIMIT_EXCEEDED)?;
        let balance = credits.saturating_sub(credit.debits_posted);
        if credit.kind == AccountKind::Wallet && balance > WALLET_BALANCE_MAX {
            return Err(BALANCE_LIMIT_EXCEEDED);
        }
        credit.credits_posted = credits;
        if let Some(debit) = self.accounts.get_mut(&transfer.debit) {
            debit.debits_posted = debits;
        }
        self.posted.push(transfer);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: u128, kind: AccountKind, credits_posted: i64) -> Account {
        Account {
            id: Uuid::from_u128(id),
            kind,
            status: AccountStatus::Active,
            debits_posted: 0,
            credits_posted,
            debits_pending: 0,
            credits_pending: 0,
        }
    }

    fn transfer(debit: u128, credit: u128, minor_units: i64) -> Transfer {
        Transfer {
            id: TransferId::new(),
            debit: Uuid::from_u128(debit),
            credit: Uuid::from_u128(credit),
            amount: Money::hkd(minor_units).unwrap(),
            code: TransferCode::Payment(PaymentId::new()),
            at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    fn available(ledger: &Ledger, id: u128) -> i64 {
        ledger.account(Uuid::from_u128(id)).unwrap().available()
    }

    #[test]
    fn a_transfer_moves_its_amount_and_keeps_the_books_balanced() {
        let wallet = account(10, AccountKind::Wallet, 500);
        let mut ledger = Ledger::new([wallet, account(11, AccountKind::Merchant, 0)]);
        ledger.post(transfer(10, 11, 200)).unwrap();
        ledger.post(transfer(10, 11, 300)).unwrap();
        assert_eq!((available(&ledger, 10), available(&ledger, 11)), (0, 500));
        assert_eq!(ledger.posted().len(), 2);
    }

    #[test]
    fn nobody_spends_more_than_is_available_and_a_refusal_changes_nothing() {
        let mut wallet = account(10, AccountKind::Wallet, 500);
        wallet.debits_pending = 100;
        let mut ledger = Ledger::new([wallet, account(11, AccountKind::Merchant, 0)]);
        assert_eq!(ledger.post(transfer(10, 11, 401)), Err(INSUFFICIENT_FUNDS));
        assert_eq!((available(&ledger, 10), available(&ledger, 11)), (400, 0));
        assert!(ledger.posted().is_empty());
    }

    #[test]
    fn the_bank_side_may_be_overdrawn() {
        let bank = account(1, AccountKind::BankClearing, 0);
        let mut ledger = Ledger::new([bank, account(10, AccountKind::Wallet, 0)]);
        ledger.post(transfer(1, 10, 700)).unwrap();
        assert_eq!((available(&ledger, 1), available(&ledger, 10)), (-700, 700));
    }

    fn frozen(account: Account) -> Account {
        Account { status: AccountStatus::Frozen, ..account }
    }

    #[test]
    fn a_frozen_wallet_neither_gives_nor_takes_and_its_sums_stay() {
        let wallet = frozen(account(10, AccountKind::Wallet, 500));
        let bank = account(1, AccountKind::BankClearing, 0);
        let mut ledger = Ledger::new([bank, wallet, account(11, AccountKind::Merchant, 0)]);
        assert_eq!(ledger.post(transfer(10, 11, 1)), Err(WALLET_FROZEN));
        assert_eq!(ledger.post(transfer(1, 10, 1)), Err(WALLET_FROZEN));
        let balances = [1, 10, 11].map(|id| available(&ledger, id));
        assert_eq!((balances, ledger.posted()), ([0, 500, 0], [].as_slice()));
        ledger.post(transfer(1, 11, 1)).unwrap();
    }

    #[test]
    fn a_frozen_shop_is_not_paid_and_the_payer_learns_no_more_than_that() {
        let shop = frozen(account(11, AccountKind::Merchant, 0));
        let mut ledger = Ledger::new([account(10, AccountKind::Wallet, 500), shop]);
        for amount in [1, 501] {
            let refused = ledger.post(transfer(10, 11, amount));
            assert_eq!(refused, Err(PAYEE_UNAVAILABLE));
        }
        assert!(!PAYEE_UNAVAILABLE.to_string().contains("frozen"));
        assert_eq!(available(&ledger, 10), 500);
    }

    #[test]
    fn sums_that_would_overflow_are_refused() {
        let wallet = account(10, AccountKind::Wallet, 500);
        let mut ledger = Ledger::new([wallet, account(11, AccountKind::Merchant, i64::MAX)]);
        assert_eq!(ledger.post(transfer(10, 11, 1)), Err(BALANCE_LIMIT_EXCEEDED));
        assert_eq!(available(&ledger, 10), 500);
    }

    #[test]
    fn a_wallet_takes_no_more_than_its_limit() {
        let bank = account(1, AccountKind::BankClearing, 0);
        let wallet = account(10, AccountKind::Wallet, WALLET_BALANCE_MAX - 1);
        let mut ledger = Ledger::new([bank, wallet]);
        assert_eq!(ledger.post(transfer(1, 10, 2)), Err(BALANCE_LIMIT_EXCEEDED));
        ledger.post(transfer(1, 10, 1)).unwrap();
        assert_eq!(available(&ledger, 10), WALLET_BALANCE_MAX);
    }
}
