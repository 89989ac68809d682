//! The logo of a shop that an instance closed which knew of no logos goes as well.

use service::Error;

use crate::{App, store};

/// Logos that one call of the timer retires; the next ones are for the next call.
const LOGOS_MAX: u32 = 50;

pub(crate) async fn retire_logos(app: &App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let left = store::list_left_logos(&mut conn, LOGOS_MAX).await?;
    drop(conn);
    for (business_id, logo_id) in left {
        let mut tx = app.database.begin().await?;
        store::delete_left_logo(&mut tx, business_id).await?;
        app.logos.show(&mut tx, business_id.uuid(), [Some(logo_id), None]).await?;
        tx.commit().await?;
    }
    Ok(())
}
