//! What one transaction has read under its locks, and what is decided on it.
//!
//! A decision is pure: it says what should change, or refuses. The books take all of it or
//! nothing, so that the next one is made on what its neighbours left.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use time::{Date, OffsetDateTime};
use uuid::Uuid;
use values::{
    BankAccount, BankAccountId, BusinessId, FpsProxy, MoneyRequestId, PaymentRequestId,
    PeerPaymentId, Refusal, ScheduleId, StepUpPolicy, UserId,
};

use super::account::Account;
pub(crate) use super::announcement::Announcement;
use super::bank_instruction::{InstructionKind, Told};
use super::bill::Bill;
use super::held_payment::HeldPayment;
use super::known_payees::{KnownPayee, KnownPayees};
use super::ledger::Ledger;
use super::merchant_order::MerchantOrder;
use super::money_request::MoneyRequest;
use super::open_parcels::OpenParcels;
use super::open_requests::OpenRequests;
use super::operation::Operation;
use super::parcel::Parcel;
use super::payee_warning::{PayeeWarnings, WarningConsent};
use super::payment_request::PaymentRequest;
use super::person::Person;
pub(crate) use super::reads::Reads;
use super::record::Record;
use super::rows::Rows;
use super::schedule::{Occurrence, Schedule};
use super::seen_risk::SeenRisk;
use super::settlement::{Settlement, SinceDay};
use super::shop::Shop;
use super::transfer::Transfer;
use super::word::Word;

/// Something that is decided on the books: what it must know, and what follows from that.
pub(crate) trait Decide: Send + 'static {
    /// What it makes or changes, for whoever asked.
    type Record: Kept;

    /// Those that share this are decided in the order in which they came: the account of most.
    fn lane(&self) -> Uuid;

    /// What must be read and locked before anything is decided.
    fn reads(&self) -> Reads;

    /// The accounts that it may touch, which are locked once the rest was read.
    fn accounts(&self, books: &Books) -> Vec<Uuid>;

    /// What should change; nothing after a refusal.
    fn decide(&self, books: &Books) -> Result<Decision<Self::Record>, Refusal>;
}

/// A record that the books keep.
pub(crate) trait Kept: Record {
    fn find(books: &Books, id: Uuid) -> Option<Self>;
}

impl Kept for Operation {
    fn find(books: &Books, id: Uuid) -> Option<Self> {
        books.operations.find(id).cloned()
    }
}

impl Kept for PaymentRequest {
    fn find(books: &Books, id: Uuid) -> Option<Self> {
        books.requests.find(id).cloned()
    }
}

impl Kept for MoneyRequest {
    fn find(books: &Books, id: Uuid) -> Option<Self> {
        books.money_requests.find(id).cloned()
    }
}

impl Kept for Bill {
    fn find(books: &Books, id: Uuid) -> Option<Self> {
        books.bills.find(id).cloned()
    }
}

impl Kept for Parcel {
    fn find(books: &Books, id: Uuid) -> Option<Self> {
        books.parcels.find(id).cloned()
    }
}

impl Kept for Schedule {
    fn find(books: &Books, id: Uuid) -> Option<Self> {
        books.schedules.find(id).cloned()
    }
}

impl Kept for Settlement {
    fn find(books: &Books, id: Uuid) -> Option<Self> {
        books.settlements.find(id).cloned()
    }
}

/// What somebody wants done.
pub(crate) struct Decision<R> {
    pub(crate) record: R,
    pub(crate) changes: Changes,
}

/// What changes: all of it or nothing.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) transfers: Vec<Transfer>,
    /// As they are from now on, new ones and others.
    pub(crate) operations: Vec<Operation>,
    pub(crate) requests: Vec<PaymentRequest>,
    /// What a program said of which new request.
    pub(crate) orders: Vec<(Uuid, MerchantOrder)>,
    pub(crate) announcements: Vec<Announcement>,
    /// On whose word which operation was changed.
    pub(crate) words: Vec<(Uuid, Word)>,
    /// To which bank account the money of which new withdrawal or settlement goes.
    pub(crate) bank_accounts: Vec<(Uuid, BankAccount)>,
    /// By which proxy the payee of which new payment by FPS is known.
    pub(crate) fps_proxies: Vec<(Uuid, FpsProxy)>,
    /// As they are from now on, new ones and others.
    pub(crate) money_requests: Vec<MoneyRequest>,
    /// New ones.
    pub(crate) bills: Vec<Bill>,
    pub(crate) parcels: Vec<Parcel>,
    /// As they are from now on, new ones and others.
    pub(crate) schedules: Vec<Schedule>,
    /// New ones.
    pub(crate) occurrences: Vec<Occurrence>,
    /// Those who are new to who pays them.
    pub(crate) payees: Vec<KnownPayee>,
    /// Of new operations.
    pub(crate) consents: Vec<WarningConsent>,
    /// What the bank is told to do for which new operation.
    pub(crate) bank_instructions: Vec<(Uuid, InstructionKind)>,
    /// Of which operations the bank is not told any more, if it was not told yet.
    pub(crate) untold: Vec<Uuid>,
    /// New payments that friends may see.
    pub(crate) for_friends: Vec<PeerPaymentId>,
    /// As they are from now on, new ones and others.
    pub(crate) held_payments: Vec<HeldPayment>,
    /// New ones.
    pub(crate) settlements: Vec<Settlement>,
}

/// All that a transaction has read.
#[derive(Clone)]
pub(crate) struct Books {
    /// When the decisions are made: after the last lock was taken.
    pub(crate) now: OffsetDateTime,
    pub(crate) ledger: Ledger,
    pub(crate) requests: Rows<PaymentRequest>,
    /// To be kept: what programs said of new requests.
    pub(crate) orders: Vec<(Uuid, MerchantOrder)>,
    pub(crate) operations: Rows<Operation>,
    pub(crate) shops: HashMap<Uuid, Shop>,
    pub(crate) names: HashMap<Uuid, String>,
    /// Who turned to whom in vain: the latter blocks the former, or has closed their wallet.
    pub(crate) away: BTreeSet<(Uuid, Uuid)>,
    /// To be kept: on whose word which operation was changed.
    pub(crate) words: Vec<(Uuid, Word)>,
    /// To be kept: to which bank account the money of which new withdrawal goes.
    pub(crate) bank_accounts: Vec<(Uuid, BankAccount)>,
    /// To be kept: by which proxy the payee of which new payment by FPS is known.
    pub(crate) fps_proxies: Vec<(Uuid, FpsProxy)>,
    pub(crate) money_requests: Rows<MoneyRequest>,
    pub(crate) bills: Rows<Bill>,
    /// Of those who ask.
    pub(crate) open_requests: OpenRequests,
    pub(crate) parcels: Rows<Parcel>,
    /// Of those who make some.
    pub(crate) open_parcels: OpenParcels,
    pub(crate) schedules: Rows<Schedule>,
    /// To be kept: what became of dates.
    pub(crate) occurrences: Vec<Occurrence>,
    /// How many have not ended, of those who make some.
    pub(crate) open_schedules: HashMap<Uuid, u32>,
    /// Of those who pay people.
    pub(crate) known_payees: KnownPayees,
    /// Of those who are to be paid.
    pub(crate) warnings: PayeeWarnings,
    /// What the graph says of the accounts that are locked, if it is not that all is normal.
    pub(crate) seen_risks: HashMap<Uuid, SeenRisk>,
    /// How many frozen wallets are next to those of the accounts that have such neighbours.
    pub(crate) frozen_neighbours: HashMap<Uuid, u32>,
    /// Which of what is asked needs more than a login.
    pub(crate) policy: Arc<StepUpPolicy>,
    /// To be kept: what the bank is told to do for which new operation.
    pub(crate) bank_instructions: Vec<(Uuid, InstructionKind)>,
    /// To be kept: of which operations the bank is not told any more.
    pub(crate) untold: Vec<Uuid>,
    /// What the bank was told of the operations of which that was asked.
    pub(crate) told: HashMap<Uuid, Told>,
    /// Those of the bank accounts that were asked for which are registered still.
    pub(crate) registered: BTreeSet<Uuid>,
    /// To be kept: new payments that friends may see.
    pub(crate) for_friends: Vec<PeerPaymentId>,
    pub(crate) held_payments: Rows<HeldPayment>,
    pub(crate) settlements: Rows<Settlement>,
    /// Of shops and days whose takings are settled.
    pub(crate) since_days: HashMap<(Uuid, Date), SinceDay>,
    /// The bank accounts of those shops, as they count now.
    pub(crate) takings_go_to: HashMap<Uuid, BankAccount>,
    /// Those of them that somebody owned before whose wallet looks like a mule's.
    pub(crate) shops_of_mules: BTreeSet<Uuid>,
    /// The newest settlements of those shops before the day.
    pub(crate) settled_before: HashMap<Uuid, Settlement>,
}

impl Books {
    pub(crate) fn empty(now: OffsetDateTime) -> Self {
        Self {
            now,
            ledger: Ledger::default(),
            requests: Rows::new(Vec::new()),
            orders: Vec::new(),
            operations: Rows::new(Vec::new()),
            shops: HashMap::new(),
            names: HashMap::new(),
            away: BTreeSet::new(),
            words: Vec::new(),
            bank_accounts: Vec::new(),
            fps_proxies: Vec::new(),
            money_requests: Rows::new(Vec::new()),
            bills: Rows::new(Vec::new()),
            open_requests: OpenRequests::default(),
            parcels: Rows::new(Vec::new()),
            open_parcels: OpenParcels::default(),
            schedules: Rows::new(Vec::new()),
            occurrences: Vec::new(),
            open_schedules: HashMap::new(),
            known_payees: KnownPayees::default(),
            warnings: PayeeWarnings::default(),
            seen_risks: HashMap::new(),
            frozen_neighbours: HashMap::new(),
            policy: Arc::new(StepUpPolicy::allow_all()),
            bank_instructions: Vec::new(),
            untold: Vec::new(),
            told: HashMap::new(),
            registered: BTreeSet::new(),
            for_friends: Vec::new(),
            held_payments: Rows::new(Vec::new()),
            settlements: Rows::new(Vec::new()),
            since_days: HashMap::new(),
            takings_go_to: HashMap::new(),
            shops_of_mules: BTreeSet::new(),
            settled_before: HashMap::new(),
        }
    }

    pub(crate) fn account(&self, id: Uuid) -> Option<&Account> {
        self.ledger.account(id)
    }

    pub(crate) fn request(&self, id: PaymentRequestId) -> Option<&PaymentRequest> {
        self.requests.get(id.uuid())
    }

    pub(crate) fn money_request(&self, id: MoneyRequestId) -> Option<&MoneyRequest> {
        self.money_requests.get(id.uuid())
    }

    pub(crate) fn operation(&self, id: Uuid) -> Option<&Operation> {
        self.operations.get(id)
    }

    pub(crate) fn held_payment(&self, id: Uuid) -> Option<&HeldPayment> {
        self.held_payments.get(id)
    }

    pub(crate) fn parcel(&self, id: Uuid) -> Option<&Parcel> {
        self.parcels.get(id)
    }

    pub(crate) fn schedule(&self, id: ScheduleId) -> Option<&Schedule> {
        self.schedules.get(id.uuid())
    }

    pub(super) fn seen_risk(&self, account: Uuid) -> SeenRisk {
        self.seen_risks.get(&account).cloned().unwrap_or_default()
    }

    pub(super) fn frozen_neighbours(&self, account: Uuid) -> u32 {
        self.frozen_neighbours.get(&account).copied().unwrap_or_default()
    }

    pub(crate) fn is_registered(&self, id: BankAccountId) -> bool {
        self.registered.contains(&id.uuid())
    }

    pub(crate) fn shop(&self, id: BusinessId) -> Option<&Shop> {
        self.shops.get(&id.uuid())
    }

    /// Of a day that was read, with what was decided in the same transaction.
    pub(super) fn since_day(&self, business_id: BusinessId, day: Date) -> SinceDay {
        let read = self.since_days.get(&(business_id.uuid(), day)).copied().unwrap_or_default();
        read.with(business_id, self.ledger.transfers())
    }

    /// Whether the other, to the one who turns to them, is as if they had no wallet.
    pub(super) fn is_away(&self, by: UserId, other: UserId) -> bool {
        self.away.contains(&(by.uuid(), other.uuid()))
    }

    /// Empty where the person has not chosen a name.
    pub(crate) fn name(&self, id: UserId) -> String {
        self.names.get(&id.uuid()).cloned().unwrap_or_default()
    }

    /// What they are called now.
    pub(super) fn person(&self, id: UserId) -> Person {
        Person { id, name: self.name(id) }
    }

    /// Decides, and takes what was decided with everything that follows from it, or nothing.
    pub(crate) fn decide<D: Decide>(
        &mut self,
        wanted: &D,
    ) -> Result<(D::Record, Vec<Announcement>), Refusal> {
        let Decision { record, changes } = wanted.decide(self)?;
        let Changes {
            transfers,
            operations,
            requests,
            orders,
            announcements,
            words,
            bank_accounts,
            fps_proxies,
            bills,
            money_requests,
            parcels,
            occurrences,
            payees,
            consents,
            schedules,
            bank_instructions,
            untold,
            for_friends,
            held_payments,
            settlements,
        } = changes;
        self.ledger.enter(transfers)?;
        self.operations.save(operations);
        self.requests.save(requests);
        self.orders.extend(orders);
        self.words.extend(words);
        self.bank_accounts.extend(bank_accounts);
        self.fps_proxies.extend(fps_proxies);
        self.save_money_requests(money_requests);
        self.bills.save(bills);
        self.save_parcels(parcels);
        self.save_schedules(schedules);
        self.occurrences.extend(occurrences);
        self.known_payees.save(payees);
        self.warnings.keep(consents);
        self.bank_instructions.extend(bank_instructions);
        self.untold.extend(untold);
        self.for_friends.extend(for_friends);
        self.held_payments.save(held_payments);
        self.settlements.save(settlements);
        Ok((record, announcements))
    }

    fn save_money_requests(&mut self, requests: Vec<MoneyRequest>) {
        for request in &requests {
            self.open_requests.change(self.money_requests.get(request.id.uuid()), request);
        }
        self.money_requests.save(requests);
    }

    fn save_parcels(&mut self, parcels: Vec<Parcel>) {
        for parcel in &parcels {
            self.open_parcels.change(self.parcels.get(parcel.id), parcel);
        }
        self.parcels.save(parcels);
    }

    /// None ends here but by its last date, so the counts of those who make some only grow.
    fn save_schedules(&mut self, schedules: Vec<Schedule>) {
        for schedule in &schedules {
            let is_new = self.schedules.get(schedule.id.uuid()).is_none();
            let open = self.open_schedules.entry(schedule.owner.uuid()).or_default();
            *open = open.saturating_add(is_new.into());
        }
        self.schedules.save(schedules);
    }
}
