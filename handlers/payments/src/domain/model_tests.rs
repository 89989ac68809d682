//! Random histories of all operations against a model that is too simple to be wrong: numbers in
//! wallets, and what became of requests and holds.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

mod authorisations;
mod fold;
mod money_requests;
mod parcels;
mod step;
mod withdrawals;

use proptest::prelude::*;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{BusinessId, CaptureMethod, PaymentId, PaymentRequestId, TopUpId, UserId};

use super::account::{AccountKind, BANK_CLEARING, ESCROW, WALLET_BALANCE_MAX};
use super::books::{Books, Rows};
use super::ledger::Ledger;
use super::literal_books::{NOW, account, hkd};
use super::operation::ConfirmedBy;
use super::operations::{
    CancelRequest, CreateRequest, EndTopUp, PayShop, RefundPayment, SendMoney, TopUp, TopUpEnd,
    TopUpMethod,
};
use super::shop::Shop;
use super::transfer::Transfer;
use step::{Step, step};

const PEOPLE: usize = 3;
const SHOPS: usize = 2;
const STEPS_MAX: usize = 60;
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
    /// What was not given back yet.
    left: i64,
}

/// What it knows of a top-up by bank debit.
struct Debit {
    person: usize,
    amount: i64,
    /// What came of it, once something did: what was given, or why nothing was.
    end: Option<Result<i64, &'static str>>,
}

/// What it knows of a withdrawal.
struct Withdrawn {
    person: usize,
    amount: i64,
    /// Once the bank has answered.
    is_paid: Option<bool>,
}

#[derive(Default)]
struct Model {
    /// What can be spent.
    wallets: [i64; PEOPLE],
    takings: [i64; SHOPS],
    requests: Vec<Asked>,
    payments: Vec<Paid>,
    debits: Vec<Debit>,
    withdrawals: Vec<Withdrawn>,
    authorisations: Vec<authorisations::Authorised>,
    asked: money_requests::Asked,
    parcels: Vec<parcels::Waiting>,
}

impl Model {
    fn expected(&self, person: usize) -> i64 {
        let pending = self.debits.iter().filter(|debit| debit.person == person);
        let pending: i64 =
            pending.filter(|debit| debit.end.is_none()).map(|debit| debit.amount).sum();
        self.wallets[person] + self.held(person) + pending
    }

    /// What is held of this person's money: it is theirs and cannot be spent.
    fn held(&self, person: usize) -> i64 {
        self.withdrawn(person) + self.authorised(person)
    }

    /// Whether the step is done; if it is not, nothing changes.
    fn take(&mut self, step: &Step, now: OffsetDateTime) -> bool {
        match *step {
            Step::TopUp { person, amount, is_debit } => {
                if self.expected(person) + amount > WALLET_BALANCE_MAX {
                    return false;
                }
                if is_debit {
                    self.debits.push(Debit { person, amount, end: None });
                } else {
                    self.wallets[person] += amount;
                }
                true
            }
            Step::Settle { top_up, amount } => self.end(top_up, Ok(amount)),
            Step::Refuse { top_up } => self.end(top_up, Err("refused")),
            Step::Expire { top_up } => self.end(top_up, Err("unanswered")),
            Step::Withdraw { person, amount } => self.withdraw(person, amount),
            Step::EndWithdrawal { withdrawal, is_paid } => self.end_withdrawal(withdrawal, is_paid),
            Step::Authorise { person, shop, amount } => self.authorise(person, shop, amount, now),
            Step::EndAuthorisation { authorisation, end } => {
                self.end_authorisation(authorisation, end, now)
            }
            Step::Ask { shop, amount } => {
                let expires_at = now + LIFETIME;
                self.requests.push(Asked { shop, amount, expires_at, is_open: true });
                true
            }
            Step::Cancel { request } => {
                let Some(asked) = self.requests.get_mut(request) else { return false };
                let is_open = asked.is_open && now < asked.expires_at;
                asked.is_open &= !is_open;
                is_open
            }
            Step::Pay { person, request } => {
                let Some(asked) = self.requests.get_mut(request) else { return false };
                let may =
                    asked.is_open && now < asked.expires_at && self.wallets[person] >= asked.amount;
                let (shop, amount) = (asked.shop, asked.amount);
                asked.is_open &= !may;
                may && self.pay(person, shop, amount)
            }
            Step::PayStatic { person, shop, amount } => self.pay(person, shop, amount),
            Step::Refund { payment, amount } => {
                let Some(paid) = self.payments.get_mut(payment) else { return false };
                // A wallet takes it however full it is.
                let may = paid.left >= amount;
                if may {
                    paid.left -= amount;
                    self.takings[paid.shop] -= amount;
                    self.wallets[paid.person] += amount;
                }
                may
            }
            Step::Send { person, to, amount } => {
                let may = person != to
                    && self.wallets[person] >= amount
                    && self.expected(to) + amount <= WALLET_BALANCE_MAX;
                if may {
                    self.wallets[person] -= amount;
                    self.wallets[to] += amount;
                }
                may
            }
            Step::Wait { .. } => true,
            Step::Between(ref step) => self.take_between(step, now),
            Step::Parcel(step) => self.take_parcel(step, now),
        }
    }

    fn pay(&mut self, person: usize, shop: usize, amount: i64) -> bool {
        let may = self.wallets[person] >= amount;
        if may {
            self.wallets[person] -= amount;
            self.takings[shop] += amount;
            self.payments.push(Paid { person, shop, left: amount });
        }
        may
    }

    fn end(&mut self, top_up: usize, end: Result<i64, &'static str>) -> bool {
        let Some(debit) = self.debits.get_mut(top_up) else { return false };
        match debit.end {
            // The same again changes nothing, nor does it matter that an answer came too late.
            Some(known) => known == end || end == Err("unanswered"),
            None if end.is_ok_and(|amount| amount > debit.amount) => false,
            None => {
                debit.end = Some(end);
                self.wallets[debit.person] += end.unwrap_or(0);
                true
            }
        }
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
    transfers: Vec<Transfer>,
}

impl World {
    fn new() -> Self {
        let people: Vec<UserId> = (0..PEOPLE).map(|_| UserId::new()).collect();
        let shops: Vec<BusinessId> = (0..SHOPS).map(|_| BusinessId::new()).collect();
        let wallet = |id: &UserId| account(id.uuid(), AccountKind::Wallet, 0);
        let merchant = |id: &BusinessId| account(id.uuid(), AccountKind::Merchant, 0);
        let bank = account(BANK_CLEARING, AccountKind::BankClearing, 0);
        let escrow = account(ESCROW, AccountKind::Escrow, 0);
        let customers = people.iter().map(wallet).chain(shops.iter().map(merchant));
        let mut books = Books::empty(NOW);
        books.ledger = Ledger::new(customers.chain([bank, escrow]));
        let owner_user_id = people[0];
        for shop in &shops {
            let shop_name = "永記".to_owned();
            books.shops.insert(shop.uuid(), Shop { owner_user_id, shop_name, is_closed: false });
        }
        let (requests, payments, debits) = Default::default();
        let (withdrawals, authorisations, asked, parcels, transfers) = Default::default();
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
            transfers,
        }
    }

    fn take(&mut self, step: &Step) -> bool {
        match *step {
            Step::TopUp { person, amount, is_debit } => {
                let method = if is_debit { TopUpMethod::BankDebit } else { TopUpMethod::Instant };
                let user_id = self.people[person];
                let wanted = TopUp { user_id, amount: hkd(amount), method };
                let Ok((top_up, _)) = self.books.decide(&wanted) else { return false };
                self.debits.extend(is_debit.then(|| top_up.top_up_id()));
                true
            }
            Step::Settle { top_up, amount } => self.end(top_up, TopUpEnd::Given(hkd(amount))),
            Step::Refuse { top_up } => self.end(top_up, TopUpEnd::Refused),
            Step::Expire { top_up } => self.end(top_up, TopUpEnd::Unanswered),
            Step::Withdraw { person, amount } => self.withdraw(person, amount),
            Step::EndWithdrawal { withdrawal, is_paid } => self.end_withdrawal(withdrawal, is_paid),
            Step::Authorise { person, shop, amount } => self.authorise(person, shop, amount),
            Step::EndAuthorisation { authorisation, end } => {
                self.end_authorisation(authorisation, end)
            }
            Step::Ask { shop, amount } => self.ask(shop, amount),
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
                    money_request_id: None,
                    confirmed: Ok(ConfirmedBy::Device),
                };
                self.books.decide(&wanted).is_ok()
            }
            Step::Refund { payment, amount } => {
                let Some((payment_id, business_id)) = self.payments.get(payment).copied() else {
                    return false;
                };
                let (owner, amount) = (self.people[0], hkd(amount));
                let wanted = RefundPayment { payment_id, business_id, owner, amount, note: None };
                self.books.decide(&wanted).is_ok()
            }
            Step::Wait { minutes } => {
                self.books.now += Duration::minutes(minutes);
                true
            }
            Step::Between(ref step) => self.take_between(step),
            Step::Parcel(step) => self.take_parcel(step),
        }
    }

    fn ask(&mut self, shop: usize, amount: i64) -> bool {
        let wanted = CreateRequest {
            owner: self.people[0],
            business_id: self.shops[shop],
            amount: hkd(amount),
            description: String::new(),
            capture_method: CaptureMethod::Automatic,
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
            confirmed: Ok(ConfirmedBy::Device),
        };
        let paid = self.books.decide(&wanted);
        self.payments.extend(paid.iter().map(|(payment, _)| (payment.payment_id(), payee)));
        paid.is_ok()
    }

    fn end(&mut self, top_up: usize, outcome: TopUpEnd) -> bool {
        let Some(id) = self.debits.get(top_up).copied() else { return false };
        self.books.decide(&EndTopUp { top_up_id: id, outcome, word: None }).is_ok()
    }

    /// As if everything had been written, and read again by the next transaction.
    fn commit(&mut self) {
        self.transfers.extend_from_slice(self.books.ledger.transfers());
        self.books.ledger = Ledger::new(self.books.ledger.accounts().cloned().collect::<Vec<_>>());
        self.books.requests = Rows::new(self.books.requests.all().cloned().collect());
        self.books.operations = Rows::new(self.books.operations.all().cloned().collect());
        self.commit_money_requests();
        self.books.parcels = Rows::new(self.books.parcels.all().cloned().collect());
    }

    /// What people and shops can spend.
    fn available(&self) -> (Vec<i64>, Vec<i64>) {
        let available = |id: Uuid| self.books.account(id).unwrap().available();
        let people = self.people.iter().map(|id| available(id.uuid()));
        (people.collect(), self.shops.iter().map(|id| available(id.uuid())).collect())
    }
}

proptest! {
    /// One batch is the history in one transaction; the other world commits after each step.
    #[test]
    fn histories_end_as_the_simple_model_says_in_one_batch_or_one_by_one(
        history in prop::collection::vec(step(), 1..STEPS_MAX),
    ) {
        let (mut model, mut batch, mut singly) = (Model::default(), World::new(), World::new());
        for step in &history {
            let is_done = model.take(step, batch.books.now);
            prop_assert_eq!(batch.take(step), is_done, "in a batch: {:?}", step);
            prop_assert_eq!(singly.take(step), is_done, "one by one: {:?}", step);
            singly.commit();
        }
        batch.commit();
        for world in [&batch, &singly] {
            let expected = (model.wallets.to_vec(), model.takings.to_vec());
            prop_assert_eq!(world.available(), expected);
            for (person, id) in world.people.iter().enumerate() {
                let held = world.books.account(id.uuid()).unwrap().debits_pending;
                prop_assert_eq!(held, model.held(person));
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
