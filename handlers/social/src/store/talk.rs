//! Payments between people, and what is said of them. Who may see one, and so whose words are shown
//! on it, stands in `may_see`, for readers and authors alike.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Params, Row, Value};
use service::Paging;
use service::database::Tx;
use time::OffsetDateTime;
use uuid::Uuid;
use values::{Comment, CommentId, PeerPaymentId, UserId};

use super::{stored, take, take_time, unreadable};
use crate::domain::Reaction;

/// Friends of a person who are told at once of what that person shows.
const ONLOOKERS_MAX: u32 = 500;

/// Who has said something, as a reader sees them.
pub(crate) struct Author {
    pub(crate) user_id: UserId,
    /// Empty if they have not chosen one.
    pub(crate) name: String,
    /// Whether they are who reads it, or a friend.
    pub(crate) is_near: bool,
}

pub(crate) struct ListedReaction {
    pub(crate) by: Author,
    pub(crate) reaction: Reaction,
    pub(crate) place: Uuid,
    pub(crate) reacted_at: OffsetDateTime,
}

pub(crate) struct ListedComment {
    pub(crate) id: CommentId,
    pub(crate) by: Author,
    pub(crate) words: Comment,
    pub(crate) commented_at: OffsetDateTime,
}

/// The money of a payment has moved between these two.
pub(crate) async fn save_peer_payment(
    tx: &mut Tx,
    id: PeerPaymentId,
    [payer, payee]: [UserId; 2],
    is_for_friends: bool,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO peer_payments (peer_payment_id, payer_id, payee_id, is_for_friends, is_hidden)
         VALUES (?, ?, ?, ?, FALSE)
         ON DUPLICATE KEY UPDATE payer_id = VALUES(payer_id), payee_id = VALUES(payee_id),
             is_for_friends = VALUES(is_for_friends)",
        (id.uuid(), payer.uuid(), payee.uuid(), is_for_friends),
    )
    .await
}

/// A payment was made private, which it stays, whether or not its money has been heard of.
pub(crate) async fn hide_peer_payment(tx: &mut Tx, id: PeerPaymentId) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO peer_payments (peer_payment_id, payer_id, payee_id, is_for_friends, is_hidden)
         VALUES (?, NULL, NULL, FALSE, TRUE) ON DUPLICATE KEY UPDATE is_hidden = TRUE",
        (id.uuid(),),
    )
    .await
}

/// The friends of payer and payee who may see the payment, but for those of somebody who has more
/// than [`ONLOOKERS_MAX`]: they see it when they look.
pub(crate) async fn list_onlookers(tx: &mut Tx, id: PeerPaymentId) -> Result<Vec<UserId>, Error> {
    let friends = |own: &str, other: &str, of: &str| {
        format!(
            "(SELECT f.{other}_id AS user_id FROM peer_payments q JOIN friendships f
                 ON f.{own}_id = q.{of} AND f.{own}_sees = 'friend'
              WHERE q.peer_payment_id = :id AND q.is_for_friends AND NOT q.is_hidden
                  AND (SELECT COUNT(*) FROM friendships WHERE first_id = q.{of}
                          AND first_sees = 'friend')
                      + (SELECT COUNT(*) FROM friendships WHERE second_id = q.{of}
                          AND second_sees = 'friend') <= {ONLOOKERS_MAX})"
        )
    };
    let parts = ["payer_id", "payee_id"]
        .map(|of| [friends("first", "second", of), friends("second", "first", of)].join(" UNION "));
    let sql = format!(
        "SELECT t.user_id FROM peer_payments p JOIN ({}) AS t
         WHERE p.peer_payment_id = :id AND t.user_id NOT IN (p.payer_id, p.payee_id) AND {}
         ORDER BY t.user_id",
        parts.join(" UNION "),
        may_see("t.user_id"),
    );
    let values = vec![("id".to_owned(), Value::from(id.uuid()))];
    let ids: Vec<Uuid> = tx.exec(sql, Params::from(values)).await?;
    Ok(ids.into_iter().map(UserId::from_uuid).collect())
}

/// That `who`, an SQL expression, may see the payment `p`: its payer and its payee, and while it is
/// for friends the friends of either, unless there is a block between them and either.
pub(super) fn may_see(who: &str) -> String {
    let is_friend = |of: &str| are_friends(who, of);
    let are_apart = |of: &str| are_apart(who, of);
    format!(
        "({who} IN (p.payer_id, p.payee_id) OR (p.is_for_friends AND NOT p.is_hidden
          AND ({} OR {}) AND NOT {} AND NOT {}))",
        is_friend("p.payer_id"),
        is_friend("p.payee_id"),
        are_apart("p.payer_id"),
        are_apart("p.payee_id"),
    )
}

pub(super) fn are_friends(one: &str, other: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM friendships WHERE first_id = LEAST({one}, {other})
             AND second_id = GREATEST({one}, {other}) AND first_sees = 'friend')"
    )
}

fn are_apart(one: &str, other: &str) -> String {
    format!("({} OR {})", blocks(one, other), blocks(other, one))
}

fn blocks(blocker: &str, blocked: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM blocks WHERE blocker_id = {blocker} AND blocked_id = {blocked}
             AND is_blocked)"
    )
}

/// That what `author` says of the payment `p` is shown to `reader`. Its payer and payee see the
/// payment whatever stands between them, so of these two only who blocks misses what the other
/// says: the other would learn of it.
pub(super) fn is_shown(reader: &str, author: &str) -> String {
    format!(
        "{} AND NOT {} AND NOT ({} AND NOT ({reader} IN (p.payer_id, p.payee_id)
             AND {author} IN (p.payer_id, p.payee_id)))",
        may_see(author),
        blocks(reader, author),
        blocks(author, reader),
    )
}

fn named(id: PeerPaymentId, reader: UserId) -> Vec<(String, Value)> {
    vec![("id".to_owned(), id.uuid().into()), ("reader".to_owned(), reader.uuid().into())]
}

fn paged(id: PeerPaymentId, reader: UserId, before: Uuid, rows: usize) -> Params {
    let mut values = named(id, reader);
    values.push(("before".to_owned(), before.into()));
    values.push(("rows".to_owned(), rows.into()));
    Params::from(values)
}

/// Between whom the payment is, if `reader` may see it.
pub(crate) async fn find_between(
    connection: &mut impl Queryable,
    id: PeerPaymentId,
    reader: UserId,
) -> Result<Option<[UserId; 2]>, Error> {
    between(connection, id, reader, "").await
}

/// The same, locked: nobody else comments on it until the transaction ends.
pub(crate) async fn lock_between(
    tx: &mut Tx,
    id: PeerPaymentId,
    reader: UserId,
) -> Result<Option<[UserId; 2]>, Error> {
    between(tx, id, reader, "FOR UPDATE").await
}

async fn between(
    connection: &mut impl Queryable,
    id: PeerPaymentId,
    reader: UserId,
    lock: &str,
) -> Result<Option<[UserId; 2]>, Error> {
    let sql = format!(
        "SELECT payer_id, payee_id FROM peer_payments p
         WHERE peer_payment_id = :id AND payer_id IS NOT NULL AND {} {lock}",
        may_see(":reader")
    );
    let row: Option<(Uuid, Uuid)> =
        connection.exec_first(sql, Params::from(named(id, reader))).await?;
    Ok(row.map(|(payer, payee)| [payer, payee].map(UserId::from_uuid)))
}

/// Whether they showed none before.
pub(crate) async fn save_reaction(
    tx: &mut Tx,
    id: PeerPaymentId,
    user_id: UserId,
    reaction: Reaction,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    tx.exec_drop(
        "INSERT INTO reactions (peer_payment_id, user_id, reaction, place, reacted_at)
         VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE reaction = VALUES(reaction)",
        (id.uuid(), user_id.uuid(), reaction.code(), Uuid::now_v7(), stored(now)),
    )
    .await?;
    // Of a row that is changed MySQL says two, of one that is as it was none.
    Ok(tx.affected_rows() == 1)
}

pub(crate) async fn delete_reaction(
    connection: &mut impl Queryable,
    id: PeerPaymentId,
    user_id: UserId,
) -> Result<(), Error> {
    let sql = "DELETE FROM reactions WHERE peer_payment_id = ? AND user_id = ?";
    connection.exec_drop(sql, (id.uuid(), user_id.uuid())).await
}

/// A page of the reactions that are shown to `reader`.
pub(crate) async fn list_reactions(
    connection: &mut impl Queryable,
    id: PeerPaymentId,
    reader: UserId,
    paging: &Paging,
) -> Result<Vec<ListedReaction>, Error> {
    let sql = format!(
        "SELECT r.user_id, COALESCE(display_name, '') AS name,
             r.user_id = :reader OR {} AS is_near, reaction, place, reacted_at
         FROM reactions r JOIN peer_payments p USING (peer_payment_id)
         LEFT JOIN people ON people.user_id = r.user_id
         WHERE r.peer_payment_id = :id AND place < :before AND {}
         ORDER BY place DESC LIMIT :rows",
        are_friends("r.user_id", ":reader"),
        is_shown(":reader", "r.user_id")
    );
    let page = paged(id, reader, paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    let reaction = |mut row: Row| {
        let reaction: String = take(&mut row, "reaction")?;
        Ok(ListedReaction {
            by: author(&mut row)?,
            reaction: Reaction::from_code(&reaction).ok_or_else(|| unreadable("a reaction"))?,
            place: take(&mut row, "place")?,
            reacted_at: take_time(&mut row, "reacted_at")?,
        })
    };
    rows.into_iter().map(reaction).collect()
}

pub(crate) async fn insert_comment(
    tx: &mut Tx,
    id: CommentId,
    of: PeerPaymentId,
    author_id: UserId,
    words: &Comment,
    now: OffsetDateTime,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO comments (comment_id, peer_payment_id, author_id, words, commented_at)
         VALUES (?, ?, ?, ?, ?)",
        (id.uuid(), of.uuid(), author_id.uuid(), words.as_str(), stored(now)),
    )
    .await
}

/// The comments on a payment that its author is shown, who could not make room otherwise, and their
/// own.
pub(crate) async fn count_comments(
    tx: &mut Tx,
    id: PeerPaymentId,
    author_id: UserId,
) -> Result<(u32, u32), Error> {
    let sql = format!(
        "SELECT COUNT(*), COUNT(IF(c.author_id = :reader, 1, NULL)) FROM comments c
         JOIN peer_payments p USING (peer_payment_id)
         WHERE c.peer_payment_id = :id AND (c.author_id = :reader OR {})",
        is_shown(":reader", "c.author_id")
    );
    let counts = tx.exec_first(sql, Params::from(named(id, author_id))).await?;
    counts.ok_or_else(|| unreadable("a count"))
}

/// Who has written a comment and between whom the payment is, if `reader` may see both.
pub(crate) async fn find_comment(
    tx: &mut Tx,
    id: CommentId,
    reader: UserId,
) -> Result<Option<(UserId, [UserId; 2])>, Error> {
    let sql = format!(
        "SELECT author_id, payer_id, payee_id FROM comments c
         JOIN peer_payments p USING (peer_payment_id)
         WHERE comment_id = :id AND (author_id = :reader OR {} AND {})",
        may_see(":reader"),
        is_shown(":reader", "c.author_id")
    );
    let values: Vec<(String, Value)> =
        vec![("id".to_owned(), id.uuid().into()), ("reader".to_owned(), reader.uuid().into())];
    let row: Option<(Uuid, Uuid, Uuid)> = tx.exec_first(sql, Params::from(values)).await?;
    Ok(row.map(|(author, payer, payee)| {
        (UserId::from_uuid(author), [payer, payee].map(UserId::from_uuid))
    }))
}

pub(crate) async fn delete_comment(tx: &mut Tx, id: CommentId) -> Result<(), Error> {
    tx.exec_drop("DELETE FROM comments WHERE comment_id = ?", (id.uuid(),)).await
}

/// A page of the comments that are shown to `reader`.
pub(crate) async fn list_comments(
    connection: &mut impl Queryable,
    id: PeerPaymentId,
    reader: UserId,
    paging: &Paging,
) -> Result<Vec<ListedComment>, Error> {
    let sql = format!(
        "SELECT c.author_id AS user_id, COALESCE(display_name, '') AS name,
             c.author_id = :reader OR {} AS is_near, comment_id, words, commented_at
         FROM comments c JOIN peer_payments p USING (peer_payment_id)
         LEFT JOIN people ON people.user_id = c.author_id
         WHERE c.peer_payment_id = :id AND comment_id < :before AND {}
         ORDER BY comment_id DESC LIMIT :rows",
        are_friends("c.author_id", ":reader"),
        is_shown(":reader", "c.author_id")
    );
    let page = paged(id, reader, paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    let comment = |mut row: Row| {
        let words: String = take(&mut row, "words")?;
        Ok(ListedComment {
            id: CommentId::from_uuid(take(&mut row, "comment_id")?),
            by: author(&mut row)?,
            words: words.try_into().map_err(|_| unreadable("a comment"))?,
            commented_at: take_time(&mut row, "commented_at")?,
        })
    };
    rows.into_iter().map(comment).collect()
}

fn author(row: &mut Row) -> Result<Author, Error> {
    Ok(Author {
        user_id: UserId::from_uuid(take(row, "user_id")?),
        name: take(row, "name")?,
        is_near: take(row, "is_near")?,
    })
}
