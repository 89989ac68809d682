//! How many payments wait for a reviewer is brought before people: rules, or the graph, may hold
//! more than anybody can look at.

use service::Error;

use crate::{App, observe, store};

pub(crate) async fn report_held(app: App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    observe::payments_held(store::held_payments::count_held(&mut conn).await?);
    Ok(())
}
