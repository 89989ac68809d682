//! Members of staff take an application for themselves, decide it, and agree with each other.

use serde::Deserialize;
use service::database::{Tx, now};
use service::{
    Error, Id, IfMatch, Json, Reviewer, Staff, StaffOperator, Versioned, retry_lock_conflicts,
};
use utoipa::ToSchema;
use values::{ApplicationId, HongKongDate, Reason};

use super::act_on_application::{Locked, Word, act_on, lock};
use super::list_reviews::ReviewItemBody;
use crate::domain::{
    Act, Actor, Application, ApplicationKind, Finding, LIST_CHANGED, NO_APPLICATION,
};
use crate::{App, store};

/// What a member of staff decides.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum ReviewDecision {
    /// It is known who this is. Where a second member of staff must agree, it waits for that.
    Approve {
        /// The document's last day in Hong Kong, as the reviewer sees it; null if it has none. It
        /// is said in any case: whoever forgets it does not mean that it never ends.
        #[serde(deserialize_with = "Option::deserialize")]
        #[schema(required = true)]
        expires_on: Option<HongKongDate>,
    },
    /// It is refused.
    Reject {
        /// One at least. The applicant is told of all but a list.
        #[schema(min_items = 1)]
        reasons: Vec<Finding>,
    },
    /// The applicant must upload again.
    AskAgain {
        /// One at least of which the applicant is told.
        #[schema(min_items = 1)]
        reasons: Vec<Finding>,
    },
}

/// A decision, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecideReview {
    decision: ReviewDecision,
    /// For the trail.
    note: Reason,
}

/// What a member of staff says of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewNote {
    /// For the trail.
    note: Reason,
}

/// Whether what was uploaded and said is kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldFiles {
    /// True: it is kept until somebody says otherwise. False: the rule says how long.
    is_held: bool,
    /// A case number, a court's order.
    note: Reason,
}

/// For half an hour nobody else decides it. Claiming it again makes that longer.
pub(crate) async fn claim_review(
    app: App,
    Id(id): Id<ApplicationId>,
    StaffOperator(by): StaffOperator,
) -> Result<Versioned<ReviewItemBody>, Error> {
    act(&app, id, &by, None, &Act::Claim(by.staff_id), None).await
}

/// The caller has claimed it, and read this version of it.
pub(crate) async fn decide_review(
    app: App,
    Id(id): Id<ApplicationId>,
    StaffOperator(by): StaffOperator,
    if_match: IfMatch,
    Json(DecideReview { decision, note }): Json<DecideReview>,
) -> Result<Versioned<ReviewItemBody>, Error> {
    let act_of = match decision {
        ReviewDecision::Approve { expires_on } => {
            Act::Approve(by.staff_id, expires_on.map(|HongKongDate(day)| day))
        }
        ReviewDecision::Reject { reasons } => Act::Reject(by.staff_id, once_each(reasons)),
        ReviewDecision::AskAgain { reasons } => Act::AskAgain(by.staff_id, once_each(reasons)),
    };
    act(&app, id, &by, Some(if_match), &act_of, Some(&note)).await
}

/// Another one than whoever would approve it agrees.
pub(crate) async fn release_review(
    app: App,
    Id(id): Id<ApplicationId>,
    Reviewer(by): Reviewer,
    if_match: IfMatch,
    Json(ReviewNote { note }): Json<ReviewNote>,
) -> Result<Versioned<ReviewItemBody>, Error> {
    let release = Act::Release(by.staff_id, by.roles.clone());
    act(&app, id, &by, Some(if_match), &release, Some(&note)).await
}

/// A reviewer does not agree, or whoever would approve it thinks better of it.
pub(crate) async fn return_review(
    app: App,
    Id(id): Id<ApplicationId>,
    by: Staff,
    if_match: IfMatch,
    Json(ReviewNote { note }): Json<ReviewNote>,
) -> Result<Versioned<ReviewItemBody>, Error> {
    let back = Act::Return(by.staff_id, by.roles.clone());
    act(&app, id, &by, Some(if_match), &back, Some(&note)).await
}

/// A reviewer keeps what was uploaded and said for a court, or lets the rule delete it again.
pub(crate) async fn hold_files(
    app: App,
    Id(id): Id<ApplicationId>,
    Reviewer(by): Reviewer,
    Json(HoldFiles { is_held, note }): Json<HoldFiles>,
) -> Result<Versioned<ReviewItemBody>, Error> {
    act(&app, id, &by, None, &Act::Hold(is_held), Some(&note)).await
}

/// Again where it and word of a business came into each other's way: that has the business first.
async fn act(
    app: &App,
    id: ApplicationId,
    by: &Staff,
    if_match: Option<IfMatch>,
    act: &Act,
    note: Option<&Reason>,
) -> Result<Versioned<ReviewItemBody>, Error> {
    retry_lock_conflicts(|| try_to_act(app, id, by, if_match, act, note)).await
}

async fn try_to_act(
    app: &App,
    id: ApplicationId,
    by: &Staff,
    if_match: Option<IfMatch>,
    act: &Act,
    note: Option<&Reason>,
) -> Result<Versioned<ReviewItemBody>, Error> {
    let mut tx = app.database.begin().await?;
    let mut locked: Locked = lock(&mut tx, id).await?.ok_or(NO_APPLICATION)?;
    if let Some(if_match) = if_match {
        if_match.require(locked.application.version)?;
    }
    if matches!(act, Act::Approve(..) | Act::Release(..)) {
        require_screened(&mut tx, &locked.application).await?;
    }
    let actor = Actor::Staff(by.staff_id, by.name.clone());
    let word = Word { note, ..Word::of(&actor, now()) };
    act_on(app, &mut tx, &mut locked, act, &word).await?;
    app.outbox.commit(tx).await?;
    let application = &locked.application;
    Ok(Versioned { version: application.version, body: application.into() })
}

/// Nobody is approved who was not compared with all lists that count.
async fn require_screened(tx: &mut Tx, application: &Application) -> Result<(), Error> {
    if application.kind == ApplicationKind::Address {
        return Ok(());
    }
    let newest = store::screening::find_newest(tx).await?;
    let is_screened = newest.is_some() && application.list_version == newest;
    if is_screened { Ok(()) } else { Err(LIST_CHANGED.into()) }
}

fn once_each(mut reasons: Vec<Finding>) -> Vec<Finding> {
    reasons.sort_unstable();
    reasons.dedup();
    reasons
}
