//! The form of one event in a segment file: length and checksum of the body, then the body.
//!
//! Body: sequence number, offset, enqueued time (i64 each), length of the partition key (u16,
//! [`NO_KEY`] for none), the key, the encoded AMQP message. Integers are little-endian.

/// Length and checksum, four bytes each.
const HEADER_BYTES: usize = 8;
/// A body that claims to be larger is damage: messages are at most 1 MiB.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
const NO_KEY: u16 = u16::MAX;

/// One event of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) sequence: i64,
    pub(crate) offset: i64,
    /// Milliseconds since 1970.
    pub(crate) enqueued_ms: i64,
    pub(crate) partition_key: Option<String>,
    /// The AMQP message as the producer encoded it.
    pub(crate) message: Vec<u8>,
}

/// Why bytes are not a record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undecodable {
    /// The record needs `total` bytes, header included.
    Incomplete {
        total: usize,
    },
    Damaged,
}

impl Record {
    /// Appends the record to `out`; `None` when the key or the message is longer than the format
    /// can hold.
    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Option<()> {
        let key = self.partition_key.as_deref();
        let key_length = match key {
            Some(key) => u16::try_from(key.len()).ok().filter(|n| *n != NO_KEY)?,
            None => NO_KEY,
        };
        let mut body = Vec::with_capacity(self.message.len().checked_add(64)?);
        for number in [self.sequence, self.offset, self.enqueued_ms] {
            body.extend_from_slice(&number.to_le_bytes());
        }
        body.extend_from_slice(&key_length.to_le_bytes());
        body.extend_from_slice(key.unwrap_or_default().as_bytes());
        body.extend_from_slice(&self.message);
        if body.len() > MAX_BODY_BYTES {
            return None;
        }
        out.extend_from_slice(&u32::try_from(body.len()).ok()?.to_le_bytes());
        out.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
        out.extend_from_slice(&body);
        Some(())
    }

    /// Reads the record at the start of `bytes`, with the number of bytes it takes.
    pub(super) fn decode(bytes: &[u8]) -> Result<(Self, usize), Undecodable> {
        let Some((header, rest)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            return Err(Undecodable::Incomplete { total: HEADER_BYTES });
        };
        let [l0, l1, l2, l3, c0, c1, c2, c3] = *header;
        let length = usize::try_from(u32::from_le_bytes([l0, l1, l2, l3]))
            .ok()
            .filter(|length| *length <= MAX_BODY_BYTES)
            .ok_or(Undecodable::Damaged)?;
        let total = HEADER_BYTES.saturating_add(length);
        let body = rest.get(..length).ok_or(Undecodable::Incomplete { total })?;
        if crc32fast::hash(body) != u32::from_le_bytes([c0, c1, c2, c3]) {
            return Err(Undecodable::Damaged);
        }
        Self::decode_body(body).map(|record| (record, total)).ok_or(Undecodable::Damaged)
    }

    fn decode_body(body: &[u8]) -> Option<Self> {
        let (sequence, body) = body.split_first_chunk()?;
        let (offset, body) = body.split_first_chunk()?;
        let (enqueued_ms, body) = body.split_first_chunk()?;
        let (key_length, body) = body.split_first_chunk()?;
        let (partition_key, message) = match u16::from_le_bytes(*key_length) {
            NO_KEY => (None, body),
            length => {
                let (key, message) = body.split_at_checked(usize::from(length))?;
                (Some(String::from_utf8(key.to_vec()).ok()?), message)
            }
        };
        Some(Self {
            sequence: i64::from_le_bytes(*sequence),
            offset: i64::from_le_bytes(*offset),
            enqueued_ms: i64::from_le_bytes(*enqueued_ms),
            partition_key,
            message: message.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(key: Option<&str>) -> Record {
        Record {
            sequence: 7,
            offset: 4096,
            enqueued_ms: 1_700_000_000_123,
            partition_key: key.map(str::to_owned),
            message: b"message".to_vec(),
        }
    }

    fn encoded(record: &Record) -> Vec<u8> {
        let mut bytes = Vec::new();
        record.encode(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_record_reads_back_as_written_with_and_without_a_key() {
        for key in [None, Some(""), Some("account-1")] {
            let bytes = encoded(&record(key));
            assert_eq!(Record::decode(&bytes), Ok((record(key), bytes.len())));
        }
    }

    #[test]
    fn every_shortened_record_is_incomplete() {
        let bytes = encoded(&record(Some("key")));
        for length in 0..bytes.len() {
            let result = Record::decode(bytes.get(..length).unwrap());
            assert!(matches!(result, Err(Undecodable::Incomplete { .. })), "{length}");
        }
    }

    #[test]
    fn a_changed_byte_of_the_body_is_damage() {
        let bytes = encoded(&record(Some("key")));
        for position in HEADER_BYTES..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[position] ^= 1;
            assert_eq!(Record::decode(&damaged), Err(Undecodable::Damaged));
        }
    }

    #[test]
    fn an_impossible_length_is_damage_and_not_a_wait_for_more_bytes() {
        assert_eq!(Record::decode(&[0xff; 64]), Err(Undecodable::Damaged));
    }
}
