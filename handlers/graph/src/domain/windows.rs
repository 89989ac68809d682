//! What ran through an account in an hour, a day and a week before its newest movement: computed
//! from the edges that stand, so that repeats and another order leave the same.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};
use values::GraphAccountId;

use super::graph_edge::StoredEnd;
use super::movement::moment;
use super::passage::{Dealings, Passage, passed_on, percent};

/// How far back edges are read: whoever was dealt with in the seven days before a week is not new
/// in it.
pub(crate) const LOOKED_BACK: Duration = Duration::days(14);
/// What the document of an account's windows is called in the account's partition.
const WINDOWS: &str = "windows";
const WINDOW_HOURS: [(&str, u32); 3] = [("hour", 1), ("day", 24), ("week", 168)];

/// What ran through an account in a time.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) payers: usize,
    pub(crate) payees: usize,
    pub(crate) in_count: usize,
    pub(crate) out_count: usize,
    /// Cents.
    pub(crate) paid_in: i64,
    pub(crate) paid_out: i64,
    /// Of what came in, in hundredths.
    pub(crate) passed_on_percent: i64,
    /// Between in and out, weighted by amount; `None` if nothing was passed on.
    pub(crate) dwell_seconds: Option<i64>,
    /// Who was not dealt with in the days before.
    pub(crate) new_counterparties: usize,
}

impl Window {
    fn of(before: &[Passage], passages: &[Passage]) -> Self {
        let others = |passages: &[Passage], is_wanted: fn(&Passage) -> bool| {
            let wanted = passages.iter().filter(|passage| is_wanted(passage));
            wanted.map(|passage| passage.other).collect::<BTreeSet<StoredEnd>>()
        };
        let sum = |is_in: bool| {
            let wanted = passages.iter().filter(|passage| passage.is_in == is_in);
            wanted.fold((0_usize, 0_i64), |(count, sum), passage| {
                (count.saturating_add(1), sum.saturating_add(passage.cents))
            })
        };
        let ((in_count, paid_in), (out_count, paid_out)) = (sum(true), sum(false));
        let (mut passed, mut weighted) = (0_i64, 0_i64);
        for part in passed_on(passages.iter()) {
            passed = passed.saturating_add(part.cents);
            let seconds = part.dwell.whole_seconds();
            weighted = weighted.saturating_add(part.cents.saturating_mul(seconds));
        }
        let known = others(before, |_| true);
        Self {
            payers: others(passages, |passage| passage.is_in).len(),
            payees: others(passages, |passage| !passage.is_in).len(),
            in_count,
            out_count,
            paid_in,
            paid_out,
            passed_on_percent: percent(passed, paid_in),
            dwell_seconds: weighted.checked_div(passed),
            new_counterparties: others(passages, |_| true).difference(&known).count(),
        }
    }

    fn values(&self) -> [(&'static str, Value); 9] {
        [
            ("payers", json!(self.payers)),
            ("payees", json!(self.payees)),
            ("in_count", json!(self.in_count)),
            ("out_count", json!(self.out_count)),
            ("paid_in", json!(self.paid_in)),
            ("paid_out", json!(self.paid_out)),
            ("passed_on_percent", json!(self.passed_on_percent)),
            ("dwell_seconds", json!(self.dwell_seconds)),
            ("new_counterparties", json!(self.new_counterparties)),
        ]
    }
}

/// The windows of an account until its newest movement, as a vertex in its partition; `None` of one
/// that has had none lately.
pub(crate) fn windows_document(
    account: GraphAccountId,
    dealings: &Dealings,
) -> Option<Map<String, Value>> {
    let until = dealings.passages.last()?.at;
    let mut document = Map::new();
    for (name, value) in [("id", WINDOWS), ("label", WINDOWS), ("partition", &account.to_string())]
    {
        document.insert(name.to_owned(), json!(value));
    }
    let mut set = |name: &str, value: Value| {
        document.insert(name.to_owned(), json!([{"id": name, "_value": value}]));
    };
    set("until", json!(moment(until)));
    for (name, hours) in WINDOW_HOURS {
        let window = window(dealings, until, hours);
        window.values().into_iter().for_each(|(of, value)| set(&format!("{name}_{of}"), value));
    }
    Some(document)
}

/// The same, each with its hours, and until when; none of one that has had no movement lately.
pub(crate) fn windows_of(dealings: &Dealings) -> Option<(OffsetDateTime, [(u32, Window); 3])> {
    let until = dealings.passages.last()?.at;
    Some((until, WINDOW_HOURS.map(|(_, hours)| (hours, window(dealings, until, hours)))))
}

fn window(dealings: &Dealings, until: OffsetDateTime, hours: u32) -> Window {
    let passages = dealings.since(until.saturating_sub(Duration::hours(hours.into())));
    let before = dealings.passages.len().saturating_sub(passages.len());
    Window::of(dealings.passages.get(..before).unwrap_or_default(), passages)
}

#[cfg(test)]
mod tests {
    use super::super::passage_samples::{Shown, account, bank, dealings, person, shop};
    use super::*;

    fn shown() -> Vec<Shown> {
        vec![
            Shown::coming(person(1), 5_000, -200 * 60),
            Shown::coming(person(1), 10_000, -50),
            Shown::coming(person(2), 30_000, -40),
            Shown::going(shop(7), 10_000, -30),
            Shown::going(bank(), 10_000, -10),
        ]
    }

    #[test]
    fn a_window_counts_what_ran_through_and_how_long_it_stayed() {
        let dealings = dealings(&shown());
        let until = dealings.passages.last().unwrap().at;
        let hour = Window {
            payers: 2,
            payees: 2,
            in_count: 2,
            out_count: 2,
            paid_in: 40_000,
            paid_out: 20_000,
            passed_on_percent: 50,
            // 10,000 after 20 minutes, and 10,000 after 30.
            dwell_seconds: Some(25 * 60),
            new_counterparties: 3,
        };
        assert_eq!(window(&dealings, until, 1), hour);
        let week = window(&dealings, until, 168 * 2);
        assert_eq!((week.payers, week.in_count, week.new_counterparties), (2, 3, 4));
        let idle = Window::of(&dealings.passages, &[]);
        assert_eq!((idle.passed_on_percent, idle.dwell_seconds), (0, None));
    }

    #[test]
    fn repeats_and_another_order_leave_the_same_document() {
        let mut shown = shown();
        let once = windows_document(account(), &dealings(&shown)).unwrap();
        shown.extend_from_within(..);
        shown.reverse();
        assert_eq!(windows_document(account(), &dealings(&shown)), Some(once.clone()));
        assert_eq!(once["hour_paid_in"][0]["_value"], 40_000);
        assert_eq!(windows_document(account(), &Dealings::default()), None);
    }
}
