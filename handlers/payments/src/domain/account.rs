//! An account: whose money it holds, whether it may move, and its four sums.

use time::OffsetDateTime;
use uuid::Uuid;
use values::{AccountId, Refusal, code_enum};

use super::limit_use::{Counted, LimitUse};
use super::limits::{Flow, WalletTier};
use super::refusals::{
    BALANCE_LIMIT_EXCEEDED, HOLD_ENDED, INSUFFICIENT_FUNDS, PAYEE_UNAVAILABLE, WALLET_CLOSED,
    WALLET_FROZEN, WALLET_NOT_EMPTY,
};

/// The bank's side of top-ups and withdrawals.
pub(crate) const BANK_CLEARING: Uuid = Uuid::from_u128(1);

/// Where all money waits that was given away and that nobody has taken yet.
pub(crate) const ESCROW: Uuid = Uuid::from_u128(2);

code_enum! {
    /// Whose money an account holds, and so which way it may go.
    pub(crate) enum AccountKind {
        /// A person's money; the account's id is the user's.
        Wallet = "wallet",
        /// A shop's takings; the account's id is the business's.
        Merchant = "merchant",
        /// Money on its way from or to a bank; its debits exceed its credits.
        BankClearing = "bank_clearing",
        /// Money of pay links and red packets that nobody has taken yet.
        Escrow = "escrow",
        /// What a shop has paid the platform; `merchant_fee` says the account's id.
        MerchantFees = "merchant_fees",
    }
}

impl AccountKind {
    /// The kind that an account of this name must have.
    pub(crate) const fn of(id: AccountId) -> Self {
        match id {
            AccountId::User(_) => Self::Wallet,
            AccountId::Business(_) => Self::Merchant,
        }
    }

    /// Only the bank's side goes below zero.
    const fn may_be_overdrawn(self) -> bool {
        match self {
            Self::Wallet | Self::Merchant | Self::Escrow | Self::MerchantFees => false,
            Self::BankClearing => true,
        }
    }

    /// What the caller reads of an account that is stopped. Of a shop's they read only that it
    /// cannot be paid, since the payer is somebody else.
    const fn refusal_when(self, status: AccountStatus) -> Refusal {
        match (self, status) {
            (Self::Wallet, AccountStatus::Closed) => WALLET_CLOSED,
            (Self::Wallet, _) => WALLET_FROZEN,
            (Self::Merchant | Self::BankClearing | Self::Escrow | Self::MerchantFees, _) => {
                PAYEE_UNAVAILABLE
            }
        }
    }
}

code_enum! {
    /// Whether an account's money may move.
    pub(crate) enum AccountStatus {
        /// It gives and takes.
        Active = "active",
        /// An operator has stopped what leaves it: it takes, and gives nothing.
        OutgoingFrozen = "outgoing-frozen",
        /// An operator has stopped it: it neither gives nor takes, but what a bank holds, and what
        /// nobody took of its own links and red packets.
        Frozen = "frozen",
        /// Its owner has closed it, empty, for good.
        Closed = "closed",
    }
}

impl AccountStatus {
    const fn gives(self) -> bool {
        matches!(self, Self::Active)
    }

    const fn takes(self) -> bool {
        matches!(self, Self::Active | Self::OutgoingFrozen)
    }
}

/// The side of an account that a transfer is entered on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Entry {
    Debit,
    Credit,
}

/// One account's sums, in minor units. None of the four is ever negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) id: Uuid,
    pub(crate) kind: AccountKind,
    pub(crate) status: AccountStatus,
    /// How well its owner is known. It says nothing of an account that is no wallet.
    pub(crate) tier: WalletTier,
    /// What a wallet has used of its tier's limits.
    pub(crate) used: LimitUse,
    pub(crate) debits_posted: i64,
    pub(crate) credits_posted: i64,
    pub(crate) debits_pending: i64,
    pub(crate) credits_pending: i64,
    /// What a court or an authority has stopped of the balance, now and to come. It may be more
    /// than there is; what is promised already (a hold) comes before it.
    pub(crate) legal_hold: i64,
}

impl Account {
    /// One through which nothing has moved.
    pub(super) const fn opened(id: Uuid, kind: AccountKind) -> Self {
        Self {
            id,
            kind,
            status: AccountStatus::Active,
            tier: WalletTier::AT_OPENING,
            used: LimitUse::NONE,
            debits_posted: 0,
            credits_posted: 0,
            debits_pending: 0,
            credits_pending: 0,
            legal_hold: 0,
        }
    }

    /// What has been received less what has been spent.
    pub(crate) const fn balance(&self) -> i64 {
        self.credits_posted.saturating_sub(self.debits_posted)
    }

    /// What can be spent: the balance less what is held. Below zero if more is held by law than
    /// there is.
    pub(crate) const fn available(&self) -> i64 {
        self.balance().saturating_sub(self.debits_pending).saturating_sub(self.legal_hold)
    }

    /// Whether its money may leave.
    pub(super) fn require_giving(&self) -> Result<(), Refusal> {
        if self.status.gives() { Ok(()) } else { Err(self.kind.refusal_when(self.status)) }
    }

    /// Whether money may come in.
    pub(super) fn require_taking(&self) -> Result<(), Refusal> {
        if self.status.takes() { Ok(()) } else { Err(self.kind.refusal_when(self.status)) }
    }

    pub(crate) fn require_not_closed(&self) -> Result<(), Refusal> {
        if self.status == AccountStatus::Closed { Err(WALLET_CLOSED) } else { Ok(()) }
    }

    /// Whether its owner may close it: nothing is in it, and nothing is on its way. `waiting`
    /// counts what may still move money: links, red packets, requests, disputes, schedules. Who is
    /// stopped does not get away by closing.
    pub(crate) fn require_closable(&self, waiting: u64) -> Result<(), Refusal> {
        self.require_giving()?;
        if self.legal_hold > 0 {
            return Err(WALLET_FROZEN);
        }
        let is_empty = self.balance() == 0 && self.debits_pending == 0 && self.credits_pending == 0;
        (is_empty && waiting == 0).then_some(()).ok_or(WALLET_NOT_EMPTY)
    }

    pub(super) fn require_available(&self, amount: i64) -> Result<(), Refusal> {
        let is_there = self.kind.may_be_overdrawn() || self.available() >= amount;
        is_there.then_some(()).ok_or(INSUFFICIENT_FUNDS)
    }

    /// Whether the amount is there and nobody has it already, held by law or not.
    pub(super) fn require_covered(&self, amount: i64) -> Result<(), Refusal> {
        let is_covered = self.balance().saturating_sub(self.debits_pending) >= amount;
        is_covered.then_some(()).ok_or(INSUFFICIENT_FUNDS)
    }

    /// Whether it holds no more than it may once this amount has come, and everything on its way.
    pub(super) fn require_room_for(&self, amount: i64) -> Result<(), Refusal> {
        let expected = self.balance().saturating_add(self.credits_pending).saturating_add(amount);
        let is_full = self.is_limited() && expected > self.tier.balance_max();
        if is_full { Err(BALANCE_LIMIT_EXCEEDED) } else { Ok(()) }
    }

    /// Whether its limits allow it.
    pub(super) fn require_within_limits(&self, counted: Counted) -> Result<(), Refusal> {
        if self.is_limited() { self.used.require(self.tier, counted) } else { Ok(()) }
    }

    /// Counts it, if the limits allow it.
    pub(super) fn count(&mut self, counted: Counted) -> Result<(), Refusal> {
        self.require_within_limits(counted)?;
        if self.is_limited() {
            self.used.count(counted);
        }
        Ok(())
    }

    /// Counts no more what was counted at that moment: this much of it, and so many movements.
    pub(super) fn count_no_more(
        &mut self,
        flow: Flow,
        amount: i64,
        movements: i64,
        counted_at: OffsetDateTime,
    ) {
        if self.is_limited() {
            self.used.give_back(flow, amount, movements, counted_at);
        }
    }

    /// Only people have limits.
    fn is_limited(&self) -> bool {
        self.kind == AccountKind::Wallet
    }

    /// Moves money. Sums beyond i64 are refused.
    pub(super) fn post(&mut self, entry: Entry, amount: i64) -> Result<(), Refusal> {
        add(
            match entry {
                Entry::Debit => &mut self.debits_posted,
                Entry::Credit => &mut self.credits_posted,
            },
            amount,
        )
    }

    /// Sets money aside.
    pub(super) fn hold(&mut self, entry: Entry, amount: i64) -> Result<(), Refusal> {
        add(self.pending(entry), amount)
    }

    /// Sets aside no longer what was held.
    pub(super) fn end_hold(&mut self, entry: Entry, held: i64) -> Result<(), Refusal> {
        let pending = self.pending(entry);
        *pending = pending.checked_sub(held).filter(|rest| *rest >= 0).ok_or(HOLD_ENDED)?;
        Ok(())
    }

    fn pending(&mut self, entry: Entry) -> &mut i64 {
        match entry {
            Entry::Debit => &mut self.debits_pending,
            Entry::Credit => &mut self.credits_pending,
        }
    }
}

fn add(sum: &mut i64, amount: i64) -> Result<(), Refusal> {
    *sum = sum.checked_add(amount).ok_or(BALANCE_LIMIT_EXCEEDED)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use values::{BusinessId, UserId};

    use super::super::literal_books;
    use super::*;

    fn wallet(change: impl FnOnce(&mut Account)) -> Account {
        let mut account = literal_books::account(Uuid::nil(), AccountKind::Wallet, 0);
        change(&mut account);
        account
    }

    #[test]
    fn what_stops_outgoing_money_lets_money_in() {
        for (status, gives, takes) in [
            (AccountStatus::Active, Ok(()), Ok(())),
            (AccountStatus::OutgoingFrozen, Err(WALLET_FROZEN), Ok(())),
            (AccountStatus::Frozen, Err(WALLET_FROZEN), Err(WALLET_FROZEN)),
            (AccountStatus::Closed, Err(WALLET_CLOSED), Err(WALLET_CLOSED)),
        ] {
            let wallet = wallet(|wallet| wallet.status = status);
            assert_eq!((wallet.require_giving(), wallet.require_taking()), (gives, takes));
        }
    }

    #[test]
    fn what_is_held_by_law_is_there_and_cannot_be_spent() {
        let wallet = wallet(|wallet| {
            (wallet.credits_posted, wallet.debits_pending, wallet.legal_hold) = (1_000, 100, 600);
        });
        assert_eq!((wallet.balance(), wallet.available()), (1_000, 300));
        assert_eq!(wallet.require_available(301), Err(INSUFFICIENT_FUNDS));
        assert_eq!(wallet.require_available(300), Ok(()));
    }

    #[test]
    fn only_an_empty_wallet_that_nobody_has_stopped_is_closed() {
        assert_eq!(wallet(|_| ()).require_closable(0), Ok(()));
        assert_eq!(wallet(|_| ()).require_closable(1), Err(WALLET_NOT_EMPTY));
        let changes: [(fn(&mut Account), _); 6] = [
            (|wallet| wallet.credits_posted = 1, WALLET_NOT_EMPTY),
            (|wallet| wallet.credits_pending = 1, WALLET_NOT_EMPTY),
            (|wallet| wallet.debits_pending = 1, WALLET_NOT_EMPTY),
            (|wallet| wallet.legal_hold = 1, WALLET_FROZEN),
            (|wallet| wallet.status = AccountStatus::OutgoingFrozen, WALLET_FROZEN),
            (|wallet| wallet.status = AccountStatus::Frozen, WALLET_FROZEN),
        ];
        for (change, refusal) in changes {
            assert_eq!(wallet(change).require_closable(0), Err(refusal));
        }
    }

    #[test]
    fn a_persons_account_is_a_wallet_and_a_businesss_a_shops() {
        assert_eq!(AccountKind::of(AccountId::User(UserId::new())), AccountKind::Wallet);
        assert_eq!(AccountKind::of(AccountId::Business(BusinessId::new())), AccountKind::Merchant);
    }
}
