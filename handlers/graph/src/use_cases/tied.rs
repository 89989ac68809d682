//! Of whom an answer may tell: an account of somebody who was forgotten is nobody's, though what it
//! did stays with the others.

use std::collections::BTreeSet;

use service::Error;
use values::GraphAccountId;

use crate::domain::{NO_GRAPH_ACCOUNT, StoredEdge};
use crate::{App, store};

/// Refuses an account that is nobody's any more as one that does not exist.
pub(super) async fn require_tied(app: &App, account: GraphAccountId) -> Result<(), Error> {
    let tied = list_tied(app, &BTreeSet::from([account])).await?;
    if tied.contains(&account) { Ok(()) } else { Err(NO_GRAPH_ACCOUNT.into()) }
}

/// Takes away the ends that are nobody's any more.
pub(super) async fn only_tied(app: &App, edges: &mut [StoredEdge]) -> Result<(), Error> {
    let ends = edges.iter().flat_map(|edge| [edge.from, edge.to]).flatten();
    let tied = list_tied(app, &ends.map(|(id, _)| id).collect()).await?;
    for edge in edges {
        for end in [&mut edge.from, &mut edge.to] {
            *end = end.filter(|(id, _)| tied.contains(id));
        }
    }
    Ok(())
}

async fn list_tied(
    app: &App,
    accounts: &BTreeSet<GraphAccountId>,
) -> Result<BTreeSet<GraphAccountId>, Error> {
    let mut conn = app.database.conn().await?;
    Ok(store::pseudonyms::list_tied(&mut conn, accounts).await?)
}
