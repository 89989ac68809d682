//! A day of the graph beside the documents that the ledger says there are.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde_json::{Map, Value, json};
use time::Date;
use time::macros::format_description;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use values::{GraphAccountId, HongKongDate};

use super::elements_of_fact::FORGOTTEN;
use super::tally::{Tally, ours};

type Document = Map<String, Value>;

/// A day in a path.
pub(crate) struct Day(pub(crate) HongKongDate);

/// What a comparison found.
#[derive(Debug, Default)]
pub(crate) struct DayBooks {
    pub(crate) is_equal: bool,
    pub(crate) ledger: Tally,
    pub(crate) graph: Tally,
    pub(crate) account_count: usize,
    /// Of accounts that nobody knows any more.
    pub(crate) forgotten_edges: u64,
    pub(crate) differences: BTreeMap<GraphAccountId, Difference>,
}

/// An account whose edges are not what the ledger says.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    pub(crate) ledger: Tally,
    pub(crate) graph: Tally,
    /// Where those edges stand that differ.
    pub(crate) edges: BTreeSet<String>,
}

impl DayBooks {
    /// Of what the ledger says only edges of money count. `tied` are the accounts that are still
    /// somebody's: of all others the ledger cannot say which they are.
    pub(crate) fn compare(
        expected: impl Iterator<Item = Document>,
        found: &[Document],
        tied: &BTreeSet<GraphAccountId>,
    ) -> Self {
        let mut books = Self::default();
        let mut accounts: BTreeMap<GraphAccountId, Difference> = BTreeMap::new();
        let mut wanted: BTreeMap<String, Document> = BTreeMap::new();
        for document in expected.filter(|document| document.contains_key("day")) {
            let Some(owner) = owner(&document) else { continue };
            books.ledger.add(&document);
            accounts.entry(owner).or_default().ledger.add(&document);
            wanted.insert(place(&document), document);
        }
        for document in found {
            let Some(owner) = owner(document).filter(|owner| tied.contains(owner)) else {
                books.forgotten_edges = books.forgotten_edges.saturating_add(1);
                continue;
            };
            let document = with_other_forgotten(ours(document), tied);
            books.graph.add(&document);
            let account = accounts.entry(owner).or_default();
            account.graph.add(&document);
            let place = place(&document);
            if wanted.remove(&place).as_ref() != Some(&document) {
                account.edges.insert(place);
            }
        }
        for (place, document) in wanted {
            let Some(owner) = owner(&document) else { continue };
            accounts.entry(owner).or_default().edges.insert(place);
        }
        books.account_count = accounts.len();
        accounts.retain(|_, account| !account.edges.is_empty() || account.ledger != account.graph);
        books.is_equal = accounts.is_empty();
        books.differences = accounts;
        books
    }
}

/// Whose half of the edge it is.
fn owner(document: &Document) -> Option<GraphAccountId> {
    document.get(if is_out(document) { "from" } else { "to" })?.as_str()?.parse().ok()
}

fn is_out(document: &Document) -> bool {
    document.get("id").and_then(Value::as_str).is_some_and(|id| id.starts_with("out."))
}

fn place(document: &Document) -> String {
    let text = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default();
    format!("{} {}", text("partition"), text("id"))
}

/// As it would be written now, if its other end was forgotten since.
fn with_other_forgotten(mut document: Document, tied: &BTreeSet<GraphAccountId>) -> Document {
    let other = if is_out(&document) { "to" } else { "from" };
    let id = document.get(other).and_then(Value::as_str).and_then(|id| id.parse().ok());
    if id.is_some_and(|id: GraphAccountId| !tied.contains(&id)) {
        let other_type = format!("{other}_type");
        for name in [other, &other_type, "_sink", "_sinkLabel", "_sinkPartition"] {
            document.insert(name.to_owned(), json!(FORGOTTEN));
        }
    }
    document
}

impl FromStr for Day {
    type Err = time::error::Parse;

    fn from_str(text: &str) -> Result<Self, time::error::Parse> {
        let form = format_description!("[year]-[month]-[day]");
        Ok(Self(HongKongDate(Date::parse(text, form)?)))
    }
}

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A day in Hong Kong."))
            .pattern(Some(r"^\d{4}-\d\d-\d\d$"))
            .examples(["2026-11-23"])
            .into()
    }
}

impl ToSchema for Day {}
