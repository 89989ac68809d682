//! What the ledger takes, and what it refuses.

use time::OffsetDateTime;
use values::{Money, OperationKind, TransferId};

use super::*;
use crate::domain::account::AccountStatus;
use crate::domain::literal_books::{self, WALLET_BALANCE_MAX};
use crate::domain::refusals::{
    BALANCE_LIMIT_EXCEEDED, HOLD_ENDED, INSUFFICIENT_FUNDS, WALLET_FROZEN,
};
use crate::domain::transfer::Hold;

fn account(id: u128, kind: AccountKind, credits_posted: i64) -> Account {
    literal_books::account(Uuid::from_u128(id), kind, credits_posted)
}

/// The bank (1), a wallet with HK$5.00 (10), and a shop (11).
fn ledger() -> Ledger {
    Ledger::new([
        account(1, AccountKind::BankClearing, 0),
        account(10, AccountKind::Wallet, 500),
        account(11, AccountKind::Merchant, 0),
    ])
}

fn with_frozen(id: u128) -> Ledger {
    let mut ledger = ledger();
    ledger.accounts.get_mut(&Uuid::from_u128(id)).unwrap().status = AccountStatus::Frozen;
    ledger
}

fn transfer(phase: Phase, debit: u128, credit: u128, minor_units: i64) -> Transfer {
    Transfer {
        id: TransferId::new(),
        operation_id: Uuid::from_u128(99),
        kind: OperationKind::Payment,
        is_fee: false,
        debit: Uuid::from_u128(debit),
        credit: Uuid::from_u128(credit),
        amount: Money::hkd(minor_units).unwrap(),
        phase,
        at: OffsetDateTime::UNIX_EPOCH,
        counted_at: OffsetDateTime::UNIX_EPOCH,
    }
}

fn hold(minor_units: i64) -> Hold {
    Hold { transfer_id: TransferId::new(), amount: Money::hkd(minor_units).unwrap() }
}

/// Debits and credits posted, debits and credits pending.
fn sums(ledger: &Ledger, id: u128) -> [i64; 4] {
    let account = ledger.account(Uuid::from_u128(id)).unwrap();
    [account.debits_posted, account.credits_posted, account.debits_pending, account.credits_pending]
}

fn available(ledger: &Ledger, id: u128) -> i64 {
    ledger.account(Uuid::from_u128(id)).unwrap().available()
}

#[test]
fn a_transfer_moves_its_amount_and_keeps_the_books_balanced() {
    let mut ledger = ledger();
    ledger.enter(vec![transfer(Phase::Posted, 10, 11, 200)]).unwrap();
    ledger.enter(vec![transfer(Phase::Posted, 10, 11, 300)]).unwrap();
    assert_eq!((available(&ledger, 10), available(&ledger, 11)), (0, 500));
    assert_eq!(ledger.transfers().len(), 2);
    assert_eq!(ledger.changed().count(), 2);
}

#[test]
fn nobody_spends_more_than_is_available_and_a_refusal_changes_nothing() {
    let mut ledger = ledger();
    ledger.enter(vec![transfer(Phase::Pending, 10, 11, 100)]).unwrap();
    let dear = transfer(Phase::Posted, 10, 11, 401);
    assert_eq!(ledger.enter(vec![dear]), Err(INSUFFICIENT_FUNDS));
    assert_eq!((available(&ledger, 10), available(&ledger, 11)), (400, 0));
    assert_eq!(ledger.transfers().len(), 1);
}

#[test]
fn of_several_transfers_all_are_entered_or_none() {
    let mut ledger = ledger();
    let two = vec![transfer(Phase::Posted, 10, 11, 300), transfer(Phase::Posted, 10, 11, 201)];
    assert_eq!(ledger.enter(two), Err(INSUFFICIENT_FUNDS));
    assert_eq!((available(&ledger, 10), ledger.changed().count()), (500, 0));
    let back = vec![transfer(Phase::Posted, 10, 11, 300), transfer(Phase::Posted, 11, 10, 300)];
    ledger.enter(back).unwrap();
    assert_eq!((available(&ledger, 10), available(&ledger, 11)), (500, 0));
}

#[test]
fn what_is_held_can_be_spent_by_nobody_until_the_hold_ends() {
    let mut ledger = ledger();
    ledger.enter(vec![transfer(Phase::Pending, 10, 11, 400)]).unwrap();
    assert_eq!((sums(&ledger, 10), sums(&ledger, 11)), ([0, 500, 400, 0], [0, 0, 0, 400]));
    assert_eq!((available(&ledger, 10), available(&ledger, 11)), (100, 0));

    ledger.enter(vec![transfer(Phase::Settled(hold(400)), 10, 11, 250)]).unwrap();
    assert_eq!((sums(&ledger, 10), sums(&ledger, 11)), ([250, 500, 0, 0], [0, 250, 0, 0]));
}

#[test]
fn a_hold_that_is_released_or_expires_leaves_everything_as_it_was() {
    for end in [Phase::Released(hold(400)), Phase::Expired(hold(400))] {
        let mut ledger = ledger();
        ledger.enter(vec![transfer(Phase::Pending, 10, 11, 400)]).unwrap();
        ledger.enter(vec![transfer(end, 10, 11, 400)]).unwrap();
        assert_eq!((sums(&ledger, 10), sums(&ledger, 11)), ([0, 500, 0, 0], [0, 0, 0, 0]));
    }
}

#[test]
fn a_hold_ends_once_and_gives_no_more_than_it_has() {
    let mut ledger = ledger();
    ledger.enter(vec![transfer(Phase::Pending, 10, 11, 400)]).unwrap();
    let too_much = transfer(Phase::Settled(hold(400)), 10, 11, 401);
    assert_eq!(ledger.enter(vec![too_much]), Err(HOLD_EXCEEDED));
    ledger.enter(vec![transfer(Phase::Settled(hold(400)), 10, 11, 400)]).unwrap();
    for phase in [Phase::Settled(hold(400)), Phase::Released(hold(400))] {
        let again = transfer(phase, 10, 11, 100);
        assert_eq!(ledger.enter(vec![again]), Err(HOLD_ENDED));
    }
    assert_eq!(sums(&ledger, 10), [400, 500, 0, 0]);
}

#[test]
fn a_frozen_account_neither_gives_nor_takes_but_its_holds_can_end() {
    for (debit, credit, frozen, refusal) in
        [(10, 11, 10, WALLET_FROZEN), (1, 10, 10, WALLET_FROZEN), (10, 11, 11, PAYEE_UNAVAILABLE)]
    {
        let mut phases = vec![Phase::Posted, Phase::Pending];
        phases.extend((frozen == debit).then_some(Phase::Settled(hold(1))));
        for phase in phases {
            let refused = with_frozen(frozen).enter(vec![transfer(phase, debit, credit, 1)]);
            assert_eq!(refused, Err(refusal.clone()), "{phase:?}");
        }
    }
    for (end, credits) in [(Phase::Released(hold(100)), 500), (Phase::Settled(hold(100)), 600)] {
        let mut ledger = ledger();
        ledger.enter(vec![transfer(Phase::Pending, 1, 10, 100)]).unwrap();
        ledger.accounts.get_mut(&Uuid::from_u128(10)).unwrap().status = AccountStatus::Frozen;
        ledger.enter(vec![transfer(end, 1, 10, 100)]).unwrap();
        assert_eq!(sums(&ledger, 10), [0, credits, 0, 0]);
    }
}

#[test]
fn what_the_bank_has_paid_out_has_left_a_frozen_wallet_too_and_nothing_else_does() {
    let mut ledger = ledger();
    ledger.enter(vec![transfer(Phase::Pending, 10, 1, 200)]).unwrap();
    ledger.enter(vec![transfer(Phase::Pending, 10, 11, 100)]).unwrap();
    ledger.accounts.get_mut(&Uuid::from_u128(10)).unwrap().status = AccountStatus::Frozen;
    for phase in [Phase::Posted, Phase::Pending] {
        let refused = ledger.enter(vec![transfer(phase, 10, 1, 1)]);
        assert_eq!(refused, Err(WALLET_FROZEN), "{phase:?}");
    }
    let to_shop = transfer(Phase::Settled(hold(100)), 10, 11, 100);
    assert_eq!(ledger.enter(vec![to_shop]), Err(WALLET_FROZEN));
    ledger.enter(vec![transfer(Phase::Settled(hold(200)), 10, 1, 200)]).unwrap();
    assert_eq!(sums(&ledger, 10), [200, 500, 100, 0]);
    assert_eq!(sums(&ledger, 1), [0, 200, 0, 0]);
}

#[test]
fn a_payer_learns_of_a_frozen_shop_no_more_than_that_it_cannot_be_paid() {
    for amount in [1, 501] {
        let refused = with_frozen(11).enter(vec![transfer(Phase::Posted, 10, 11, amount)]);
        assert_eq!(refused, Err(PAYEE_UNAVAILABLE));
    }
    assert!(!PAYEE_UNAVAILABLE.to_string().contains("frozen"));
}

#[test]
fn the_bank_side_may_be_overdrawn() {
    let mut ledger = ledger();
    ledger.enter(vec![transfer(Phase::Posted, 1, 10, 700)]).unwrap();
    assert_eq!((available(&ledger, 1), available(&ledger, 10)), (-700, 1_200));
}

#[test]
fn an_account_that_was_not_locked_and_one_that_pays_itself_are_refused() {
    let mut ledger = ledger();
    for (debit, credit, refusal) in
        [(10, 10, SAME_ACCOUNT), (12, 11, NO_WALLET), (10, 12, PAYEE_UNAVAILABLE)]
    {
        let refused = ledger.enter(vec![transfer(Phase::Posted, debit, credit, 1)]);
        assert_eq!(refused, Err(refusal));
    }
}

#[test]
fn sums_that_would_overflow_are_refused() {
    let full = account(11, AccountKind::Merchant, i64::MAX);
    let mut ledger = Ledger::new([account(10, AccountKind::Wallet, 500), full]);
    let refused = ledger.enter(vec![transfer(Phase::Posted, 10, 11, 1)]);
    assert_eq!(refused, Err(BALANCE_LIMIT_EXCEEDED));
    assert_eq!(available(&ledger, 10), 500);
}

#[test]
fn a_wallet_takes_no_more_than_its_limit_whatever_is_on_its_way_included() {
    let room = WALLET_BALANCE_MAX - 500;
    let mut ledger = ledger();
    ledger.enter(vec![transfer(Phase::Pending, 1, 10, room - 1)]).unwrap();
    for phase in [Phase::Posted, Phase::Pending] {
        let refused = ledger.enter(vec![transfer(phase, 1, 10, 2)]);
        assert_eq!(refused, Err(BALANCE_LIMIT_EXCEEDED));
    }
    ledger.enter(vec![transfer(Phase::Posted, 1, 10, 1)]).unwrap();
    ledger.enter(vec![transfer(Phase::Settled(hold(room - 1)), 1, 10, room - 1)]).unwrap();
    assert_eq!(available(&ledger, 10), WALLET_BALANCE_MAX);
}

#[test]
fn a_refund_comes_back_into_a_wallet_that_is_full_and_nothing_else_comes_after_it() {
    let full = account(10, AccountKind::Wallet, WALLET_BALANCE_MAX);
    let shop = account(11, AccountKind::Merchant, 2);
    let mut ledger = Ledger::new([account(1, AccountKind::BankClearing, 0), full, shop]);
    let refund = Transfer { kind: OperationKind::Refund, ..transfer(Phase::Posted, 11, 10, 2) };
    ledger.enter(vec![refund]).unwrap();
    assert_eq!(available(&ledger, 10), WALLET_BALANCE_MAX + 2);
    let top_up = transfer(Phase::Posted, 1, 10, 1);
    assert_eq!(ledger.enter(vec![top_up]), Err(BALANCE_LIMIT_EXCEEDED));
}
