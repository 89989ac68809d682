//! What passkeys were asked to sign and have not signed yet, in Redis.

use redis::AsyncCommands;
use service::Error;
use service::redis::Connection;
use uuid::Uuid;

use crate::domain::Ceremony;

/// How long a passkey may take to answer.
pub(crate) const LIFETIME_SECONDS: u64 = 300;

/// Keeps ceremonies that have begun.
#[derive(Clone)]
pub(crate) struct PasskeyChallenges {
    redis: Connection,
}

impl PasskeyChallenges {
    pub(crate) fn new(redis: Connection) -> Self {
        Self { redis }
    }

    /// Returns the id by which its answer names it.
    pub(crate) async fn create(&self, ceremony: &Ceremony) -> Result<Uuid, Error> {
        let challenge_id = Uuid::new_v4();
        let text = serde_json::to_string(ceremony).map_err(Error::internal)?;
        let _: () = self.redis.clone().set_ex(key(challenge_id), text, LIFETIME_SECONDS).await?;
        Ok(challenge_id)
    }

    /// None if it was redeemed or has expired.
    pub(crate) async fn find(&self, challenge_id: Uuid) -> Result<Option<Ceremony>, Error> {
        let text: Option<String> = self.redis.clone().get(key(challenge_id)).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Uses it up; true for one of several that redeem it at once.
    pub(crate) async fn redeem(&self, challenge_id: Uuid) -> Result<bool, Error> {
        let deleted: u32 = self.redis.clone().del(key(challenge_id)).await?;
        Ok(deleted == 1)
    }
}

fn key(challenge_id: Uuid) -> String {
    format!("auth:passkey-challenge:{challenge_id}")
}
