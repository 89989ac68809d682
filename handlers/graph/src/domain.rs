//! The rules: pure, nothing asynchronous.
//!
//! Reading order: `subject`, `fact`, `facts_of_event`, `movement` (what happened), `element`,
//! `elements_of_fact` (the documents of it, and where they stand), `graph_edge` (as they are
//! read), `subgraph`, `graphml`, `graphson` (as files have them), `path_search`, `tally` and
//! `day_books` (what is compared with the ledger), `passage`, `windows`, `shapes` and
//! `account_state` (what is seen in an account), `operation_name`, `look`, `refusals`.

mod account_state;
mod day_books;
mod element;
mod elements_of_fact;
mod fact;
mod facts_of_event;
mod graph_edge;
mod graphml;
mod graphson;
mod look;
mod movement;
mod operation_name;
mod passage;
#[cfg(test)]
mod passage_samples;
mod path_search;
mod refusals;
mod shapes;
mod subgraph;
mod subject;
mod tally;
mod windows;

pub(crate) use account_state::{AccountState, Clearance};
pub(crate) use day_books::{Books, DIFFERENCES_MAX, Day, DayBooks, EdgeBooks, named};
pub(crate) use element::Element;
pub(crate) use elements_of_fact::{
    IN_MONTH, Names, elements_of, hong_kong_months, operation_digest,
};
pub(crate) use fact::Fact;
pub(crate) use facts_of_event::facts_of;
pub(crate) use graph_edge::{GraphEdge, StoredEdge, StoredEnd};
pub(crate) use graphml::graphml;
pub(crate) use graphson::graphson;
pub(crate) use look::GraphLookType;
pub(crate) use movement::{Movement, moment};
pub(crate) use operation_name::OperationName;
pub(crate) use passage::{Dealings, wallet_of};
pub(crate) use path_search::PathSearch;
pub use refusals::REFUSALS;
pub(crate) use refusals::{NO_GRAPH_ACCOUNT, NO_MOVEMENT};
pub(crate) use shapes::{NEAR_MAX, Near, Sight, look_at};
pub(crate) use subgraph::{GraphFileFormat, Property, Subgraph};
pub(crate) use subject::{GraphAccountType, Subject};
pub(crate) use tally::Tally;
pub(crate) use windows::{LOOKED_BACK, Window, windows_document, windows_of};
