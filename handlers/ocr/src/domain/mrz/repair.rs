//! What the check digits leave possible. A field may be as it was read, or with one character that
//! looks alike in its place; every check over it must agree. Of the ways in which all checks agree
//! those with the fewest changes count. Where several are left, the printed zone decides.

use std::ops::Range;

use super::super::look_alikes::{as_digits, likeliest_digit, look_alikes};
use super::{Checked, Layout, check_digit};

/// Readings of one field that are tried; more come only of a line that is beyond repair.
const VARIANTS_MAX: usize = 64;

/// A field that a check digit is over.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// As it was read, with digits where only digits can stand.
    pub(crate) raw: String,
    /// Whether its own check digit agrees with that.
    pub(crate) is_checked: bool,
    /// Every value with which all checks agree; ordered.
    pub(crate) possible: Vec<Possible>,
}

/// A value of a field with which all checks agree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Possible {
    pub(crate) value: String,
    /// Only characters that cannot stand where they were read are others. With two misreadings in a
    /// field another single change would often satisfy two checks.
    pub(crate) is_as_read: bool,
}

/// The fields that check digits are over.
pub(crate) struct Fields {
    /// Of the document, without fillers.
    pub(crate) number: Field,
    /// `YYMMDD`.
    pub(crate) birth: Field,
    /// `YYMMDD`.
    pub(crate) expiry: Field,
    /// How many characters are others than were read; the most that a number can be if the checks
    /// agree with nothing.
    pub(super) changes: usize,
}

impl Fields {
    /// Takes nothing for being as it was read any more.
    pub(super) fn distrust(&mut self) {
        for field in [&mut self.number, &mut self.birth, &mut self.expiry] {
            field.is_checked = false;
            field.possible.iter_mut().for_each(|possible| possible.is_as_read = false);
        }
    }
}

/// What may stand in a field.
#[derive(Clone, Copy)]
enum Alphabet {
    Digits,
    /// Letters and digits, then fillers to the end.
    Number,
    /// Anything anywhere.
    Any,
}

pub(super) fn fields(layout: &Layout, text: &[char]) -> Fields {
    let number = variants(text, &layout.number, Alphabet::Number);
    let birth = variants(text, &layout.birth, Alphabet::Digits);
    let expiry = variants(text, &layout.expiry, Alphabet::Digits);
    let optional = match &layout.optional {
        Some(checked) => variants(text, checked, Alphabet::Any),
        // Nothing to put into its place.
        None => vec![Variant { at: 0, characters: vec![], changes: 0, is_as_read: true }],
    };
    let mut possible: [Vec<Possible>; 3] = Default::default();
    let mut fewest = usize::MAX;
    let (ranges, place) = &layout.all;
    let over_all = text.get(*place).copied().map(as_digits).unwrap_or_default();
    for chosen in combinations([&number, &birth, &expiry, &optional]) {
        let mut whole = text.to_vec();
        for variant in chosen {
            variant.put_into(&mut whole);
        }
        let parts = ranges.iter().flat_map(|range| whole.get(range.clone()).unwrap_or_default());
        if !check_digit(parts).is_some_and(|digit| over_all.contains(&digit)) {
            continue;
        }
        let changes = chosen.iter().map(|variant| variant.changes).sum();
        if changes < fewest {
            possible = Default::default();
            fewest = changes;
        }
        if changes == fewest {
            for (values, variant) in possible.iter_mut().zip(chosen) {
                values.push(variant.possible());
            }
        }
    }
    let [numbers, births, expiries] = possible;
    Fields {
        number: field(text, &layout.number, Alphabet::Number, numbers),
        birth: field(text, &layout.birth, Alphabet::Digits, births),
        expiry: field(text, &layout.expiry, Alphabet::Digits, expiries),
        changes: fewest,
    }
}

/// Characters for a field and for its check digit behind it.
#[derive(Clone, PartialEq, Eq)]
struct Variant {
    at: usize,
    characters: Vec<char>,
    /// Characters that are others than were read.
    changes: usize,
    is_as_read: bool,
}

impl Variant {
    fn put_into(&self, text: &mut [char]) {
        let places = text.iter_mut().skip(self.at);
        for (place, letter) in places.zip(&self.characters) {
            *place = *letter;
        }
    }

    /// Without check digit and fillers.
    fn value(&self) -> String {
        let end = self.characters.len().saturating_sub(1);
        let value: String = self.characters.iter().take(end).collect();
        value.trim_end_matches('<').to_owned()
    }

    fn possible(&self) -> Possible {
        Possible { value: self.value(), is_as_read: self.is_as_read }
    }

    /// Whether the check digit behind the field agrees; nothing needs none.
    fn is_checked(&self) -> bool {
        let Some((digit, field)) = self.characters.split_last() else { return true };
        let is_empty = field.iter().all(|letter| *letter == '<');
        check_digit(field.iter()) == Some(*digit) || is_empty && *digit == '<'
    }
}

/// All that a field may be by its own check digit: with the digits that letters in their places
/// may be, and with at most one character more that is another.
fn variants(text: &[char], checked: &Checked, alphabet: Alphabet) -> Vec<Variant> {
    let (range, _) = checked;
    let read = text.get(range.start..range.end.saturating_add(1)).unwrap_or_default();
    let variant = |characters: Vec<char>, is_as_read| {
        let changes = characters.iter().zip(read).filter(|(one, other)| one != other).count();
        Variant { at: range.start, characters, changes, is_as_read }
    };
    let mut possible = Vec::new();
    for characters in forced(read, alphabet) {
        for at in 0..characters.len() {
            for other in look_alikes(characters[at]) {
                let mut repaired = characters.clone();
                repaired[at] = other;
                possible.push(variant(repaired, false));
            }
        }
        possible.push(variant(characters, true));
    }
    // Of twins the one with fewer changes, and of these the one that is as read.
    possible.sort_by_key(|variant| (variant.changes, !variant.is_as_read));
    let mut checked: Vec<Variant> = Vec::new();
    let fits = |variant: &Variant| fits(&variant.characters, alphabet) && variant.is_checked();
    for variant in possible.into_iter().filter(fits) {
        let is_known = checked.iter().any(|known| known.characters == variant.characters);
        if !is_known && checked.len() < VARIANTS_MAX {
            checked.push(variant);
        }
    }
    checked
}

/// As read, but for letters where only digits can stand: these are each digit that they look like.
fn forced(read: &[char], alphabet: Alphabet) -> Vec<Vec<char>> {
    let last = read.len().saturating_sub(1);
    let mut all: Vec<Vec<char>> = vec![vec![]];
    for (at, letter) in read.iter().enumerate() {
        let is_digit = matches!(alphabet, Alphabet::Digits) || at == last && *letter != '<';
        let options = if is_digit { as_digits(*letter) } else { vec![*letter] };
        let longer = |begun: &Vec<char>| {
            let with = |option: &char| [begun.as_slice(), &[*option]].concat();
            options.iter().map(with).collect::<Vec<Vec<char>>>()
        };
        all = all.iter().flat_map(longer).take(VARIANTS_MAX).collect();
    }
    all
}

/// Whether each character can stand where it does.
fn fits(characters: &[char], alphabet: Alphabet) -> bool {
    let Some((digit, field)) = characters.split_last() else { return false };
    let is_field = match alphabet {
        Alphabet::Digits => field.iter().all(char::is_ascii_digit),
        Alphabet::Number => {
            let mut end = field.iter().skip_while(|letter| **letter != '<');
            field.first().is_some_and(|first| *first != '<') && end.all(|letter| *letter == '<')
        }
        Alphabet::Any => true,
    };
    is_field && (digit.is_ascii_digit() || matches!(alphabet, Alphabet::Any) && *digit == '<')
}

/// One of each, in every way.
fn combinations(
    [numbers, births, expiries, optionals]: [&[Variant]; 4],
) -> impl Iterator<Item = [&Variant; 4]> {
    numbers.iter().flat_map(move |number| {
        births.iter().flat_map(move |birth| {
            expiries.iter().flat_map(move |expiry| {
                optionals.iter().map(move |optional| [number, birth, expiry, optional])
            })
        })
    })
}

fn field(
    text: &[char],
    checked: &Checked,
    alphabet: Alphabet,
    mut possible: Vec<Possible>,
) -> Field {
    possible.sort();
    possible.dedup();
    let (range, place) = checked;
    let likeliest = |range: Range<usize>| {
        let read = text.get(range).unwrap_or_default().iter().copied();
        let digits = read.clone().map(likeliest_digit);
        match alphabet {
            Alphabet::Digits => digits.collect::<Vec<char>>(),
            Alphabet::Number | Alphabet::Any => read.collect(),
        }
    };
    let mut characters = likeliest(range.clone());
    characters.extend(text.get(*place).copied().map(likeliest_digit));
    let raw = Variant { at: range.start, characters, changes: 0, is_as_read: true };
    Field { raw: raw.value(), is_checked: raw.is_checked(), possible }
}
