//! What an event says, before anybody in it has a pseudonym.

use serde_json::Value;
use time::OffsetDateTime;

use super::subject::Subject;

/// What one source says of a vertex or an edge. Of two versions the higher stands, whichever comes
/// first, and each source has its own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    pub(crate) source: &'static str,
    pub(crate) version: u32,
    /// A source always says the same properties.
    pub(crate) properties: Vec<(&'static str, Value)>,
}

/// One thing that stands in the graph because of an event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fact {
    /// There is this account, and this is known of it, if anything.
    Account(Subject, Option<Known>),
    /// From one account to another.
    Edge(Edge),
}

/// From one account to another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Edge {
    pub(crate) label: &'static str,
    pub(crate) from: Subject,
    pub(crate) to: Subject,
    pub(crate) place: Place,
    pub(crate) known: Known,
}

/// Where an edge stands with each of its accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// With the account itself: there is one between two accounts, and few in all.
    Account,
    /// In the account's month: there are many. By the id of what happened.
    Month { operation: String, at: OffsetDateTime },
}

impl Fact {
    /// Whose account it is about.
    pub(crate) fn subjects(&self) -> Vec<Subject> {
        match self {
            Self::Account(subject, _) => vec![*subject],
            Self::Edge(edge) => vec![edge.from, edge.to],
        }
    }
}
