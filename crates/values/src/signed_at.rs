//! The moment at which somebody signed something, as it stands in the signed text.

use std::borrow::Cow;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::shared_refusals::CLOCK_SKEW;
use crate::{Refusal, Timestamp};

/// A time in the one spelling that every answer has: RFC 3339, UTC, three decimals.
///
/// What is signed is the text, and what is spent is the moment. With a second spelling of a moment
/// one signed request would have two texts, and a finer one than is stored would share its moment
/// with others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SignedAt {
    text: String,
    moment: OffsetDateTime,
}

/// The text is not a time, or not in its one spelling.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time in UTC with three decimals is expected, such as 2026-11-23T04:05:06.789Z")]
pub struct SignedAtError;

impl PartialSchema for SignedAt {
    fn schema() -> RefOr<Schema> {
        Timestamp::schema()
    }
}

impl ToSchema for SignedAt {
    fn name() -> Cow<'static, str> {
        Timestamp::name()
    }
}

impl SignedAt {
    /// How far a signer's clock may be ahead of ours.
    pub const EARLY_MAX_SECONDS: u64 = 60;

    /// The time as it is signed.
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
    /// What is finer than a millisecond is cut off.
    fn from(moment: OffsetDateTime) -> Self {
        let moment = moment.truncate_to_millisecond();
        Self { text: Timestamp::from(moment).to_string(), moment }
    }
}

impl FromStr for SignedAt {
    type Err = SignedAtError;

    fn from_str(text: &str) -> Result<Self, SignedAtError> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| SignedAtError)?;
        let signed_at = Self::from(moment);
        if signed_at.text == text { Ok(signed_at) } else { Err(SignedAtError) }
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
    fn a_moment_has_one_spelling() {
        for text in ["2026-11-23T04:05:06.000Z", "2026-11-23T04:05:06.780Z"] {
            let signed_at: SignedAt = text.parse().unwrap();
            assert_eq!(
                (signed_at.as_str(), signed_at.moment().unix_timestamp()),
                (text, 1_795_406_706)
            );
            assert_eq!(SignedAt::from(signed_at.moment()), signed_at);
        }
        for other in [
            "2026-11-23T04:05:06Z",
            "2026-11-23T04:05:06.78Z",
            "2026-11-23T04:05:06.7800Z",
            "2026-11-23T04:05:06.780001Z",
            "2026-11-23T12:05:06.780+08:00",
            "2026-11-23T04:05:06.780+00:00",
            "2026-11-23T04:05:06.780-00:00",
            "2026-11-23t04:05:06.780Z",
            "2026-11-23T04:05:06.780z",
            "+002026-11-23T04:05:06.780Z",
        ] {
            assert_eq!(other.parse::<SignedAt>(), Err(SignedAtError), "{other}");
        }
    }

    #[test]
    fn our_own_clock_is_read_in_that_spelling() {
        let moment = OffsetDateTime::UNIX_EPOCH + Duration::nanoseconds(1_999_999);
        let signed_at = SignedAt::from(moment);
        assert_eq!(signed_at.as_str(), "1970-01-01T00:00:00.001Z");
        assert_eq!(signed_at.as_str().parse(), Ok(signed_at.clone()));
    }

    #[test]
    fn what_is_no_time_on_one_line_is_refused() {
        for text in [
            "",
            "now",
            "1795406706",
            "2026-11-23",
            "2026-11-23T04:05:06.789",
            "2026-11-23\n04:05:06.789Z",
            "2026-11-23 04:05:06.789Z",
            "2026-11-23T04:05:06.789Z\n",
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
        let ahead: SignedAt = "1970-01-01T00:02:00.000Z".parse().unwrap();
        let refused = ahead.require_recent(120, now).unwrap_err();
        assert_eq!(refused.code(), "clock-skew");
        assert_eq!(
            refused.detail(),
            "it was signed at 1970-01-01T00:02:00.000Z, \
             the server's time is 1970-01-01T00:00:00.000Z"
        );
    }
}
