//! What was read is compared with what was said, and with lists: all agrees, or a human looks.
//!
//! Everything slow comes first (Key Vault, comparing names) and holds no lock. What was found is
//! then written only if the application still stands as it was looked at.

use service::database::now;
use service::{Error, causes, retry_lock_conflicts};
use time::Duration;
use values::ApplicationId;

use super::act_on_application::{Word, act_on, lock};
use crate::domain::{
    Act, Actor, Application, ApplicationKind, ApplicationStatus, Details, Document, Facts,
    LIST_CHANGED, NUMBER_IN_USE, Outcome, Person, UNPROCESSABLE, Upload, Verdict, verdict,
};
use crate::screening::seal_found;
use crate::store::applications::SealedDetails;
use crate::store::screening::SealedHit;
use crate::{App, store};

/// How many of those that were forgotten are decided by one call.
const BATCH_MAX: usize = 50;
/// So long whoever has noted a reading decides by it, alone.
const LEFT_ALONE_FOR: Duration = Duration::seconds(10);

/// Decides what was read and not decided: what a crash or a vault that was away left behind.
pub(crate) async fn decide_forgotten(app: &App) -> Result<(), Error> {
    let before = now().saturating_sub(LEFT_ALONE_FOR);
    let mut conn = app.database.conn().await?;
    let round = &app.rounds.deciding;
    let after = round.after();
    let forgotten = store::applications::list_read(&mut conn, before, after, BATCH_MAX).await?;
    drop(conn);
    round.end_part(forgotten.last().copied(), forgotten.len() >= BATCH_MAX);
    decide_all(app, forgotten).await;
    Ok(())
}

/// Each once. One that fails does not hold up the others: it is decided later.
pub(crate) async fn decide_all(app: &App, mut ids: Vec<ApplicationId>) {
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        if let Err(error) = decide_application(app, id).await {
            tracing::error!(application_id = %id, causes = causes(&error), "cannot be decided");
        }
    }
}

/// Does nothing if the application is not submitted, or its document not yet read.
pub(super) async fn decide_application(app: &App, id: ApplicationId) -> Result<(), Error> {
    decide(app, id, None).await
}

/// What was uploaded and nobody has read for too long is for a human.
pub(super) async fn decide_unread(app: &App, id: ApplicationId) -> Result<(), Error> {
    decide(app, id, Some(Outcome::Failed(UNPROCESSABLE.to_owned()))).await
}

/// `unread` is what became of a document that was not read.
async fn decide(app: &App, id: ApplicationId, unread: Option<Outcome>) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let Some(application) = store::applications::find_application(&mut conn, id).await? else {
        return Ok(());
    };
    let Some(document_id) = application.document_id else { return Ok(()) };
    let document = store::documents::find_document(&mut conn, document_id).await?;
    let Some(mut document) = document else { return Ok(()) };
    document.outcome = document.outcome.or(unread);
    if document.outcome.is_none() {
        return Ok(());
    }
    let Some(sealed) = store::applications::find_details(&mut conn, id).await? else {
        return Ok(());
    };
    drop(conn);
    if application.status != ApplicationStatus::Reading {
        return Ok(());
    }
    let details = app.personal_data.open_details(id, &sealed.details).await?;
    let looked_at = LookedAt { application, document, sealed, details };
    match looked_at.decide(app).await {
        // Another person was approved by the same number a moment ago, or a list has begun to
        // count. Now that is known.
        Err(Error::Refused(refusal)) if [NUMBER_IN_USE, LIST_CHANGED].contains(&refusal) => {
            looked_at.decide(app).await
        }
        decided => decided,
    }
}

/// What is decided by.
struct LookedAt {
    application: Application,
    document: Document,
    sealed: SealedDetails,
    details: Details,
}

/// What comparing names with all lists came to; of an address nothing is compared.
struct Screening {
    list_version: Option<u32>,
    hits: Vec<SealedHit>,
    /// The names, sealed, to be compared with the lists that come.
    screenees: Option<Vec<u8>>,
}

impl LookedAt {
    async fn decide(&self, app: &App) -> Result<(), Error> {
        let Self { application, document, sealed, details } = self;
        let screening = self.screen(app).await?;
        let mut conn = app.database.conn().await?;
        let person = store::people::find_person(&mut conn, application.user_id).await?;
        let owner = match &sealed.number_index {
            Some(index) => store::people::find_number(&mut conn, index).await?,
            None => None,
        };
        drop(conn);
        let facts = Facts {
            is_number_in_use: owner.is_some_and(|owner| owner != application.user_id),
            is_other_person: self.is_other_person(app, &person).await?,
            is_hit: screening.list_version.map(|_| !screening.hits.is_empty()),
        };
        let reading = match &document.outcome {
            Some(Outcome::Read(reading)) => {
                app.personal_data.open_reading(document.id, reading).await?
            }
            Some(Outcome::Failed(_) | Outcome::Differs) | None => None,
        };
        let upload = match (&document.outcome, &reading) {
            (None, _) => return Ok(()),
            (Some(Outcome::Differs), _) => Upload::Differs,
            (Some(Outcome::Failed(code)), _) => Upload::Failed(code),
            (Some(Outcome::Read(_)), Some(reading)) => Upload::Read(reading),
            (Some(Outcome::Read(_)), None) => Upload::Failed(UNPROCESSABLE),
        };
        let verdict = verdict(details, &upload, facts, now());
        retry_lock_conflicts(|| self.write(app, person, &verdict, &screening)).await
    }

    /// Whether the account of one person would become that of another: whoever is in force must be
    /// the same one; where nobody is any more, the document must be one that was.
    async fn is_other_person(&self, app: &App, person: &Person) -> Result<bool, Error> {
        let Self { application, sealed, details, .. } = self;
        if application.kind != ApplicationKind::Identity {
            return Ok(false);
        }
        let mut conn = app.database.conn().await?;
        let Some(known_by) = person.identity else {
            let is_known = match &sealed.number_index {
                Some(number_index) => {
                    let user_id = application.user_id;
                    store::applications::was_known_by(&mut conn, user_id, number_index).await?
                }
                None => false,
            };
            return Ok(person.was_known() && !is_known);
        };
        let known = store::applications::find_screenees(&mut conn, known_by).await?;
        drop(conn);
        let Some(known) = known else { return Ok(true) };
        let known = app.personal_data.open_screenees(known_by, &known).await?;
        let screenees = details.screenees();
        let mut both = screenees.iter().zip(&known);
        Ok(!both.all(|(one, other)| one.is_same_person(other)) || screenees.len() != known.len())
    }

    async fn screen(&self, app: &App) -> Result<Screening, Error> {
        let screenees = self.details.screenees();
        if screenees.is_empty() {
            return Ok(Screening { list_version: None, hits: Vec::new(), screenees: None });
        }
        let lists = app.lists.get(&app.database).await?;
        let found = match &lists {
            Some(lists) => lists.find(&app.personal_data, &screenees)?,
            None => Vec::new(),
        };
        let hits = seal_found(app, self.application.id, found).await?;
        let sealed = app.personal_data.seal_screenees(self.application.id, &screenees).await?;
        Ok(Screening {
            list_version: lists.map(|lists| lists.version),
            hits,
            screenees: Some(sealed),
        })
    }

    /// Does nothing if anything has changed meanwhile: whoever changed it decides, or the timer.
    async fn write(
        &self,
        app: &App,
        person: Person,
        verdict: &Verdict,
        screening: &Screening,
    ) -> Result<(), Error> {
        let Screening { list_version, hits, screenees } = screening;
        let (id, at) = (self.application.id, now());
        let mut tx = app.database.begin().await?;
        let Some(mut locked) = lock(&mut tx, id).await? else { return Ok(()) };
        if (&locked.application, locked.person) != (&self.application, person) {
            return Ok(());
        }
        if let Verdict::Approve { .. } = verdict
            && store::screening::find_newest(&mut tx).await? != *list_version
        {
            return Err(LIST_CHANGED.into());
        }
        let engine = self.document.engine.as_deref();
        let word = Word { engine, ..Word::of(&Actor::Service, at) };
        let check = Act::Check(verdict.clone(), *list_version);
        if let Some(screenees) = screenees {
            store::applications::save_screenees(&mut tx, id, screenees).await?;
        }
        act_on(app, &mut tx, &mut locked, &check, &word).await?;
        if let Some(list_version) = list_version {
            store::screening::save_hits(&mut tx, id, *list_version, hits, at).await?;
        }
        app.outbox.commit(tx).await?;
        Ok(())
    }
}
