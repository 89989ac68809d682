//! `extensions.queues` of host.json: how a queue is polled, and when a message is given up.

use std::time::Duration;

use serde::Deserialize;

use crate::time_span::TimeSpan;

const BATCH_SIZE: usize = 16;
/// The queue gives no more at a time.
const BATCH_SIZE_MAX: usize = 32;
const POLLING_INTERVAL_MAX: Duration = Duration::from_secs(60);
const DEQUEUE_COUNT_MAX: u64 = 5;

/// The shortest wait between two looks at an empty queue.
pub(crate) const POLLING_INTERVAL_MIN: Duration = Duration::from_millis(100);

/// How the text of a message is written in the queue.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MessageEncoding {
    /// As base64.
    #[default]
    Base64,
    /// As it is.
    None,
}

/// The knobs of all queue triggers of an app.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct QueueOptions {
    /// How many messages are taken at a time.
    pub(crate) batch_size: usize,
    new_batch_threshold: Option<usize>,
    /// How many times a message is tried.
    pub(crate) max_dequeue_count: u64,
    /// How long a message waits that could not be processed.
    visibility_timeout: TimeSpan,
    max_polling_interval: TimeSpan,
    /// How messages are written in the queue.
    pub(crate) message_encoding: MessageEncoding,
}

impl Default for QueueOptions {
    fn default() -> Self {
        Self {
            batch_size: BATCH_SIZE,
            new_batch_threshold: None,
            max_dequeue_count: DEQUEUE_COUNT_MAX,
            visibility_timeout: TimeSpan(Duration::ZERO),
            max_polling_interval: TimeSpan(POLLING_INTERVAL_MAX),
            message_encoding: MessageEncoding::Base64,
        }
    }
}

impl QueueOptions {
    /// More are taken as soon as no more than this are being processed.
    pub(crate) fn new_batch_threshold(&self) -> usize {
        self.new_batch_threshold.unwrap_or(self.batch_size / 2)
    }

    /// How long a message waits that could not be processed.
    pub(crate) fn visibility_timeout(&self) -> Duration {
        self.visibility_timeout.0
    }

    /// The longest wait between two looks at an empty queue.
    pub(crate) fn max_polling_interval(&self) -> Duration {
        self.max_polling_interval.0
    }

    /// Names the knob whose value the host does not take.
    pub(crate) fn unusable(&self) -> Option<&'static str> {
        let checks = [
            ((1..=BATCH_SIZE_MAX).contains(&self.batch_size), "batchSize"),
            (self.max_dequeue_count >= 1, "maxDequeueCount"),
            (self.max_polling_interval.0 >= POLLING_INTERVAL_MIN, "maxPollingInterval"),
        ];
        checks.iter().find(|(is_usable, _)| !is_usable).map(|(_, knob)| *knob)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(json: &str) -> QueueOptions {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_new_batch_is_taken_at_half_of_one_unless_host_json_says_otherwise() {
        assert_eq!(options("{}"), QueueOptions::default());
        assert_eq!(QueueOptions::default().new_batch_threshold(), 8);
        assert_eq!(options(r#"{"batchSize":4}"#).new_batch_threshold(), 2);
        assert_eq!(options(r#"{"newBatchThreshold":0}"#).new_batch_threshold(), 0);
    }

    #[test]
    fn values_that_the_host_does_not_take_are_named() {
        for (json, knob) in [
            (r#"{"batchSize":33}"#, Some("batchSize")),
            (r#"{"batchSize":0}"#, Some("batchSize")),
            (r#"{"maxDequeueCount":0}"#, Some("maxDequeueCount")),
            (r#"{"maxPollingInterval":"00:00:00.05"}"#, Some("maxPollingInterval")),
            (r#"{"messageEncoding":"none","visibilityTimeout":"00:00:30"}"#, None),
        ] {
            assert_eq!(options(json).unusable(), knob, "{json}");
        }
    }
}
