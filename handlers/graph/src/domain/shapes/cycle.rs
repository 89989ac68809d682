//! Money that left and came back by way of others.

use time::{Duration, OffsetDateTime};
use values::GraphAccountId;

use super::{Near, RiskReason, Sight, hkd, neighbour};
use crate::domain::passage::{Passage, percent, percent_of};

/// So many movements, from and to the account, within so long.
const CYCLE_HOPS: std::ops::RangeInclusive<usize> = 3..=6;
const CYCLE_WITHIN: Duration = Duration::hours(24);
/// HK$1,000 or more leave …
const CYCLE_CENTS: i64 = 100_000;
/// … and so many hundredths of it come back …
const CYCLE_BACK_PERCENT: i64 = 50;
/// … of which each on the way passes so many on.
const CYCLE_KEPT_PERCENT: i64 = 80;
/// Movements that are looked at: whoever makes thousands alike is seen by other shapes.
const STEPS_MAX: usize = 10_000;

/// A search along what may be the same money.
struct Search<'n, 's> {
    /// Who is looked at.
    account: GraphAccountId,
    near: &'n Near,
    sight: &'s mut Sight,
    steps: usize,
    /// The first that was found.
    first: Option<Cycle>,
}

/// What left its beginner, and what of it came back.
struct Cycle {
    left: i64,
    back: i64,
    hops: usize,
}

/// Cycles that the account began, or is in: whoever is in the middle of one saw the money come
/// before it left. The first is told of; whoever is in any of them is involved.
pub(super) fn find_cycle(
    account: GraphAccountId,
    near: &Near,
    since: OffsetDateTime,
    sight: &mut Sight,
) {
    let Some(own) = near.get(&account) else { return };
    let mut search = Search { account, near, sight, steps: 0, first: None };
    let passages = own.since(since);
    for left in passages {
        search.begin(account, left);
    }
    let least = percent_of(CYCLE_CENTS, CYCLE_BACK_PERCENT);
    let came = passages.iter().filter(|passage| passage.is_in && passage.cents >= least);
    let passed = |came: &&Passage| {
        let goes_on = |next: &Passage| came.goes_on_in(next, CYCLE_WITHIN, CYCLE_KEPT_PERCENT);
        passages.iter().any(|next| next.is_money_gone() && goes_on(next))
    };
    for came in came.filter(passed) {
        search.look_before(came, since);
    }
    let Some(Cycle { left, back, hops }) = search.first else { return };
    let (amount, share) = (hkd(left), percent(back, left));
    let words = format!("{share} % of {amount} came back after {hops} hops within 24 h");
    sight.find(RiskReason::Cycle, words);
}

impl<'n> Search<'n, '_> {
    /// The cycles that begin with what left an account.
    fn begin(&mut self, beginner: GraphAccountId, left: &'n Passage) {
        let payee = left.person().filter(|_| !left.is_in && left.cents >= CYCLE_CENTS);
        let (Some(payee), Some(dealings)) = (payee, self.near.get(&beginner)) else { return };
        let may_be_back = |passage: &Passage| {
            let is_others = passage.person().is_some_and(|payer| payer != payee);
            passage.is_in && is_others && left.goes_on_in(passage, CYCLE_WITHIN, CYCLE_BACK_PERCENT)
        };
        if dealings.since(left.at).iter().any(may_be_back) {
            self.go_on(left, vec![beginner, payee]);
        }
    }

    /// The cycles that may have begun with whoever had the money before it came to the account.
    fn look_before(&mut self, came: &'n Passage, since: OffsetDateTime) {
        let mut stack = vec![(came, 1_usize)];
        while let Some((came, hops)) = stack.pop() {
            self.steps = self.steps.saturating_add(1);
            let payer = came.person().filter(|_| self.steps <= STEPS_MAX);
            let Some(payer) = payer.filter(|payer| *payer != self.account) else { continue };
            let Some(dealings) = neighbour(self.near, payer, self.sight) else { continue };
            let passages = dealings.since(since);
            if let Some(left) = passages.iter().find(|left| left.is_same(came)) {
                self.begin(payer, left);
            }
            if hops < *CYCLE_HOPS.end() {
                let before = passages.iter().filter(|before| {
                    before.is_in && before.goes_on_in(came, CYCLE_WITHIN, CYCLE_KEPT_PERCENT)
                });
                stack.extend(before.map(|before| (before, hops.saturating_add(1))));
            }
        }
    }

    /// What comes back of what left, by way of these: its beginner is the first of them.
    fn go_on(&mut self, left: &'n Passage, way: Vec<GraphAccountId>) {
        let Some(beginner) = way.first().copied() else { return };
        let mut stack = vec![(left, way)];
        while let Some((came, way)) = stack.pop() {
            let at = way.last().and_then(|at| neighbour(self.near, *at, self.sight));
            for next in at.map(|dealings| dealings.since(came.at)).unwrap_or_default() {
                self.steps = self.steps.saturating_add(1);
                if self.steps > STEPS_MAX {
                    return;
                }
                let Some(payee) = next.person().filter(|_| !next.is_in) else { continue };
                if !came.goes_on_in(next, CYCLE_WITHIN, CYCLE_KEPT_PERCENT)
                    || !left.goes_on_in(next, CYCLE_WITHIN, 0)
                {
                    continue;
                }
                let is_enough = next.cents >= percent_of(left.cents, CYCLE_BACK_PERCENT);
                if payee == beginner && CYCLE_HOPS.contains(&way.len()) && is_enough {
                    self.close(left, next, &way);
                }
                if !way.contains(&payee) && way.len() < *CYCLE_HOPS.end() {
                    let mut on = way.clone();
                    on.push(payee);
                    stack.push((next, on));
                }
            }
        }
    }

    /// A cycle is one of the account's if the account is in it.
    fn close(&mut self, left: &Passage, back: &Passage, way: &[GraphAccountId]) {
        if way.contains(&self.account) {
            self.sight.involved.extend(way.iter().filter(|id| **id != self.account));
            let cycle = Cycle { left: left.cents, back: back.cents, hops: way.len() };
            self.first.get_or_insert(cycle);
        }
    }
}
