//! Machine-readable lines as ICAO 9303 has them: where which field stands, and which check digit
//! is over what. All lines of a document are one text, in which places are counted from 0.
//!
//! Reading order: here (the formats), `fit` (lines as they were read are given their length),
//! `repair` (what the check digits leave possible).

mod fit;
mod repair;

use std::ops::Range;

pub(crate) use repair::{Field, Fields, Possible};

/// One of the three formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Three lines of 30 characters: cards.
    Td1,
    /// Two of 36.
    Td2,
    /// Two of 44: passports.
    Td3,
}

/// A field and the place of the check digit over it.
type Checked = (Range<usize>, usize);

struct Layout {
    name: &'static str,
    length: usize,
    names: Range<usize>,
    number: Checked,
    nationality: Range<usize>,
    birth: Checked,
    sex: usize,
    expiry: Checked,
    /// What the state adds; only passports have a check digit over it.
    optional: Option<Checked>,
    /// What the last check digit is over, and its place.
    all: ([Range<usize>; 4], usize),
}

/// The same in all formats.
const STATE: Range<usize> = 2..5;

static TD1: Layout = Layout {
    name: "mrz-td1",
    length: 30,
    names: 60..90,
    number: (5..14, 14),
    nationality: 45..48,
    birth: (30..36, 36),
    sex: 37,
    expiry: (38..44, 44),
    optional: None,
    all: ([5..30, 30..37, 38..45, 48..59], 59),
};
static TD2: Layout = Layout {
    name: "mrz-td2",
    length: 36,
    names: 5..36,
    number: (36..45, 45),
    nationality: 46..49,
    birth: (49..55, 55),
    sex: 56,
    expiry: (57..63, 63),
    optional: None,
    all: ([36..46, 49..56, 57..64, 64..71], 71),
};
static TD3: Layout = Layout {
    name: "mrz-td3",
    length: 44,
    names: 5..44,
    number: (44..53, 53),
    nationality: 54..57,
    birth: (57..63, 63),
    sex: 64,
    expiry: (65..71, 71),
    optional: Some((72..86, 86)),
    all: ([44..54, 57..64, 65..72, 72..87], 87),
};

impl Format {
    const fn layout(self) -> &'static Layout {
        match self {
            Self::Td1 => &TD1,
            Self::Td2 => &TD2,
            Self::Td3 => &TD3,
        }
    }

    /// What events call it.
    pub(crate) const fn name(self) -> &'static str {
        self.layout().name
    }
}

/// All lines of a document in one text of the right length; what no check sees may be wrong.
pub(crate) struct Mrz {
    pub(crate) format: Format,
    text: Vec<char>,
}

impl Mrz {
    /// The lines as they were read, from top to bottom, and what the check digits leave possible;
    /// `None` if they are of no format. Of several ways to give them their length it is that in
    /// which all checks agree with the fewest changes; where characters had to be left out for
    /// that, nothing is as read.
    pub(crate) fn of_lines(lines: &[String]) -> Option<(Self, Fields)> {
        let mut best: Option<(usize, Self, Fields)> = None;
        for fit::Fitted { format, text, dropped } in fit::fit(lines) {
            let mut fields = repair::fields(format.layout(), &text);
            let changes = fields.changes.saturating_add(dropped);
            if dropped > 0 {
                fields.distrust();
            }
            if best.as_ref().is_none_or(|(fewest, ..)| changes < *fewest) {
                best = Some((changes, Self { format, text }, fields));
            }
        }
        best.map(|(_, mrz, fields)| (mrz, fields))
    }

    /// Surname and given names; no check digit is over them.
    pub(crate) fn names(&self) -> (String, String) {
        let range = self.format.layout().names.clone();
        let letters = self.part(range);
        let (surname, given) = letters.split_once("<<").unwrap_or((&letters, ""));
        // Where the rest is filled up, a lone letter between is one of the fillers, misread.
        let given = given.split("<<").next().unwrap_or_default();
        let plain = |names: &str| {
            let parts: Vec<&str> = names.split('<').filter(|part| !part.is_empty()).collect();
            parts.join(" ")
        };
        (plain(surname), plain(given))
    }

    /// The state that issued it, as three letters.
    pub(crate) fn state(&self) -> String {
        self.part(STATE).replace('<', "")
    }

    /// The holder's nationality, as three letters.
    pub(crate) fn nationality(&self) -> String {
        self.part(self.format.layout().nationality.clone()).replace('<', "")
    }

    /// `F` or `M`; `None` where it is neither.
    pub(crate) fn sex(&self) -> Option<char> {
        let sex = *self.text.get(self.format.layout().sex)?;
        matches!(sex, 'F' | 'M').then_some(sex)
    }

    /// Where only letters stand.
    fn part(&self, range: Range<usize>) -> String {
        let letters = self.text.get(range).unwrap_or_default();
        letters.iter().copied().map(super::look_alikes::likeliest_letter).collect()
    }
}

/// The check digit over a text: weights 7, 3, 1 in turn, modulo 10. Letters count from A = 10, `<`
/// counts 0. So it cannot see one taken for another that is a multiple of ten away: G for 6, K for
/// `<`, L for 1, S for 8.
fn check_digit<'a>(text: impl Iterator<Item = &'a char>) -> Option<char> {
    let mut sum = 0_u32;
    for (weight, letter) in [7, 3, 1].into_iter().cycle().zip(text) {
        let value = if *letter == '<' { 0 } else { letter.to_digit(36)? };
        sum = sum.checked_add(value.checked_mul(weight)?)?;
    }
    char::from_digit(sum % 10, 10)
}
