//! How many codes and challenges may be asked for, and how many phones looked up, counted in Redis.
//!
//! No Redis key names a phone or an address. A plain digest would: there are so few numbers that
//! all can be tried. Hence a keyed digest.

use std::net::IpAddr;
use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redis::Script;
use service::Error;
use service::redis::Connection;
use values::{LOOKUPS_THROTTLED, Phone, Refusal, UserId};

use crate::domain::{OTP_THROTTLED, PASSKEY_CHALLENGES_THROTTLED, RECOVERIES_THROTTLED};

/// Messages to one phone in a window: enough for a person, and a small bill if it is abused.
const PER_PHONE_MAX: u32 = 3;
/// Messages asked for from one address in a window; many phones share a carrier's address.
const PER_ADDRESS_MAX: u32 = 60;
/// Challenges for passkeys asked for from one address in a window. They cost less than messages.
const CHALLENGES_PER_ADDRESS_MAX: u32 = 600;
/// A window begins with the first message.
const WINDOW_SECONDS: u64 = 600;
/// Phones that one person looks up in a window, and in a day: enough to pay friends, too few to
/// learn which of Hong Kong's numbers have a wallet.
const LOOKUPS_MAX: u32 = 20;
const LOOKUPS_PER_DAY_MAX: u32 = 100;
const DAY_SECONDS: u64 = 86_400;
/// Times that one person has an address book matched in a window: all of two thousand phones a few
/// times over. Each waits for the person's own row, with a connection.
const MATCHES_MAX: u32 = 60;
/// Recoveries that are asked for of one number in a day, whether or not it has an account: its
/// owner gets a message of each. Whoever uses them up keeps its owner from asking for that day.
const RECOVERIES_OF_PHONE_MAX: u32 = 3;
/// The same for the number that is to have the account: a person has one.
const RECOVERIES_TO_PHONE_MAX: u32 = 3;
/// The same from one address; many phones share a carrier's.
const RECOVERIES_PER_ADDRESS_MAX: u32 = 30;

/// Counts, and returns the seconds until the window ends if the count is above the limit. A count
/// that has lost its expiry gets a new one, or it would refuse for ever.
const COUNT: &str = "
    local count = redis.call('INCR', KEYS[1])
    if redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
    if count > tonumber(ARGV[1]) then return math.max(redis.call('TTL', KEYS[1]), 1) end
    return false";

/// Counts what may be done only so often.
#[derive(Clone)]
pub(crate) struct Throttle {
    redis: Connection,
    /// What the digests in the Redis keys are made with.
    key: Arc<hmac::Key>,
}

impl Throttle {
    /// The purpose that its key is derived for.
    pub(crate) const KEY_PURPOSE: &'static [u8] = b"otp-throttle";

    pub(crate) fn new(redis: Connection, key: hmac::Key) -> Self {
        Self { redis, key: Arc::new(key) }
    }

    /// Counts one more message to this phone, asked for from this address if it is known; refuses
    /// one too many.
    pub(crate) async fn count_message(
        &self,
        phone: &Phone,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let count =
            async |who: &str, limit| self.count(who, limit, WINDOW_SECONDS, &OTP_THROTTLED).await;
        if let Some(address) = address {
            count(&format!("address:{}", network(address)), PER_ADDRESS_MAX).await?;
        }
        count(&format!("phone:{phone}"), PER_PHONE_MAX).await
    }

    /// Counts one more challenge asked for, or token of Entra ID brought, from this address, if it
    /// is known; refuses one too many.
    pub(crate) async fn count_passkey_challenge(
        &self,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let Some(address) = address else { return Ok(()) };
        let (who, limit) = (format!("challenge:{}", network(address)), CHALLENGES_PER_ADDRESS_MAX);
        self.count(&who, limit, WINDOW_SECONDS, &PASSKEY_CHALLENGES_THROTTLED).await
    }

    /// Counts one more phone that this person looks up, whether or not it is found; refuses one too
    /// many.
    pub(crate) async fn count_lookup(&self, user_id: UserId) -> Result<(), Error> {
        for (who, limit, window) in [
            (format!("lookup:{user_id}"), LOOKUPS_MAX, WINDOW_SECONDS),
            (format!("lookup-by-day:{user_id}"), LOOKUPS_PER_DAY_MAX, DAY_SECONDS),
        ] {
            self.count(&who, limit, window, &LOOKUPS_THROTTLED).await?;
        }
        Ok(())
    }

    /// Counts one more part of an address book that this person has matched; refuses one too many.
    pub(crate) async fn count_match(&self, user_id: UserId) -> Result<(), Error> {
        let who = format!("match:{user_id}");
        self.count(&who, MATCHES_MAX, WINDOW_SECONDS, &LOOKUPS_THROTTLED).await
    }

    /// Counts one more attempt from this address, if it is known, to ask for an account; refuses
    /// one too many.
    pub(crate) async fn count_recovery_from(&self, address: Option<IpAddr>) -> Result<(), Error> {
        let Some(address) = address else { return Ok(()) };
        let (who, limit) =
            (format!("recovery-from:{}", network(address)), RECOVERIES_PER_ADDRESS_MAX);
        self.count(&who, limit, DAY_SECONDS, &RECOVERIES_THROTTLED).await
    }

    /// Counts one more time that the account of the `old` phone is asked for with a code to the
    /// `new` one; refuses one too many.
    pub(crate) async fn count_recovery(&self, old: &Phone, new: &Phone) -> Result<(), Error> {
        for (who, limit) in [
            (format!("recovery-to:{new}"), RECOVERIES_TO_PHONE_MAX),
            (format!("recovery-of:{old}"), RECOVERIES_OF_PHONE_MAX),
        ] {
            self.count(&who, limit, DAY_SECONDS, &RECOVERIES_THROTTLED).await?;
        }
        Ok(())
    }

    async fn count(
        &self,
        who: &str,
        limit: u32,
        window_seconds: u64,
        refusal: &Refusal,
    ) -> Result<(), Error> {
        let digest = URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, who.as_bytes()));
        let refused_for: Option<u64> = Script::new(COUNT)
            .key(format!("auth:throttle:{digest}"))
            .arg(limit)
            .arg(window_seconds)
            .invoke_async(&mut self.redis.clone())
            .await?;
        refused_for.map_or(Ok(()), |seconds| Err(refusal.clone().for_seconds(seconds).into()))
    }
}

/// What one customer of a provider holds: an IPv4 address, or the first half of an IPv6 one.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_of_one_customer_are_one_network() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:203.0.113.9"), of("203.0.113.9"));
        assert_ne!(of("203.0.113.8"), of("203.0.113.9"));
    }
}
