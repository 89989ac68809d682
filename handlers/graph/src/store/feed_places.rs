//! Where the reader of a change feed goes on.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};

/// `None` if it was never read.
pub(crate) async fn find_feed_place(
    conn: &mut Conn,
    container: &str,
) -> Result<Option<String>, Error> {
    conn.exec_first("SELECT place FROM feed_places WHERE container = ?", (container,)).await
}

pub(crate) async fn save_feed_place(
    conn: &mut Conn,
    container: &str,
    place: &str,
) -> Result<(), Error> {
    conn.exec_drop(
        "INSERT INTO feed_places (container, place) VALUES (?, ?)
         ON DUPLICATE KEY UPDATE place = VALUES(place)",
        (container, place),
    )
    .await
}
