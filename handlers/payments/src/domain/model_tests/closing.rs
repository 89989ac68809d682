//! Wallets that are closed, in the simple model and in the real books.

use proptest::prelude::*;
use time::OffsetDateTime;

use super::model::{Model, PEOPLE};
use super::world::World;
use crate::domain::account::AccountStatus;
use crate::domain::parcel::ParcelStatus;
use crate::domain::schedule::ScheduleStatus;

#[derive(Debug, Clone, Copy)]
pub(super) enum ClosingStep {
    /// The bank pays out all that can be spent.
    Empty {
        person: usize,
    },
    Close {
        person: usize,
    },
}

pub(super) fn step() -> impl Strategy<Value = ClosingStep> {
    prop_oneof![
        (0..PEOPLE).prop_map(|person| ClosingStep::Empty { person }),
        (0..PEOPLE).prop_map(|person| ClosingStep::Close { person }),
    ]
}

impl Model {
    pub(super) fn take_closing(&mut self, step: ClosingStep, now: OffsetDateTime) -> bool {
        match step {
            ClosingStep::Empty { person } => {
                let amount = self.wallets[person];
                let is_begun = amount > 0 && self.withdraw(person, amount, now);
                is_begun && self.end_withdrawal(self.withdrawals.len() - 1, true)
            }
            ClosingStep::Close { person } => {
                let may = self.is_closed[person]
                    || self.expected(person) == 0
                        && !self.has_parcels(person)
                        && !self.asks(person, now)
                        && !self.disputes_something(person)
                        && !self.has_plans(person);
                self.is_closed[person] |= may;
                may
            }
        }
    }
}

impl World {
    pub(super) fn take_closing(&mut self, step: ClosingStep) -> bool {
        match step {
            ClosingStep::Empty { person } => {
                let amount = self.books.account(self.people[person].uuid()).unwrap().available();
                let is_begun = amount > 0 && self.withdraw(person, amount);
                is_begun && self.end_withdrawal(self.withdrawals.len() - 1, true)
            }
            ClosingStep::Close { person } => self.close(person),
        }
    }

    fn close(&mut self, person: usize) -> bool {
        let (id, now) = (self.people[person], self.books.now);
        let wallet = self.books.account(id.uuid()).unwrap();
        if wallet.status == AccountStatus::Closed {
            return true;
        }
        let parcels = self
            .books
            .parcels
            .all()
            .filter(|parcel| parcel.sender.id == id && parcel.status == ParcelStatus::Open);
        let asked = self
            .books
            .money_requests
            .all()
            .filter(|request| request.requester.id == id && request.require_open(now).is_ok());
        let schedules =
            self.books.schedules.all().filter(|schedule| {
                schedule.owner == id && schedule.status != ScheduleStatus::Ended
            });
        let waiting = parcels.count() + asked.count() + schedules.count();
        let waiting = waiting + self.unsettled_disputes(id);
        let may = wallet.require_closable(waiting.try_into().unwrap()).is_ok();
        if may {
            self.change_account(id.uuid(), |wallet| wallet.status = AccountStatus::Closed);
        }
        may
    }
}
