//! A shop's transactions as a workbook of one sheet (ECMA-376), written block by block.
//!
//! A workbook is a ZIP archive. All small parts come first, and the sheet is the last one, whose
//! checksum and lengths may follow it. Each block's rows are compressed by themselves and end at a
//! whole byte, so blocks put together are one stream; of what is before a block only the checksum
//! and the length need be known.
//!
//! What people wrote stands in cells of strings, which nothing computes, whatever they begin with.

use std::fmt::Write as _;
use std::io::Write as _;

use crc32fast::Hasher;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use time::{OffsetDateTime, UtcOffset};
use values::{CustomerMessage, Language, escaped};

use super::csv::decimal;
use super::statement::{Line, said};
use super::transaction::{Column, HEADS, columns};

/// What the archive holds before the rows, by name.
const SHEET: &str = "xl/worksheets/sheet1.xml";
/// The versions of ZIP that a reader must know (2.0), and the moment that nobody asks for.
const ZIP_VERSION: u16 = 20;
const DOS_DATE: u16 = 0x21;
/// The sheet's checksum and lengths follow it.
const FOLLOWED: u16 = 1 << 3;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// The last, empty block of a stream.
const STREAM_ENDS: [u8; 2] = [3, 0];
/// Styles by number, in the order of `styles.xml`.
const TIME: u8 = 1;
const MONEY: u8 = 2;
/// Day 0 of spreadsheets, 30 December 1899, in Julian days.
const DAY_0: i32 = 2_415_019;
const SECONDS_IN_A_DAY: i64 = 86_400;
/// Parts of a day that are written: less than a millisecond.
const DAY_PARTS: i64 = 1_000_000_000;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const SHEET_BEGINS: &str = "<worksheet \
    xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
    <sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" \
    activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols>\
    <col min=\"1\" max=\"5\" width=\"20\" customWidth=\"1\"/>\
    <col min=\"6\" max=\"9\" width=\"14\" customWidth=\"1\"/>\
    <col min=\"10\" max=\"10\" width=\"32\" customWidth=\"1\"/></cols><sheetData>\n";
const SHEET_ENDS: &str = "</sheetData></worksheet>\n";
const TITLE: CustomerMessage = said("Transactions", "交易", "交易");

/// What is known of the rows that are written: their checksum, and how long they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) checksum: u32,
    pub(crate) bytes: u64,
}

impl Sheet {
    pub(super) const EMPTY: Self = Self { checksum: 0, bytes: 0 };
}

/// It is longer than such an archive can say.
#[derive(Debug)]
pub(super) struct TooLong;

/// A block of such a file, which grows by rows.
pub(super) struct Workbook {
    language: Language,
    rows: String,
    before: Sheet,
    /// How long the file is before this block; nothing if it is the first.
    bytes_before: u64,
}

impl Workbook {
    pub(super) fn continued(language: Language, before: Sheet, bytes_before: u64) -> Self {
        let mut workbook = Self { language, rows: String::new(), before, bytes_before };
        if bytes_before == 0 {
            workbook.rows.push_str(HEAD);
            workbook.rows.push_str(SHEET_BEGINS);
            let heads = HEADS.each_ref().map(|head| Column::Word(head.in_language(language)));
            workbook.row(&heads);
        }
        workbook
    }

    pub(super) fn add(&mut self, line: &Line) {
        self.row(&columns(line, self.language));
    }

    fn row(&mut self, columns: &[Column<'_>]) {
        self.rows.push_str("<row>");
        for column in columns {
            match column {
                Column::Time(moment) => self.number(TIME, &serial(*moment)),
                Column::Cents(cents) => self.number(MONEY, &decimal(*cents)),
                Column::Nothing => self.rows.push_str("<c/>"),
                Column::Word(text) | Column::Written(text) if text.is_empty() => {
                    self.rows.push_str("<c/>");
                }
                Column::Word(text) | Column::Written(text) => self.text(text),
                Column::Id(id) => self.text(id),
            }
        }
        self.rows.push_str("</row>\n");
    }

    /// Writing to a text does not fail.
    fn number(&mut self, style: u8, number: &str) {
        let _ = write!(self.rows, "<c s=\"{style}\"><v>{number}</v></c>");
    }

    /// `_x0041_` would be read as one character.
    fn text(&mut self, text: &str) {
        let text = escaped(text).replace("_x", "_x005F_x");
        let _ = write!(
            self.rows,
            "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"
        );
    }

    /// The block's bytes, and what is known of all rows with it.
    pub(super) fn into_bytes(mut self, is_last: bool) -> Result<(Vec<u8>, Sheet), TooLong> {
        if is_last {
            self.rows.push_str(SHEET_ENDS);
        }
        let mut hasher = Hasher::new_with_initial_len(self.before.checksum, self.before.bytes);
        hasher.update(self.rows.as_bytes());
        let checksum = hasher.finalize();
        let added = u64::try_from(self.rows.len()).map_err(|_| TooLong)?;
        let bytes = self.before.bytes.saturating_add(added);
        let mut archive = Archive::with_small_parts(self.language)?;
        let rows_begin = length(&archive.bytes)?;
        if self.bytes_before > 0 {
            archive.bytes.clear();
        }
        archive.bytes.extend(packed(self.rows.as_bytes()));
        if is_last {
            archive.bytes.extend(STREAM_ENDS);
            let end = self.bytes_before.saturating_add(length(&archive.bytes)?.into());
            let part = Part {
                checksum,
                packed: narrow(end.saturating_sub(rows_begin.into()))?,
                plain: narrow(bytes)?,
                ..archive.sheet
            };
            archive.end(part, narrow(end)?)?;
        }
        Ok((archive.bytes, Sheet { checksum, bytes }))
    }
}

fn narrow(length: u64) -> Result<u32, TooLong> {
    length.try_into().map_err(|_| TooLong)
}

fn length(bytes: &[u8]) -> Result<u32, TooLong> {
    bytes.len().try_into().map_err(|_| TooLong)
}

/// Compressed up to a whole byte, and not ended: more may follow.
fn packed(rows: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(rows).and_then(|()| encoder.flush());
    std::mem::take(encoder.get_mut())
}

/// A moment as a spreadsheet counts it: days, and what of a day has gone by in Hong Kong.
fn serial(moment: OffsetDateTime) -> String {
    let there =
        moment.to_offset(UtcOffset::from_whole_seconds(8 * 3_600).unwrap_or(UtcOffset::UTC));
    let days = there.to_julian_day().saturating_sub(DAY_0);
    let (hour, minute, second) = there.to_hms();
    let seconds = i64::from(hour)
        .saturating_mul(3_600)
        .saturating_add(i64::from(minute).saturating_mul(60))
        .saturating_add(second.into());
    let parts = seconds.saturating_mul(DAY_PARTS) / SECONDS_IN_A_DAY;
    format!("{days}.{parts:09}")
}

/// A part of the archive, as its directory has it.
#[derive(Clone, Copy)]
struct Part {
    name: &'static str,
    method: u16,
    flags: u16,
    checksum: u32,
    packed: u32,
    plain: u32,
    at: u32,
}

/// The archive up to where the rows begin.
struct Archive {
    bytes: Vec<u8>,
    parts: Vec<Part>,
    sheet: Part,
}

impl Archive {
    fn with_small_parts(language: Language) -> Result<Self, TooLong> {
        let (mut bytes, mut parts) = (Vec::new(), Vec::new());
        for (name, text) in small_parts(language) {
            let text = format!("{HEAD}{text}");
            let mut hasher = Hasher::new();
            hasher.update(text.as_bytes());
            let (checksum, plain) = (hasher.finalize(), length(text.as_bytes())?);
            let at = length(&bytes)?;
            let part = Part { name, method: STORED, flags: 0, checksum, packed: plain, plain, at };
            part.begin(&mut bytes)?;
            bytes.extend(text.as_bytes());
            parts.push(part);
        }
        let (method, at) = (DEFLATED, length(&bytes)?);
        let sheet =
            Part { name: SHEET, method, flags: FOLLOWED, checksum: 0, packed: 0, plain: 0, at };
        sheet.begin(&mut bytes)?;
        Ok(Self { bytes, parts, sheet })
    }

    /// What follows the rows, and the directory of all parts. `end` is where the rows ended.
    fn end(&mut self, sheet: Part, end: u32) -> Result<(), TooLong> {
        let bytes = &mut self.bytes;
        put_32(bytes, &[0x0807_4B50, sheet.checksum, sheet.packed, sheet.plain]);
        let directory_at = end.checked_add(16).ok_or(TooLong)?;
        let mut directory = Vec::new();
        self.parts.push(sheet);
        for part in &self.parts {
            put_32(&mut directory, &[0x0201_4B50]);
            put_16(&mut directory, &[ZIP_VERSION]);
            part.describe(&mut directory)?;
            put_16(&mut directory, &[0, 0, 0]);
            put_32(&mut directory, &[0, part.at]);
            directory.extend(part.name.as_bytes());
        }
        let count = u16::try_from(self.parts.len()).map_err(|_| TooLong)?;
        let size = length(&directory)?;
        bytes.extend(directory);
        put_32(bytes, &[0x0605_4B50]);
        put_16(bytes, &[0, 0, count, count]);
        put_32(bytes, &[size, directory_at]);
        put_16(bytes, &[0]);
        Ok(())
    }
}

impl Part {
    fn begin(&self, bytes: &mut Vec<u8>) -> Result<(), TooLong> {
        put_32(bytes, &[0x0403_4B50]);
        self.describe(bytes)?;
        bytes.extend(self.name.as_bytes());
        Ok(())
    }

    /// What stands of it at its beginning, and again in the directory; its name has no addition.
    fn describe(&self, bytes: &mut Vec<u8>) -> Result<(), TooLong> {
        put_16(bytes, &[ZIP_VERSION, self.flags, self.method, 0, DOS_DATE]);
        put_32(bytes, &[self.checksum, self.packed, self.plain]);
        put_16(bytes, &[u16::try_from(self.name.len()).map_err(|_| TooLong)?, 0]);
        Ok(())
    }
}

fn put_16(bytes: &mut Vec<u8>, numbers: &[u16]) {
    numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
}

fn put_32(bytes: &mut Vec<u8>, numbers: &[u32]) {
    numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
}

fn small_parts(language: Language) -> [(&'static str, String); 5] {
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let relation = |id: u8, kind: &str, target: &str| {
        format!("<Relationship Id=\"rId{id}\" Type=\"{DOCUMENT}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |all: String| {
        format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{all}</Relationships>")
    };
    let part = |name: &str, kind: &str| {
        format!("<Override PartName=\"/{name}\" ContentType=\"{TYPE}.{kind}+xml\"/>")
    };
    let types = format!(
        "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>{}{}{}</Types>",
        part("xl/workbook.xml", "sheet.main"),
        part(SHEET, "worksheet"),
        part("xl/styles.xml", "styles"),
    );
    let workbook = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{DOCUMENT}\"><sheets>\
         <sheet name=\"{}\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
        TITLE.in_language(language)
    );
    let format = |id: u8| {
        format!(
            "<xf numFmtId=\"{id}\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" \
                 applyNumberFormat=\"1\"/>"
        )
    };
    // 4 is `#,##0.00` in every program; 164 is the first number that is ours to give.
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" \
         formatCode=\"yyyy\\-mm\\-dd\\ hh:mm:ss\"/></numFmts>\
         <fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
         <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>\
         <fill><patternFill patternType=\"gray125\"/></fill></fills>\
         <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>\
         </cellStyleXfs><cellXfs count=\"3\">{}{}{}</cellXfs><cellStyles count=\"1\">\
         <cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>",
        format(0),
        format(164),
        format(4),
    );
    [
        ("[Content_Types].xml", types),
        ("_rels/.rels", relations(relation(1, "officeDocument", "xl/workbook.xml"))),
        ("xl/workbook.xml", workbook),
        (
            "xl/_rels/workbook.xml.rels",
            relations(
                relation(1, "worksheet", "worksheets/sheet1.xml")
                    + &relation(2, "styles", "styles.xml"),
            ),
        ),
        ("xl/styles.xml", styles),
    ]
}

#[cfg(test)]
mod tests;
