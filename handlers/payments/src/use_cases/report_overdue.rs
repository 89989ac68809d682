//! Top-ups and withdrawals about which the bank has said nothing for too long are brought before
//! people. They are not ended: only the bank knows whether the money has moved.

use service::Error;
use service::database::now;

use crate::{App, observe, store};

pub(crate) async fn report_overdue(app: App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let overdue = store::operations::count_overdue(&mut conn, now()).await?;
    if overdue > 0 {
        tracing::warn!(overdue, "operations wait for the bank's answer for too long");
    }
    observe::bank_answers_overdue(overdue);
    Ok(())
}
