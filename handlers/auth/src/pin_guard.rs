//! The only place where a PIN is checked: five wrong ones in a row on one device, then a pause.

use service::database::Database;
use service::trace::{self, TraceContext};
use service::{Error, causes};
use values::{DeviceId, UserId};

use crate::domain::{Guessed, PIN_INVALID, PIN_LOCKED, Pin, SecurityEvent, SecurityEventType};
use crate::guess_counts::{Reserved, reserve_guess};
use crate::pin_hasher::{PinHasher, Turn};
use crate::pin_peppers::Peppers;
use crate::security_trail::SecurityTrail;
use crate::store;
use crate::store::pins::StoredPin;

/// Whose PIN is entered, and on which of their devices.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PinEntry {
    pub(crate) user_id: UserId,
    pub(crate) device_id: DeviceId,
}

/// Checks PINs.
#[derive(Clone)]
pub(crate) struct PinGuard {
    database: Database,
    hasher: PinHasher,
    trail: SecurityTrail,
}

impl PinGuard {
    pub(crate) fn new(database: Database, trail: SecurityTrail, peppers: Peppers) -> Self {
        Self { database, hasher: PinHasher::new(peppers), trail }
    }

    /// Refuses a `pin` that is not the stored one, and any PIN while it is locked on this
    /// device or everywhere. A right one starts both counts over, and is hashed anew if its hash is
    /// of another time.
    ///
    /// It goes on when the caller hangs up, or a right PIN on a bad line would count as wrong.
    pub(crate) async fn check(
        &self,
        entry: PinEntry,
        pin: &Pin,
        stored: &StoredPin,
    ) -> Result<(), Error> {
        let trace = trace::current();
        tokio::spawn(self.clone().check_to_the_end(entry, trace, pin.clone(), stored.clone()))
            .await
            .map_err(Error::internal)?
    }

    async fn check_to_the_end(
        self,
        entry: PinEntry,
        trace: TraceContext,
        pin: Pin,
        stored: StoredPin,
    ) -> Result<(), Error> {
        // First the turn, then the count: a busy server must not lock anybody out.
        let turn = self.hasher.turn().await?;
        // The device first: once it is locked, it adds nothing to the count of its owner.
        let counts = [Guessed::PinOnDevice(entry.device_id), Guessed::PinOf(entry.user_id)];
        let is_last = match reserve_guess(&self.database, &counts).await? {
            Reserved::Guess { is_last } => is_last,
            Reserved::Locked { seconds } => return Err(PIN_LOCKED.for_seconds(seconds).into()),
        };
        if !turn.verify(pin.clone(), stored.hash.clone()).await? {
            if is_last {
                self.record_lock(trace, entry.user_id, Some(entry.device_id)).await;
            }
            return Err(PIN_INVALID.into());
        }
        let mut conn = self.database.conn().await?;
        for guessed in counts {
            store::guesses::forget_wrong_guesses(&mut conn, guessed).await?;
        }
        drop(conn);
        if !self.hasher.is_current(&stored.hash)
            && let Err(error) = self.renew_hash(entry.user_id, pin, &stored).await
        {
            // The PIN was right all the same; the next one is hashed anew.
            tracing::warn!(causes = causes(&error), "a PIN cannot be hashed anew");
        }
        Ok(())
    }

    async fn renew_hash(&self, user_id: UserId, pin: Pin, stored: &StoredPin) -> Result<(), Error> {
        let renewed = self.hasher.turn().await?.hash(pin).await?;
        let mut conn = self.database.conn().await?;
        Ok(store::pins::renew_pin_hash(&mut conn, user_id, stored, &renewed).await?)
    }

    /// For whoever judges a PIN together with a code, and counts both as one guess.
    pub(crate) async fn turn(&self) -> Result<Turn, Error> {
        self.hasher.turn().await
    }

    /// Counts a wrong PIN that came with a right code from a new device. Nobody waits for it, so
    /// that an answer to a right code takes no longer than one to a wrong code. Until it is done,
    /// the count of the phone bounds the guesses.
    pub(crate) fn count_wrong_pin(&self, user_id: UserId) {
        let (guard, trace) = (self.clone(), trace::current());
        tokio::spawn(async move {
            match reserve_guess(&guard.database, &[Guessed::PinOnNewDevices(user_id)]).await {
                Ok(Reserved::Guess { is_last: true }) => {
                    guard.record_lock(trace, user_id, None).await;
                }
                Ok(Reserved::Guess { is_last: false } | Reserved::Locked { .. }) => {}
                Err(error) => {
                    tracing::error!(causes = causes(&error), "cannot count a wrong PIN");
                }
            }
        });
    }

    async fn record_lock(&self, trace: TraceContext, user_id: UserId, device_id: Option<DeviceId>) {
        let event = SecurityEvent { kind: SecurityEventType::PinLocked, user_id, device_id };
        self.trail.record_alone(&self.database, trace, event).await;
    }

    /// The salted hash of a new PIN.
    pub(crate) async fn hash(&self, pin: &Pin) -> Result<String, Error> {
        self.hasher.turn().await?.hash(pin.clone()).await
    }
}
