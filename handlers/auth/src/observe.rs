//! What telemetry sees of codes by text message: to how many challenges they are sent, and how many
//! challenges are used, by range of numbers.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use service::telemetry;
use values::Phone;

static CODES: OnceLock<Counter<u64>> = OnceLock::new();
const RANGE_DIGITS: usize = 2;

/// Counts a challenge whose message was accepted. An alert fires when many are sent of which few
/// come back: somebody has messages sent that nobody asked for.
pub(crate) fn code_sent(phone: &Phone) {
    count_code("sent", &phone.to_string());
}

/// Counts a challenge to this number that was used. Not each right answer: one challenge may get
/// several, and would hide others that were never answered.
pub(crate) fn code_came_back(phone: &str) {
    count_code("came-back", phone);
}

fn count_code(outcome: &'static str, phone: &str) {
    let Some(codes) = codes() else { return };
    let range = KeyValue::new("range", range(phone).to_owned());
    codes.add(1, &[KeyValue::new("outcome", outcome), range]);
}

fn codes() -> Option<&'static Counter<u64>> {
    CODES.get().or_else(|| {
        let meter = telemetry::meter()?;
        Some(CODES.get_or_init(|| meter.u64_counter("otp.codes").build()))
    })
}

/// The first two of the eight digits, which a million numbers share, so that they name nobody.
/// Whoever is paid for messages that arrive has numbers side by side: among all they may not show.
fn range(phone: &str) -> &str {
    let digits = phone.strip_prefix("+852").unwrap_or_default();
    digits.get(..RANGE_DIGITS).unwrap_or("none")
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use opentelemetry::metrics::MeterProvider;
    use opentelemetry_sdk::error::OTelSdkResult;
    use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics};
    use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
    use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};

    use super::*;

    /// How many codes had an outcome, by outcome and range.
    pub(crate) type Counts = BTreeMap<(String, String), u64>;

    /// What is counted in this process from now on. Only one test can ask for it.
    pub(crate) struct Counted {
        provider: SdkMeterProvider,
        newest: Newest,
    }

    #[derive(Clone, Default)]
    struct Newest(Arc<Mutex<Counts>>);

    impl Counted {
        pub(crate) fn from_now_on() -> Self {
            let newest = Newest::default();
            let reader = PeriodicReader::builder(newest.clone()).build();
            let provider = SdkMeterProvider::builder().with_reader(reader).build();
            let counter = provider.meter("test").u64_counter("otp.codes").build();
            assert!(CODES.set(counter).is_ok(), "another test counts too");
            Self { provider, newest }
        }

        pub(crate) fn counts(&self) -> Counts {
            self.provider.force_flush().unwrap();
            self.newest.0.lock().unwrap().clone()
        }
    }

    impl PushMetricExporter for Newest {
        async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
            let mut counts = self.0.lock().unwrap();
            for metric in metrics.scope_metrics().flat_map(|scope| scope.metrics()) {
                let AggregatedMetrics::U64(MetricData::Sum(sum)) = metric.data() else { continue };
                for point in sum.data_points() {
                    let value = |name: &str| {
                        let mut named = point.attributes().filter(|it| it.key.as_str() == name);
                        named.next().unwrap().value.to_string()
                    };
                    counts.insert((value("outcome"), value("range")), point.value());
                }
            }
            Ok(())
        }

        fn force_flush(&self) -> OTelSdkResult {
            Ok(())
        }

        fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
            Ok(())
        }

        fn temporality(&self) -> Temporality {
            Temporality::Cumulative
        }
    }

    #[test]
    fn a_range_has_a_million_numbers() {
        assert_eq!(range("+85261234567"), "61");
        assert_eq!(range(""), "none");
    }
}
