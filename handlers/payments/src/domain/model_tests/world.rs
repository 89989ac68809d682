//! The real books, and the names of what stands in them.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{BusinessId, PaymentId, PaymentRequestId, PeerPaymentId, ScheduleId, TopUpId, UserId};

use super::model::{PEOPLE, SHOPS};
use super::step::Step;
use super::{automatic_top_ups, money_requests, nth};
use crate::domain::account::{Account, AccountKind, BANK_CLEARING, ESCROW};
use crate::domain::books::Books;
use crate::domain::dispute::Dispute;
use crate::domain::ledger::Ledger;
use crate::domain::limits::WalletTier;
use crate::domain::literal_books::{account, hkd};
use crate::domain::merchant_fee::{FeeRate, fees_account, with_fees_accounts};
use crate::domain::operations::TopUpEnd;
use crate::domain::rows::Rows;
use crate::domain::shop::Shop;
use crate::domain::transfer::Transfer;

pub(super) struct World {
    pub(super) books: Books,
    pub(super) people: Vec<UserId>,
    pub(super) shops: Vec<BusinessId>,
    pub(super) requests: Vec<PaymentRequestId>,
    pub(super) payments: Vec<(PaymentId, BusinessId)>,
    pub(super) debits: Vec<TopUpId>,
    pub(super) withdrawals: Vec<Uuid>,
    pub(super) authorisations: Vec<(PaymentId, BusinessId)>,
    pub(super) asked: money_requests::Named,
    pub(super) parcels: Vec<Uuid>,
    pub(super) schedules: Vec<ScheduleId>,
    pub(super) disputes: Vec<Dispute>,
    pub(super) automatic: automatic_top_ups::Named,
    /// Payments between people, and whether it was told that friends may see them.
    pub(super) shown: Vec<(PeerPaymentId, bool)>,
    pub(super) for_friends: Vec<PeerPaymentId>,
    pub(super) transfers: Vec<Transfer>,
}

impl World {
    pub(super) fn new(begins: OffsetDateTime, tiers: [WalletTier; PEOPLE]) -> Self {
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
            let known = Shop { owner_user_id, shop_name, is_closed, is_approved, fee_rate };
            books.shops.insert(shop.uuid(), known);
        }
        Self {
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
            shown: Vec::new(),
            for_friends: Vec::new(),
            transfers: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, step: &Step) -> bool {
        match *step {
            Step::TopUp { person, amount, is_debit } => self.top_up(person, amount, is_debit),
            Step::Settle { top_up, amount } => {
                self.end(nth(top_up, self.debits.len()), TopUpEnd::Given(hkd(amount)))
            }
            Step::Refuse { top_up } => self.end(nth(top_up, self.debits.len()), TopUpEnd::Refused),
            Step::Withdraw { person, amount } => self.withdraw(person, amount),
            Step::EndWithdrawal { withdrawal, is_paid } => {
                self.end_withdrawal(nth(withdrawal, self.withdrawals.len()), is_paid)
            }
            Step::Authorise { person, shop, amount } => self.authorise(person, shop, amount),
            Step::EndAuthorisation { authorisation, end } => {
                self.end_authorisation(nth(authorisation, self.authorisations.len()), end)
            }
            Step::Pay { person, request } => {
                self.pay_request(person, nth(request, self.requests.len()))
            }
            Step::PayStatic { person, shop, amount } => {
                self.pay(person, self.shops[shop], amount, None)
            }
            Step::Refund { payment, amount } => self.refund(payment, amount),
            Step::Send { person, to, amount, is_shown } => {
                self.send_shown(person, self.people[to], amount, None, is_shown)
            }
            Step::Know { person, tier } => {
                self.change_account(self.people[person].uuid(), |wallet| wallet.tier = tier);
                true
            }
            Step::Wait { minutes } => self.wait(Duration::minutes(minutes)),
            Step::Shop(step) => self.take_shop(step),
            Step::Between(step) => self.take_between(step),
            Step::Parcel(step) => self.take_parcel(step),
            Step::Schedule(step) => self.take_schedule(step),
            Step::Dispute(step) => self.take_dispute(step),
            Step::Automatic(step) => self.take_automatic(step),
            Step::Closing(step) => self.take_closing(step),
        }
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
    }

    /// What another transaction does to an account, between two of ours.
    pub(super) fn change_account(&mut self, id: Uuid, change: impl FnOnce(&mut Account)) {
        self.commit_ledger(|accounts| {
            change(accounts.iter_mut().find(|account| account.id == id).unwrap());
        });
    }

    fn commit_ledger(&mut self, change: impl FnOnce(&mut Vec<Account>)) {
        self.transfers.extend_from_slice(self.books.ledger.transfers());
        let mut accounts = self.books.ledger.accounts().cloned().collect();
        change(&mut accounts);
        self.books.ledger = Ledger::new(accounts);
    }

    /// What people and shops can spend, and what the shops have paid.
    pub(super) fn available(&self) -> [Vec<i64>; 3] {
        let available = |id: Uuid| self.books.account(id).unwrap().available();
        let people = self.people.iter().map(|id| available(id.uuid()));
        let shops = self.shops.iter().map(|id| available(id.uuid()));
        let fees = self.shops.iter().map(|id| available(fees_account(id.uuid())));
        [people.collect(), shops.collect(), fees.collect()]
    }

    /// Time goes on, and with it what is counted of requests.
    pub(super) fn wait(&mut self, time: Duration) -> bool {
        self.books.now += time;
        self.count_open_requests();
        true
    }
}
