//! All SQL of this service, by what it stores.

pub(crate) mod applications;
pub(crate) mod documents;
pub(crate) mod people;
pub(crate) mod screening;
pub(crate) mod trail;

use mysql_async::prelude::FromValue;
use mysql_async::{Error, Row};
use service::database::unknown_code;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

use crate::domain::Finding;

/// Times are stored in UTC, without an offset.
fn stored(at: OffsetDateTime) -> PrimitiveDateTime {
    let utc = at.to_offset(UtcOffset::UTC);
    PrimitiveDateTime::new(utc.date(), utc.time())
}

/// The error for a row that no version of this service has written.
fn unreadable(what: &str) -> Error {
    Error::Other(format!("{what} cannot be read").into())
}

/// The value of a column, each of which is taken once.
fn take<T: FromValue>(row: &mut Row, column: &str) -> Result<T, Error> {
    row.take_opt(column).and_then(Result::ok).ok_or_else(|| unreadable(column))
}

fn time_of(at: PrimitiveDateTime) -> OffsetDateTime {
    at.assume_utc()
}

fn findings_text(findings: &[Finding]) -> String {
    findings.iter().map(|finding| finding.code()).collect::<Vec<_>>().join(",")
}

fn findings_of(text: &str) -> Result<Vec<Finding>, Error> {
    let codes = text.split(',').filter(|code| !code.is_empty());
    codes.map(|code| Finding::from_code(code).ok_or_else(|| unknown_code("a finding"))).collect()
}
