//! The only place where a PIN is hashed or checked: slowly, few at once, and five times at most.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use redis::{AsyncCommands, Script};
use service::redis::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use values::UserId;

use crate::domain::Pin;
use crate::error::Error;

/// Wrong PINs in a row, over every operation that asks for it.
const WRONG_PINS_MAX: u32 = 5;
/// How long the next guess is refused then.
const LOCK_SECONDS: u64 = 900;
/// Hashes computed at once by one instance; each takes a core and [`MEMORY_KIB`].
const HASHES_AT_ONCE: usize = 4;
/// How long a request waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(5);

/// Parameters of argon2id, as OWASP recommends them. A stored hash carries its own.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Reserves one guess, or answers the seconds for which there is none. The key lives as long as
/// the lock, from the last guess on.
const RESERVE_GUESS: &str = "
    if tonumber(redis.call('GET', KEYS[1]) or '0') >= tonumber(ARGV[1]) then
        return math.max(redis.call('TTL', KEYS[1]), 1)
    end
    redis.call('INCR', KEYS[1])
    redis.call('EXPIRE', KEYS[1], ARGV[2])
    return false";

/// Checks PINs.
#[derive(Clone)]
pub(crate) struct PinGuard {
    redis: Connection,
    turns: Arc<Semaphore>,
}

impl PinGuard {
    pub(crate) fn new(redis: Connection) -> Self {
        Self { redis, turns: Arc::new(Semaphore::new(HASHES_AT_ONCE)) }
    }

    /// Whether `pin` is the one behind `hash`. The guess is counted before it is checked, so that
    /// guesses made at once share one count; a right one takes the count back.
    ///
    /// It goes on when the caller hangs up: else a right PIN on a bad line would count as wrong.
    pub(crate) async fn check(&self, user_id: UserId, pin: Pin, hash: String) -> Result<(), Error> {
        tokio::spawn(self.clone().check_to_the_end(user_id, pin, hash)).await?
    }

    async fn check_to_the_end(self, user_id: UserId, pin: Pin, hash: String) -> Result<(), Error> {
        // First a turn, then the count: a busy server must not lock anybody out.
        let turn = self.turn().await?;
        let key = format!("auth:wrong-pins:{user_id}");
        let mut redis = self.redis.clone();
        let locked_for: Option<u64> = Script::new(RESERVE_GUESS)
            .key(&key)
            .arg(WRONG_PINS_MAX)
            .arg(LOCK_SECONDS)
            .invoke_async(&mut redis)
            .await?;
        if let Some(retry_after_seconds) = locked_for {
            return Err(Error::PinLocked { retry_after_seconds });
        }
        let checked = blocking(turn, move || {
            argon2()?.verify_password(pin.as_bytes(), &PasswordHash::new(&hash)?)
        })
        .await?;
        match checked {
            Ok(()) => Ok(redis.del(&key).await?),
            Err(password_hash::Error::PasswordInvalid) => Err(Error::PinInvalid),
            Err(error) => Err(error.into()),
        }
    }

    /// The salted hash of a new PIN, in PHC form.
    pub(crate) async fn hash(&self, pin: Pin) -> Result<String, Error> {
        let turn = self.turn().await?;
        let hash = blocking(turn, move || argon2()?.hash_password(pin.as_bytes())).await??;
        Ok(hash.to_string())
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, Error> {
        let turn = tokio::time::timeout(TURN_TIMEOUT, Arc::clone(&self.turns).acquire_owned());
        turn.await.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)
    }
}

fn argon2() -> Result<Argon2<'static>, password_hash::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Off the async threads; the turn ends with the work, even if nobody waits for it any more.
async fn blocking<T: Send + 'static>(
    turn: OwnedSemaphorePermit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(move || {
        let result = work();
        drop(turn);
        result
    });
    Ok(done.await?)
}
