//! What a program says of a payment request beside what its payer reads.

use serde::Serialize;
use values::RequestStatus;

/// It is told again as it was said; nothing here is acted upon.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MerchantOrder {
    pub(crate) order_id: Option<String>,
    pub(crate) notification_uri: Option<String>,
    pub(crate) app_success_callback: Option<String>,
    pub(crate) app_fail_callback: Option<String>,
}

/// The code and the words in which the merchant API says where a request stands.
pub(crate) const fn merchant_status(status: RequestStatus) -> (&'static str, &'static str) {
    match status {
        RequestStatus::Open => ("PR001", "Payment Request Initiated"),
        RequestStatus::Cancelled => ("PR004", "Payment Request Cancelled"),
        RequestStatus::Paid => ("PR005", "Payment Success"),
        RequestStatus::Expired => ("PR007", "Payment Request Expired"),
    }
}
