//! The trail of each application. There is no statement here that changes or deletes a line.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::database::{Tx, unknown_code};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{ApplicationId, DocumentId, Reason, StaffId, UserId};

use super::{findings_of, findings_text, stored, take, time_of};
use crate::domain::{Actor, Application, ApplicationStatus, Deed, Finding, RULES, Step};

/// What a line says besides the step.
pub(crate) struct Line<'a> {
    pub(crate) by: &'a Actor,
    pub(crate) at: OffsetDateTime,
    /// What a member of staff has noted.
    pub(crate) note: Option<&'a Reason>,
    /// What has read the document.
    pub(crate) engine: Option<&'a str>,
}

/// A line, as it is read.
pub(crate) struct TrailLine {
    pub(crate) done_at: OffsetDateTime,
    /// `applicant`, `service` or `staff`.
    pub(crate) actor: String,
    pub(crate) actor_name: Option<String>,
    pub(crate) deed: Deed,
    pub(crate) from: Option<ApplicationStatus>,
    pub(crate) to: ApplicationStatus,
    pub(crate) findings: Vec<Finding>,
    pub(crate) note: Option<String>,
    pub(crate) document_id: Option<DocumentId>,
    pub(crate) list_version: Option<u32>,
    pub(crate) engine: Option<String>,
    pub(crate) rules: String,
}

pub(super) async fn insert_line(
    tx: &mut Tx,
    application: &Application,
    step: &Step,
    line: &Line<'_>,
) -> Result<(), Error> {
    let (actor, actor_id, actor_name) = match line.by {
        Actor::Applicant(user_id) => ("applicant", Some(UserId::uuid(*user_id)), None),
        Actor::Service => ("service", None, None),
        Actor::Staff(id, name) => ("staff", Some(StaffId::uuid(*id)), Some(name.as_str())),
    };
    let parameters: Vec<mysql_async::Value> = vec![
        application.id.uuid().into(),
        stored(line.at).into(),
        actor.into(),
        actor_id.into(),
        actor_name.into(),
        step.deed.code().into(),
        step.from.map(ApplicationStatus::code).into(),
        step.to.code().into(),
        findings_text(&step.findings).into(),
        line.note.map(Reason::as_str).into(),
        application.document_id.map(DocumentId::uuid).into(),
        application.list_version.into(),
        line.engine.into(),
        RULES.into(),
    ];
    tx.exec_drop(
        "INSERT INTO trail (application_id, done_at, actor, actor_id, actor_name, deed,
             from_status, to_status, findings, note, document_id, list_version, engine, rules)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        parameters,
    )
    .await
}

/// How often a person has begun or changed applications since then.
pub(crate) async fn count_details(
    connection: &mut impl Queryable,
    user_id: UserId,
    since: OffsetDateTime,
) -> Result<u64, Error> {
    let count: Option<u64> = connection
        .exec_first(
            "SELECT COUNT(*) FROM applications JOIN trail USING (application_id)
             WHERE user_id = ? AND since > ? AND done_at > ? AND deed IN (?, ?)",
            (user_id.uuid(), stored(since), stored(since), Deed::Begin.code(), Deed::Change.code()),
        )
        .await?;
    Ok(count.unwrap_or_default())
}

/// The newest lines of an application, the oldest of them first.
pub(crate) async fn list_lines(
    connection: &mut impl Queryable,
    id: ApplicationId,
    limit: u32,
) -> Result<Vec<TrailLine>, Error> {
    let rows: Vec<Row> = connection
        .exec(
            "SELECT done_at, actor, actor_name, deed, from_status, to_status, findings, note,
                 document_id, list_version, engine, rules
             FROM trail WHERE application_id = ? ORDER BY id DESC LIMIT ?",
            (id.uuid(), limit),
        )
        .await?;
    rows.into_iter().rev().map(read).collect()
}

fn read(mut row: Row) -> Result<TrailLine, Error> {
    let row = &mut row;
    let done_at: PrimitiveDateTime = take(row, "done_at")?;
    let (deed, to): (String, String) = (take(row, "deed")?, take(row, "to_status")?);
    let from: Option<String> = take(row, "from_status")?;
    let findings: String = take(row, "findings")?;
    let document_id: Option<Uuid> = take(row, "document_id")?;
    let status = |code: &str| {
        ApplicationStatus::from_code(code).ok_or_else(|| unknown_code("a line's status"))
    };
    Ok(TrailLine {
        done_at: time_of(done_at),
        actor: take(row, "actor")?,
        actor_name: take(row, "actor_name")?,
        deed: Deed::from_code(&deed).ok_or_else(|| unknown_code("a deed"))?,
        from: from.as_deref().map(status).transpose()?,
        to: status(&to)?,
        findings: findings_of(&findings)?,
        note: take(row, "note")?,
        document_id: document_id.map(DocumentId::from_uuid),
        list_version: take(row, "list_version")?,
        engine: take(row, "engine")?,
        rules: take(row, "rules")?,
    })
}
