//! What a route's parameter must be like: `{id:int}`, `{name:alpha:maxlength(8)}`, as ASP.NET has
//! them. A path whose value is not like that is another path.

/// Those of <https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints> but
/// `regex`, `datetime` and those of file names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Constraint {
    Int,
    Long,
    Bool,
    Number,
    Guid,
    Alpha,
    Required,
    /// A whole number of these.
    Range(i64, i64),
    /// So many characters.
    Length(usize, usize),
}

impl Constraint {
    /// `int`, `range(1,9)`; `None` for what is not known here.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, arguments) = match text.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')')?),
            None => (text, ""),
        };
        let arguments: Vec<&str> =
            arguments.split(',').map(str::trim).filter(|argument| !argument.is_empty()).collect();
        match (name.to_ascii_lowercase().as_str(), arguments.as_slice()) {
            ("int", []) => Some(Self::Int),
            ("long", []) => Some(Self::Long),
            ("bool", []) => Some(Self::Bool),
            ("decimal" | "double" | "float", []) => Some(Self::Number),
            ("guid", []) => Some(Self::Guid),
            ("alpha", []) => Some(Self::Alpha),
            ("required", []) => Some(Self::Required),
            ("min", [least]) => Some(Self::Range(least.parse().ok()?, i64::MAX)),
            ("max", [most]) => Some(Self::Range(i64::MIN, most.parse().ok()?)),
            ("range", [least, most]) => Some(Self::Range(least.parse().ok()?, most.parse().ok()?)),
            ("length", [all]) => Some(Self::Length(all.parse().ok()?, all.parse().ok()?)),
            ("length", [least, most]) => {
                Some(Self::Length(least.parse().ok()?, most.parse().ok()?))
            }
            ("minlength", [least]) => Some(Self::Length(least.parse().ok()?, usize::MAX)),
            ("maxlength", [most]) => Some(Self::Length(0, most.parse().ok()?)),
            _ => None,
        }
    }

    pub(crate) fn allows(&self, value: &str) -> bool {
        match self {
            Self::Int => value.parse::<i32>().is_ok(),
            Self::Long => value.parse::<i64>().is_ok(),
            Self::Bool => ["true", "false"].iter().any(|word| value.eq_ignore_ascii_case(word)),
            Self::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
            Self::Guid => is_guid(value),
            Self::Alpha => value.chars().all(|character| character.is_ascii_alphabetic()),
            Self::Required => !value.is_empty(),
            Self::Range(least, most) => {
                value.parse().is_ok_and(|number| (*least..=*most).contains(&number))
            }
            Self::Length(least, most) => {
                // .NET counts UTF-16.
                (*least..=*most).contains(&value.encode_utf16().count())
            }
        }
    }
}

/// With or without hyphens, as `Guid.TryParse` reads it; nobody puts braces into a path.
fn is_guid(value: &str) -> bool {
    const DIGITS: usize = 32;
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];
    let is_hyphenated = value.len() == DIGITS.saturating_add(HYPHENS.len());
    let is_right = |(place, byte): (usize, u8)| match is_hyphenated && HYPHENS.contains(&place) {
        true => byte == b'-',
        false => byte.is_ascii_hexdigit(),
    };
    (is_hyphenated || value.len() == DIGITS) && value.bytes().enumerate().all(is_right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_as_the_constraint_says() {
        for (constraint, good, bad) in [
            ("int", &["7", "-7"][..], &["x", "7.5", "2147483648", ""][..]),
            ("long", &["2147483648"], &["9223372036854775808"]),
            ("bool", &["true", "False"], &["1", ""]),
            ("decimal", &["7.5", "-1"], &["x", "NaN", "inf"]),
            ("guid", &["CD2C1638-1638-72D5-1638-DEADBEEF1638", &"a".repeat(32)], &["cd2c1638"]),
            ("alpha", &["Rick"], &["R1ck", "é"]),
            ("min(18)", &["18", "19"], &["17", "x"]),
            ("max(120)", &["91"], &["121"]),
            ("range(18, 120)", &["18", "120"], &["17", "121"]),
            ("length(2)", &["茶茶"], &["茶"]),
            ("length(2,3)", &["ab", "abc"], &["a", "abcd"]),
            ("minlength(4)", &["Rick"], &["Ric"]),
            ("maxlength(8)", &["MyFile"], &["MyFileIsLong"]),
        ] {
            let parsed = Constraint::parse(constraint).unwrap();
            assert!(good.iter().all(|value| parsed.allows(value)), "{constraint}");
            assert!(!bad.iter().any(|value| parsed.allows(value)), "{constraint}");
        }
    }

    #[test]
    fn what_is_no_constraint_here_is_named_rather_than_passed_over() {
        for text in ["regex(^a)", "datetime", "int(3)", "min()", "range(1)", "min(x)", "min(1"] {
            assert_eq!(Constraint::parse(text), None, "{text}");
        }
    }
}
