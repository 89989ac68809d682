//! What the policy of step-up asks of decisions, on literal books.

use std::sync::Arc;

use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;
use values::{
    CaptureMethod, FpsProxy, FpsProxyType, HELD_FOR_REVIEW, Level, Refusal, STEP_UP_REQUIRED,
    StepUpPolicy, UserId,
};

use super::pay_by_fps::tests::fps_payment;
use super::{MakeParcel, PayByFps, PayShop, RefundPayment, SendMoney, Withdraw};
use crate::domain::books::Decide;
use crate::domain::known_payees::NEW_FOR;
use crate::domain::literal_books::{LiteralBooks, NOW, bank_account, hkd};
use crate::domain::operation::ConfirmedBy;
use crate::domain::packet_split::PacketSplit;
use crate::domain::parcel::ParcelKind;
use crate::domain::refusals::{INSUFFICIENT_FUNDS, PAYEE_UNAVAILABLE, WALLET_FROZEN};
use crate::domain::visibility::Visibility;

const LEAVING: [&str; 5] = ["payment", "peer-payment", "withdrawal", "pay-link", "red-packet"];

fn under(literal: &mut LiteralBooks, rules: Value) {
    let rules = serde_json::from_value(rules).unwrap();
    let policy = StepUpPolicy { version: 1, rules };
    assert_eq!(policy.check(), Ok(()));
    literal.books.policy = Arc::new(policy);
}

fn pin() -> Refusal {
    STEP_UP_REQUIRED.for_level(Level::Pin, 120)
}

fn pay(literal: &LiteralBooks, confirmed_by: ConfirmedBy, cents: i64) -> PayShop {
    PayShop {
        tip: None,
        payer: literal.payer,
        payee: literal.shop,
        amount: hkd(cents),
        payment_request_id: None,
        capture_method: CaptureMethod::Automatic,
        reference: None,
        confirmed: Ok(confirmed_by),
        is_new_device: false,
    }
}

fn send(literal: &LiteralBooks, payee: UserId, confirmed_by: ConfirmedBy, cents: i64) -> SendMoney {
    SendMoney {
        payer: literal.payer,
        payee,
        amount: hkd(cents),
        note: None,
        sticker: None,
        visibility: Visibility::Private,
        money_request_id: None,
        accepted_warning: None,
        confirmed: Ok(confirmed_by),
        is_new_device: false,
    }
}

fn withdraw(literal: &LiteralBooks, confirmed_by: ConfirmedBy, cents: i64) -> Withdraw {
    Withdraw {
        user_id: literal.payer,
        amount: hkd(cents),
        bank_account: bank_account(),
        confirmed: Ok(confirmed_by),
        is_new_device: false,
        is_instructed: true,
        registered: None,
    }
}

fn give(
    literal: &LiteralBooks,
    kind: ParcelKind,
    confirmed_by: ConfirmedBy,
    cents: i64,
) -> MakeParcel {
    MakeParcel {
        kind,
        sender: literal.payer,
        amount: hkd(cents),
        split: PacketSplit::Equal,
        shares: vec![hkd(cents)],
        note: None,
        secret_digest: [7; 32],
        sealed_secret: vec![7],
        confirmed: Ok(confirmed_by),
        is_new_device: false,
    }
}

/// What is said of it; after a refusal nothing has changed.
fn said<D: Decide>(literal: &mut LiteralBooks, wanted: &D) -> Option<Refusal> {
    let moved = literal.books.ledger.transfers().len();
    let refusal = literal.books.decide(wanted).err();
    let is_moved = literal.books.ledger.transfers().len() > moved;
    assert_ne!(refusal.is_some(), is_moved);
    refusal
}

/// What is said of ten cents in each way in which money leaves a wallet.
fn said_of_each(literal: &mut LiteralBooks, by: ConfirmedBy) -> [Option<Refusal>; 5] {
    let friend = literal.rich_friend();
    let wanted = pay(literal, by, 10);
    let paid = said(literal, &wanted);
    let wanted = send(literal, friend, by, 10);
    let sent = said(literal, &wanted);
    let wanted = withdraw(literal, by, 10);
    let withdrawn = said(literal, &wanted);
    let [linked, packed] = [ParcelKind::PayLink, ParcelKind::RedPacket].map(|kind| {
        let wanted = give(literal, kind, by, 10);
        said(literal, &wanted)
    });
    [paid, sent, withdrawn, linked, packed]
}

#[test]
fn each_way_out_of_a_wallet_asks_for_what_the_policy_asks_for() {
    use ConfirmedBy::{Device, Passkey, Pin};
    let passkey = || STEP_UP_REQUIRED.for_level(Level::Passkey, 120);
    for (answer, by, refusal) in [
        ("allow", Device, None),
        ("pin", Device, Some(pin())),
        ("pin", Pin, None),
        ("pin", Passkey, None),
        ("passkey", Device, Some(passkey())),
        ("passkey", Pin, Some(passkey())),
        ("passkey", Passkey, None),
        ("hold", Passkey, Some(HELD_FOR_REVIEW)),
    ] {
        let mut literal = LiteralBooks::new();
        let mut rule = json!({"acts": LEAVING, "answer": answer});
        if answer == "hold" {
            rule["amount_at_least"] = 1.into();
        }
        under(&mut literal, json!([rule]));
        let mut expected = [(); 5].map(|()| refusal.clone());
        if answer == "hold" {
            // Between people it waits for a reviewer.
            expected[1] = None;
        }
        assert_eq!(said_of_each(&mut literal, by), expected, "{answer} {by:?}");
    }
}

#[test]
fn whom_fps_pays_is_new_for_a_day_as_any_payee_is_and_counts_among_the_new_ones() {
    let mut literal = LiteralBooks::new();
    literal.books.policy = Arc::new(StepUpPolicy::standard());
    let by_device = |literal: &LiteralBooks, cents| {
        let confirmed = Ok(ConfirmedBy::Device);
        PayByFps { confirmed, ..fps_payment(literal.payer, cents) }
    };
    // HK$2,000 in a day is where the standard asks for the PIN.
    let payer = literal.payer.uuid();
    literal.change(payer, |wallet| wallet.credits_posted = 500_000);
    let small = by_device(&literal, 199_999);
    assert_eq!(said(&mut literal, &small), None);
    let next = by_device(&literal, 1);
    assert_eq!(said(&mut literal, &next), Some(pin()));
    // To a friend who is new as well, it is of the same sum.
    let friend = literal.rich_friend();
    let sent = send(&literal, friend, ConfirmedBy::Device, 1);
    assert_eq!(said(&mut literal, &sent), Some(pin()));
    // A day later they are known, and another proxy is not.
    literal.books.now = NOW + NEW_FOR;
    let to = |proxy: &str, cents, literal: &LiteralBooks| {
        let mut wanted = by_device(literal, cents);
        wanted.payee.created_at = literal.books.now;
        wanted.payee.proxy = FpsProxy::new(FpsProxyType::Mobile, proxy).unwrap();
        wanted
    };
    let (same, other) = (to("61234567", 1, &literal), to("61234568", 1, &literal));
    let new_ones = json!([{"acts": ["peer-payment"], "answer": "pin", "is_new_payee": true}]);
    under(&mut literal, new_ones);
    assert_eq!(said(&mut literal, &other), Some(pin()));
    assert_eq!(said(&mut literal, &same), None);
    // Known or not: a thief who has made a proxy known is asked from the same sum on.
    literal.books.policy = Arc::new(StepUpPolicy::standard());
    let much = to("61234567", 199_998, &literal);
    assert_eq!(said(&mut literal, &much), None);
    let next = to("61234567", 1, &literal);
    assert_eq!(said(&mut literal, &next), Some(pin()));
}

#[test]
fn what_a_day_has_taken_counts_in_each_way_and_a_new_device_is_told_apart() {
    let rules = |condition: &str, value: Value| {
        let mut rule = json!({"acts": LEAVING, "answer": "pin"});
        rule[condition] = value;
        json!([rule])
    };
    let mut literal = LiteralBooks::new();
    under(&mut literal, rules("day_total_at_least", json!(20)));
    // Ten cents each: links and packets are of one day's total with payments between people.
    let first = said_of_each(&mut literal, ConfirmedBy::Device);
    assert_eq!(first, [None, None, None, Some(pin()), Some(pin())]);
    let next = said_of_each(&mut literal, ConfirmedBy::Device);
    assert_eq!(next, [(); 5].map(|()| Some(pin())));
    // Another day.
    literal.books.now = NOW + Duration::hours(24);
    let first = said_of_each(&mut literal, ConfirmedBy::Device);
    assert_eq!(first, [None, None, None, Some(pin()), Some(pin())]);

    let mut literal = LiteralBooks::new();
    under(&mut literal, rules("is_new_device", json!(true)));
    let known = pay(&literal, ConfirmedBy::Device, 10);
    assert_eq!(said(&mut literal, &known), None);
    let new = PayShop { is_new_device: true, ..pay(&literal, ConfirmedBy::Device, 10) };
    assert_eq!(said(&mut literal, &new), Some(pin()));
}

#[test]
fn a_new_payee_is_paid_little_in_parts_as_at_once_and_a_probe_buys_nothing() {
    use ConfirmedBy::{Device, Pin};
    let mut literal = LiteralBooks::new();
    let (friend, other) = (literal.rich_friend(), literal.rich_friend());
    under(
        &mut literal,
        json!([
            {"acts": ["peer-payment"], "answer": "pin", "is_new_payee": true,
             "first_paid_at_most": 5, "amount_at_least": 50},
            {"acts": ["peer-payment"], "answer": "pin", "is_new_payee": true,
             "amount_at_least": 100},
        ]),
    );
    for (payee, by, cents, refusal) in [
        (friend, Device, 100, Some(pin())),
        (friend, Device, 99, None),
        (friend, Device, 1, Some(pin())),
        (friend, Pin, 1, None),
        (friend, Device, 1, Some(pin())),
        // What is too much for one is too much for two.
        (other, Device, 1, Some(pin())),
    ] {
        let wanted = send(&literal, payee, by, cents);
        assert_eq!(said(&mut literal, &wanted), refusal, "{cents}");
    }
    literal.books.now = NOW + NEW_FOR;
    for (payee, by, cents, refusal) in [
        (friend, Device, 1_000, None),
        // A probe.
        (other, Device, 5, None),
        (other, Device, 44, None),
        (other, Device, 1, Some(pin())),
    ] {
        let wanted = send(&literal, payee, by, cents);
        assert_eq!(said(&mut literal, &wanted), refusal, "{cents}");
    }
}

#[test]
fn many_new_payees_ask_for_the_pin_and_those_who_are_known_do_not() {
    let mut literal = LiteralBooks::new();
    let friends: Vec<UserId> = (0..4).map(|_| literal.rich_friend()).collect();
    under(
        &mut literal,
        json!([{"acts": ["peer-payment"], "answer": "pin", "is_new_payee": true,
                "new_payees_at_least": 3}]),
    );
    for (friend, refusal) in
        [(0, None), (1, None), (0, None), (2, Some(pin())), (3, Some(pin())), (1, None)]
    {
        let wanted = send(&literal, friends[friend], ConfirmedBy::Device, 1);
        assert_eq!(said(&mut literal, &wanted), refusal, "{friend}");
    }
    // A day later the first two are new no more.
    literal.books.now = NOW + NEW_FOR;
    for (friend, refusal) in [(2, None), (0, None), (1, None), (3, None)] {
        let wanted = send(&literal, friends[friend], ConfirmedBy::Device, 1);
        assert_eq!(said(&mut literal, &wanted), refusal, "{friend}");
    }
}

#[test]
fn who_is_asked_for_the_pin_learns_nothing_of_the_payee_and_who_cannot_pay_is_not_asked() {
    let mut literal = LiteralBooks::new();
    let (friend, frozen) = (literal.rich_friend(), literal.rich_friend());
    literal.freeze(frozen.uuid());
    let nobody = UserId::from_uuid(Uuid::from_u128(7));
    under(&mut literal, json!([{"acts": ["peer-payment"], "answer": "pin"}]));
    for payee in [friend, frozen, nobody] {
        let wanted = send(&literal, payee, ConfirmedBy::Device, 10);
        assert_eq!(said(&mut literal, &wanted), Some(pin()));
        let wanted = send(&literal, payee, ConfirmedBy::Device, 50_001);
        assert_eq!(said(&mut literal, &wanted), Some(INSUFFICIENT_FUNDS));
    }
    let wanted = send(&literal, frozen, ConfirmedBy::Pin, 10);
    assert_eq!(said(&mut literal, &wanted), Some(PAYEE_UNAVAILABLE));
    // Whoever was not paid is not known.
    assert_eq!(literal.books.known_payees.changed().next(), None);
    literal.freeze(literal.payer.uuid());
    let wanted = send(&literal, friend, ConfirmedBy::Device, 10);
    assert_eq!(said(&mut literal, &wanted), Some(WALLET_FROZEN));
}

#[test]
fn a_refund_asks_what_its_owner_has_shown() {
    let mut literal = LiteralBooks::new();
    let (payment, _) = literal.books.decide(&pay(&literal, ConfirmedBy::Device, 100)).unwrap();
    under(&mut literal, json!([{"acts": ["refund"], "answer": "pin", "amount_at_least": 60}]));
    let refund = |level, cents| RefundPayment {
        payment_id: payment.payment_id(),
        business_id: literal.shop,
        by: literal.owner,
        created_by: Some(literal.owner),
        amount: hkd(cents),
        disputed_after: None,
        note: None,
        level,
    };
    let (small, large) = (refund(Level::Device, 20), refund(Level::Device, 60));
    let shown = refund(Level::Pin, 60);
    assert_eq!(said(&mut literal, &small), None);
    let needed = STEP_UP_REQUIRED.for_level(Level::Pin, 300);
    assert_eq!(said(&mut literal, &large), Some(needed));
    assert_eq!(said(&mut literal, &shown), None);
}
