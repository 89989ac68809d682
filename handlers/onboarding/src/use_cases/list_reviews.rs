//! Members of staff see what waits for them, the oldest first.

use serde::{Deserialize, Serialize};
use service::{Error, Json, List, Page, Staff, oldest_first};
use utoipa::{IntoParams, ToSchema};
use values::{ApplicationId, BusinessId, HongKongDate, StaffId, Timestamp, UserId};

use crate::domain::{Application, ApplicationKind, ApplicationStatus, Finding};
use crate::{App, store};

/// Which applications.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListReviews {
    /// Those that stand like this; those in review if absent.
    #[param(inline)]
    status: Option<ApplicationStatus>,
}

/// An application, as members of staff see it; nothing of it is personal but whose it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewItemBody {
    application_id: ApplicationId,
    #[serde(rename = "type")]
    kind: ApplicationKind,
    user_id: UserId,
    business_id: Option<BusinessId>,
    status: ApplicationStatus,
    /// It was approved, and is looked at again since a list has changed.
    is_recheck: bool,
    /// What stands against approving it.
    findings: Vec<Finding>,
    /// Whether a second member of staff must agree.
    needs_four_eyes: bool,
    /// The newest of the lists that its names were compared with; null if none was.
    list_version: Option<u32>,
    /// Who works on it; null if nobody does, or too long ago.
    claimed_by: Option<StaffId>,
    claim_expires_at: Option<Timestamp>,
    /// Who would approve it; null if nobody has said so.
    proposed_by: Option<StaffId>,
    proposed_at: Option<Timestamp>,
    /// The document's last day in Hong Kong, as it was read or as a reviewer saw it.
    expires_on: Option<HongKongDate>,
    /// What was uploaded and said is kept, whatever the rule says.
    is_held: bool,
    /// When it came to this status.
    changed_at: Timestamp,
    /// Counts the changes, from 1.
    version: u32,
}

impl From<&Application> for ReviewItemBody {
    fn from(application: &Application) -> Self {
        let (proposed_by, proposed_at) = application.proposal.unzip();
        Self {
            application_id: application.id,
            kind: application.kind,
            user_id: application.user_id,
            business_id: application.business_id,
            status: application.status,
            is_recheck: application.is_recheck,
            findings: application.findings.clone(),
            needs_four_eyes: application.needs_four_eyes(),
            list_version: application.list_version,
            claimed_by: application.claim.map(|claim| claim.by),
            claim_expires_at: application.claim.map(|claim| claim.until.into()),
            proposed_by,
            proposed_at: proposed_at.map(Timestamp::from),
            expires_on: application.expires_on.map(HongKongDate),
            is_held: application.is_held,
            changed_at: application.since.into(),
            version: application.version,
        }
    }
}

pub(crate) async fn list_reviews(
    app: App,
    by: Staff,
    list: List<ListReviews>,
) -> Result<Json<Page<ReviewItemBody>>, Error> {
    by.require_reviewing()?;
    let status = list.filter.status.unwrap_or(ApplicationStatus::InReview);
    let paging = list.of(status.code())?;
    let mut conn = app.database.conn().await?;
    let rows = store::applications::list_queue(&mut conn, status, &paging).await?;
    let place = |application: &Application| oldest_first(application.id.uuid());
    Ok(Json(paging.page(rows, place, |application| ReviewItemBody::from(&application))))
}
