//! Somebody says whether an article was of help.

use serde::Deserialize;
use service::database::now;
use service::{ClientAddress, Error, Id, Json, NoContent};
use utoipa::ToSchema;
use values::code_enum;

use crate::domain::{Day, FEEDBACK_THROTTLED, NO_ARTICLE, Opinion, Slug, Voter};
use crate::{App, store};

/// Bytes of a day's salt: nobody tries all of them to find an address.
const SALT_BYTES: usize = 32;

code_enum! {
    /// Why an article was of no help.
    pub(crate) enum FeedbackReason {
        /// The product does otherwise by now.
        Outdated = "outdated",
        /// It is hard to understand.
        Unclear = "unclear",
        /// Something is missing.
        Incomplete = "incomplete",
        /// It is not what was looked for.
        OffTopic = "off-topic",
    }
}

/// What somebody thinks of an article. There is no text, in which people would tell of themselves.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GiveFeedback {
    is_helpful: bool,
    /// Of an article that was of no help; of any other it is not counted.
    reason: Option<FeedbackReason>,
}

impl GiveFeedback {
    const fn opinion(&self) -> Opinion {
        match (self.is_helpful, self.reason) {
            (true, _) => Opinion::Helpful,
            (false, None) => Opinion::Unhelpful,
            (false, Some(FeedbackReason::Outdated)) => Opinion::Outdated,
            (false, Some(FeedbackReason::Unclear)) => Opinion::Unclear,
            (false, Some(FeedbackReason::Incomplete)) => Opinion::Incomplete,
            (false, Some(FeedbackReason::OffTopic)) => Opinion::OffTopic,
        }
    }
}

/// An address counts once a day for an article; what comes again is answered alike.
pub(crate) async fn give_feedback(
    app: App,
    Id(slug): Id<Slug>,
    ClientAddress(address): ClientAddress,
    Json(input): Json<GiveFeedback>,
) -> Result<NoContent, Error> {
    let now = now();
    let day = Day::of(now);
    let mut conn = app.database.conn().await?;
    let article_id = store::feedback::find_article_id(&mut conn, &slug).await?.ok_or(NO_ARTICLE)?;
    let mut fresh = [0; SALT_BYTES];
    aws_lc_rs::rand::fill(&mut fresh).map_err(Error::internal)?;
    let salt = store::feedback::take_salt(&mut conn, day, &fresh).await?;
    drop(conn);
    let voter = Voter::of(address, &salt);
    let mut tx = app.database.begin().await?;
    if !store::feedback::insert_voter(&mut tx, day, voter, article_id).await? {
        return Ok(NoContent);
    }
    if !store::feedback::count_votes(&mut tx, day, voter).await?.allow_one() {
        return Err(FEEDBACK_THROTTLED.for_seconds(Day::seconds_left(now)).into());
    }
    store::feedback::add_vote(&mut tx, day, article_id, input.opinion()).await?;
    tx.commit().await?;
    Ok(NoContent)
}
