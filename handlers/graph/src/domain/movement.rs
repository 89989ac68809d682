//! Money that moved, alike from an event and from a row of the ledger: so what the ledger proves is
//! the very document that the events brought.

use serde_json::json;
use time::OffsetDateTime;
use time::macros::format_description;
use values::{Money, OperationKind, hong_kong_day};

use super::fact::{Edge, Fact, Known, Place};
use super::subject::Subject;

/// The longest code of a kind, and id of an operation.
const TEXT_LENGTH_MAX: usize = 40;

/// Money that moved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Movement {
    /// As payments calls it.
    pub(crate) kind: String,
    /// `pay_…`, `top_…`, ….
    pub(crate) operation: String,
    pub(crate) from: Subject,
    pub(crate) to: Subject,
    pub(crate) amount: Money,
    pub(crate) moved_at: OffsetDateTime,
}

impl Movement {
    /// Its edge, along the money. It never changes, so it has one version.
    pub(crate) fn fact(&self) -> Result<Fact, String> {
        for text in [&self.kind, &self.operation] {
            let is_code = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            if !(1..=TEXT_LENGTH_MAX).contains(&text.len()) || !text.bytes().all(is_code) {
                return Err("a kind or an id is no code".to_owned());
            }
        }
        if self.from == self.to {
            return Err("the money moves from an account to itself".to_owned());
        }
        let properties = vec![
            ("kind", json!(self.kind)),
            ("amount", json!(self.amount.minor_units())),
            ("currency", json!(self.amount.currency().code())),
            ("day", json!(hong_kong_day(self.moved_at).to_string())),
        ];
        Ok(Fact::Edge(Edge {
            label: label(&self.kind),
            from: self.from,
            to: self.to,
            place: Place::Month { operation: self.operation.clone(), at: self.moved_at },
            known: Known { source: "moved", version: 1, properties },
        }))
    }
}

/// What an edge is called. A kind that is not known here is money all the same.
fn label(kind: &str) -> &'static str {
    OperationKind::from_code(kind).map_or("MOVED", |kind| kind.facts().edge)
}

/// A moment as documents have it: texts of one length, which sort as the moments do.
pub(crate) fn moment(at: OffsetDateTime) -> String {
    let form =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
    // A moment of this era has such a text.
    at.to_offset(time::UtcOffset::UTC).format(form).unwrap_or_default()
}
