//! Each look of staff leaves a trail, before it is answered.

use service::{Error, Staff};

use crate::domain::GraphLookType;
use crate::{App, store};

/// Writes down who looks at what. Whoever reads customers' cases may look.
pub(super) async fn look(
    app: &App,
    staff: &Staff,
    kind: GraphLookType,
    subject: impl ToString,
) -> Result<(), Error> {
    staff.require_reviewing()?;
    let mut conn = app.database.conn().await?;
    Ok(store::looks::insert_look(&mut conn, staff, kind, &subject.to_string()).await?)
}
