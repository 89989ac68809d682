//! What rules answer, and which rules are a policy.

use serde_json::{from_value, json};

use super::*;
use GuardedAct::{
    ApiCredential, DeviceRemoval, FpsIdChange, OtherSessionsEnd, PayLink, Payment, PeerPayment,
    RedPacket, Refund, Schedule, ShopBankAccount, ShopClosing, ShopHandover, WalletClosing,
    Withdrawal,
};

/// What a policy says of a login that shows nothing more: `None` if it is enough.
fn asked(policy: &StepUpPolicy, act: GuardedAct, facts: ActFacts) -> Option<Refusal> {
    policy.require(act, Level::Device, &facts).err()
}

fn of(amount: i64) -> ActFacts {
    ActFacts { amount, day_total: amount, ..ActFacts::default() }
}

/// To somebody who was given `first_paid` less than a day ago.
fn to_new(first_paid: Option<i64>, amount: i64, new_payees: u32) -> ActFacts {
    let given = first_paid.unwrap_or(0).saturating_add(amount);
    ActFacts { new_payee: Some(NewPayee { first_paid, given }), new_payees, ..of(amount) }
}

fn on_new_device(facts: ActFacts) -> ActFacts {
    ActFacts { is_new_device: true, ..facts }
}

fn at_risk(risk: AccountRisk) -> ActFacts {
    ActFacts { account_risk: risk, ..of(1) }
}

fn near_frozen(frozen_neighbours: u32) -> ActFacts {
    ActFacts { frozen_neighbours, ..of(1) }
}

fn pin(act: GuardedAct) -> Option<Refusal> {
    Some(STEP_UP_REQUIRED.for_level(Level::Pin, act.age_max_seconds()))
}

#[test]
fn the_standard_rules_ask_for_the_pin_where_a_thief_would_take_much() {
    let policy = StepUpPolicy::standard();
    assert_eq!(policy.check(), Ok(()));
    for (act, facts, answer) in [
        (PeerPayment, of(500_000), None),
        (PeerPayment, to_new(None, 199_999, 1), None),
        (PeerPayment, to_new(None, 200_000, 1), pin(PeerPayment)),
        // In parts.
        (PeerPayment, to_new(Some(150_000), 49_999, 1), None),
        (PeerPayment, to_new(Some(150_000), 50_000, 1), pin(PeerPayment)),
        // A probe, and something like one.
        (PeerPayment, to_new(Some(100), 99_899, 1), None),
        (PeerPayment, to_new(Some(100), 99_900, 1), pin(PeerPayment)),
        (PeerPayment, to_new(Some(101), 100_000, 1), None),
        (PeerPayment, to_new(None, 100_000, 1), None),
        (PeerPayment, to_new(None, 1, 5), None),
        (PeerPayment, to_new(None, 1, 6), pin(PeerPayment)),
        (PeerPayment, to_new(None, 1, 20), Some(HELD_FOR_REVIEW)),
        // Somebody whom they know.
        (PeerPayment, ActFacts { new_payees: 20, ..of(1) }, None),
        (Payment, of(499_999), None),
        (Payment, ActFacts { day_total: 500_000, ..of(1) }, pin(Payment)),
        (Withdrawal, of(199_999), None),
        (Withdrawal, of(200_000), pin(Withdrawal)),
        (PayLink, of(199_999), None),
        (PayLink, ActFacts { day_total: 200_000, ..of(1) }, pin(PayLink)),
        (RedPacket, of(200_000), pin(RedPacket)),
        (Payment, on_new_device(of(49_999)), None),
        (Payment, on_new_device(of(50_000)), pin(Payment)),
        (Withdrawal, on_new_device(ActFacts { day_total: 50_000, ..of(1) }), pin(Withdrawal)),
        (PeerPayment, at_risk(AccountRisk::Elevated), pin(PeerPayment)),
        (Payment, at_risk(AccountRisk::High), pin(Payment)),
        (PeerPayment, at_risk(AccountRisk::High), Some(HELD_FOR_REVIEW)),
        (Withdrawal, at_risk(AccountRisk::High), Some(HELD_FOR_REVIEW)),
        (RedPacket, at_risk(AccountRisk::High), Some(HELD_FOR_REVIEW)),
        (PeerPayment, near_frozen(2), None),
        (PeerPayment, near_frozen(3), Some(HELD_FOR_REVIEW)),
        (Withdrawal, near_frozen(2), None),
        (Withdrawal, near_frozen(3), pin(Withdrawal)),
        (PayLink, near_frozen(3), pin(PayLink)),
        (RedPacket, near_frozen(3), pin(RedPacket)),
        (Payment, near_frozen(9), None),
        (Refund, of(1), pin(Refund)),
        (FpsIdChange, ActFacts::default(), pin(FpsIdChange)),
        (ShopBankAccount, ActFacts::default(), pin(ShopBankAccount)),
        (ShopClosing, ActFacts::default(), pin(ShopClosing)),
        (ShopHandover, ActFacts::default(), pin(ShopHandover)),
        (ApiCredential, ActFacts::default(), pin(ApiCredential)),
        (Schedule, of(1), pin(Schedule)),
        (WalletClosing, ActFacts::default(), pin(WalletClosing)),
        (DeviceRemoval, ActFacts::default(), pin(DeviceRemoval)),
        (OtherSessionsEnd, ActFacts::default(), pin(OtherSessionsEnd)),
    ] {
        assert_eq!(asked(&policy, act, facts), answer, "{act:?} {facts:?}");
        if answer != Some(HELD_FOR_REVIEW) {
            for shown in [Level::Pin, Level::Passkey] {
                assert_eq!(policy.require(act, shown, &facts), Ok(()), "{act:?} {shown:?}");
            }
        } else {
            assert_eq!(policy.require(act, Level::Passkey, &facts).err(), answer);
        }
    }
}

fn rules(rules: serde_json::Value) -> StepUpPolicy {
    StepUpPolicy { version: 1, rules: from_value(rules).unwrap() }
}

#[test]
fn the_first_rule_that_matches_answers() {
    let policy = rules(json!([
        {"acts": ["payment"], "answer": "allow", "amount_at_least": 500},
        {"acts": ["payment", "refund"], "answer": "passkey"},
    ]));
    assert_eq!(asked(&policy, Payment, of(500)), None);
    let passkey = STEP_UP_REQUIRED.for_level(Level::Passkey, 120);
    assert_eq!(asked(&policy, Payment, of(499)), Some(passkey.clone()));
    assert_eq!(policy.require(Payment, Level::Pin, &of(499)), Err(passkey));
    assert_eq!(policy.require(Payment, Level::Passkey, &of(499)), Ok(()));
    let refused = asked(&policy, Refund, of(1)).unwrap();
    assert_eq!(refused.needed(), Some((Level::Passkey, 300)));
    assert_eq!(asked(&policy, Withdrawal, of(1)), None);
    assert_eq!(asked(&StepUpPolicy::allow_all(), Refund, of(1)), None);
}

#[test]
fn a_rule_without_frozen_neighbours_reads_as_before_there_were_any() {
    let rule = json!({"acts": ["peer-payment"], "answer": "pin", "new_payees_at_least": 1});
    let written = serde_json::to_value(rules(json!([rule]))).unwrap();
    assert_eq!(written["rules"][0].get("frozen_neighbours_at_least"), None);
}

#[test]
fn an_act_that_no_rule_names_is_held_to_the_standard_ones() {
    let of_others = rules(json!([{"acts": ["payment"], "answer": "allow"}]));
    assert_eq!(asked(&of_others, ShopBankAccount, ActFacts::default()), pin(ShopBankAccount));
    assert_eq!(asked(&of_others, Payment, of(500_000)), None);
    let let_be = rules(json!([{"acts": ["shop-bank-account"], "answer": "allow"}]));
    assert_eq!(asked(&let_be, ShopBankAccount, ActFacts::default()), None);
}

#[test]
fn rules_that_mean_nothing_are_no_policy() {
    use PolicyError::{
        HoldsEverybody, HoldsNoMoney, NoAct, NotPositive, ProbeOfKnown, UnknownOfAct,
    };
    let of_risk =
        |act, risk| json!({"acts": [act], "answer": "pin", "account_risk_at_least": risk});
    let near_frozen =
        |act, least| json!({"acts": [act], "answer": "pin", "frozen_neighbours_at_least": least});
    for (rule, error) in [
        (json!({"acts": [], "answer": "pin"}), NoAct(1)),
        (json!({"acts": ["refund"], "answer": "pin", "amount_at_least": 0}), NotPositive(1)),
        (
            json!({"acts": ["peer-payment"], "answer": "pin", "new_payees_at_least": 0}),
            NotPositive(1),
        ),
        (json!({"acts": ["shop-closing"], "answer": "pin", "amount_at_least": 1}), UnknownOfAct(1)),
        (json!({"acts": ["refund"], "answer": "pin", "is_new_device": true}), UnknownOfAct(1)),
        (json!({"acts": ["refund"], "answer": "pin", "day_total_at_least": 1}), UnknownOfAct(1)),
        (
            json!({"acts": ["payment", "peer-payment"], "answer": "pin", "is_new_payee": true}),
            UnknownOfAct(1),
        ),
        (
            json!({"acts": ["peer-payment"], "answer": "pin", "first_paid_at_most": 5}),
            ProbeOfKnown(1),
        ),
        (of_risk("payment", "normal"), NotPositive(1)),
        (near_frozen("payment", 0), NotPositive(1)),
        (near_frozen("refund", 1), UnknownOfAct(1)),
        (of_risk("refund", "high"), UnknownOfAct(1)),
        (json!({"acts": ["refund"], "answer": "hold"}), HoldsNoMoney(1)),
        (json!({"acts": ["payment"], "answer": "hold"}), HoldsEverybody(1)),
    ] {
        let policy = rules(json!([{"acts": ["refund"], "answer": "pin"}, rule]));
        assert_eq!(policy.check(), Err(error), "{rule}");
    }
    let one = json!({"acts": ["refund"], "answer": "pin"});
    assert_eq!(rules(vec![one.clone(); 64].into()).check(), Ok(()));
    assert_eq!(rules(vec![one; 65].into()).check(), Err(PolicyError::TooManyRules));
}
