//! What telemetry sees of reports: that takings were compared with the books, how exports end, and
//! which days the bank and the books do not agree on.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge};
use service::telemetry;

/// Counts a check that was completed. An alert fires when none was for a day.
pub(crate) fn checked(do_agree: bool) {
    static CHECKED: OnceLock<Counter<u64>> = OnceLock::new();
    let Some(meter) = telemetry::meter() else { return };
    let outcome = if do_agree { "agreed" } else { "difference" };
    let checked = CHECKED.get_or_init(|| meter.u64_counter("takings.checked").build());
    checked.add(1, &[KeyValue::new("outcome", outcome)]);
}

/// Counts an export that ended: `done`, or why there is no file.
pub(crate) fn exported(outcome: &'static str) {
    static EXPORTED: OnceLock<Counter<u64>> = OnceLock::new();
    let Some(meter) = telemetry::meter() else { return };
    let exported = EXPORTED.get_or_init(|| meter.u64_counter("exports.ended").build());
    exported.add(1, &[KeyValue::new("outcome", outcome)]);
}

/// Reports how many days that should be closed by now are not. An alert fires at the first.
pub(crate) fn bank_days_late(count: u64) {
    static LATE: OnceLock<Gauge<u64>> = OnceLock::new();
    let Some(meter) = telemetry::meter() else { return };
    LATE.get_or_init(|| meter.u64_gauge("bank.days_late").build()).record(count, &[]);
}
