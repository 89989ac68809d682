//! When a handle may be taken: by whom, and how often.

use time::{Duration, OffsetDateTime};
use values::{Refusal, UserId};

use super::refusals::{HANDLE_CHANGED_TOO_OFTEN, HANDLE_TAKEN};

/// A year of handles: any 365 days. What somebody gave up is nobody else's for so long, since those
/// who knew it would pay a stranger; and so long are changes remembered.
const YEAR: Duration = Duration::days(365);

/// When a person took handles. The first is no change; any other is, after giving one up as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct HandleChanges {
    /// The first; none if the person never had one.
    pub(crate) set_at: Option<OffsetDateTime>,
    /// The last change.
    pub(crate) changed_at: Option<OffsetDateTime>,
    /// The change before it.
    pub(crate) changed_before_at: Option<OffsetDateTime>,
}

impl HandleChanges {
    /// From when another change is allowed; none if two were not made yet.
    pub(crate) fn changeable_at(self) -> Option<OffsetDateTime> {
        self.changed_before_at.map(|before| before.saturating_add(YEAR))
    }

    /// With one more handle taken `now`.
    pub(super) fn with_another(self, now: OffsetDateTime) -> Result<Self, Refusal> {
        if self.set_at.is_none() {
            return Ok(Self { set_at: Some(now), ..self });
        }
        if self.changeable_at().is_some_and(|changeable_at| now < changeable_at) {
            return Err(HANDLE_CHANGED_TOO_OFTEN);
        }
        let changed_before_at = self.changed_at;
        Ok(Self { changed_at: Some(now), changed_before_at, ..self })
    }
}

/// Who has a handle, or had it last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HandleHolder {
    pub(crate) user_id: UserId,
    /// None while the person has it.
    pub(crate) given_up_at: Option<OffsetDateTime>,
}

impl HandleHolder {
    /// Whether this person may take it `now`.
    pub(crate) fn require_free_for(
        self,
        user_id: UserId,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        let is_over = self.given_up_at.is_some_and(|at| at.saturating_add(YEAR) <= now);
        if self.user_id == user_id || is_over { Ok(()) } else { Err(HANDLE_TAKEN) }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-29 08:00 UTC);
    const MOMENT: Duration = Duration::milliseconds(1);

    #[test]
    fn a_handle_is_set_and_then_changed_twice_in_any_365_days() {
        let set = HandleChanges::default().with_another(NOW).unwrap();
        assert_eq!(set.changeable_at(), None);
        let once = set.with_another(NOW + Duration::days(1)).unwrap();
        let twice = once.with_another(NOW + Duration::days(300)).unwrap();
        let changeable_at = NOW + Duration::days(366);
        assert_eq!(twice.changeable_at(), Some(changeable_at));
        assert_eq!(twice.with_another(changeable_at - MOMENT), Err(HANDLE_CHANGED_TOO_OFTEN));
        let thrice = twice.with_another(changeable_at).unwrap();
        assert_eq!(thrice.changeable_at(), Some(NOW + Duration::days(665)));
        assert_eq!(thrice.with_another(changeable_at), Err(HANDLE_CHANGED_TOO_OFTEN));
    }

    #[test]
    fn what_was_given_up_is_for_a_year_for_its_last_holder_alone() {
        let (holder, other) = (UserId::new(), UserId::new());
        let held = HandleHolder { user_id: holder, given_up_at: None };
        let given_up = HandleHolder { given_up_at: Some(NOW), ..held };
        let year_after = NOW + YEAR;
        for (of, at) in [(held, year_after), (given_up, NOW), (given_up, year_after - MOMENT)] {
            assert_eq!(of.require_free_for(other, at), Err(HANDLE_TAKEN));
            assert_eq!(of.require_free_for(holder, at), Ok(()));
        }
        assert_eq!(given_up.require_free_for(other, year_after), Ok(()));
    }
}
