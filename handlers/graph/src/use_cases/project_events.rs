//! What events say, written into the graph: the same however often and in whichever order they
//! come.

use std::collections::{BTreeMap, BTreeSet};

use inbox::Failure;
use service::{Batch, Error};
use uuid::Uuid;
use values::GraphAccountId;

use crate::domain::{Fact, Names, Subject, elements_of, facts_of};
use crate::{App, store};

pub(crate) async fn project_events(app: App, batch: Batch) -> Result<(), Error> {
    let database = app.database.clone();
    let read = |event: &_| facts_of(event).map_err(Failure::Poison);
    inbox::consume_repeatably(&database, batch, read, |facts| async move {
        project(&app, &facts.concat()).await
    })
    .await
}

/// Writes what is new of these facts.
pub(super) async fn project(app: &App, facts: &[Fact]) -> Result<(), Error> {
    let names = names_of(app, facts).await?;
    let elements = facts.iter().flat_map(|fact| elements_of(fact, &names, &app.index)).collect();
    app.elements.save(elements).await
}

/// The accounts of all whom the facts name; whoever is new has one from now on.
pub(super) async fn names_of(app: &App, facts: &[Fact]) -> Result<Names, Error> {
    let subjects: BTreeSet<Subject> = facts.iter().flat_map(Fact::subjects).collect();
    let mut names = {
        let mut conn = app.database.conn().await?;
        store::pseudonyms::list_names(&mut conn, &subjects).await?
    };
    let missing: BTreeSet<Subject> =
        subjects.into_iter().filter(|subject| !names.contains_key(subject)).collect();
    if !missing.is_empty() {
        names.extend(
            service::retry_lock_conflicts(async || begin_names(app, &missing).await).await?,
        );
    }
    Ok(names)
}

/// Gives accounts to these, but to those who were forgotten. Inserted first and looked up then,
/// while `forget_account` does the reverse: so of the two at once one always sees the other.
async fn begin_names(app: &App, missing: &BTreeSet<Subject>) -> Result<Names, Error> {
    // Random, and not by time: an account's name says nothing.
    let fresh = |subject: &Subject| (*subject, GraphAccountId::from_uuid(Uuid::new_v4()));
    let fresh: Names = missing.iter().map(fresh).collect();
    let digests: BTreeMap<[u8; 32], Subject> =
        missing.iter().map(|subject| (digest_of(app, *subject), *subject)).collect();
    let mut tx = app.database.begin().await?;
    store::pseudonyms::insert_names(&mut tx, &fresh).await?;
    let forgotten = store::pseudonyms::lock_forgotten(&mut tx, &digests).await?;
    store::pseudonyms::delete_names(&mut tx, &forgotten).await?;
    tx.commit().await?;
    let mut conn = app.database.conn().await?;
    Ok(store::pseudonyms::list_names(&mut conn, missing).await?)
}

/// By what it is known that somebody was forgotten.
pub(super) fn digest_of(app: &App, subject: Subject) -> [u8; 32] {
    app.index.of("forgotten", &subject.text())
}
