//! The rules of reading: what a page must be, what stands where on it, and what makes that certain.
//! Pure, nothing asynchronous.
//!
//! Reading order: `upload` (which document), `page` (what an engine gives), `document` (which kind
//! it is, which strips of it are read again), `identity_card` with `identity_card_number`,
//! `travel_document` with `mrz`, `business_registration`; `dates` and `look_alikes` serve these.

mod business_registration;
mod dates;
mod document;
mod failure;
mod identity_card;
mod identity_card_number;
mod look_alikes;
mod mrz;
mod page;
mod travel_document;
mod upload;

use events::ocr::FieldV1;

pub(crate) use document::{Document, Strip};
pub use failure::Failure;
pub(crate) use page::{Area, Line, Page, Word};
pub(crate) use upload::Upload;

/// A field that stands in one place only, without a check digit.
fn unconfirmed(value: String, confidence: u16) -> FieldV1 {
    FieldV1 { value, confidence, is_confirmed: false }
}

/// A character of the unified ideographs, or of their first extension.
const fn is_chinese(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}')
}
