//! How often wrong secrets of pay links and red packets are answered.

use time::{Duration, OffsetDateTime};
use values::Refusal;

use super::refusals::SECRETS_THROTTLED;

/// How often a person has shown a wrong secret, of whatever pay link or red packet: one that is
/// there and one that is not are counted alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongSecrets {
    pub(crate) count: u32,
    /// When the first of them was shown.
    pub(crate) since: OffsetDateTime,
}

impl WrongSecrets {
    /// So many are answered, within [`Self::WINDOW`] from the first.
    pub(crate) const MAX: u32 = 10;
    pub(crate) const WINDOW: Duration = Duration::hours(1);

    /// Whether the last of them is still answered at `now`.
    pub(crate) fn require_few(self, now: OffsetDateTime) -> Result<(), Refusal> {
        let over_at = self.since.saturating_add(Self::WINDOW).unix_timestamp();
        let seconds = over_at.saturating_sub(now.unix_timestamp());
        if self.count <= Self::MAX || seconds <= 0 {
            return Ok(());
        }
        Err(SECRETS_THROTTLED.for_seconds(seconds.unsigned_abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::NOW;

    #[test]
    fn wrong_secrets_are_throttled_for_an_hour_from_the_first() {
        let wrong = |count| WrongSecrets { count, since: NOW };
        assert_eq!(wrong(10).require_few(NOW), Ok(()));
        let refused = wrong(11).require_few(NOW + Duration::minutes(59));
        assert_eq!(refused, Err(SECRETS_THROTTLED.for_seconds(60)));
        let later = NOW + WrongSecrets::WINDOW;
        assert_eq!(wrong(11).require_few(later), Ok(()));
    }
}
