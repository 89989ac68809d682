//! Owns the retry policy of function.json and host.json: how often, and after which wait.

use std::time::Duration;

use serde::Deserialize;

use crate::time_span::TimeSpan;

/// How often a failed invocation is tried again, and with which waits.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(tag = "strategy", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum RetryPolicy {
    /// The same wait before each retry.
    FixedDelay {
        /// Retries after the first attempt; -1 means without end.
        max_retry_count: i64,
        /// Wait before each retry.
        delay_interval: TimeSpan,
    },
    /// A wait that doubles with each retry.
    ExponentialBackoff {
        /// Retries after the first attempt; -1 means without end.
        max_retry_count: i64,
        /// Wait before the first retry.
        minimum_interval: TimeSpan,
        /// No wait is longer than this.
        maximum_interval: TimeSpan,
    },
}

impl RetryPolicy {
    /// Retries after the first attempt; -1 means without end.
    pub(crate) fn max_retry_count(&self) -> i64 {
        match self {
            Self::FixedDelay { max_retry_count, .. }
            | Self::ExponentialBackoff { max_retry_count, .. } => *max_retry_count,
        }
    }

    /// The wait before retry number `retry` (counted from 0), or nothing when there is none left.
    pub(crate) fn wait_before(&self, retry: u32) -> Option<Duration> {
        let max = self.max_retry_count();
        if max != -1 && i64::from(retry) >= max {
            return None;
        }
        Some(match self {
            Self::FixedDelay { delay_interval, .. } => delay_interval.0,
            Self::ExponentialBackoff { minimum_interval, maximum_interval, .. } => {
                let factor = 2_u32.saturating_pow(retry);
                minimum_interval.0.saturating_mul(factor).min(maximum_interval.0)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponential_policy_without_end_doubles_up_to_its_maximum() {
        let policy: RetryPolicy = serde_json::from_str(
            r#"{"strategy":"exponentialBackoff","maxRetryCount":-1,
                "minimumInterval":"00:00:01","maximumInterval":"00:00:15"}"#,
        )
        .unwrap();
        let waits = [0, 1, 2, 3, 4, 1000].map(|retry| policy.wait_before(retry).unwrap().as_secs());
        assert_eq!(waits, [1, 2, 4, 8, 15, 15]);
    }

    #[test]
    fn a_policy_of_two_retries_ends_after_the_third_attempt() {
        let policy: RetryPolicy = serde_json::from_str(
            r#"{"strategy":"fixedDelay","maxRetryCount":2,"delayInterval":"00:00:05"}"#,
        )
        .unwrap();
        assert_eq!(policy.wait_before(1), Some(Duration::from_secs(5)));
        assert_eq!(policy.wait_before(2), None);
    }
}
