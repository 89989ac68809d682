//! A shop's request to be paid: open until it is paid, cancelled or expired.

use events::payments::{PaymentRequestClosedV1, PaymentRequestCreatedV1};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{
    BusinessId, CaptureMethod, Money, PaymentId, PaymentRequestId, Refusal, RequestStatus, UserId,
};

use super::record::Record;
use super::refusals::{AMOUNT_MISMATCH, CANCELLED, EXPIRED, PAID, PAYEE_MISMATCH, TIP_NOT_ALLOWED};

/// A shop's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PaymentRequest {
    pub(crate) id: PaymentRequestId,
    pub(crate) business_id: BusinessId,
    /// As payers saw it when the request was made.
    pub(crate) shop_name: String,
    pub(crate) amount: Money,
    pub(crate) description: String,
    pub(crate) capture_method: CaptureMethod,
    /// Whether the payer may give more than it asks for, as a tip. Not where it is captured later.
    pub(crate) tip_allowed: bool,
    pub(crate) status: RequestStatus,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
    pub(crate) payment_id: Option<PaymentId>,
    /// Who asked in the shop's name; none if a program did.
    pub(crate) created_by: Option<UserId>,
}

impl PaymentRequest {
    /// How long one may be open.
    pub(crate) const LIFETIME_MAX: Duration = Duration::days(1);

    /// Where it stands at `now`, whether or not its expiry was written yet.
    pub(crate) fn status_at(&self, now: OffsetDateTime) -> RequestStatus {
        self.status.at(now, self.expires_at)
    }

    /// Whether it still waits at `now`.
    pub(crate) fn require_open(&self, now: OffsetDateTime) -> Result<(), Refusal> {
        match self.status_at(now) {
            RequestStatus::Open => Ok(()),
            RequestStatus::Paid => Err(PAID),
            RequestStatus::Cancelled => Err(CANCELLED),
            RequestStatus::Expired => Err(EXPIRED),
        }
    }

    /// Whether it may be paid at `now` with this amount, of which so much is a tip, to this payee.
    pub(crate) fn accept(
        &self,
        amount: Money,
        tip: Option<Money>,
        payee: BusinessId,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        self.require_open(now)?;
        if tip.is_some() && !self.tip_allowed {
            return Err(TIP_NOT_ALLOWED);
        }
        let asked = amount.minor_units().saturating_sub(tip.map_or(0, Money::minor_units));
        if asked != self.amount.minor_units() {
            return Err(AMOUNT_MISMATCH);
        }
        if payee != self.business_id {
            return Err(PAYEE_MISMATCH);
        }
        Ok(())
    }

    pub(crate) fn created_event(&self) -> PaymentRequestCreatedV1 {
        PaymentRequestCreatedV1 {
            payment_request_id: self.id.to_string(),
            business_id: self.business_id.to_string(),
            shop_name: self.shop_name.clone(),
            amount: self.amount.minor_units(),
            currency: self.amount.currency().code().to_owned(),
            description: self.description.clone(),
            capture_method: Some(self.capture_method.code().to_owned()),
            tip_allowed: self.tip_allowed,
            return_url: None,
            notified_program: None,
            expires_at: rfc3339(self.expires_at),
        }
    }

    pub(crate) fn closed_event(&self) -> PaymentRequestClosedV1 {
        PaymentRequestClosedV1 {
            payment_request_id: self.id.to_string(),
            business_id: Some(self.business_id.to_string()),
            status: self.status.code().to_owned(),
            payment_id: self.payment_id.map(|id| id.to_string()),
        }
    }
}

impl Record for PaymentRequest {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
}

/// A time as events carry it. Formatting a UTC time of this era cannot fail.
pub(crate) fn rfc3339(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    fn request(status: RequestStatus) -> PaymentRequest {
        PaymentRequest {
            id: PaymentRequestId::new(),
            business_id: BusinessId::new(),
            shop_name: "永記茶餐廳".to_owned(),
            amount: Money::hkd(12_850).unwrap(),
            description: String::new(),
            capture_method: CaptureMethod::Automatic,
            tip_allowed: false,
            status,
            created_at: OffsetDateTime::UNIX_EPOCH,
            expires_at: OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::minutes(15)),
            payment_id: None,
            created_by: None,
        }
    }

    #[test]
    fn an_open_request_takes_its_own_amount_for_its_own_payee() {
        let request = request(RequestStatus::Open);
        let now = request.created_at;
        assert_eq!(request.accept(request.amount, None, request.business_id, now), Ok(()));
        let other = Money::hkd(12_849).unwrap();
        let refused = request.accept(other, None, request.business_id, now);
        assert_eq!(refused, Err(AMOUNT_MISMATCH));
        let refused = request.accept(request.amount, None, BusinessId::new(), now);
        assert_eq!(refused, Err(PAYEE_MISMATCH));
    }

    #[test]
    fn a_tip_comes_on_top_of_what_is_asked_for_where_the_request_allows_one() {
        let request = request(RequestStatus::Open);
        let with_tip = PaymentRequest { tip_allowed: true, ..request.clone() };
        let accept = |request: &PaymentRequest, amount, tip| {
            let (amount, tip) = (Money::hkd(amount).unwrap(), Money::hkd(tip).ok());
            request.accept(amount, tip, request.business_id, request.created_at)
        };
        for (amount, tip, accepted) in [
            (12_850, 0, Ok(())),
            (13_850, 1_000, Ok(())),
            (12_850, 1_000, Err(AMOUNT_MISMATCH)),
            (13_850, 0, Err(AMOUNT_MISMATCH)),
            (13_850, 999, Err(AMOUNT_MISMATCH)),
            (12_850, 12_850, Err(AMOUNT_MISMATCH)),
            (1, Money::MINOR_UNITS_MAX, Err(AMOUNT_MISMATCH)),
        ] {
            assert_eq!(accept(&with_tip, amount, tip), accepted, "{tip} of {amount}");
        }
        assert_eq!(accept(&request, 13_850, 1_000), Err(TIP_NOT_ALLOWED));
        assert_eq!(accept(&request, 12_850, 0), Ok(()));
    }

    #[test]
    fn a_request_expires_at_its_time_before_anything_writes_it_down() {
        let request = request(RequestStatus::Open);
        let refused = request.accept(request.amount, None, request.business_id, request.expires_at);
        assert_eq!(refused, Err(EXPIRED));
        assert_eq!(request.status_at(request.expires_at), RequestStatus::Expired);
    }

    #[test]
    fn a_closed_request_says_how_it_was_closed() {
        for (status, refusal) in [
            (RequestStatus::Paid, PAID),
            (RequestStatus::Cancelled, CANCELLED),
            (RequestStatus::Expired, EXPIRED),
        ] {
            let request = request(status);
            assert_eq!(request.require_open(request.created_at), Err(refusal));
        }
    }
}
