//! A person sees who asks them, and whom they ask.

use serde::Deserialize;
use service::{Consumer, Error, Json, List, Page};
use utoipa::IntoParams;
use values::code_enum;

use super::change_friendship::RelatedPersonBody;
use crate::domain::Relation;
use crate::store::Listed;
use crate::{App, store};

code_enum! {
    /// Which way friend requests go.
    pub(crate) enum RequestDirection {
        /// Others ask the caller.
        Received = "received",
        /// The caller asks others.
        Sent = "sent",
    }
}

/// Which friend requests.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListFriendRequests {
    /// Those of others to the caller if absent.
    #[param(inline)]
    direction: Option<RequestDirection>,
}

/// What the caller has declined is no longer there for them.
pub(crate) async fn list_friend_requests(
    app: App,
    caller: Consumer,
    list: List<ListFriendRequests>,
) -> Result<Json<Page<RelatedPersonBody>>, Error> {
    let paging = list.of(caller.user_id)?;
    let sees = match list.filter.direction {
        None | Some(RequestDirection::Received) => Relation::Received,
        Some(RequestDirection::Sent) => Relation::Sent,
    };
    let mut conn = app.database.conn().await?;
    let rows = store::list_friendships(&mut conn, caller.user_id, sees, &paging).await?;
    let place = |listed: &Listed| listed.place.as_u128();
    Ok(Json(paging.page(rows, place, |listed| RelatedPersonBody::listed(listed, sees))))
}
