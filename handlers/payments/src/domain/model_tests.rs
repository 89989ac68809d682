//! Random histories of all operations against a model that is too simple to be wrong: numbers in
//! wallets, and what became of requests and holds.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

mod approvals;
mod authorisations;
mod fees;
mod fold;
mod limits;
mod money_requests;
mod parcels;
mod schedules;
mod step;
mod top_ups;
mod withdrawals;

use proptest::prelude::*;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{
    BusinessId, CaptureMethod, Level, PaymentId, PaymentRequestId, ScheduleId, TopUpId, UserId,
};

use super::account::{Account, AccountKind, BANK_CLEARING, ESCROW};
use super::books::Books;
use super::ledger::Ledger;
use super::limits::{Flow, WalletTier};
use super::literal_books::{account, hkd};
use super::merchant_fee::{FeeRate, fees_account, with_fees_accounts};
use super::operation::ConfirmedBy;
use super::operations::{
    CancelRequest, CreateRequest, PayShop, RefundPayment, SendMoney, TopUpEnd,
};
use super::rows::Rows;
use super::shop::Shop;
use super::transfer::Transfer;
use limits::Used;
use step::{Step, step};
use top_ups::Debit;

const PEOPLE: usize = 3;
const SHOPS: usize = 2;
const STEPS_MAX: usize = 60;
/// An hour before New Year's Eve begins in Hong Kong: days, a month and a year end soon.
const BEGINS: OffsetDateTime = datetime!(2026-12-30 15:00 UTC);
/// Each person has another.
const TIERS: &[WalletTier] = WalletTier::ALL;
/// What each has at first: within the limits of every tier.
const MONEY: i64 = 200_000;
const LIFETIME: Duration = Duration::minutes(10);

/// What the simple model knows of a request.
struct Asked {
    shop: usize,
    amount: i64,
    expires_at: OffsetDateTime,
    is_open: bool,
}

/// What it knows of a payment.
struct Paid {
    person: usize,
    shop: usize,
    taken: i64,
    /// What was not given back yet, of that and of the fee.
    left: i64,
    fee: i64,
    fee_left: i64,
    /// Its number among what counts towards limits.
    used: usize,
}

/// What it knows of a withdrawal.
struct Withdrawn {
    person: usize,
    amount: i64,
    /// Once the bank has answered.
    is_paid: Option<bool>,
    /// As of a payment.
    used: usize,
}

#[derive(Default)]
struct Model {
    /// What can be spent.
    wallets: [i64; PEOPLE],
    takings: [i64; SHOPS],
    fees: [i64; SHOPS],
    is_unapproved: [bool; SHOPS],
    requests: Vec<Asked>,
    payments: Vec<Paid>,
    debits: Vec<Debit>,
    withdrawals: Vec<Withdrawn>,
    authorisations: Vec<authorisations::Authorised>,
    asked: money_requests::Asked,
    parcels: Vec<parcels::Waiting>,
    planned: Vec<schedules::Planned>,
    uses: Vec<Used>,
}

impl Model {
    fn expected(&self, person: usize) -> i64 {
        self.wallets[person] + self.held(person) + self.debited(person)
    }

    /// What is held of this person's money: it is theirs and cannot be spent.
    fn held(&self, person: usize) -> i64 {
        self.withdrawn(person) + self.authorised(person)
    }

    /// Whether the step is done; if it is not, nothing changes.
    fn take(&mut self, step: &Step, now: OffsetDateTime) -> bool {
        match *step {
            Step::TopUp { person, amount, is_debit } => self.top_up(person, amount, is_debit, now),
            Step::Settle { top_up, amount } => self.end(top_up, Ok(amount)),
            Step::Refuse { top_up } => self.end(top_up, Err("refused")),
            Step::Withdraw { person, amount } => self.withdraw(person, amount, now),
            Step::EndWithdrawal { withdrawal, is_paid } => self.end_withdrawal(withdrawal, is_paid),
            Step::Authorise { person, shop, amount } => self.authorise(person, shop, amount, now),
            Step::EndAuthorisation { authorisation, end } => {
                self.end_authorisation(authorisation, end, now)
            }
            Step::Ask { shop, amount } => self.ask_payers(shop, amount, now),
            Step::Approve { shop, is_approved } => self.approve(shop, is_approved),
            Step::Cancel { request } => {
                let Some(asked) = self.requests.get_mut(request) else { return false };
                let is_open = asked.is_open && now < asked.expires_at;
                asked.is_open &= !is_open;
                is_open
            }
            Step::Pay { person, request } => {
                let Some(asked) = self.requests.get(request) else { return false };
                let (shop, amount) = (asked.shop, asked.amount);
                let may = asked.is_open && now < asked.expires_at;
                let is_paid = may && self.pay(person, shop, amount, now);
                self.requests[request].is_open &= !is_paid;
                is_paid
            }
            Step::PayStatic { person, shop, amount } => self.pay(person, shop, amount, now),
            Step::Refund { payment, amount } => self.give_back(payment, amount),
            Step::Send { person, to, amount } => self.send(person, to, amount, now),
            Step::Wait { .. } => true,
            Step::Between(ref step) => self.take_between(step, now),
            Step::Parcel(step) => self.take_parcel(step, now),
            Step::Schedule(step) => self.take_schedule(step, now),
        }
    }

    fn pay(&mut self, person: usize, shop: usize, amount: i64, now: OffsetDateTime) -> bool {
        let used = Used { person, flow: Flow::Payment, amount, at: now, is_counted: true };
        let may = !self.is_unapproved[shop] && self.wallets[person] >= amount && self.may_use(used);
        if may {
            let used = self.note(used);
            self.wallets[person] -= amount;
            self.sell(person, shop, amount, used);
        }
        may
    }

    /// From a person to a person, whether or not it was asked for.
    fn send(&mut self, person: usize, to: usize, amount: i64, now: OffsetDateTime) -> bool {
        let used = Used { person, flow: Flow::PeerPayment, amount, at: now, is_counted: true };
        let may = person != to
            && self.wallets[person] >= amount
            && self.may_use(used)
            && self.expected(to) + amount <= TIERS[to].balance_max();
        if may {
            self.note(used);
            self.wallets[person] -= amount;
            self.wallets[to] += amount;
        }
        may
    }
}

/// The real books, and the names of what stands in them.
struct World {
    books: Books,
    people: Vec<UserId>,
    shops: Vec<BusinessId>,
    requests: Vec<PaymentRequestId>,
    payments: Vec<(PaymentId, BusinessId)>,
    debits: Vec<TopUpId>,
    withdrawals: Vec<Uuid>,
    authorisations: Vec<(PaymentId, BusinessId)>,
    asked: money_requests::Named,
    parcels: Vec<Uuid>,
    schedules: Vec<ScheduleId>,
    transfers: Vec<Transfer>,
}

impl World {
    fn new() -> Self {
        let people: Vec<UserId> = (0..PEOPLE).map(|_| UserId::new()).collect();
        let shops: Vec<BusinessId> = (0..SHOPS).map(|_| BusinessId::new()).collect();
        let wallet = |(id, tier): (&UserId, &WalletTier)| Account {
            tier: *tier,
            ..account(id.uuid(), AccountKind::Wallet, 0)
        };
        let merchant = |id: &BusinessId| account(id.uuid(), AccountKind::Merchant, 0);
        let bank = account(BANK_CLEARING, AccountKind::BankClearing, 0);
        let escrow = account(ESCROW, AccountKind::Escrow, 0);
        let customers = people.iter().zip(TIERS).map(wallet).chain(shops.iter().map(merchant));
        let mut books = Books::empty(BEGINS);
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
        let (requests, payments, debits) = Default::default();
        let (withdrawals, authorisations, asked, parcels, transfers) = Default::default();
        let schedules = Vec::new();
        Self {
            books,
            people,
            shops,
            requests,
            payments,
            debits,
            withdrawals,
            authorisations,
            asked,
            parcels,
            schedules,
            transfers,
        }
    }

    fn take(&mut self, step: &Step) -> bool {
        match *step {
            Step::TopUp { person, amount, is_debit } => self.top_up(person, amount, is_debit),
            Step::Settle { top_up, amount } => self.end(top_up, TopUpEnd::Given(hkd(amount))),
            Step::Refuse { top_up } => self.end(top_up, TopUpEnd::Refused),
            Step::Withdraw { person, amount } => self.withdraw(person, amount),
            Step::EndWithdrawal { withdrawal, is_paid } => self.end_withdrawal(withdrawal, is_paid),
            Step::Authorise { person, shop, amount } => self.authorise(person, shop, amount),
            Step::EndAuthorisation { authorisation, end } => {
                self.end_authorisation(authorisation, end)
            }
            Step::Ask { shop, amount } => self.ask(shop, amount),
            Step::Approve { shop, is_approved } => self.approve(shop, is_approved),
            Step::Cancel { request } => {
                let Some(id) = self.requests.get(request).copied() else { return false };
                let business_id = self.books.request(id).unwrap().business_id;
                let wanted = CancelRequest { id, business_id, owner: self.people[0] };
                // A second time nobody is told anything.
                self.books.decide(&wanted).is_ok_and(|(_, told)| !told.is_empty())
            }
            Step::Pay { person, request } => {
                let Some(id) = self.requests.get(request).copied() else { return false };
                let asked = self.books.request(id).unwrap();
                let (shop, amount) = (asked.business_id, asked.amount.minor_units());
                self.pay(person, shop, amount, Some(id))
            }
            Step::PayStatic { person, shop, amount } => {
                self.pay(person, self.shops[shop], amount, None)
            }
            Step::Send { person, to, amount } => {
                let wanted = SendMoney {
                    payer: self.people[person],
                    payee: self.people[to],
                    amount: hkd(amount),
                    note: None,
                    visibility: super::visibility::Visibility::Private,
                    money_request_id: None,
                    confirmed: Ok(ConfirmedBy::Device),
                    is_new_device: limits::is_new_device(person, self.books.now),
                };
                self.books.decide(&wanted).is_ok()
            }
            Step::Refund { payment, amount } => {
                let Some((payment_id, business_id)) = self.payments.get(payment).copied() else {
                    return false;
                };
                let (owner, amount) = (self.people[0], hkd(amount));
                let wanted = RefundPayment {
                    payment_id,
                    business_id,
                    owner,
                    amount,
                    note: None,
                    disputed_after: None,
                    level: Level::Device,
                };
                self.books.decide(&wanted).is_ok()
            }
            Step::Wait { minutes } => self.wait(Duration::minutes(minutes)),
            Step::Between(ref step) => self.take_between(step),
            Step::Parcel(step) => self.take_parcel(step),
            Step::Schedule(step) => self.take_schedule(step),
        }
    }

    fn ask(&mut self, shop: usize, amount: i64) -> bool {
        let wanted = CreateRequest {
            owner: self.people[0],
            business_id: self.shops[shop],
            amount: hkd(amount),
            description: String::new(),
            capture_method: CaptureMethod::Automatic,
            tip_allowed: false,
            lifetime: LIFETIME,
        };
        let asked = self.books.decide(&wanted);
        self.requests.extend(asked.iter().map(|(request, _)| request.id));
        asked.is_ok()
    }

    fn pay(
        &mut self,
        person: usize,
        payee: BusinessId,
        amount: i64,
        payment_request_id: Option<PaymentRequestId>,
    ) -> bool {
        let wanted = PayShop {
            payer: self.people[person],
            payee,
            amount: hkd(amount),
            payment_request_id,
            capture_method: CaptureMethod::Automatic,
            reference: None,
            tip: None,
            confirmed: Ok(ConfirmedBy::Device),
            is_new_device: limits::is_new_device(person, self.books.now),
        };
        let paid = self.books.decide(&wanted);
        self.payments.extend(paid.iter().map(|(payment, _)| (payment.payment_id(), payee)));
        paid.is_ok()
    }

    /// As if everything had been written, and read again by the next transaction.
    fn commit(&mut self) {
        self.transfers.extend_from_slice(self.books.ledger.transfers());
        self.books.ledger = Ledger::new(self.books.ledger.accounts().cloned().collect::<Vec<_>>());
        self.books.requests = Rows::new(self.books.requests.all().cloned().collect());
        self.books.operations = Rows::new(self.books.operations.all().cloned().collect());
        self.commit_money_requests();
        self.books.parcels = Rows::new(self.books.parcels.all().cloned().collect());
        self.commit_schedules();
    }

    /// What people and shops can spend, and what the shops have paid.
    fn available(&self) -> [Vec<i64>; 3] {
        let available = |id: Uuid| self.books.account(id).unwrap().available();
        let people = self.people.iter().map(|id| available(id.uuid()));
        let shops = self.shops.iter().map(|id| available(id.uuid()));
        let fees = self.shops.iter().map(|id| available(fees_account(id.uuid())));
        [people.collect(), shops.collect(), fees.collect()]
    }
}

proptest! {
    /// One batch is the history in one transaction; the other world commits after each step.
    #[test]
    fn histories_end_as_the_simple_model_says_in_one_batch_or_one_by_one(
        history in prop::collection::vec(step(), 1..STEPS_MAX),
    ) {
        let (mut model, mut batch, mut singly) = (Model::default(), World::new(), World::new());
        // Else most of what is tried would fail for want of money.
        let top_up = |person| Step::TopUp { person, amount: MONEY, is_debit: false };
        for step in (0..PEOPLE).map(top_up).chain(history) {
            let step = &step;
            let is_done = model.take(step, batch.books.now);
            prop_assert_eq!(batch.take(step), is_done, "in a batch: {:?}", step);
            prop_assert_eq!(singly.take(step), is_done, "one by one: {:?}", step);
            singly.commit();
        }
        batch.commit();
        for world in [&batch, &singly] {
            let expected =
                [model.wallets.to_vec(), model.takings.to_vec(), model.fees.to_vec()];
            prop_assert_eq!(world.available(), expected);
            for (person, id) in world.people.iter().enumerate() {
                let held = world.books.account(id.uuid()).unwrap().debits_pending;
                prop_assert_eq!(held, model.held(person));
                let used = world.books.account(id.uuid()).unwrap().used.at(world.books.now);
                prop_assert_eq!(limits::used(&used), model.used(person, world.books.now));
            }
            prop_assert_eq!(world.books.account(ESCROW).unwrap().available(), model.waiting());
            let folded = fold::fold(&world.transfers);
            let mut total = [0; 4];
            for account in world.books.ledger.accounts() {
                let folded = folded.get(&account.id).copied().unwrap_or_default();
                prop_assert_eq!(fold::sums(account), folded);
                total.iter_mut().zip(folded).for_each(|(total, sum)| *total += sum);
            }
            prop_assert_eq!((total[0], total[2]), (total[1], total[3]));
        }
    }
}
