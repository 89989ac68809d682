//! What people and shops try in a random history.

use proptest::prelude::*;

use super::{
    PEOPLE, SHOPS, amount, authorisations, automatic_top_ups, disputes, edges, held_payments,
    money_requests, parcels, schedules, settlements, shops, stops,
};
use crate::domain::limits::WalletTier;

/// The longest of them.
const STEPS_MAX: usize = 100;

/// One thing that somebody tries. Requests, payments, top-ups and what goes to banks are named
/// by the order in which they came.
#[derive(Debug, Clone)]
pub(super) enum Step {
    TopUp { person: usize, amount: i64, is_debit: bool },
    Settle { top_up: usize, amount: i64 },
    Refuse { top_up: usize },
    Withdraw { person: usize, amount: i64, is_by_fps: bool },
    EndWithdrawal { withdrawal: usize, is_paid: bool },
    Authorise { person: usize, shop: usize, amount: i64 },
    EndAuthorisation { authorisation: usize, end: authorisations::End },
    Pay { person: usize, request: usize, tip: i64 },
    PayStatic { person: usize, shop: usize, amount: i64, tip: i64 },
    Send { person: usize, to: usize, amount: i64, is_shown: bool },
    Refund { payment: usize, amount: i64 },
    Know { person: usize, tier: WalletTier },
    Wait { minutes: i64 },
    Stop(stops::StopStep),
    Shop(shops::ShopStep),
    Between(money_requests::Step),
    Parcel(parcels::ParcelStep),
    Schedule(schedules::ScheduleStep),
    Dispute(disputes::DisputeStep),
    Automatic(automatic_top_ups::AutomaticStep),
    Edge(edges::EdgeStep),
    Held(held_payments::HeldStep),
    Hide { sent: usize },
    Settlement(settlements::SettlementStep),
}

/// Most of them are about something, since what takes many steps happens by chance too rarely.
pub(super) fn history() -> impl Strategy<Value = Vec<Step>> {
    fn about(subject: impl Strategy<Value = Step> + 'static) -> BoxedStrategy<Vec<Step>> {
        prop::collection::vec(prop_oneof![2 => subject, 1 => step()], 1..STEPS_MAX).boxed()
    }
    let paid = paid(1..50_000_i64);
    prop_oneof![
        3 => prop::collection::vec(step(), 1..STEPS_MAX),
        1 => about(prop_oneof![1 => paid, 4 => disputes::step().prop_map(Step::Dispute)]),
        1 => about(automatic_top_ups::step().prop_map(Step::Automatic)),
        1 => about(edges::step().prop_map(Step::Edge)),
        1 => about(captured()),
        1 => about(held()),
        1 => about(settled()),
        1 => about(stopped()),
    ]
}

/// By shops that are approved, and no more, and again.
fn captured() -> impl Strategy<Value = Step> {
    let ended = (0..4_usize, authorisations::end(1..500_i64));
    prop_oneof![
        2 => (0..PEOPLE, 0..SHOPS, 1..5_000_i64)
            .prop_map(|(person, shop, amount)| Step::Authorise { person, shop, amount }),
        2 => ended.prop_map(
            |(authorisation, end)| Step::EndAuthorisation { authorisation, end }
        ),
        1 => shops::approval().prop_map(Step::Shop),
        1 => edges::wait().prop_map(Step::Edge),
    ]
}

fn held() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..PEOPLE, 0..PEOPLE, 1..30_000_i64, any::<bool>()).prop_map(
            |(person, to, amount, is_shown)| Step::Send { person, to, amount, is_shown }
        ),
        6 => held_payments::step().prop_map(Step::Held),
        1 => (0..8_usize).prop_map(|sent| Step::Hide { sent }),
        2 => edges::close().prop_map(Step::Edge),
    ]
}

/// Of shops that are paid much, over days.
fn settled() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => paid(5_000..50_000_i64),
        2 => (0..PEOPLE, 50_000..300_000_i64)
            .prop_map(|(person, amount)| Step::TopUp { person, amount, is_debit: false }),
        2 => (0..8_usize, 1..20_000_i64)
            .prop_map(|(payment, amount)| Step::Refund { payment, amount }),
        4 => settlements::step().prop_map(Step::Settlement),
        2 => (1..24 * 60_i64).prop_map(|minutes| Step::Wait { minutes }),
    ]
}

/// Of money that may neither come nor go, or not all of it.
fn stopped() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => stops::step().prop_map(Step::Stop),
        1 => paid(1..50_000_i64),
        2 => (0..PEOPLE, 0..PEOPLE, 1..50_000_i64).prop_map(
            |(person, to, amount)| Step::Send { person, to, amount, is_shown: false }
        ),
        3 => captured(),
        2 => held(),
        1 => parcels::step().prop_map(Step::Parcel),
        1 => edges::step().prop_map(Step::Edge),
    ]
}

fn paid(amount: impl Strategy<Value = i64>) -> impl Strategy<Value = Step> {
    (0..PEOPLE, 0..SHOPS, amount, tip()).prop_map(|(person, shop, amount, tip)| Step::PayStatic {
        person,
        shop,
        amount,
        tip,
    })
}

/// Mostly none.
fn tip() -> impl Strategy<Value = i64> {
    prop_oneof![2 => Just(0), 1 => 1..2_000_i64]
}

fn step() -> impl Strategy<Value = Step> {
    let (person, shop, index) = (0..PEOPLE, 0..SHOPS, 0..8_usize);
    prop_oneof![
        3 => (person.clone(), amount(), any::<bool>())
            .prop_map(|(person, amount, is_debit)| Step::TopUp { person, amount, is_debit }),
        2 => (index.clone(), amount()).prop_map(|(top_up, amount)| Step::Settle { top_up, amount }),
        1 => index.clone().prop_map(|top_up| Step::Refuse { top_up }),
        3 => (person.clone(), amount(), any::<bool>()).prop_map(
            |(person, amount, is_by_fps)| Step::Withdraw { person, amount, is_by_fps }
        ),
        2 => (index.clone(), any::<bool>())
            .prop_map(|(withdrawal, is_paid)| Step::EndWithdrawal { withdrawal, is_paid }),
        3 => (person.clone(), shop, amount())
            .prop_map(|(person, shop, amount)| Step::Authorise { person, shop, amount }),
        3 => (index.clone(), authorisations::end(amount()))
            .prop_map(|(authorisation, end)| Step::EndAuthorisation { authorisation, end }),
        4 => (person.clone(), index.clone(), tip())
            .prop_map(|(person, request, tip)| Step::Pay { person, request, tip }),
        3 => paid(amount()),
        3 => (person.clone(), person.clone(), amount(), any::<bool>()).prop_map(
            |(person, to, amount, is_shown)| Step::Send { person, to, amount, is_shown }
        ),
        4 => (index, amount()).prop_map(|(payment, amount)| Step::Refund { payment, amount }),
        1 => (person, prop::sample::select(WalletTier::ALL))
            .prop_map(|(person, tier)| Step::Know { person, tier }),
        4 => prop_oneof![5 => 1..8_i64, 4 => 1..3 * 24 * 60_i64, 1 => 1..12_000_i64]
            .prop_map(|minutes| Step::Wait { minutes }),
        2 => stops::step().prop_map(Step::Stop),
        5 => shops::step().prop_map(Step::Shop),
        8 => money_requests::step().prop_map(Step::Between),
        8 => parcels::step().prop_map(Step::Parcel),
        8 => schedules::step().prop_map(Step::Schedule),
        8 => disputes::step().prop_map(Step::Dispute),
        6 => automatic_top_ups::step().prop_map(Step::Automatic),
        4 => edges::step().prop_map(Step::Edge),
        3 => held_payments::step().prop_map(Step::Held),
        3 => settlements::step().prop_map(Step::Settlement),
        1 => (0..8_usize).prop_map(|sent| Step::Hide { sent }),
    ]
}
