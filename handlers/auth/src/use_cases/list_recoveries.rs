//! Members of staff see which accounts somebody asks for, and who decided what.

use serde::Serialize;
use service::{Error, Json, List, Page, Staff};
use utoipa::ToSchema;
use values::{Operator, Reason, RecoveryId, StaffId, Timestamp, UserId};

use crate::domain::{Recovery, RecoveryStatus};
use crate::{App, store};

/// A recovery of an account. The numbers are shown to nobody.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryBody {
    recovery_id: RecoveryId,
    user_id: UserId,
    status: RecoveryStatus,
    asked_at: Timestamp,
    /// From then on it can be finished, if it is approved.
    ready_at: Timestamp,
    /// From then on nothing comes of it.
    lapses_at: Timestamp,
    /// What staff have decided so far; null if nobody has proposed it.
    case: Option<RecoveryCaseBody>,
}

/// What staff have decided of a recovery.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCaseBody {
    case_number: Reason,
    proposed_by: StaffId,
    #[schema(inline)]
    proposer: Operator,
    proposed_at: Timestamp,
    /// From then on it can no longer be approved, but proposed anew.
    expires_at: Timestamp,
    /// Who approved or rejected it; null until then.
    decided_by: Option<StaffId>,
    decider: Option<Operator>,
    decided_at: Option<Timestamp>,
}

impl From<Recovery> for RecoveryBody {
    fn from(recovery: Recovery) -> Self {
        Self {
            ready_at: recovery.ready_at().into(),
            lapses_at: recovery.lapses_at().into(),
            recovery_id: recovery.recovery_id,
            user_id: recovery.user_id,
            status: recovery.status,
            asked_at: recovery.asked_at.into(),
            case: recovery.case.map(|case| RecoveryCaseBody {
                expires_at: case.proposal().expires_at().into(),
                case_number: case.case_number,
                proposed_by: case.proposed_by,
                proposer: case.proposer,
                proposed_at: case.proposed_at.into(),
                decided_by: case.decided_by,
                decider: case.decider,
                decided_at: case.decided_at.map(Timestamp::from),
            }),
        }
    }
}

pub(crate) async fn list_recoveries(
    app: App,
    _by: Staff,
    list: List,
) -> Result<Json<Page<RecoveryBody>>, Error> {
    let paging = list.of("recoveries")?;
    let mut conn = app.database.conn().await?;
    let rows = store::recoveries::list_recoveries(&mut conn, &paging).await?;
    let place = |recovery: &Recovery| recovery.recovery_id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, RecoveryBody::from)))
}
