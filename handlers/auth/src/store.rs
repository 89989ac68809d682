//! All SQL of this service.

pub(crate) mod closed_wallets;
pub(crate) mod contacts;
pub(crate) mod devices;
pub(crate) mod enrolments;
pub(crate) mod guesses;
pub(crate) mod limits;
pub(crate) mod passkeys;
pub(crate) mod phone_sealing;
pub(crate) mod pin_resets;
pub(crate) mod pins;
pub(crate) mod recoveries;
pub(crate) mod security_events;
pub(crate) mod staff;
pub(crate) mod staff_acts;
pub(crate) mod step_up_policies;
pub(crate) mod users;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Params, params};
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};
use uuid::Uuid;
use values::{DeviceId, Product, SessionId, SignedAt, UserId};

use crate::domain::{
    EndReason, LogInProof, RefreshToken, Session, SessionsOf, SuccessorSalt, limited_until,
};
use devices::{IS_FIRST, device_key};

/// How long a refresh token can be used.
const REFRESH_LIFETIME_DAYS: u32 = 30;

type SessionRow =
    (Uuid, Uuid, String, Option<String>, PrimitiveDateTime, bool, Option<PrimitiveDateTime>);

/// A refresh token that this transaction has locked.
pub(crate) struct LockedToken {
    pub(crate) session_id: SessionId,
    pub(crate) state: TokenState,
}

/// What has become of a refresh token.
pub(crate) enum TokenState {
    Unused,
    /// It was used a moment ago: it may come again, if its successor has not come yet.
    JustUsed(SuccessorSalt),
    Used,
}

/// Spends what a device or passkey signed at this moment: a log-in, an act, or a confirmation that
/// auth vouches for. Fails with a duplicate key if it was spent before. The key does not include
/// the signature: anybody can make another from a valid one.
pub(crate) async fn insert_spent_proof(
    tx: &mut Tx,
    device_id: DeviceId,
    signed_at: &SignedAt,
) -> Result<(), Error> {
    let moment = signed_at.moment().to_offset(UtcOffset::UTC);
    tx.exec_drop(
        "INSERT INTO spent_log_in_proofs (device_id, signed_at) VALUES (?, ?)",
        (device_id.uuid(), PrimitiveDateTime::new(moment.date(), moment.time())),
    )
    .await
}

pub(crate) async fn insert_session(tx: &mut Tx, session: &Session) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO sessions (session_id, user_id, device_id, product) VALUES (?, ?, ?, ?)",
        (
            session.session_id.uuid(),
            session.user_id.uuid(),
            session.device_id.uuid(),
            session.product.code(),
        ),
    )
    .await
}

/// None for a session that is unknown, revoked or too old.
pub(crate) async fn find_session(
    connection: &mut impl Queryable,
    session_id: SessionId,
) -> Result<Option<Session>, Error> {
    let sql = format!(
        "SELECT s.user_id, s.device_id, s.product, public_key, registered_at, {IS_FIRST},
             users.limited_until
         FROM sessions s JOIN devices ON devices.device_id = s.device_id
             JOIN users ON users.user_id = s.user_id
         WHERE s.session_id = ? AND s.revoked_at IS NULL
             AND s.begun_at > NOW(6) - INTERVAL ? DAY"
    );
    let row: Option<SessionRow> =
        connection.exec_first(sql, (session_id.uuid(), Session::LIFETIME_DAYS)).await?;
    row.map(|(user_id, device_id, product, key, registered_at, is_first, limit)| {
        let of_device = limited_until(registered_at.assume_utc(), is_first);
        let unreadable = || Error::Other(format!("session {session_id} cannot be read").into());
        Ok(Session {
            session_id,
            user_id: UserId::from_uuid(user_id),
            device_id: DeviceId::from_uuid(device_id),
            product: Product::from_code(&product).ok_or_else(unreadable)?,
            device_key: key.as_deref().map(device_key).transpose()?,
            limited_until: of_device.max(limit.map(PrimitiveDateTime::assume_utc)),
        })
    })
    .transpose()
}

/// Like [`find_session`]; nobody revokes the session until this transaction ends.
pub(crate) async fn lock_session(
    tx: &mut Tx,
    session_id: SessionId,
) -> Result<Option<Session>, Error> {
    // Locks its row alone: with the device's too, two transactions could wait for each other.
    tx.exec_drop("SELECT 1 FROM sessions WHERE session_id = ? FOR UPDATE", (session_id.uuid(),))
        .await?;
    find_session(tx, session_id).await
}

/// The logins that have not ended, each with its person, locked until the transaction ends.
pub(crate) async fn lock_live_sessions(
    tx: &mut Tx,
    which: SessionsOf,
) -> Result<Vec<(SessionId, UserId)>, Error> {
    // By this index and no other: by that of the revoked ones a person would wait for all others.
    let (index, condition, values) = match which {
        SessionsOf::Login(id) => ("PRIMARY", "session_id = ?", vec![id.uuid().into()]),
        SessionsOf::Device(id) => ("on_device", "device_id = ?", vec![id.uuid().into()]),
        SessionsOf::ProductOn(id, product) => {
            let values = vec![id.uuid().into(), product.code().into()];
            ("on_device", "device_id = ? AND product = ?", values)
        }
        SessionsOf::User(id) => ("of_user", "user_id = ?", vec![id.uuid().into()]),
        SessionsOf::ProductOf(id, product) => {
            let values = vec![id.uuid().into(), product.code().into()];
            ("of_user", "user_id = ? AND product = ?", values)
        }
        SessionsOf::UserBut { user_id, kept } => {
            let values = vec![user_id.uuid().into(), kept.uuid().into()];
            ("of_user", "user_id = ? AND session_id <> ?", values)
        }
    };
    let sql = format!(
        "SELECT session_id, user_id FROM sessions FORCE INDEX ({index})
         WHERE {condition} AND revoked_at IS NULL
         ORDER BY session_id FOR UPDATE"
    );
    let row =
        |(session_id, user_id)| (SessionId::from_uuid(session_id), UserId::from_uuid(user_id));
    tx.exec_map(sql, Params::Positional(values), row).await
}

/// Revokes a session, which voids every refresh token of its family.
pub(crate) async fn revoke_session(
    tx: &mut Tx,
    session_id: SessionId,
    reason: EndReason,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE sessions SET revoked_at = NOW(6), end_reason = ? WHERE session_id = ?",
        (reason.code(), session_id.uuid()),
    )
    .await
}

/// The current time, by the clock that stamps what is stored.
pub(crate) async fn find_time(connection: &mut Conn) -> Result<OffsetDateTime, Error> {
    let now: Option<PrimitiveDateTime> = connection.query_first("SELECT NOW(6)").await?;
    let now = now.ok_or_else(|| Error::Other("the database has no clock".into()))?;
    Ok(now.assume_utc())
}

/// The logins revoked since then, of people and of staff, each with the time of its end.
pub(crate) async fn list_revoked_sessions(
    connection: &mut Conn,
    since: OffsetDateTime,
) -> Result<Vec<(SessionId, OffsetDateTime)>, Error> {
    let since = since.to_offset(UtcOffset::UTC);
    connection
        .exec_map(
            "SELECT session_id, revoked_at FROM sessions WHERE revoked_at >= :since
             UNION ALL
             SELECT session_id, revoked_at FROM staff_sessions WHERE revoked_at >= :since",
            params! { "since" => PrimitiveDateTime::new(since.date(), since.time()) },
            |(session_id, revoked_at): (Uuid, PrimitiveDateTime)| {
                (SessionId::from_uuid(session_id), revoked_at.assume_utc())
            },
        )
        .await
}

pub(crate) async fn insert_refresh_token(
    tx: &mut Tx,
    session_id: SessionId,
    token: &RefreshToken,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO refresh_tokens (digest, session_id, expires_at)
         VALUES (?, ?, NOW(6) + INTERVAL ? DAY)",
        (token.digest(), session_id.uuid(), REFRESH_LIFETIME_DAYS),
    )
    .await
}

/// Locks the token, so that only this transaction decides about it; None if it is unknown or
/// expired.
pub(crate) async fn lock_refresh_token(
    tx: &mut Tx,
    token: &RefreshToken,
) -> Result<Option<LockedToken>, Error> {
    let row: Option<(Uuid, bool, Option<Vec<u8>>)> = tx
        .exec_first(
            "SELECT session_id, used_at IS NOT NULL,
                 IF(used_at > NOW(6) - INTERVAL ? SECOND, successor_salt, NULL)
             FROM refresh_tokens WHERE digest = ? AND expires_at > NOW(6) FOR UPDATE",
            (RefreshToken::REPEATED_SECONDS, token.digest()),
        )
        .await?;
    Ok(row.map(|(session_id, is_used, salt)| LockedToken {
        session_id: SessionId::from_uuid(session_id),
        state: match salt.and_then(|salt| salt.try_into().ok()) {
            _ if !is_used => TokenState::Unused,
            Some(salt) => TokenState::JustUsed(salt),
            None => TokenState::Used,
        },
    }))
}

/// Whether the token is there and has not been used.
pub(crate) async fn is_unused(tx: &mut Tx, token: &RefreshToken) -> Result<bool, Error> {
    let unused: Option<bool> = tx
        .exec_first(
            "SELECT used_at IS NULL FROM refresh_tokens WHERE digest = ? FOR UPDATE",
            (token.digest(),),
        )
        .await?;
    Ok(unused.unwrap_or(false))
}

/// Uses a token of this session up.
pub(crate) async fn use_refresh_token(
    tx: &mut Tx,
    session_id: SessionId,
    token: &RefreshToken,
    salt: &SuccessorSalt,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE sessions SET renewed_at = NOW(6) WHERE session_id = ?",
        (session_id.uuid(),),
    )
    .await?;
    tx.exec_drop(
        "UPDATE refresh_tokens SET used_at = NOW(6), successor_salt = ? WHERE digest = ?",
        (salt.as_slice(), token.digest()),
    )
    .await
}

/// Deletes at most `limit` tokens that have expired; returns how many.
pub(crate) async fn delete_expired_tokens(connection: &mut Conn, limit: u64) -> Result<u64, Error> {
    connection
        .exec_drop("DELETE FROM refresh_tokens WHERE expires_at < NOW(6) LIMIT ?", (limit,))
        .await?;
    Ok(connection.affected_rows())
}

/// Deletes at most `limit` log-in proofs that are too old to be accepted; returns how many.
pub(crate) async fn delete_expired_log_in_proofs(
    connection: &mut Conn,
    limit: u64,
) -> Result<u64, Error> {
    connection
        .exec_drop(
            "DELETE FROM spent_log_in_proofs WHERE signed_at < NOW(6) - INTERVAL ? SECOND LIMIT ?",
            (LogInProof::SPENT_SECONDS, limit),
        )
        .await?;
    Ok(connection.affected_rows())
}
