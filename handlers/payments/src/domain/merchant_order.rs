//! What a program says of a payment request beside what its payer reads.

use serde::Serialize;
use values::RequestStatus;

use super::operation::OperationState;

/// It is told again as it was said. How a request ends `notification` tells `notification_uri`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MerchantOrder {
    pub(crate) order_id: Option<String>,
    pub(crate) notification_uri: Option<String>,
    pub(crate) app_success_callback: Option<String>,
    pub(crate) app_fail_callback: Option<String>,
}

/// The code and the words in which the merchant API says where a request stands. One that is paid
/// stands where its payment does: a shop that captures later has no money yet, and may get none.
pub(crate) const fn merchant_status(
    request: RequestStatus,
    payment: Option<OperationState>,
) -> (&'static str, &'static str) {
    use OperationState::{Completed, Failed, Pending};
    let status = match (request, payment) {
        (RequestStatus::Paid, Some(Completed)) => RequestStatus::Paid,
        (RequestStatus::Open, _) | (RequestStatus::Paid, Some(Pending) | None) => {
            RequestStatus::Open
        }
        (RequestStatus::Cancelled, _) | (RequestStatus::Paid, Some(Failed)) => {
            RequestStatus::Cancelled
        }
        (RequestStatus::Expired, _) | (RequestStatus::Paid, Some(OperationState::Expired)) => {
            RequestStatus::Expired
        }
    };
    status.merchant_status()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_request_whose_payment_has_moved_money_is_a_success() {
        use OperationState::{Completed, Failed, Pending};
        for (request, payment, code) in [
            (RequestStatus::Open, None, "PR001"),
            (RequestStatus::Cancelled, None, "PR004"),
            (RequestStatus::Expired, None, "PR007"),
            (RequestStatus::Paid, Some(Pending), "PR001"),
            (RequestStatus::Paid, Some(Completed), "PR005"),
            (RequestStatus::Paid, Some(Failed), "PR004"),
            (RequestStatus::Paid, Some(OperationState::Expired), "PR007"),
        ] {
            assert_eq!(merchant_status(request, payment).0, code, "{request:?} {payment:?}");
        }
    }
}
