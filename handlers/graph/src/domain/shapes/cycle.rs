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
    /// Where it has to come back to.
    account: GraphAccountId,
    near: &'n Near,
    sight: &'s mut Sight,
    steps: usize,
    /// Whom the money went by.
    way: Vec<GraphAccountId>,
}

/// A cycle that the account began, or is in: whoever is in the middle of one saw the money come
/// before it left.
pub(super) fn find_cycle(
    account: GraphAccountId,
    near: &Near,
    since: OffsetDateTime,
    sight: &mut Sight,
) {
    let Some(own) = near.get(&account) else { return };
    let mut search = Search { account, near, sight, steps: 0, way: Vec::new() };
    let passages = own.since(since);
    let begun = passages.iter().find_map(|left| search.cycle(account, left));
    let found = begun.or_else(|| {
        let least = percent_of(CYCLE_CENTS, CYCLE_BACK_PERCENT);
        let came = passages.iter().filter(|passage| passage.is_in && passage.cents >= least);
        let passed = |came: &&Passage| {
            let goes_on = |next: &Passage| came.goes_on_in(next, CYCLE_WITHIN, CYCLE_KEPT_PERCENT);
            passages.iter().any(|next| next.is_money_gone() && goes_on(next))
        };
        came.filter(passed).find_map(|came| search.cycle_around(account, came, since))
    });
    let Some((left, back)) = found else { return };
    let hops = search.way.len().saturating_add(1);
    let (amount, share) = (hkd(left), percent(back, left));
    search.sight.involved.extend(search.way.into_iter().filter(|id| *id != account));
    let words = format!("{share} % of {amount} came back after {hops} hops within 24 h");
    search.sight.find(RiskReason::Cycle, words);
}

impl<'n> Search<'n, '_> {
    /// What left, and what of it came back, of a cycle that begins with this.
    fn cycle(&mut self, beginner: GraphAccountId, left: &'n Passage) -> Option<(i64, i64)> {
        let payee = left.person().filter(|_| !left.is_in && left.cents >= CYCLE_CENTS)?;
        let may_be_back = |passage: &Passage| {
            let is_others = passage.person().is_some_and(|payer| payer != payee);
            passage.is_in && is_others && left.goes_on_in(passage, CYCLE_WITHIN, CYCLE_BACK_PERCENT)
        };
        self.near.get(&beginner)?.since(left.at).iter().any(may_be_back).then_some(())?;
        (self.account, self.way) = (beginner, vec![payee]);
        Some((left.cents, self.back(left)?))
    }

    /// The same, of one that may have begun with whoever had the money before it came here.
    fn cycle_around(
        &mut self,
        account: GraphAccountId,
        came: &'n Passage,
        since: OffsetDateTime,
    ) -> Option<(i64, i64)> {
        let mut stack = vec![(came, 1_usize)];
        while let Some((came, hops)) = stack.pop() {
            self.steps = self.steps.saturating_add(1);
            let payer = came.person().filter(|_| self.steps <= STEPS_MAX);
            let Some(payer) = payer.filter(|payer| *payer != account) else { continue };
            let Some(dealings) = neighbour(self.near, payer, self.sight) else { continue };
            let passages = dealings.since(since);
            if let Some(left) = passages.iter().find(|left| left.is_same(came))
                && let Some(found) = self.cycle(payer, left)
                && self.way.contains(&account)
            {
                self.way.push(payer);
                self.way.retain(|id| *id != account);
                return Some(found);
            }
            if hops < *CYCLE_HOPS.end() {
                let before = passages.iter().filter(|before| {
                    before.is_in && before.goes_on_in(came, CYCLE_WITHIN, CYCLE_KEPT_PERCENT)
                });
                stack.extend(before.map(|before| (before, hops.saturating_add(1))));
            }
        }
        None
    }

    /// What comes back of what left, if anything does.
    fn back(&mut self, left: &'n Passage) -> Option<i64> {
        let mut stack = vec![(left, self.way.clone())];
        while let Some((came, way)) = stack.pop() {
            let at = *way.last()?;
            let Some(dealings) = neighbour(self.near, at, self.sight) else { continue };
            for next in dealings.since(came.at) {
                self.steps = self.steps.saturating_add(1);
                if self.steps > STEPS_MAX {
                    return None;
                }
                let Some(payee) = next.person().filter(|_| !next.is_in) else { continue };
                if !came.goes_on_in(next, CYCLE_WITHIN, CYCLE_KEPT_PERCENT)
                    || !left.goes_on_in(next, CYCLE_WITHIN, 0)
                {
                    continue;
                }
                let hops = way.len().saturating_add(1);
                let is_enough = next.cents >= percent_of(left.cents, CYCLE_BACK_PERCENT);
                if payee == self.account && CYCLE_HOPS.contains(&hops) && is_enough {
                    self.way = way;
                    return Some(next.cents);
                }
                let is_new = payee != self.account && !way.contains(&payee);
                if is_new && hops < *CYCLE_HOPS.end() {
                    let mut on = way.clone();
                    on.push(payee);
                    stack.push((next, on));
                }
            }
        }
        None
    }
}
