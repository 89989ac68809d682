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
}
