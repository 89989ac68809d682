//! Every URL and trigger of this service.

use service::{Api, Batch, Dependency, Error, Routes};

use crate::use_cases::{
    learn_block, learn_friendship, list_entries_of_person, list_timeline, record_movements,
};
use crate::{App, NAME, REFUSALS};

const LIST: &str = "/api/v1/timeline";
const OF_PERSON: &str = "/api/v1/timeline/people/{user_id}";

/// All routes.
pub fn routes(app: App) -> Routes {
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    Api::new(NAME, "Timeline", app.clone(), &app.tokens)
        .refuses(REFUSALS)
        .get(LIST, "Lists what the caller and their friends did, newest first.", list_timeline)
        .get(OF_PERSON, "Lists what the caller sees of a friend.", list_entries_of_person)
        .on_events("timeline_on_user_profile", on_user_profile)
        .on_events("timeline_on_payments", on_payments)
        .on_events("timeline_on_social", on_social)
        .finish(dependencies)
}

async fn on_user_profile(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(inbox::learn_name(tx, event))).await
}

async fn on_payments(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume_together(&app.database, batch, |tx, events| {
        Box::pin(record_movements(tx, events))
    })
    .await
}

async fn on_social(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| {
        Box::pin(async move {
            learn_friendship(tx, event).await?;
            learn_block(tx, event).await
        })
    })
    .await
}
