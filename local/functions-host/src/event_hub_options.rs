//! `extensions.eventHubs` of host.json: how many events an invocation takes, and which knobs are
//! set to what this host does not do.

use serde::Deserialize;

const MAX_EVENT_BATCH_SIZE: usize = 100;
const FROM_START: &str = "fromStart";

/// The knobs of all event hub triggers of an app.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct EventHubOptions {
    max_event_batch_size: Option<usize>,
    min_event_batch_size: Option<u64>,
    batch_checkpoint_frequency: Option<u64>,
    initial_offset_options: InitialOffset,
}

/// Where a hub is read from that was not read before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct InitialOffset {
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl EventHubOptions {
    /// Most events in one invocation.
    pub(crate) fn max_event_batch_size(&self) -> usize {
        self.max_event_batch_size.unwrap_or(MAX_EVENT_BATCH_SIZE).max(1)
    }

    /// A knob that is set to what this host does not do.
    pub(crate) fn unsupported(&self) -> Option<&'static str> {
        let above_one = |knob: Option<u64>| knob.is_some_and(|number| number > 1);
        let start = self.initial_offset_options.kind.as_deref().unwrap_or(FROM_START);
        let knobs = [
            (above_one(self.min_event_batch_size), "eventHubs.minEventBatchSize over 1"),
            (
                above_one(self.batch_checkpoint_frequency),
                "eventHubs.batchCheckpointFrequency over 1",
            ),
            (
                !start.eq_ignore_ascii_case(FROM_START),
                "eventHubs.initialOffsetOptions but fromStart",
            ),
        ];
        knobs.into_iter().find_map(|(is_set, knob)| is_set.then_some(knob))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_this_host_does_not_do_is_named() {
        let unsupported = |json: Value| {
            let options: EventHubOptions = serde_json::from_value(json).unwrap();
            options.unsupported().unwrap_or_default()
        };
        let done = json!({
            "minEventBatchSize": 1, "batchCheckpointFrequency": 1, "prefetchCount": 300,
            "initialOffsetOptions": { "type": "FromStart" },
        });
        assert_eq!(unsupported(done), "");
        for (knob, value) in [
            ("minEventBatchSize", json!(10)),
            ("batchCheckpointFrequency", json!(5)),
            ("initialOffsetOptions", json!({ "type": "fromEnd" })),
        ] {
            assert!(unsupported(json!({ knob: value })).contains(knob), "{knob}");
        }
    }
}
