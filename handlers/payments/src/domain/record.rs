//! Rows in which decisions are recorded.

use uuid::Uuid;

/// A row with an id.
pub(crate) trait Record: Clone + Send + 'static {
    fn id(&self) -> Uuid;
}
