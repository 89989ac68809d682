//! Credentials of shops' programs.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::Paging;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{ApiClientId, BusinessId, Level, SigningKeyId, UserId};

use super::operations::take;
use super::{sql, stored, unreadable};
use crate::domain::{ApiCredential, ApiScope, SigningPublicKey};

const COLUMNS: &str = "client_id, business_id, name, scopes, allowed_addresses, secret_digest,
    signing_key_id, sealed_keys, public_key, shown_level, created_at, expires_at, deactivated_at,
    last_used_at";
/// `tell_at` of one of which nothing is to be told.
const NEVER: &str = "9999-12-31";
/// `told_again` is when `notification` is told of it next, if ever.
pub(crate) async fn insert_api_credential(
    tx: &mut Tx,
    credential: &ApiCredential,
    told_again: Option<OffsetDateTime>,
) -> Result<(), Error> {
    let tell_at = told_again.map_or_else(|| format!("'{NEVER}'"), sql::time);
    let ids = [
        credential.client_id.uuid(),
        credential.business_id.uuid(),
        credential.signing_key_id.uuid(),
    ];
    let [client_id, business_id, signing_key_id] = ids.map(sql::id);
    let scopes: Vec<&str> = credential.scopes.iter().map(|scope| scope.code()).collect();
    let addresses: Vec<String> =
        credential.allowed_addresses.iter().cloned().map(String::from).collect();
    let texts = [
        credential.name.as_str(),
        &scopes.join(","),
        &addresses.join(","),
        credential.shown_level.code(),
    ];
    let [name, scopes, addresses, level] = texts.map(sql::text);
    let [digest, keys] = [&credential.secret_digest[..], &credential.sealed_keys].map(sql::binary);
    let public_key = credential.public_key.map(|key| sql::binary(&key.0));
    let public_key = public_key.as_deref().unwrap_or("NULL");
    let [created_at, expires_at] = [credential.created_at, credential.expires_at].map(sql::time);
    tx.query_drop(format!(
        "INSERT INTO api_credentials (client_id, business_id, name, scopes, allowed_addresses,
             secret_digest, signing_key_id, sealed_keys, public_key, shown_level, created_at,
             expires_at, window_began_at, window_calls, tell_at)
         VALUES ({client_id}, {business_id}, {name}, {scopes}, {addresses}, {digest},
             {signing_key_id}, {keys}, {public_key}, {level}, {created_at},
             {expires_at}, {created_at}, 0, {tell_at})"
    ))
    .await
}

/// Whosever it is, and in which state.
pub(crate) async fn find_api_credential(
    connection: &mut impl Queryable,
    client_id: ApiClientId,
) -> Result<Option<ApiCredential>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM api_credentials WHERE client_id = ?");
    let row: Option<Row> = connection.exec_first(sql, (client_id.uuid(),)).await?;
    row.map(credential).transpose()
}

/// The same, by the key that signs.
pub(crate) async fn find_by_signing_key(
    connection: &mut impl Queryable,
    signing_key_id: SigningKeyId,
) -> Result<Option<ApiCredential>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM api_credentials WHERE signing_key_id = ?");
    let row: Option<Row> = connection.exec_first(sql, (signing_key_id.uuid(),)).await?;
    row.map(credential).transpose()
}

/// The same, if this person owns its business.
pub(crate) async fn find_api_credential_of(
    connection: &mut impl Queryable,
    client_id: ApiClientId,
    owner: UserId,
) -> Result<Option<ApiCredential>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM api_credentials WHERE client_id = ? AND business_id IN
             (SELECT business_id FROM shops WHERE owner_user_id = ?)"
    );
    let row: Option<Row> = connection.exec_first(sql, (client_id.uuid(), owner.uuid())).await?;
    row.map(credential).transpose()
}

/// One page of those of a business, the newest first: those that have ended are kept, and many.
pub(crate) async fn list_api_credentials(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    paging: &Paging,
) -> Result<Vec<ApiCredential>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM api_credentials WHERE business_id = ? AND client_id < ?
         ORDER BY client_id DESC LIMIT ?"
    );
    let page = (business_id.uuid(), paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    rows.into_iter().map(credential).collect()
}

/// How many of a business are active.
pub(crate) async fn count_active(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    now: OffsetDateTime,
) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM api_credentials
         WHERE business_id = ? AND deactivated_at IS NULL AND expires_at > ?";
    let count = connection.exec_first(sql, (business_id.uuid(), stored(now))).await?;
    Ok(count.unwrap_or_default())
}

/// Those of a business that are active.
pub(crate) async fn list_active(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    now: OffsetDateTime,
) -> Result<Vec<ApiClientId>, Error> {
    let sql = "SELECT client_id FROM api_credentials
         WHERE business_id = ? AND deactivated_at IS NULL AND expires_at > ?";
    let ids: Vec<Uuid> = connection.exec(sql, (business_id.uuid(), stored(now))).await?;
    Ok(ids.into_iter().map(ApiClientId::from_uuid).collect())
}

/// Those that are active, of all businesses of this person.
pub(crate) async fn list_active_of_owner(
    connection: &mut impl Queryable,
    owner: UserId,
    now: OffsetDateTime,
) -> Result<Vec<ApiClientId>, Error> {
    let sql = "SELECT client_id FROM api_credentials JOIN shops USING (business_id)
         WHERE owner_user_id = ? AND deactivated_at IS NULL AND expires_at > ?";
    let ids: Vec<Uuid> = connection.exec(sql, (owner.uuid(), stored(now))).await?;
    Ok(ids.into_iter().map(ApiClientId::from_uuid).collect())
}

/// For good; the first time counts. Whether this was it.
pub(crate) async fn deactivate_api_credential(
    tx: &mut Tx,
    client_id: ApiClientId,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let sql = format!(
        "UPDATE api_credentials SET deactivated_at = ?, tell_at = '{NEVER}'
         WHERE client_id = ? AND deactivated_at IS NULL"
    );
    tx.exec_drop(sql, (stored(now), client_id.uuid())).await?;
    Ok(tx.affected_rows() > 0)
}

/// Some of those of which `notification` is to be told, the longest due first.
pub(crate) async fn list_to_tell(
    connection: &mut impl Queryable,
    now: OffsetDateTime,
    limit: u32,
) -> Result<Vec<ApiCredential>, Error> {
    let is_due = is_due();
    let sql =
        format!("SELECT {COLUMNS} FROM api_credentials WHERE {is_due} ORDER BY tell_at LIMIT ?");
    let rows: Vec<Row> = connection.exec(sql, (stored(now), limit)).await?;
    rows.into_iter().map(credential).collect()
}

/// An older version ends one without a word, and leaves `tell_at` as it is.
fn is_due() -> String {
    format!("(tell_at <= ? OR (deactivated_at IS NOT NULL AND tell_at < '{NEVER}'))")
}

/// It is told, and next at `next`, or never again. Whether it is so as it was read: no other
/// instance told it, and nobody has ended it.
pub(crate) async fn note_told(
    tx: &mut Tx,
    credential: &ApiCredential,
    now: OffsetDateTime,
    next: Option<OffsetDateTime>,
) -> Result<bool, Error> {
    let is_due = is_due();
    let sql = format!(
        "UPDATE api_credentials SET tell_at = COALESCE(?, '{NEVER}')
         WHERE client_id = ? AND {is_due} AND (deactivated_at IS NULL) = ?"
    );
    let is_standing = credential.deactivated_at.is_none();
    let values = (next.map(stored), credential.client_id.uuid(), stored(now), is_standing);
    tx.exec_drop(sql, values).await?;
    Ok(tx.affected_rows() > 0)
}

fn credential(mut row: Row) -> Result<ApiCredential, Error> {
    let corrupt = || unreadable("a credential of a program");
    let (scopes, addresses): (String, String) =
        (take(&mut row, "scopes")?, take(&mut row, "allowed_addresses")?);
    let scope = |code| ApiScope::from_code(code).ok_or_else(corrupt);
    let range = |text: &str| text.to_owned().try_into().map_err(|_| corrupt());
    let secret_digest: Vec<u8> = take(&mut row, "secret_digest")?;
    let public_key: Option<Vec<u8>> = take(&mut row, "public_key")?;
    let public_key = public_key.map(|key| key.try_into().map_err(|_| corrupt())).transpose()?;
    let mut time = |column| -> Result<Option<OffsetDateTime>, Error> {
        let time: Option<PrimitiveDateTime> = take(&mut row, column)?;
        Ok(time.map(PrimitiveDateTime::assume_utc))
    };
    let [created_at, expires_at] = [time("created_at")?, time("expires_at")?];
    let [deactivated_at, last_used_at] = [time("deactivated_at")?, time("last_used_at")?];
    Ok(ApiCredential {
        client_id: ApiClientId::from_uuid(take(&mut row, "client_id")?),
        business_id: BusinessId::from_uuid(take(&mut row, "business_id")?),
        name: take::<String>(&mut row, "name")?.try_into().map_err(|_| corrupt())?,
        scopes: listed(&scopes).map(scope).collect::<Result<_, _>>()?,
        allowed_addresses: listed(&addresses).map(range).collect::<Result<_, _>>()?,
        secret_digest: secret_digest.try_into().map_err(|_| corrupt())?,
        signing_key_id: SigningKeyId::from_uuid(take(&mut row, "signing_key_id")?),
        sealed_keys: take(&mut row, "sealed_keys")?,
        public_key: public_key.map(SigningPublicKey),
        shown_level: Level::from_code(&take::<String>(&mut row, "shown_level")?)
            .ok_or_else(corrupt)?,
        created_at: created_at.ok_or_else(corrupt)?,
        expires_at: expires_at.ok_or_else(corrupt)?,
        deactivated_at,
        last_used_at,
    })
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|part| !part.is_empty())
}
