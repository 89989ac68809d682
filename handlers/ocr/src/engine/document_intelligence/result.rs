//! The service's JSON, as far as it is read.

use serde::Deserialize;

use crate::domain::{Area, Line, Page, Word};

#[derive(Deserialize)]
pub(super) struct Refused {
    pub(super) error: Error,
}

#[derive(Deserialize)]
pub(super) struct Error {
    pub(super) code: String,
    pub(super) innererror: Option<InnerError>,
}

#[derive(Deserialize)]
pub(super) struct InnerError {
    #[serde(default)]
    pub(super) code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    pub(super) status: Status,
    pub(super) analyze_result: Option<AnalyzeResult>,
    pub(super) error: Option<Error>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub(super) enum Status {
    NotStarted,
    Running,
    Succeeded,
    Failed,
    Canceled,
    Skipped,
}

#[derive(Deserialize)]
pub(super) struct AnalyzeResult {
    pages: Vec<ReadPage>,
}

#[derive(Deserialize)]
struct ReadPage {
    /// Degrees by which the text is turned clockwise, from -180 to 180.
    #[serde(default)]
    angle: f64,
    width: f64,
    height: f64,
    #[serde(default)]
    words: Vec<ReadWord>,
    #[serde(default)]
    lines: Vec<ReadLine>,
}

#[derive(Deserialize)]
struct ReadWord {
    content: String,
    polygon: Vec<f64>,
    confidence: f64,
    span: Span,
}

#[derive(Deserialize)]
struct ReadLine {
    spans: Vec<Span>,
}

/// A part of the whole text.
#[derive(Deserialize)]
struct Span {
    offset: u64,
    length: u64,
}

impl Span {
    const fn holds(&self, other: &Self) -> bool {
        let end = self.offset.saturating_add(self.length);
        self.offset <= other.offset && other.offset < end
    }
}

impl AnalyzeResult {
    /// The one page that a picture is.
    pub(super) fn page(&self) -> Page {
        let Some(page) = self.pages.first() else { return Page::default() };
        let line = |line: &ReadLine| {
            let words = page
                .words
                .iter()
                .filter(|word| line.spans.iter().any(|span| span.holds(&word.span)));
            Line::new(words.map(|word| page.upright(word)).collect())
        };
        Page::new(page.lines.iter().filter_map(line).collect())
    }
}

impl ReadPage {
    /// The word where it would stand if the page were upright: the service reads pages held any
    /// way up, and tells places as they are on the picture.
    fn upright(&self, word: &ReadWord) -> Word {
        let (sine, cosine) = (-self.angle.to_radians()).sin_cos();
        let (middle_x, middle_y) = (self.width / 2.0, self.height / 2.0);
        // Lying pages reach over the edge once they stand.
        let reach = middle_x.hypot(middle_y);
        let corners = word.polygon.chunks_exact(2).map(|corner| {
            let (x, y) = (corner[0] - middle_x, corner[1] - middle_y);
            (x * cosine - y * sine + reach, x * sine + y * cosine + reach)
        });
        let corner = |(x, y): (f64, f64)| {
            let (x, y) = (pixels(x), pixels(y));
            Area { left: x, top: y, right: x, bottom: y }
        };
        let nowhere = Area { left: 0, top: 0, right: 0, bottom: 0 };
        Word {
            text: word.content.clone(),
            confidence: thousandths(word.confidence),
            area: corners.map(corner).reduce(Area::joined).unwrap_or(nowhere),
        }
    }
}

#[expect(clippy::as_conversions, reason = "clamped to what a u32 holds")]
fn pixels(place: f64) -> u32 {
    place.round().clamp(0.0, f64::from(u32::MAX)) as u32
}

/// The service says it as a part of one.
#[expect(clippy::as_conversions, reason = "clamped to what a u16 holds")]
fn thousandths(part: f64) -> u16 {
    (part * 1000.0).round().clamp(0.0, 1000.0) as u16
}
