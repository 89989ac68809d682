//! What members of staff have proposed and decided, as it stands in the row that it is about.

use mysql_async::{Error, Row, Value};
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::StaffId;

use super::operations::take;
use super::{stored, unreadable};
use crate::domain::{DecisionStatus, StaffDecision};

/// In the order of `values`.
pub(super) const COLUMNS: &str =
    "reason, status, proposed_by, proposer, proposed_at, decided_by, decider, decided_at";

/// What changes once, when it is decided.
pub(super) const UPDATES: &str = "status = VALUES(status), decided_by = VALUES(decided_by),
    decider = VALUES(decider), decided_at = VALUES(decided_at)";

/// The columns of a table, by names that no other has.
pub(super) fn select(table: &str) -> String {
    let column = |column: &str| format!("{table}.{column} AS decision_{column}");
    COLUMNS.split(", ").map(column).collect::<Vec<_>>().join(", ")
}

pub(super) fn values(decision: &StaffDecision) -> [Value; 8] {
    [
        decision.reason.as_str().into(),
        decision.status.code().into(),
        decision.proposed_by.uuid().into(),
        decision.proposer.as_str().into(),
        stored(decision.proposed_at).into(),
        decision.decided_by.map(StaffId::uuid).into(),
        decision.decider.as_ref().map(|name| name.as_str()).into(),
        decision.decided_at.map(stored).into(),
    ]
}

pub(super) fn read(row: &mut Row) -> Result<StaffDecision, Error> {
    let corrupt = || unreadable("what staff have decided");
    let (reason, status): (String, String) =
        (take(row, "decision_reason")?, take(row, "decision_status")?);
    let (proposer, decider): (String, Option<String>) =
        (take(row, "decision_proposer")?, take(row, "decision_decider")?);
    let decided_by: Option<Uuid> = take(row, "decision_decided_by")?;
    let proposed_at: PrimitiveDateTime = take(row, "decision_proposed_at")?;
    let decided_at: Option<PrimitiveDateTime> = take(row, "decision_decided_at")?;
    Ok(StaffDecision {
        reason: reason.try_into().map_err(|_| corrupt())?,
        status: DecisionStatus::from_code(&status).ok_or_else(corrupt)?,
        proposed_by: StaffId::from_uuid(take(row, "decision_proposed_by")?),
        proposer: proposer.try_into().map_err(|_| corrupt())?,
        proposed_at: proposed_at.assume_utc(),
        decided_by: decided_by.map(StaffId::from_uuid),
        decider: decider.map(|name| name.try_into().map_err(|_| corrupt())).transpose()?,
        decided_at: decided_at.map(PrimitiveDateTime::assume_utc),
    })
}
