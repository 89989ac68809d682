//! A payment request, as the events of payments describe it.

use events::payments::PaymentRequestCreatedV1;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use values::{
    BusinessId, CaptureMethod, Currency, DisplayName, Money, PaymentRequestId, RequestStatus,
    ReturnUrl,
};

/// What a dynamic code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PaymentRequest {
    pub(crate) id: PaymentRequestId,
    pub(crate) business_id: BusinessId,
    /// As payers saw it when the request was made.
    pub(crate) shop_name: DisplayName,
    pub(crate) amount: Money,
    /// The shop's own words for the payer, empty if none.
    pub(crate) description: String,
    pub(crate) capture_method: CaptureMethod,
    /// Whether the payer may give more, as a tip.
    pub(crate) tip_allowed: bool,
    /// Where the payer may go once it is paid, if the shop said so.
    pub(crate) return_url: Option<ReturnUrl>,
    pub(crate) status: RequestStatus,
    pub(crate) expires_at: OffsetDateTime,
}

impl PaymentRequest {
    /// Where it stands at `now`, even if the event of its expiry has not come yet.
    pub(crate) fn status_at(&self, now: OffsetDateTime) -> RequestStatus {
        self.status.at(now, self.expires_at)
    }
}

/// Why an event describes no payment request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PaymentRequestError {
    #[error(transparent)]
    Id(#[from] values::IdError),
    #[error(transparent)]
    Name(#[from] values::TextError),
    #[error(transparent)]
    Amount(#[from] values::MoneyError),
    #[error("the currency is not HKD")]
    Currency,
    #[error("the capture method is unknown")]
    CaptureMethod,
    #[error(transparent)]
    Time(#[from] time::error::Parse),
}

impl TryFrom<PaymentRequestCreatedV1> for PaymentRequest {
    type Error = PaymentRequestError;

    fn try_from(created: PaymentRequestCreatedV1) -> Result<Self, PaymentRequestError> {
        if created.currency != Currency::HKD.code() {
            return Err(PaymentRequestError::Currency);
        }
        let method = created.capture_method.as_deref();
        let method = method.map_or(Some(CaptureMethod::Automatic), CaptureMethod::from_code);
        Ok(Self {
            id: created.payment_request_id.parse()?,
            business_id: created.business_id.parse()?,
            shop_name: created.shop_name.try_into()?,
            amount: Money::hkd(created.amount)?,
            description: created.description,
            capture_method: method.ok_or(PaymentRequestError::CaptureMethod)?,
            tip_allowed: created.tip_allowed,
            // A request whose page leads nowhere can be paid all the same.
            return_url: created.return_url.and_then(|url| url.try_into().ok()),
            status: RequestStatus::Open,
            expires_at: OffsetDateTime::parse(&created.expires_at, &Rfc3339)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_request_expires_at_its_time_and_a_closed_one_stays_closed() {
        let mut request = PaymentRequest {
            id: PaymentRequestId::new(),
            business_id: BusinessId::new(),
            shop_name: "永記茶餐廳".to_owned().try_into().unwrap(),
            amount: Money::hkd(12_850).unwrap(),
            description: String::new(),
            capture_method: CaptureMethod::Automatic,
            tip_allowed: false,
            return_url: None,
            status: RequestStatus::Open,
            expires_at: OffsetDateTime::UNIX_EPOCH,
        };
        let before = request.expires_at.saturating_sub(time::Duration::SECOND);
        assert_eq!(request.status_at(before), RequestStatus::Open);
        assert_eq!(request.status_at(request.expires_at), RequestStatus::Expired);
        request.status = RequestStatus::Paid;
        assert_eq!(request.status_at(request.expires_at), RequestStatus::Paid);
    }
}
