//! The caller's feed: their own movements, and of their friends' payments what they may see.

use mysql_async::Conn;
use service::{Consumer, Error, Json, List, Page, Paging};
use uuid::Uuid;
use values::UserId;

use crate::domain::{StoredEntry, TimelineEntry};
use crate::{App, store};

pub(crate) async fn list_timeline(
    app: App,
    caller: Consumer,
    list: List,
) -> Result<Json<Page<TimelineEntry>>, Error> {
    let paging = list.of(caller.user_id)?;
    let (reader, before) = (caller.user_id, paging.before_id());
    let mut conn = app.database.conn().await?;
    let rows = paging.rows();
    let friends = store::feed::list_recent_friends(&mut conn, reader, before, rows).await?;
    Ok(Json(read_page(&mut conn, reader, &friends, true, paging).await?))
}

/// Looks at as many rows of these feeds as the page may hold. Of what two friends did there are
/// two, and some is not for the reader: then the page is not full, and has a cursor all the same.
pub(super) async fn read_page(
    conn: &mut Conn,
    reader: UserId,
    friends: &[UserId],
    with_own: bool,
    paging: Paging,
) -> Result<Page<TimelineEntry>, Error> {
    let (before, rows_max) = (paging.before_id(), paging.rows());
    let rows = store::feed::list_entries(conn, reader, friends, with_own, before, rows_max).await?;
    let last = rows.last().map(|row| row.entry.place);
    let reach = last.filter(|_| rows.len() >= rows_max);
    let seen = |row: StoredEntry| Some((row.entry.place, row.seen_by(reader)?));
    let mut entries: Vec<(Uuid, TimelineEntry)> = rows.into_iter().filter_map(seen).collect();
    entries.dedup_by_key(|(place, _)| *place);
    let page = paging.reaching(reach);
    Ok(page.page(entries, |(place, _)| place.as_u128(), |(_, entry)| entry))
}
