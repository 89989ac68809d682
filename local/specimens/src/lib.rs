//! Documents that nobody was ever given, drawn for tests and the demonstration: identity cards,
//! travel documents and registration certificates, each with what stands on it. Every one says
//! SPECIMEN. The same seed always draws the same.
//!
//! Reading order: `person` (whom they tell of), `identity_card`, `travel_document`, `certificate`
//! (the documents), `canvas` and `fonts` (how they are printed), `damage` (what a camera does to
//! them).

#![expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::unwrap_used,
    reason = "drawings for tests, whose places and sizes stand in the code"
)]

mod canvas;
mod certificate;
mod damage;
mod fonts;
mod identity_card;
mod person;
mod travel_document;

use std::collections::BTreeMap;

use image::RgbImage;

pub use damage::{DAMAGES, Damage};

use crate::travel_document::Format;

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Hong Kong identity card of the layout of 2003.
    IdentityCard2003,
    /// The same, of the layout of 2018.
    IdentityCard2018,
    /// Three machine-readable lines of 30 characters.
    Td1,
    /// Two of 36.
    Td2,
    /// Two of 44: a passport.
    Td3,
    /// Hong Kong business registration certificate.
    BusinessRegistration,
}

/// All kinds.
pub const KINDS: [Kind; 6] = [
    Kind::IdentityCard2003,
    Kind::IdentityCard2018,
    Kind::Td1,
    Kind::Td2,
    Kind::Td3,
    Kind::BusinessRegistration,
];

impl Kind {
    /// What `ocr` calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IdentityCard2003 => "hkid-2003",
            Self::IdentityCard2018 => "hkid-2018",
            Self::Td1 => "mrz-td1",
            Self::Td2 => "mrz-td2",
            Self::Td3 => "mrz-td3",
            Self::BusinessRegistration => "business-registration",
        }
    }
}

/// A document and what stands on it.
pub struct Specimen {
    /// The drawing.
    pub image: RgbImage,
    /// What `ocr` should read, by the field's name.
    pub truth: BTreeMap<&'static str, String>,
}

impl Specimen {
    /// The document that belongs to this seed.
    pub fn new(kind: Kind, seed: u64) -> Self {
        match kind {
            Kind::IdentityCard2003 => identity_card::draw(seed, false),
            Kind::IdentityCard2018 => identity_card::draw(seed, true),
            Kind::Td1 => travel_document::draw(seed, Format::Td1),
            Kind::Td2 => travel_document::draw(seed, Format::Td2),
            Kind::Td3 => travel_document::draw(seed, Format::Td3),
            Kind::BusinessRegistration => certificate::draw(seed),
        }
    }
}
