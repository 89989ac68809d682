//! What stands in the table of a PDF, and on which page.

use values::{CustomerMessage, Language, hong_kong_time};

use super::face::Face;
use crate::domain::csv::decimal;
use crate::domain::statement::{CLOSING, Line, OPENING, Statement, title};

/// Of letters, and from one line to the next, in points.
pub(super) const SIZE: f32 = 8.0;
pub(super) const LEADING: f32 = 11.0;
/// How wide what it was is, in points: what is left to it beside the longest amount.
const WHAT_WIDE: f32 = 240.0;
/// Of the transfer's id, which nobody reads unless they must.
const ID_SIZE: f32 = 6.0;
const ID_SHADE: u8 = 110;

/// A movement or a balance: its lines are one below another, the rest is beside the first.
pub(super) struct Row {
    pub(super) time: String,
    pub(super) lines: Vec<Text>,
    pub(super) amount: String,
    pub(super) balance: String,
}

pub(super) struct Text {
    pub(super) text: String,
    pub(super) size: f32,
    /// 0 is black.
    pub(super) shade: u8,
}

impl Row {
    /// With the space below it. A name, a note and a reference are short, so it is a small part of
    /// a page.
    pub(super) fn height(&self) -> f32 {
        self.lines.iter().fold(LEADING, |height, _| height + LEADING)
    }
}

/// What it held before, each movement, what it held after.
pub(super) fn rows(statement: &Statement, face: &Face, language: Language) -> Vec<Row> {
    let balance_row = |name: &CustomerMessage, balance| Row {
        time: String::new(),
        lines: vec![text(name.in_language(language).to_owned())],
        amount: String::new(),
        balance: decimal(balance),
    };
    let mut rows = vec![balance_row(&OPENING, statement.opening)];
    rows.extend(statement.lines.iter().map(|(line, after)| movement(line, *after, face, language)));
    rows.push(balance_row(&CLOSING, statement.closing));
    rows
}

fn movement(line: &Line, after: i64, face: &Face, language: Language) -> Row {
    let what = title(&line.kind).in_language(language);
    let said = [Some(&line.other_name), line.note.as_ref(), line.reference.as_ref()];
    let said = said.into_iter().flatten().filter(|text| !text.is_empty());
    let mut lines = vec![text(apart(what))];
    for words in said {
        let mut parts = face.lines(words, SIZE, WHAT_WIDE);
        let last = parts.pop().map(|last| apart(&last));
        parts.extend(last);
        lines.extend(parts.into_iter().map(text));
    }
    lines.push(Text { text: line.transfer_id.to_string(), size: ID_SIZE, shade: ID_SHADE });
    let sign = if line.is_incoming { "+" } else { "" };
    Row {
        time: hong_kong_time(line.moved_at),
        lines,
        amount: format!("{sign}{}", decimal(line.change())),
        balance: decimal(after),
    }
}

/// For who hears it, to whom one part follows the other on no line of its own.
pub(super) fn apart(part: &str) -> String {
    format!("{part} ")
}

const fn text(text: String) -> Text {
    Text { text, size: SIZE, shade: 0 }
}

/// As many rows on each page as it has room for, in points, and one at least.
pub(super) fn pages(rows: &[Row], room: f32) -> Vec<Vec<&Row>> {
    let mut pages: Vec<Vec<&Row>> = Vec::new();
    let mut left = 0.0;
    for row in rows {
        match pages.last_mut() {
            Some(page) if row.height() <= left => page.push(row),
            Some(_) | None => {
                pages.push(vec![row]);
                left = room;
            }
        }
        left -= row.height();
    }
    pages
}
