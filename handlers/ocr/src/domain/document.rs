//! Which document a page is, and which strips of it are worth a second look.

use events::ocr::ReadingV1;

use super::{Area, Page, business_registration, identity_card, travel_document};

/// A document as far as a first look shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Document {
    IdentityCard,
    /// With machine-readable lines in this place.
    Travel(Area),
    BusinessRegistration,
}

/// What stands in a strip of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strip {
    /// Lines of capitals, digits and `<`.
    MachineReadable,
    /// One line of capitals, digits and brackets.
    CardNumber,
    /// One line of stars and capitals.
    Symbols,
    /// One line, which ends in `F` or `M`.
    Sex,
    /// One line of traditional Chinese.
    Chinese,
}

impl Document {
    /// The document that a page is; `None` if it is none that is known, or was held another way up.
    pub(crate) fn on(page: &Page) -> Option<Self> {
        if let Some(area) = travel_document::place(page) {
            return Some(Self::Travel(area));
        }
        if business_registration::is_on(page) {
            return Some(Self::BusinessRegistration);
        }
        identity_card::is_on(page).then_some(Self::IdentityCard)
    }

    /// The strips to look at again.
    pub(crate) fn strips(self, page: &Page) -> Vec<(Strip, Area)> {
        let strip = |strip, area: Option<Area>| area.map(|area| (strip, area));
        let strips = match self {
            Self::Travel(area) => vec![strip(Strip::MachineReadable, Some(area))],
            Self::BusinessRegistration => {
                vec![strip(Strip::Chinese, business_registration::chinese_place(page))]
            }
            Self::IdentityCard => {
                let places = identity_card::places(page);
                vec![
                    strip(Strip::CardNumber, places.number),
                    strip(Strip::Chinese, places.name_chinese),
                    strip(Strip::Symbols, places.symbols),
                    strip(Strip::Sex, places.sex),
                ]
            }
        };
        strips.into_iter().flatten().collect()
    }

    /// What the document says. `look` gives what the second look at a strip showed, `this_year` is
    /// that in which it is read.
    pub(crate) fn read(
        self,
        page: &Page,
        look: impl Fn(Strip) -> Page,
        this_year: i32,
    ) -> Option<ReadingV1> {
        match self {
            Self::Travel(area) => {
                travel_document::read(page, area, &look(Strip::MachineReadable), this_year)
            }
            Self::BusinessRegistration => {
                Some(business_registration::read(page, &look(Strip::Chinese)))
            }
            Self::IdentityCard => {
                let strips = identity_card::Strips {
                    number: look(Strip::CardNumber),
                    name_chinese: look(Strip::Chinese),
                    symbols: look(Strip::Symbols),
                    sex: look(Strip::Sex),
                };
                Some(identity_card::read(page, &strips))
            }
        }
    }
}
