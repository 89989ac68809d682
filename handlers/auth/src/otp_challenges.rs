//! The codes that were sent and not yet used, in Redis.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use redis::{AsyncCommands, Script};
use service::Error;
use service::redis::Connection;
use uuid::Uuid;
use values::Phone;

use crate::domain::{CodePurpose, OtpCode};
use crate::observe;

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
    return redis.call('HMGET', KEYS[1], 'digest', 'purpose')";

/// Tells the number once: the challenge has it until then.
const TAKE_PHONE: &str = "
    local phone = redis.call('HGET', KEYS[1], 'phone') or ''
    if redis.call('DEL', KEYS[1]) == 1 then return phone end
    return false";

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
    /// Its code, also one that only a newer program knows; none if it was asked for without.
    purpose: Option<String>,
    key: Arc<hmac::Key>,
}

impl SentCode {
    /// Whether it is this code, and what it was asked for is what is done with it.
    pub(crate) fn is(&self, code: &OtpCode, purpose: CodePurpose) -> bool {
        let is_meant = self.purpose.as_deref().is_none_or(|asked| asked == purpose.code());
        let bound_to = self.purpose.as_ref().map(|_| purpose);
        let digest = code.digest(&self.key, self.challenge_id, bound_to);
        verify_slices_are_equal(&self.digest, &digest).is_ok() && is_meant
    }
}

impl OtpChallenges {
    /// The purpose that its key is derived for.
    pub(crate) const KEY_PURPOSE: &'static [u8] = b"otp-codes";

    pub(crate) fn new(redis: Connection, key: hmac::Key) -> Self {
        Self { redis, key: Arc::new(key) }
    }

    /// A new challenge, and the code that answers it.
    pub(crate) async fn create(
        &self,
        phone: &Phone,
        purpose: Option<CodePurpose>,
    ) -> Result<(Uuid, OtpCode), Error> {
        let challenge_id = Uuid::new_v4();
        let code = OtpCode::random().map_err(Error::internal)?;
        let seconds = i64::try_from(LIFETIME_SECONDS).unwrap_or(i64::MAX);
        let key = key(challenge_id);
        let mut created = redis::pipe();
        created
            .atomic()
            .hset(&key, "phone", phone.to_string())
            .hset(&key, "digest", code.digest(&self.key, challenge_id, purpose))
            .expire(&key, seconds);
        if let Some(purpose) = purpose {
            created.hset(&key, "purpose", purpose.code());
        }
        created.exec_async(&mut self.redis.clone()).await?;
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
        let sent: Option<(Option<Vec<u8>>, Option<String>)> = Script::new(COUNT_ATTEMPT)
            .key(key(challenge_id))
            .arg(ATTEMPTS_MAX)
            .invoke_async(&mut self.redis.clone())
            .await?;
        // Redis may have lost a part of it.
        let key = Arc::clone(&self.key);
        let sent = sent.and_then(|(digest, purpose)| Some((digest?, purpose)));
        Ok(sent.map(|(digest, purpose)| SentCode { challenge_id, digest, purpose, key }))
    }

    /// Counts no longer an attempt with the right code that came to nothing through no fault of
    /// whoever sent it.
    pub(crate) async fn give_back(&self, challenge_id: Uuid) -> Result<(), Error> {
        let script = Script::new(GIVE_BACK_ATTEMPT);
        let () = script.key(key(challenge_id)).invoke_async(&mut self.redis.clone()).await?;
        Ok(())
    }

    /// Uses the challenge up, whose code came back; true for one of several that redeem it at once.
    pub(crate) async fn redeem(&self, challenge_id: Uuid) -> Result<bool, Error> {
        let script = Script::new(TAKE_PHONE);
        let phone: Option<String> =
            script.key(key(challenge_id)).invoke_async(&mut self.redis.clone()).await?;
        if let Some(phone) = &phone {
            observe::code_came_back(phone);
        }
        Ok(phone.is_some())
    }

    /// Makes a challenge void whose message may not have left.
    pub(crate) async fn withdraw(&self, challenge_id: Uuid) -> Result<(), Error> {
        let () = self.redis.clone().del(key(challenge_id)).await?;
        Ok(())
    }
}

fn key(challenge_id: Uuid) -> String {
    format!("auth:otp-challenge:{challenge_id}")
}

#[cfg(test)]
mod tests {
    use service::redis::Redis;
    use testkit::redis_account;

    use super::*;
    use crate::observe::tests::{Counted, Counts};

    #[tokio::test]
    async fn a_code_whose_purpose_was_lost_is_good_for_nothing() {
        let mut redis = Redis::start("TEST", redis_account()).unwrap().connection();
        let hmac = hmac::Key::new(hmac::HMAC_SHA256, b"of a test");
        let challenges = OtpChallenges::new(redis.clone(), hmac);
        let phone: Phone = "+85261234567".parse().unwrap();
        for asked in CodePurpose::ALL {
            let (id, code) = challenges.create(&phone, Some(*asked)).await.unwrap();
            assert!(challenges.attempt(id).await.unwrap().unwrap().is(&code, *asked));
            let () = redis.hdel(key(id), "purpose").await.unwrap();
            let sent = challenges.attempt(id).await.unwrap().unwrap();
            assert!(!CodePurpose::ALL.iter().any(|purpose| sent.is(&code, *purpose)));
        }
    }

    #[tokio::test]
    async fn a_challenge_is_counted_once_however_often_its_code_is_answered() {
        let counted = Counted::from_now_on();
        let redis = Redis::start("TEST", redis_account()).unwrap().connection();
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"of a test");
        let challenges = OtpChallenges::new(redis, key);
        let phone: Phone = "+85261234567".parse().unwrap();
        let send = async || {
            observe::code_sent(&phone);
            challenges.create(&phone, None).await.unwrap()
        };
        let (used, code) = send().await;
        for _ in 0..4 {
            assert!(challenges.attempt(used).await.unwrap().unwrap().is(&code, CodePurpose::LogIn));
        }
        assert!(challenges.redeem(used).await.unwrap());
        assert!(!challenges.redeem(used).await.unwrap());
        let (withdrawn, _) = send().await;
        challenges.withdraw(withdrawn).await.unwrap();
        assert!(!challenges.redeem(withdrawn).await.unwrap());
        let (never_used, _) = send().await;
        challenges.attempt(never_used).await.unwrap().unwrap();

        let count = |outcome: &str, count| ((outcome.to_owned(), "61".to_owned()), count);
        assert_eq!(counted.counts(), Counts::from([count("sent", 3), count("came-back", 1)]));
    }
}
