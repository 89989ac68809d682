//! The owner of a shop is reminded that the credential of a program ends soon: its program would be
//! refused from one moment to the next.

use events::payments::ApiCredentialExpiringV1;
use service::database::now;
use service::{Error, trace};
use time::OffsetDateTime;

use crate::App;
use crate::domain::{Announcement, ApiCredential, rfc3339};
use crate::store::credential_reminders::{self, Expiring};

/// Credentials that one run of the timer reminds of; the next run goes on.
const REMINDED_MAX: u32 = 200;

/// One that fails keeps no other from being told.
pub(crate) async fn remind_of_credentials(app: App) -> Result<(), Error> {
    let now = now();
    let mut conn = app.database.conn().await?;
    let due = credential_reminders::list_to_remind(&mut conn, now, REMINDED_MAX).await?;
    drop(conn);
    let mut reminded = Ok(());
    for expiring in due {
        reminded = reminded.and(remind(&app, &expiring, now).await);
    }
    reminded
}

/// Once for each number of days, whoever else does it: with the event or not at all.
async fn remind(app: &App, expiring: &Expiring, now: OffsetDateTime) -> Result<(), Error> {
    let Some(days) = ApiCredential::reminder(expiring.expires_at, now) else { return Ok(()) };
    let mut tx = app.database.begin().await?;
    if !credential_reminders::note_reminder(&mut tx, expiring.client_id, days).await? {
        return Ok(());
    }
    let event = ApiCredentialExpiringV1 {
        client_id: expiring.client_id.to_string(),
        business_id: expiring.business_id.to_string(),
        owner_user_id: expiring.owner_user_id.to_string(),
        name: expiring.name.clone(),
        days_left: ApiCredential::days_left(expiring.expires_at, now),
        expires_at: rfc3339(expiring.expires_at),
    };
    let Announcement { subject, kind, data } = Announcement::new(expiring.client_id, &event);
    let told = app.outbox.envelope_of(trace::current(), subject, kind, data)?;
    app.outbox.append(&mut tx, &[told]).await?;
    Ok(app.outbox.commit(tx).await?)
}
