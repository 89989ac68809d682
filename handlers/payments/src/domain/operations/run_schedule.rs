//! What a schedule has to do by now is done: its owner is told of the next date, or the date is
//! kept, delayed or skipped. The date's money or request, what became of it, and the schedule's
//! next step are one decision under the schedule's lock, so that no crash falls between them and
//! nobody, however often and wherever they run it, keeps a date twice.

use time::Date;
use uuid::Uuid;
use values::{Refusal, ScheduleId, UserId};

use super::{AskForMoney, SendMoney};
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::ConfirmedBy;
use crate::domain::refusals::NO_SCHEDULE;
use crate::domain::schedule::{Occurrence, OccurrenceStatus, Schedule, ScheduleKind, Step};
use crate::domain::visibility::Visibility;

/// The schedule, and what never changes of it. One that has nothing to do stays as it is.
pub(crate) struct RunSchedule {
    pub(crate) id: ScheduleId,
    pub(crate) kind: ScheduleKind,
    pub(crate) payer: UserId,
    pub(crate) payee: UserId,
}

impl Decide for RunSchedule {
    type Record = Schedule;

    /// Where payments and requests of the payee are decided.
    fn lane(&self) -> Uuid {
        self.payee.uuid()
    }

    fn reads(&self) -> Reads {
        let reads = Reads::default().schedule(self.id).person(self.payer).person(self.payee);
        match self.kind {
            ScheduleKind::Payment => {
                let reads = reads.warned(self.payee.uuid());
                reads.payee(self.payer.uuid(), self.payee.uuid()).approach(self.payer, self.payee)
            }
            ScheduleKind::Request => reads.requester(self.payee).approach(self.payee, self.payer),
        }
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        match self.kind {
            ScheduleKind::Payment => vec![self.payer.uuid(), self.payee.uuid()],
            ScheduleKind::Request => vec![self.payee.uuid()],
        }
    }

    fn decide(&self, books: &Books) -> Result<Decision<Schedule>, Refusal> {
        let now = books.now;
        let schedule = books.schedule(self.id).ok_or(NO_SCHEDULE)?.clone();
        let told = |event| vec![Announcement::new(self.id, &event)];
        Ok(match schedule.step(now) {
            Step::Nothing => Decision { record: schedule, changes: Changes::default() },
            Step::Announce(date) => {
                let announcements = told(schedule.date_event(date, "upcoming", None));
                saved(schedule.announced(date), Changes { announcements, ..Changes::default() })
            }
            Step::Keep(date) => match self.keep(&schedule, date, books) {
                Ok((kept, changes)) => moved_on(schedule.kept(now), kept, changes),
                Err(refusal) => {
                    let reason = refusal.code();
                    let event = schedule.date_event(date, "delayed", Some(reason));
                    let is_news = schedule.delay.is_none();
                    let announcements = if is_news { told(event) } else { Vec::new() };
                    let changes = Changes { announcements, ..Changes::default() };
                    saved(schedule.delayed(reason, now), changes)
                }
            },
            Step::Skip(date, reason) => {
                let skipped = schedule.occurrence(date, OccurrenceStatus::Skipped, now);
                let announcements = told(schedule.date_event(date, "skipped", Some(&reason)));
                let after = schedule.skipped(&reason, now);
                let skipped = Occurrence { reason: Some(reason), ..skipped };
                moved_on(after, skipped, Changes { announcements, ..Changes::default() })
            }
        })
    }
}

impl RunSchedule {
    /// What follows if the date can be kept. Whoever has confirmed the schedule has confirmed it.
    fn keep(
        &self,
        schedule: &Schedule,
        date: Date,
        books: &Books,
    ) -> Result<(Occurrence, Changes), Refusal> {
        let (amount, note) = (schedule.amount, schedule.note.clone());
        match schedule.kind {
            ScheduleKind::Payment => {
                let payment = SendMoney {
                    payer: self.payer,
                    payee: self.payee,
                    amount,
                    note,
                    sticker: None,
                    visibility: Visibility::Private,
                    money_request_id: None,
                    // Nobody is there to be warned.
                    accepted_warning: None,
                    confirmed: Ok(ConfirmedBy::Schedule),
                    is_new_device: schedule.is_limited(books.now),
                };
                let Decision { record, changes } = payment.decide(books)?;
                let peer_payment_id = Some(record.peer_payment_id());
                let paid = schedule.occurrence(date, OccurrenceStatus::Paid, books.now);
                Ok((Occurrence { peer_payment_id, ..paid }, changes))
            }
            ScheduleKind::Request => {
                let (requester, payer) = (self.payee, self.payer);
                let request = AskForMoney { requester, payer, amount, note };
                let Decision { record, changes } = request.decide(books)?;
                let money_request_id = Some(record.id);
                let asked = schedule.occurrence(date, OccurrenceStatus::Asked, books.now);
                Ok((Occurrence { money_request_id, ..asked }, changes))
            }
        }
    }
}

/// The schedule as it is once something became of its date.
fn moved_on(after: Schedule, occurrence: Occurrence, changes: Changes) -> Decision<Schedule> {
    let mut announcements = changes.announcements;
    announcements.extend(after.stopped_event().map(|event| Announcement::new(after.id, &event)));
    saved(after, Changes { announcements, occurrences: vec![occurrence], ..changes })
}

fn saved(after: Schedule, changes: Changes) -> Decision<Schedule> {
    Decision { changes: Changes { schedules: vec![after.clone()], ..changes }, record: after }
}

#[cfg(test)]
mod tests {
    use time::{Duration, OffsetDateTime};

    use super::*;
    use crate::domain::literal_books::{LiteralBooks, NOW, WALLET_BALANCE_MAX, hkd};
    use crate::domain::operations::CreateSchedule;
    use crate::domain::recurrence::{End, Frequency, Recurrence};
    use crate::domain::schedule::ScheduleStatus;

    const DAY: Duration = Duration::DAY;

    /// The books with a friend, and a schedule of the payer's that begins tomorrow.
    fn with(
        kind: ScheduleKind,
        frequency: Frequency,
    ) -> (LiteralBooks, RunSchedule, OffsetDateTime) {
        let mut literal = LiteralBooks::new();
        let (owner, other) = (literal.payer, literal.rich_friend());
        let starts_on = NOW.saturating_add(DAY).date();
        let wanted = CreateSchedule {
            kind,
            owner,
            other,
            amount: hkd(12_000),
            note: Some("房租".to_owned().try_into().unwrap()),
            recurrence: Recurrence { frequency, starts_on, end: End::Never },
            confirmed: Ok((kind == ScheduleKind::Payment).then_some(ConfirmedBy::Pin)),
            limited_until: None,
        };
        let (schedule, told) = literal.books.decide(&wanted).unwrap();
        assert_eq!(told, []);
        let [payer, payee] = match kind {
            ScheduleKind::Payment => [owner, other],
            ScheduleKind::Request => [other, owner],
        };
        (literal, RunSchedule { id: schedule.id, kind, payer, payee }, schedule.act_at)
    }

    /// What is told if it is run at this moment.
    fn run(literal: &mut LiteralBooks, run: &RunSchedule, at: OffsetDateTime) -> Vec<Announcement> {
        literal.books.now = at;
        literal.books.decide(run).unwrap().1
    }

    #[test]
    fn a_date_is_paid_once_and_the_payment_says_who_confirmed_it() {
        let (mut literal, wanted, at) = with(ScheduleKind::Payment, Frequency::Weekly);
        let told = run(&mut literal, &wanted, at);
        let (before, now) = (literal.available(wanted.payer.uuid()), at);
        assert_eq!((before, told.len(), now), (38_000, 1, at));
        assert_eq!(
            (&told[0].data["kind"], &told[0].data["note"]),
            (&"peer-payment".into(), &"房租".into())
        );
        let payment = literal.books.operations.changed().next().unwrap();
        assert_eq!(payment.confirmed_by, Some(ConfirmedBy::Schedule));
        let occurrence = &literal.books.occurrences[0];
        assert_eq!(occurrence.peer_payment_id, Some(payment.peer_payment_id()));
        assert_eq!((occurrence.number, occurrence.status), (1, OccurrenceStatus::Paid));
        // A twin finds it done.
        assert_eq!(run(&mut literal, &wanted, at), []);
        assert_eq!(literal.books.ledger.transfers().len(), 1);
        let told = run(&mut literal, &wanted, at.saturating_add(6 * DAY));
        assert_eq!(told[0].data["status"], "upcoming");
        assert_eq!(run(&mut literal, &wanted, at.saturating_add(6 * DAY)), []);
        assert_eq!(literal.books.ledger.transfers().len(), 1);
        run(&mut literal, &wanted, at.saturating_add(7 * DAY));
        assert_eq!(literal.books.ledger.transfers().len(), 2);
        assert_eq!(literal.books.occurrences.len(), 2);
    }

    #[test]
    fn a_date_asks_for_money_as_its_owner_would() {
        let (mut literal, wanted, at) = with(ScheduleKind::Request, Frequency::Once);
        let told = run(&mut literal, &wanted, at);
        assert_eq!((told.len(), &told[0].data["status"]), (1, &"open".into()));
        let request = literal.books.money_requests.changed().next().unwrap();
        assert_eq!((request.requester.id, request.payer.id), (wanted.payee, wanted.payer));
        assert_eq!(literal.books.occurrences[0].money_request_id, Some(request.id));
        assert_eq!(literal.books.schedule(wanted.id).unwrap().status, ScheduleStatus::Ended);
        assert_eq!(run(&mut literal, &wanted, at.saturating_add(9 * DAY)), []);
        assert_eq!(literal.books.ledger.transfers(), []);
    }

    #[test]
    fn a_date_that_cannot_be_kept_is_told_once_and_skipped_without_a_trace_in_the_ledger() {
        type Change = fn(&mut LiteralBooks, &RunSchedule);
        let cases: [(ScheduleKind, Change, &str); 5] = [
            (
                ScheduleKind::Payment,
                |books, run| books.change(run.payer.uuid(), |payer| payer.credits_posted = 11_999),
                "insufficient-funds",
            ),
            (ScheduleKind::Payment, |books, run| books.freeze(run.payer.uuid()), "wallet-frozen"),
            (
                ScheduleKind::Payment,
                |books, run| books.freeze(run.payee.uuid()),
                "payee-unavailable",
            ),
            (
                ScheduleKind::Payment,
                |books, run| {
                    books.change(run.payee.uuid(), |payee| {
                        payee.credits_posted = WALLET_BALANCE_MAX;
                    });
                },
                "payee-unavailable",
            ),
            (ScheduleKind::Request, |books, run| books.freeze(run.payee.uuid()), "wallet-frozen"),
        ];
        for (kind, change, reason) in cases {
            let (mut literal, wanted, at) = with(kind, Frequency::Weekly);
            change(&mut literal, &wanted);
            let told = run(&mut literal, &wanted, at);
            assert_eq!((told.len(), &told[0].data["status"]), (1, &"delayed".into()));
            assert_eq!(told[0].data["reason"], reason);
            let again = at.saturating_add(Duration::HOUR);
            assert_eq!(run(&mut literal, &wanted, again), []);
            let over = at.saturating_add(15 * Duration::HOUR);
            let told = run(&mut literal, &wanted, over);
            assert_eq!((told.len(), &told[0].data["status"]), (1, &"skipped".into()));
            let skipped = &literal.books.occurrences[0];
            assert_eq!((&skipped.reason, skipped.number), (&Some(reason.to_owned()), 1));
            assert_eq!(literal.books.ledger.transfers(), []);
            assert_eq!(literal.books.money_requests.changed().next(), None);
            assert_eq!(literal.books.schedule(wanted.id).unwrap().number, 2);
        }
    }

    #[test]
    fn what_a_new_device_has_scheduled_is_no_way_round_its_limit() {
        let (mut literal, wanted, at) = with(ScheduleKind::Payment, Frequency::Once);
        literal.change(wanted.payer.uuid(), |payer| payer.credits_posted = 500_000);
        let schedule = literal.books.schedule(wanted.id).unwrap().clone();
        let limited_until = Some(at.saturating_add(Duration::SECOND));
        let schedule = Schedule { amount: hkd(100_001), limited_until, ..schedule };
        literal.books.schedules.save(vec![schedule]);
        let told = run(&mut literal, &wanted, at);
        assert_eq!(told[0].data["reason"], "new-device-limit-exceeded");
        run(&mut literal, &wanted, at.saturating_add(Duration::HOUR));
        assert_eq!(literal.available(wanted.payer.uuid()), 500_000 - 100_001);
    }

    #[test]
    fn nobody_has_more_than_fifty_schedules_or_one_with_themselves() {
        let (mut literal, run, _) = with(ScheduleKind::Payment, Frequency::Weekly);
        let schedule = literal.books.schedule(run.id).unwrap().clone();
        let create = |owner, other| CreateSchedule {
            kind: ScheduleKind::Request,
            owner,
            other,
            amount: hkd(1),
            note: None,
            recurrence: schedule.recurrence,
            confirmed: Ok(None),
            limited_until: None,
        };
        let refused = |literal: &mut LiteralBooks, wanted: &CreateSchedule| {
            literal.books.decide(wanted).err().map(|refusal| refusal.code())
        };
        let myself = create(run.payer, run.payer);
        assert_eq!(refused(&mut literal, &myself), Some("payer-is-payee"));
        let stranger = create(UserId::new(), run.payer);
        assert_eq!(refused(&mut literal, &stranger), Some("wallet-not-open"));
        for _ in 1..50 {
            assert_eq!(refused(&mut literal, &create(run.payer, run.payee)), None);
        }
        let one_more = create(run.payer, run.payee);
        assert_eq!(refused(&mut literal, &one_more), Some("too-many-schedules"));
        let of_other = create(run.payee, run.payer);
        assert_eq!(refused(&mut literal, &of_other), None);
        literal.freeze(run.payee.uuid());
        assert_eq!(refused(&mut literal, &of_other), Some("wallet-frozen"));
    }
}
