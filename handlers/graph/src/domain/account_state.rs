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
    /// Grows with each that was told.
    pub(crate) version: u32,
}

impl AccountState {
    /// The next version, if this is to be told: another level, or for other reasons. That the
    /// figures of a shape grow is not. The version is the second at least: what was told after the
    /// backup that this may come from had an older one.
    pub(crate) fn next(
        &self,
        risk: AccountRisk,
        findings: &[Finding],
        now: OffsetDateTime,
    ) -> Option<Self> {
        let reason = |finding: &Finding| RiskReasonV1 {
            code: finding.reason.code().to_owned(),
            explanation: finding.explanation.clone(),
        };
        let reasons: Vec<RiskReasonV1> = findings.iter().map(reason).collect();
        let codes = |reasons: &[RiskReasonV1]| -> Vec<String> {
            reasons.iter().map(|reason| reason.code.clone()).collect()
        };
        let is_same = self.risk == risk && codes(&self.reasons) == codes(&reasons);
        let second = u32::try_from(now.unix_timestamp()).unwrap_or_default();
        let version = self.version.saturating_add(1).max(second);
        (!is_same).then_some(Self { risk, reasons, version })
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
        let now = OffsetDateTime::UNIX_EPOCH;
        assert_eq!(normal.next(AccountRisk::Normal, &[], now), None);
        let high = normal.next(AccountRisk::High, &fan, now).unwrap();
        assert_eq!((high.version, &*high.reasons[0].explanation), (1, "8 strangers"));
        let grown = [finding(RiskReason::FanIn, "9 strangers")];
        assert_eq!(high.next(AccountRisk::High, &grown, now), None);
        let both = [fan[0].clone(), finding(RiskReason::Chain, "3 hops")];
        assert_eq!(high.next(AccountRisk::High, &both, now).unwrap().version, 2);
        let again = high.next(AccountRisk::Normal, &[], now).unwrap();
        assert_eq!((again.version, again.reasons.len()), (2, 0));
        assert_eq!((again.due_after(now), high.due_after(now).is_some()), (None, true));
    }

    #[test]
    fn what_is_told_after_a_restore_is_newer_than_what_was_told_before_it() {
        let second = |second| OffsetDateTime::from_unix_timestamp(second).unwrap();
        let (high, normal) = (AccountRisk::High, AccountRisk::Normal);
        let backup = AccountState::default().next(high, &[], second(1_800_000_000)).unwrap();
        let lost = backup.next(normal, &[], second(1_800_000_900)).unwrap();
        let lost = lost.next(high, &[], second(1_800_001_000)).unwrap();
        let told = backup.next(normal, &[], second(1_800_002_000)).unwrap();
        assert!(told.version > lost.version);
        // Two changes in one second, and a clock that was put back.
        let at_once = told.next(high, &[], second(1_800_002_000)).unwrap();
        assert_eq!(at_once.version, told.version + 1);
        assert!(at_once.next(normal, &[], second(1)).unwrap().version > at_once.version);
    }
}
