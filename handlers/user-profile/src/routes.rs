//! Every URL and trigger of this service.

use std::future::ready;

use service::{Api, Batch, Dependency, Error, Routes};

use crate::use_cases::{
    announce_picture, begin_profile, change_profile, look_up_handle, read_picture, read_profile,
};
use crate::{App, NAME, REFUSALS};

/// All routes.
pub fn routes(app: App) -> Routes {
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    Api::new(NAME, "User profile", app.clone(), &app.tokens)
        .refuses(REFUSALS)
        .get("/api/v1/users/me", "Reads the caller's own profile.", read_profile)
        .patch("/api/v1/users/me", "Changes the caller's own profile.", change_profile)
        .post(
            "/api/v1/users/me/pictures",
            "Gives a link to upload a picture, which the caller may show then.",
            announce_picture,
        )
        .get(
            "/api/v1/users/pictures/{picture_id}/{size}",
            "Shows a picture to whoever knows its id.",
            read_picture,
        )
        .post(
            "/api/v1/users/handle-lookups",
            "Finds the person with a handle, to pay them.",
            look_up_handle,
        )
        .on_events("user_profile_on_auth", on_auth)
        .on_timer("user_profile_relay_outbox", relay_outbox)
        .finish(dependencies)
}

async fn on_auth(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(begin_profile(tx, event))).await
}

async fn relay_outbox(app: App) -> Result<(), Error> {
    app.outbox.nudge();
    app.pictures.forget_due(&app.database, |_| ready(Ok(()))).await
}
