//! Which acts ask for more than a login: rules as data, so that a new fraud is answered in minutes
//! and without a release.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::shared_refusals::{HELD_FOR_REVIEW, STEP_UP_REQUIRED};
use crate::{AccountRisk, Level, OperationConfirmation, Refusal};

mod standard;
#[cfg(test)]
mod tests;
mod words;

crate::code_enum! {
    /// What a rule can be about.
    pub enum GuardedAct {
        /// A shop is paid.
        Payment = "payment",
        /// A person is paid.
        PeerPayment = "peer-payment",
        /// Money goes to the person's bank.
        Withdrawal = "withdrawal",
        /// Money is given to whoever opens a link.
        PayLink = "pay-link",
        /// Money is given to several people.
        RedPacket = "red-packet",
        /// A person is to be paid on dates that come, when nobody can be asked.
        Schedule = "schedule",
        /// A shop gives a payment back.
        Refund = "refund",
        /// A shop is paid by FPS under another id.
        FpsIdChange = "fps-id-change",
        /// A shop's takings go to another bank account, or at another time.
        ShopBankAccount = "shop-bank-account",
        /// A shop is closed.
        ShopClosing = "shop-closing",
        /// A shop is offered to somebody else.
        ShopHandover = "shop-handover",
        /// A program is let act for a shop.
        ApiCredential = "api-credential",
        /// A person closes their wallet for good.
        WalletClosing = "wallet-closing",
        /// A device or passkey is taken off its person's list.
        DeviceRemoval = "device-removal",
        /// All other logins of a person end.
        OtherSessionsEnd = "other-sessions-end",
    }
}

impl GuardedAct {
    /// Whether money leaves a wallet, with a confirmation of its own.
    const fn leaves_wallet(self) -> bool {
        match self {
            Self::Payment | Self::PeerPayment | Self::Withdrawal => true,
            Self::PayLink | Self::RedPacket | Self::Schedule => true,
            Self::Refund | Self::FpsIdChange | Self::ShopBankAccount => false,
            Self::ShopClosing | Self::ShopHandover | Self::ApiCredential => false,
            Self::WalletClosing | Self::DeviceRemoval | Self::OtherSessionsEnd => false,
        }
    }

    const fn has_amount(self) -> bool {
        self.leaves_wallet() || matches!(self, Self::Refund)
    }

    /// How old the proof of a level may be.
    const fn age_max_seconds(self) -> u64 {
        if self.leaves_wallet() {
            OperationConfirmation::AGE_MAX_SECONDS
        } else {
            Level::AGE_MAX_SECONDS
        }
    }
}

crate::code_enum! {
    /// What a rule answers.
    pub enum RuleAnswer {
        /// The login is enough: an exception from the rules that come after it.
        Allow = "allow",
        /// The PIN is needed, or a passkey.
        Pin = "pin",
        /// A passkey is needed; who has none cannot do it.
        Passkey = "passkey",
        /// It is not done now, however it was confirmed: it waits for a reviewer, or is refused.
        Hold = "hold",
    }
}

/// One rule. It matches if all of its conditions do; what is absent or null asks nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUpRule {
    /// What it is about; one at least.
    pub acts: Vec<GuardedAct>,
    /// What it asks for.
    pub answer: RuleAnswer,
    /// The amount in cents. Of a rule about new payees: all that those who are new were given since
    /// they are, with this, so that it is the same in parts, and to one or to many.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub amount_at_least: Option<i64>,
    /// What the wallet gives to shops, to people or to the bank in this Hong Kong day, with this,
    /// in cents.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub day_total_at_least: Option<i64>,
    /// The device or passkey was added to the account less than a day ago.
    #[serde(default)]
    pub is_new_device: Option<bool>,
    /// The payee was paid first less than a day ago, or never.
    #[serde(default)]
    pub is_new_payee: Option<bool>,
    /// The new payee was paid before, and no more than this the first time, in cents: a probe.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub first_paid_at_most: Option<i64>,
    /// So many people were paid for the first time in the last 24 hours, with this one.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub new_payees_at_least: Option<u32>,
    /// The graph says this of the wallet, or more: `elevated` or `high`.
    #[serde(default)]
    pub account_risk_at_least: Option<AccountRisk>,
    /// In the last 30 days the wallet gave money to so many wallets that are frozen now, or got
    /// HK$100.00 or more from them.
    // Absent rather than null: a program that does not know it reads all other rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub frozen_neighbours_at_least: Option<u32>,
}

/// The rules that hold now, in their order: the first that matches answers, and what none matches
/// is allowed; an act that none names is held to [`StepUpPolicy::standard`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepUpPolicy {
    /// Counts the changes. 0 is what this version of the services begins with.
    pub version: u32,
    /// The most urgent first.
    pub rules: Vec<StepUpRule>,
}

/// What is known of an act when it is judged. What is not of money has none of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActFacts {
    /// Minor units.
    pub amount: i64,
    /// Of the wallet's day, with this, in minor units.
    pub day_total: i64,
    /// Of whoever asks.
    pub is_new_device: bool,
    /// `None` if the payee is not new, or nobody is known who is paid.
    pub new_payee: Option<NewPayee>,
    /// So many were paid for the first time in the last 24 hours, with this one.
    pub new_payees: u32,
    /// Of the wallet, as the graph says.
    #[serde(default)]
    pub account_risk: AccountRisk,
    /// To how many wallets that are frozen now the wallet gave lately, or which gave it more than
    /// dust; older rows have none.
    #[serde(default)]
    pub frozen_neighbours: u32,
}

/// A payee who was first paid less than a day ago, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPayee {
    /// The first payment in minor units, if there was one.
    pub first_paid: Option<i64>,
    /// All that they and the payer's other new payees were given since they are new, with this, in
    /// minor units.
    pub given: i64,
}

/// Why rules cannot be a policy.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// More than [`StepUpPolicy::RULES_MAX`].
    #[error("there are more than 64 rules")]
    TooManyRules,
    /// A rule about nothing.
    #[error("rule {0} names no act")]
    NoAct(usize),
    /// A limit that says nothing.
    #[error("rule {0} has a limit that everything reaches")]
    NotPositive(usize),
    /// It could never match.
    #[error("rule {0} asks of an act what only acts of another kind have")]
    UnknownOfAct(usize),
    /// Only a new payee can have been probed.
    #[error("rule {0} asks about a first payment, but not about new payees")]
    ProbeOfKnown(usize),
    /// Only money can wait.
    #[error("rule {0} holds what moves no money out of a wallet")]
    HoldsNoMoney(usize),
    /// A slip would stop all customers.
    #[error("rule {0} holds what everybody does, whatever the amount")]
    HoldsEverybody(usize),
}

impl StepUpPolicy {
    /// More rules than anybody could keep in mind.
    pub const RULES_MAX: usize = 64;

    /// One rule: all is allowed.
    pub fn allow_all() -> Self {
        let acts = GuardedAct::ALL.to_vec();
        Self { version: 0, rules: vec![StepUpRule { acts, ..StepUpRule::OF_NOTHING }] }
    }

    /// Refuses rules that mean nothing; they are counted from 0, as in the document.
    ///
    /// # Errors
    /// [`PolicyError`], of the first rule that is wrong.
    pub fn check(&self) -> Result<(), PolicyError> {
        if self.rules.len() > Self::RULES_MAX {
            return Err(PolicyError::TooManyRules);
        }
        self.rules.iter().enumerate().try_for_each(|(place, rule)| rule.check(place))
    }

    /// Refuses an act that needs a higher level than was shown, or is held.
    ///
    /// # Errors
    /// `step-up-required` or `held-for-review`.
    pub fn require(&self, act: GuardedAct, shown: Level, facts: &ActFacts) -> Result<(), Refusal> {
        self.judge(act, shown, facts)?.map_or(Ok(()), |_| Err(HELD_FOR_REVIEW))
    }

    /// The rule that holds an act; `None` if it can be done now. Refuses one that needs a higher
    /// level than was shown. An act that no rule names is held to the standard ones: whoever agreed
    /// on the rules may have known nothing of it yet. To let it be, a rule says so.
    ///
    /// # Errors
    /// `step-up-required`.
    pub fn judge(
        &self,
        act: GuardedAct,
        shown: Level,
        facts: &ActFacts,
    ) -> Result<Option<StepUpRule>, Refusal> {
        let is_named = self.rules.iter().any(|rule| rule.acts.contains(&act));
        let standard = (!is_named).then(Self::standard);
        let rules = &standard.as_ref().unwrap_or(self).rules;
        let matching = rules.iter().find(|rule| rule.matches(act, facts));
        let Some(rule) = matching else { return Ok(None) };
        let needed = match rule.answer {
            RuleAnswer::Allow => Level::Device,
            RuleAnswer::Pin => Level::Pin,
            RuleAnswer::Passkey => Level::Passkey,
            RuleAnswer::Hold => return Ok(Some(rule.clone())),
        };
        if shown >= needed {
            return Ok(None);
        }
        Err(STEP_UP_REQUIRED.for_level(needed, act.age_max_seconds()))
    }
}

impl StepUpRule {
    const OF_NOTHING: Self = Self {
        acts: Vec::new(),
        answer: RuleAnswer::Allow,
        amount_at_least: None,
        day_total_at_least: None,
        is_new_device: None,
        is_new_payee: None,
        first_paid_at_most: None,
        new_payees_at_least: None,
        account_risk_at_least: None,
        frozen_neighbours_at_least: None,
    };

    fn check(&self, place: usize) -> Result<(), PolicyError> {
        let all = |has: fn(GuardedAct) -> bool| self.acts.iter().all(|act| has(*act));
        let amounts = [self.amount_at_least, self.day_total_at_least, self.first_paid_at_most];
        let asks_of_payee = self.is_new_payee.or(self.first_paid_at_most.map(|_| true)).is_some()
            || self.new_payees_at_least.is_some();
        let asks_of_wallet = self.day_total_at_least.is_some()
            || self.is_new_device.is_some()
            || self.account_risk_at_least.is_some()
            || self.frozen_neighbours_at_least.is_some();
        if self.acts.is_empty() {
            return Err(PolicyError::NoAct(place));
        }
        if amounts.into_iter().flatten().any(|amount| amount <= 0)
            || self.new_payees_at_least == Some(0)
            || self.frozen_neighbours_at_least == Some(0)
            || self.account_risk_at_least == Some(AccountRisk::Normal)
        {
            return Err(PolicyError::NotPositive(place));
        }
        if (self.amount_at_least.is_some() && !all(GuardedAct::has_amount))
            || (asks_of_wallet && !all(GuardedAct::leaves_wallet))
            || (asks_of_payee && !all(|act| act == GuardedAct::PeerPayment))
        {
            return Err(PolicyError::UnknownOfAct(place));
        }
        if self.first_paid_at_most.is_some() && self.is_new_payee != Some(true) {
            return Err(PolicyError::ProbeOfKnown(place));
        }
        if self.answer == RuleAnswer::Hold && !all(GuardedAct::leaves_wallet) {
            return Err(PolicyError::HoldsNoMoney(place));
        }
        let asks_nothing = self.amount_at_least.is_none() && !asks_of_wallet && !asks_of_payee;
        if self.answer == RuleAnswer::Hold && asks_nothing {
            return Err(PolicyError::HoldsEverybody(place));
        }
        Ok(())
    }

    fn matches(&self, act: GuardedAct, facts: &ActFacts) -> bool {
        let given = facts.new_payee.filter(|_| self.is_new_payee == Some(true));
        let amount = given.map_or(facts.amount, |payee| payee.given);
        let is_new_payee = facts.new_payee.is_some();
        let first_paid = facts.new_payee.and_then(|payee| payee.first_paid);
        self.acts.contains(&act)
            && self.amount_at_least.is_none_or(|least| amount >= least)
            && self.day_total_at_least.is_none_or(|least| facts.day_total >= least)
            && self.is_new_device.is_none_or(|wanted| facts.is_new_device == wanted)
            && self.is_new_payee.is_none_or(|wanted| is_new_payee == wanted)
            && self
                .first_paid_at_most
                .is_none_or(|most| first_paid.is_some_and(|first| first <= most))
            && self.new_payees_at_least.is_none_or(|least| facts.new_payees >= least)
            && self.account_risk_at_least.is_none_or(|least| facts.account_risk >= least)
            && self.frozen_neighbours_at_least.is_none_or(|least| facts.frozen_neighbours >= least)
    }
}
