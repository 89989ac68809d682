//! What telemetry sees of codes by text message: how many are sent, and how many come back right.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use service::telemetry;

/// Counts a code whose message was accepted. An alert fires when many are sent of which few come
/// back: somebody has messages sent that nobody asked for.
pub(crate) fn code_sent() {
    count_code("sent");
}

/// Counts a right answer to a challenge.
pub(crate) fn code_came_back() {
    count_code("came-back");
}

fn count_code(outcome: &'static str) {
    static CODES: OnceLock<Counter<u64>> = OnceLock::new();
    let Some(meter) = telemetry::meter() else { return };
    let codes = CODES.get_or_init(|| meter.u64_counter("otp.codes").build());
    codes.add(1, &[KeyValue::new("outcome", outcome)]);
}
