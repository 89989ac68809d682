//! What stands on a Hong Kong business registration certificate: labels on the left, Chinese above
//! English, and what they tell of beside them.

use std::collections::BTreeMap;

use events::ocr::{FieldV1, ReadingV1};
use time::{Date, Duration};

use super::look_alikes::likeliest_digit;
use super::{Area, Line, Page, dates, is_chinese, unconfirmed};

/// The English labels, from top to bottom, and the field that each tells of.
const LABELS: [(&str, &str); 8] = [
    ("NAMEOFBUSINESS", "name"),
    ("ADDRESS", "address"),
    ("NATUREOFBUSINESS", "nature"),
    ("STATUS", "status"),
    ("DATEOFCOMMENCEMENT", "commencement_date"),
    ("DATEOFEXPIRY", "expiry_date"),
    ("CERTIFICATENO", "document_number"),
    ("FEEANDLEVY", "fee"),
];
/// Below this confidence, in thousandths, or without a letter or digit, it is no print.
const CONFIDENCE_MIN: u16 = 300;
/// Letters of a label that may be missing or others.
const MISREAD_MAX: usize = 2;

/// Whether a page is such a certificate.
pub(crate) fn is_on(page: &Page) -> bool {
    page.lines().iter().any(|line| {
        let letters = capitals(line);
        letters.contains("BUSINESSREGISTRATION") || letters.contains("REGISTRATIONCERTIFICATE")
    })
}

/// Where the Chinese name may stand: under the other.
pub(crate) fn chinese_place(page: &Page) -> Option<Area> {
    let names = values(page, "name");
    let first = names.first()?.area();
    let (end, height) = (labels(page).get(1)?.0.top, first.height());
    Some(Area {
        left: first.left.saturating_sub(height),
        top: first.bottom.saturating_add(height / 2),
        right: first.left.saturating_add(height.saturating_mul(24)),
        bottom: end.saturating_sub(height.saturating_mul(7) / 2),
    })
}

/// What a certificate says; `chinese` is what was read where the Chinese name may stand.
pub(crate) fn read(page: &Page, chinese: &Page) -> ReadingV1 {
    let mut fields = BTreeMap::new();
    let mut add = |name: &str, field: Option<FieldV1>| {
        fields.extend(field.map(|field| (name.to_owned(), field)));
    };
    add("name", values(page, "name").first().map(|line| text(&[line])));
    add(
        "name_chinese",
        chinese.lines().iter().find_map(|line| {
            let name: String = line.text().chars().filter(|c| is_chinese(*c)).collect();
            (!name.is_empty()).then(|| unconfirmed(name, line.confidence()))
        }),
    );
    for name in ["address", "nature"] {
        let lines = values(page, name);
        add(name, (!lines.is_empty()).then(|| text(&lines)));
    }
    let [commencement, expiry] = term(page);
    let number = page.lines().iter().find_map(number);
    let is_confirmed = commencement.zip(expiry).zip(number.as_ref()).is_some_and(
        |(((_, commencement), (_, expiry)), number)| {
            is_term(commencement, expiry) && number.month_and_year == month_and_year(commencement)
        },
    );
    for (name, date) in [("commencement_date", commencement), ("expiry_date", expiry)] {
        let field = |(line, date): (&Line, Date)| FieldV1 {
            value: date.to_string(),
            confidence: line.confidence(),
            is_confirmed,
        };
        add(name, date.map(field));
    }
    add("document_number", number.map(|number| number.field));
    ReadingV1 { document: "business-registration".to_owned(), fields }
}

/// Commencement and expiry: the earlier and the later of two dates, or the one beside its label.
fn term(page: &Page) -> [Option<(&Line, Date)>; 2] {
    let mut dates: Vec<(&Line, Date)> = page.lines().iter().filter_map(date).collect();
    dates.sort_by_key(|(_, date)| *date);
    match dates[..] {
        [first, last] => [Some(first), Some(last)],
        _ => ["commencement_date", "expiry_date"]
            .map(|name| values(page, name).into_iter().find_map(date)),
    }
}

/// A certificate is good for one year or three, less a day.
fn is_term(commencement: Date, expiry: Date) -> bool {
    [1, 3].into_iter().any(|years| {
        let end = commencement.year().checked_add(years);
        let end = end.and_then(|year| commencement.replace_year(year).ok());
        end.and_then(|end| end.checked_sub(Duration::DAY)) == Some(expiry)
    })
}

struct Number {
    /// Eight digits of the business and three of the branch.
    field: FieldV1,
    /// `MMYY` of the commencement, which follows them.
    month_and_year: String,
}

/// `12345678-000-MM-YY-C`: nobody tells how the last is computed, so nothing confirms the first.
fn number(line: &Line) -> Option<Number> {
    let text = line.text();
    let digits: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let digits: String = digits.chars().map(likeliest_digit).collect();
    if text.matches('-').count() < 3
        || digits.len() != 16
        || !digits.bytes().take(15).all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let (number, rest) = digits.split_at(11);
    Some(Number {
        field: unconfirmed(number.to_owned(), line.confidence()),
        month_and_year: rest.get(..4)?.to_owned(),
    })
}

fn month_and_year(date: Date) -> String {
    format!("{:02}{:02}", u8::from(date.month()), date.year().rem_euclid(100))
}

fn date(line: &Line) -> Option<(&Line, Date)> {
    dates::day_first(&line.text()).map(|date| (line, date))
}

/// Several lines are parted by commas, as an address on one line is.
fn text(lines: &[&Line]) -> FieldV1 {
    let texts: Vec<String> =
        lines.iter().map(|line| line.text().trim_end_matches([',', ' ']).to_owned()).collect();
    let confidence = lines.iter().map(|line| line.confidence()).min().unwrap_or(0);
    unconfirmed(texts.join(", "), confidence)
}

/// What stands beside a label: right of all labels, and not above it nor beside the next.
fn values<'a>(page: &'a Page, field: &str) -> Vec<&'a Line> {
    let labels = labels(page);
    let Some(edge) = labels.iter().map(|(area, _)| area.right).max() else { return vec![] };
    let belongs = |line: &&Line| {
        let area = line.area();
        // A label's Chinese half stands on the line above, which is where its values begin.
        let above = |label: &Area| label.top.saturating_sub(label.height().saturating_mul(4));
        let last = labels.iter().rfind(|(label, _)| above(label) <= area.middle());
        let is_print =
            line.confidence() >= CONFIDENCE_MIN && line.text().contains(char::is_alphanumeric);
        is_print && area.left > edge && last.is_some_and(|(_, name)| *name == field)
    };
    page.lines().iter().filter(belongs).collect()
}

/// The labels that were found, from top to bottom.
fn labels(page: &Page) -> Vec<(Area, &'static str)> {
    let mut found = Vec::new();
    for line in page.lines() {
        // The engine may hold what stands beside a label for its line's end.
        for length in (1..=line.words().len()).rev() {
            let Some(part) = Line::new(line.words().iter().take(length).cloned().collect()) else {
                continue;
            };
            let letters = capitals(&part);
            let label = LABELS.iter().find(|(label, _)| is_nearly(&letters, label));
            if let Some((_, name)) = label {
                found.push((part.area(), *name));
                break;
            }
        }
    }
    found
}

fn capitals(line: &Line) -> String {
    let text = line.text().to_ascii_uppercase();
    text.chars().filter(char::is_ascii_uppercase).collect()
}

/// Whether two texts differ in few letters at their beginnings.
fn is_nearly(read: &str, label: &str) -> bool {
    let missing = label.len().checked_sub(read.len());
    label == read
        || label.len() > 8
            && missing.is_some_and(|missing| (1..=MISREAD_MAX).contains(&missing))
            && label.ends_with(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_lines(lines: &[&str]) -> ReadingV1 {
        let page = Page::printed(0, lines);
        assert!(is_on(&page));
        read(&page, &Page::default())
    }

    fn dates(commencement: &str, expiry: &str, number: &str) -> [(String, bool); 2] {
        let reading =
            read_lines(&["BUSINESS REGISTRATION CERTIFICATE", commencement, expiry, number]);
        ["commencement_date", "expiry_date"].map(|name| {
            let field = &reading.fields[name];
            (field.value.clone(), field.is_confirmed)
        })
    }

    #[test]
    fn dates_and_number_confirm_each_other() {
        let [commencement, expiry] = dates("05/03/2025", "04/03/2026", "12345678-000-03-25-7");
        assert_eq!(commencement, ("2025-03-05".to_owned(), true));
        assert_eq!(expiry, ("2026-03-04".to_owned(), true));
        assert!(dates("05/03/2025", "04/03/2028", "12345678-000-03-25-7")[1].1);
        // Neither a day, nor a month, nor a year may be misread unnoticed.
        for (commencement, expiry) in [
            ("06/03/2025", "04/03/2026"),
            ("05/03/2025", "04/05/2026"),
            ("05/03/2025", "04/03/2027"),
            ("05/03/2023", "04/03/2026"),
        ] {
            let read = dates(commencement, expiry, "12345678-000-03-25-7");
            assert!(!read[0].1 && !read[1].1, "{commencement} {expiry}");
        }
    }

    #[test]
    fn a_number_is_of_eight_digits_and_three_and_nothing_confirms_it() {
        let reading = read_lines(&["REGISTRATION CERTIFICATE", "l2345678-O00-03-25-7"]);
        let number = &reading.fields["document_number"];
        assert_eq!((number.value.as_str(), number.is_confirmed), ("12345678000", false));
        let reading = read_lines(&["REGISTRATION CERTIFICATE", "1234567-000-03-25-7"]);
        assert!(!reading.fields.contains_key("document_number"));
    }
}
