//! What looks as if deceived people's money ran through an account: pure functions of the edges of
//! an account and of those near it. The figures have no source but what a wallet's limits allow; a
//! reviewer decides, and what they say should change them.

use std::collections::{BTreeMap, BTreeSet};

use time::{Duration, OffsetDateTime};
use values::{AccountRisk, GraphAccountId, Money, code_enum};

use super::passage::{Dealings, Later, Passage, passed_on, percent, percent_of};

mod cycle;
#[cfg(test)]
mod tests;

/// A shape counts for so long, unless it goes on: then the account is as it was.
pub(crate) const SEEN_FOR: Duration = Duration::hours(24);

/// So many people who are no friends and were not dealt with before …
const FAN_IN_STRANGERS: usize = 8;
/// … pay within …
const FAN_IN_WITHIN: Duration = Duration::hours(2);
/// … so much in all, HK$2,000 …
const FAN_IN_CENTS: i64 = 200_000;
/// … of which so many hundredths …
const FAN_IN_LEFT_PERCENT: i64 = 90;
/// … leave until so long after the last of them.
const FAN_IN_LEFT_WITHIN: Duration = Duration::minutes(30);

/// What comes, HK$1,000 or more, goes on to the next within …
const CHAIN_DWELL: Duration = Duration::hours(1);
const CHAIN_CENTS: i64 = 100_000;
/// … but for a cut: so many hundredths of it at least.
const CHAIN_KEPT_PERCENT: i64 = 80;
/// Three or more movements, all within `SEEN_FOR`.
const CHAIN_HOPS: u32 = 3;

/// Below what the standing rules of step-up ask the PIN for, HK$2,000, by a tenth at most …
const JUST_BELOW_CENTS: i64 = 200_000;
const JUST_BELOW_PERCENT: i64 = 90;
/// … so many times within `SEEN_FOR`.
const JUST_BELOW_TIMES: usize = 6;

/// Accounts whose edges are read to see one shape: of all that an account is near to, those that
/// its money may have come from or gone to.
pub(crate) const NEAR_MAX: usize = 20;

code_enum! {
    /// What was seen.
    pub(crate) enum RiskReason {
        /// Many strangers paid, and most of it left at once.
        FanIn = "fan-in",
        /// What came went on at once, and had come or went on so again.
        Chain = "chain",
        /// What left came back by way of others.
        Cycle = "cycle",
        /// Again and again just below what the PIN is asked for.
        JustBelow = "just-below",
    }
}

impl RiskReason {
    /// What it makes of an account.
    pub(crate) const fn risk(self) -> AccountRisk {
        match self {
            Self::FanIn | Self::Chain => AccountRisk::High,
            Self::Cycle | Self::JustBelow => AccountRisk::Elevated,
        }
    }
}

/// A shape, in words that name nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) reason: RiskReason,
    pub(crate) explanation: String,
}

/// The account that is looked at, and those near it that were read.
pub(crate) type Near = BTreeMap<GraphAccountId, Dealings>;

/// What was seen of an account.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    pub(crate) findings: Vec<Finding>,
    /// Whose edges would have to be read to see more.
    pub(crate) unread: BTreeSet<GraphAccountId>,
    /// Who else may be in a shape by what was seen here, and may not have moved anything lately.
    pub(crate) involved: BTreeSet<GraphAccountId>,
}

impl Sight {
    fn find(&mut self, reason: RiskReason, explanation: String) {
        self.findings.push(Finding { reason, explanation });
    }
}

/// All shapes that an account is in at this moment, each once.
pub(crate) fn look_at(account: GraphAccountId, near: &Near, now: OffsetDateTime) -> Sight {
    let mut sight = Sight::default();
    let Some(own) = near.get(&account) else { return sight };
    let since = now.saturating_sub(SEEN_FOR);
    find_fan_in(own, since, &mut sight);
    find_chain(account, near, since, &mut sight);
    cycle::find_cycle(account, near, since, &mut sight);
    find_just_below(own, since, &mut sight);
    sight
}

fn find_fan_in(own: &Dealings, since: OffsetDateTime, sight: &mut Sight) {
    let ends = own.since(since).iter().filter(|passage| passage.is_in);
    let fans = ends.filter_map(|last| fan_in(own, last.at));
    if let Some((_, explanation)) = fans.max_by_key(|(strangers, _)| *strangers) {
        sight.find(RiskReason::FanIn, explanation);
    }
}

/// The strangers who paid until the moment, if they were many and their money left.
fn fan_in(own: &Dealings, last: OffsetDateTime) -> Option<(usize, String)> {
    let begun = last.saturating_sub(FAN_IN_WITHIN);
    let ended = last.saturating_add(FAN_IN_LEFT_WITHIN);
    let around = own.since(begun);
    let before = own.passages.get(..own.passages.len().saturating_sub(around.len()))?;
    let known: BTreeSet<_> = before.iter().filter_map(Passage::person).collect();
    let is_stranger = |passage: &Passage| {
        let person = passage.person().filter(|id| !known.contains(id));
        passage.at <= last && person.is_some_and(|id| !own.friends.contains(&id))
    };
    let came = |passage: &&Passage| passage.is_in && is_stranger(passage);
    let strangers: BTreeSet<_> = around.iter().filter(came).filter_map(Passage::person).collect();
    let total = around.iter().filter(came).fold(0_i64, |sum, one| sum.saturating_add(one.cents));
    if strangers.len() < FAN_IN_STRANGERS || total < FAN_IN_CENTS {
        return None;
    }
    let passages = around
        .iter()
        .filter(|passage| came(passage) || (passage.is_money_gone() && passage.at <= ended));
    let (mut gone, mut gone_at) = (0_i64, last);
    for part in passed_on(passages) {
        gone = gone.saturating_add(part.cents);
        gone_at = gone_at.max(part.left_at);
    }
    let left = percent(gone, total);
    (left >= FAN_IN_LEFT_PERCENT).then(|| {
        let (count, total) = (strangers.len(), hkd(total));
        let minutes = minutes(gone_at.saturating_sub_time(last));
        (
            count,
            format!(
                "received {total} from {count} strangers in 2 h, {left} % left within {minutes}"
            ),
        )
    })
}

/// The first chain is told of. What goes on here may be the first or the last hop of a chain that
/// only a neighbour is in, so each of those is involved.
fn find_chain(account: GraphAccountId, near: &Near, since: OffsetDateTime, sight: &mut Sight) {
    let Some(own) = near.get(&account) else { return };
    let passages = own.since(since);
    let mut first = None;
    for came in passages.iter().filter(|passage| passage.is_in && passage.cents >= CHAIN_CENTS) {
        let gone = passages.iter().filter(|next| {
            let is_back = came.person().is_some() && next.person() == came.person();
            next.is_money_gone() && !is_back && goes_on(came, next)
        });
        for next in gone {
            sight.involved.extend(came.person().into_iter().chain(next.person()));
            let Some(payer) = came.person() else { continue };
            let before = neighbour(near, payer, sight).and_then(|dealings| {
                let earlier = dealings.since(since).iter().filter(|earlier| earlier.is_in);
                hop(account, earlier.filter(|earlier| goes_on(earlier, came)))
            });
            let payee = next.person();
            let after =
                payee.and_then(|payee| neighbour(near, payee, sight)).and_then(|dealings| {
                    let later = dealings.since(since).iter().filter(|later| later.is_money_gone());
                    hop(account, later.filter(|later| goes_on(next, later)))
                });
            let are_both = before.is_some() && after.is_some();
            if ![before, after].contains(&Some(Hop::WithPerson)) && !are_both {
                continue;
            }
            first.get_or_insert((came, next, CHAIN_HOPS.saturating_add(are_both.into())));
        }
    }
    let Some((came, next, hops)) = first else { return };
    let (amount, dwell) = (hkd(came.cents), next.at.saturating_sub_time(came.at));
    let (share, minutes) = (percent(next.cents, came.cents), minutes(dwell));
    sight.find(
        RiskReason::Chain,
        format!("{share} % of {amount} went on within {minutes}, in {hops} or more hops"),
    );
}

/// The movement next to an account's own that the same money made, the better one first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hop {
    /// From or to another person.
    WithPerson,
    /// From or to a bank or a link: so also whoever tops up for a child who takes it out. Alone it
    /// makes no chain.
    WithOutside,
}

/// The best of these, with others than the account.
fn hop<'p>(account: GraphAccountId, passages: impl Iterator<Item = &'p Passage>) -> Option<Hop> {
    let others = passages.map(Passage::person).filter(|person| *person != Some(account));
    others.map(|person| if person.is_some() { Hop::WithPerson } else { Hop::WithOutside }).min()
}

fn goes_on(came: &Passage, next: &Passage) -> bool {
    came.cents >= CHAIN_CENTS && came.goes_on_in(next, CHAIN_DWELL, CHAIN_KEPT_PERCENT)
}

/// The neighbour's dealings; to be read if they were not.
fn neighbour<'n>(near: &'n Near, id: GraphAccountId, sight: &mut Sight) -> Option<&'n Dealings> {
    let found = near.get(&id);
    if found.is_none() {
        sight.unread.insert(id);
    }
    found
}

fn find_just_below(own: &Dealings, since: OffsetDateTime, sight: &mut Sight) {
    let least = percent_of(JUST_BELOW_CENTS, JUST_BELOW_PERCENT);
    let passages = own.since(since).iter();
    let below = passages.filter(|passage| (least..JUST_BELOW_CENTS).contains(&passage.cents));
    let (came, gone): (Vec<_>, Vec<_>) = below
        .filter(|passage| passage.is_money_gone() || passage.person().is_some())
        .partition(|passage| passage.is_in);
    let times = came.len().max(gone.len());
    if times >= JUST_BELOW_TIMES {
        let below = hkd(JUST_BELOW_CENTS);
        let explanation = format!("{times} times in 24 h just below {below}");
        sight.find(RiskReason::JustBelow, explanation);
    }
}

fn hkd(cents: i64) -> String {
    Money::hkd(cents).map_or_else(|_| cents.to_string(), |money| money.to_string())
}

fn minutes(time: Duration) -> String {
    const SECONDS: i64 = 60;
    let seconds = time.whole_seconds().saturating_add(SECONDS).saturating_sub(1);
    format!("{} min", seconds.checked_div(SECONDS).unwrap_or_default())
}
