//! `notification` signs what programs are told with the key that they sign with, of which it is
//! told when a credential is made. Here it is told again each week, and of what older versions made
//! or ended: what its own older versions have passed by it learns so.

use service::database::{Tx, now};
use service::{Error, trace};

use crate::App;
use crate::domain::ApiCredential;
use crate::store::api_credentials;

/// Credentials of one run of the timer, each with two calls of a vault; the next run goes on.
const TOLD_MAX: u32 = 20;

/// While a vault is away it can wait: the next run finds the same ones.
pub(crate) async fn tell_program_keys(app: App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let to_tell = api_credentials::list_to_tell(&mut conn, now(), TOLD_MAX).await?;
    drop(conn);
    let mut told = Ok(());
    for credential in to_tell {
        told = told.and(tell(&app, &credential).await);
    }
    told
}

/// With the event or not at all, and as it still stands.
async fn tell(app: &App, credential: &ApiCredential) -> Result<(), Error> {
    let (client_id, now) = (credential.client_id, now());
    let is_shared = credential.public_key.is_none();
    let sealed_key = if is_shared && credential.is_active(now) {
        let keys = app.credential_vault.open(client_id, &credential.sealed_keys).await?;
        Some(app.credential_vault.seal_for_notification(client_id, &keys).await?)
    } else {
        None
    };
    let next = sealed_key.as_ref().map(|_| now.saturating_add(ApiCredential::TOLD_AGAIN_AFTER));
    let mut tx = app.database.begin().await?;
    let is_so = api_credentials::note_told(&mut tx, credential, now, next).await?;
    // Its end by time is known already.
    if is_so && is_shared && (sealed_key.is_some() || credential.deactivated_at.is_some()) {
        announce(app, &mut tx, credential, sealed_key).await?;
    }
    Ok(app.outbox.commit(tx).await?)
}

/// That it is active, with its sealed key; or that it is not any more.
pub(super) async fn announce(
    app: &App,
    tx: &mut Tx,
    credential: &ApiCredential,
    sealed_key: Option<String>,
) -> Result<(), mysql_async::Error> {
    let event = credential.changed_event(sealed_key);
    let told = app.outbox.envelope(trace::current(), credential.client_id.to_string(), &event)?;
    app.outbox.append(tx, &[told]).await
}
