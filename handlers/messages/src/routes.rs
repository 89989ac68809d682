//! Every URL and trigger of this service.

use service::{Api, Batch, Dependency, Error, Routes};

use crate::use_cases::learn_name;
use crate::{App, NAME, REFUSALS};

/// All routes.
pub fn routes(app: App) -> Routes {
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    Api::new(NAME, "Messages", app.clone(), &app.tokens)
        .refuses(REFUSALS)
        .on_events("messages_on_user_profile", on_user_profile)
        .on_timer("messages_relay_outbox", relay_outbox)
        .finish(dependencies)
}

async fn on_user_profile(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(learn_name(tx, event))).await
}

async fn relay_outbox(app: App) -> Result<(), Error> {
    app.outbox.nudge();
    Ok(())
}
