//! The rules of becoming known: pure, nothing asynchronous.
//!
//! Reading order: `status` and `act` (the words), `application` (the state machine), `details` and
//! `document_number` (what applicants say), `document` (what they upload), `checks` (what is
//! compared with it), `person` (what follows), `screening` (names and lists), `refusals`.

mod act;
mod application;
mod checks;
mod details;
mod document;
mod document_number;
mod person;
mod refusals;
mod screening;
mod status;

pub(crate) use act::{Act, Actor, Deed, Elapsed, Step, Verdict};
pub(crate) use application::{Application, Claim};
pub(crate) use checks::{Facts, RULES, Upload, verdict};
pub(crate) use details::{DETAILS_A_DAY_MAX, Details, OWNERS_MAX, Screenee};
pub(crate) use document::{
    Announced, DOCUMENTS_PER_APPLICATION_MAX, Document, Outcome, READ_LINK_LASTS, UNPROCESSABLE,
    UPLOAD_LINK_LASTS, UPLOADS_A_DAY_MAX,
};
pub(crate) use person::{Business, Person};
pub use refusals::REFUSALS;
pub(crate) use refusals::{
    APPLICATION_OPEN, DETAILS_OF_OTHER_KIND, IDENTITY_FIRST, LIST_CHANGED, LIST_INVALID,
    LIST_SHRUNK, NO_APPLICATION, NO_FILES, NUMBER_IN_USE, TOO_MANY_APPLICATIONS,
    TOO_MANY_DOCUMENTS, TOO_MANY_UPLOADS,
};
pub(crate) use screening::{
    Entry, Found, FoundEntry, Index, LIST_BYTES_MAX, ListSize, ListSource, parse_list,
};
pub(crate) use status::{ApplicationKind, ApplicationStatus, Finding};
