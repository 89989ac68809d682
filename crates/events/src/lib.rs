//! What services tell each other: CloudEvents 1.0 in JSON, and the data of each kind of event.
//!
//! The wire is a contract: fields are strings and integers, a version only ever gains fields, and a
//! changed meaning is a new version beside the old one. Each kind has a golden sample in `golden/`.
//! A consumer decodes the [`Envelope`] first and then the kinds it knows; it ignores the others.
//! Reading order: `envelope`, then one module per producing service.

pub mod auth;
pub mod business_profile;
mod envelope;
pub mod graph;
pub mod messages;
pub mod ocr;
pub mod onboarding;
pub mod payments;
pub mod social;
pub mod user_profile;

pub use envelope::{Envelope, Event};

/// Of a field that older senders do not know: what is there is said, also if it is null.
fn said<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    T::deserialize(from).map(Some)
}
