//! What stands on the front of a Hong Kong identity card. Both layouts print the same; the cards of
//! the layout of 2018 were issued from 26 November 2018 on.

use std::collections::BTreeMap;

use events::ocr::{FieldV1, ReadingV1};
use time::macros::date;

use super::{Area, Line, Page, Word, dates, identity_card_number, unconfirmed};

const FIRST_OF_2018: time::Date = date!(2018 - 11 - 26);

/// Where the parts of a card stand that are read a second time.
pub(crate) struct Places {
    /// The number, in brackets its check character.
    pub(crate) number: Option<Area>,
    /// Where the Chinese name stands, if there is one: above the other.
    pub(crate) name_chinese: Option<Area>,
    /// The line between birth date and date of issue.
    pub(crate) symbols: Option<Area>,
    /// Beside the birth date, if the sex was not found there.
    pub(crate) sex: Option<Area>,
}

/// What a second reading found there.
pub(crate) struct Strips {
    pub(crate) number: Page,
    pub(crate) name_chinese: Page,
    pub(crate) symbols: Page,
    pub(crate) sex: Page,
}

/// Whether a page is such a card.
pub(crate) fn is_on(page: &Page) -> bool {
    let says_so = page.lines().iter().any(|line| {
        let letters: String = line.text().chars().filter(char::is_ascii_uppercase).collect();
        letters.contains("IDENTITYCARD") && letters.contains("HONGKONG")
    });
    says_so || number(page).is_some() && birth(page).is_some()
}

/// Where to read again.
pub(crate) fn places(page: &Page) -> Places {
    let name = name(page).map(Line::area);
    let birth_line = birth(page).map(|(line, _)| line);
    let (birth, issue) = (birth_line.map(Line::area), first_issue(page));
    let height = name.map_or(0, Area::height);
    Places {
        number: number(page).map(|line| line.area().with_margin(line.area().height() / 3)),
        name_chinese: name.map(|name| Area {
            left: name.left.saturating_sub(height),
            top: name.top.saturating_sub(height.saturating_mul(9) / 4),
            right: name.left.saturating_add(height.saturating_mul(9)),
            bottom: name.top.saturating_sub(height / 5),
        }),
        symbols: birth.zip(issue).map(|(birth, (line, _))| Area {
            left: birth.left.saturating_sub(birth.height()),
            top: birth.bottom.saturating_add(birth.height() / 2),
            right: birth.right.saturating_add(birth.height()),
            // Its label stands between.
            bottom: line.area().top.saturating_sub(line.area().height().saturating_mul(5) / 2),
        }),
        sex: birth_line.filter(|birth| sex(page, birth).is_none()).map(Line::area).map(|birth| {
            let (wide, high) = (birth.right.saturating_sub(birth.left), birth.height());
            Area {
                left: birth.right.saturating_add(high),
                right: birth.right.saturating_add(wide),
                ..birth
            }
            .with_margin(high / 4)
        }),
    }
}

/// What a card says.
pub(crate) fn read(page: &Page, strips: &Strips) -> ReadingV1 {
    let mut fields = BTreeMap::new();
    let mut add = |name: &str, field: Option<FieldV1>| {
        fields.extend(field.map(|field| (name.to_owned(), field)));
    };
    let again = strips.number.lines().iter();
    let readings: Vec<(String, u16)> =
        again.chain(number(page)).map(|line| (line.text(), line.confidence())).collect();
    add("document_number", identity_card_number::read(&readings));
    add("name", name(page).map(|line| unconfirmed(in_name_form(&line.text()), line.confidence())));
    add("name_chinese", chinese(&strips.name_chinese));
    let birth = birth(page);
    add("birth_date", birth.map(|(line, date)| unconfirmed(date.to_string(), line.confidence())));
    let sex = birth.and_then(|(line, _)| sex(page, line));
    add("sex", sex.or_else(|| strips.sex.lines().first().and_then(|line| sex_in(line.words()))));
    add("symbols", symbols(&strips.symbols));
    let first = first_issue(page)
        .map(|(line, (year, month))| unconfirmed(format!("{year}-{month:02}"), line.confidence()));
    add("first_issue", first);
    let issue = issue(page);
    add("issue_date", issue.map(|(line, date)| unconfirmed(date.to_string(), line.confidence())));
    let is_of_2003 = issue.is_some_and(|(_, date)| date < FIRST_OF_2018);
    let document = if is_of_2003 { "hkid-2003" } else { "hkid-2018" };
    ReadingV1 { document: document.to_owned(), fields }
}

/// What looks like a number: letters and digits, some of them in brackets.
fn number(page: &Page) -> Option<&Line> {
    page.lines().iter().rev().find(|line| {
        let text = line.text();
        let characters = text.chars().filter(char::is_ascii_alphanumeric).count();
        let digits = text.chars().filter(char::is_ascii_digit).count();
        text.contains(['(', ')']) && (7..=10).contains(&characters) && digits >= 5
    })
}

/// `SURNAME, Given Names`.
fn name(page: &Page) -> Option<&Line> {
    page.lines().iter().find(|line| {
        let text = line.text();
        let Some((surname, given)) = text.split_once([',', '.']) else { return false };
        let letters = |part: &str| {
            let is_of_names = |c: char| c.is_ascii_alphabetic() || " -'".contains(c);
            part.len() >= 2 && part.chars().all(is_of_names)
        };
        letters(surname) && letters(given) && !surname.contains(|c: char| c.is_ascii_lowercase())
    })
}

/// With one blank behind the comma, whatever the engine saw there.
fn in_name_form(text: &str) -> String {
    let (surname, given) = text.split_once([',', '.']).unwrap_or((text, ""));
    format!("{}, {}", surname.trim(), given.trim())
}

/// The first line that is Chinese; the engine parts its characters.
fn chinese(strip: &Page) -> Option<FieldV1> {
    strip.lines().iter().find_map(|line| {
        let name: String = line.text().chars().filter(|c| super::is_chinese(*c)).collect();
        (name.chars().count() >= 2).then(|| unconfirmed(name, line.confidence()))
    })
}

fn birth(page: &Page) -> Option<(&Line, time::Date)> {
    page.lines().iter().find_map(|line| {
        let words = line.words().iter();
        let date = words
            .filter(|word| word.text.len() >= 10)
            .find_map(|word| dates::day_first(&word.text));
        date.map(|date| (line, date))
    })
}

/// Beside the birth date: a Chinese word and a letter.
fn sex(page: &Page, birth: &Line) -> Option<FieldV1> {
    let beside = page.lines().iter().filter(|line| line.area().is_beside(birth.area()));
    let last = beside.filter_map(|line| line.words().last());
    sex_in(last.max_by_key(|word| word.area.right).map(std::slice::from_ref)?)
}

/// The last letter.
fn sex_in(words: &[Word]) -> Option<FieldV1> {
    let word = words.last()?;
    let letter = word.text.chars().last().filter(|letter| matches!(letter, 'F' | 'M'))?;
    Some(unconfirmed(letter.to_string(), word.confidence))
}

fn symbols(strip: &Page) -> Option<FieldV1> {
    let line = strip.lines().first()?;
    let text: String = line.text().chars().filter(|c| !c.is_whitespace()).collect();
    Some(unconfirmed(text, line.confidence()))
}

/// When the holder was first given a card: in brackets.
fn first_issue(page: &Page) -> Option<(&Line, (i32, u8))> {
    page.lines().iter().find_map(|line| {
        let text = line.text();
        let inner = text.trim().strip_prefix('(')?.strip_suffix(')')?;
        dates::month_first(inner).map(|month| (line, month))
    })
}

/// When this card was issued: the last date of two digits a part.
fn issue(page: &Page) -> Option<(&Line, time::Date)> {
    page.lines().iter().rev().find_map(|line| {
        let text = line.text();
        let text = text.trim();
        (text.len() == 8).then(|| dates::day_first(text))?.map(|date| (line, date))
    })
}
