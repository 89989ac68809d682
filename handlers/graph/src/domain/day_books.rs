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
use super::tally::{Tally, digest_of, ours};

pub(crate) type Document = Map<String, Value>;

/// Accounts, and edges of each, that are named.
pub(crate) const DIFFERENCES_MAX: usize = 100;
/// Edges of those accounts that are kept until they are found, some 150 bytes each.
const EDGES_KEPT_MAX: u64 = 200_000;

/// A day in a path.
pub(crate) struct Day(pub(crate) HongKongDate);

/// A day, as the ledger says it is and as it is, of each account: no edge is kept, so a day may
/// have as many as it likes.
#[derive(Debug, Default)]
pub(crate) struct DayBooks {
    pub(crate) ledger: Tally,
    pub(crate) graph: Tally,
    /// Of accounts that nobody knows any more.
    pub(crate) forgotten_edges: u64,
    accounts: BTreeMap<GraphAccountId, AccountBooks>,
}

/// What the ledger says of an account's edges, and what there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct AccountBooks {
    pub(crate) ledger: Tally,
    pub(crate) graph: Tally,
}

/// Which edges of some accounts differ.
#[derive(Debug, Default)]
pub(crate) struct EdgeBooks {
    accounts: BTreeSet<GraphAccountId>,
    /// What is said of the edge in each place and was not found.
    wanted: BTreeMap<String, (GraphAccountId, u128)>,
    /// Where those edges stand that differ.
    differ: BTreeMap<GraphAccountId, BTreeSet<String>>,
}

/// What looks at the documents that the ledger says there are, all of them, and then at those that
/// there are.
pub(crate) trait Books {
    fn expect(&mut self, owner: GraphAccountId, document: Document);
    fn find(&mut self, owner: GraphAccountId, document: Document);

    /// Of an edge of who is nobody's any more nothing can be said.
    fn find_forgotten(&mut self) {}

    /// Only edges of money count.
    fn expect_if_money(&mut self, document: Document) {
        if let Some(owner) = owner(&document).filter(|_| document.contains_key("day")) {
            self.expect(owner, document);
        }
    }

    /// `tied` are the accounts that are still somebody's: of all others the ledger cannot say which
    /// they are.
    fn find_if_tied(&mut self, document: &Document, tied: &BTreeSet<GraphAccountId>) {
        match owner(document).filter(|owner| tied.contains(owner)) {
            Some(owner) => self.find(owner, with_other_forgotten(ours(document), tied)),
            None => self.find_forgotten(),
        }
    }
}

impl DayBooks {
    pub(crate) fn account_count(&self) -> usize {
        self.accounts.len()
    }

    /// The accounts whose edges are not what the ledger says.
    pub(crate) fn differences(&self) -> BTreeMap<GraphAccountId, AccountBooks> {
        let differ = self.accounts.iter().filter(|(_, books)| books.ledger != books.graph);
        differ.map(|(account, books)| (*account, *books)).collect()
    }
}

impl Books for DayBooks {
    fn expect(&mut self, owner: GraphAccountId, document: Document) {
        self.ledger.add(&document);
        self.accounts.entry(owner).or_default().ledger.add(&document);
    }

    fn find(&mut self, owner: GraphAccountId, document: Document) {
        self.graph.add(&document);
        self.accounts.entry(owner).or_default().graph.add(&document);
    }

    fn find_forgotten(&mut self) {
        self.forgotten_edges = self.forgotten_edges.saturating_add(1);
    }
}

/// Those whose edges are looked at one by one: as many as are named, and fit.
pub(crate) fn named(
    differences: &BTreeMap<GraphAccountId, AccountBooks>,
) -> BTreeSet<GraphAccountId> {
    let mut kept: u64 = 0;
    let fits = |(account, books): (&GraphAccountId, &AccountBooks)| {
        // Kept is what the ledger says, and then what is found instead.
        let edges = kept.saturating_add(books.ledger.count.max(books.graph.count));
        (edges <= EDGES_KEPT_MAX).then(|| {
            kept = edges;
            *account
        })
    };
    differences.iter().take(DIFFERENCES_MAX).filter_map(fits).collect()
}

impl EdgeBooks {
    pub(crate) fn of(accounts: BTreeSet<GraphAccountId>) -> Self {
        Self { accounts, ..Self::default() }
    }

    /// Where those edges stand that are missing, should not be, or say something else.
    pub(crate) fn differ(mut self) -> BTreeMap<GraphAccountId, BTreeSet<String>> {
        for (place, (owner, _)) in std::mem::take(&mut self.wanted) {
            self.differs(owner, place);
        }
        self.differ
    }

    /// Of as many edges of an account as are named.
    fn differs(&mut self, owner: GraphAccountId, place: String) {
        let places = self.differ.entry(owner).or_default();
        if places.len() < DIFFERENCES_MAX {
            places.insert(place);
        }
    }
}

impl Books for EdgeBooks {
    fn expect(&mut self, owner: GraphAccountId, document: Document) {
        if self.accounts.contains(&owner) {
            self.wanted.insert(place(&document), (owner, digest_of(&document)));
        }
    }

    fn find(&mut self, owner: GraphAccountId, document: Document) {
        if !self.accounts.contains(&owner) {
            return;
        }
        let place = place(&document);
        let wanted = self.wanted.remove(&place);
        if wanted.is_none_or(|(_, digest)| digest != digest_of(&document)) {
            self.differs(owner, place);
        }
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn account(number: u128) -> GraphAccountId {
        GraphAccountId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn whose_edges_do_not_fit_is_left_out_and_not_those_after_it() {
        let tally = |count| Tally { count, ..Tally::default() };
        let books = |(number, ledger, graph)| {
            (account(number), AccountBooks { ledger: tally(ledger), graph: tally(graph) })
        };
        let all = [(1, 150_000, 1), (2, 1, 60_000), (3, 60_000, 1), (4, 10, 50_000), (5, 1, 0)];
        assert_eq!(named(&all.map(books).into()), [1, 4].map(account).into());
    }

    #[test]
    fn of_an_account_no_more_edges_are_kept_than_are_named() {
        let owner = account(1);
        let edge = |id: u32| {
            let document = json!({"id": format!("out.{id}"), "partition": "p"});
            document.as_object().unwrap().clone()
        };
        let mut books = EdgeBooks::of(BTreeSet::from([owner]));
        (0..150).for_each(|id| books.expect(owner, edge(id)));
        (150..400).for_each(|id| books.find(owner, edge(id)));
        assert_eq!(books.differ()[&owner].len(), DIFFERENCES_MAX);
    }
}
