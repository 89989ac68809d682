//! What the caller may see of a friend's payments, or of their own.

use service::{Consumer, Error, Id, Json, List, Page};
use values::UserId;

use super::list_timeline::read_page;
use crate::domain::{NO_TIMELINE, TimelineEntry};
use crate::{App, store};

pub(crate) async fn list_entries_of_person(
    app: App,
    Id(person): Id<UserId>,
    caller: Consumer,
    list: List,
) -> Result<Json<Page<TimelineEntry>>, Error> {
    let reader = caller.user_id;
    let paging = list.of(format_args!("{reader} {person}"))?;
    let mut conn = app.database.conn().await?;
    if person == reader {
        return Ok(Json(read_page(&mut conn, reader, &[], true, paging).await?));
    }
    // Nothing is read of the person, so a stranger and nobody at all take the same.
    if !store::relations::are_friends(&mut conn, reader, person).await? {
        return Err(NO_TIMELINE.into());
    }
    Ok(Json(read_page(&mut conn, reader, &[person], false, paging).await?))
}
