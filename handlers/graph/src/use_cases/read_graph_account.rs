//! Staff learn which account of the graph is a person's or a business's.

use serde::Serialize;
use service::{Error, Id, Json, Staff};
use utoipa::ToSchema;
use values::{AccountId, GraphAccountId};

use super::look::look;
use crate::domain::{GraphAccountType, GraphLookType, NO_GRAPH_ACCOUNT, Subject};
use crate::{App, store};

/// What the trail says of a look at somebody who has no account.
const NOBODY: &str = "nobody";

/// An account of the graph.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphAccountBody {
    account_id: GraphAccountId,
    #[serde(rename = "type")]
    account_type: GraphAccountType,
}

pub(crate) async fn read_graph_account(
    app: App,
    Id(account): Id<AccountId>,
    staff: Staff,
) -> Result<Json<GraphAccountBody>, Error> {
    staff.require_reviewing()?;
    let subject = Subject::from(account);
    let mut conn = app.database.conn().await?;
    let names = store::pseudonyms::list_names(&mut conn, [&subject]).await?;
    drop(conn);
    let found = names.get(&subject).copied();
    // Not whose it is: the look stays, and would tie the account to them once they are forgotten.
    let seen = found.map_or_else(|| NOBODY.to_owned(), |account_id| account_id.to_string());
    look(&app, &staff, GraphLookType::Account, seen).await?;
    let account_id = found.ok_or(NO_GRAPH_ACCOUNT)?;
    Ok(Json(GraphAccountBody { account_id, account_type: subject.kind }))
}
