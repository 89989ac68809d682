//! Rules of step-up, and who proposed and approved them.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::Paging;
use service::database::Tx;
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{Reason, StaffId, StepUpPolicy, StepUpPolicyId, StepUpRule};

use crate::domain::StepUpProposal;

const COLUMNS: &str = "policy_id, version, replaces_version, rules, reason, proposed_by,
     proposed_at, decided_by, decided_at";

type Row = (
    Uuid,
    Option<u32>,
    u32,
    String,
    String,
    Uuid,
    PrimitiveDateTime,
    Option<Uuid>,
    Option<PrimitiveDateTime>,
);

pub(crate) async fn insert_step_up_proposal(
    tx: &mut Tx,
    policy_id: StepUpPolicyId,
    policy: &StepUpPolicy,
    reason: &Reason,
    proposed_by: StaffId,
) -> Result<(), Error> {
    let rules = serde_json::to_string(&policy.rules).map_err(|error| other(error.to_string()))?;
    tx.exec_drop(
        "INSERT INTO step_up_policies (policy_id, replaces_version, rules, reason, proposed_by)
         VALUES (?, ?, ?, ?, ?)",
        (policy_id.uuid(), policy.version, rules, reason.as_str(), proposed_by.uuid()),
    )
    .await
}

/// Nobody else decides about it until this transaction ends.
pub(crate) async fn lock_step_up_proposal(
    tx: &mut Tx,
    policy_id: StepUpPolicyId,
) -> Result<Option<StepUpProposal>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM step_up_policies WHERE policy_id = ? FOR UPDATE");
    let row: Option<Row> = tx.exec_first(sql, (policy_id.uuid(),)).await?;
    row.map(proposal).transpose()
}

/// Approves it as this version, or rejects it. Fails with a duplicate key if another one was
/// approved as the same version.
pub(crate) async fn update_step_up_decision(
    tx: &mut Tx,
    policy_id: StepUpPolicyId,
    decided_by: StaffId,
    version: Option<u32>,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE step_up_policies SET version = ?, decided_by = ?, decided_at = NOW(6)
         WHERE policy_id = ?",
        (version, decided_by.uuid(), policy_id.uuid()),
    )
    .await
}

/// The one that holds; None if none was ever approved.
pub(crate) async fn find_step_up_policy(
    connection: &mut impl Queryable,
) -> Result<Option<StepUpPolicy>, Error> {
    let row: Option<(u32, String)> = connection
        .query_first(
            "SELECT version, rules FROM step_up_policies
             WHERE version IS NOT NULL ORDER BY version DESC LIMIT 1",
        )
        .await?;
    row.map(|(version, rules)| Ok(StepUpPolicy { version, rules: read(&rules)? })).transpose()
}

/// All, newest first.
pub(crate) async fn list_step_up_proposals(
    connection: &mut Conn,
    paging: &Paging,
) -> Result<Vec<StepUpProposal>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM step_up_policies
         WHERE policy_id < ? ORDER BY policy_id DESC LIMIT ?"
    );
    let rows: Vec<Row> = connection.exec(sql, (paging.before_id(), paging.rows())).await?;
    rows.into_iter().map(proposal).collect()
}

fn proposal(row: Row) -> Result<StepUpProposal, Error> {
    let (id, version, replaces_version, rules, reason, by, at, decided_by, decided_at) = row;
    Ok(StepUpProposal {
        policy_id: StepUpPolicyId::from_uuid(id),
        version,
        replaces_version,
        rules: read(&rules)?,
        reason: Reason::try_from(reason).map_err(|error| other(error.to_string()))?,
        proposed_by: StaffId::from_uuid(by),
        proposed_at: at.assume_utc(),
        decided_by: decided_by.map(StaffId::from_uuid),
        decided_at: decided_at.map(PrimitiveDateTime::assume_utc),
    })
}

/// Rules that a later version of this service has written may be unreadable.
fn read(rules: &str) -> Result<Vec<StepUpRule>, Error> {
    serde_json::from_str(rules).map_err(|error| other(format!("rules of step-up: {error}")))
}

fn other(text: String) -> Error {
    Error::Other(text.into())
}
