//! A person reads one of their own applications.

use serde::Serialize;
use service::{Caller, Error, Id, Versioned};
use utoipa::ToSchema;
use values::{ApplicationId, BusinessId, DocumentId, HongKongDate, Timestamp};

use crate::domain::{Application, ApplicationKind, ApplicationStatus, Finding, NO_APPLICATION};
use crate::{App, store};

/// An application, as its applicant sees it. What they have said of themselves is not answered:
/// whoever holds a lost phone reads no identity document in it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApplicationBody {
    application_id: ApplicationId,
    #[serde(rename = "type")]
    kind: ApplicationKind,
    /// Of a business only.
    business_id: Option<BusinessId>,
    status: ApplicationStatus,
    /// What the applicant has to do, or why it was refused; empty where nothing is to be said.
    reasons: Vec<Finding>,
    /// The upload that counts; null if none was asked for since it was begun or came back.
    document_id: Option<DocumentId>,
    /// The last day of the document by which it was approved, in Hong Kong; null if it has none.
    expires_on: Option<HongKongDate>,
    /// When it came to this status; of a draft, when its applicant last did something to it.
    changed_at: Timestamp,
    /// Counts the changes, from 1.
    version: u32,
}

impl ApplicationBody {
    pub(crate) fn of(application: &Application) -> Self {
        let is_approved = application.shown_status() == ApplicationStatus::Approved;
        Self {
            application_id: application.id,
            kind: application.kind,
            business_id: application.business_id,
            status: application.shown_status(),
            reasons: application.shown_findings(),
            document_id: application.document_id,
            expires_on: application.expires_on.filter(|_| is_approved).map(HongKongDate),
            changed_at: application.since.into(),
            version: application.version,
        }
    }

    pub(crate) fn versioned(application: &Application) -> Versioned<Self> {
        Versioned { version: application.version, body: Self::of(application) }
    }
}

pub(crate) async fn read_application(
    app: App,
    Id(id): Id<ApplicationId>,
    caller: Caller,
) -> Result<Versioned<ApplicationBody>, Error> {
    let mut conn = app.database.conn().await?;
    let found = store::applications::find_application(&mut conn, id).await?;
    let own = found.filter(|application| application.user_id == caller.user_id);
    Ok(ApplicationBody::versioned(&own.ok_or(NO_APPLICATION)?))
}
