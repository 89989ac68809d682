//! Events between the wire and the log: what a delivery holds, and the message a consumer gets.

use fe2o3_amqp_types::{
    definitions::{AmqpError, Error},
    messaging::{
        AmqpValue, Body, DeliveryAnnotations, Message, MessageAnnotations,
        message::{__private::Serializable, DecodeIntoMessage as _},
    },
    primitives::{Timestamp, Value},
};
use serde_amqp::read::SliceReader;

use crate::log::{NewEvent, Record, State};

/// Message format of a batch: each data section of the body is an encoded message.
const BATCH_FORMAT: u32 = 0x8001_3700;
/// The service's own limit.
const MAX_PARTITION_KEY_CHARS: usize = 128;

const PARTITION_KEY: &str = "x-opt-partition-key";
const SEQUENCE_NUMBER: &str = "x-opt-sequence-number";
const OFFSET: &str = "x-opt-offset";
const ENQUEUED_TIME: &str = "x-opt-enqueued-time";
const LAST_SEQUENCE_NUMBER: &str = "last_enqueued_sequence_number";
const LAST_OFFSET: &str = "last_enqueued_offset";
const LAST_ENQUEUED_TIME: &str = "last_enqueued_time_utc";
const RETRIEVAL_TIME: &str = "runtime_info_retrieval_time_utc";

/// A message whose body may be of any kind.
pub(crate) type AnyMessage = Message<Body<Value>>;

/// The events of one delivery. They go to the same partition together.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) partition_key: Option<String>,
    pub(crate) events: Vec<NewEvent>,
}

impl Incoming {
    /// Takes a single message or a batch apart. Each message of a batch is decoded, so that no
    /// consumer meets a broken one.
    pub(crate) fn from_message(format: u32, message: AnyMessage) -> Result<Self, Error> {
        let partition_key = partition_key(&message)?;
        let messages = match message.body {
            Body::Data(sections) if format == BATCH_FORMAT => sections
                .into_iter()
                .map(|section| {
                    let bytes = section.0.into_vec();
                    decode(&bytes).map(|_| bytes)
                })
                .collect::<Result<Vec<_>, _>>(),
            Body::Value(_) | Body::Sequence(_) | Body::Empty if format == BATCH_FORMAT => {
                return Err(invalid("the body of a batch must be data sections"));
            }
            Body::Data(_) | Body::Value(_) | Body::Sequence(_) | Body::Empty => {
                serde_amqp::to_vec(&Serializable(message)).map(|bytes| vec![bytes])
            }
        };
        let messages = messages
            .map_err(|error| Error::new(AmqpError::DecodeError, Some(error.to_string()), None))?;
        let event = |message| NewEvent { partition_key: partition_key.clone(), message };
        Ok(Self { events: messages.into_iter().map(event).collect(), partition_key })
    }
}

/// The message of a record with the annotations that tell its place.
pub(crate) fn to_message(record: Record) -> Result<AnyMessage, serde_amqp::Error> {
    let mut message = decode(&record.message)?;
    let MessageAnnotations(annotations) = message.message_annotations.get_or_insert_default();
    annotations.insert(SEQUENCE_NUMBER.into(), Value::Long(record.sequence));
    annotations.insert(OFFSET.into(), Value::String(record.offset.to_string()));
    let enqueued = Timestamp::from_milliseconds(record.enqueued_ms);
    annotations.insert(ENQUEUED_TIME.into(), Value::Timestamp(enqueued));
    if let Some(key) = record.partition_key {
        annotations.insert(PARTITION_KEY.into(), Value::String(key));
    }
    // A message without a body section is legal here but not to every client.
    if let Body::Empty = message.body {
        message.body = Body::Value(AmqpValue(Value::Null));
    }
    Ok(message)
}

/// Where the partition ended when an event was sent, for a consumer that asked to be told.
pub(crate) fn last_enqueued(partition: &State, now_ms: i64) -> DeliveryAnnotations {
    let time = |ms| Value::Timestamp(Timestamp::from_milliseconds(ms));
    DeliveryAnnotations::builder()
        .insert(LAST_SEQUENCE_NUMBER, Value::Long(partition.next_sequence.saturating_sub(1)))
        .insert(LAST_OFFSET, Value::String(partition.last_offset.to_string()))
        .insert(LAST_ENQUEUED_TIME, time(partition.last_enqueued_ms))
        .insert(RETRIEVAL_TIME, time(now_ms))
        .build()
}

/// A stored message.
pub(crate) fn decode(bytes: &[u8]) -> Result<AnyMessage, serde_amqp::Error> {
    Body::<Value>::decode_message_from_reader(SliceReader::new(bytes))
}

fn partition_key(message: &AnyMessage) -> Result<Option<String>, Error> {
    let Some(MessageAnnotations(annotations)) = &message.message_annotations else {
        return Ok(None);
    };
    let found = annotations.iter().find(|(key, _)| **key == PARTITION_KEY.into());
    match found {
        None | Some((_, Value::Null)) => Ok(None),
        Some((_, Value::String(key))) if key.chars().count() <= MAX_PARTITION_KEY_CHARS => {
            Ok(Some(key.clone()))
        }
        Some(_) => Err(invalid("x-opt-partition-key must be a string of at most 128 characters")),
    }
}

fn invalid(description: &str) -> Error {
    Error::new(AmqpError::InvalidField, Some(description.to_owned()), None)
}
