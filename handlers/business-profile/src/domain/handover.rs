//! A business is offered to somebody who works there, and is theirs once they accept it.

use events::business_profile::BusinessHandoverChangedV1;
use time::{Duration, OffsetDateTime};
use values::{BusinessId, Level, Refusal, ShopHandoverId, Timestamp, UserId, code_enum};

use super::business::Business;
use super::refusals::{HANDOVER_TOO_EARLY, NO_HANDOVER};

code_enum! {
    /// What became of an offer.
    pub(crate) enum HandoverStatus {
        /// It waits for an answer.
        Offered = "offered",
        /// The business is theirs to whom it was offered.
        Accepted = "accepted",
        /// They have said no.
        Declined = "declined",
        /// The owner has taken it back.
        Cancelled = "cancelled",
        /// Its time was over, they work there no more, or the business is closed.
        Ended = "ended",
    }
}

/// An offer of a business. Nothing but its end changes, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handover {
    pub(crate) id: ShopHandoverId,
    pub(crate) business_id: BusinessId,
    /// Who owned the business when they offered it.
    pub(crate) from: UserId,
    pub(crate) to: UserId,
    pub(crate) status: HandoverStatus,
    pub(crate) offered_at: OffsetDateTime,
    /// Not accepted before.
    pub(crate) acceptable_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
    /// When it was answered or taken back, or it was seen that it had ended.
    pub(crate) ended_at: Option<OffsetDateTime>,
}

impl Handover {
    /// In which its owner, who is told of it, can take back what somebody else has offered.
    const WAIT: Duration = Duration::days(1);
    /// How long it stands.
    const LIFETIME: Duration = Duration::days(7);
    /// Of both, whatever the policy of step-up says: a login alone gives no shop away, and takes on
    /// none.
    pub(crate) const SHOWN: Level = Level::Pin;

    pub(crate) fn offer(business: &Business, to: UserId, now: OffsetDateTime) -> Self {
        Self {
            id: ShopHandoverId::new(),
            business_id: business.business_id,
            from: business.owner_user_id,
            to,
            status: HandoverStatus::Offered,
            offered_at: now,
            acceptable_at: now.saturating_add(Self::WAIT),
            expires_at: now.saturating_add(Self::LIFETIME),
            ended_at: None,
        }
    }

    /// As it stands at this moment.
    pub(crate) fn at(mut self, now: OffsetDateTime) -> Self {
        if self.status == HandoverStatus::Offered && self.expires_at <= now {
            self.status = HandoverStatus::Ended;
            self.ended_at = Some(self.expires_at);
        }
        self
    }

    /// Ends it by a yes, if it waits still and has waited long enough.
    pub(crate) fn accept(self, now: OffsetDateTime) -> Result<Self, Refusal> {
        let acceptable_at = self.acceptable_at;
        let accepted = self.end(HandoverStatus::Accepted, now)?;
        if now < acceptable_at {
            let at = Timestamp::from(acceptable_at);
            return Err(HANDOVER_TOO_EARLY.because(format!("it can be accepted from {at} on")));
        }
        Ok(accepted)
    }

    /// Ends it so, if it waits still.
    pub(crate) fn end(self, how: HandoverStatus, now: OffsetDateTime) -> Result<Self, Refusal> {
        let current = self.at(now);
        if current.status != HandoverStatus::Offered {
            return Err(NO_HANDOVER);
        }
        Ok(Self { status: how, ended_at: Some(now), ..current })
    }

    /// What other services may know.
    pub(crate) fn changed_event(&self, business: &Business) -> BusinessHandoverChangedV1 {
        let changed_at = Timestamp::from(self.ended_at.unwrap_or(self.offered_at));
        BusinessHandoverChangedV1 {
            handover_id: self.id.to_string(),
            business_id: self.business_id.to_string(),
            shop_name: business.details.shop_name.as_str().to_owned(),
            from_user_id: self.from.to_string(),
            to_user_id: self.to.to_string(),
            status: self.status.code().to_owned(),
            business_version: business.version,
            changed_at: changed_at.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn an_offer_is_accepted_after_a_day_and_ends_once_and_after_a_week_by_itself() {
        let now = datetime!(2026-11-30 04:00 UTC);
        let offered = Handover {
            id: ShopHandoverId::new(),
            business_id: BusinessId::new(),
            from: UserId::new(),
            to: UserId::new(),
            status: HandoverStatus::Offered,
            offered_at: now,
            acceptable_at: now.saturating_add(Handover::WAIT),
            expires_at: now.saturating_add(Handover::LIFETIME),
            ended_at: None,
        };
        let early = datetime!(2026-12-01 03:59:59 UTC);
        let refused = offered.clone().accept(early).unwrap_err();
        assert_eq!(refused.code(), HANDOVER_TOO_EARLY.code());
        assert!(offered.clone().end(HandoverStatus::Declined, early).is_ok());
        assert!(offered.clone().accept(datetime!(2026-12-01 04:00 UTC)).is_ok());
        let last = datetime!(2026-12-07 03:59:59 UTC);
        let accepted = offered.clone().accept(last).unwrap();
        assert_eq!((accepted.status, accepted.ended_at), (HandoverStatus::Accepted, Some(last)));
        let again = accepted.clone().end(HandoverStatus::Declined, last);
        assert_eq!(again, Err(NO_HANDOVER));
        assert_eq!(accepted.accept(last), Err(NO_HANDOVER));
        let late = datetime!(2026-12-07 04:00 UTC);
        assert_eq!(offered.clone().accept(late), Err(NO_HANDOVER));
        let ended = offered.at(late);
        assert_eq!((ended.status, ended.ended_at), (HandoverStatus::Ended, Some(late)));
    }
}
