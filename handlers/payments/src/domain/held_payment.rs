//! A payment that the policy of step-up has held, between people or by FPS: why, and what a
//! reviewer, or time, made of it. Its money is held by the operation of the same id.

use std::fmt;

use events::graph::RiskReasonV1;
use events::payments::{FpsPaymentReviewChangedV1, PeerPaymentReviewChangedV1, PersonV1};
use serde::{Deserialize, Serialize};
use time::Duration;
use uuid::Uuid;
use values::{
    ActFacts, OperationKind, Operator, Reason, StaffId, StepUpRule, UserId, code_enum, masked,
};

use super::announcement::Announcement;
use super::operation::Operation;
use super::payment_request::rfc3339;
use super::record::Record;
use super::visibility::Visibility;

/// How long it waits for a reviewer.
pub(crate) const REVIEWED_WITHIN: Duration = Duration::hours(72);

code_enum! {
    /// What became of a payment that was held.
    pub(crate) enum HeldStatus {
        /// It waits for a reviewer.
        Held = "held",
        /// A reviewer has let the payee have it; of one by FPS the bank says what becomes of it.
        Released = "released",
        /// The payer has the money again.
        Returned = "returned",
    }
}

code_enum! {
    /// Why the payer has the money again.
    pub(crate) enum ReturnCause {
        /// A reviewer has said so.
        Reviewer = "reviewer",
        /// Nobody has decided in time.
        Overdue = "overdue",
        /// A reviewer has released it, and by then the payee could not be paid.
        PayeeUnavailable = "payee-unavailable",
    }
}

/// Why it was held: the rule that matched, and what was known of the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WhyHeld {
    pub(crate) policy_version: u32,
    pub(crate) rule: HoldingRule,
    pub(crate) facts: ActFacts,
    /// What the graph saw in the payer's wallet; older rows have none.
    #[serde(default)]
    pub(crate) risk_reasons: Vec<RiskReasonV1>,
}

/// A rule as it is stored, maybe by a newer program, which may be taken back while payments wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum HoldingRule {
    Known(StepUpRule),
    /// It has conditions, or is about acts, that this program does not know.
    Newer(serde_json::Value),
}

impl fmt::Display for HoldingRule {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(rule) => rule.fmt(to),
            Self::Newer(stored) => stored.fmt(to),
        }
    }
}

/// Who has decided, and why. When is the operation's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Review {
    pub(crate) by: StaffId,
    /// As the token named them.
    pub(crate) name: Operator,
    pub(crate) reason: Reason,
}

/// As it is stored. It changes once, when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldPayment {
    /// The operation's.
    pub(crate) id: Uuid,
    pub(crate) payer: UserId,
    /// A person, or as what the payer knows somebody outside (`FpsPayee::known_as`).
    pub(crate) payee: Uuid,
    pub(crate) status: HeldStatus,
    /// Of one that was returned.
    pub(crate) returned_because: Option<ReturnCause>,
    /// Once it is released.
    pub(crate) visibility: Visibility,
    pub(crate) why: WhyHeld,
    /// `None` while it waits, and of one that time has ended.
    pub(crate) review: Option<Review>,
}

impl HeldPayment {
    pub(super) fn of(
        payment: &Operation,
        payee: Uuid,
        visibility: Visibility,
        why: WhyHeld,
    ) -> Self {
        Self {
            id: payment.id,
            payer: UserId::from_uuid(payment.from.account_id),
            payee,
            status: HeldStatus::Held,
            returned_because: None,
            visibility,
            why,
            review: None,
        }
    }

    /// What others are told while it waits and once it comes back. That it was released is told by
    /// the money that moved, or by the bank that did not take it.
    pub(super) fn announcement(&self, payment: &Operation) -> Announcement {
        let payer_user_id = self.payer.to_string();
        let amount = payment.amount.minor_units();
        let currency = payment.amount.currency().code().to_owned();
        let status = self.status.code().to_owned();
        let decided_before = payment.expires_at.map(rfc3339);
        if payment.kind == OperationKind::FpsPayment {
            let changed = FpsPaymentReviewChangedV1 {
                fps_payment_id: payment.fps_payment_id().to_string(),
                payer_user_id,
                payee_name: payment.to.name.clone(),
                amount,
                currency,
                status,
                decided_before,
            };
            return Announcement::new(self.payer, &changed);
        }
        let payee = UserId::from_uuid(self.payee);
        let changed = PeerPaymentReviewChangedV1 {
            peer_payment_id: payment.peer_payment_id().to_string(),
            payer_user_id,
            payee: PersonV1 { user_id: payee.to_string(), name: masked(&payment.to.name) },
            amount,
            currency,
            status,
            decided_before,
        };
        Announcement::new(payment.peer_payment_id(), &changed)
    }
}

impl Record for HeldPayment {
    fn id(&self) -> Uuid {
        self.id
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_that_only_a_newer_program_knows_is_read_shown_and_kept_as_it_is_stored() {
        let known = json!({"acts": ["peer-payment"], "answer": "hold", "new_payees_at_least": 20});
        let of_newer = json!({"acts": ["a-newer-one"], "answer": "hold", "newer_at_least": 3});
        for (rule, words) in [
            (&known, "peer-payment; new payees in a day: 20 or more"),
            (&of_newer, &of_newer.to_string()),
        ] {
            let facts = json!({"amount": 1, "day_total": 1, "is_new_device": false,
                "new_payee": null, "new_payees": 20, "newer": 3});
            let stored = json!({"policy_version": 7, "rule": rule, "facts": facts});
            let why: WhyHeld = serde_json::from_value(stored).unwrap();
            assert_eq!(why.rule.to_string(), words);
            let kept: WhyHeld =
                serde_json::from_str(&serde_json::to_string(&why).unwrap()).unwrap();
            assert_eq!(kept, why);
        }
    }
}
