//! Requests for money between people and bills, in the simple model and in the real books.

use proptest::prelude::*;
use time::{Duration, OffsetDateTime};
use values::{MoneyRequestId, UserId};

use super::{Keeper, Model, PEOPLE, World, amount, nth};
use crate::domain::bill::Bill;
use crate::domain::literal_books::hkd;
use crate::domain::money_request::MoneyRequest;
use crate::domain::open_requests::{
    Asked as OfPair, OF_PAIR_MAX, OpenRequests, RECENT_OF_PAIR_MAX, WINDOW,
};
use crate::domain::operations::{
    AskForMoney, CancelBill, EndMoneyRequest, MoneyRequestEnd, RemindPayer, SplitBill,
};
use crate::domain::rows::Rows;
use crate::domain::split::Split;

/// What people ask of each other. Requests and bills are named by the order in which they came.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Ask {
        person: usize,
        of: usize,
        amount: i64,
    },
    /// The others' shares, in the order of the people.
    Split {
        person: usize,
        shares: [i64; PEOPLE - 1],
    },
    Pay {
        person: usize,
        request: usize,
        is_shown: bool,
    },
    Decline {
        person: usize,
        request: usize,
    },
    Cancel {
        person: usize,
        request: usize,
    },
    Remind {
        person: usize,
        request: usize,
    },
    CancelBill {
        bill: usize,
    },
    Wait {
        hours: i64,
    },
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let (person, request) = (0..PEOPLE, 0..8_usize);
    let ends = (person.clone(), request.clone());
    prop_oneof![
        6 => (person.clone(), person.clone(), amount())
            .prop_map(|(person, of, amount)| Step::Ask { person, of, amount }),
        2 => (person, [amount(), amount()])
            .prop_map(|(person, shares)| Step::Split { person, shares }),
        6 => (ends.clone(), any::<bool>()).prop_map(
            |((person, request), is_shown)| Step::Pay { person, request, is_shown }
        ),
        1 => ends.clone().prop_map(|(person, request)| Step::Decline { person, request }),
        1 => ends.clone().prop_map(|(person, request)| Step::Cancel { person, request }),
        2 => ends.prop_map(|(person, request)| Step::Remind { person, request }),
        1 => request.prop_map(|bill| Step::CancelBill { bill }),
        1 => (1..400_i64).prop_map(|hours| Step::Wait { hours }),
    ]
}

impl Step {
    /// The same of what there is.
    fn among(mut self, requests: usize) -> Self {
        match &mut self {
            Self::Pay { request, .. }
            | Self::Decline { request, .. }
            | Self::Cancel { request, .. }
            | Self::Remind { request, .. } => *request = nth(*request, requests),
            Self::Ask { .. } | Self::Split { .. } | Self::CancelBill { .. } | Self::Wait { .. } => {
            }
        }
        self
    }
}

/// What the simple model knows of a request.
struct Wished {
    requester: usize,
    payer: usize,
    amount: i64,
    bill: Option<usize>,
    is_open: bool,
    expires_at: OffsetDateTime,
    reminders: u32,
    told_at: OffsetDateTime,
    made_at: OffsetDateTime,
    declined_at: Option<OffsetDateTime>,
}

/// What it knows of all of them.
#[derive(Default)]
pub(super) struct Asked {
    requests: Vec<Wished>,
    bills: usize,
}

/// Their names in a world: the requests, and the bills with theirs.
#[derive(Default)]
pub(super) struct Named {
    requests: Vec<MoneyRequestId>,
    bills: Vec<(Bill, Vec<MoneyRequestId>)>,
}

impl Wished {
    fn is_open_at(&self, now: OffsetDateTime) -> bool {
        self.is_open && now < self.expires_at
    }
}

impl Model {
    pub(super) fn take_between(&mut self, step: Step, now: OffsetDateTime) -> bool {
        match step.among(self.asked.requests.len()) {
            Step::Ask { person, of, amount } => {
                let may = person != of && self.may_ask(person, of, now);
                if may {
                    self.ask(person, of, amount, None, now);
                }
                may
            }
            Step::Split { person, shares } => {
                let others = (0..PEOPLE).filter(|other| *other != person);
                let may = others.clone().all(|other| self.may_ask(person, other, now));
                if may {
                    let bill = self.asked.bills;
                    self.asked.bills += 1;
                    for (other, share) in others.zip(shares) {
                        self.ask(person, other, share, Some(bill), now);
                    }
                }
                may
            }
            Step::Pay { person, request, is_shown } => {
                self.pay_asked(person, request, is_shown, now)
            }
            Step::Decline { person, request } => {
                let is_done = self.end_asked(request, now, |found| found.payer == person);
                if is_done {
                    self.asked.requests[request].declined_at = Some(now);
                }
                is_done
            }
            Step::Cancel { person, request } => {
                self.end_asked(request, now, |found| found.requester == person)
            }
            Step::Remind { person, request } => {
                let may_ask = self.takes(person);
                let Some(found) = self.asked.requests.get_mut(request) else { return false };
                let may = found.requester == person
                    && may_ask
                    && found.is_open_at(now)
                    && found.reminders < MoneyRequest::REMINDERS_MAX
                    && now - found.told_at >= Duration::days(1);
                if may {
                    found.reminders += 1;
                    found.told_at = now;
                }
                may
            }
            Step::CancelBill { bill } => {
                let mut of_bill: Vec<_> = self
                    .asked
                    .requests
                    .iter_mut()
                    .filter(|found| found.bill == Some(bill))
                    .collect();
                let is_any = of_bill.iter().any(|found| found.is_open_at(now));
                of_bill.iter_mut().for_each(|found| found.is_open &= !found.is_open_at(now));
                is_any
            }
            Step::Wait { .. } => true,
        }
    }

    fn may_ask(&self, person: usize, of: usize, now: OffsetDateTime) -> bool {
        let all = self.asked.requests.iter();
        let of_pair = all.filter(|found| (found.requester, found.payer) == (person, of));
        let day_ago = now - Duration::days(1);
        let open = of_pair.clone().filter(|found| found.is_open_at(now)).count();
        let recent = of_pair.clone().filter(|found| found.made_at > day_ago).count();
        let mut all = of_pair;
        self.takes(person)
            && !self.is_closed[of]
            && open < usize::try_from(OF_PAIR_MAX).unwrap()
            && recent < usize::try_from(RECENT_OF_PAIR_MAX).unwrap()
            && !all.any(|found| found.declined_at.is_some_and(|at| at > day_ago))
    }

    fn ask(
        &mut self,
        requester: usize,
        payer: usize,
        amount: i64,
        bill: Option<usize>,
        now: OffsetDateTime,
    ) {
        let expires_at = now + Duration::days(30);
        let (is_open, reminders, told_at) = (true, 0, now);
        let wished = Wished {
            requester,
            payer,
            amount,
            bill,
            is_open,
            expires_at,
            reminders,
            told_at,
            made_at: now,
            declined_at: None,
        };
        self.asked.requests.push(wished);
    }

    fn pay_asked(
        &mut self,
        person: usize,
        request: usize,
        is_shown: bool,
        now: OffsetDateTime,
    ) -> bool {
        let Some(found) = self.asked.requests.get(request) else { return false };
        let (to, amount) = (found.requester, found.amount);
        let may = found.payer == person && found.is_open_at(now);
        let is_paid = may && self.send([person, to], amount, [is_shown, false], now);
        self.asked.requests[request].is_open &= !is_paid;
        is_paid
    }

    /// Whether something that this person has asked for is open.
    pub(super) fn asks(&self, person: usize, now: OffsetDateTime) -> bool {
        let mut own = self.asked.requests.iter().filter(|found| found.requester == person);
        own.any(|found| found.is_open_at(now))
    }

    fn end_asked(
        &mut self,
        request: usize,
        now: OffsetDateTime,
        may: impl Fn(&Wished) -> bool,
    ) -> bool {
        let Some(found) = self.asked.requests.get_mut(request) else { return false };
        let is_done = may(found) && found.is_open_at(now);
        found.is_open &= !is_done;
        is_done
    }
}

impl<K: Keeper> World<K> {
    pub(super) fn take_between(&mut self, step: Step) -> bool {
        match step.among(self.asked.requests.len()) {
            Step::Ask { person, of, amount } => {
                let [requester, payer] = [self.people[person], self.people[of]];
                let wanted = AskForMoney { requester, payer, amount: hkd(amount), note: None };
                let asked = self.decide(&wanted);
                self.asked.requests.extend(asked.iter().map(|(request, _)| request.id));
                asked.is_ok()
            }
            Step::Split { person, shares } => self.split(person, shares),
            Step::Pay { person, request, is_shown } => {
                let Some(id) = self.asked.requests.get(request).copied() else { return false };
                let asked = self.books.money_request(id).unwrap();
                let (to, amount) = (asked.requester.id, asked.amount.minor_units());
                self.send(person, to, amount, Some(id), is_shown)
            }
            Step::Decline { person, request } => {
                self.end_asked(person, request, MoneyRequestEnd::Declined)
            }
            Step::Cancel { person, request } => {
                self.end_asked(person, request, MoneyRequestEnd::Cancelled)
            }
            Step::Remind { person, request } => {
                let Some(id) = self.asked.requests.get(request).copied() else { return false };
                let Some(asked) = self.books.money_request(id) else { return false };
                let (requester, payer) = (self.people[person], asked.payer.id);
                let wanted = RemindPayer { id, requester, payer };
                self.decide(&wanted).is_ok()
            }
            Step::CancelBill { bill } => {
                let Some((bill, request_ids)) = self.asked.bills.get(bill).cloned() else {
                    return false;
                };
                let wanted = CancelBill { bill, request_ids };
                self.decide(&wanted).is_ok_and(|(_, told)| !told.is_empty())
            }
            Step::Wait { hours } => self.wait(Duration::hours(hours)),
        }
    }

    fn split(&mut self, person: usize, shares: [i64; PEOPLE - 1]) -> bool {
        let others = self.people.iter().enumerate().filter(|(other, _)| *other != person);
        let others: Vec<UserId> = others.map(|(_, id)| *id).collect();
        let total = hkd(shares.iter().sum());
        let by_hand = others.iter().copied().zip(shares.map(hkd)).collect();
        let wanted = SplitBill {
            creator: self.people[person],
            total,
            split: Split::Amounts(by_hand),
            note: None,
            payment_id: None,
            peer_payment_id: None,
        };
        let Ok((bill, _)) = self.decide(&wanted) else { return false };
        let asked = |payer: UserId| {
            let mut all = self.books.money_requests.all();
            let found = all.find(|found| found.bill_id == Some(bill.id) && found.payer.id == payer);
            found.unwrap().id
        };
        let ids: Vec<MoneyRequestId> = others.into_iter().map(asked).collect();
        self.asked.requests.extend(&ids);
        self.asked.bills.push((bill, ids));
        true
    }

    fn end_asked(&mut self, person: usize, request: usize, end: MoneyRequestEnd) -> bool {
        let Some(id) = self.asked.requests.get(request).copied() else { return false };
        let wanted = EndMoneyRequest { id, by: self.people[person], end };
        // A second time nobody is told anything.
        self.decide(&wanted).is_ok_and(|(_, told)| !told.is_empty())
    }

    /// As if they had been written, and read again by the next transaction.
    pub(super) fn commit_money_requests(&mut self) {
        self.books.money_requests = Rows::new(self.books.money_requests.all().cloned().collect());
        self.count_open_requests();
    }

    pub(super) fn count_open_requests(&mut self) {
        let mut counts = std::collections::HashMap::new();
        for found in self.books.money_requests.all() {
            let pair = (found.requester.id.uuid(), found.payer.id.uuid());
            let of_pair: &mut OfPair = counts.entry(pair).or_default();
            of_pair.open += u32::from(found.require_open(self.books.now).is_ok());
            of_pair.recent += u32::from(found.created_at > self.books.now - WINDOW);
            of_pair.declined_at = of_pair.declined_at.max(found.declined_at);
        }
        self.books.open_requests = OpenRequests::new(counts);
    }
}
