//! Edges as they are read, and as answers say them.

use serde::Serialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;
use values::{GraphAccountId, Money, Timestamp};

use super::subject::GraphAccountType;
use super::tally::digest_of_text;

/// One end of an edge that was read; `None` if it was forgotten.
pub(crate) type StoredEnd = Option<(GraphAccountId, GraphAccountType)>;

/// An edge that was read, whichever of its ends kept it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredEdge {
    /// As the one who paid keeps it.
    pub(crate) label: String,
    pub(crate) from: StoredEnd,
    pub(crate) to: StoredEnd,
    pub(crate) amount: Option<Money>,
    /// Whether it is money that moved, and not only asked for.
    pub(crate) has_moved: bool,
    kind: Option<String>,
    status: Option<String>,
    pub(crate) operation: Option<String>,
    pub(crate) happened_at: Option<OffsetDateTime>,
    key: String,
}

/// From one account of the graph to another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GraphEdge {
    /// `paid`, `refunded`, `topped-up`, `withdrew`, `paid-by-fps`, `filled`, `claimed`, `returned`
    /// or `moved` (along the money), `requested`, `disputed`, `friend`, `blocked` or `owns`.
    #[serde(rename = "type")]
    #[schema(example = "paid")]
    edge_type: String,
    /// Null if nobody knows any more whose it was.
    from_account_id: Option<GraphAccountId>,
    /// Null if nobody knows any more whose it was.
    to_account_id: Option<GraphAccountId>,
    /// Null where it is not about money.
    amount: Option<Money>,
    /// What moved the money, as payments calls it; null where none has moved.
    #[schema(example = "peer-payment")]
    movement_type: Option<String>,
    /// Where it stands; null of what happened once.
    #[schema(example = "friends")]
    status: Option<String>,
    /// What asks for the flow of it; null where it is not about money.
    #[schema(example = "0f343b0931126a20f133d67c2b018a3b")]
    operation_digest: Option<String>,
    /// Null of what stands and does not happen.
    happened_at: Option<Timestamp>,
}

impl StoredEdge {
    /// `None` if the document is no edge between accounts.
    pub(crate) fn read(document: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| document.get(name)?.as_str();
        let owned = |name: &str| text(name).map(str::to_owned);
        let end = |name: &str| -> StoredEnd {
            let kind = GraphAccountType::from_code(text(&format!("{name}_type"))?)?;
            Some((text(name)?.parse().ok()?, kind))
        };
        text("from")?;
        let label = text("label")?;
        let label = label.strip_suffix("_IN").unwrap_or(label);
        let place = ["from", "to", "operation"].map(|name| text(name).unwrap_or_default());
        let amount = document.get("amount").and_then(Value::as_i64);
        let happened_at = text("happened_at").map(|at| OffsetDateTime::parse(at, &Rfc3339));
        Some(Self {
            label: label.to_owned(),
            from: end("from"),
            to: end("to"),
            amount: amount.and_then(|amount| Money::hkd(amount).ok()),
            has_moved: document.contains_key("day"),
            kind: owned("kind"),
            status: owned("status"),
            operation: owned("operation"),
            happened_at: happened_at.and_then(Result::ok),
            key: format!("{label} {:032x}", digest_of_text(&place.join(" "))),
        })
    }

    /// What it is called in answers.
    pub(crate) fn edge_type(&self) -> String {
        self.label.to_lowercase().replace('_', "-")
    }

    /// What moved the money, as payments calls it.
    pub(crate) fn movement_type(&self) -> Option<&str> {
        self.kind.as_deref().filter(|_| self.has_moved)
    }

    pub(crate) fn status(&self) -> Option<&str> {
        self.status.as_deref()
    }

    /// Whether its two are friends now.
    pub(crate) fn is_friendship(&self) -> bool {
        self.label == "FRIEND" && self.status.as_deref() == Some("friends")
    }

    /// The same of both ends' halves, and of nothing else, also when an end was taken away because
    /// nobody knows whose it was; which that was it does not say.
    pub(crate) fn key(&self) -> String {
        self.key.clone()
    }
}

impl From<StoredEdge> for GraphEdge {
    fn from(edge: StoredEdge) -> Self {
        Self {
            edge_type: edge.edge_type(),
            from_account_id: edge.from.map(|(id, _)| id),
            to_account_id: edge.to.map(|(id, _)| id),
            amount: edge.amount,
            movement_type: edge.movement_type().map(str::to_owned),
            status: edge.status,
            operation_digest: edge.operation,
            happened_at: edge.happened_at.map(Into::into),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ONE: &str = "gac_01h455vb4pex5vsknk084sn02q";
    const OTHER: &str = "gac_01h455vb4pex5vsknk084sn02r";
    const THIRD: &str = "gac_01h455vb4pex5vsknk084sn02s";

    /// Once its ends were forgotten.
    fn forgotten(label: &str, from: &str, to: &str) -> StoredEdge {
        let document = json!({
            "label": label, "from": from, "from_type": "user", "to": to, "to_type": "user",
        });
        let edge = StoredEdge::read(document.as_object().unwrap()).unwrap();
        StoredEdge { from: None, to: None, ..edge }
    }

    #[test]
    fn two_edges_with_forgotten_ends_are_two_and_the_halves_of_each_are_one() {
        let key = |label, from, to| forgotten(label, from, to).key();
        assert_eq!(key("FRIEND", ONE, OTHER), key("FRIEND_IN", ONE, OTHER));
        for (label, from, to) in
            [("FRIEND", ONE, THIRD), ("FRIEND", OTHER, ONE), ("BLOCKED", ONE, OTHER)]
        {
            assert_ne!(key("FRIEND", ONE, OTHER), key(label, from, to));
        }
        assert!(!key("FRIEND", ONE, OTHER).contains("gac_"));
    }
}
