//! Somebody sees how a case of theirs with support stands, or opens it again.

use serde::Serialize;
use service::database::{Tx, now};
use service::{Consumer, Error, Id, Json, List, Page, Resource, retry_lock_conflicts};
use utoipa::ToSchema;
use values::{ConversationId, SupportCaseId, Timestamp, UserId};

use crate::domain::{
    CaseNumber, CaseSubject, NO_SUPPORT_CASE, SupportCase, SupportCategory, SupportOutcome,
    SupportStatus, require_room,
};
use crate::{App, store};

/// A case with support.
#[derive(Serialize, ToSchema)]
pub(crate) struct SupportCaseBody {
    support_case_id: SupportCaseId,
    /// To be read aloud.
    case_number: CaseNumber,
    /// What is said in it; gone a year after the case was closed.
    conversation_id: ConversationId,
    category: SupportCategory,
    /// Null if it is about no payment, refund or dispute.
    subject: Option<CaseSubject>,
    status: SupportStatus,
    /// Null unless it is closed.
    outcome: Option<SupportOutcome>,
    opened_at: Timestamp,
    /// Null unless it is closed.
    closed_at: Option<Timestamp>,
    /// Until when one may open it again; null unless it is closed.
    reopen_before: Option<Timestamp>,
}

impl Resource for SupportCaseBody {
    const LOCATION: &'static str = "/api/v1/messages/support-cases/{support_case_id}";
}

impl From<&SupportCase> for SupportCaseBody {
    fn from(case: &SupportCase) -> Self {
        Self {
            support_case_id: case.id,
            case_number: case.number,
            conversation_id: case.conversation_id,
            category: case.category,
            subject: case.subject.clone(),
            status: case.status(),
            outcome: case.outcome,
            opened_at: case.opened_at.into(),
            closed_at: case.closed_at.map(Timestamp::from),
            reopen_before: case.reopenable_until().map(Timestamp::from),
        }
    }
}

/// Another person's is answered like one that there is not.
pub(crate) async fn read_support_case(
    app: App,
    Id(id): Id<SupportCaseId>,
    caller: Consumer,
) -> Result<Json<SupportCaseBody>, Error> {
    let mut conn = app.database.conn().await?;
    let found = store::support_cases::find_case(&mut conn, id, Some(caller.user_id)).await?;
    Ok(Json(SupportCaseBody::from(&found.ok_or(NO_SUPPORT_CASE)?)))
}

/// The newest first.
pub(crate) async fn list_support_cases(
    app: App,
    caller: Consumer,
    list: List,
) -> Result<Json<Page<SupportCaseBody>>, Error> {
    let paging = list.of(caller.user_id)?;
    let mut conn = app.database.conn().await?;
    let rows = store::support_cases::list_cases_of(&mut conn, caller.user_id, &paging).await?;
    let place = |case: &SupportCase| case.id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, |case| SupportCaseBody::from(&case))))
}

/// A case that is open is answered as it is.
pub(crate) async fn reopen_support_case(
    app: App,
    Id(id): Id<SupportCaseId>,
    caller: Consumer,
) -> Result<Json<SupportCaseBody>, Error> {
    let case = retry_lock_conflicts(|| reopen(&app, id, caller.user_id)).await?;
    Ok(Json(SupportCaseBody::from(&case)))
}

async fn reopen(app: &App, id: SupportCaseId, by: UserId) -> Result<SupportCase, Error> {
    let now = now();
    let mut tx = app.database.begin().await?;
    // Before the case, in the order of whoever opens one.
    let (open, _) = store::support_cases::lock_asker(&mut tx, by, now).await?;
    let (mut case, _) = lock_case(&mut tx, id, Some(by)).await?;
    if case.reopen(now)? {
        // None is opened, so those of the day do not count.
        require_room(open, &[], now)?;
        store::support_cases::update_case(&mut tx, &case).await?;
        tx.commit().await?;
    }
    Ok(case)
}

/// The case, and the number of the newest message, once nobody else changes either until the
/// transaction ends. Of staff it is anybody's; what is not its customer's locks nothing.
pub(super) async fn lock_case(
    tx: &mut Tx,
    id: SupportCaseId,
    by: Option<UserId>,
) -> Result<(SupportCase, u32), Error> {
    let found = store::support_cases::find_case(tx, id, by).await?;
    let of = found.ok_or(NO_SUPPORT_CASE)?.conversation_id;
    let last_number = store::conversations::lock_conversation(tx, of).await?;
    let case = store::support_cases::find_case(tx, id, by).await?.ok_or(NO_SUPPORT_CASE)?;
    Ok((case, last_number.unwrap_or_default()))
}
