//! The figures in articles: each stands once, here, and an article names it. A test finds each in
//! the code of the service that lives by it, so none can drift.

mod table;

use table::FIGURES;

/// A figure, and the place in the code that it is true of: its name, its unit, the number as the
/// code has it, a file of the repository, and what stands there, with `#` for the number and `…`
/// for any other; ` && ` stands between several places that must agree. Spaces and the underscores
/// in numbers do not matter. A figure without a file is a promise that no code keeps yet.
#[cfg_attr(not(test), expect(dead_code, reason = "where a figure is from is for the test"))]
struct Figure(&'static str, Unit, u32, &'static str, &'static str);

#[derive(Clone, Copy)]
enum Unit {
    /// Days, hours, times, dollars: the number itself.
    Plain,
    /// Hong Kong dollars.
    Dollars,
    /// Cents, which are whole dollars.
    Cents,
    /// Seconds, which are whole minutes.
    Seconds,
    /// Hundredths of a per cent.
    BasisPoints,
}

impl Figure {
    /// As customers read it, in all three languages.
    fn shown(&self) -> String {
        let Self(_, unit, number, ..) = *self;
        let per = |part: u32| grouped(number.checked_div(part).unwrap_or(0));
        match unit {
            Unit::Plain => grouped(number),
            Unit::Dollars => format!("HK${}", grouped(number)),
            Unit::Cents => format!("HK${}", per(100)),
            Unit::Seconds => per(60),
            Unit::BasisPoints => {
                let hundredths = format!("{:02}", number.checked_rem(100).unwrap_or(0));
                let decimals = hundredths.trim_end_matches('0');
                let point = if decimals.is_empty() { "" } else { "." };
                format!("{}{point}{decimals}%", per(100))
            }
        }
    }
}

/// `100000` as `100,000`.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (digit, left) in digits.chars().zip((0..digits.len()).rev()) {
        grouped.push(digit);
        if left > 0 && left.is_multiple_of(3) {
            grouped.push(',');
        }
    }
    grouped
}

/// The names of all figures.
#[cfg(test)]
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FIGURES.iter().map(|figure| figure.0)
}

/// The text with each `{name}` replaced by its figure.
///
/// # Errors
/// A name that no figure has, or a brace without its other half.
pub(super) fn fill(text: &str) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or("`{` has no `}`")?;
        let figure = FIGURES.iter().find(|figure| figure.0 == name);
        filled.push_str(before);
        filled.push_str(&figure.ok_or(format!("there is no figure `{name}`"))?.shown());
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The text without what does not matter: spaces, and the underscores in numbers.
    fn plain(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace() && *c != '_').collect()
    }

    /// The numbers that stand for `#` wherever the form stands.
    fn found(source: &str, form: &str) -> BTreeSet<u32> {
        let (source, form) = (plain(source), plain(form));
        let starts = source.char_indices().map(|(start, _)| start);
        starts.filter_map(|start| number_at(&source[start..], &form)).collect()
    }

    fn number_at(mut source: &str, form: &str) -> Option<u32> {
        let mut number = None;
        for wanted in form.chars() {
            if ['#', '…'].contains(&wanted) {
                let rest = source.trim_start_matches(|c: char| c.is_ascii_digit());
                let (digits, _) = source.split_at(source.len().abs_diff(rest.len()));
                let read: u32 = digits.parse().ok()?;
                number = if wanted == '#' { Some(read) } else { number };
                source = rest;
            } else {
                source = source.strip_prefix(wanted)?;
            }
        }
        number
    }

    #[test]
    fn each_figure_is_the_one_that_the_code_lives_by() {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut names = BTreeSet::new();
        for Figure(name, _, number, source, form) in FIGURES {
            assert!(names.insert(name), "{name} stands twice");
            if source.is_empty() {
                continue;
            }
            let text = fs::read_to_string(checkout.join(source)).unwrap();
            for form in form.split(" && ") {
                let remedy = "correct the figure, read what names it, or say where it is";
                let found = found(&text, form);
                assert_eq!(found, BTreeSet::from([*number]), "{name}: {remedy} ({source}: {form})");
            }
        }
    }

    #[test]
    fn a_number_is_found_by_what_stands_around_it() {
        let source = "const A: i64 = 300_000;\n(Low, In)  => hkd(1, 2_000,\n 3),";
        assert_eq!(found(source, "A: i64 = #;"), BTreeSet::from([300_000]));
        assert_eq!(found(source, "(Low, In) => hkd(…, #, …)"), BTreeSet::from([2_000]));
        assert_eq!(found(source, "B: i64 = #;"), BTreeSet::new());
        assert_eq!(found("A = 1; A = 2;", "A = #;"), BTreeSet::from([1, 2]));
    }

    #[test]
    fn a_figure_is_shown_as_people_write_it() {
        for (unit, number, shown) in [
            (Unit::Plain, 30, "30"),
            (Unit::Dollars, 3_000, "HK$3,000"),
            (Unit::Dollars, 100, "HK$100"),
            (Unit::Cents, 10_000_000, "HK$100,000"),
            (Unit::Seconds, 300, "5"),
            (Unit::BasisPoints, 150, "1.5%"),
            (Unit::BasisPoints, 100, "1%"),
            (Unit::BasisPoints, 75, "0.75%"),
        ] {
            assert_eq!(Figure("x", unit, number, "", "").shown(), shown);
        }
    }

    #[test]
    fn a_text_gets_its_figures_or_says_what_is_wrong() {
        assert_eq!(fill("a {request_days} b {request_days}").unwrap(), "a 30 b 30");
        assert_eq!(fill("no figure").unwrap(), "no figure");
        assert!(fill("{nothing}").unwrap_err().contains("nothing"));
        assert!(fill("{request_days").is_err());
    }
}
