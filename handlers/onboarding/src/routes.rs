//! Every URL and trigger of this service.

use std::sync::{Arc, Mutex};

use service::{Api, Batch, Dependency, Error, Routes};

use crate::use_cases::{
    announce_document, begin_application, change_application, claim_review, decide_all,
    decide_forgotten, decide_review, hold_files, import_screening_list, learn_business,
    learn_handover, let_time_pass, link_document, list_applications, list_reviews, note_reading,
    read_application, read_review, release_review, return_review, screen_again, submit_application,
    withdraw_application,
};
use crate::{App, NAME, REFUSALS};

/// All routes.
pub fn routes(app: App) -> Routes {
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    let api = Api::new(NAME, "Onboarding", app.clone(), &app.tokens).refuses(REFUSALS);
    reviews(applications(api))
        .post(
            "/api/v1/screening/lists",
            "Makes a list the one of its source that names are compared with.",
            import_screening_list,
        )
        .on_events("onboarding_on_ocr", on_ocr)
        .on_events("onboarding_on_business_profile", on_business_profile)
        .on_timer("onboarding_do_what_is_due", do_what_is_due)
        .finish(dependencies)
}

fn applications(api: Api<App>) -> Api<App> {
    const APPLICATIONS: &str = "/api/v1/onboarding/applications";
    const APPLICATION: &str = "/api/v1/onboarding/applications/{application_id}";
    const DETAILS: &str = "/api/v1/onboarding/applications/{application_id}/details";
    const DOCUMENTS: &str = "/api/v1/onboarding/applications/{application_id}/documents";
    const SUBMIT: &str = "/api/v1/onboarding/applications/{application_id}/submit";
    const WITHDRAW: &str = "/api/v1/onboarding/applications/{application_id}/withdraw";
    api.post(APPLICATIONS, "Begins to make a person or a business known.", begin_application)
        .get(APPLICATIONS, "Lists the caller's own applications.", list_applications)
        .get(APPLICATION, "Reads one of the caller's own applications.", read_application)
        .put(DETAILS, "Replaces what the applicant has said.", change_application)
        .post(DOCUMENTS, "Gives a link to upload a document by.", announce_document)
        .post(SUBMIT, "Sends an application off.", submit_application)
        .post(WITHDRAW, "Takes an application back.", withdraw_application)
}

fn reviews(api: Api<App>) -> Api<App> {
    const REVIEW: &str = "/api/v1/onboarding/reviews/{application_id}";
    const CLAIM: &str = "/api/v1/onboarding/reviews/{application_id}/claim";
    const DECIDE: &str = "/api/v1/onboarding/reviews/{application_id}/decide";
    const RELEASE: &str = "/api/v1/onboarding/reviews/{application_id}/release";
    const RETURN: &str = "/api/v1/onboarding/reviews/{application_id}/return";
    const LINK: &str = "/api/v1/onboarding/reviews/{application_id}/document-link";
    const HOLD: &str = "/api/v1/onboarding/reviews/{application_id}/hold";
    api.get("/api/v1/onboarding/reviews", "Lists what waits for members of staff.", list_reviews)
        .get(REVIEW, "Reads an application with what is sealed of it.", read_review)
        .post(CLAIM, "Takes an application for oneself, for half an hour.", claim_review)
        .post(DECIDE, "Decides an application that one has claimed.", decide_review)
        .post(RELEASE, "Agrees with whoever would approve an application.", release_review)
        .post(RETURN, "Does not agree: it is looked at again.", return_review)
        .post(LINK, "Gives a link to the document, for a few minutes.", link_document)
        .post(HOLD, "Keeps what was uploaded and said, or no longer.", hold_files)
}

/// What cannot be decided now is decided by the timer: the batch was taken.
async fn on_ocr(app: App, batch: Batch) -> Result<(), Error> {
    let noted = Arc::new(Mutex::new(Vec::new()));
    inbox::consume(&app.database, batch, |tx, event| {
        let noted = noted.clone();
        Box::pin(async move { note_reading(tx, event, &noted).await })
    })
    .await?;
    let ids = noted.lock().map(|ids| ids.clone()).unwrap_or_default();
    decide_all(&app, ids).await;
    Ok(())
}

async fn on_business_profile(app: App, batch: Batch) -> Result<(), Error> {
    let consumed = inbox::consume(&app.database, batch, |tx, event| {
        let app = app.clone();
        Box::pin(async move {
            learn_business(tx, event).await?;
            learn_handover(&app, tx, event).await
        })
    })
    .await;
    app.outbox.nudge();
    consumed
}

/// All that has to be done without anybody's asking, in bounded parts: one timer, since each keeps
/// an instance of its own.
async fn do_what_is_due(app: App) -> Result<(), Error> {
    app.outbox.nudge();
    decide_forgotten(&app).await?;
    screen_again(&app).await?;
    let_time_pass(&app).await?;
    app.personal_data.rewrap(&app.database).await
}
