//! What people and shops try in a random history.

use proptest::prelude::*;

use super::{PEOPLE, SHOPS, authorisations, money_requests, parcels, schedules};
use crate::domain::literal_books::WALLET_BALANCE_MAX;

/// One thing that somebody tries. Requests, payments, top-ups and withdrawals are named by the
/// order in which they came.
#[derive(Debug, Clone)]
pub(super) enum Step {
    TopUp { person: usize, amount: i64, is_debit: bool },
    Settle { top_up: usize, amount: i64 },
    Refuse { top_up: usize },
    Withdraw { person: usize, amount: i64 },
    EndWithdrawal { withdrawal: usize, is_paid: bool },
    Authorise { person: usize, shop: usize, amount: i64 },
    EndAuthorisation { authorisation: usize, end: authorisations::End },
    Ask { shop: usize, amount: i64 },
    Approve { shop: usize, is_approved: bool },
    Cancel { request: usize },
    Pay { person: usize, request: usize },
    PayStatic { person: usize, shop: usize, amount: i64 },
    Send { person: usize, to: usize, amount: i64 },
    Refund { payment: usize, amount: i64 },
    Wait { minutes: i64 },
    Between(money_requests::Step),
    Parcel(parcels::ParcelStep),
    Schedule(schedules::ScheduleStep),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let amount = || prop_oneof![1..500_i64, 1..500_000_i64, 1..WALLET_BALANCE_MAX];
    let (person, shop, index) = (0..PEOPLE, 0..SHOPS, 0..8_usize);
    prop_oneof![
        3 => (person.clone(), amount(), any::<bool>())
            .prop_map(|(person, amount, is_debit)| Step::TopUp { person, amount, is_debit }),
        2 => (index.clone(), amount()).prop_map(|(top_up, amount)| Step::Settle { top_up, amount }),
        1 => index.clone().prop_map(|top_up| Step::Refuse { top_up }),
        2 => (person.clone(), amount())
            .prop_map(|(person, amount)| Step::Withdraw { person, amount }),
        2 => (index.clone(), any::<bool>())
            .prop_map(|(withdrawal, is_paid)| Step::EndWithdrawal { withdrawal, is_paid }),
        3 => (person.clone(), shop.clone(), amount())
            .prop_map(|(person, shop, amount)| Step::Authorise { person, shop, amount }),
        3 => (index.clone(), authorisations::end(amount()))
            .prop_map(|(authorisation, end)| Step::EndAuthorisation { authorisation, end }),
        3 => (shop.clone(), amount()).prop_map(|(shop, amount)| Step::Ask { shop, amount }),
        1 => (shop.clone(), any::<bool>())
            .prop_map(|(shop, is_approved)| Step::Approve { shop, is_approved }),
        1 => index.clone().prop_map(|request| Step::Cancel { request }),
        4 => (person.clone(), index.clone())
            .prop_map(|(person, request)| Step::Pay { person, request }),
        3 => (person.clone(), shop, amount())
            .prop_map(|(person, shop, amount)| Step::PayStatic { person, shop, amount }),
        3 => (person.clone(), person, amount())
            .prop_map(|(person, to, amount)| Step::Send { person, to, amount }),
        4 => (index, amount()).prop_map(|(payment, amount)| Step::Refund { payment, amount }),
        2 => prop_oneof![5 => 1..8_i64, 4 => 1..3 * 24 * 60_i64, 1 => 1..12_000_i64]
            .prop_map(|minutes| Step::Wait { minutes }),
        8 => money_requests::step().prop_map(Step::Between),
        8 => parcels::step().prop_map(Step::Parcel),
        8 => schedules::step().prop_map(Step::Schedule),
    ]
}
