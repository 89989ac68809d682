//! Where every change of an application passes: what it does to the application, to whom it stands
//! for, and who is told. All of it is one transaction with a line of the trail.

use events::Envelope;
use events::onboarding::ApplicationChangedV1;
use mysql_async::Error as StoreError;
use service::database::Tx;
use service::{Error, trace};
use time::OffsetDateTime;
use values::{ApplicationId, BusinessId, NO_BUSINESS, Reason};

use crate::domain::{
    Act, Actor, Application, ApplicationKind, ApplicationStatus, IDENTITY_FIRST, NUMBER_IN_USE,
    Person,
};
use crate::store::trail::Line;
use crate::{App, store};

/// An application and its person. While both are locked, nobody else changes any application of
/// this person: whoever changes one locks the person first.
pub(super) struct Locked {
    pub(super) person: Person,
    pub(super) application: Application,
}

/// Who does it, when, and what they say of it.
pub(super) struct Word<'a> {
    pub(super) by: &'a Actor,
    pub(super) at: OffsetDateTime,
    pub(super) note: Option<&'a Reason>,
    /// What has read the document.
    pub(super) engine: Option<&'a str>,
}

impl<'a> Word<'a> {
    pub(super) const fn of(by: &'a Actor, at: OffsetDateTime) -> Self {
        Self { by, at, note: None, engine: None }
    }

    const fn line(&self) -> Line<'a> {
        Line { by: self.by, at: self.at, note: self.note, engine: self.engine }
    }
}

/// None if there is no such application.
pub(super) async fn lock(tx: &mut Tx, id: ApplicationId) -> Result<Option<Locked>, StoreError> {
    let Some(found) = store::applications::find_application(tx, id).await? else {
        return Ok(None);
    };
    let person = store::people::lock_person(tx, found.user_id).await?;
    let locked = store::applications::lock_application(tx, id).await?;
    Ok(locked.map(|application| Locked { person, application }))
}

/// Does it, or refuses it; the transaction is then to be dropped.
pub(super) async fn act_on(
    app: &App,
    tx: &mut Tx,
    locked: &mut Locked,
    act: &Act,
    word: &Word<'_>,
) -> Result<(), Error> {
    let Locked { person, application } = locked;
    let before = application.clone();
    let step = application.act(act, word.at)?;
    if before.is_in_force() && !application.keeps_number() {
        store::people::free_number(tx, application.id).await?;
    }
    store::applications::update_application(tx, application, &step, &word.line()).await?;
    let mut events = Vec::from_iter(told(app, &before, application)?);
    if application.is_in_force() && !before.is_in_force() {
        events.extend(stand(app, tx, person, application, word.at).await?);
    } else if before.is_in_force() && !application.is_in_force() {
        events.extend(fall(app, tx, person, application).await?);
    }
    if application.status == ApplicationStatus::Approved && before.status != application.status {
        store::screening::clear_hits(tx, application.id, word.at).await?;
    }
    app.outbox.append(tx, &events).await?;
    Ok(())
}

/// The application stands for its person or business from now on. Nobody else has its document,
/// and who lives somewhere or speaks for a business is still known.
async fn stand(
    app: &App,
    tx: &mut Tx,
    person: &mut Person,
    application: &Application,
    at: OffsetDateTime,
) -> Result<Vec<Envelope>, Error> {
    if application.kind != ApplicationKind::Identity && person.identity.is_none() {
        return Err(IDENTITY_FIRST.into());
    }
    let sealed = store::applications::find_details(tx, application.id).await?;
    if let Some(number_index) = sealed.and_then(|sealed| sealed.number_index) {
        let owner = store::people::take_number(tx, &number_index, person.user_id).await?;
        if owner != person.user_id {
            return Err(NUMBER_IN_USE.into());
        }
    }
    let mut events = Vec::new();
    let replaced = match application.business_id {
        None => {
            let version = person.version;
            let replaced = person.approve(application.kind, application.id);
            store::people::update_person(tx, person).await?;
            if person.version != version {
                events.push(person_event(app, person)?);
            }
            replaced
        }
        Some(business_id) => {
            let (replaced, event) = change_business(app, tx, business_id, |business| {
                // It has changed hands meanwhile.
                let is_own = business.owner_user_id == person.user_id;
                is_own.then(|| business.approve(application.id)).ok_or(NO_BUSINESS)
            })
            .await?;
            events.extend(event);
            replaced.transpose()?.flatten()
        }
    };
    if let Some(id) = replaced
        && let Some(mut old) = store::applications::lock_application(tx, id).await?
    {
        let before = old.clone();
        let step = old.act(&Act::Replace, at)?;
        let line = Word::of(&Actor::Service, at).line();
        store::applications::update_application(tx, &old, &step, &line).await?;
        events.extend(told(app, &before, &old)?);
    }
    Ok(events)
}

/// The application no longer stands for anybody; another may.
async fn fall(
    app: &App,
    tx: &mut Tx,
    person: &mut Person,
    application: &Application,
) -> Result<Vec<Envelope>, Error> {
    if let Some(business_id) = application.business_id {
        let end = |business: &mut crate::domain::Business| business.end(application.id);
        let (_, event) = change_business(app, tx, business_id, end).await?;
        return Ok(event.into_iter().collect());
    }
    let version = person.version;
    person.end(application.id);
    store::people::update_person(tx, person).await?;
    if person.version == version { Ok(Vec::new()) } else { Ok(vec![person_event(app, person)?]) }
}

/// Answers what the change does, if the business is known, and its event if others need to know.
async fn change_business<T>(
    app: &App,
    tx: &mut Tx,
    business_id: BusinessId,
    change: impl FnOnce(&mut crate::domain::Business) -> T,
) -> Result<(Option<T>, Option<Envelope>), Error> {
    let Some(mut business) = store::people::lock_business(tx, business_id).await? else {
        return Ok((None, None));
    };
    let version = business.version;
    let answer = change(&mut business);
    store::people::update_business(tx, &business).await?;
    if business.version == version {
        return Ok((Some(answer), None));
    }
    let subject = business_id.to_string();
    let event = app.outbox.envelope(trace::current(), subject, &business.changed_event())?;
    Ok((Some(answer), Some(event)))
}

fn person_event(app: &App, person: &Person) -> Result<Envelope, StoreError> {
    app.outbox.envelope(trace::current(), person.user_id.to_string(), &person.changed_event())
}

/// What its applicant sees has changed. A reason that is gone is nothing to be told.
fn told(
    app: &App,
    before: &Application,
    application: &Application,
) -> Result<Option<Envelope>, StoreError> {
    let reasons = application.shown_findings();
    let is_same = before.shown_status() == application.shown_status()
        && (reasons.is_empty() || reasons == before.shown_findings());
    if is_same {
        return Ok(None);
    }
    let event = ApplicationChangedV1 {
        application_id: application.id.to_string(),
        version: application.version,
        user_id: application.user_id.to_string(),
        business_id: application.business_id.map(|id| id.to_string()),
        kind: application.kind.code().to_owned(),
        status: application.shown_status().code().to_owned(),
        reasons: reasons.into_iter().map(|reason| reason.code().to_owned()).collect(),
    };
    app.outbox.envelope(trace::current(), application.id.to_string(), &event).map(Some)
}
