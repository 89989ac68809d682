//! A month of a wallet as pages to print, of the same as its table.
//!
//! The same statement has the same bytes: no clock and no chance is in them. There is nothing but
//! text and lines on the pages: no link, no form, no script. Who cannot see them hears a heading,
//! the sums and a table (PDF/UA-1), once each however many pages repeat them.

mod face;
mod layout;
mod structure;

use krilla::color::luma;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{ArtifactType, Identifier};
use krilla::{Document, SerializeSettings};
use values::{CustomerMessage, Language};

use super::csv::decimal;
use super::statement::{CLOSING, OPENING, Statement, said};
use face::{Face, FontUnreadable};
use layout::{LEADING, Row, SIZE, Text, apart, pages, rows};
use structure::{Structure, as_artifact, as_text};

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
    #[error("no version of PDF can be read aloud")]
    Version,
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
    let configuration =
        ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = configuration.map_err(|_| PdfFailed::Version)?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let title = format!("{} {}", TITLE.in_language(language), statement.month);
    let metadata = Metadata::new().title(title.clone()).language(language.code().to_owned());
    document.set_metadata(metadata);
    let mut structure = Structure::new();
    for (number, rows) in (1_usize..).zip(&pages) {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(PdfFailed::Page)?;
        let mut page = document.start_page_with(settings);
        // A page is written once what draws on it is dropped.
        let (surface, is_first) = (page.surface(), number == 1);
        let mut drawing =
            Drawing { face: &face, surface, language, structure: &mut structure, is_first };
        drawing.head(&title, statement, is_over);
        drawing.table(rows);
        drawing.foot(number, pages.len());
    }
    let mut outline = Outline::new();
    outline.push_child(OutlineNode::new(title, XyzDestination::new(0, Point::from_xy(0.0, 0.0))));
    document.set_outline(outline);
    document.set_tag_tree(structure.into_tree());
    document.finish().map_err(PdfFailed::Writing)
}

struct Drawing<'a> {
    face: &'a Face,
    surface: Surface<'a>,
    language: Language,
    structure: &'a mut Structure,
    is_first: bool,
}

impl Drawing<'_> {
    /// The same on each page, so that none says half of it.
    fn head(&mut self, title: &str, statement: &Statement, is_over: bool) {
        self.shade(0);
        let heading = self.once(|it| it.text(MARGIN, 60.0, TITLE_SIZE, title));
        self.structure.heading(title, heading);
        if !is_over {
            let note = NOT_OVER.in_language(self.language);
            let note = self.once(|it| it.text(MARGIN, 76.0, SIZE, note));
            self.structure.paragraph(note);
        }
        let sums = [
            (&OPENING, statement.opening),
            (&MONEY_IN, statement.sum(true)),
            (&MONEY_OUT, statement.sum(false)),
            (&CLOSING, statement.closing),
        ];
        let mut y = 96.0;
        for (name, sum) in sums {
            let name = name.in_language(self.language);
            let sum = format!("HKD {}", decimal(sum));
            let name = self.once(|it| it.text(MARGIN, y, SIZE, &apart(name)));
            let sum = self.once(|it| it.text_before(WHAT_BEGINS + 100.0, y, SIZE, &sum));
            self.structure.paragraph(name.into_iter().chain(sum));
            y += LEADING;
        }
    }

    fn table(&mut self, rows: &[&Row]) {
        let [time, what, amount, balance] =
            HEADS.each_ref().map(|head| head.in_language(self.language));
        let mut y = TABLE_BEGINS - 2.0 * LEADING;
        self.shade(90);
        let heads = [
            self.once(|it| it.text(MARGIN, y, SIZE, time)),
            self.once(|it| it.text(WHAT_BEGINS, y, SIZE, what)),
            self.once(|it| it.text_before(AMOUNT_ENDS, y, SIZE, amount)),
            self.once(|it| it.text_before(BALANCE_ENDS, y, SIZE, balance)),
        ];
        self.structure.heads(heads);
        self.rule(y + 4.0);
        y = TABLE_BEGINS;
        for row in rows {
            self.row(row, y);
            y += row.height();
            self.rule(y - LEADING);
        }
    }

    fn row(&mut self, row: &Row, y: f32) {
        self.shade(0);
        let time = self.cell(&row.time, |it| it.text(MARGIN, y, SIZE, &row.time));
        let amount = self.cell(&row.amount, |it| it.text_before(AMOUNT_ENDS, y, SIZE, &row.amount));
        let balance = as_text(self, |it| it.text_before(BALANCE_ENDS, y, SIZE, &row.balance));
        let mut line_y = y;
        let mut what = Vec::with_capacity(row.lines.len());
        for Text { text, size, shade } in &row.lines {
            self.shade(*shade);
            what.push(as_text(self, |it| it.text(WHAT_BEGINS, line_y, *size, text)));
            line_y += LEADING;
        }
        self.structure.row(time, what, amount, balance);
    }

    fn foot(&mut self, number: usize, count: usize) {
        let text = match self.language {
            Language::English => format!("Page {number} of {count}"),
            Language::TraditionalChinese => format!("第 {number} 頁，共 {count} 頁"),
            Language::SimplifiedChinese => format!("第 {number} 页，共 {count} 页"),
        };
        self.shade(90);
        as_artifact(self, ArtifactType::PageNumber, |it| {
            it.text_before(BALANCE_ENDS, FOOT, SIZE, &text);
        });
    }

    /// What each page repeats: it is read on the first.
    fn once(&mut self, draw: impl FnOnce(&mut Self)) -> Option<Identifier> {
        if self.is_first {
            return Some(as_text(self, draw));
        }
        as_artifact(self, ArtifactType::Header, draw);
        None
    }

    /// Nothing where nothing stands.
    fn cell(&mut self, text: &str, draw: impl FnOnce(&mut Self)) -> Option<Identifier> {
        (!text.is_empty()).then(|| as_text(self, draw))
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
        as_artifact(self, ArtifactType::Layout, |it| it.surface.draw_path(&path));
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
