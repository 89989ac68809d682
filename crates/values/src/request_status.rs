//! Where a payment request stands.

use time::OffsetDateTime;

crate::code_enum! {
    /// Open until it is paid, cancelled or expired.
    pub enum RequestStatus {
        /// Waits to be paid.
        Open = "open",
        /// It has its payment.
        Paid = "paid",
        /// The shop took it back.
        Cancelled = "cancelled",
        /// Its time is over.
        Expired = "expired",
    }
}

impl RequestStatus {
    /// Where a request stands at `now`, whether or not its expiry was written down yet.
    #[must_use]
    pub fn at(self, now: OffsetDateTime, expires_at: OffsetDateTime) -> Self {
        let is_overdue = self == Self::Open && expires_at <= now;
        if is_overdue { Self::Expired } else { self }
    }

    /// The code and the words of PayMe's API for shops, as our merchant API and its notifications
    /// say it.
    #[must_use]
    pub const fn merchant_status(self) -> (&'static str, &'static str) {
        match self {
            Self::Open => ("PR001", "Payment Request Initiated"),
            Self::Cancelled => ("PR004", "Payment Request Cancelled"),
            Self::Paid => ("PR005", "Payment Success"),
            Self::Expired => ("PR007", "Payment Request Expired"),
        }
    }
}
