//! The number of a Hong Kong identity card: one letter or two, six digits, and a check character
//! in brackets, which makes the weighted sum a multiple of eleven.
//!
//! A wrong digit always breaks the check. What it cannot see is a letter taken for one eleven
//! places away in the alphabet. None of these look alike but D and O, F and Q, I and T, and I, O
//! and Q begin no number; a second reading must agree besides, where there is one.

use events::ocr::FieldV1;

use super::look_alikes::look_alikes;

/// Letters that begin no number, as far as is publicly known.
const NEVER_ISSUED: [char; 3] = ['I', 'O', 'Q'];
const DIGITS: usize = 6;
const BLANK: u32 = 36;

/// The check character of a number.
fn check_character(prefix: &[char], digits: &[char]) -> Option<char> {
    let value = |letter: &char| letter.to_digit(36);
    // A single letter has a blank before it.
    let blank = (prefix.len() == 1).then_some(BLANK);
    let values = blank.into_iter().map(Some).chain(prefix.iter().chain(digits).map(value));
    let mut sum = 0_u32;
    for (weight, value) in (2..=9).rev().zip(values) {
        sum = sum.checked_add(value?.checked_mul(weight)?)?;
    }
    match 11_u32.checked_sub(sum % 11)? % 11 {
        10 => Some('A'),
        digit => char::from_digit(digit, 10),
    }
}

/// Every number that a text may be a reading of, with its check character and without brackets:
/// the check agrees, and at most one character, which cannot stand where it was read, is another.
pub(crate) fn candidates(text: &str) -> Vec<String> {
    let read: Vec<char> = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    let Some(letters) = read.len().checked_sub(DIGITS.saturating_add(1)) else { return vec![] };
    if !(1..=2).contains(&letters) {
        return vec![];
    }
    let mut numbers: Vec<String> = repairs(&read, letters)
        .into_iter()
        .filter(|number| {
            let (prefix, rest) = number.split_at(letters);
            let (digits, check) = rest.split_at(DIGITS);
            check_character(prefix, digits) == check.first().copied()
                && !prefix.iter().any(|letter| NEVER_ISSUED.contains(letter))
        })
        .map(|number| number.into_iter().collect())
        .collect();
    numbers.sort();
    numbers.dedup();
    numbers
}

/// The text itself if letters and digits stand where they can; otherwise what it may be if the one
/// character that cannot stand where it was read is another. None if there are two of these.
fn repairs(read: &[char], letters: usize) -> Vec<Vec<char>> {
    let last = read.len().saturating_sub(1);
    let fits = |at: usize, letter: char| match at {
        _ if at < letters => letter.is_ascii_uppercase() && !NEVER_ISSUED.contains(&letter),
        _ if at == last => letter.is_ascii_digit() || letter == 'A',
        _ => letter.is_ascii_digit(),
    };
    let misfits: Vec<usize> =
        read.iter().enumerate().filter(|(at, c)| !fits(*at, **c)).map(|(at, _)| at).collect();
    match misfits[..] {
        [] => vec![read.to_vec()],
        [at] => {
            let options = look_alikes(read[at]).filter(|option| fits(at, *option));
            let repaired = options.map(|option| {
                let mut repaired = read.to_vec();
                repaired[at] = option;
                repaired
            });
            repaired.collect()
        }
        _ => vec![],
    }
}

/// The number on a card that was read one or several times, each with the engine's confidence.
/// Without any reading that the check agrees with there is none.
pub(crate) fn read(readings: &[(String, u16)]) -> Option<FieldV1> {
    let found: Vec<(Vec<String>, u16)> = readings
        .iter()
        .map(|(text, confidence)| (candidates(text), *confidence))
        .filter(|(numbers, _)| !numbers.is_empty())
        .collect();
    let (first, confidence) = found.first()?;
    let is_everywhere =
        |number: &&String| found.iter().all(|(numbers, _)| numbers.contains(*number));
    let agreed: Vec<&String> = first.iter().filter(is_everywhere).collect();
    Some(FieldV1 {
        value: (*agreed.first().unwrap_or(&first.first()?)).clone(),
        confidence: *confidence,
        is_confirmed: agreed.len() == 1,
    })
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::look_alikes::look_alikes;

    /// Of a number without its check character, the whole in brackets.
    fn printed(prefix: &str, digits: u32) -> String {
        let digits = format!("{digits:06}");
        let (letters, figures): (Vec<char>, Vec<char>) =
            (prefix.chars().collect(), digits.chars().collect());
        format!("{prefix}{digits}({})", check_character(&letters, &figures).unwrap())
    }

    fn plain(text: &str) -> String {
        text.chars().filter(char::is_ascii_alphanumeric).collect()
    }

    fn reading(text: &str) -> (String, u16) {
        (text.to_owned(), 900)
    }

    #[test]
    fn published_numbers_have_their_check_characters() {
        for number in
            ["A123456(3)", "AB987654(3)", "E364912(5)", "D288754(2)", "G123456(A)", "Z683365(A)"]
        {
            assert_eq!(candidates(number), [plain(number)], "{number}");
        }
        assert!(candidates("A123456(4)").is_empty());
        for text in ["", "A", "26-11-18", "(06-96)", "A12345678901", "ABC123456(3)", "１２３"] {
            assert!(candidates(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_letter_among_the_digits_is_the_one_digit_that_it_looks_like() {
        for text in ["A12345G(3)", "A1Z3456(3)", "4123456(3)", "A123456(B)", "a123456 (3)"] {
            let agree = candidates(text);
            assert!(agree.len() <= 1, "{text}: {agree:?}");
        }
        assert_eq!(candidates("A12345G(3)"), ["A1234563"]);
        assert_eq!(candidates("A1Z3456(3)"), ["A1234563"]);
        assert!(candidates("A1Z345G(3)").is_empty(), "two are not repaired");
        assert_eq!(candidates("O288754(2)"), ["D2887542"], "O begins no number");
    }

    #[test]
    fn readings_that_differ_where_no_check_sees_it_are_for_a_human() {
        // E and P stand eleven letters apart.
        let (one, other) = (printed("E", 364_912), printed("P", 364_912));
        assert_eq!(other.split_once('(').unwrap().1, one.split_once('(').unwrap().1);
        let field = read(&[reading(&one), reading(&other)]).unwrap();
        assert_eq!((field.value, field.is_confirmed), (plain(&one), false));
        assert!(read(&[reading(&one), reading(&one)]).unwrap().is_confirmed);
        assert_eq!(read(&[reading("A123456(4)")]), None);
    }

    #[test]
    fn letters_that_no_check_tells_apart_do_not_look_alike_or_begin_no_number() {
        for one in ('A'..='Z').filter(|letter| !NEVER_ISSUED.contains(letter)) {
            let blind = |other: &char| {
                u32::from(one).abs_diff(u32::from(*other)) % 11 == 0
                    && other.is_ascii_uppercase()
                    && !NEVER_ISSUED.contains(other)
            };
            assert_eq!(look_alikes(one).find(blind), None, "{one}");
        }
    }

    proptest! {
        #[test]
        fn of_two_readings_one_wrong_character_is_never_held_for_certain(
            prefix in "[A-HJ-NPR-Z]{1,2}", digits in 0_u32..1_000_000,
            at in 0_usize..9, misread in "[A-Z0-9]", is_first in any::<bool>(),
        ) {
            let right = printed(&prefix, digits);
            let at = at % plain(&right).len();
            let mut wrong = plain(&right);
            wrong.replace_range(at..=at, &misread);
            let readings = if is_first {
                [reading(&wrong), reading(&right)]
            } else {
                [reading(&right), reading(&wrong)]
            };
            let field = read(&readings).unwrap();
            prop_assert!(!field.is_confirmed || field.value == plain(&right), "{field:?}");
        }

        #[test]
        fn of_one_reading_no_character_that_looks_alike_is_held_for_certain(
            prefix in "[A-HJ-NPR-Z]{1,2}", digits in 0_u32..1_000_000,
            at in 0_usize..9, which in 0_usize..9,
        ) {
            let right = plain(&printed(&prefix, digits));
            let at = at % right.len();
            let alike: Vec<char> = look_alikes(right.chars().nth(at).unwrap()).collect();
            let alike: Vec<&char> = alike.iter().filter(|c| c.is_ascii_alphanumeric()).collect();
            prop_assume!(!alike.is_empty());
            let mut wrong = right.clone();
            wrong.replace_range(at..=at, &alike[which % alike.len()].to_string());
            let field = read(&[reading(&wrong)]);
            let is_wrong = |field: &FieldV1| field.is_confirmed && field.value != right;
            prop_assert!(!field.as_ref().is_some_and(is_wrong), "{wrong}: {field:?}");
        }
    }
}
