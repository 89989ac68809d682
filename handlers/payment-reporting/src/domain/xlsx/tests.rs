//! What stands in the archive, as a reader finds it.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::io::Read;

use flate2::read::DeflateDecoder;
use time::macros::datetime;
use values::TransferId;

use super::*;

fn line(note: &str, amount: i64) -> Line {
    Line {
        transfer_id: TransferId::from_uuid(uuid::Uuid::from_u128(3)),
        is_incoming: true,
        amount,
        kind: "payment".to_owned(),
        other_name: "陳大文".to_owned(),
        fee: 193,
        tip: None,
        note: Some(note.to_owned()),
        reference: None,
        moved_at: datetime!(2026-11-01 15:59:59.5 UTC),
    }
}

/// A workbook of so many blocks.
fn workbook(language: Language, blocks: &[&[Line]]) -> (Vec<u8>, Sheet) {
    let (mut file, mut sheet) = (Vec::new(), Sheet::EMPTY);
    for (place, lines) in blocks.iter().enumerate() {
        let mut block = Workbook::continued(language, sheet, u64::try_from(file.len()).unwrap());
        lines.iter().for_each(|line| block.add(line));
        let (bytes, known) = block.into_bytes(place + 1 == blocks.len()).unwrap();
        file.extend(bytes);
        sheet = known;
    }
    (file, sheet)
}

fn number(bytes: &[u8], at: usize) -> usize {
    usize::try_from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())).unwrap()
}

/// The rows, found as a reader finds them: by the directory at the end.
fn rows(file: &[u8], sheet: Sheet) -> String {
    let end = file.len() - 22;
    assert_eq!(number(file, end), 0x0605_4B50);
    let (size, mut at) = (number(file, end + 12), number(file, end + 16));
    assert_eq!(at + size, end);
    let mut found = None;
    while at < end {
        assert_eq!(number(file, at), 0x0201_4B50);
        let name = usize::from(u16::from_le_bytes([file[at + 28], file[at + 29]]));
        let is_sheet = &file[at + 46..at + 46 + name] == SHEET.as_bytes();
        if is_sheet {
            let begins = number(file, at + 42) + 30 + name;
            let packed = &file[begins..begins + number(file, at + 20)];
            let mut plain = String::new();
            DeflateDecoder::new(packed).read_to_string(&mut plain).unwrap();
            let checksum = crc32fast::hash(plain.as_bytes());
            let known = (usize::try_from(sheet.bytes).unwrap(), sheet.checksum);
            assert_eq!(known, (plain.len(), checksum));
            let told = (number(file, at + 24), number(file, at + 16));
            assert_eq!(told, (plain.len(), usize::try_from(checksum).unwrap()));
            assert_eq!(number(file, begins + packed.len()), 0x0807_4B50);
            found = Some(plain);
        }
        at += 46 + name;
    }
    found.unwrap()
}

#[test]
fn blocks_put_together_are_the_file_that_one_block_makes() {
    let lines = [line("a", 1), line("b", 2), line("c", 3)];
    let (file, sheet) = workbook(Language::English, &[&lines]);
    let whole = rows(&file, sheet);
    for blocks in [[&lines[..1], &lines[1..]].to_vec(), vec![&lines[..2], &lines[2..], &[]]] {
        let (file, sheet) = workbook(Language::English, &blocks);
        assert_eq!(rows(&file, sheet), whole);
    }
    assert_eq!(whole.matches("<row>").count(), 4);
    assert!(whole.ends_with("</row>\n</sheetData></worksheet>\n"));
}

#[test]
fn what_somebody_wrote_is_a_string_and_amounts_and_times_are_numbers() {
    let (file, sheet) = workbook(Language::English, &[&[line("=1+1 <&_x0041_>", 12_850)]]);
    let rows = rows(&file, sheet);
    let row = rows.lines().last().map(|_| rows.lines().rev().nth(1).unwrap()).unwrap();
    let wanted = "<row><c s=\"1\"><v>46327.999988425</v></c>\
        <c t=\"inlineStr\"><is><t xml:space=\"preserve\">Payment to a shop</t></is></c>\
        <c t=\"inlineStr\"><is><t xml:space=\"preserve\">陳大文</t></is></c>\
        <c t=\"inlineStr\"><is><t xml:space=\"preserve\">=1+1 &lt;&amp;_x005F_x0041_&gt;</t>\
        </is></c><c/><c s=\"2\"><v>128.50</v></c><c/><c s=\"2\"><v>-1.93</v></c>\
        <c s=\"2\"><v>126.57</v></c>";
    assert!(row.starts_with(wanted), "{row}");
    assert!(!rows.contains("<f>"));
}
