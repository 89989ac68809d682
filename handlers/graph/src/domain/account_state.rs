//! How an account stands, and when that is told.

use events::graph::{AccountRiskChangedV1, RiskReasonV1};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use values::{AccountRisk, UserId};

use super::shapes::Finding;

/// After how long an account that is not normal is looked at again, whether or not it moves money:
/// so each level ends once what was seen is over.
const LOOKED_AT_EACH: Duration = Duration::minutes(10);

/// What is kept of an account that has ever been more than normal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AccountState {
    pub(crate) risk: AccountRisk,
    pub(crate) reasons: Vec<RiskReasonV1>,
    /// Counts what was told.
    pub(crate) version: u32,
}

impl AccountState {
    /// The next version, if this is to be told: another level, or for other reasons. That the
    /// figures of a shape grow is not.
    pub(crate) fn next(&self, risk: AccountRisk, findings: &[Finding]) -> Option<Self> {
        let reason = |finding: &Finding| RiskReasonV1 {
            code: finding.reason.code().to_owned(),
            explanation: finding.explanation.clone(),
        };
        let reasons: Vec<RiskReasonV1> = findings.iter().map(reason).collect();
        let codes = |reasons: &[RiskReasonV1]| -> Vec<String> {
            reasons.iter().map(|reason| reason.code.clone()).collect()
        };
        let is_same = self.risk == risk && codes(&self.reasons) == codes(&reasons);
        (!is_same).then(|| Self { risk, reasons, version: self.version.saturating_add(1) })
    }

    /// When it is looked at again; never if all is normal.
    pub(crate) fn due_after(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        (self.risk != AccountRisk::Normal).then(|| now.saturating_add(LOOKED_AT_EACH))
    }

    pub(crate) fn changed_event(&self, whose: UserId, now: OffsetDateTime) -> AccountRiskChangedV1 {
        AccountRiskChangedV1 {
            account_id: whose.to_string(),
            version: self.version,
            level: self.risk.code().to_owned(),
            reasons: self.reasons.clone(),
            // A moment of this era has such a text.
            changed_at: now.format(&Rfc3339).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::shapes::RiskReason;
    use super::*;

    #[test]
    fn what_is_told_is_another_level_or_another_reason_and_not_another_figure() {
        let finding =
            |reason: RiskReason, words: &str| Finding { reason, explanation: words.to_owned() };
        let fan = [finding(RiskReason::FanIn, "8 strangers")];
        let normal = AccountState::default();
        assert_eq!(normal.next(AccountRisk::Normal, &[]), None);
        let high = normal.next(AccountRisk::High, &fan).unwrap();
        assert_eq!((high.version, &*high.reasons[0].explanation), (1, "8 strangers"));
        let grown = [finding(RiskReason::FanIn, "9 strangers")];
        assert_eq!(high.next(AccountRisk::High, &grown), None);
        let both = [fan[0].clone(), finding(RiskReason::Chain, "3 hops")];
        assert_eq!(high.next(AccountRisk::High, &both).unwrap().version, 2);
        let again = high.next(AccountRisk::Normal, &[]).unwrap();
        assert_eq!((again.version, again.reasons.len()), (2, 0));
        let now = OffsetDateTime::UNIX_EPOCH;
        assert_eq!((again.due_after(now), high.due_after(now).is_some()), (None, true));
    }
}
