//! Dates as documents print them.

use time::{Date, Month};

use super::look_alikes::likeliest_digit;

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// The date, of a day before its month before its year, that a text holds and nothing besides:
/// `03-06-1985`, `26/11/18`, `03 JUN 1985`. A year of two digits is one from 2000 on.
pub(crate) fn day_first(text: &str) -> Option<Date> {
    let is_between = |letter: char| !letter.is_alphanumeric() && letter != '|';
    let parts: Vec<&str> = text.split(is_between).filter(|part| !part.is_empty()).collect();
    let [day, month, year] = parts[..] else { return None };
    let month = match MONTHS.iter().position(|name| month.eq_ignore_ascii_case(name)) {
        Some(at) => u8::try_from(at).ok()?.checked_add(1)?,
        None => u8::try_from(number(month, 2)?).ok()?,
    };
    let years = match year.chars().count() {
        2 => number(year, 2)?.checked_add(2000)?,
        _ => number(year, 4)?,
    };
    date(years, month, u8::try_from(number(day, 2)?).ok()?)
}

/// `MM-YY`, of the century in which identity cards began and the next.
pub(crate) fn month_first(text: &str) -> Option<(i32, u8)> {
    let (month, year) = text.trim().split_once('-')?;
    let year = number(year, 2)?;
    let month = u8::try_from(number(month, 2)?).ok().filter(|month| (1..=12).contains(month))?;
    Some((year.checked_add(if year < 40 { 2000 } else { 1900 })?, month))
}

/// `YYMMDD` of digits; the year is the last one of these digits that is not after `latest`.
pub(crate) fn year_first(digits: &str, latest: i32) -> Option<Date> {
    let part = |range| digits.get(range).and_then(|part| number(part, 2));
    let of_century = part(0..2)?;
    let century = latest.checked_sub(of_century)?.checked_div(100)?.checked_mul(100)?;
    let month = u8::try_from(part(2..4)?).ok()?;
    date(century.checked_add(of_century)?, month, u8::try_from(part(4..6)?).ok()?)
}

/// So many digits; letters that look like digits are taken for them.
fn number(text: &str, digits: usize) -> Option<i32> {
    let text: String = text.chars().map(likeliest_digit).collect();
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

fn date(year: i32, month: u8, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn dates_are_read_as_documents_print_them() {
        for (text, date) in [
            ("03-06-1985", date!(1985 - 06 - 03)),
            ("03/06/1985", date!(1985 - 06 - 03)),
            ("03 JUN 1985", date!(1985 - 06 - 03)),
            ("03 jun 1985", date!(1985 - 06 - 03)),
            ("26-11-18", date!(2018 - 11 - 26)),
            ("O3-l1-2O18", date!(2018 - 11 - 03)),
        ] {
            assert_eq!(day_first(text), Some(date), "{text}");
        }
        for text in ["", "31-02-1985", "03-13-1985", "03-06", "3-6-1985", "03-06-198", "1-2-3-4"] {
            assert_eq!(day_first(text), None, "{text}");
        }
        assert_eq!(month_first("06-96"), Some((1996, 6)));
        assert_eq!(month_first("06-03"), Some((2003, 6)));
        assert_eq!(month_first("13-03"), None);
        assert_eq!(year_first("850603", 2026), Some(date!(1985 - 06 - 03)));
        assert_eq!(year_first("260603", 2026), Some(date!(2026 - 06 - 03)));
        assert_eq!(year_first("270603", 2026), Some(date!(1927 - 06 - 03)));
        assert_eq!(year_first("850632", 2026), None);
    }
}
