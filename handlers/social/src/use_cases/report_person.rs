//! A person reports another to members of staff. The other is not told.

use serde::Deserialize;
use service::database::now;
use service::{Consumer, Error, Id, Json, NoContent, retry_lock_conflicts};
use utoipa::ToSchema;
use values::{ReportId, Statement, UserId};

use crate::domain::{ONESELF, REPORTS_WITHIN, Report, ReportReason, require_few_reports};
use crate::store::reports;
use crate::{App, store};

/// What is wrong with the other.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportPerson {
    reason: ReportReason,
    /// What happened; members of staff read it.
    words: Statement,
}

/// One that says what an open one says is that one; each other is one more for staff to read, since
/// what they have read does not change. It blocks nobody: that is another act.
pub(crate) async fn report_person(
    app: App,
    Id(reported_id): Id<UserId>,
    caller: Consumer,
    Json(input): Json<ReportPerson>,
) -> Result<NoContent, Error> {
    retry_lock_conflicts(|| report(&app, caller.user_id, reported_id, &input)).await?;
    Ok(NoContent)
}

async fn report(
    app: &App,
    reporter_id: UserId,
    reported_id: UserId,
    input: &ReportPerson,
) -> Result<(), Error> {
    if reporter_id == reported_id {
        return Err(ONESELF.into());
    }
    let now = now();
    let mut tx = app.database.begin().await?;
    store::lock_turns(&mut tx, &[reporter_id], now).await?;
    if reports::is_reported(&mut tx, reporter_id, reported_id, &input.words).await? {
        return Ok(());
    }
    let since = now.saturating_sub(REPORTS_WITHIN);
    let reported = reports::count_reports_since(&mut tx, reporter_id, since).await?;
    require_few_reports(reported)?;
    let report = Report {
        id: ReportId::new(),
        reporter_id,
        reported_id,
        reason: input.reason,
        words: Some(input.words.clone()),
        is_open: true,
        reported_at: now,
    };
    reports::insert_report(&mut tx, &report).await?;
    Ok(tx.commit().await?)
}
