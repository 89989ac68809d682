//! The codes that were sent and not yet used, in Redis.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use redis::{AsyncCommands, Script};
use service::Error;
use service::redis::Connection;
use uuid::Uuid;
use values::Phone;

use crate::domain::OtpCode;

/// How long a code is valid.
pub(crate) const LIFETIME_SECONDS: u64 = 300;
/// How often one challenge may be tried, right or wrong, before it is void.
const ATTEMPTS_MAX: u32 = 5;

/// Counts an attempt before its code is looked at, so that guesses made at once count too. A
/// challenge without an expiry is void: a Redis that lost the expiry may have lost the count too.
const COUNT_ATTEMPT: &str = "
    if redis.call('TTL', KEYS[1]) < 0 then
        redis.call('DEL', KEYS[1])
        return false
    end
    if redis.call('HINCRBY', KEYS[1], 'attempts', 1) > tonumber(ARGV[1]) then
        redis.call('DEL', KEYS[1])
        return false
    end
    return redis.call('HGET', KEYS[1], 'digest')";

/// One that is void by now stays so.
const GIVE_BACK_ATTEMPT: &str = "
    if redis.call('HEXISTS', KEYS[1], 'attempts') == 1 then
        redis.call('HINCRBY', KEYS[1], 'attempts', -1)
    end";

/// Creates, checks and redeems challenges.
#[derive(Clone)]
pub(crate) struct OtpChallenges {
    redis: Connection,
    /// What the digests of codes are made with: whoever reads the store could try all codes.
    key: Arc<hmac::Key>,
}

/// The code that answers a challenge, as far as it is known.
pub(crate) struct SentCode {
    challenge_id: Uuid,
    digest: Vec<u8>,
    key: Arc<hmac::Key>,
}

impl SentCode {
    pub(crate) fn is(&self, code: &OtpCode) -> bool {
        verify_slices_are_equal(&self.digest, &code.digest(&self.key, self.challenge_id)).is_ok()
    }
}

impl OtpChallenges {
    /// The purpose that its key is derived for.
    pub(crate) const KEY_PURPOSE: &'static [u8] = b"otp-codes";

    pub(crate) fn new(redis: Connection, key: hmac::Key) -> Self {
        Self { redis, key: Arc::new(key) }
    }

    /// A new challenge, and the code that answers it.
    pub(crate) async fn create(&self, phone: &Phone) -> Result<(Uuid, OtpCode), Error> {
        let challenge_id = Uuid::new_v4();
        let code = OtpCode::random().map_err(Error::internal)?;
        let seconds = i64::try_from(LIFETIME_SECONDS).unwrap_or(i64::MAX);
        let key = key(challenge_id);
        redis::pipe()
            .atomic()
            .hset(&key, "phone", phone.to_string())
            .hset(&key, "digest", code.digest(&self.key, challenge_id))
            .expire(&key, seconds)
            .exec_async(&mut self.redis.clone())
            .await?;
        Ok((challenge_id, code))
    }

    /// The phone that the challenge was sent to; None if the challenge is void.
    pub(crate) async fn find_phone(&self, challenge_id: Uuid) -> Result<Option<Phone>, Error> {
        let phone: Option<String> = self.redis.clone().hget(key(challenge_id), "phone").await?;
        Ok(phone.and_then(|phone| phone.parse().ok()))
    }

    /// Takes one of the attempts at the challenge; None if it has no more. It stays until it is
    /// redeemed, so that whoever mistyped the PIN sent with it need not wait for another message.
    pub(crate) async fn attempt(&self, challenge_id: Uuid) -> Result<Option<SentCode>, Error> {
        let digest: Option<Vec<u8>> = Script::new(COUNT_ATTEMPT)
            .key(key(challenge_id))
            .arg(ATTEMPTS_MAX)
            .invoke_async(&mut self.redis.clone())
            .await?;
        // Redis may have lost a part of it.
        let key = Arc::clone(&self.key);
        Ok(digest.map(|digest| SentCode { challenge_id, digest, key }))
    }

    /// Counts no longer an attempt with the right code that came to nothing through no fault of
    /// whoever sent it.
    pub(crate) async fn give_back(&self, challenge_id: Uuid) -> Result<(), Error> {
        let script = Script::new(GIVE_BACK_ATTEMPT);
        let () = script.key(key(challenge_id)).invoke_async(&mut self.redis.clone()).await?;
        Ok(())
    }

    /// Uses the challenge up; true for one of several that redeem it at once.
    pub(crate) async fn redeem(&self, challenge_id: Uuid) -> Result<bool, Error> {
        let deleted: u32 = self.redis.clone().del(key(challenge_id)).await?;
        Ok(deleted == 1)
    }
}

fn key(challenge_id: Uuid) -> String {
    format!("auth:otp-challenge:{challenge_id}")
}
