//! The only place where a PIN is checked: five wrong ones in a row, then a pause.
//!
//! The count guards money, so it is kept beside the hash in MySQL: Redis may forget.

use service::Error;
use service::database::Database;
use values::UserId;

use crate::domain::{PIN_INVALID, PIN_LOCKED, Pin};
use crate::pin_hasher::PinHasher;
use crate::store;

/// Checks PINs.
#[derive(Clone)]
pub(crate) struct PinGuard {
    database: Database,
    hasher: PinHasher,
}

impl PinGuard {
    pub(crate) fn new(database: Database) -> Self {
        Self { database, hasher: PinHasher::new() }
    }

    /// Refuses a `pin` that is not the one behind `hash`, and any PIN while it is locked. A guess
    /// is counted before it is checked, so that guesses made at once share one count; a right one
    /// resets the count. No row is locked while the PIN is hashed: whoever guesses must not keep
    /// the PIN's owner waiting.
    ///
    /// It goes on when the caller hangs up, or a right PIN on a bad line would count as wrong.
    pub(crate) async fn check(&self, user_id: UserId, pin: &Pin, hash: &str) -> Result<(), Error> {
        tokio::spawn(self.clone().check_to_the_end(user_id, pin.clone(), hash.to_owned()))
            .await
            .map_err(Error::internal)?
    }

    async fn check_to_the_end(self, user_id: UserId, pin: Pin, hash: String) -> Result<(), Error> {
        // First the turn, then the count: a busy server must not lock anybody out.
        let turn = self.hasher.turn().await?;
        let mut conn = self.database.conn().await?;
        if !store::pins::reserve_pin_guess(&mut conn, user_id).await? {
            let retry_after_seconds =
                store::pins::find_pin_lock_seconds(&mut conn, user_id).await?;
            return Err(PIN_LOCKED.for_seconds(retry_after_seconds).into());
        }
        drop(conn);
        if !turn.verify(pin, hash).await? {
            return Err(PIN_INVALID.into());
        }
        let mut conn = self.database.conn().await?;
        Ok(store::pins::forget_wrong_pins(&mut conn, user_id).await?)
    }

    /// The salted hash of a new PIN, in PHC form.
    pub(crate) async fn hash(&self, pin: &Pin) -> Result<String, Error> {
        self.hasher.turn().await?.hash(pin.clone()).await
    }
}
