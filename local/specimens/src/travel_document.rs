//! Travel documents with machine-readable lines, as ICAO 9303 has them.

use std::collections::BTreeMap;

use fastrand::Rng;
use time::Date;

use crate::Specimen;
use crate::canvas::{BLACK, Canvas, GREY};
use crate::fonts::Faces;
use crate::person::{Person, date};

/// Code and name of an issuing state, and what its document numbers begin with.
const STATES: [(&str, &str, &str); 5] = [
    ("CHN", "HONG KONG SAR, CHINA", "K"),
    ("UTO", "UTOPIA", "L"),
    ("GBR", "UNITED KINGDOM", ""),
    ("SGP", "SINGAPORE", "G"),
    ("CAN", "CANADA", "AB"),
];
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// What the printed zone and the machine-readable lines both say.
struct Holder {
    person: Person,
    given: String,
    state: (&'static str, &'static str, &'static str),
    number: String,
    expiry: Date,
}

/// Pixels of a side's width and height, where the lines begin, and how far letters stand apart.
struct Side {
    size: (u32, u32),
    lines: (f32, f32),
    pitch: f32,
    step: f32,
}

/// The formats of ICAO 9303, by size.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Td1,
    Td2,
    Td3,
}

pub(crate) fn draw(seed: u64, format: Format) -> Specimen {
    let mut rng = Rng::with_seed(seed);
    let person = Person::new(&mut rng);
    let state = STATES[rng.usize(..STATES.len())];
    let digits = 9 - state.2.len();
    let number: String = (0..digits).map(|_| rng.digit(10)).collect();
    let given = person.given.to_uppercase();
    let holder = Holder {
        given,
        state,
        number: format!("{}{number}", state.2),
        expiry: date(&mut rng, 2026, 2034),
        person,
    };
    let (side, lines) = match format {
        Format::Td1 => {
            let side = Side { size: (1012, 638), lines: (48.0, 500.0), pitch: 30.5, step: 50.0 };
            (side, td1(&holder))
        }
        Format::Td2 => {
            let side = Side { size: (1240, 874), lines: (56.0, 780.0), pitch: 31.3, step: 58.0 };
            (side, td2_or_3(&holder, "I", 36))
        }
        Format::Td3 => {
            let side = Side { size: (1476, 1039), lines: (52.0, 930.0), pitch: 31.2, step: 64.0 };
            (side, td2_or_3(&holder, "P", 44))
        }
    };
    let mut canvas = Canvas::new(side.size.0, side.size.1, Faces::of_seed(seed), [233, 229, 240]);
    print_zone(&mut canvas, &holder, format);
    for (row, line) in (0_u8..).zip(&lines) {
        let y = side.lines.1 + f32::from(row) * side.step;
        canvas.print_machine_readable(side.lines.0, y, side.pitch, line);
    }
    Specimen { image: canvas.image, truth: truth(&holder) }
}

fn truth(holder: &Holder) -> BTreeMap<&'static str, String> {
    let Holder { person, given, state, number, expiry } = holder;
    BTreeMap::from([
        ("document_number", number.clone()),
        ("name", format!("{}, {given}", person.surname)),
        ("birth_date", person.birth.to_string()),
        ("expiry_date", expiry.to_string()),
        ("sex", person.sex().to_owned()),
        ("nationality", state.0.to_owned()),
        ("issuing_state", state.0.to_owned()),
    ])
}

/// The zone that people read: label above, value below, in two columns.
fn print_zone(canvas: &mut Canvas, holder: &Holder, format: Format) {
    let Holder { person, given, state, number, expiry } = holder;
    let title = if format == Format::Td3 { "PASSPORT" } else { "IDENTITY CARD" };
    canvas.print(60.0, 60.0, 36.0, BLACK, &format!("{title}  {}", state.1));
    let (portrait, left, step) = match format {
        Format::Td1 => ((40, 100, 230, 290), 320.0, 74.0),
        Format::Td2 => ((50, 120, 320, 420), 430.0, 110.0),
        Format::Td3 => ((60, 130, 390, 520), 520.0, 128.0),
    };
    canvas.portrait(portrait.0, portrait.1, portrait.2, portrait.3);
    canvas.say_specimen(left + 60.0, 420.0, 90.0);
    let right = left + 340.0;
    let place = |row: f32| 128.0 + row * step;
    let mut field = |x: f32, row: f32, label: &str, value: &str| {
        canvas.print(x, place(row) - 34.0, 20.0, GREY, label);
        canvas.print(x, place(row), 32.0, BLACK, value);
    };
    field(left, 0.0, "Surname / Nom", person.surname);
    field(right, 0.0, "Document No. / No du document", number);
    field(left, 1.0, "Given names / Prénoms", given);
    field(left, 2.0, "Date of birth / Date de naissance", &printed(person.birth));
    field(right, 2.0, "Sex / Sexe", person.sex());
    field(left, 3.0, "Date of expiry / Date d'expiration", &printed(*expiry));
    field(right, 3.0, "Nationality / Nationalité", state.0);
}

/// `03 JUN 1985`.
fn printed(date: Date) -> String {
    let month = MONTHS[usize::from(u8::from(date.month())) - 1];
    format!("{:02} {month} {}", date.day(), date.year())
}

/// `YYMMDD`.
fn six(date: Date) -> String {
    format!("{:02}{:02}{:02}", date.year() % 100, u8::from(date.month()), date.day())
}

fn check(text: &str) -> char {
    let value = |letter: char| if letter == '<' { 0 } else { letter.to_digit(36).unwrap() };
    let weights = [7, 3, 1].into_iter().cycle();
    let sum: u32 = weights.zip(text.chars()).map(|(by, c)| by * value(c)).sum();
    char::from_digit(sum % 10, 10).unwrap()
}

fn checked(text: &str) -> String {
    format!("{text}{}", check(text))
}

fn names(holder: &Holder) -> String {
    format!("{}<<{}", holder.person.surname, holder.given.replace(' ', "<"))
}

fn td1(holder: &Holder) -> Vec<String> {
    let Holder { person, state, number, expiry, .. } = holder;
    let first = format!("I<{}{}", state.0, checked(&format!("{number:<<9}")));
    let first = format!("{first:<<30}");
    let (birth, expiry) = (checked(&six(person.birth)), checked(&six(*expiry)));
    let all = check(&format!("{}{birth}{expiry}<<<<<<<<<<<", &first[5..]));
    let second = format!("{birth}{}{expiry}{}<<<<<<<<<<<{all}", person.sex(), state.0);
    vec![first, second, format!("{:<<30}", names(holder))]
}

fn td2_or_3(holder: &Holder, kind: &str, length: usize) -> Vec<String> {
    let Holder { person, state, number, expiry, .. } = holder;
    let first = format!("{kind}<{}{}", state.0, names(holder));
    let first = format!("{first:<<length$}");
    let number = checked(&format!("{number:<<9}"));
    let (birth, expiry) = (checked(&six(person.birth)), checked(&six(*expiry)));
    // A passport's optional data have a check digit of their own, which is 0 when there are none.
    let rest = if length == 44 { "<<<<<<<<<<<<<<0" } else { "<<<<<<<" };
    let all = check(&format!("{number}{birth}{expiry}{rest}"));
    let second = format!("{number}{}{birth}{}{expiry}{rest}{all}", state.0, person.sex());
    vec![first, second]
}
