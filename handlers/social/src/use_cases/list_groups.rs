//! A person sees which groups they are in.

use service::{Consumer, Error, Json, List, Page};
use values::GroupId;

use super::read_group::GroupBody;
use crate::App;
use crate::domain::Group;
use crate::store::groups;

pub(crate) async fn list_groups(
    app: App,
    caller: Consumer,
    list: List,
) -> Result<Json<Page<GroupBody>>, Error> {
    let paging = list.of(caller.user_id)?;
    let mut conn = app.database.conn().await?;
    let rows = groups::list_groups(&mut conn, caller.user_id, &paging).await?;
    let ids: Vec<GroupId> = rows.iter().map(|group| group.id).collect();
    let mut members = groups::list_members(&mut conn, &ids, caller.user_id).await?;
    Ok(Json(paging.page(
        rows,
        |group: &Group| group.id.uuid().as_u128(),
        |group| {
            let members = members.remove(&group.id).unwrap_or_default();
            GroupBody::of(group, members)
        },
    )))
}
