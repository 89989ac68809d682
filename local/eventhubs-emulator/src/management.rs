//! The `$management` node: tells the properties of hubs and partitions.

use std::time::{SystemTime, UNIX_EPOCH};

use fe2o3_amqp_types::primitives::{Array, OrderedMap, Timestamp, Value};

use crate::{
    access::{Access, Denied},
    event::AnyMessage,
    hubs::{Hub, Hubs},
    request::{Reply, text_property},
};

const HUB_TYPE: &str = "com.microsoft:eventhub";
const PARTITION_TYPE: &str = "com.microsoft:partition";

/// Answers `READ` of a hub or a partition.
pub(crate) fn read(request: &AnyMessage, hubs: &Hubs, access: &Access) -> Reply {
    match text_property(request, "operation") {
        Some("READ") => {}
        Some(other) => return Reply::status(501, format!("{other} is not READ")),
        None => return Reply::status(400, "the request names no operation"),
    }
    let Some(name) = text_property(request, "name") else {
        return Reply::status(400, "the request names no hub");
    };
    let hub = match access.hub(name, hubs) {
        Ok(hub) => hub,
        Err(denied @ Denied::NoToken(_)) => return Reply::status(401, denied.to_string()),
        Err(denied @ Denied::NoHub(_)) => return Reply::status(404, denied.to_string()),
    };
    match text_property(request, "type") {
        Some(HUB_TYPE) => ok(hub_properties(hub)),
        Some(PARTITION_TYPE) => {
            let id = text_property(request, "partition").unwrap_or_default();
            partition_properties(hub, id).map_or_else(
                || Reply::status(404, format!("the event hub {name} has no partition {id}")),
                ok,
            )
        }
        Some(_) | None => {
            Reply::status(400, format!("the type is not {HUB_TYPE} or {PARTITION_TYPE}"))
        }
    }
}

fn ok(properties: Vec<(&str, Value)>) -> Reply {
    let mut body = OrderedMap::new();
    for (name, value) in properties {
        body.insert(Value::String(name.to_owned()), value);
    }
    Reply { status: 200, description: "OK".to_owned(), body }
}

fn hub_properties(hub: &Hub) -> Vec<(&'static str, Value)> {
    let count = hub.partition_count();
    let ids: Vec<Value> = (0..count).map(|id| Value::String(id.to_string())).collect();
    vec![
        ("name", Value::String(hub.name.clone())),
        ("type", Value::String(HUB_TYPE.to_owned())),
        ("created_at", timestamp(ms_since_1970(hub.created))),
        ("partition_count", Value::Int(i32::try_from(count).unwrap_or(i32::MAX))),
        ("partition_ids", Value::Array(Array::from(ids))),
    ]
}

fn partition_properties(hub: &Hub, id: &str) -> Option<Vec<(&'static str, Value)>> {
    let state = hub.partition(id)?.log.state();
    let last_sequence = state.next_sequence.saturating_sub(1);
    Some(vec![
        ("name", Value::String(hub.name.clone())),
        ("type", Value::String(PARTITION_TYPE.to_owned())),
        ("partition", Value::String(id.to_owned())),
        ("begin_sequence_number", Value::Long(state.first_sequence())),
        ("last_enqueued_sequence_number", Value::Long(last_sequence)),
        ("last_enqueued_sequence_number_epoch", Value::Long(0)),
        ("last_enqueued_offset", Value::String(state.last_offset.to_string())),
        ("last_enqueued_time_utc", timestamp(state.last_enqueued_ms)),
        ("is_partition_empty", Value::Bool(state.is_empty())),
    ])
}

fn timestamp(ms: i64) -> Value {
    Value::Timestamp(Timestamp::from_milliseconds(ms))
}

fn ms_since_1970(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_millis()).ok())
        .unwrap_or(0)
}
