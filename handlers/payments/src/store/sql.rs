//! Literals of SQL texts that are sent without preparing them.
//!
//! A batch sends several statements in one round trip, with as many rows as it happens to have.
//! Prepared statements cannot do the one, and for the other each length would be a statement of its
//! own. Every literal is digits, hexadecimal, or a text that cannot end it early.

pub(super) use service::database::{bytes_literal as binary, text_literal as text};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::stored;

/// How rows are locked that another transaction may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lock {
    /// Waits for them.
    Wait,
    /// Fails at once: whoever waits holds other rows meanwhile.
    NoWait,
}

impl Lock {
    /// The end of a statement that locks.
    pub(super) const fn clause(self) -> &'static str {
        match self {
            Self::Wait => "FOR UPDATE",
            Self::NoWait => "FOR UPDATE NOWAIT",
        }
    }
}

/// `(…), (…), …`: what comes after `VALUES`.
pub(super) fn rows(rows: impl IntoIterator<Item = String>) -> String {
    rows.into_iter().map(|row| format!("({row})")).collect::<Vec<_>>().join(", ")
}

/// What comes in the parentheses of `IN (…)`.
pub(super) fn ids<'a>(ids: impl IntoIterator<Item = &'a Uuid>) -> String {
    ids.into_iter().map(|id| binary(id.as_bytes())).collect::<Vec<_>>().join(", ")
}

/// A table of two columns, `one` and `other`, to join. JSON, for as many arms of a `UNION` would
/// take the database longer to read than to answer.
pub(super) fn pairs<'a>(pairs: impl IntoIterator<Item = &'a (Uuid, Uuid)>) -> String {
    let pair = |(one, other): &(Uuid, Uuid)| {
        format!("[\"{}\",\"{}\"]", one.as_simple(), other.as_simple())
    };
    let pairs = pairs.into_iter().map(pair).collect::<Vec<_>>().join(",");
    format!(
        "(SELECT UNHEX(one) AS one, UNHEX(other) AS other FROM JSON_TABLE('[{pairs}]', '$[*]'
             COLUMNS (one CHAR(32) PATH '$[0]', other CHAR(32) PATH '$[1]')) AS texts) AS pairs"
    )
}

pub(super) fn id(id: Uuid) -> String {
    binary(id.as_bytes())
}

pub(super) fn optional_id(optional: Option<Uuid>) -> String {
    optional.map_or_else(null, id)
}

pub(super) fn optional_text(optional: Option<&str>) -> String {
    optional.map_or_else(null, text)
}

pub(super) fn time(at: OffsetDateTime) -> String {
    let at = stored(at);
    let (date, time) = (at.date(), at.time());
    format!(
        "'{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}'",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.microsecond(),
    )
}

pub(super) fn date(day: Date) -> String {
    format!("'{:04}-{:02}-{:02}'", day.year(), u8::from(day.month()), day.day())
}

pub(super) fn optional_time(optional: Option<OffsetDateTime>) -> String {
    optional.map_or_else(null, time)
}

pub(super) fn optional_number(optional: Option<i64>) -> String {
    optional.map_or_else(null, |number| number.to_string())
}

pub(super) fn null() -> String {
    "NULL".to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_time_has_the_six_decimals_that_are_stored() {
        let at = time::macros::datetime!(2026-11-28 19:05:06.000007 +8);
        assert_eq!(super::time(at), "'2026-11-28 11:05:06.000007'");
    }
}
