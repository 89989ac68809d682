//! What telemetry sees of the graph: that a day of it was compared with the ledger.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use service::telemetry;

/// Counts a comparison that was completed. An alert fires when none was for a day.
pub(crate) fn verified(is_equal: bool) {
    static VERIFIED: OnceLock<Counter<u64>> = OnceLock::new();
    let Some(meter) = telemetry::meter() else { return };
    let outcome = if is_equal { "equal" } else { "difference" };
    let verified = VERIFIED.get_or_init(|| meter.u64_counter("graph.verified").build());
    verified.add(1, &[KeyValue::new("outcome", outcome)]);
}
