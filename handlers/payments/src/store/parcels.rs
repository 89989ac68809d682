//! Parcels and their shares. A parcel is read with its shares in one statement, so that they agree.

use std::collections::BTreeSet;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row};
use service::Paging;
use service::SecretDigest;
use service::database::Tx;
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{ClaimId, Note, OperationKind, UserId};

use super::operations::take;
use super::sql::{self, Lock};
use super::{money, unreadable};
use crate::domain::{
    Claim, Open, OpenParcels, PacketSplit, Parcel, ParcelKind, ParcelStatus, Person, Rows, Share,
};

const COLUMNS: &str = "parcels.parcel_id, kind, sender_id, sender_name, amount, split, note,
    secret_digest, sealed_secret, status, created_at, expires_at, ended_at, return_id,
    share_amount, claim_id, claimer_id, claimer_name, claimed_at";

/// Each parcel before its shares, which is also the order of their locks.
const SHARES: &str = "STRAIGHT_JOIN parcel_shares ON parcel_shares.parcel_id = parcels.parcel_id";

pub(super) fn select(ids: &str) -> String {
    format!(
        "SELECT {COLUMNS} FROM parcels {SHARES} WHERE parcels.parcel_id IN ({ids})
         ORDER BY parcels.parcel_id, share_number"
    )
}

pub(super) fn select_locked(ids: &str, lock: Lock) -> String {
    format!("{} {}", select(ids), lock.clause())
}

/// How many of a person's are open.
pub(crate) async fn count_open(tx: &mut Tx, sender: UserId) -> Result<u64, Error> {
    let open = ParcelStatus::Open.code();
    let sql = "SELECT COUNT(*) FROM parcels WHERE sender_id = ? AND status = ?";
    Ok(tx.exec_first(sql, (sender.uuid(), open)).await?.unwrap_or(0))
}

/// Writes parcels as they are now, new ones and others. What never changes is not updated.
pub(super) fn save(parcels: &Rows<Parcel>) -> String {
    let rows = parcels.changed().map(|parcel| {
        [
            sql::id(parcel.id),
            sql::text(parcel.kind.code()),
            sql::id(parcel.sender.id.uuid()),
            sql::text(&parcel.sender.name),
            parcel.amount.minor_units().to_string(),
            sql::text(parcel.amount.currency().code()),
            sql::text(parcel.split.code()),
            sql::optional_text(parcel.note.as_ref().map(Note::as_str)),
            sql::binary(&parcel.secret_digest),
            sql::binary(&parcel.sealed_secret),
            sql::text(parcel.status.code()),
            sql::time(parcel.created_at),
            sql::time(parcel.expires_at),
            sql::optional_time(parcel.ended_at),
            sql::optional_id(parcel.return_id),
        ]
        .join(", ")
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO parcels (parcel_id, kind, sender_id, sender_name, amount, currency, split,
             note, secret_digest, sealed_secret, status, created_at, expires_at, ended_at,
             return_id)
         VALUES {rows} ON DUPLICATE KEY UPDATE status = VALUES(status),
             ended_at = VALUES(ended_at), return_id = VALUES(return_id)"
    )
}

/// Writes those shares of them that are new or were taken. That nobody takes two is a key of the
/// table, too.
pub(super) fn save_shares(parcels: &Rows<Parcel>) -> String {
    let rows = parcels.changed_from().flat_map(|(before, parcel)| {
        let before = before.map_or(&[][..], |before| &before.shares);
        let numbered = (1_u32..).zip(&parcel.shares).enumerate();
        let is_changed =
            |(at, (_, share)): &(usize, (u32, &Share))| before.get(*at) != Some(*share);
        numbered.filter(is_changed).map(|(_, (number, share))| {
            let claim = share.claim.as_ref();
            [
                sql::id(parcel.id),
                number.to_string(),
                share.amount.minor_units().to_string(),
                sql::optional_id(claim.map(|claim| claim.id.uuid())),
                sql::optional_id(claim.map(|claim| claim.claimer.id.uuid())),
                sql::optional_text(claim.map(|claim| &*claim.claimer.name)),
                sql::optional_time(claim.map(|claim| claim.at)),
            ]
            .join(", ")
        })
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO parcel_shares (parcel_id, share_number, share_amount, claim_id, claimer_id,
             claimer_name, claimed_at)
         VALUES {rows} ON DUPLICATE KEY UPDATE claim_id = VALUES(claim_id),
             claimer_id = VALUES(claimer_id), claimer_name = VALUES(claimer_name),
             claimed_at = VALUES(claimed_at)"
    )
}

/// Counts the open parcels of those who make some, and what nobody has taken of them. Nobody has
/// more than `open_parcels::OF_SENDER_MAX`.
pub(super) fn select_open(senders: &BTreeSet<Uuid>) -> String {
    let senders = sql::ids(senders);
    format!(
        "SELECT sender_id, COUNT(DISTINCT parcels.parcel_id),
             CAST(SUM(share_amount) AS SIGNED) FROM parcels {SHARES}
         WHERE sender_id IN ({senders}) AND status = 'open' AND claim_id IS NULL
         GROUP BY sender_id"
    )
}

pub(super) fn read_open(rows: Vec<(Uuid, u32, i64)>) -> OpenParcels {
    OpenParcels::new(
        rows.into_iter().map(|(sender, parcels, unclaimed)| (sender, Open { parcels, unclaimed })),
    )
}

/// The parcel with this secret, whosever it is.
pub(crate) async fn find_parcel_by_secret(
    connection: &mut impl Queryable,
    kind: ParcelKind,
    id: Uuid,
    secret_digest: &SecretDigest,
) -> Result<Option<Parcel>, Error> {
    let wanted = "parcels.parcel_id = ? AND kind = ? AND secret_digest = ?";
    find(connection, wanted, (id, kind.code(), secret_digest.as_slice())).await
}

/// The parcel, if it is this person's.
pub(crate) async fn find_parcel_of(
    connection: &mut impl Queryable,
    kind: ParcelKind,
    id: Uuid,
    sender: UserId,
) -> Result<Option<Parcel>, Error> {
    let wanted = "parcels.parcel_id = ? AND kind = ? AND sender_id = ?";
    find(connection, wanted, (id, kind.code(), sender.uuid())).await
}

/// The parcel of which this person took this share.
pub(crate) async fn find_claimed_by(
    connection: &mut impl Queryable,
    id: ClaimId,
    claimer: UserId,
) -> Result<Option<Parcel>, Error> {
    let wanted = "parcels.parcel_id = (SELECT parent_id FROM operations
        WHERE operation_id = ? AND operations.kind = ? AND to_account_id = ?)";
    let claim = (id.uuid(), OperationKind::Claim.code(), claimer.uuid());
    find(connection, wanted, claim).await
}

async fn find(
    connection: &mut impl Queryable,
    wanted: &str,
    values: impl Into<mysql_async::Params> + Send,
) -> Result<Option<Parcel>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM parcels {SHARES} WHERE {wanted} ORDER BY share_number");
    let rows: Vec<Row> = connection.exec(sql, values).await?;
    Ok(read(rows)?.pop())
}

/// One page of the parcels that this person made.
pub(crate) async fn list_of_sender(
    connection: &mut impl Queryable,
    kind: ParcelKind,
    sender: UserId,
    paging: &Paging,
) -> Result<Vec<Parcel>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM (
             SELECT * FROM parcels
             WHERE sender_id = ? AND kind = ? AND parcel_id >= ? AND parcel_id < ?
             ORDER BY parcel_id DESC LIMIT ?
         ) AS parcels {SHARES} ORDER BY parcels.parcel_id DESC, share_number"
    );
    let page = (sender.uuid(), kind.code(), paging.from_id(), paging.before_id(), paging.rows());
    read(connection.exec(sql, page).await?)
}

/// Forgets the sealed secrets of up to `limit` parcels with ids of this range: who made them cannot
/// ask for them again. Returns how many there were.
pub(crate) async fn forget_secrets(
    conn: &mut Conn,
    from: Uuid,
    before: Uuid,
    limit: u32,
) -> Result<u64, Error> {
    let sql = "UPDATE parcels SET sealed_secret = '' WHERE parcel_id >= ? AND parcel_id < ?
         AND sealed_secret <> '' LIMIT ?";
    conn.exec_drop(sql, (from, before, limit)).await?;
    Ok(conn.affected_rows())
}

/// Of rows in the order of parcels, a row for each share.
pub(super) fn read(rows: Vec<Row>) -> Result<Vec<Parcel>, Error> {
    let mut parcels: Vec<Parcel> = Vec::new();
    for mut row in rows {
        let id: Uuid = take(&mut row, "parcel_id")?;
        let share = share(&mut row)?;
        match parcels.last_mut().filter(|last| last.id == id) {
            Some(parcel) => parcel.shares.push(share),
            None => parcels.push(parcel(id, share, row)?),
        }
    }
    Ok(parcels)
}

fn share(row: &mut Row) -> Result<Share, Error> {
    let claim_id: Option<Uuid> = take(row, "claim_id")?;
    let claim = claim_id.map(|id| -> Result<Claim, Error> {
        let at: PrimitiveDateTime = take(row, "claimed_at")?;
        Ok(Claim {
            id: ClaimId::from_uuid(id),
            claimer: person(row, ["claimer_id", "claimer_name"])?,
            at: at.assume_utc(),
        })
    });
    let claim = claim.transpose()?;
    Ok(Share { amount: money(take(row, "share_amount")?)?, claim })
}

fn person(row: &mut Row, [id, name]: [&str; 2]) -> Result<Person, Error> {
    Ok(Person { id: UserId::from_uuid(take(row, id)?), name: take(row, name)? })
}

fn parcel(id: Uuid, first: Share, mut row: Row) -> Result<Parcel, Error> {
    let corrupt = || unreadable("a parcel");
    let (kind, split): (String, String) = (take(&mut row, "kind")?, take(&mut row, "split")?);
    let status: String = take(&mut row, "status")?;
    let note: Option<String> = take(&mut row, "note")?;
    let digest: Vec<u8> = take(&mut row, "secret_digest")?;
    let created_at: PrimitiveDateTime = take(&mut row, "created_at")?;
    let expires_at: PrimitiveDateTime = take(&mut row, "expires_at")?;
    let ended_at: Option<PrimitiveDateTime> = take(&mut row, "ended_at")?;
    Ok(Parcel {
        id,
        kind: ParcelKind::from_code(&kind).ok_or_else(corrupt)?,
        sender: person(&mut row, ["sender_id", "sender_name"])?,
        amount: money(take(&mut row, "amount")?)?,
        split: PacketSplit::from_code(&split).ok_or_else(corrupt)?,
        shares: vec![first],
        note: note.map(|text| text.try_into().map_err(|_| corrupt())).transpose()?,
        secret_digest: digest.try_into().map_err(|_| corrupt())?,
        sealed_secret: take(&mut row, "sealed_secret")?,
        status: ParcelStatus::from_code(&status).ok_or_else(corrupt)?,
        created_at: created_at.assume_utc(),
        expires_at: expires_at.assume_utc(),
        ended_at: ended_at.map(PrimitiveDateTime::assume_utc),
        return_id: take(&mut row, "return_id")?,
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use values::Money;

    use super::*;

    #[test]
    fn a_claim_writes_its_own_share_and_a_new_parcel_all_of_them() {
        let at = datetime!(2026-11-28 11:05 UTC);
        let share = Share { amount: Money::hkd(5).unwrap(), claim: None };
        let made = Parcel {
            id: Uuid::now_v7(),
            kind: ParcelKind::RedPacket,
            sender: Person { id: UserId::new(), name: String::new() },
            amount: Money::hkd(15).unwrap(),
            split: PacketSplit::Equal,
            shares: vec![share; 3],
            note: None,
            secret_digest: [7; 32],
            sealed_secret: Vec::new(),
            status: ParcelStatus::Open,
            created_at: at,
            expires_at: at,
            ended_at: None,
            return_id: None,
        };
        let written = |rows: &Rows<Parcel>| save_shares(rows).matches(&sql::id(made.id)).count();
        let mut rows = Rows::new(Vec::new());
        rows.save(vec![made.clone()]);
        assert_eq!(written(&rows), 3);
        let mut rows = Rows::new(vec![made.clone()]);
        let mut parcel = made.clone();
        for (taken, name) in [(1, "小明"), (2, "大文")] {
            let claimer = Person { id: UserId::new(), name: name.to_owned() };
            parcel.shares[taken].claim = Some(Claim { id: ClaimId::new(), claimer, at });
            // Also of several in one transaction, each is written.
            rows.save(vec![parcel.clone()]);
            assert_eq!(written(&rows), taken);
        }
        assert!(!save_shares(&rows).contains(&format!("{}, 1, ", sql::id(made.id))));
        rows.save(vec![made.clone()]);
        assert_eq!(save_shares(&rows), "");
    }
}
