//! Where a payment request stands.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// Open until it is paid, cancelled or expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RequestStatus {
    /// Waits to be paid.
    Open,
    /// The money has moved.
    Paid,
    /// The shop took it back.
    Cancelled,
    /// Its time is over.
    Expired,
}

impl RequestStatus {
    /// As stored and sent.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The status that a code stands for.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Open, Self::Paid, Self::Cancelled, Self::Expired]
            .into_iter()
            .find(|status| status.code() == code)
    }

    /// Where a request stands at `now`, whether or not its expiry was written down yet.
    #[must_use]
    pub fn at(self, now: OffsetDateTime, expires_at: OffsetDateTime) -> Self {
        let is_overdue = self == Self::Open && expires_at <= now;
        if is_overdue { Self::Expired } else { self }
    }
}
