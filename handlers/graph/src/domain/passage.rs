//! Money as one of its two accounts sees it.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};
use values::{GraphAccountId, Money};

use super::graph_edge::{StoredEdge, StoredEnd};
use super::subject::GraphAccountType;

/// What came to an account, or left it. They sort by time, and those of one moment by operation, so
/// that whoever reads the same edges sees them in the same order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Passage {
    pub(crate) at: OffsetDateTime,
    operation: String,
    pub(crate) is_in: bool,
    /// Who is at the other end; `None` if nobody knows any more.
    pub(crate) other: StoredEnd,
    pub(crate) cents: i64,
}

/// A part of what came in that left again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PassedOn {
    pub(crate) cents: i64,
    pub(crate) left_at: OffsetDateTime,
    pub(crate) dwell: Duration,
}

/// What is known of an account's last days.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Dealings {
    /// The oldest first.
    pub(crate) passages: Vec<Passage>,
    pub(crate) friends: BTreeSet<GraphAccountId>,
}

impl Dealings {
    /// Of the edges of an account, in whatever order and however often they were read.
    pub(crate) fn of(account: GraphAccountId, edges: &[StoredEdge]) -> Self {
        let passages: BTreeSet<Passage> =
            edges.iter().filter_map(|edge| Passage::of(account, edge)).collect();
        let others = edges
            .iter()
            .filter(|edge| edge.is_friendship())
            .flat_map(|edge| [edge.from, edge.to].into_iter().flatten().map(|(id, _)| id));
        let friends = others.filter(|id| *id != account).collect();
        Self { passages: passages.into_iter().collect(), friends }
    }

    /// Those from then on.
    pub(crate) fn since(&self, moment: OffsetDateTime) -> &[Passage] {
        let first = self.passages.partition_point(|passage| passage.at < moment);
        self.passages.get(first..).unwrap_or_default()
    }
}

impl Passage {
    fn of(account: GraphAccountId, edge: &StoredEdge) -> Option<Self> {
        let is_own = |end: StoredEnd| end.is_some_and(|(id, _)| id == account);
        let (is_in, other) = if is_own(edge.to) { (true, edge.from) } else { (false, edge.to) };
        (edge.has_moved && is_own(if is_in { edge.to } else { edge.from })).then_some(())?;
        Some(Self {
            at: edge.happened_at?,
            operation: edge.operation.clone()?,
            is_in,
            other,
            cents: edge.amount.map(Money::minor_units)?,
        })
    }

    /// The person at the other end.
    pub(crate) fn person(&self) -> Option<GraphAccountId> {
        let person = self.other.filter(|(_, kind)| *kind == GraphAccountType::User);
        person.map(|(id, _)| id)
    }

    /// Whether the other end sees this as that.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.operation == other.operation && self.is_in != other.is_in
    }

    /// Whether it left to where it can be had as money: to a person, a link or a bank. What a shop
    /// was paid is spent.
    pub(crate) fn is_money_gone(&self) -> bool {
        let is_shop = |(_, kind)| kind == GraphAccountType::Business;
        !self.is_in && !self.other.is_some_and(is_shop)
    }

    /// Whether this one goes on in the next, but for a cut.
    pub(crate) fn goes_on_in(&self, next: &Self, within: Duration, least_percent: i64) -> bool {
        let is_after = next.at >= self.at && next.operation != self.operation;
        let least = percent_of(self.cents, least_percent);
        is_after
            && next.at.saturating_sub_time(self.at) <= within
            && (least..=self.cents).contains(&next.cents)
    }
}

/// So many hundredths.
pub(crate) fn percent_of(cents: i64, percent: i64) -> i64 {
    const HUNDREDTHS: i64 = 100;
    cents.saturating_mul(percent).checked_div(HUNDREDTHS).unwrap_or_default()
}

/// How many hundredths a part is; 0 of nothing.
pub(crate) fn percent(part: i64, whole: i64) -> i64 {
    const HUNDREDTHS: i64 = 100;
    part.saturating_mul(HUNDREDTHS).checked_div(whole).unwrap_or_default()
}

/// How much later.
pub(crate) trait Later {
    fn saturating_sub_time(self, earlier: Self) -> Duration;
}

impl Later for OffsetDateTime {
    fn saturating_sub_time(self, earlier: Self) -> Duration {
        let nanoseconds =
            self.unix_timestamp_nanos().saturating_sub(earlier.unix_timestamp_nanos());
        Duration::nanoseconds(i64::try_from(nanoseconds).unwrap_or(i64::MAX))
    }
}

/// What left of what had come in before: what came first leaves first.
pub(crate) fn passed_on<'p>(passages: impl Iterator<Item = &'p Passage>) -> Vec<PassedOn> {
    let mut waiting: VecDeque<(OffsetDateTime, i64)> = VecDeque::new();
    let mut parts = Vec::new();
    for passage in passages {
        if passage.is_in {
            waiting.push_back((passage.at, passage.cents));
            continue;
        }
        let mut leaving = passage.cents;
        while leaving > 0
            && let Some((came_at, cents)) = waiting.pop_front()
        {
            let part = leaving.min(cents);
            leaving = leaving.saturating_sub(part);
            let rest = cents.saturating_sub(part);
            if rest > 0 {
                waiting.push_front((came_at, rest));
            }
            let dwell = passage.at.saturating_sub_time(came_at);
            parts.push(PassedOn { cents: part, left_at: passage.at, dwell });
        }
    }
    parts
}

/// Whose wallet a document of money is of, if it is a person's.
pub(crate) fn wallet_of(document: &Map<String, Value>) -> Option<GraphAccountId> {
    let text = |name: &str| document.get(name)?.as_str();
    text("day")?;
    let end = if text("id")?.starts_with("out.") { "from" } else { "to" };
    let is_person = text(&format!("{end}_type"))? == GraphAccountType::User.code();
    if is_person { text(end)?.parse().ok() } else { None }
}
