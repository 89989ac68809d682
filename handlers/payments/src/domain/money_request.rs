//! A person's request to be given money: open until it is paid, declined, cancelled or expired.

use events::payments::MoneyRequestChangedV1;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::code_enum;
use values::{BillId, Money, MoneyRequestId, Note, Party, PeerPaymentId, Refusal, UserId};

use super::payment_request::rfc3339;
use super::person::Person;
use super::record::Record;
use super::refusals::{
    AMOUNT_MISMATCH, MONEY_REQUEST_CANCELLED, MONEY_REQUEST_DECLINED, MONEY_REQUEST_EXPIRED,
    MONEY_REQUEST_PAID, NO_MONEY_REQUEST, PAYEE_MISMATCH, REMINDER_TOO_EARLY, REMINDERS_USED_UP,
};

code_enum! {
    /// Open until it is paid, declined, cancelled or expired.
    pub(crate) enum MoneyRequestStatus {
        /// Waits to be paid.
        Open = "open",
        /// The money has moved.
        Paid = "paid",
        /// The person who was asked said no.
        Declined = "declined",
        /// The person who asked took it back.
        Cancelled = "cancelled",
        /// Its time is over.
        Expired = "expired",
    }
}

/// A person's request, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MoneyRequest {
    pub(crate) id: MoneyRequestId,
    pub(crate) requester: Person,
    /// Who is asked.
    pub(crate) payer: Person,
    pub(crate) amount: Money,
    /// What the requester says with it.
    pub(crate) note: Option<Note>,
    /// The bill whose share it is.
    pub(crate) bill_id: Option<BillId>,
    pub(crate) status: MoneyRequestStatus,
    /// Counts the changes from 1 on; each is told once.
    pub(crate) version: u32,
    pub(crate) reminders: u32,
    pub(crate) reminded_at: Option<OffsetDateTime>,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
    /// The payment that paid it.
    pub(crate) peer_payment_id: Option<PeerPaymentId>,
    /// When the person who was asked said no.
    pub(crate) declined_at: Option<OffsetDateTime>,
}

impl MoneyRequest {
    /// How long one is open: friends pay each other within a month or not at all.
    pub(crate) const LIFETIME: Duration = Duration::days(30);
    /// How often the person who was asked is reminded at most.
    pub(crate) const REMINDERS_MAX: u32 = 3;
    /// From being asked to the first reminder, and from one to the next.
    pub(crate) const REMINDER_PAUSE: Duration = Duration::days(1);

    /// A new one, made at `now`.
    pub(super) fn new(
        [requester, payer]: [Person; 2],
        amount: Money,
        note: Option<Note>,
        bill_id: Option<BillId>,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            id: MoneyRequestId::new(),
            requester,
            payer,
            amount,
            note,
            bill_id,
            status: MoneyRequestStatus::Open,
            version: 1,
            reminders: 0,
            reminded_at: None,
            created_at: now,
            expires_at: now.saturating_add(Self::LIFETIME),
            peer_payment_id: None,
            declined_at: None,
        }
    }

    /// Where it stands at `now`, whether or not its expiry was written yet.
    pub(crate) fn status_at(&self, now: OffsetDateTime) -> MoneyRequestStatus {
        let is_overdue = self.status == MoneyRequestStatus::Open && self.expires_at <= now;
        if is_overdue { MoneyRequestStatus::Expired } else { self.status }
    }

    /// Whether it still waits at `now`.
    pub(super) fn require_open(&self, now: OffsetDateTime) -> Result<(), Refusal> {
        match self.status_at(now) {
            MoneyRequestStatus::Open => Ok(()),
            MoneyRequestStatus::Paid => Err(MONEY_REQUEST_PAID),
            MoneyRequestStatus::Declined => Err(MONEY_REQUEST_DECLINED),
            MoneyRequestStatus::Cancelled => Err(MONEY_REQUEST_CANCELLED),
            MoneyRequestStatus::Expired => Err(MONEY_REQUEST_EXPIRED),
        }
    }

    /// Whether `payer` may pay it at `now` with this amount to this payee. To anybody else than who
    /// was asked there is no such request.
    pub(super) fn accept(
        &self,
        payer: UserId,
        payee: UserId,
        amount: Money,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        if payer != self.payer.id {
            return Err(NO_MONEY_REQUEST);
        }
        self.require_open(now)?;
        if amount != self.amount {
            return Err(AMOUNT_MISMATCH);
        }
        if payee != self.requester.id {
            return Err(PAYEE_MISMATCH);
        }
        Ok(())
    }

    /// The same, paid.
    pub(super) fn paid(self, peer_payment_id: PeerPaymentId) -> Self {
        let peer_payment_id = Some(peer_payment_id);
        Self { peer_payment_id, ..self.ended(MoneyRequestStatus::Paid) }
    }

    /// The same, open no longer.
    pub(crate) fn ended(self, status: MoneyRequestStatus) -> Self {
        Self { status, version: self.version.saturating_add(1), ..self }
    }

    /// The same, once its payer was reminded at `now`.
    pub(super) fn reminded(self, now: OffsetDateTime) -> Result<Self, Refusal> {
        self.require_open(now)?;
        if self.reminders >= Self::REMINDERS_MAX {
            return Err(REMINDERS_USED_UP);
        }
        let told_at = self.reminded_at.unwrap_or(self.created_at);
        let due_at = told_at.saturating_add(Self::REMINDER_PAUSE);
        if now < due_at {
            return Err(REMINDER_TOO_EARLY.for_seconds(seconds_until(due_at, now)));
        }
        let (version, reminders) =
            (self.version.saturating_add(1), self.reminders.saturating_add(1));
        Ok(Self { version, reminders, reminded_at: Some(now), ..self })
    }

    /// Both people, as the other one is shown them: by name once the one has paid the other.
    pub(crate) fn parties(&self) -> [Party; 2] {
        let is_paid = self.status == MoneyRequestStatus::Paid;
        let shown = |person: &Person| if is_paid { person.named() } else { person.masked() };
        [shown(&self.requester), shown(&self.payer)]
    }

    pub(crate) fn changed_event(&self) -> MoneyRequestChangedV1 {
        MoneyRequestChangedV1 {
            money_request_id: self.id.to_string(),
            version: self.version,
            requester: self.requester.told(),
            payer: self.payer.told(),
            amount: self.amount.minor_units(),
            currency: self.amount.currency().code().to_owned(),
            note: self.note.as_ref().map(|note| note.as_str().to_owned()),
            bill_id: self.bill_id.map(|id| id.to_string()),
            status: self.status.code().to_owned(),
            reminders: self.reminders,
            expires_at: rfc3339(self.expires_at),
            peer_payment_id: self.peer_payment_id.map(|id| id.to_string()),
        }
    }
}

impl Record for MoneyRequest {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
}

/// How long to wait, in whole seconds: a part of one is still too early.
pub(super) fn seconds_until(moment: OffsetDateTime, now: OffsetDateTime) -> u64 {
    let wait = moment.unix_timestamp().saturating_sub(now.unix_timestamp());
    wait.unsigned_abs().saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::{NOW, hkd};

    fn request() -> MoneyRequest {
        let person = |name: &str| Person { id: UserId::new(), name: name.to_owned() };
        MoneyRequest::new([person("陳大文"), person("小明")], hkd(5_000), None, None, NOW)
    }

    #[test]
    fn a_request_expires_at_its_time_before_anything_writes_it_down() {
        let request = request();
        assert_eq!(
            request.status_at(request.expires_at - Duration::microseconds(1)),
            request.status
        );
        assert_eq!(request.status_at(request.expires_at), MoneyRequestStatus::Expired);
        assert_eq!(request.require_open(request.expires_at), Err(MONEY_REQUEST_EXPIRED));
        let paid = request.paid(PeerPaymentId::new());
        assert_eq!(paid.status_at(paid.expires_at), MoneyRequestStatus::Paid);
    }

    #[test]
    fn only_who_was_asked_pays_and_only_that_amount_to_who_asked() {
        let request = request();
        let (payer, payee) = (request.payer.id, request.requester.id);
        assert_eq!(request.accept(payer, payee, hkd(5_000), NOW), Ok(()));
        for (payer, payee, amount, refusal) in [
            (payee, payee, 5_000, NO_MONEY_REQUEST),
            (UserId::new(), payee, 5_000, NO_MONEY_REQUEST),
            (payer, payee, 4_999, AMOUNT_MISMATCH),
            (payer, payer, 5_000, PAYEE_MISMATCH),
        ] {
            assert_eq!(request.accept(payer, payee, hkd(amount), NOW), Err(refusal));
        }
    }

    #[test]
    fn a_payer_is_reminded_a_day_after_they_last_heard_and_three_times_in_all() {
        let mut request = request();
        let mut now = NOW;
        for reminder in 1..=MoneyRequest::REMINDERS_MAX {
            let early = now + MoneyRequest::REMINDER_PAUSE - Duration::seconds(1);
            let refused = request.clone().reminded(early);
            assert_eq!(refused, Err(REMINDER_TOO_EARLY.for_seconds(2)));
            now += MoneyRequest::REMINDER_PAUSE;
            request = request.reminded(now).unwrap();
            assert_eq!((request.reminders, request.version), (reminder, reminder + 1));
            assert_eq!(request.reminded_at, Some(now));
        }
        let refused = request.clone().reminded(now + MoneyRequest::REMINDER_PAUSE);
        assert_eq!(refused, Err(REMINDERS_USED_UP));
        let refused = request.clone().reminded(request.expires_at);
        assert_eq!(refused, Err(MONEY_REQUEST_EXPIRED));
    }

    #[test]
    fn names_are_shown_once_it_is_paid_and_are_never_told_in_full() {
        let request = request();
        let [requester, payer] = request.parties();
        assert_eq!(requester, Party::user(request.requester.id, "陳***文".to_owned()));
        assert_eq!(payer, Party::user(request.payer.id, "小***".to_owned()));
        let paid = request.paid(PeerPaymentId::new());
        assert_eq!(paid.parties(), [paid.requester.named(), paid.payer.named()]);
        assert_eq!(paid.changed_event().requester.name, "陳***文");
    }
}
