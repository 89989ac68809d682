//! All SQL of this service.

pub(crate) mod entries;
pub(crate) mod feed;
pub(crate) mod relations;

use service::database::bytes_literal;
use uuid::Uuid;

/// As statements without parameters name an id: those with as many places as a batch has events
/// would be prepared again for each number of them.
fn id(id: Uuid) -> String {
    bytes_literal(id.as_bytes())
}

fn list_of(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().collect::<Vec<String>>().join(", ")
}
