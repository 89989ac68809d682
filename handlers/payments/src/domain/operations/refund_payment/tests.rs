//! Refunds, decided on literal books.

use values::{NOT_ALLOWED_FOR_ROLE, ShopRole, Statement};

use super::*;
use crate::domain::account::AccountStatus;
use crate::domain::dispute_status::DisputeReason;
use crate::domain::limit_use::FlowUse;
use crate::domain::limits::Flow;
use crate::domain::literal_books::{LiteralBooks, NOW, WALLET_BALANCE_MAX, hkd};
use crate::domain::operation::ConfirmedBy;
use crate::domain::operations::PayShop;
use crate::domain::rows::Rows;

/// Books in which the request of HK$128.50 was paid, and the payment.
fn paid() -> (LiteralBooks, PaymentId) {
    let mut literal = LiteralBooks::new();
    let pay = PayShop {
        payment_request_id: Some(literal.request.id),
        ..payment(&literal, literal.request.amount)
    };
    let (payment, _) = literal.books.decide(&pay).unwrap();
    (literal, payment.payment_id())
}

fn payment(literal: &LiteralBooks, amount: Money) -> PayShop {
    PayShop {
        payer: literal.payer,
        payee: literal.shop,
        amount,
        payment_request_id: None,
        capture_method: values::CaptureMethod::Automatic,
        reference: None,
        tip: None,
        confirmed: Ok(ConfirmedBy::Device),
        is_new_device: false,
    }
}

fn refund(literal: &LiteralBooks, payment_id: PaymentId, minor_units: i64) -> RefundPayment {
    RefundPayment {
        payment_id,
        business_id: literal.shop,
        by: literal.owner,
        created_by: Some(literal.owner),
        amount: hkd(minor_units),
        note: None,
        disputed_after: None,
        level: Level::Device,
    }
}

fn refunded(literal: &LiteralBooks, payment_id: PaymentId) -> i64 {
    literal.books.operation(payment_id.uuid()).unwrap().refunded
}

/// That it is refused, and that nothing comes of it.
fn assert_refused(literal: &mut LiteralBooks, wanted: &RefundPayment, refusal: Refusal) {
    let before = literal.books.ledger.transfers().to_vec();
    let refunded_before = refunded(literal, wanted.payment_id);
    assert_eq!(literal.books.decide(wanted).err(), Some(refusal));
    assert_eq!(literal.books.ledger.transfers(), before);
    assert_eq!(refunded(literal, wanted.payment_id), refunded_before);
}

#[test]
fn the_money_goes_back_by_the_names_of_the_payment_and_both_sides_are_told() {
    let (mut literal, payment_id) = paid();
    let note = Some(Note::try_from("湯凍了".to_owned()).unwrap());
    let wanted = RefundPayment { note, ..refund(&literal, payment_id, 12_850) };
    let (refund, told) = literal.books.decide(&wanted).unwrap();
    assert_eq!((&*refund.from.name, &*refund.to.name), ("永記茶餐廳", "陳大文"));
    assert_eq!(refund.refunded_payment_id(), Some(payment_id));
    assert_eq!((refund.payment_request_id(), &refund.note), (None, &wanted.note));
    assert_eq!(literal.available(literal.payer.uuid()), 50_000);
    assert_eq!((literal.available(literal.shop.uuid()), literal.fees()), (0, 0));
    assert_eq!(refunded(&literal, payment_id), 12_850);
    let [moved] = &*told else { unreachable!("{told:?}") };
    assert_eq!(
        (moved.kind, &moved.data["kind"]),
        ("payme.payments.money-moved.v1", &"refund".into())
    );
    assert_eq!(moved.data["from"]["told_user_id"], literal.owner.to_string());
    assert_eq!(moved.data["to"]["told_user_id"], literal.payer.to_string());
    assert_eq!(moved.data["refunded_payment_id"], payment_id.to_string());
    assert!(moved.data["payment_request_id"].is_null());
    assert_eq!((refund.fee, &moved.data["fee"]), (193, &193.into()));
}

#[test]
fn parts_are_given_back_until_nothing_is_left_also_by_neighbours_in_a_batch() {
    let (mut literal, payment_id) = paid();
    // So that it is not for want of money that the last is refused.
    set_takings(&mut literal, 100_000);
    for (minor_units, is_refunded) in
        [(12_851, false), (6_000, true), (6_851, false), (6_850, true), (1, false)]
    {
        let wanted = refund(&literal, payment_id, minor_units);
        if is_refunded {
            literal.books.decide(&wanted).unwrap();
        } else {
            assert_refused(&mut literal, &wanted, REFUND_EXCEEDS_PAYMENT);
        }
    }
    assert_eq!(refunded(&literal, payment_id), 12_850);
    assert_eq!(literal.available(literal.payer.uuid()), 50_000);
}

fn set_takings(literal: &mut LiteralBooks, minor_units: i64) {
    let shop = literal.shop.uuid();
    literal.change(shop, |account| {
        (account.debits_posted, account.credits_posted) = (0, minor_units);
    });
}

#[test]
fn a_shop_gives_what_it_has_and_no_more() {
    let (mut literal, payment_id) = paid();
    set_takings(&mut literal, 97);
    // Two cents of the fee come back with it.
    let wanted = refund(&literal, payment_id, 100);
    assert_refused(&mut literal, &wanted, INSUFFICIENT_TAKINGS);
    // One does.
    literal.books.decide(&refund(&literal, payment_id, 98)).unwrap();
    assert_eq!((literal.available(literal.shop.uuid()), literal.fees()), (0, 192));
}

#[test]
fn the_fee_comes_back_by_the_rate_of_the_payment_whatever_the_shop_pays_by_now() {
    let (mut literal, payment_id) = paid();
    for rate in [0, 1_000] {
        let shop = literal.shop_mut();
        shop.fee_rate = rate.try_into().unwrap();
        literal.books.decide(&refund(&literal, payment_id, 6_425)).unwrap();
    }
    assert_eq!((literal.available(literal.shop.uuid()), literal.fees()), (0, 0));
    assert_eq!(literal.available(literal.payer.uuid()), 50_000);
}

#[test]
fn of_a_payment_from_before_there_were_fees_none_comes_back() {
    let (mut literal, payment_id) = paid();
    let payment = literal.books.operation(payment_id.uuid()).unwrap().clone();
    literal.books.operations = Rows::new(vec![Operation { fee: 0, ..payment }]);
    set_takings(&mut literal, 12_850);
    let (refund, _) = literal.books.decide(&refund(&literal, payment_id, 12_850)).unwrap();
    assert_eq!((refund.fee, literal.available(literal.shop.uuid())), (0, 0));
    assert_eq!(literal.books.ledger.transfers().len(), 1);
}

#[test]
fn a_frozen_side_stops_it_and_the_shop_does_not_learn_why_its_payer_takes_nothing() {
    for (is_shop, refusal) in [(true, SHOP_FROZEN), (false, PAYER_UNAVAILABLE)] {
        let (mut literal, payment_id) = paid();
        let frozen = if is_shop { literal.shop.uuid() } else { literal.payer.uuid() };
        literal.change(frozen, |account| account.status = AccountStatus::Frozen);
        let wanted = refund(&literal, payment_id, 1);
        assert_refused(&mut literal, &wanted, refusal);
    }
    assert!(!PAYER_UNAVAILABLE.to_string().contains("frozen"));
}

#[test]
fn a_refund_is_taken_for_a_year_to_the_second() {
    let (mut literal, payment_id) = paid();
    let wanted = refund(&literal, payment_id, 1);
    literal.books.now = NOW + REFUNDABLE_FOR + Duration::SECOND;
    assert_refused(&mut literal, &wanted, REFUND_TOO_LATE);
    literal.books.now = NOW + REFUNDABLE_FOR;
    literal.books.decide(&wanted).unwrap();
}

#[test]
fn limits_are_given_back_in_the_periods_of_the_payment_and_not_in_those_of_the_refund() {
    let (mut literal, payment_id) = paid();
    let used = |literal: &LiteralBooks| {
        let FlowUse { day, month, year, count } =
            *literal.books.account(literal.payer.uuid()).unwrap().used.of(Flow::Payment);
        [day, month, year, count]
    };
    literal.books.decide(&refund(&literal, payment_id, 50)).unwrap();
    assert_eq!(used(&literal), [12_800, 12_800, 12_800, 1]);
    literal.books.now = NOW + Duration::DAY;
    let pay = payment(&literal, hkd(500));
    literal.books.decide(&pay).unwrap();
    literal.books.decide(&refund(&literal, payment_id, 300)).unwrap();
    assert_eq!(used(&literal), [500, 13_000, 13_000, 1]);
}

#[test]
fn only_the_owner_of_the_shop_that_was_paid_gives_back_and_only_a_payment() {
    let (mut literal, payment_id) = paid();
    let of_payer = RefundPayment { by: literal.payer, ..refund(&literal, payment_id, 1) };
    assert_refused(&mut literal, &of_payer, NO_PAYMENT);
    // Nor does whoever may not keep others from the shop's account.
    assert_eq!(of_payer.accounts(&literal.books), Vec::<Uuid>::new());
    // Another shop of the same owner, which has money too.
    let other = BusinessId::new();
    let shop = literal.books.shops[&literal.shop.uuid()].clone();
    literal.books.shops.insert(other.uuid(), shop);
    let of_other = RefundPayment { business_id: other, ..refund(&literal, payment_id, 1) };
    assert_refused(&mut literal, &of_other, NO_PAYMENT);
    let unknown = refund(&literal, PaymentId::new(), 1);
    assert_eq!(literal.books.decide(&unknown).err(), Some(NO_PAYMENT));

    let (refunded, _) = literal.books.decide(&refund(&literal, payment_id, 2)).unwrap();
    let of_refund = refund(&literal, PaymentId::from_uuid(refunded.id), 1);
    assert_refused(&mut literal, &of_refund, NO_PAYMENT);
    // Whatever else may bring a shop money.
    let payment = literal.books.operation(payment_id.uuid()).unwrap().clone();
    let other = Operation { kind: OperationKind::TopUp, ..payment };
    literal.books.operations = Rows::new(vec![other]);
    let of_other = refund(&literal, payment_id, 1);
    assert_refused(&mut literal, &of_other, NO_PAYMENT);
}

#[test]
fn of_a_dispute_what_the_shop_has_given_back_since_counts_and_no_more_is_due_than_is_left() {
    for (before, since, disputed, due) in [
        (0, 0, 5_000, Some(5_000)),
        (1_000, 2_000, 5_000, Some(3_000)),
        (1_000, 5_000, 5_000, None),
        (1_000, 11_850, 5_000, None),
        (0, 12_000, 12_850, Some(850)),
    ] {
        let (mut literal, payment_id) = paid();
        for voluntarily in [before, since] {
            if voluntarily > 0 {
                literal.books.decide(&refund(&literal, payment_id, voluntarily)).unwrap();
            }
        }
        let disputed_after = Some(before);
        let wanted = RefundPayment { disputed_after, ..refund(&literal, payment_id, disputed) };
        let done = literal.books.decide(&wanted).map(|(refund, _)| refund.amount.minor_units());
        assert_eq!(done, due.ok_or(REFUND_NOT_DUE), "{before} {since} {disputed}");
    }
}

#[test]
fn a_closed_shop_gives_back_and_a_full_wallet_takes_it() {
    let (mut literal, payment_id) = paid();
    literal.books.shops.get_mut(&literal.shop.uuid()).unwrap().is_closed = true;
    let room = WALLET_BALANCE_MAX - literal.available(literal.payer.uuid());
    let payer = literal.payer.uuid();
    literal.change(payer, |wallet| wallet.credits_posted += room);
    literal.books.decide(&refund(&literal, payment_id, 12_850)).unwrap();
    assert_eq!(literal.available(literal.payer.uuid()), WALLET_BALANCE_MAX + 12_850);
}

#[test]
fn a_manager_gives_back_in_the_shops_name_and_a_cashier_keeps_nobody_from_its_account() {
    let (mut literal, payment_id) = paid();
    let [manager, cashier] = [ShopRole::Manager, ShopRole::Cashier].map(|role| {
        let id = UserId::new();
        literal.shop_mut().staff.insert(id, role);
        id
    });
    let of_cashier = RefundPayment { by: cashier, ..refund(&literal, payment_id, 1) };
    assert_refused(&mut literal, &of_cashier, NOT_ALLOWED_FOR_ROLE);
    assert_eq!(of_cashier.accounts(&literal.books), Vec::<Uuid>::new());
    let of_manager =
        RefundPayment { by: manager, created_by: Some(manager), ..refund(&literal, payment_id, 1) };
    let (given, told) = literal.books.decide(&of_manager).unwrap();
    assert_eq!(given.created_by, Some(manager));
    assert_eq!(told[0].data["from"]["told_user_id"], literal.owner.to_string());
    // A program of the owner's, or a ruling.
    let of_program = RefundPayment { created_by: None, ..refund(&literal, payment_id, 1) };
    assert_eq!(literal.books.decide(&of_program).unwrap().0.created_by, None);
}

#[test]
fn nobody_but_the_owner_gives_back_what_they_have_paid_themselves() {
    let (mut literal, payment_id) = paid();
    let payer = literal.payer;
    literal.shop_mut().staff.insert(payer, ShopRole::Manager);
    let own = RefundPayment { by: payer, ..refund(&literal, payment_id, 1) };
    assert_refused(&mut literal, &own, NOT_ALLOWED_FOR_ROLE);
    assert_eq!(own.accounts(&literal.books), Vec::<Uuid>::new());
    literal.shop_mut().owner_user_id = payer;
    literal.books.decide(&own).unwrap();
}

#[test]
fn the_refund_of_a_dispute_is_by_who_gave_in_and_by_nobody_if_staff_decided() {
    let (literal, payment_id) = paid();
    let manager = UserId::new();
    let payment = literal.books.operation(payment_id.uuid()).unwrap();
    let words = Statement::try_from("It never came.".to_owned()).unwrap();
    let open = Dispute::open(payment, hkd(1), DisputeReason::NotReceived, words, NOW).unwrap();
    let accepted = open.clone().accept(manager, NOW).unwrap();
    for (dispute, created_by) in [(&open, None), (&accepted, Some(manager))] {
        let wanted = RefundPayment::of_dispute(dispute, literal.owner);
        let mut books = literal.books.clone();
        assert_eq!(books.decide(&wanted).unwrap().0.created_by, created_by);
    }
}
