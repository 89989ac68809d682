//! Wallets that are closed, in the simple model and in the real books.

use time::OffsetDateTime;

use super::{Keeper, Model, World};
use crate::domain::account::{Account, AccountStatus};
use crate::domain::held_payment::HeldStatus;
use crate::domain::parcel::ParcelStatus;
use crate::domain::schedule::ScheduleStatus;

impl Model {
    /// What others have sent and a reviewer looks at goes back to them.
    pub(super) fn close(&mut self, person: usize, now: OffsetDateTime) -> bool {
        let may = self.is_closed[person]
            || self.gives(person)
                && self.stopped[person].by_law == 0
                && self.expected(person) == 0
                && !self.has_parcels(person)
                && !self.asks(person, now)
                && !self.disputes_something(person)
                && !self.has_plans(person);
        self.is_closed[person] |= may;
        may
    }
}

impl<K: Keeper> World<K> {
    /// What `use_cases::close_wallet` asks, in its order.
    pub(super) fn close(&mut self, person: usize) -> bool {
        let (id, now) = (self.people[person], self.books.now);
        let wallet = self.wallet(person).clone();
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
        let held = self
            .books
            .held_payments
            .all()
            .filter(|held| held.payee == id.uuid() && held.status == HeldStatus::Held);
        let amount = |id| self.books.operation(id).unwrap().amount;
        let held: i64 = held.map(|held| amount(held.id).minor_units()).sum();
        let incoming = wallet.credits_pending - held;
        let wallet = Account { credits_pending: incoming, ..wallet };
        let may = wallet.require_closable(waiting.try_into().unwrap()).is_ok();
        if may {
            self.change_account(id.uuid(), |wallet| wallet.status = AccountStatus::Closed);
            // As the store reads it of whoever turns to somebody.
            self.books.away.extend(self.people.iter().map(|other| (other.uuid(), id.uuid())));
        }
        may
    }
}
