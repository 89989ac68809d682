//! A person sees who their friends are.

use service::{Consumer, Error, Json, List, Page};

use super::change_friendship::RelatedPersonBody;
use crate::domain::Relation;
use crate::store::Listed;
use crate::{App, store};

pub(crate) async fn list_friends(
    app: App,
    caller: Consumer,
    list: List,
) -> Result<Json<Page<RelatedPersonBody>>, Error> {
    let paging = list.of(caller.user_id)?;
    let mut conn = app.database.conn().await?;
    let friend = Relation::Friend;
    let rows = store::list_friendships(&mut conn, caller.user_id, friend, &paging).await?;
    let place = |listed: &Listed| listed.place.as_u128();
    Ok(Json(paging.page(rows, place, |listed| RelatedPersonBody::listed(listed, friend))))
}
