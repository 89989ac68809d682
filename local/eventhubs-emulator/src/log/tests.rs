//! A log through restarts, damage and retention.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{LogError, LogReader, LogWriter, NewEvent, Record, Start};

/// A directory that is removed at the end of the test.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        Self(env::temp_dir().join(format!("eventhubs-log-{}", uuid::Uuid::new_v4())))
    }

    fn open(&self) -> LogWriter {
        LogWriter::open(&self.0).unwrap()
    }

    /// A segment is full after six of the events below.
    fn open_small(&self, retained_bytes: u64) -> LogWriter {
        LogWriter::open_with_limits(&self.0, 200, retained_bytes).unwrap()
    }

    fn segments(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    }

    fn last_segment(&self) -> PathBuf {
        self.segments().pop().unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn append(writer: &mut LogWriter, messages: &[&str]) {
    let event = |message: &&str| NewEvent {
        partition_key: Some("key".to_owned()),
        message: message.as_bytes().to_vec(),
    };
    writer.append(messages.iter().map(event).collect()).unwrap();
}

fn append_numbers(writer: &mut LogWriter, numbers: std::ops::Range<i64>) {
    for number in numbers {
        append(writer, &[&number.to_string()]);
    }
}

fn read(writer: &LogWriter, start: Start) -> Vec<Record> {
    let mut reader = LogReader::new(Arc::clone(writer.log()), start).unwrap();
    let mut records = Vec::new();
    loop {
        let events = reader.next_events().unwrap();
        if events.is_empty() {
            return records;
        }
        records.extend(events);
    }
}

fn messages(writer: &LogWriter) -> Vec<String> {
    let text = |record: Record| String::from_utf8(record.message).unwrap();
    read(writer, Start::Earliest).into_iter().map(text).collect()
}

fn change_byte(path: &Path, position: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[position] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_restart_keeps_the_events_and_continues_numbers_and_offsets() {
    let directory = Directory::new();
    append(&mut directory.open(), &["a", "b"]);
    let mut writer = directory.open();
    append(&mut writer, &["c"]);
    let records = read(&writer, Start::Earliest);
    let sequences: Vec<i64> = records.iter().map(|record| record.sequence).collect();
    assert_eq!(sequences, [0, 1, 2]);
    let size = records[1].offset;
    assert_eq!(records[2].offset, size * 2);
    assert!(records[2].enqueued_ms >= records[1].enqueued_ms);
    assert_eq!(messages(&writer), ["a", "b", "c"]);
}

#[test]
fn a_tail_torn_at_any_byte_is_cut_and_the_whole_records_before_it_stay() {
    let directory = Directory::new();
    append(&mut directory.open(), &["a", "b"]);
    let path = directory.last_segment();
    let whole = fs::read(&path).unwrap();
    let record = whole.len() / 2;
    for length in record..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let mut writer = directory.open();
        assert_eq!(messages(&writer), ["a"], "torn at {length}");
        append(&mut writer, &["c"]);
        assert_eq!(messages(&directory.open()), ["a", "c"]);
        assert_eq!(writer.log().state().next_sequence, 2);
    }
}

#[test]
fn a_record_with_a_wrong_checksum_at_the_tail_is_cut() {
    let directory = Directory::new();
    append(&mut directory.open(), &["a", "b"]);
    let path = directory.last_segment();
    change_byte(&path, fs::read(&path).unwrap().len() - 1);
    assert_eq!(messages(&directory.open()), ["a"]);
}

#[test]
fn a_damaged_record_is_reported_and_never_handed_out() {
    let directory = Directory::new();
    let mut writer = directory.open();
    append(&mut writer, &["a", "b"]);
    change_byte(&directory.last_segment(), 20);
    let mut reader = LogReader::new(Arc::clone(writer.log()), Start::Earliest).unwrap();
    let error = reader.next_events().unwrap_err();
    assert!(matches!(error, LogError::Damaged { position: 0, .. }), "{error}");
}

#[test]
fn events_are_read_across_segments_from_every_start() {
    let directory = Directory::new();
    let mut writer = directory.open_small(u64::MAX);
    append_numbers(&mut writer, 0..20);
    assert!(directory.segments().len() > 2);
    for record in read(&writer, Start::Earliest) {
        let rest = |start| read(&writer, start).first().map(|first| first.sequence);
        let next = Some(record.sequence + 1).filter(|next| *next < 20);
        let (number, offset) = (record.sequence, record.offset);
        assert_eq!(rest(Start::Sequence { number, inclusive: true }), Some(number));
        assert_eq!(rest(Start::Sequence { number, inclusive: false }), next);
        assert_eq!(rest(Start::Offset { offset, inclusive: true }), Some(number));
        assert_eq!(rest(Start::Offset { offset, inclusive: false }), next);
    }
    assert_eq!(read(&writer, Start::Latest), []);
    assert_eq!(read(&writer, Start::EnqueuedTime { ms: 0, inclusive: false }).len(), 20);
    assert_eq!(read(&writer, Start::EnqueuedTime { ms: i64::MAX, inclusive: true }), []);
}

#[test]
fn the_oldest_segments_go_and_a_slow_reader_continues_behind_them() {
    let directory = Directory::new();
    let mut writer = directory.open_small(600);
    append_numbers(&mut writer, 0..2);
    let mut slow = LogReader::new(Arc::clone(writer.log()), Start::Earliest).unwrap();
    append_numbers(&mut writer, 2..100);
    assert!(directory.segments().len() <= 4);
    let first = writer.log().state().first_sequence();
    assert!(first > 80);
    assert_eq!(slow.next_events().unwrap()[0].sequence, first);

    let writer = directory.open_small(600);
    assert_eq!(writer.log().state().first_sequence(), first);
    assert_eq!(writer.log().state().next_sequence, 100);
}

#[test]
fn a_new_segment_that_got_no_record_before_a_crash_does_not_hide_where_the_log_ends() {
    let directory = Directory::new();
    let mut writer = directory.open_small(u64::MAX);
    append_numbers(&mut writer, 0..7);
    let last_offset = writer.log().state().last_offset;
    let name = format!("{:020}-{:020}.log", 7, last_offset + 40);
    fs::write(directory.0.join(name), b"torn").unwrap();
    let mut writer = directory.open_small(u64::MAX);
    assert_eq!(writer.log().state().last_offset, last_offset);
    append_numbers(&mut writer, 7..8);
    assert_eq!(messages(&writer).len(), 8);
}

#[test]
fn a_start_behind_the_end_is_an_error_and_one_before_the_beginning_is_the_beginning() {
    let directory = Directory::new();
    let mut writer = directory.open();
    append(&mut writer, &["a"]);
    let start = |start| LogReader::new(Arc::clone(writer.log()), start);
    for beyond in [
        Start::Sequence { number: 1, inclusive: false },
        Start::Offset { offset: 1, inclusive: false },
    ] {
        assert!(matches!(start(beyond), Err(LogError::StartBeyondEnd { last: 0 })));
    }
    assert!(start(Start::Sequence { number: 0, inclusive: false }).is_ok());
    assert_eq!(read(&writer, Start::Sequence { number: -5, inclusive: true }).len(), 1);
}
