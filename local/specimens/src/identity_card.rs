//! Hong Kong identity cards: the layout of 2003, with the large portrait on the right, and that of
//! 2018, with it on the left.

use std::collections::BTreeMap;

use fastrand::Rng;
use time::Date;

use crate::Specimen;
use crate::canvas::{BLACK, Canvas, GREY};
use crate::fonts::Faces;
use crate::person::{Person, date, day_first};

/// An ID-1 card at 300 dots an inch, in pixels.
const WIDTH: u32 = 1012;
const HEIGHT: u32 = 638;
/// One letter more often than two, as on the street.
const PREFIXES: [&str; 14] =
    ["A", "C", "D", "E", "G", "H", "K", "M", "P", "R", "V", "Y", "Z", "WX"];
const SYMBOLS: [&str; 5] = ["***AZ", "***AO", "AZ", "*AZ", "***CO"];

pub(crate) fn draw(seed: u64, is_of_2018: bool) -> Specimen {
    let mut rng = Rng::with_seed(seed);
    let person = Person::new(&mut rng);
    let number = number(&mut rng);
    let symbols = SYMBOLS[rng.usize(..SYMBOLS.len())];
    let first = date(&mut rng, 1990, 2002);
    let issue = if is_of_2018 { date(&mut rng, 2019, 2025) } else { date(&mut rng, 2004, 2017) };

    let mut canvas = Canvas::new(WIDTH, HEIGHT, Faces::of_seed(seed), [226, 236, 232]);
    let title = if is_of_2018 { 250.0 } else { 60.0 };
    canvas.print(title, 62.0, 44.0, BLACK, "香港永久性居民身份證");
    canvas.print(title, 98.0, 28.0, BLACK, "HONG KONG PERMANENT IDENTITY CARD");
    canvas.say_specimen(300.0, 610.0, 60.0);
    let left = if is_of_2018 {
        canvas.portrait(40, 210, 290, 370);
        canvas.portrait(860, 330, 100, 130);
        370.0
    } else {
        canvas.portrait(680, 130, 290, 370);
        60.0
    };
    let name = format!("{}, {}", person.surname, person.given);
    let names = if is_of_2018 { 250.0 } else { left };
    canvas.print(names, 152.0, 42.0, BLACK, person.chinese);
    canvas.print(names, 196.0, 36.0, BLACK, &name);
    let codes = if is_of_2018 { left } else { names };
    canvas.print(codes, 240.0, 28.0, BLACK, person.codes);
    canvas.print(left, 300.0, 26.0, GREY, "出生日期 Date of Birth");
    let end = canvas.print(left, 342.0, 36.0, BLACK, &day_first(person.birth, '-'));
    let sex = if person.is_female { "女 F" } else { "男 M" };
    canvas.print(end + 60.0, 342.0, 36.0, BLACK, sex);
    canvas.print(left, 392.0, 34.0, BLACK, symbols);
    canvas.print(left, 446.0, 26.0, GREY, "簽發日期 Date of Issue");
    canvas.print(left, 486.0, 30.0, BLACK, &format!("({})", month(first)));
    let last = format!("{:02}-{}", issue.day(), month(issue));
    canvas.print(left, 530.0, 34.0, BLACK, &last);
    canvas.print(690.0, 590.0, 42.0, BLACK, &number);

    let plain: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
    let truth = BTreeMap::from([
        ("document_number", plain),
        ("name", name),
        ("name_chinese", person.chinese.to_owned()),
        ("birth_date", person.birth.to_string()),
        ("sex", person.sex().to_owned()),
        ("symbols", symbols.to_owned()),
        ("first_issue", format!("{}-{:02}", first.year(), u8::from(first.month()))),
        ("issue_date", issue.to_string()),
    ]);
    Specimen { image: canvas.image, truth }
}

/// `MM-YY`.
fn month(date: Date) -> String {
    format!("{:02}-{:02}", u8::from(date.month()), date.year() % 100)
}

/// A number with its check digit in brackets.
fn number(rng: &mut Rng) -> String {
    let prefix = PREFIXES[rng.usize(..PREFIXES.len())];
    let digits = format!("{:06}", rng.u32(..1_000_000));
    // A blank stands before a single letter and counts 36.
    let padded = format!("{prefix:>2}{digits}");
    let value = |letter: char| if letter == ' ' { 36 } else { letter.to_digit(36).unwrap() };
    let sum: u32 = (2..=9).rev().zip(padded.chars()).map(|(by, c)| by * value(c)).sum();
    let check = match (11 - sum % 11) % 11 {
        10 => 'A',
        digit => char::from_digit(digit, 10).unwrap(),
    };
    format!("{prefix}{digits}({check})")
}
