//! Top-ups for which the bank has not answered in time hold their money no longer.

use futures_util::future::join_all;
use service::database::now;
use service::{Error, trace};
use values::TopUpId;

use crate::domain::OperationKind;
use crate::domain::operations::{EndTopUp, TopUpEnd};
use crate::{App, store};

/// Top-ups ended in one run of the timer; the next run goes on. Clients' operations wait in the
/// same line.
const TOP_UPS_MAX: u32 = 200;

pub(crate) async fn expire_top_ups(app: App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let list = store::operations::list_overdue;
    let overdue = list(&mut conn, OperationKind::TopUp, now(), TOP_UPS_MAX).await?;
    drop(conn);
    let expired = overdue.into_iter().map(|(top_up_id, _)| {
        let top_up_id = TopUpId::from_uuid(top_up_id);
        let expire = EndTopUp { top_up_id, outcome: TopUpEnd::Unanswered, word: None };
        app.group_commit.submit(expire, None, trace::current())
    });
    // One that cannot be ended does not keep the others from it.
    join_all(expired).await.into_iter().collect::<Result<Vec<_>, Error>>()?;
    Ok(())
}
