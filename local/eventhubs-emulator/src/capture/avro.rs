//! A capture file: Avro's container format, without compression, around the one record that Event
//! Hubs Capture writes. Source: Avro 1.11 specification; "Exploring captured Avro files", Azure.

use std::io::{self, Write};

use fe2o3_amqp_types::{
    messaging::{ApplicationProperties, Body},
    primitives::SimpleValue,
};
use uuid::Uuid;

use crate::{event, log::Record};

const SCHEMA: &str = r#"{
  "type": "record",
  "name": "EventData",
  "namespace": "Microsoft.ServiceBus.Messaging",
  "fields": [
    {"name": "SequenceNumber", "type": "long"},
    {"name": "Offset", "type": "string"},
    {"name": "EnqueuedTimeUtc", "type": "string"},
    {
      "name": "SystemProperties",
      "type": {"type": "map", "values": ["long", "double", "string", "bytes"]}
    },
    {
      "name": "Properties",
      "type": {"type": "map", "values": ["long", "double", "string", "bytes", "null"]}
    },
    {"name": "Body", "type": ["null", "bytes"]}
  ]
}"#;
const MAGIC: &[u8] = b"Obj\x01";

/// Places in the unions of the schema.
const LONG: i64 = 0;
const DOUBLE: i64 = 1;
const STRING: i64 = 2;
const BYTES: i64 = 3;
const NULL: i64 = 4;
const BODY_NULL: i64 = 0;
const BODY_BYTES: i64 = 1;

/// A file that is being written.
#[derive(Debug)]
pub(super) struct AvroFile<W> {
    out: W,
    /// Ends the header and each block.
    marker: [u8; 16],
    /// Bytes so far.
    pub(super) length: u64,
}

impl<W: Write> AvroFile<W> {
    /// Writes the header.
    pub(super) fn begin(out: W) -> io::Result<Self> {
        let mut file = Self { out, marker: Uuid::new_v4().into_bytes(), length: 0 };
        let mut header = MAGIC.to_vec();
        put_map(&mut header, &[("avro.codec", b"null"), ("avro.schema", SCHEMA.as_bytes())]);
        header.extend(file.marker);
        file.write(&header)?;
        Ok(file)
    }

    /// Writes the events as one block.
    pub(super) fn write_block(&mut self, records: &[Record]) -> io::Result<()> {
        let mut events = Vec::new();
        for record in records {
            put_event(&mut events, record)?;
        }
        let mut block = Vec::with_capacity(events.len().saturating_add(64));
        put_length(&mut block, records.len());
        put_bytes(&mut block, &events);
        block.extend(self.marker);
        self.write(&block)
    }

    /// What it was written to.
    pub(super) fn into_inner(self) -> W {
        self.out
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.length = self.length.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(())
    }
}

fn put_event(out: &mut Vec<u8>, record: &Record) -> io::Result<()> {
    let message = event::decode(&record.message).map_err(io::Error::other)?;
    put_long(out, record.sequence);
    put_bytes(out, record.offset.to_string().as_bytes());
    put_bytes(out, enqueued_time(record.enqueued_ms)?.as_bytes());
    let key = record.partition_key.as_ref();
    put_length(out, key.iter().len());
    if let Some(key) = key {
        put_bytes(out, b"x-opt-partition-key");
        put_long(out, STRING);
        put_bytes(out, key.as_bytes());
        put_long(out, 0);
    }
    put_properties(out, message.application_properties);
    match message.body {
        Body::Data(sections) => {
            let sections: Vec<_> =
                sections.into_iter().map(|section| section.0.into_vec()).collect();
            put_long(out, BODY_BYTES);
            put_bytes(out, &sections.concat());
        }
        Body::Value(_) | Body::Sequence(_) | Body::Empty => put_long(out, BODY_NULL),
    }
    Ok(())
}

fn put_properties(out: &mut Vec<u8>, properties: Option<ApplicationProperties>) {
    let Some(ApplicationProperties(properties)) = properties else {
        return put_long(out, 0);
    };
    put_length(out, properties.len());
    if properties.is_empty() {
        return;
    }
    for (name, value) in properties {
        put_bytes(out, name.as_bytes());
        put_property(out, value);
    }
    put_long(out, 0);
}

fn put_property(out: &mut Vec<u8>, value: SimpleValue) {
    let mut put_number = |number: i64| {
        put_long(out, LONG);
        put_long(out, number);
    };
    match value {
        SimpleValue::Byte(number) => put_number(number.into()),
        SimpleValue::Short(number) => put_number(number.into()),
        SimpleValue::Int(number) => put_number(number.into()),
        SimpleValue::Long(number) => put_number(number),
        SimpleValue::Ubyte(number) => put_number(number.into()),
        SimpleValue::Ushort(number) => put_number(number.into()),
        SimpleValue::Uint(number) => put_number(number.into()),
        SimpleValue::Double(number) => {
            put_long(out, DOUBLE);
            out.extend(number.0.to_le_bytes());
        }
        SimpleValue::String(text) => {
            put_long(out, STRING);
            put_bytes(out, text.as_bytes());
        }
        SimpleValue::Binary(bytes) => {
            put_long(out, BYTES);
            put_bytes(out, &bytes);
        }
        // Nothing in the schema is like these, and none of our producers sends one.
        SimpleValue::Null
        | SimpleValue::Bool(_)
        | SimpleValue::Ulong(_)
        | SimpleValue::Float(_)
        | SimpleValue::Decimal32(_)
        | SimpleValue::Decimal64(_)
        | SimpleValue::Decimal128(_)
        | SimpleValue::Char(_)
        | SimpleValue::Timestamp(_)
        | SimpleValue::Uuid(_)
        | SimpleValue::Symbol(_)
        | SimpleValue::Described(_) => put_long(out, NULL),
    }
}

/// As the service writes it: `11/29/2026 6:05:09 PM`.
fn enqueued_time(ms: i64) -> io::Result<String> {
    use time::{OffsetDateTime, macros::format_description};
    let form = format_description!(
        "[month padding:none]/[day padding:none]/[year] \
         [hour repr:12 padding:none]:[minute]:[second] [period]"
    );
    let seconds = ms.div_euclid(1000);
    let at = OffsetDateTime::from_unix_timestamp(seconds).map_err(io::Error::other)?;
    at.format(form).map_err(io::Error::other)
}

fn put_map(out: &mut Vec<u8>, entries: &[(&str, &[u8])]) {
    put_length(out, entries.len());
    for (name, value) in entries {
        put_bytes(out, name.as_bytes());
        put_bytes(out, value);
    }
    put_long(out, 0);
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_length(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn put_length(out: &mut Vec<u8>, length: usize) {
    put_long(out, i64::try_from(length).unwrap_or(i64::MAX));
}

/// Zigzag: small numbers of either sign are short; seven bits a byte, the lowest first.
fn put_long(out: &mut Vec<u8>, number: i64) {
    let mut rest = (number.wrapping_shl(1) ^ (number >> 63)).cast_unsigned();
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            return out.push(low & 0x7f);
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(number: i64) -> Vec<u8> {
        let mut out = Vec::new();
        put_long(&mut out, number);
        out
    }

    #[test]
    fn numbers_are_as_the_specification_shows_them() {
        for (number, bytes) in [(0, "00"), (-1, "01"), (1, "02"), (-64, "7f"), (64, "8001")] {
            let hex: String = long(number).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, bytes, "{number}");
        }
        assert_eq!(long(i64::MIN).len(), 10);
    }

    #[test]
    fn a_time_is_written_as_the_service_writes_it() {
        assert_eq!(enqueued_time(1_795_975_509_123).unwrap(), "11/29/2026 6:05:09 PM");
        assert_eq!(enqueued_time(1_795_910_400_000).unwrap(), "11/29/2026 12:00:00 AM");
    }
}
