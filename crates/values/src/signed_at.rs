//! The moment at which somebody signed something, as it stands in the signed text.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::Refusal;
use crate::shared_refusals::CLOCK_SKEW;

/// A time in RFC 3339, kept as it was written: a signature covers the text, so a spelling of our
/// own would void it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SignedAt {
    text: String,
    moment: OffsetDateTime,
}

/// The text is not a time.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time in RFC 3339 is expected, such as 2026-11-23T04:05:06.789Z")]
pub struct SignedAtError;

impl SignedAt {
    /// How far a signer's clock may be ahead of ours.
    pub const EARLY_MAX_SECONDS: u64 = 60;

    /// The time as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The time that is meant.
    pub const fn moment(&self) -> OffsetDateTime {
        self.moment
    }

    /// Refuses a time that is not recent and shows both clocks, so that a wrong one is soon found.
    ///
    /// # Errors
    /// `clock-skew`.
    pub fn require_recent(&self, age_max_seconds: u64, now: OffsetDateTime) -> Result<(), Refusal> {
        if self.is_recent(age_max_seconds, now) {
            return Ok(());
        }
        let now = Self::from(now).text;
        Err(CLOCK_SKEW
            .because(format!("it was signed at {}, the server's time is {now}", self.text)))
    }

    /// Whether it was at most `age_max_seconds` ago, and lies at most
    /// [`Self::EARLY_MAX_SECONDS`] ahead.
    pub fn is_recent(&self, age_max_seconds: u64, now: OffsetDateTime) -> bool {
        let age = now.unix_timestamp().saturating_sub(self.moment.unix_timestamp());
        let limit = if age < 0 { Self::EARLY_MAX_SECONDS } else { age_max_seconds };
        age.unsigned_abs() <= limit
    }
}

impl From<OffsetDateTime> for SignedAt {
    fn from(moment: OffsetDateTime) -> Self {
        Self { text: moment.format(&Rfc3339).unwrap_or_default(), moment }
    }
}

impl FromStr for SignedAt {
    type Err = SignedAtError;

    fn from_str(text: &str) -> Result<Self, SignedAtError> {
        // The parser takes any character between date and time, even a line end.
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SignedAtError);
        }
        let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| SignedAtError)?;
        Ok(Self { text: text.to_owned(), moment })
    }
}

impl TryFrom<String> for SignedAt {
    type Error = SignedAtError;

    fn try_from(text: String) -> Result<Self, SignedAtError> {
        text.parse()
    }
}

impl From<SignedAt> for String {
    fn from(signed_at: SignedAt) -> Self {
        signed_at.text
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    #[test]
    fn a_time_keeps_its_spelling() {
        for text in ["2026-11-23T04:05:06Z", "2026-11-23T12:05:06.000+08:00"] {
            let signed_at: SignedAt = text.parse().unwrap();
            assert_eq!(
                (signed_at.as_str(), signed_at.moment().unix_timestamp()),
                (text, 1_795_406_706)
            );
        }
    }

    #[test]
    fn what_is_no_time_on_one_line_is_refused() {
        for text in [
            "",
            "now",
            "1795406706",
            "2026-11-23",
            "2026-11-23T04:05:06",
            "2026-11-23\n04:05:06Z",
            "2026-11-23 04:05:06Z",
            "2026-11-23T04:05:06Z\n",
        ] {
            assert_eq!(text.parse::<SignedAt>(), Err(SignedAtError), "{text:?}");
        }
    }

    #[test]
    fn a_time_is_recent_from_its_age_limit_to_a_minute_ahead() {
        let now = OffsetDateTime::UNIX_EPOCH;
        for (seconds, is_recent) in
            [(-121, false), (-120, true), (0, true), (60, true), (61, false)]
        {
            let signed_at = SignedAt::from(now + Duration::seconds(seconds));
            assert_eq!(signed_at.is_recent(120, now), is_recent, "{seconds}");
            assert_eq!(signed_at.require_recent(120, now).is_ok(), is_recent, "{seconds}");
        }
    }

    #[test]
    fn a_refusal_of_its_time_shows_both_clocks() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let ahead: SignedAt = "1970-01-01T08:02:00+08:00".parse().unwrap();
        let refused = ahead.require_recent(120, now).unwrap_err();
        assert_eq!(refused.code(), "clock-skew");
        assert_eq!(
            refused.detail(),
            "it was signed at 1970-01-01T08:02:00+08:00, the server's time is 1970-01-01T00:00:00Z"
        );
    }
}
