//! Machine-readable lines that were read well and badly, with and without a printed zone.

use proptest::prelude::*;

use super::*;
use crate::domain::look_alikes::look_alikes;

const THIS_YEAR: i32 = 2026;
/// Where the lines stand; what is printed stands above.
const TOP: u32 = 1000;

/// As ICAO computes it.
fn check(text: &str) -> char {
    let value = |letter: char| if letter == '<' { 0 } else { letter.to_digit(36).unwrap() };
    let weights = [7, 3, 1].into_iter().cycle();
    let sum: u32 = weights.zip(text.chars()).map(|(by, letter)| by * value(letter)).sum();
    char::from_digit(sum % 10, 10).unwrap()
}

fn checked(text: &str) -> String {
    format!("{text}{}", check(text))
}

fn td3(number: &str, birth: &str, expiry: &str) -> [String; 2] {
    let (number, birth, expiry) = (checked(number), checked(birth), checked(expiry));
    let all = check(&format!("{number}{birth}{expiry}<<<<<<<<<<<<<<0"));
    let names = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<";
    [names.to_owned(), format!("{number}UTO{birth}F{expiry}<<<<<<<<<<<<<<0{all}")]
}

fn read_lines(lines: &[&str], printed: &[&str]) -> ReadingV1 {
    let page = Page::printed(0, printed);
    let lines = Page::printed(TOP, lines);
    let place = Area { left: 0, top: TOP, right: 3000, bottom: TOP + 200 };
    read(&page, place, &lines, THIS_YEAR).unwrap()
}

fn field(reading: &ReadingV1, name: &str) -> (String, bool) {
    let field = &reading.fields[name];
    (field.value.clone(), field.is_confirmed)
}

fn certain(value: &str) -> (String, bool) {
    (value.to_owned(), true)
}

fn uncertain(value: &str) -> (String, bool) {
    (value.to_owned(), false)
}

const PASSPORT: [&str; 2] = [
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
];
const CARD: [&str; 3] = [
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
];

#[test]
fn the_specimens_of_icao_9303_are_read() {
    let passport = read_lines(&PASSPORT, &["L898902C3", "ERIKSSON", "ANNA MARIA", "F", "UTO"]);
    assert_eq!(passport.document, "mrz-td3");
    for (name, value) in [
        ("document_number", "L898902C3"),
        ("name", "ERIKSSON, ANNA MARIA"),
        ("birth_date", "1974-08-12"),
        ("expiry_date", "2012-04-15"),
        ("sex", "F"),
        ("nationality", "UTO"),
    ] {
        assert_eq!(field(&passport, name), certain(value), "{name}");
    }
    let card = read_lines(&CARD, &["D23145890"]);
    assert_eq!(card.document, "mrz-td1");
    assert_eq!(field(&card, "document_number"), certain("D23145890"));
    assert_eq!(field(&card, "birth_date"), certain("1974-08-12"));
    assert_eq!(field(&card, "name"), uncertain("ERIKSSON, ANNA MARIA"));
    let visa_size =
        ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"];
    let card = read_lines(&visa_size, &["D23145890"]);
    assert_eq!(card.document, "mrz-td2");
    assert_eq!(field(&card, "expiry_date"), certain("2012-04-15"));
}

#[test]
fn runs_of_fillers_that_the_engine_shortened_get_their_length_back() {
    let lines = ["P<UTOERIKSSON<<ANNA<MARIA<<<<ccc", "L898902C36UTO7408122F1204159ZE184226B<<<10"];
    let passport = read_lines(&lines, &["L898902C3"]);
    assert_eq!(field(&passport, "document_number"), certain("L898902C3"));
    assert_eq!(field(&passport, "expiry_date"), certain("2012-04-15"));
    assert_eq!(field(&passport, "name").0, "ERIKSSON, ANNA MARIA");
}

#[test]
fn a_character_that_was_read_twice_counts_once() {
    let lines = ["I<UTOD231458907<<<<<<<<<<<<<<<", "74O08122F12O04159UTO<<<<<<<<<6", CARD[2]];
    let card = read_lines(&lines, &["12 AUG 1974"]);
    assert_eq!(field(&card, "birth_date"), certain("1974-08-12"));
    assert_eq!(field(&card, "expiry_date"), uncertain("2012-04-15"));
}

#[test]
fn a_repair_is_taken_where_it_is_the_only_one_that_all_checks_agree_with() {
    // B for 8 in the birth date, O for 0 in the expiry date: neither can stand there.
    let lines = [PASSPORT[0], "L898902C36UTO740B122F12O4159ZE184226B<<<<<10"];
    let passport = read_lines(&lines, &["L898902C3"]);
    assert_eq!(field(&passport, "birth_date"), certain("1974-08-12"));
    assert_eq!(field(&passport, "expiry_date"), certain("2012-04-15"));
    assert_eq!(field(&passport, "document_number"), certain("L898902C3"));
    // 3 for 8 can: then the printed zone must say so, too.
    let lines = [PASSPORT[0], "L898902C36UTO7403122F1204159ZE184226B<<<<<10"];
    assert!(!field(&read_lines(&lines, &[]), "birth_date").1);
    let passport = read_lines(&lines, &["12 AUG 1974"]);
    assert_eq!(field(&passport, "birth_date"), certain("1974-08-12"));
}

#[test]
fn what_no_check_digit_sees_needs_the_printed_zone() {
    // G counts 16 and 6 counts 6, so all checks agree with both.
    let lines = td3("K12345678", "740812", "300415");
    let misread = [lines[0].clone(), lines[1].replace("K12345678", "K12345G78")];
    let misread = [misread[0].as_str(), misread[1].as_str()];
    let alone = read_lines(&misread, &[]);
    assert!(!field(&alone, "document_number").1);
    let printed = read_lines(&misread, &["K12345678"]);
    assert!(!field(&printed, "document_number").1, "they contradict each other");
    let right = [lines[0].as_str(), lines[1].as_str()];
    assert_eq!(field(&read_lines(&right, &[]), "document_number"), uncertain("K12345678"));
    assert!(field(&read_lines(&right, &["K12345678"]), "document_number").1);
}

#[test]
fn a_century_is_that_in_which_somebody_can_have_been_born() {
    let lines = td3("K12345678", "270101", "300415");
    let reading = read_lines(&[&lines[0], &lines[1]], &[]);
    assert_eq!(field(&reading, "birth_date").0, "1927-01-01");
    let lines = td3("K12345678", "260101", "300415");
    let reading = read_lines(&[&lines[0], &lines[1]], &[]);
    assert_eq!(field(&reading, "birth_date").0, "2026-01-01");
    assert_eq!(field(&reading, "expiry_date").0, "2030-04-15");
}

#[test]
fn lines_of_no_format_are_no_reading() {
    for lines in [
        &["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"][..],
        &["P<UTOERIKSSON<<ANNA<MARIA", "L898902C36UTO7408122F120415"],
        &["<<<<<<<<<<<<<<<<<<<<<<<<<<", "<", "<<<<<<<<<<<<<<<<<<<<<<<", "<<<<<<<<<<<<<<<<<<<<"],
    ] {
        let lines = Page::printed(TOP, lines);
        let place = Area { left: 0, top: TOP, right: 3000, bottom: TOP + 200 };
        assert_eq!(read(&Page::default(), place, &lines, THIS_YEAR), None);
    }
}

proptest! {
    #[test]
    fn no_wrong_character_in_the_lines_is_held_for_certain(
        number in "[A-Z0-9]{9}", birth in (1930_i32..2026, 1_u8..13, 1_u8..29),
        expiry in (2026_i32..2060, 1_u8..13, 1_u8..29),
        at in 0_usize..44, misread in "[A-Z0-9<]", alike in any::<Option<u8>>(),
        has_printed_zone in any::<bool>(),
    ) {
        let six =
            |(year, month, day): (i32, u8, u8)| format!("{:02}{month:02}{day:02}", year % 100);
        let iso = |(year, month, day): (i32, u8, u8)| format!("{year}-{month:02}-{day:02}");
        let lines = td3(&number, &six(birth), &six(expiry));
        let read_for = lines[1].chars().nth(at).unwrap();
        let mut options: Vec<char> = look_alikes(read_for).collect();
        options.retain(|_| alike.is_some());
        let misread = match options.get(usize::from(alike.unwrap_or(0)) % options.len().max(1)) {
            Some(alike) => alike.to_string(),
            None => misread,
        };
        let mut wrong = lines[1].clone();
        wrong.replace_range(at..=at, &misread);
        let printed = [number.as_str()];
        let printed = if has_printed_zone { &printed[..] } else { &[] };
        let reading = read_lines(&[&lines[0], &wrong], printed);
        for (name, right) in [
            ("document_number", number.clone()),
            ("birth_date", iso(birth)),
            ("expiry_date", iso(expiry)),
        ] {
            if let Some(field) = reading.fields.get(name) {
                let is_right = !field.is_confirmed || field.value == right;
                prop_assert!(is_right, "{name} {field:?} {wrong}");
            }
        }
    }
}
