//! Top-ups for which the bank has not answered in time hold their money no longer.

use service::Error;
use values::TopUpId;

use super::end_overdue::end_overdue;
use crate::App;
use crate::domain::OperationKind;
use crate::domain::operations::{EndTopUp, TopUpEnd};
use crate::store::overdue::Waiting;

pub(crate) async fn expire_top_ups(app: App) -> Result<(), Error> {
    end_overdue(&app, Waiting::Operations(OperationKind::TopUp), |overdue| EndTopUp {
        top_up_id: TopUpId::from_uuid(overdue.id),
        outcome: TopUpEnd::Unanswered,
        word: None,
    })
    .await
}
