//! Applications to onboarding: their applicants are told of what they did not do themselves, in the
//! product that it is for.

use events::onboarding::ApplicationChangedV1;
use inbox::Failure;
use values::Product;

use super::parse;
use crate::domain::{ApplicationChange, ApplicationNews, Applied, Facts, Mailbox, Message, Notice};

/// Of an approved application, that its document expires soon.
const EXPIRES_SOON: &str = "document-expires-soon";

/// Nothing of what a later program says.
pub(super) fn of_application(changed: ApplicationChangedV1) -> Result<Vec<Notice>, Failure> {
    let applied = match &*changed.kind {
        "identity" => Applied::Identity,
        "address" => Applied::Address,
        "business" => Applied::Business,
        _ => return Ok(Vec::new()),
    };
    let is_reminder = changed.reasons.iter().any(|reason| reason == EXPIRES_SOON);
    let change = match &*changed.status {
        "in-review" => ApplicationChange::InReview,
        "needs-more" => ApplicationChange::NeedsMore,
        "approved" if is_reminder => ApplicationChange::ExpiresSoon,
        "document-expiring" => ApplicationChange::ExpiresSoon,
        "approved" => ApplicationChange::Approved,
        "rejected" => ApplicationChange::Rejected,
        "abandoned" => ApplicationChange::Abandoned,
        "expired" => ApplicationChange::Expired,
        // What the applicant has just done, and what only staff need to know.
        _ => return Ok(Vec::new()),
    };
    let product = match applied {
        Applied::Identity | Applied::Address => Product::Consumer,
        Applied::Business => Product::Business,
    };
    let mailbox = Mailbox { user_id: parse(&changed.user_id)?, product };
    let facts = Facts { application_id: Some(parse(&changed.application_id)?), ..Facts::default() };
    let news = ApplicationNews { applied, change, reasons: changed.reasons };
    Ok(vec![Notice { mailbox, message: Message::Application(news), facts }])
}
