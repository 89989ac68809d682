//! Applications. A change of one is saved with the line of the trail that tells of it, and in no
//! other way.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row, Value};
use service::Paging;
use service::database::{Tx, unknown_code};
use time::{Date, OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{ApplicationId, BusinessId, DocumentId, StaffId, UserId};

use super::trail::{self, Line};
use super::{findings_of, findings_text, stored, take, time_of, unreadable};
use crate::domain::{Application, ApplicationKind, ApplicationStatus, Claim, Step};

/// In the order of `values`, up to what never changes.
const COLUMNS: [&str; 18] = [
    "open_subject",
    "status",
    "is_recheck",
    "version",
    "findings",
    "document_id",
    "list_version",
    "claimed_by",
    "claimed_until",
    "proposed_by",
    "proposed_at",
    "expires_on",
    "is_reminded",
    "has_files",
    "is_held",
    "is_let_go",
    "since",
    "due_at",
];

const SELECT: &str = "SELECT application_id, kind, user_id, business_id, status, is_recheck,
    version, findings, document_id, list_version, claimed_by, claimed_until, proposed_by,
    proposed_at, expires_on, is_reminded, has_files, is_held, is_let_go,
    since FROM applications";

/// What of an application is sealed, and what is found by it.
pub(crate) struct SealedDetails {
    /// What the applicant says.
    pub(crate) details: Vec<u8>,
    /// The keyed digest of the document's number.
    pub(crate) number_index: Option<[u8; 32]>,
}

fn values(application: &Application) -> [Value; 18] {
    let subject = application.business_id.map_or(application.user_id.uuid(), BusinessId::uuid);
    let is_open = application.status.is_open() && !application.is_recheck;
    let (proposed_by, proposed_at) = application.proposal.unzip();
    [
        is_open.then_some(subject).into(),
        application.status.code().into(),
        application.is_recheck.into(),
        application.version.into(),
        findings_text(&application.findings).into(),
        application.document_id.map(DocumentId::uuid).into(),
        application.list_version.into(),
        application.claim.map(|claim| claim.by.uuid()).into(),
        application.claim.map(|claim| stored(claim.until)).into(),
        proposed_by.map(StaffId::uuid).into(),
        proposed_at.map(stored).into(),
        application.expires_on.into(),
        application.is_reminded.into(),
        application.has_files.into(),
        application.is_held.into(),
        application.is_let_go.into(),
        stored(application.since).into(),
        application.due().map(|(due_at, _)| stored(due_at)).into(),
    ]
}

/// Fails with a duplicate key if there is an open one of the kind.
pub(crate) async fn insert_application(
    tx: &mut Tx,
    application: &Application,
    sealed: &SealedDetails,
    step: &Step,
    line: &Line<'_>,
) -> Result<(), Error> {
    let mut parameters: Vec<Value> = vec![
        application.id.uuid().into(),
        application.kind.code().into(),
        application.user_id.uuid().into(),
        application.business_id.map(BusinessId::uuid).into(),
        sealed.details.as_slice().into(),
        sealed.number_index.into(),
    ];
    parameters.extend(values(application));
    let sql = format!(
        "INSERT INTO applications (application_id, kind, user_id, business_id, details,
             number_index, {}) VALUES (?{})",
        COLUMNS.join(", "),
        ", ?".repeat(parameters.len().saturating_sub(1)),
    );
    tx.exec_drop(sql, parameters).await?;
    trail::insert_line(tx, application, step, line).await
}

/// Personal data goes with what it was needed for.
pub(crate) async fn update_application(
    tx: &mut Tx,
    application: &Application,
    step: &Step,
    line: &Line<'_>,
) -> Result<(), Error> {
    let set = COLUMNS.map(|column| format!("{column} = ?")).join(", ");
    let mut parameters = Vec::from(values(application));
    let is_screened = application.status.is_open() || application.is_in_force();
    parameters.extend([
        application.has_files.into(),
        is_screened.into(),
        application.keeps_number().into(),
        application.id.uuid().into(),
    ]);
    let sql = format!(
        "UPDATE applications SET {set}, details = IF(?, details, NULL),
             screenees = IF(?, screenees, NULL), number_index = IF(?, number_index, NULL)
         WHERE application_id = ?"
    );
    tx.exec_drop(sql, parameters).await?;
    trail::insert_line(tx, application, step, line).await
}

pub(crate) async fn save_details(
    tx: &mut Tx,
    id: ApplicationId,
    sealed: &SealedDetails,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE applications SET details = ?, number_index = ? WHERE application_id = ?",
        (&sealed.details, sealed.number_index, id.uuid()),
    )
    .await
}

pub(crate) async fn save_screenees(
    tx: &mut Tx,
    id: ApplicationId,
    sealed: &[u8],
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE applications SET screenees = ? WHERE application_id = ?",
        (sealed, id.uuid()),
    )
    .await
}

/// The names that are compared with lists, as they are stored.
pub(crate) async fn find_screenees(
    connection: &mut impl Queryable,
    id: ApplicationId,
) -> Result<Option<Vec<u8>>, Error> {
    let sealed: Option<Option<Vec<u8>>> = connection
        .exec_first("SELECT screenees FROM applications WHERE application_id = ?", (id.uuid(),))
        .await?;
    Ok(sealed.flatten())
}

/// Whether a document of this number made the person known before, until that ended by time or by
/// a newer one.
pub(crate) async fn was_known_by(
    connection: &mut impl Queryable,
    user_id: UserId,
    number_index: &[u8; 32],
) -> Result<bool, Error> {
    let found: Option<u8> = connection
        .exec_first(
            "SELECT 1 FROM applications WHERE user_id = ? AND number_index = ?
                 AND status IN (?, ?) LIMIT 1",
            (
                user_id.uuid(),
                number_index,
                ApplicationStatus::Expired.code(),
                ApplicationStatus::Replaced.code(),
            ),
        )
        .await?;
    Ok(found.is_some())
}

/// What the applicant says, as it is stored.
pub(crate) async fn find_details(
    connection: &mut impl Queryable,
    id: ApplicationId,
) -> Result<Option<SealedDetails>, Error> {
    let row: Option<Row> = connection
        .exec_first(
            "SELECT details, number_index FROM applications
             WHERE application_id = ? AND details IS NOT NULL",
            (id.uuid(),),
        )
        .await?;
    let Some(mut row) = row else { return Ok(None) };
    let number_index: Option<Vec<u8>> = take(&mut row, "number_index")?;
    let details = take(&mut row, "details")?;
    let number_index = number_index
        .map(|index| index.try_into().map_err(|_| unreadable("a number's index")))
        .transpose()?;
    Ok(Some(SealedDetails { details, number_index }))
}

pub(crate) async fn find_application(
    connection: &mut impl Queryable,
    id: ApplicationId,
) -> Result<Option<Application>, Error> {
    let row: Option<Row> =
        connection.exec_first(format!("{SELECT} WHERE application_id = ?"), (id.uuid(),)).await?;
    row.map(application).transpose()
}

/// The person is locked already: nobody else changes any application of theirs.
pub(crate) async fn lock_application(
    tx: &mut Tx,
    id: ApplicationId,
) -> Result<Option<Application>, Error> {
    let sql = format!("{SELECT} WHERE application_id = ? FOR UPDATE");
    let row: Option<Row> = tx.exec_first(sql, (id.uuid(),)).await?;
    row.map(application).transpose()
}

/// A person's own, the newest first.
pub(crate) async fn list_applications(
    connection: &mut impl Queryable,
    user_id: UserId,
    paging: &Paging,
) -> Result<Vec<Application>, Error> {
    let sql = format!(
        "{SELECT} WHERE user_id = ? AND application_id < ? ORDER BY application_id DESC LIMIT ?"
    );
    let page = (user_id.uuid(), paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    rows.into_iter().map(application).collect()
}

/// The one of a business that is under way, and the one that stands for it, where there is one.
pub(crate) async fn list_of_business(
    connection: &mut impl Queryable,
    business_id: BusinessId,
) -> Result<Vec<ApplicationId>, Error> {
    let sql = "SELECT application_id FROM applications WHERE kind = ? AND open_subject = ?
         UNION DISTINCT SELECT application_id FROM businesses
         WHERE business_id = ? AND application_id IS NOT NULL";
    let subject = business_id.uuid();
    let values = (ApplicationKind::Business.code(), subject, subject);
    let ids: Vec<Uuid> = connection.exec(sql, values).await?;
    Ok(ids.into_iter().map(ApplicationId::from_uuid).collect())
}

/// Those of a status, the oldest first.
pub(crate) async fn list_queue(
    connection: &mut impl Queryable,
    status: ApplicationStatus,
    paging: &Paging,
) -> Result<Vec<Application>, Error> {
    let sql =
        format!("{SELECT} WHERE status = ? AND application_id > ? ORDER BY application_id LIMIT ?");
    let page = (status.code(), paging.after_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    rows.into_iter().map(application).collect()
}

/// Those to which time does something, the longest due first.
pub(crate) async fn list_due(
    connection: &mut impl Queryable,
    now: OffsetDateTime,
    limit: u32,
) -> Result<Vec<ApplicationId>, Error> {
    let ids: Vec<Uuid> = connection
        .exec(
            "SELECT application_id FROM applications WHERE due_at <= ? ORDER BY due_at LIMIT ?",
            (stored(now), limit),
        )
        .await?;
    Ok(ids.into_iter().map(ApplicationId::from_uuid).collect())
}

/// Looks at what was due then again at another time, or never; not at what is due later anyway,
/// because somebody has done something meanwhile.
pub(crate) async fn postpone(
    connection: &mut impl Queryable,
    id: ApplicationId,
    was_due: OffsetDateTime,
    until: Option<OffsetDateTime>,
) -> Result<(), Error> {
    connection
        .exec_drop(
            "UPDATE applications SET due_at = ? WHERE application_id = ? AND due_at <= ?",
            (until.map(stored), id.uuid(), stored(was_due)),
        )
        .await
}

/// Those whose document was read before then, and which nobody has decided yet, in the order of
/// their ids.
pub(crate) async fn list_read(
    connection: &mut impl Queryable,
    before: OffsetDateTime,
    after: Uuid,
    limit: usize,
) -> Result<Vec<ApplicationId>, Error> {
    let ids: Vec<Uuid> = connection
        .exec(
            "SELECT application_id FROM applications
             JOIN documents USING (application_id, document_id)
             WHERE status = ? AND read_at < ? AND application_id > ?
             ORDER BY application_id LIMIT ?",
            (ApplicationStatus::Reading.code(), stored(before), after, limit),
        )
        .await?;
    Ok(ids.into_iter().map(ApplicationId::from_uuid).collect())
}

/// Those that were compared with older lists or with none, with their sealed names, in the order
/// of their ids.
pub(crate) async fn list_unscreened(
    connection: &mut impl Queryable,
    list_version: u32,
    after: Uuid,
    limit: usize,
) -> Result<Vec<(ApplicationId, Vec<u8>)>, Error> {
    let rows: Vec<(Uuid, Vec<u8>)> = connection
        .exec(
            "SELECT application_id, screenees FROM applications
             WHERE status IN ('approved', 'awaiting-release', 'in-review')
                 AND screenees IS NOT NULL AND (list_version IS NULL OR list_version < ?)
                 AND application_id > ?
             ORDER BY application_id LIMIT ?",
            (list_version, after, limit),
        )
        .await?;
    Ok(rows.into_iter().map(|(id, sealed)| (ApplicationId::from_uuid(id), sealed)).collect())
}

fn application(mut row: Row) -> Result<Application, Error> {
    let row = &mut row;
    let (kind, status): (String, String) = (take(row, "kind")?, take(row, "status")?);
    let business_id: Option<Uuid> = take(row, "business_id")?;
    let document_id: Option<Uuid> = take(row, "document_id")?;
    let claimed_by: Option<Uuid> = take(row, "claimed_by")?;
    let claimed_until: Option<PrimitiveDateTime> = take(row, "claimed_until")?;
    let proposed_by: Option<Uuid> = take(row, "proposed_by")?;
    let proposed_at: Option<PrimitiveDateTime> = take(row, "proposed_at")?;
    let expires_on: Option<Date> = take(row, "expires_on")?;
    let since: PrimitiveDateTime = take(row, "since")?;
    let findings: String = take(row, "findings")?;
    let claim = claimed_by.zip(claimed_until);
    let proposal = proposed_by.zip(proposed_at);
    Ok(Application {
        id: ApplicationId::from_uuid(take(row, "application_id")?),
        kind: ApplicationKind::from_code(&kind).ok_or_else(|| unknown_code("a kind"))?,
        user_id: UserId::from_uuid(take(row, "user_id")?),
        business_id: business_id.map(BusinessId::from_uuid),
        status: ApplicationStatus::from_code(&status).ok_or_else(|| unknown_code("a status"))?,
        is_recheck: take(row, "is_recheck")?,
        version: take(row, "version")?,
        findings: findings_of(&findings)?,
        document_id: document_id.map(DocumentId::from_uuid),
        list_version: take(row, "list_version")?,
        claim: claim.map(|(by, until)| Claim { by: StaffId::from_uuid(by), until: time_of(until) }),
        proposal: proposal.map(|(by, at)| (StaffId::from_uuid(by), time_of(at))),
        expires_on,
        is_reminded: take(row, "is_reminded")?,
        has_files: take(row, "has_files")?,
        is_held: take(row, "is_held")?,
        is_let_go: take(row, "is_let_go")?,
        since: time_of(since),
    })
}
