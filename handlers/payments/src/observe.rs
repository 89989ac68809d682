//! What telemetry sees of the ledger: that an audit was completed, and what it found.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use service::telemetry;

/// Counts an audit that was completed. An alert fires when none was for a day.
pub(crate) fn audited(is_balanced: bool) {
    static AUDITED: OnceLock<Counter<u64>> = OnceLock::new();
    let Some(meter) = telemetry::meter() else { return };
    let outcome = if is_balanced { "balanced" } else { "contradiction" };
    let audited = AUDITED.get_or_init(|| meter.u64_counter("ledger.audited").build());
    audited.add(1, &[KeyValue::new("outcome", outcome)]);
}
