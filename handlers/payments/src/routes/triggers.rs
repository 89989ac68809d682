//! What the Functions host calls by itself: events of other services, and timers.

use service::{Api, Batch, Error};

use crate::App;
use crate::use_cases::{
    audit_ledger, end_api_credentials, end_disputes, expire_authorisations, expire_money_requests,
    expire_payment_requests, find_frozen_neighbours, follow_bank, keep_months, learn_approval,
    learn_block, learn_member, learn_risk, learn_shop, learn_tier, open_wallet,
    remind_of_credentials, report_held, report_overdue, report_owed_refunds,
    return_overdue_payments, return_parcels, run_schedules, settle_yesterday, tell_program_keys,
};

pub(super) fn triggers(api: Api<App>) -> Api<App> {
    api.on_events("payments_on_auth", on_auth)
        .on_events("payments_on_user_profile", on_user_profile)
        .on_events("payments_on_business_profile", on_business_profile)
        .on_events("payments_on_onboarding", on_onboarding)
        .on_events("payments_on_social", on_social)
        .on_events("payments_on_graph", on_graph)
        .on_timer("payments_do_what_is_due", do_what_is_due)
        .on_timer("payments_look_after_pending", look_after_pending)
        .on_timer("payments_nightly", nightly)
}

async fn on_auth(app: App, batch: Batch) -> Result<(), Error> {
    let consumed = inbox::consume(&app.database, batch, |tx, event| {
        let app = app.clone();
        Box::pin(async move {
            open_wallet(tx, event).await?;
            end_api_credentials(&app, tx, event).await
        })
    })
    .await;
    app.outbox.nudge();
    consumed
}

async fn on_user_profile(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(inbox::learn_name(tx, event))).await
}

async fn on_business_profile(app: App, batch: Batch) -> Result<(), Error> {
    let consumed = inbox::consume(&app.database, batch, |tx, event| {
        let app = app.clone();
        Box::pin(async move {
            learn_shop(&app, tx, event).await?;
            learn_member(tx, event).await
        })
    })
    .await;
    app.outbox.nudge();
    consumed
}

async fn on_onboarding(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| {
        Box::pin(async move {
            learn_tier(tx, event).await?;
            learn_approval(tx, event).await
        })
    })
    .await
}

async fn on_social(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(learn_block(tx, event))).await
}

async fn on_graph(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(learn_risk(tx, event))).await
}

/// One timer for all that is pending, since each timer keeps an instance of its own. One that fails
/// keeps no other from its work.
async fn look_after_pending(app: App) -> Result<(), Error> {
    let neighbours = find_frozen_neighbours(app.clone()).await;
    let payments = expire_authorisations(app.clone()).await;
    let held = return_overdue_payments(app.clone()).await;
    let waiting = report_held(app.clone()).await;
    let overdue = report_overdue(app.clone()).await;
    let disputes = report_owed_refunds(app.clone()).await;
    let reminded = remind_of_credentials(app.clone()).await;
    let settled = settle_yesterday(app.clone()).await;
    // Last, since Key Vault may be away, and then answers slowly.
    let rewrapped = app.credential_vault.rewrap(&app.database).await;
    let told = tell_program_keys(app).await;
    let of_shops = disputes.and(reminded).and(settled).and(rewrapped).and(told);
    neighbours.and(payments).and(held).and(waiting).and(overdue).and(of_shops)
}

/// One timer for the events that a crash has left, for all that waits for people, or for its date,
/// as in `look_after_pending`; and for the bank, last, since that takes longest.
async fn do_what_is_due(app: App) -> Result<(), Error> {
    app.outbox.nudge();
    let of_shops = expire_payment_requests(app.clone()).await;
    let of_people = expire_money_requests(app.clone()).await;
    let parcels = return_parcels(app.clone()).await;
    let disputes = end_disputes(app.clone()).await;
    let schedules = run_schedules(app.clone()).await;
    let bank = follow_bank(app).await;
    of_shops.and(of_people).and(parcels).and(disputes).and(schedules).and(bank)
}

/// One timer for both, as in `look_after_pending`. An audit that finds a contradiction has
/// succeeded: it has logged it, and a repeat would find it again. Only an audit that was not
/// completed fails, so that the host repeats it.
async fn nightly(app: App) -> Result<(), Error> {
    let kept = keep_months(app.clone()).await;
    let audited = audit_ledger(app, service::FunctionKey).await.map(|_audit| ());
    kept.and(audited)
}
