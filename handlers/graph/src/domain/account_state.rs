//! How an account stands, and when that is told.

use std::collections::BTreeSet;

use events::graph::{AccountRiskChangedV1, RiskReasonV1};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use values::{AccountRisk, UserId};

use super::shapes::Finding;

/// After how long an account that is not normal is looked at again, whether or not it moves money:
/// so each level ends once what was seen is over.
const LOOKED_AT_EACH: Duration = Duration::minutes(10);

/// For how long what a reviewer called normal is that.
const CLEARED_FOR: Duration = Duration::days(7);

/// What a reviewer looked at and called normal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clearance {
    /// Codes of reasons.
    pub(crate) reasons: Vec<String>,
    pub(crate) until: OffsetDateTime,
}

/// What is kept of an account that has ever been more than normal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AccountState {
    pub(crate) risk: AccountRisk,
    pub(crate) reasons: Vec<RiskReasonV1>,
    /// Grows with each that was told.
    pub(crate) version: u32,
    pub(crate) clearance: Option<Clearance>,
}

impl AccountState {
    /// The next version, if this is to be told: another level, or for other reasons. That the
    /// figures of a shape grow is not, nor what was cleared.
    pub(crate) fn next(&self, findings: &[Finding], now: OffsetDateTime) -> Option<Self> {
        let clearance = self.clearance.as_ref().filter(|clearance| clearance.until > now);
        let is_cleared = |finding: &&Finding| {
            let mut cleared = clearance.iter().flat_map(|clearance| &clearance.reasons);
            cleared.any(|code| code == finding.reason.code())
        };
        let seen: Vec<&Finding> = findings.iter().filter(|one| !is_cleared(one)).collect();
        let risk = seen.iter().map(|finding| finding.reason.risk()).max().unwrap_or_default();
        let reason = |finding: &&Finding| RiskReasonV1 {
            code: finding.reason.code().to_owned(),
            explanation: finding.explanation.clone(),
        };
        let reasons: Vec<RiskReasonV1> = seen.iter().map(reason).collect();
        let is_same = self.risk == risk && codes(&self.reasons) == codes(&reasons);
        let clearance = clearance.cloned();
        (!is_same).then(|| Self { risk, reasons, version: self.version_at(now), clearance })
    }

    /// Normal, and so for a while whatever of this is seen; `None` of what is normal already.
    pub(crate) fn cleared(&self, now: OffsetDateTime) -> Option<Self> {
        (self.risk != AccountRisk::Normal).then_some(())?;
        let earlier = self.clearance.iter().filter(|clearance| clearance.until > now);
        let earlier = earlier.flat_map(|clearance| clearance.reasons.clone());
        let reasons = BTreeSet::from_iter(codes(&self.reasons).into_iter().chain(earlier));
        let until = now.saturating_add(CLEARED_FOR);
        let clearance = Some(Clearance { reasons: reasons.into_iter().collect(), until });
        let version = self.version_at(now);
        Some(Self { risk: AccountRisk::Normal, reasons: Vec::new(), version, clearance })
    }

    /// The second at least: what was told after the backup that this may come from had an older
    /// one.
    fn version_at(&self, now: OffsetDateTime) -> u32 {
        let second = u32::try_from(now.unix_timestamp()).unwrap_or_default();
        self.version.saturating_add(1).max(second)
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

fn codes(reasons: &[RiskReasonV1]) -> Vec<String> {
    reasons.iter().map(|reason| reason.code.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::shapes::RiskReason;
    use super::*;

    fn finding(reason: RiskReason, words: &str) -> Finding {
        Finding { reason, explanation: words.to_owned() }
    }

    #[test]
    fn what_is_told_is_another_level_or_another_reason_and_not_another_figure() {
        let fan = [finding(RiskReason::FanIn, "8 strangers")];
        let normal = AccountState::default();
        let now = OffsetDateTime::UNIX_EPOCH;
        assert_eq!(normal.next(&[], now), None);
        let high = normal.next(&fan, now).unwrap();
        assert_eq!((high.version, &*high.reasons[0].explanation), (1, "8 strangers"));
        let grown = [finding(RiskReason::FanIn, "9 strangers")];
        assert_eq!(high.next(&grown, now), None);
        let both = [fan[0].clone(), finding(RiskReason::Chain, "3 hops")];
        assert_eq!(high.next(&both, now).unwrap().version, 2);
        let again = high.next(&[], now).unwrap();
        assert_eq!((again.version, again.reasons.len()), (2, 0));
        assert_eq!((again.due_after(now), high.due_after(now).is_some()), (None, true));
    }

    #[test]
    fn what_is_told_after_a_restore_is_newer_than_what_was_told_before_it() {
        let second = |second| OffsetDateTime::from_unix_timestamp(second).unwrap();
        let fan = [finding(RiskReason::FanIn, "8 strangers")];
        let backup = AccountState::default().next(&fan, second(1_800_000_000)).unwrap();
        let lost = backup.next(&[], second(1_800_000_900)).unwrap();
        let lost = lost.next(&fan, second(1_800_001_000)).unwrap();
        let told = backup.next(&[], second(1_800_002_000)).unwrap();
        assert!(told.version > lost.version);
        // Two changes in one second, and a clock that was put back.
        let at_once = told.next(&fan, second(1_800_002_000)).unwrap();
        assert_eq!(at_once.version, told.version + 1);
        assert!(at_once.next(&[], second(1)).unwrap().version > at_once.version);
    }

    #[test]
    fn what_a_reviewer_clears_is_normal_for_a_week_and_what_else_is_seen_is_not() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let fan = [finding(RiskReason::FanIn, "8 strangers")];
        let chain = finding(RiskReason::Chain, "3 hops");
        let below = finding(RiskReason::JustBelow, "6 times");
        assert_eq!(AccountState::default().cleared(now), None);
        let high = AccountState::default().next(&fan, now).unwrap();
        let cleared = high.cleared(now).unwrap();
        assert_eq!((cleared.risk, cleared.reasons.len()), (AccountRisk::Normal, 0));
        assert!(cleared.version > high.version && cleared.due_after(now).is_none());
        assert_eq!(cleared.cleared(now), None);

        let last = now + CLEARED_FOR - Duration::SECOND;
        assert_eq!(cleared.next(&fan, last), None);
        let over = cleared.next(&fan, now + CLEARED_FOR).unwrap();
        assert_eq!((over.risk, over.clearance.is_none()), (AccountRisk::High, true));
        let other = cleared.next(&[fan[0].clone(), below], last).unwrap();
        assert_eq!((other.risk, &*other.reasons[0].code), (AccountRisk::Elevated, "just-below"));
        let other = cleared.next(&[fan[0].clone(), chain.clone()], now).unwrap();
        let both = other.cleared(now).unwrap();
        assert_eq!(both.next(&[fan[0].clone(), chain], now), None);
    }
}
