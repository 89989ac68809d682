//! What a shop has taken, as it is answered.

use serde::Serialize;
use service::{AsOf, Json};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::Balance;

use crate::domain::Takings;

/// What was taken in some time.
#[derive(Serialize, ToSchema)]
pub(crate) struct TakingsBody {
    payments: i64,
    /// What was paid, tips included.
    gross: Balance,
    /// How much of that were tips.
    tips: Balance,
    refunds: i64,
    /// What was given back in this time, of payments of any time.
    refunded: Balance,
    /// What the shop paid for its payments.
    fees: Balance,
    /// What came back of fees with refunds.
    fees_returned: Balance,
    /// Gross less refunded and fees, and with the fees that came back: what is left to the shop.
    net: Balance,
}

impl From<Takings> for TakingsBody {
    fn from(takings: Takings) -> Self {
        let net = Balance::hkd(takings.net());
        let Takings { payments, gross, tips, refunds, refunded, fees, fees_returned } = takings;
        Self {
            payments,
            gross: Balance::hkd(gross),
            tips: Balance::hkd(tips),
            refunds,
            refunded: Balance::hkd(refunded),
            fees: Balance::hkd(fees),
            fees_returned: Balance::hkd(fees_returned),
            net,
        }
    }
}

/// An answer of this moment.
pub(super) fn as_of<T>(moment: OffsetDateTime, body: T) -> AsOf<Json<T>> {
    AsOf { answer: Json(body), as_of: moment.into(), position: None }
}
