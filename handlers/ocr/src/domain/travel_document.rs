//! What stands on a document with machine-readable lines, held against the zone that is printed
//! for people on the same side.

use std::collections::{BTreeMap, BTreeSet};

use events::ocr::{FieldV1, ReadingV1};
use time::Date;

use super::mrz::{Field, Mrz, Possible};
use super::{Area, Line, Page, dates};

/// Fillers that a line has at least, or the engine takes other print for one.
const FILLERS_MIN: usize = 3;
/// Characters of a line that was read badly, of 30 at least.
const CHARACTERS_MIN: usize = 18;
/// Letters by which printed names may differ from what was read in the lines.
const NAME_DISTANCE_MAX: usize = 2;
/// A document that expires is good for no longer than this many years.
const VALID_YEARS_MAX: i32 = 50;

/// Where the machine-readable lines stand; `None` if a page has none.
pub(crate) fn place(page: &Page) -> Option<Area> {
    let lines: Vec<&Line> = page.lines().iter().filter(|line| is_machine_readable(line)).collect();
    let area = lines.iter().map(|line| line.area()).reduce(Area::joined)?;
    let height = lines.iter().map(|line| line.area().height()).min()?;
    (lines.len() >= 2).then(|| area.with_margin(height / 2))
}

fn is_machine_readable(line: &Line) -> bool {
    let text = line.text();
    let fillers = text.chars().filter(|letter| matches!(letter, '<' | '«' | '‹')).count();
    let characters = text.chars().filter(|letter| !letter.is_whitespace()).count();
    fillers >= FILLERS_MIN && characters >= CHARACTERS_MIN
}

/// What a document says. `lines` is what was read where the machine-readable lines stand, `today`
/// the year in which it is read.
pub(crate) fn read(page: &Page, place: Area, lines: &Page, this_year: i32) -> Option<ReadingV1> {
    let long = |line: &&Line| line.text().len() >= CHARACTERS_MIN;
    let lines: Vec<&Line> = lines.lines().iter().filter(long).collect();
    let texts: Vec<String> = lines.iter().map(|line| line.text()).collect();
    let (mrz, checked) = Mrz::of_lines(&texts)?;
    let confidence = lines.iter().map(|line| line.confidence()).min()?;
    if checked.number.raw.is_empty() {
        return None;
    }
    let printed = Printed::of(page, place);
    let field = |value: String, is_confirmed| FieldV1 { value, confidence, is_confirmed };
    let mut fields = BTreeMap::new();
    let mut add = |name: &str, field: FieldV1| fields.insert(name.to_owned(), field);

    // Any character of it may be another that no check tells from it.
    let (number, is_confirmed) = decide(&checked.number, |value| printed.words.contains(value));
    let is_confirmed = is_confirmed && printed.words.contains(&number);
    add("document_number", field(number, is_confirmed));
    let latest_expiry = this_year.saturating_add(VALID_YEARS_MAX);
    for (name, checked, latest) in
        [("birth_date", &checked.birth, this_year), ("expiry_date", &checked.expiry, latest_expiry)]
    {
        let date = |digits: &str| dates::year_first(digits, latest);
        let is_printed =
            |digits: &str| date(digits).is_some_and(|date| printed.dates.contains(&date));
        let (digits, is_confirmed) = decide(checked, is_printed);
        if let Some(date) = date(&digits) {
            add(name, field(date.to_string(), is_confirmed));
        }
    }
    let (surname, given) = mrz.names();
    let (surname, has_surname) = printed.name(surname);
    let (given, has_given) = printed.name(given);
    add("name", field(format!("{surname}, {given}"), has_surname && has_given));
    let (state, nationality) = (mrz.state(), mrz.nationality());
    add("issuing_state", field(state, false));
    let is_confirmed = printed.words.contains(&nationality);
    add("nationality", field(nationality, is_confirmed));
    if let Some(sex) = mrz.sex().map(String::from) {
        let is_confirmed = printed.words.contains(&sex);
        add("sex", field(sex, is_confirmed));
    }
    Some(ReadingV1 { document: mrz.format.name().to_owned(), fields })
}

/// The value of a field, and whether it is certain: the one value with which every check agrees, or
/// the one of these that is printed as well. If the lines say one and the printed zone another, and
/// no check tells them apart, none is.
fn decide(field: &Field, is_printed: impl Fn(&str) -> bool) -> (String, bool) {
    let raw = field.raw.clone();
    let printed = |possible: &&Possible| is_printed(&possible.value);
    match field.possible.as_slice() {
        // Not every check agrees with anything: its own and a second place must.
        [] => {
            let is_certain = field.is_checked && is_printed(&raw);
            (raw, is_certain)
        }
        [only] => (only.value.clone(), only.is_as_read || is_printed(&only.value)),
        several => {
            let as_read = several.iter().find(|possible| possible.value == raw && field.is_checked);
            let printed: Vec<&Possible> = several.iter().filter(printed).collect();
            match (&printed[..], as_read) {
                ([printed], None) => (printed.value.clone(), true),
                ([printed], Some(raw)) => (raw.value.clone(), printed.value == raw.value),
                // Whichever it is, it is not certain.
                _ => (as_read.unwrap_or(&several[0]).value.clone(), false),
            }
        }
    }
}

/// What stands outside the machine-readable lines.
struct Printed {
    words: BTreeSet<String>,
    lines: Vec<String>,
    dates: BTreeSet<Date>,
}

impl Printed {
    fn of(page: &Page, place: Area) -> Self {
        let outside =
            |line: &&Line| line.area().bottom <= place.top || line.area().top >= place.bottom;
        let lines: Vec<&Line> = page.lines().iter().filter(outside).collect();
        let words = lines.iter().flat_map(|line| line.words()).map(|word| word.text.clone());
        let dates = lines.iter().filter_map(|line| dates::day_first(&line.text()));
        Self {
            words: words.collect(),
            lines: lines.iter().map(|line| line.text().to_ascii_uppercase()).collect(),
            dates: dates.collect(),
        }
    }

    /// The names as they are printed, where the lines say nearly that; and whether both say the
    /// same.
    fn name(&self, read: String) -> (String, bool) {
        if self.lines.contains(&read) {
            return (read, true);
        }
        let of_names = |c: char| c.is_ascii_uppercase() || " -'".contains(c);
        let distance = |line: &String| levenshtein(&letters(line), &letters(&read));
        let printed = self
            .lines
            .iter()
            .filter(|line| line.chars().all(of_names))
            .min_by_key(|line| distance(line));
        let is_near = |line: &&String| {
            let distance = distance(line);
            distance <= NAME_DISTANCE_MAX && distance.saturating_mul(3) < line.len()
        };
        (printed.filter(is_near).cloned().unwrap_or(read), false)
    }
}

/// How many letters must be put in, taken out or replaced to make one text of the other.
fn levenshtein(one: &str, other: &str) -> usize {
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (row, a) in (1..).zip(one.bytes()) {
        let mut line = vec![row];
        for (at, b) in other.bytes().enumerate() {
            let put_in = above[at.saturating_add(1)].min(line[at]).saturating_add(1);
            line.push(put_in.min(above[at].saturating_add(usize::from(a != b))));
        }
        above = line;
    }
    above.last().copied().unwrap_or_default()
}

fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests;
