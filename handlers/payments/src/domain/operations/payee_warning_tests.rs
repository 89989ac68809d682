//! Who is warned of a payee goes on by saying so, on literal books.

use std::sync::Arc;

use serde_json::json;
use time::Duration;
use uuid::Uuid;
use values::{DeviceId, StepUpPolicy, UserId};

use super::pay_by_fps::tests::fps_payment;
use super::{CreateSchedule, PayByFps, RunSchedule, SendMoney};
use crate::domain::fps_payee::warned_as;
use crate::domain::literal_books::{LiteralBooks, NOW, hkd};
use crate::domain::operation::{ConfirmedBy, OperationState};
use crate::domain::payee_warning::{
    AcceptedWarning, PayeeWarning, PayeeWarningReason, PayeeWarnings, WarningConsent,
};
use crate::domain::recurrence::{End, Frequency, Recurrence};
use crate::domain::refusals::{INSUFFICIENT_FUNDS, PAYEE_UNAVAILABLE};
use crate::domain::schedule::{OccurrenceStatus, ScheduleKind};
use crate::domain::visibility::Visibility;

const REASON: PayeeWarningReason = PayeeWarningReason::ScameterListed;

fn warn(literal: &mut LiteralBooks, payee: Uuid) {
    let warning = PayeeWarning { id: 7, reason: REASON };
    literal.books.warnings = PayeeWarnings::new([(payee, warning)]);
}

fn accepted(reason: PayeeWarningReason) -> AcceptedWarning {
    AcceptedWarning { reason, device_id: DeviceId::new() }
}

/// A friend of whom people are warned, and a payment of HK$120.00 to them.
fn with_warned_friend() -> (LiteralBooks, SendMoney) {
    let mut literal = LiteralBooks::new();
    let payee = literal.rich_friend();
    warn(&mut literal, payee.uuid());
    let wanted = SendMoney {
        payer: literal.payer,
        payee,
        amount: hkd(12_000),
        note: None,
        sticker: None,
        visibility: Visibility::Private,
        money_request_id: None,
        accepted_warning: None,
        confirmed: Ok(ConfirmedBy::Device),
        is_new_device: false,
    };
    (literal, wanted)
}

#[test]
fn who_has_not_accepted_the_reason_that_counts_now_pays_nothing_and_leaves_no_trace() {
    let (mut literal, wanted) = with_warned_friend();
    let other = Some(accepted(PayeeWarningReason::ReportedScam));
    for accepted_warning in [None, other] {
        let refused = literal.books.decide(&SendMoney { accepted_warning, ..wanted.clone() });
        let refused = refused.map(|_| ()).unwrap_err();
        assert_eq!(refused.code(), "payee-warned");
        assert!(refused.detail().ends_with(REASON.code()), "{refused}");
        assert_eq!(literal.books.ledger.transfers(), []);
        assert_eq!(literal.books.operations.changed().next(), None);
        assert_eq!(literal.books.warnings.consents(), []);
    }
}

#[test]
fn who_goes_on_is_kept_with_the_payment_also_of_one_that_is_held() {
    let rules = json!([{"acts": ["peer-payment"], "answer": "hold", "amount_at_least": 2}]);
    let rules = serde_json::from_value(rules).unwrap();
    let hold = StepUpPolicy { version: 7, rules };
    for (policy, state) in
        [(StepUpPolicy::allow_all(), OperationState::Completed), (hold, OperationState::Pending)]
    {
        let (mut literal, wanted) = with_warned_friend();
        literal.books.policy = Arc::new(policy);
        let accepted = accepted(REASON);
        let wanted = SendMoney { accepted_warning: Some(accepted), ..wanted };
        let (payment, _) = literal.books.decide(&wanted).unwrap();
        assert_eq!(payment.state, state);
        let device_id = accepted.device_id;
        let kept = WarningConsent { operation_id: payment.id, warning_id: 7, device_id };
        assert_eq!(literal.books.warnings.consents(), [kept]);
    }
}

#[test]
fn of_what_is_refused_otherwise_no_consent_is_kept() {
    let (mut literal, wanted) = with_warned_friend();
    let wanted = SendMoney { accepted_warning: Some(accepted(REASON)), ..wanted };
    let too_much = SendMoney { amount: hkd(50_001), ..wanted.clone() };
    assert_eq!(literal.books.decide(&too_much).err(), Some(INSUFFICIENT_FUNDS));
    literal.freeze(wanted.payee.uuid());
    assert_eq!(literal.books.decide(&wanted).err(), Some(PAYEE_UNAVAILABLE));
    assert_eq!(literal.books.warnings.consents(), []);
}

#[test]
fn a_warning_that_has_ended_or_is_of_somebody_else_stops_nobody() {
    let (mut literal, wanted) = with_warned_friend();
    warn(&mut literal, UserId::new().uuid());
    literal.books.decide(&wanted).unwrap();
    let read_before = Some(accepted(REASON));
    literal.books.decide(&SendMoney { accepted_warning: read_before, ..wanted }).unwrap();
    assert_eq!(literal.books.warnings.consents(), []);
}

#[test]
fn what_a_warned_person_has_asked_for_is_paid_by_who_accepts_that() {
    let (mut literal, request) = LiteralBooks::with_money_request();
    warn(&mut literal, request.requester.id.uuid());
    let (_, wanted) = with_warned_friend();
    let wanted = SendMoney {
        payer: request.payer.id,
        payee: request.requester.id,
        amount: request.amount,
        money_request_id: Some(request.id),
        ..wanted
    };
    let refused = literal.books.decide(&wanted).map(|_| ()).unwrap_err();
    assert_eq!(refused.code(), "payee-warned");
    assert_eq!(literal.books.money_requests.changed().next(), None);
    let wanted = SendMoney { accepted_warning: Some(accepted(REASON)), ..wanted };
    literal.books.decide(&wanted).unwrap();
    assert_eq!(literal.books.warnings.consents().len(), 1);
}

#[test]
fn a_proxy_is_warned_of_whatever_its_bank_calls_its_owner() {
    for name in ["DEMO SHOP", "CHAN TAI MAN"] {
        let mut literal = LiteralBooks::new();
        let mut wanted = fps_payment(literal.payer, 20_000);
        wanted.payee.name = name.to_owned().try_into().unwrap();
        warn(&mut literal, warned_as(&wanted.payee.proxy));
        let refused = literal.books.decide(&wanted).map(|_| ()).unwrap_err();
        assert_eq!(refused.code(), "payee-warned");
        assert_eq!(literal.books.ledger.transfers(), []);
        assert_eq!(literal.books.fps_proxies, []);
        let wanted = PayByFps { accepted_warning: Some(accepted(REASON)), ..wanted };
        let (payment, _) = literal.books.decide(&wanted).unwrap();
        assert_eq!(literal.books.warnings.consents()[0].operation_id, payment.id);
    }
}

#[test]
fn no_schedule_is_made_for_a_warned_payee_and_the_dates_of_one_that_stands_are_skipped() {
    let (mut literal, wanted) = with_warned_friend();
    let (owner, other) = (wanted.payer, wanted.payee);
    let starts_on = NOW.saturating_add(Duration::DAY).date();
    let create = |kind| CreateSchedule {
        kind,
        owner,
        other,
        amount: hkd(12_000),
        note: None,
        recurrence: Recurrence { frequency: Frequency::Weekly, starts_on, end: End::Never },
        confirmed: Ok((kind == ScheduleKind::Payment).then_some(ConfirmedBy::Pin)),
        limited_until: None,
    };
    let payments = create(ScheduleKind::Payment);
    let refused = literal.books.decide(&payments).map(|_| ()).unwrap_err();
    assert_eq!(refused.code(), "payee-warned");
    literal.books.decide(&create(ScheduleKind::Request)).unwrap();

    literal.books.warnings = PayeeWarnings::default();
    let (schedule, _) = literal.books.decide(&payments).unwrap();
    warn(&mut literal, other.uuid());
    let (id, kind) = (schedule.id, schedule.kind);
    let run = RunSchedule { id, kind, payer: owner, payee: other };
    literal.books.now = schedule.act_at;
    let (_, told) = literal.books.decide(&run).unwrap();
    assert_eq!(told[0].data["status"], "delayed");
    assert_eq!(told[0].data["reason"], "payee-warned");
    literal.books.now = schedule.act_at.saturating_add(15 * Duration::HOUR);
    let (_, told) = literal.books.decide(&run).unwrap();
    assert_eq!(told[0].data["status"], "skipped");
    assert_eq!(literal.books.occurrences[0].status, OccurrenceStatus::Skipped);
    assert_eq!(literal.books.ledger.transfers(), []);
}
