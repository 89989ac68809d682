//! The rules that hold until somebody changes them, and until auth was heard.

use super::{GuardedAct, RuleAnswer, StepUpPolicy, StepUpRule};
use crate::AccountRisk;

impl StepUpPolicy {
    /// Version 0. The figures have no source: a thief with an unlocked phone should get little, and
    /// an evening among friends should not ask for the PIN.
    pub fn standard() -> Self {
        use GuardedAct::{
            ApiCredential, DeviceRemoval, FpsIdChange, OtherSessionsEnd, PayLink, Payment,
            PeerPayment, RedPacket, Refund, Schedule, ShopBankAccount, ShopClosing, ShopHandover,
            WalletClosing, Withdrawal,
        };
        let to_new_payees = |answer| StepUpRule {
            acts: vec![PeerPayment],
            answer,
            is_new_payee: Some(true),
            ..StepUpRule::OF_NOTHING
        };
        let pin = |acts: &[GuardedAct], day_total_at_least| StepUpRule {
            acts: acts.to_vec(),
            answer: RuleAnswer::Pin,
            day_total_at_least,
            ..StepUpRule::OF_NOTHING
        };
        let leaves = [Payment, PeerPayment, Withdrawal, PayLink, RedPacket];
        let of_risk = |acts: &[GuardedAct], answer, least| StepUpRule {
            acts: acts.to_vec(),
            answer,
            account_risk_at_least: Some(least),
            ..StepUpRule::OF_NOTHING
        };
        let near_frozen = |acts: &[GuardedAct], answer| StepUpRule {
            acts: acts.to_vec(),
            answer,
            frozen_neighbours_at_least: Some(3),
            ..StepUpRule::OF_NOTHING
        };
        let to_people_and_banks = [PeerPayment, Withdrawal, PayLink, RedPacket];
        let rules = vec![
            // As a mule's; what is paid to a shop is spent, and cannot be passed on.
            of_risk(&to_people_and_banks, RuleAnswer::Hold, AccountRisk::High),
            // Twenty new people in a day: money runs through this wallet.
            StepUpRule { new_payees_at_least: Some(20), ..to_new_payees(RuleAnswer::Hold) },
            // Part of a ring that is being taken apart. A link or a withdrawal would be refused for
            // good, and those who were deceived are neighbours, too: they show the PIN. No rule
            // asks at one neighbour: it would tell a ring that a wallet was frozen.
            near_frozen(&[PeerPayment], RuleAnswer::Hold),
            of_risk(&leaves, RuleAnswer::Pin, AccountRisk::Elevated),
            near_frozen(&[Withdrawal, PayLink, RedPacket], RuleAnswer::Pin),
            StepUpRule { is_new_device: Some(true), ..pin(&leaves, Some(50_000)) },
            // A dollar to see whether it works, then all that there is.
            StepUpRule {
                first_paid_at_most: Some(100),
                amount_at_least: Some(100_000),
                ..to_new_payees(RuleAnswer::Pin)
            },
            StepUpRule { amount_at_least: Some(200_000), ..to_new_payees(RuleAnswer::Pin) },
            StepUpRule { new_payees_at_least: Some(6), ..to_new_payees(RuleAnswer::Pin) },
            // Whoever opens it, or has the account, nobody knows who is paid.
            pin(&[PayLink, RedPacket, Withdrawal], Some(200_000)),
            pin(&[Payment], Some(500_000)),
            pin(
                &[Refund, FpsIdChange, ShopBankAccount, ShopClosing, ApiCredential, WalletClosing],
                None,
            ),
            pin(&[ShopHandover], None),
            // Its dates ask nobody, however many they are.
            pin(&[Schedule], None),
            pin(&[DeviceRemoval, OtherSessionsEnd], None),
        ];
        Self { version: 0, rules }
    }
}
