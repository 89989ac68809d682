//! Doing something at most once per caller and idempotency key.

use aws_lc_rs::digest::{SHA256, digest};
use futures_util::future::BoxFuture;
use mysql_async::TxOpts;
use outbox::Tx;
use serde::Serialize;
use service::database;
use values::{IdempotencyKey, UserId};

use super::repeat::repeat_on_lock_conflict;
use crate::error::Error;
use crate::store::idempotency_keys::{self, Answer};
use crate::{App, store};

/// Who asks, under which key, for what.
pub(crate) struct Request<'a, I> {
    pub(crate) caller: UserId,
    pub(crate) key: &'a IdempotencyKey,
    /// The use case's name; one key serves one of them.
    pub(crate) operation: &'static str,
    pub(crate) input: &'a I,
}

/// What is done once: given the app, the open transaction and `context`.
pub(crate) trait Work<C>:
    for<'a> Fn(&'a App, &'a mut Tx, &'a C) -> BoxFuture<'a, Result<Answer, Error>> + Sync
{
}

impl<C, F> Work<C> for F where
    F: for<'a> Fn(&'a App, &'a mut Tx, &'a C) -> BoxFuture<'a, Result<Answer, Error>> + Sync
{
}

/// Does `work` and records its answer in one transaction; gives the recorded answer, byte for byte,
/// if that was done before. A refusal by `work` undoes the transaction: the key stays unused.
pub(crate) async fn once<I: Serialize + Sync, C: Sync>(
    app: &App,
    request: Request<'_, I>,
    context: &C,
    work: impl Work<C>,
) -> Result<Answer, Error> {
    let fingerprint = fingerprint(request.operation, request.input)?;
    repeat_on_lock_conflict(|| try_once(app, &request, &fingerprint, context, &work)).await
}

async fn try_once<I, C>(
    app: &App,
    request: &Request<'_, I>,
    fingerprint: &[u8],
    context: &C,
    work: &impl Work<C>,
) -> Result<Answer, Error> {
    let (caller, key) = (request.caller, request.key.as_str());
    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    match idempotency_keys::insert_key(&mut tx, caller, key, fingerprint).await {
        Ok(()) => {}
        Err(error) if database::is_duplicate(&error) => {
            let recorded = idempotency_keys::find_answer(&mut tx, caller, key).await?;
            return match recorded {
                Some((first, answer)) if first == fingerprint => Ok(answer),
                Some(_) => Err(Error::KeyReused),
                None => Err(Error::KeyInFlight),
            };
        }
        Err(error) if database::is_lock_conflict(&error) => return Err(Error::KeyInFlight),
        Err(error) => return Err(error.into()),
    }
    let answer = match work(app, &mut tx, context).await {
        Ok(answer) => answer,
        Err(error) => {
            // At once, rather than when the pool gets to it: others wait for these rows.
            tx.rollback().await?;
            return Err(error);
        }
    };
    store::idempotency_keys::record_answer(&mut tx, caller, key, &answer).await?;
    app.outbox.commit(tx).await?;
    Ok(answer)
}

/// The answer that `body` makes.
pub(crate) fn answer(status: u16, body: &impl Serialize) -> Result<Answer, Error> {
    Ok(Answer { status, body: to_json(body)? })
}

fn fingerprint(operation: &str, input: &impl Serialize) -> Result<Vec<u8>, Error> {
    let text = format!("{operation}\n{}", to_json(input)?);
    Ok(digest(&SHA256, text.as_bytes()).as_ref().to_vec())
}

fn to_json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| mysql_async::Error::Other(error.into()).into())
}
