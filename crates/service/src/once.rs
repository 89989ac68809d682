//! Doing something at most once per caller and idempotency key, and answering a repeat with the
//! same bytes.
//!
//! The key is a row of the transaction that it makes happen once. The answer in it is sealed with
//! the client's own key, of which the table has only a digest: an answer can hold tokens or names,
//! and whoever reads the table must not get them.

mod canonical_text;
mod sealed_answer;
mod store;

use std::marker::PhantomData;

use aws_lc_rs::digest::{SHA256, digest};
use mysql_async::prelude::Queryable;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use values::{IdempotencyKey, Refusal};
use warp::Reply;
use warp::http::StatusCode;
use warp::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use warp::reply::Response;

use crate::api::{Answer, Operation};
use crate::causes;
use crate::database::{self, Database, Tx};
use crate::error::Error;
use crate::lock_conflict::retry_lock_conflicts;
use crate::refusals::{
    IDEMPOTENCY_KEY_IN_FLIGHT, IDEMPOTENCY_KEY_INVALID, IDEMPOTENCY_KEY_REUSED,
    IDEMPOTENCY_KEY_USED_UP,
};
use canonical_text::canonical_text;
use sealed_answer::AnswerKey;

/// One new key in so many deletes ten old ones: they go faster than they come.
const PRUNED_ONE_IN: u8 = 8;
/// 128 random bits in base64url, as the secrets that are sealed have.
const SEALING_KEY_LENGTH_MIN: usize = 22;
const KEY_TOO_SHORT: &str = "a secret is sealed under this key, which has 22 characters at least";
/// The header that marks a repeated answer.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What to do once: for whom, under which key, and which operation.
pub struct Keyed {
    scope: Uuid,
    key_digest: Vec<u8>,
    fingerprint: Vec<u8>,
    key: IdempotencyKey,
    replayed_seconds: u32,
}

impl Keyed {
    /// `scope` is the key's owner: the same key of another person is another one. `operation` is
    /// the use case's name; one key serves one operation with one input.
    pub fn new(
        scope: Uuid,
        key: &IdempotencyKey,
        operation: &str,
        input: &impl Serialize,
    ) -> Result<Self, Error> {
        let text = canonical_text(operation, input).map_err(Error::internal)?;
        let sha256 = |bytes: &[u8]| digest(&SHA256, bytes).as_ref().to_vec();
        Ok(Self {
            scope,
            // With the scope, so that equal keys of two callers do not show as equal.
            key_digest: sha256(&[scope.as_bytes(), key.as_str().as_bytes()].concat()),
            fingerprint: sha256(text.as_bytes()),
            key: key.clone(),
            replayed_seconds: store::KEPT_DAYS.saturating_mul(86_400),
        })
    }

    /// The same, for an answer that is given again for so many seconds only: one that lets its
    /// reader in. Afterwards the key is used up.
    #[must_use]
    pub fn replayed_for_seconds(self, replayed_seconds: u32) -> Self {
        Self { replayed_seconds, ..self }
    }

    /// The same, for an answer with a secret that lets its reader in for longer than it is given
    /// again: whoever reads the table must not find the key by trying all.
    ///
    /// # Errors
    /// 400 `idempotency-key-invalid` of a key that can be too easy to find.
    pub fn sealing_a_secret(self) -> Result<Self, Refusal> {
        let is_long = self.key.as_str().len() >= SEALING_KEY_LENGTH_MIN;
        is_long.then_some(self).ok_or_else(|| IDEMPOTENCY_KEY_INVALID.because(KEY_TOO_SHORT))
    }

    /// For what follows from this operation, once as well. No client can send such a key.
    #[must_use]
    pub fn derived(&self, operation: &str) -> Self {
        let sha256 = |of: &[u8]| {
            let text = [operation.as_bytes(), b"\n", of].concat();
            digest(&SHA256, &text).as_ref().to_vec()
        };
        Self {
            scope: self.scope,
            key_digest: sha256(&self.key_digest),
            fingerprint: sha256(&self.fingerprint),
            key: self.key.clone(),
            replayed_seconds: self.replayed_seconds,
        }
    }

    /// A digest of the key's owner and the key.
    pub fn key_digest(&self) -> &[u8] {
        &self.key_digest
    }

    /// A digest of the operation and its input.
    pub fn fingerprint(&self) -> &[u8] {
        &self.fingerprint
    }

    /// Seals what of an answer may not stand in the open: who has the key opens it again.
    pub fn seal(&self, text: &str) -> Result<Vec<u8>, Error> {
        self.answer_key()?.seal(text)
    }

    /// What was sealed under the same key of the same owner.
    pub fn open(&self, sealed: &[u8]) -> Result<String, Error> {
        self.answer_key()?.open(sealed)
    }

    fn answer_key(&self) -> Result<AnswerKey, Error> {
        AnswerKey::derive(self.scope, &self.key)
    }
}

/// The answer to something that was done once: 201 and a `T` in JSON, the same bytes each time.
pub struct Recorded<T> {
    body: String,
    is_repeat: bool,
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize> Recorded<T> {
    /// The answer to what was just done, or was done before (`is_repeat`).
    pub fn of(answer: &T, is_repeat: bool) -> Result<Self, Error> {
        Ok(Self::new(serde_json::to_string(answer).map_err(Error::internal)?, is_repeat))
    }
}

impl<T> Recorded<T> {
    fn new(body: String, is_repeat: bool) -> Self {
        Self { body, is_repeat, of: PhantomData }
    }
}

/// Something that a POST creates.
pub trait Resource: ToSchema {
    /// Where it can be found from then on: a path whose placeholder, if it has one, is named like
    /// the field of the answer that fills it.
    const LOCATION: &'static str;
}

impl<T: Resource> Recorded<T> {
    fn location(&self) -> Option<HeaderValue> {
        let Some((before, rest)) = T::LOCATION.split_once('{') else {
            return Some(HeaderValue::from_static(T::LOCATION));
        };
        let (field, after) = rest.split_once('}')?;
        let body: Value = serde_json::from_str(&self.body).ok()?;
        HeaderValue::try_from(format!("{before}{}{after}", body[field].as_str()?)).ok()
    }
}

impl<T: Resource> Answer for Recorded<T> {
    fn describe(operation: &mut Operation) {
        operation.answer_created::<T>(T::LOCATION);
    }

    fn into_response(self) -> Response {
        let location = self.location();
        let answer = warp::reply::with_status(self.body, StatusCode::CREATED);
        let mut response = answer.into_response();
        let headers = response.headers_mut();
        headers.extend(location.map(|location| (LOCATION, location)));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self.is_repeat {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

/// Does `work` and records its answer in one transaction, or gives the answer that was recorded
/// before. `work` gets the transaction and hands it back with the answer. A refusal by `work` drops
/// the transaction, so the key stays unused. After a lock conflict `work` is tried again.
pub async fn once<T, F, Fut>(
    database: &Database,
    keyed: &Keyed,
    work: F,
) -> Result<Recorded<T>, Error>
where
    T: Serialize,
    F: Fn(Tx) -> Fut,
    Fut: Future<Output = Result<(Tx, T), Error>>,
{
    let done = retry_lock_conflicts(|| attempt(database, keyed, &work)).await?;
    if !done.is_repeat && keyed.key_digest[0].is_multiple_of(PRUNED_ONE_IN) {
        prune(database).await;
    }
    Ok(done)
}

async fn attempt<T, F, Fut>(
    database: &Database,
    keyed: &Keyed,
    work: &F,
) -> Result<Recorded<T>, Error>
where
    T: Serialize,
    F: Fn(Tx) -> Fut,
    Fut: Future<Output = Result<(Tx, T), Error>>,
{
    let mut tx = database.begin().await?;
    if let Some(recorded) = take_key(&mut tx, keyed).await? {
        return Ok(recorded);
    }
    let (tx, answer) = work(tx).await?;
    commit(tx, keyed, &answer).await
}

/// After the commit, and on no account a failure of what was done.
async fn prune(database: &Database) {
    let pruned = async { store::prune_keys(&mut database.conn().await?).await };
    if let Err(error) = pruned.await {
        tracing::warn!(causes = causes(&error), "old idempotency keys were not forgotten");
    }
}

/// The answer that was recorded before, if one was. For operations that must not repeat what comes
/// before [`once`], because it is costly or works only once.
pub async fn find_recorded<T>(
    database: &Database,
    keyed: &Keyed,
) -> Result<Option<Recorded<T>>, Error> {
    recorded(&mut database.conn().await?, keyed).await
}

async fn recorded<T>(
    connection: &mut impl Queryable,
    keyed: &Keyed,
) -> Result<Option<Recorded<T>>, Error> {
    let Keyed { scope, key_digest, replayed_seconds, .. } = keyed;
    let found = store::find_answer(connection, *scope, key_digest, *replayed_seconds).await?;
    let Some((fingerprint, sealed, is_used_up)) = found else { return Ok(None) };
    if fingerprint != keyed.fingerprint {
        return Err(IDEMPOTENCY_KEY_REUSED.into());
    }
    if is_used_up {
        return Err(IDEMPOTENCY_KEY_USED_UP.into());
    }
    Ok(Some(Recorded::new(keyed.answer_key()?.open(&sealed)?, true)))
}

/// The answer that was recorded before, if one was; otherwise the key is this transaction's.
async fn take_key<T>(tx: &mut Tx, keyed: &Keyed) -> Result<Option<Recorded<T>>, Error> {
    match store::insert_key(tx, keyed.scope, &keyed.key_digest, &keyed.fingerprint).await {
        Ok(()) => Ok(None),
        Err(error) if database::is_duplicate(&error) => {
            Ok(Some(recorded(tx, keyed).await?.ok_or(IDEMPOTENCY_KEY_IN_FLIGHT)?))
        }
        // A deadlock is another matter: two twins of a first that was refused have one.
        Err(error) if database::is_lock_timeout(&error) => {
            Err(IDEMPOTENCY_KEY_IN_FLIGHT.for_seconds(1).into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn commit<T: Serialize>(mut tx: Tx, keyed: &Keyed, answer: &T) -> Result<Recorded<T>, Error> {
    let done = Recorded::of(answer, false)?;
    let sealed = keyed.answer_key()?.seal(&done.body)?;
    store::record_answer(&mut tx, keyed.scope, &keyed.key_digest, &sealed).await?;
    tx.commit().await?;
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_sealed_under_no_key_that_can_be_found_by_trying() {
        for (key, is_sealed) in [("k".repeat(21), false), ("k".repeat(22), true)] {
            let keyed = Keyed::new(Uuid::nil(), &key.parse().unwrap(), "test", &()).unwrap();
            let refused = keyed.sealing_a_secret().err();
            let too_short = IDEMPOTENCY_KEY_INVALID.because(KEY_TOO_SHORT);
            assert_eq!(refused, (!is_sealed).then_some(too_short));
        }
    }
}
