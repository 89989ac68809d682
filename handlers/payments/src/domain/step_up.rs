//! What is asked of money that is to leave a wallet: the limits, and the policy of step-up.

use uuid::Uuid;
use values::{
    ActFacts, GuardedAct, HELD_FOR_REVIEW, Level, Money, OperationKind, Refusal, StepUpPolicy,
};

use super::account::Account;
use super::books::Books;
use super::held_payment::{HoldingRule, WhyHeld};
use super::limit_use::Counted;
use super::operation::ConfirmedBy;
use super::operation_rules::{LimitEffect, guarded_acts, limit_effect};

/// Money that is to leave a wallet.
pub(super) struct Leaving<'a> {
    pub(super) kind: OperationKind,
    pub(super) payer: &'a Account,
    /// Of a payment to somebody whom the payer may know.
    pub(super) payee: Option<Uuid>,
    pub(super) amount: Money,
    pub(super) confirmed_by: ConfirmedBy,
    /// As in `PayShop`.
    pub(super) is_new_device: bool,
}

impl Leaving<'_> {
    /// Whether the payer's limits allow it. The ledger, which counts it, asks again, but does not
    /// know the device.
    pub(super) fn require_within_limits(&self, books: &Books) -> Result<(), Refusal> {
        match limit_effect(self.kind) {
            LimitEffect::CountsForPayer(flows) => {
                let Self { payer, amount, is_new_device, .. } = *self;
                let amount = amount.minor_units();
                let counted = |flow| Counted { flow, amount, at: books.now, is_new_device };
                flows.iter().try_for_each(|flow| payer.require_within_limits(counted(*flow)))
            }
            LimitEffect::CountsForPayee(_) | LimitEffect::Returns(_) | LimitEffect::Nothing => {
                Ok(())
            }
        }
    }

    /// Refuses what must be confirmed more surely, or is held where nothing waits for a reviewer.
    pub(super) fn require_step_up(&self, books: &Books) -> Result<(), Refusal> {
        self.judge(books)?.map_or(Ok(()), |_| Err(HELD_FOR_REVIEW))
    }

    /// Why it is held; `None` if it is not. Refuses what must be confirmed more surely. It is asked
    /// before anything is said of the payee, and rests on nothing that is the payee's own.
    pub(super) fn judge(&self, books: &Books) -> Result<Option<WhyHeld>, Refusal> {
        let amount = self.amount.minor_units();
        let used = match limit_effect(self.kind) {
            LimitEffect::CountsForPayer(flows) => {
                let used = self.payer.used.at(books.now);
                flows.iter().map(|flow| used.of(*flow).day).max().unwrap_or_default()
            }
            LimitEffect::CountsForPayee(_) | LimitEffect::Returns(_) | LimitEffect::Nothing => 0,
        };
        let (new_payee, new_payees) = self.payee.map_or((None, 0), |payee| {
            books.known_payees.facts((self.payer.id, payee), amount, books.now)
        });
        let facts = ActFacts {
            amount,
            day_total: used.saturating_add(amount),
            is_new_device: self.is_new_device,
            new_payee,
            new_payees,
            account_risk: books.seen_risk(self.payer.id).risk,
            frozen_neighbours: books.frozen_neighbours(self.payer.id),
        };
        let mut held = None;
        for act in guarded_acts(self.kind) {
            let rule = books.policy.judge(*act, self.confirmed_by.level(), &facts)?;
            held = held.or(rule);
        }
        let policy_version = books.policy.version;
        let risk_reasons = books.seen_risk(self.payer.id).reasons;
        Ok(held.map(|rule| WhyHeld {
            policy_version,
            rule: HoldingRule::Known(rule),
            facts,
            risk_reasons,
        }))
    }
}

/// Asks of a schedule of payments when it is made, gives more or is resumed: on its dates there is
/// nobody to be asked.
pub(crate) fn require_step_up_of_schedule(
    policy: &StepUpPolicy,
    amount: Money,
    shown: Level,
    is_new_device: bool,
) -> Result<(), Refusal> {
    let amount = amount.minor_units();
    let facts = ActFacts { amount, day_total: amount, is_new_device, ..ActFacts::default() };
    policy.require(GuardedAct::Schedule, shown, &facts)
}
