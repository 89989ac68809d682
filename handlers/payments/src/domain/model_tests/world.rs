//! How the real books begin, what a commit leaves of them, and what is read in them.

use std::collections::{BTreeMap, BTreeSet};

use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{BusinessId, UserId};

use super::{Decided, Keeper, PEOPLE, SHOPS, World, automatic_top_ups, money_requests};
use crate::domain::account::{Account, AccountKind, BANK_CLEARING, ESCROW};
use crate::domain::books::{Books, Decide};
use crate::domain::known_payees::KnownPayees;
use crate::domain::ledger::Ledger;
use crate::domain::limits::WalletTier;
use crate::domain::literal_books::account;
use crate::domain::merchant_fee::{FeeRate, fees_account, with_fees_accounts};
use crate::domain::rows::Rows;
use crate::domain::shop::Shop;

impl<K: Keeper> World<K> {
    /// How it begins is known to whoever keeps it.
    pub(super) fn new(
        begins: OffsetDateTime,
        tiers: [WalletTier; PEOPLE],
        keep: impl FnOnce(&Books) -> K,
    ) -> Self {
        let people: Vec<UserId> = (0..PEOPLE).map(|_| UserId::new()).collect();
        let shops: Vec<BusinessId> = (0..SHOPS).map(|_| BusinessId::new()).collect();
        let wallet = |(id, tier): (&UserId, WalletTier)| Account {
            tier,
            ..account(id.uuid(), AccountKind::Wallet, 0)
        };
        let merchant = |id: &BusinessId| account(id.uuid(), AccountKind::Merchant, 0);
        let bank = account(BANK_CLEARING, AccountKind::BankClearing, 0);
        let escrow = account(ESCROW, AccountKind::Escrow, 0);
        let customers = people.iter().zip(tiers).map(wallet).chain(shops.iter().map(merchant));
        let mut books = Books::empty(begins);
        let fees = shops.iter().map(|id| fees_account(id.uuid())).collect();
        books.ledger =
            Ledger::new(with_fees_accounts(customers.chain([bank, escrow]).collect(), &fees));
        let owner_user_id = people[0];
        for shop in &shops {
            let shop_name = "永記".to_owned();
            let (is_closed, is_approved, fee_rate) = (false, true, FeeRate::DEFAULT);
            let staff = BTreeMap::new();
            let known = Shop { owner_user_id, staff, shop_name, is_closed, is_approved, fee_rate };
            books.shops.insert(shop.uuid(), known);
        }
        Self {
            keeper: keep(&books),
            books,
            people,
            shops,
            requests: Vec::new(),
            payments: Vec::new(),
            debits: Vec::new(),
            withdrawals: Vec::new(),
            authorisations: Vec::new(),
            asked: money_requests::Named::default(),
            parcels: Vec::new(),
            schedules: Vec::new(),
            disputes: Vec::new(),
            automatic: automatic_top_ups::Named::default(),
            sent: Vec::new(),
            held_payments: Vec::new(),
            settlements: Vec::new(),
            settled_days: BTreeSet::new(),
            known_payees: BTreeMap::new(),
            for_friends: Vec::new(),
            transfers: Vec::new(),
        }
    }

    pub(super) fn decide<D: Decide>(&mut self, wanted: &D) -> Decided<D::Record> {
        let (books, for_friends) = (&mut self.books, &mut self.for_friends);
        let (decided, written) = self.keeper.decide(books, for_friends, wanted);
        self.transfers.extend(written);
        decided
    }

    /// As if everything had been written, and read again by the next transaction.
    pub(super) fn commit(&mut self) {
        self.commit_ledger(|_| ());
        self.books.requests = Rows::new(self.books.requests.all().cloned().collect());
        self.books.operations = Rows::new(self.books.operations.all().cloned().collect());
        self.commit_money_requests();
        self.books.parcels = Rows::new(self.books.parcels.all().cloned().collect());
        self.commit_schedules();
        self.for_friends.append(&mut self.books.for_friends);
        self.books.held_payments = Rows::new(self.books.held_payments.all().cloned().collect());
        let changed = self.books.known_payees.changed().copied();
        self.known_payees.extend(changed.map(|known| ((known.payer, known.payee), known)));
        self.books.known_payees = KnownPayees::new(self.known_payees.values().copied());
    }

    /// What another transaction does to an account, between two of ours.
    pub(super) fn change_account(&mut self, id: Uuid, change: impl FnOnce(&mut Account)) {
        self.commit_ledger(|accounts| {
            change(accounts.iter_mut().find(|account| account.id == id).unwrap());
        });
        self.keeper.change_account(self.books.account(id).unwrap());
    }

    fn commit_ledger(&mut self, change: impl FnOnce(&mut Vec<Account>)) {
        self.transfers.extend_from_slice(self.books.ledger.transfers());
        let mut accounts = self.books.ledger.accounts().cloned().collect();
        change(&mut accounts);
        self.books.ledger = Ledger::new(accounts);
    }

    pub(super) fn wallet(&self, person: usize) -> &Account {
        self.books.account(self.people[person].uuid()).unwrap()
    }

    /// What people and shops can spend, and what the shops have paid.
    pub(super) fn available(&self) -> [Vec<i64>; 3] {
        let available = |id: Uuid| self.books.account(id).unwrap().available();
        let people = self.people.iter().map(|id| available(id.uuid()));
        let shops = self.shops.iter().map(|id| available(id.uuid()));
        let fees = self.shops.iter().map(|id| available(fees_account(id.uuid())));
        [people.collect(), shops.collect(), fees.collect()]
    }

    /// The moment may be over, or none.
    pub(super) fn wait_until(&mut self, moment: Option<OffsetDateTime>) -> bool {
        let left = moment.map_or(Duration::ZERO, |moment| moment - self.books.now);
        self.wait(left.max(Duration::ZERO))
    }

    /// Time goes on, and with it what is counted of requests.
    pub(super) fn wait(&mut self, time: Duration) -> bool {
        self.books.now += time;
        self.count_open_requests();
        true
    }
}
