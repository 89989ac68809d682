//! Everything that is asked of databases: the SQL of the service's own schema, of the ledger of
//! payments, and of the graph.

pub(crate) mod account_states;
pub(crate) mod adjacency;
pub(crate) mod feed_places;
pub(crate) mod ledger;
pub(crate) mod looks;
pub(crate) mod pseudonyms;
