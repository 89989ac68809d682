//! When an endpoint is sent nothing more.

use super::webhook::{AttemptOutcome, DisabledReason, EndpointStatus};

/// So often the message itself was tried that ends the patience with its endpoint: on the ladder of
/// retries that is two hours and a half. Of a shop with little traffic the failure before may be
/// of last week, and says nothing of the days between.
const TRIES_MIN: u32 = 5;

/// Why an endpoint is disabled after an attempt at a message that has failed `failures` times,
/// this one included; `None` if it is not. What its owner paused stays paused.
pub(crate) fn disabled_after(
    status: EndpointStatus,
    outcome: AttemptOutcome,
    failures: u32,
    has_failed_long: bool,
) -> Option<DisabledReason> {
    if status != EndpointStatus::Enabled || outcome == AttemptOutcome::Delivered {
        None
    } else if outcome == AttemptOutcome::Gone {
        Some(DisabledReason::Gone)
    } else {
        (has_failed_long && failures >= TRIES_MIN).then_some(DisabledReason::Failing)
    }
}

#[cfg(test)]
mod tests {
    use super::AttemptOutcome::{Delivered, Gone, Refused, TimedOut};
    use super::EndpointStatus::{Disabled, Enabled, Paused};
    use super::*;

    #[test]
    fn one_failed_try_long_after_another_failure_does_not_disable() {
        assert_eq!(disabled_after(Enabled, TimedOut, 1, true), None);
        assert_eq!(disabled_after(Enabled, TimedOut, 4, true), None);
        assert_eq!(disabled_after(Enabled, TimedOut, 5, true), Some(DisabledReason::Failing));
        assert_eq!(disabled_after(Enabled, Refused, 8, true), Some(DisabledReason::Failing));
    }

    #[test]
    fn neither_failures_of_less_than_three_days_nor_a_success_disable() {
        assert_eq!(disabled_after(Enabled, TimedOut, 8, false), None);
        assert_eq!(disabled_after(Enabled, Delivered, 8, true), None);
    }

    #[test]
    fn who_is_gone_is_disabled_at_once_and_who_is_not_enabled_never() {
        assert_eq!(disabled_after(Enabled, Gone, 1, false), Some(DisabledReason::Gone));
        for status in [Paused, Disabled] {
            assert_eq!(disabled_after(status, Gone, 8, true), None);
            assert_eq!(disabled_after(status, TimedOut, 8, true), None);
        }
    }
}
