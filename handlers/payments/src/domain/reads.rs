//! What decisions must know of before they are made.

use std::collections::BTreeSet;

use time::Date;
use uuid::Uuid;
use values::{
    BankAccountId, BusinessId, MoneyRequestId, PaymentRequestId, ScheduleId, SettlementId, UserId,
};

/// What decisions need to know. Requests, operations, held payments, parcels, schedules and
/// registered accounts are locked, shops and people are not.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    pub(crate) requests: BTreeSet<Uuid>,
    pub(crate) operations: BTreeSet<Uuid>,
    pub(crate) shops: BTreeSet<Uuid>,
    /// Settlements whose shops must be known, where these are not.
    pub(crate) shops_settled: BTreeSet<Uuid>,
    pub(crate) people: BTreeSet<Uuid>,
    pub(crate) money_requests: BTreeSet<Uuid>,
    /// Who asks for money: how many of their requests are open is counted once their accounts are
    /// locked.
    pub(crate) requesters: BTreeSet<Uuid>,
    /// Of which of the operations it must be known why they are held.
    pub(crate) held_payments: BTreeSet<Uuid>,
    pub(crate) parcels: BTreeSet<Uuid>,
    /// Who makes a parcel: how many of theirs are open is counted once their accounts are locked.
    pub(crate) senders: BTreeSet<Uuid>,
    pub(crate) schedules: BTreeSet<Uuid>,
    /// Of which of the operations it must be known what the bank was told.
    pub(crate) told: BTreeSet<Uuid>,
    /// Of which shops it must be known what has moved since which day's end. That is read once
    /// their accounts are locked.
    pub(crate) since_days: BTreeSet<(Uuid, Date)>,
    /// Bank accounts that people have registered.
    pub(crate) registered: BTreeSet<Uuid>,
    /// Who makes a schedule: how many of theirs have not ended is counted as the others are.
    pub(crate) schedulers: BTreeSet<Uuid>,
    /// Who pays whom: whom they have paid before is read once their accounts are locked.
    pub(crate) payees: BTreeSet<(Uuid, Uuid)>,
    /// Whom somebody is to pay, as people may be warned of them.
    pub(crate) warned: BTreeSet<Uuid>,
    /// Who turns to whom: whether the latter is away to the former.
    pub(crate) approached: BTreeSet<(Uuid, Uuid)>,
    /// In which shop who acts: what they are there.
    pub(crate) staff: BTreeSet<(Uuid, Uuid)>,
}

impl Reads {
    pub(crate) fn request(mut self, id: PaymentRequestId) -> Self {
        self.requests.insert(id.uuid());
        self
    }

    pub(crate) fn operation(mut self, id: Uuid) -> Self {
        self.operations.insert(id);
        self
    }

    /// The same, and what the bank was told of it.
    pub(crate) fn told(mut self, id: Uuid) -> Self {
        self.told.insert(id);
        self.operation(id)
    }

    /// The operation, and why it is held.
    pub(crate) fn held_payment(mut self, id: Uuid) -> Self {
        self.held_payments.insert(id);
        self.operation(id)
    }

    pub(crate) fn registered(mut self, id: BankAccountId) -> Self {
        self.registered.insert(id.uuid());
        self
    }

    pub(crate) fn shop(mut self, id: BusinessId) -> Self {
        self.shops.insert(id.uuid());
        self
    }

    /// The shop of a settlement.
    pub(crate) fn shop_settled(mut self, id: SettlementId) -> Self {
        self.shops_settled.insert(id.uuid());
        self
    }

    /// The shop, and what this person is there.
    pub(crate) fn shop_for(mut self, id: BusinessId, user_id: UserId) -> Self {
        self.staff.insert((id.uuid(), user_id.uuid()));
        self.shop(id)
    }

    pub(crate) fn since_day(mut self, id: BusinessId, day: Date) -> Self {
        self.since_days.insert((id.uuid(), day));
        self
    }

    pub(crate) fn person(mut self, id: UserId) -> Self {
        self.people.insert(id.uuid());
        self
    }

    pub(crate) fn money_request(mut self, id: MoneyRequestId) -> Self {
        self.money_requests.insert(id.uuid());
        self
    }

    pub(crate) fn requester(mut self, id: UserId) -> Self {
        self.requesters.insert(id.uuid());
        self
    }

    pub(crate) fn parcel(mut self, id: Uuid) -> Self {
        self.parcels.insert(id);
        self
    }

    pub(crate) fn sender(mut self, id: UserId) -> Self {
        self.senders.insert(id.uuid());
        self
    }

    pub(crate) fn schedule(mut self, id: ScheduleId) -> Self {
        self.schedules.insert(id.uuid());
        self
    }

    pub(crate) fn scheduler(mut self, id: UserId) -> Self {
        self.schedulers.insert(id.uuid());
        self
    }

    /// Whether the payer knows them: a person, or somebody outside (`FpsPayee::known_as`).
    pub(crate) fn payee(mut self, payer: Uuid, payee: Uuid) -> Self {
        self.payees.insert((payer, payee));
        self
    }

    /// Whether people are warned of them: a person, or a proxy (`FpsPayee::warned_as`).
    pub(crate) fn warned(mut self, payee: Uuid) -> Self {
        self.warned.insert(payee);
        self
    }

    pub(crate) fn approach(mut self, by: UserId, other: UserId) -> Self {
        self.approached.insert((by.uuid(), other.uuid()));
        self
    }

    pub(crate) fn and(mut self, other: Self) -> Self {
        self.requests.extend(other.requests);
        self.operations.extend(other.operations);
        self.told.extend(other.told);
        self.held_payments.extend(other.held_payments);
        self.registered.extend(other.registered);
        self.shops.extend(other.shops);
        self.shops_settled.extend(other.shops_settled);
        self.since_days.extend(other.since_days);
        self.people.extend(other.people);
        self.money_requests.extend(other.money_requests);
        self.requesters.extend(other.requesters);
        self.parcels.extend(other.parcels);
        self.senders.extend(other.senders);
        self.schedules.extend(other.schedules);
        self.schedulers.extend(other.schedulers);
        self.payees.extend(other.payees);
        self.warned.extend(other.warned);
        self.approached.extend(other.approached);
        self.staff.extend(other.staff);
        self
    }
}
