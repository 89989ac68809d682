//! Wrong guesses are counted, and after too many nobody guesses for a while.
//!
//! The counts guard money, so they are kept in MySQL: Redis may forget.

use mysql_async::Error;
use service::database::{Database, Tx};
use service::retry_lock_conflicts;

use crate::domain::{GuessCount, Guessed};
use crate::store::guesses;

/// What becomes of the wish to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reserved {
    /// The guess is counted as wrong, until it turns out right.
    Guess {
        /// If it is wrong, nobody guesses again for a while.
        is_last: bool,
    },
    /// No guess is allowed for so long.
    Locked { seconds: u64 },
}

/// Counts one more guess with each count, or with none if one of them allows none. That happens
/// before anybody looks at the guess, so that guesses made at once are counted one after the other;
/// and no row is locked meanwhile: whoever guesses must not keep the owner waiting.
pub(crate) async fn reserve_guess(
    database: &Database,
    counts: &[Guessed],
) -> Result<Reserved, service::Error> {
    retry_lock_conflicts(async || {
        let mut tx = database.begin().await?;
        let reserved = reserve(&mut tx, counts).await?;
        if let Reserved::Guess { .. } = reserved {
            tx.commit().await?;
        }
        Ok(reserved)
    })
    .await
}

async fn reserve(tx: &mut Tx, counts: &[Guessed]) -> Result<Reserved, Error> {
    let mut is_last = false;
    for guessed in counts {
        let GuessCount { wrong, locked_seconds } = guesses::lock_guesses(tx, *guessed).await?;
        if let Some(seconds) = locked_seconds {
            return Ok(Reserved::Locked { seconds });
        }
        let wrong = wrong.saturating_add(1);
        let wait_seconds = guessed.wait_seconds_after(wrong);
        guesses::update_guesses(tx, *guessed, wrong, wait_seconds).await?;
        is_last |= wait_seconds.is_some();
    }
    Ok(Reserved::Guess { is_last })
}
