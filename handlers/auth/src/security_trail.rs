//! What happens to the security of an account is written down for its owner, and told to them if
//! they should not have to look.

use events::auth::SecurityEventRecordedV1;
use outbox::Outbox;
use service::database::{Database, Tx};
use service::trace::TraceContext;
use service::{Error, causes};

use crate::domain::SecurityEvent;
use crate::store;

/// Writes trails.
#[derive(Clone)]
pub(crate) struct SecurityTrail {
    outbox: Outbox,
}

impl SecurityTrail {
    pub(crate) fn new(outbox: Outbox) -> Self {
        Self { outbox }
    }

    /// Part of the transaction that it tells of; `app.outbox` must be nudged, or commit it.
    pub(crate) async fn record(
        &self,
        tx: &mut Tx,
        trace: TraceContext,
        event: SecurityEvent,
    ) -> Result<(), Error> {
        store::security_events::insert_security_event(tx, event).await?;
        if event.kind.is_told() {
            let user_id = event.user_id.to_string();
            let kind = event.kind.code().to_owned();
            let recorded = SecurityEventRecordedV1 { user_id: user_id.clone(), kind };
            let envelope = self.outbox.envelope(trace, user_id, &recorded)?;
            self.outbox.append(tx, &[envelope]).await?;
        }
        Ok(())
    }

    /// For a refusal, whose transaction comes to nothing. Nobody waits for it.
    pub(crate) fn record_apart(
        &self,
        database: Database,
        trace: TraceContext,
        event: SecurityEvent,
    ) {
        let trail = self.clone();
        tokio::spawn(async move { trail.record_alone(&database, trace, event).await });
    }

    /// In a transaction of its own: for a lock, whose count was committed before anybody looked at
    /// the guess, and for a refusal. If this fails, they hold all the same.
    pub(crate) async fn record_alone(
        &self,
        database: &Database,
        trace: TraceContext,
        event: SecurityEvent,
    ) {
        let recorded = async {
            let mut tx = database.begin().await?;
            self.record(&mut tx, trace, event).await?;
            Ok::<(), Error>(self.outbox.commit(tx).await?)
        };
        if let Err(error) = recorded.await {
            tracing::error!(causes = causes(&error), "a security event is not in its trail");
        }
    }
}
