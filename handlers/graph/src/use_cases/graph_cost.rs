//! What a question cost, as each answer tells.

use serde::Serialize;
use utoipa::ToSchema;

use crate::elements::Cost;

/// What Cosmos was asked for an answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphCost {
    /// Pages that were read.
    query_count: u32,
    /// As Cosmos charges them, rounded up; null where it charges nothing.
    request_units: Option<u64>,
}

impl From<Cost> for GraphCost {
    fn from(cost: Cost) -> Self {
        Self { query_count: cost.queries, request_units: cost.request_units() }
    }
}
