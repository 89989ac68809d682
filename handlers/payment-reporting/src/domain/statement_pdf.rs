//! A month of a wallet as pages to print, of the same as its table.
//!
//! The same statement has the same bytes: no clock and no chance is in them. There is nothing but
//! text and lines on the pages: no link, no form, no script.

mod face;
mod layout;

use krilla::Document;
use krilla::color::luma;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use values::{CustomerMessage, Language};

use super::csv::decimal;
use super::statement::{CLOSING, OPENING, Statement, said};
use face::{Face, FontUnreadable};
use layout::{LEADING, Row, SIZE, Text, pages, rows};

/// A4, in points.
const PAGE: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 42.0;
/// Where the columns of amount and balance end, on their right.
const AMOUNT_ENDS: f32 = 460.0;
const BALANCE_ENDS: f32 = PAGE.0 - MARGIN;
/// Where the column of what it was begins.
const WHAT_BEGINS: f32 = 142.0;
const TITLE_SIZE: f32 = 16.0;
const TABLE_BEGINS: f32 = 176.0;
const FOOT: f32 = PAGE.1 - 30.0;

const TITLE: CustomerMessage = said("Monthly statement", "月結單", "月结单");
const NOT_OVER: CustomerMessage = said(
    "The month is not over: this is what has moved so far.",
    "本月尚未結束，以下為至今的交易。",
    "本月尚未结束，以下为至今的交易。",
);
const MONEY_IN: CustomerMessage = said("Money in", "總存入", "总存入");
const MONEY_OUT: CustomerMessage = said("Money out", "總支出", "总支出");
const HEADS: [CustomerMessage; 4] = [
    said("Time (Hong Kong)", "時間（香港）", "时间（香港）"),
    said("What it was", "詳情", "详情"),
    said("Amount (HKD)", "金額（港元）", "金额（港元）"),
    said("Balance (HKD)", "結餘（港元）", "余额（港元）"),
];

/// The pages cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PdfFailed {
    #[error(transparent)]
    Font(#[from] FontUnreadable),
    #[error("a page has no such size")]
    Page,
    #[error("the pages cannot be written: {0:?}")]
    Writing(KrillaError),
}

/// Takes a second or so of a processor for thousands of movements.
pub(crate) fn statement_pdf(
    statement: &Statement,
    is_over: bool,
    language: Language,
) -> Result<Vec<u8>, PdfFailed> {
    let face = Face::of(language)?;
    let all = rows(statement, &face, language);
    let pages = pages(&all, FOOT - LEADING - TABLE_BEGINS);
    let mut document = Document::new();
    let title = format!("{} {}", TITLE.in_language(language), statement.month);
    let metadata = Metadata::new().title(title.clone()).language(language.code().to_owned());
    document.set_metadata(metadata);
    for (number, rows) in (1_usize..).zip(&pages) {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(PdfFailed::Page)?;
        let mut page = document.start_page_with(settings);
        // A page is written once what draws on it is dropped.
        let mut drawing = Drawing { face: &face, surface: page.surface(), language };
        drawing.head(&title, statement, is_over);
        drawing.table(rows);
        drawing.foot(number, pages.len());
    }
    document.finish().map_err(PdfFailed::Writing)
}

struct Drawing<'a> {
    face: &'a Face,
    surface: Surface<'a>,
    language: Language,
}

impl Drawing<'_> {
    /// The same on each page, so that none says half of it.
    fn head(&mut self, title: &str, statement: &Statement, is_over: bool) {
        self.shade(0);
        self.text(MARGIN, 60.0, TITLE_SIZE, title);
        if !is_over {
            self.text(MARGIN, 76.0, SIZE, NOT_OVER.in_language(self.language));
        }
        let sums = [
            (&OPENING, statement.opening),
            (&MONEY_IN, statement.sum(true)),
            (&MONEY_OUT, statement.sum(false)),
            (&CLOSING, statement.closing),
        ];
        let mut y = 96.0;
        for (name, sum) in sums {
            self.text(MARGIN, y, SIZE, name.in_language(self.language));
            self.text_before(WHAT_BEGINS + 100.0, y, SIZE, &format!("HKD {}", decimal(sum)));
            y += LEADING;
        }
    }

    fn table(&mut self, rows: &[&Row]) {
        let [time, what, amount, balance] =
            HEADS.each_ref().map(|head| head.in_language(self.language));
        let mut y = TABLE_BEGINS - 2.0 * LEADING;
        self.shade(90);
        self.text(MARGIN, y, SIZE, time);
        self.text(WHAT_BEGINS, y, SIZE, what);
        self.text_before(AMOUNT_ENDS, y, SIZE, amount);
        self.text_before(BALANCE_ENDS, y, SIZE, balance);
        self.rule(y + 4.0);
        y = TABLE_BEGINS;
        for row in rows {
            self.shade(0);
            self.text(MARGIN, y, SIZE, &row.time);
            self.text_before(AMOUNT_ENDS, y, SIZE, &row.amount);
            self.text_before(BALANCE_ENDS, y, SIZE, &row.balance);
            let mut line_y = y;
            for Text { text, size, shade } in &row.lines {
                self.shade(*shade);
                self.text(WHAT_BEGINS, line_y, *size, text);
                line_y += LEADING;
            }
            y += row.height();
            self.rule(y - LEADING);
        }
    }

    fn foot(&mut self, number: usize, count: usize) {
        let text = match self.language {
            Language::English => format!("Page {number} of {count}"),
            Language::TraditionalChinese => format!("第 {number} 頁，共 {count} 頁"),
            Language::SimplifiedChinese => format!("第 {number} 页，共 {count} 页"),
        };
        self.shade(90);
        self.text_before(BALANCE_ENDS, FOOT, SIZE, &text);
    }

    fn text(&mut self, x: f32, y: f32, size: f32, text: &str) {
        self.face.draw(&mut self.surface, (x, y), size, text);
    }

    /// So that it ends at `right`.
    fn text_before(&mut self, right: f32, y: f32, size: f32, text: &str) {
        self.text(right - self.face.width(text, size), y, size, text);
    }

    /// What is drawn from now on: 0 is black.
    fn shade(&mut self, lightness: u8) {
        let paint = luma::Color::new(lightness).into();
        self.surface.set_fill(Some(Fill { paint, ..Fill::default() }));
    }

    fn rule(&mut self, y: f32) {
        let Some(line) = Rect::from_xywh(MARGIN, y, PAGE.0 - 2.0 * MARGIN, 0.4) else { return };
        let mut path = PathBuilder::new();
        path.push_rect(line);
        let Some(path) = path.finish() else { return };
        self.shade(200);
        self.surface.draw_path(&path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::statement::Line;
    use crate::domain::statement::tests::line;

    fn statement(lines: usize) -> Statement {
        let lines: Vec<Line> = (0..lines).map(|_| line(true, 7, "午餐")).collect();
        let moved = lines.iter().map(Line::change).sum::<i64>();
        Statement::of("2026-11".parse().unwrap(), 0, moved, lines).unwrap()
    }

    #[test]
    fn the_same_statement_has_the_same_bytes() {
        let statement = statement(60);
        let pdf = |language| statement_pdf(&statement, true, language).unwrap();
        for &language in Language::ALL {
            assert_eq!(pdf(language), pdf(language));
        }
        assert_ne!(pdf(Language::English), pdf(Language::TraditionalChinese));
    }

    #[test]
    fn a_page_holds_no_more_of_the_font_than_it_shows() {
        let pdf = statement_pdf(&statement(1), true, Language::TraditionalChinese).unwrap();
        assert!(pdf.starts_with(b"%PDF-1.7"));
        assert!(pdf.len() < 60_000, "{}", pdf.len());
    }

    #[test]
    fn the_longest_statement_is_written_within_its_bounds() {
        let pdf = statement_pdf(&statement(5_000), true, Language::TraditionalChinese).unwrap();
        assert!(pdf.len() < 4_000_000, "{}", pdf.len());
    }
}
