//! What telemetry sees of the ledger: audits and what they found, how operations are carried, that
//! its months were kept, what waits for reviewers, or long for the bank, and where lists are read.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram};
use service::telemetry;

/// Counts an audit that was completed. An alert fires when none was for a day.
pub(crate) fn audited(is_balanced: bool) {
    static AUDITED: OnceLock<Counter<u64>> = OnceLock::new();
    let Some(meter) = telemetry::meter() else { return };
    let outcome = if is_balanced { "balanced" } else { "contradiction" };
    let audited = AUDITED.get_or_init(|| meter.u64_counter("ledger.audited").build());
    audited.add(1, &[KeyValue::new("outcome", outcome)]);
}

/// What telemetry knows of transactions that carry operations.
struct Batches {
    /// Operations in one.
    members: Histogram<u64>,
    /// How often one was not committed at the first try.
    repeats: Counter<u64>,
}

fn batches() -> Option<&'static Batches> {
    static BATCHES: OnceLock<Batches> = OnceLock::new();
    let meter = telemetry::meter()?;
    Some(BATCHES.get_or_init(|| Batches {
        members: meter.u64_histogram("ledger.batch").build(),
        repeats: meter.u64_counter("ledger.batch.repeated").build(),
    }))
}

/// A transaction has carried so many operations.
pub(crate) fn committed(members: usize) {
    let Some(batches) = batches() else { return };
    batches.members.record(u64::try_from(members).unwrap_or(u64::MAX), &[]);
}

/// A transaction was undone, and is tried again whole or in halves.
pub(crate) fn repeated(cause: &'static str) {
    let Some(batches) = batches() else { return };
    batches.repeats.add(1, &[KeyValue::new("cause", cause)]);
}

struct Months {
    /// Whole months after this one that have a partition.
    ahead: Gauge<i64>,
    /// Runs of the timer. An alert fires when none was good for two days.
    kept: Counter<u64>,
}

/// Reports a run of the timer that makes months ahead and drops old keys. What is short weighs more
/// than that this run failed.
pub(crate) fn months_kept(ahead: i64, is_short: bool, has_failed: bool) {
    static MONTHS: OnceLock<Months> = OnceLock::new();
    let Some(meter) = telemetry::meter() else { return };
    let months = MONTHS.get_or_init(|| Months {
        ahead: meter.i64_gauge("ledger.months_ahead").build(),
        kept: meter.u64_counter("ledger.months_kept").build(),
    });
    let outcome = match (is_short, has_failed) {
        (true, _) => "short",
        (false, true) => "failed",
        (false, false) => "kept",
    };
    months.ahead.record(ahead, &[]);
    months.kept.add(1, &[KeyValue::new("outcome", outcome)]);
}

/// Reports how many payments wait for a reviewer. An alert fires when they are too many.
pub(crate) fn payments_held(count: u64) {
    static HELD: OnceLock<Gauge<u64>> = OnceLock::new();
    let Some(meter) = telemetry::meter() else { return };
    HELD.get_or_init(|| meter.u64_gauge("ledger.payments_held").build()).record(count, &[]);
}

/// Reports for how many top-ups and withdrawals the bank has not answered in time. An alert fires
/// at the first.
pub(crate) fn bank_answers_overdue(count: u64) {
    static OVERDUE: OnceLock<Gauge<u64>> = OnceLock::new();
    let Some(meter) = telemetry::meter() else { return };
    let gauge = OVERDUE.get_or_init(|| meter.u64_gauge("ledger.bank_answers_overdue").build());
    gauge.record(count, &[]);
}

/// Reports whether a day's takings are still not settled when they should be. An alert fires.
pub(crate) fn settlement_late(is_late: bool) {
    static LATE: OnceLock<Gauge<u64>> = OnceLock::new();
    let Some(meter) = telemetry::meter() else { return };
    let gauge = LATE.get_or_init(|| meter.u64_gauge("ledger.settlement_late").build());
    gauge.record(is_late.into(), &[]);
}

/// Counts a list by the server that it is read on: `replica`, `primary`, or `nowhere`.
pub(crate) fn listed(server: &'static str) {
    static LISTED: OnceLock<Counter<u64>> = OnceLock::new();
    let Some(meter) = telemetry::meter() else { return };
    let listed = LISTED.get_or_init(|| meter.u64_counter("history.listed").build());
    listed.add(1, &[KeyValue::new("server", server)]);
}
