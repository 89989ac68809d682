//! What is too easily guessed to be a PIN: what people choose first, and what others know of them.
//!
//! Nine in a hundred PINs are refused, nearly all of them dates. The rules are wider than any list
//! of PINs that leaked, since the next list is of those that such a list leaves.

use values::Phone;

/// How many digits a PIN has.
pub(super) const LENGTH: usize = 6;
/// The same digits, each as a number from 0 to 9.
type Digits = [u8; LENGTH];

const TEN: u8 = 10;
/// One less, in arithmetic of digits.
const MINUS_ONE: u8 = 9;

/// What the rules below do not say, from lists of what people chose: along the keypad, numbers that
/// sound like words, round numbers, and what mathematicians think of.
const COMMON: [&[u8; LENGTH]; 36] = [
    b"100200", b"102938", b"110120", b"112358", b"123450", b"123455", b"123457", b"123698",
    b"124578", b"131452", b"135246", b"135790", b"141421", b"145200", b"145236", b"147896",
    b"156423", b"159632", b"161803", b"200888", b"201314", b"235689", b"235711", b"246135",
    b"246810", b"271828", b"314159", b"365365", b"521131", b"520131", b"520520", b"584131",
    b"584520", b"698741", b"866866", b"911119",
];
/// Rows, columns and diagonals of the keypad, in one direction.
const KEYPAD_LINES: [[u8; 3]; 8] =
    [[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 4, 7], [2, 5, 8], [3, 6, 9], [1, 5, 9], [3, 5, 7]];
/// Days in each month of a leap year.
const DAYS: [u8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// The centuries that years with four digits are of.
const CENTURIES: [u8; 2] = [19, 20];

/// Whether somebody who knows the owner's phone guesses these ASCII digits within a few tries.
pub(super) fn is_weak(pin: &[u8; LENGTH], owner: Option<&Phone>) -> bool {
    let digits = pin.map(|digit| digit.wrapping_sub(b'0'));
    repeats(digits)
        || has_steps(digits)
        || has_lines(digits)
        || is_date(digits)
        || COMMON.contains(&pin)
        || owner.is_some_and(|owner| is_part_of(pin, &owner.to_string()))
}

/// `121212`, `258258`, `123321`, `112233`, `989889`: it repeats, reads the same backwards, comes in
/// pairs, or has two different digits only.
fn repeats(digits: Digits) -> bool {
    let [a, b, c, d, e, f] = digits;
    let has_period = |period: usize| digits.iter().zip(&digits[period..]).all(|(a, b)| a == b);
    let is_mirrored = (a, b, c) == (f, e, d);
    let is_in_pairs = (a, c, e) == (b, d, f);
    let other = digits.into_iter().find(|digit| *digit != a);
    let has_two_digits = digits.into_iter().all(|digit| digit == a || Some(digit) == other);
    [1, 2, 3].into_iter().any(has_period) || is_mirrored || is_in_pairs || has_two_digits
}

/// `123456`, `864208`, `142536`, `102030`: each digit is as far from the one before, or every other
/// one goes up or down by one or stays.
fn has_steps(digits: Digits) -> bool {
    let [a, b, c, d, e, f] = digits;
    let steps = [step(a, b), step(b, c), step(c, d), step(d, e), step(e, f)];
    steps.iter().all(|step| *step == steps[0]) || (is_run([a, c, e]) && is_run([b, d, f]))
}

/// `147258`, `123789`, `159357`, `111222`: each half is a line on the keypad or a run.
fn has_lines([a, b, c, d, e, f]: Digits) -> bool {
    let is_line = |half: [u8; 3]| {
        let [first, second, third] = half;
        let reversed = [third, second, first];
        is_run(half) || KEYPAD_LINES.contains(&half) || KEYPAD_LINES.contains(&reversed)
    };
    is_line([a, b, c]) && is_line([d, e, f])
}

/// Goes up by one, down by one or stays.
fn is_run([a, b, c]: [u8; 3]) -> bool {
    step(a, b) == step(b, c) && matches!(step(a, b), 0 | 1 | MINUS_ONE)
}

/// From one digit up to another; after 9 comes 0.
const fn step(from: u8, to: u8) -> u8 {
    to.wrapping_add(TEN).wrapping_sub(from) % TEN
}

/// `DDMMYY`, `MMDDYY`, `YYMMDD`, `YYYYMM` or `MMYYYY`: a birthday is the first guess of whoever
/// knows the owner. Any two digits are a year.
fn is_date([a, b, c, d, e, f]: Digits) -> bool {
    let [first, second, third] = [(a, b), (c, d), (e, f)]
        .map(|(tens, units)| tens.saturating_mul(TEN).saturating_add(units));
    let is_day = |day: u8, month: u8| {
        let days = usize::from(month).checked_sub(1).and_then(|month| DAYS.get(month));
        days.is_some_and(|days| (1..=*days).contains(&day))
    };
    let is_month =
        |century: u8, month: u8| CENTURIES.contains(&century) && (1..=12).contains(&month);
    is_day(first, second)
        || is_day(second, first)
        || is_day(third, second)
        || is_month(first, third)
        || is_month(second, first)
}

/// Six digits of the number in a row, in either direction.
fn is_part_of(pin: &[u8; LENGTH], number: &str) -> bool {
    let mut reversed = *pin;
    reversed.reverse();
    number.as_bytes().windows(LENGTH).any(|part| part == pin || part == reversed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_weak_for(pin: &str, owner: &str) -> bool {
        is_weak(pin.as_bytes().try_into().unwrap(), Some(&owner.parse().unwrap()))
    }

    #[test]
    fn what_people_choose_first_is_weak() {
        for (why, pins) in [
            ("one digit", "000000 888888"),
            ("a run", "123456 567890 654321 098765 345678 901234"),
            ("a repeat", "121212 258258 123123 168168 696969"),
            ("pairs", "112233 778899 332211 446688"),
            ("mirrored", "123321 520025 147741"),
            ("two digits", "100000 111222 989889 777000"),
            ("steps", "135791 864208 246802 369258"),
            ("two runs in one", "142536 102030 010203 101112 121314"),
            ("the keypad", "147258 258369 159753 789456 741852 123789 321654 159357"),
            ("on lists", "246810 112358 314159 520131 201314 123457 135790"),
        ] {
            for pin in pins.split(' ') {
                assert!(is_weak_for(pin, "61234567"), "{why}: {pin}");
            }
        }
    }

    #[test]
    fn a_date_is_weak_however_people_write_it() {
        for (why, pins) in [
            ("day, month, year", "311299 290200 010187 150774"),
            ("month, day, year", "123199 022900 071574"),
            ("year, month, day", "991231 000229 740715 730518"),
            ("year and month", "197408 200012 209901 190001"),
            ("month and year", "081974 122000 012099"),
        ] {
            for pin in pins.split(' ') {
                assert!(is_weak_for(pin, "61234567"), "{why}: {pin}");
            }
        }
        for no_date in ["320199", "300284", "310492", "990431", "739164", "846201", "195913"] {
            assert!(!is_weak_for(no_date, "61234567"), "{no_date}");
        }
    }

    #[test]
    fn the_owners_own_number_is_weak_and_anothers_is_not() {
        for pin in ["749316", "493168", "931684", "861394", "852749", "947258"] {
            assert!(is_weak_for(pin, "74931684"), "{pin}");
            assert!(!is_weak_for(pin, "58203971"), "{pin}");
        }
        assert!(!is_weak_for("749361", "74931684"));
    }

    #[test]
    fn nine_in_a_hundred_pins_are_refused() {
        let owner: Phone = "74931684".parse().unwrap();
        let weak = (0..1_000_000_u32)
            .filter(|number| {
                is_weak(format!("{number:06}").as_bytes().try_into().unwrap(), Some(&owner))
            })
            .count();
        assert!((90_000..96_000).contains(&weak), "{weak}");
    }
}
