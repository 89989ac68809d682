//! All SQL of this service, by what it stores.

pub(crate) mod cards;
pub(crate) mod conversations;
pub(crate) mod copies;
pub(crate) mod groups;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod pairs;
pub(crate) mod people;
pub(crate) mod reports;
pub(crate) mod support_cases;

use mysql_async::prelude::FromValue;
use mysql_async::{Error, Row};
use service::database::bytes_literal;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};
use uuid::Uuid;

/// Times are stored in UTC, without an offset.
fn stored(at: OffsetDateTime) -> PrimitiveDateTime {
    let utc = at.to_offset(UtcOffset::UTC);
    PrimitiveDateTime::new(utc.date(), utc.time())
}

fn time_of(at: PrimitiveDateTime) -> OffsetDateTime {
    at.assume_utc()
}

/// The value of a column, each of which is taken once.
fn take<T: FromValue>(row: &mut Row, column: &str) -> Result<T, Error> {
    let unreadable = || Error::Other(format!("{column} cannot be read").into());
    row.take_opt(column).and_then(Result::ok).ok_or_else(unreadable)
}

/// Ids as a list of literals, of a statement without parameters: one with as many places as there
/// are ids would be prepared again for each number of them.
fn list_of(ids: impl IntoIterator<Item = Uuid>) -> String {
    ids.into_iter().map(|id| bytes_literal(id.as_bytes())).collect::<Vec<_>>().join(", ")
}
