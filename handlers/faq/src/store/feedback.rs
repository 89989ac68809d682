//! What people think of articles.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, params};
use service::database::Tx;
use time::Date;
use values::Language;

use super::articles::{Summary, summaries};
use crate::domain::{Day, Opinion, Slug, Voter, Votes};

/// Rows of earlier days that each vote deletes: more than it adds, and never many.
const DELETED_MAX: u32 = 100;

pub(crate) async fn find_article_id(
    connection: &mut impl Queryable,
    slug: &Slug,
) -> Result<Option<u32>, Error> {
    let sql = "SELECT article_id FROM articles WHERE slug = ? AND NOT withdrawn";
    connection.exec_first(sql, (slug.as_str(),)).await
}

/// The salt of a day: the fresh one of whoever asks first, and with that those of all days before
/// are gone.
pub(crate) async fn take_salt(
    connection: &mut impl Queryable,
    day: Day,
    fresh: &[u8],
) -> Result<Vec<u8>, Error> {
    let find = "SELECT salt FROM feedback_salts WHERE day = ?";
    if let Some(salt) = connection.exec_first(find, (day.0,)).await? {
        return Ok(salt);
    }
    let made = "INSERT INTO feedback_salts (day, salt) VALUES (?, ?)
                ON DUPLICATE KEY UPDATE day = VALUES(day)";
    connection.exec_drop(made, (day.0, fresh)).await?;
    connection.exec_drop("DELETE FROM feedback_salts WHERE day < ?", (day.0,)).await?;
    let salt = connection.exec_first(find, (day.0,)).await?;
    salt.ok_or_else(|| Error::Other("another instance has a later day".into()))
}

/// Whether this voter had not voted for this article today.
pub(crate) async fn insert_voter(
    tx: &mut Tx,
    day: Day,
    voter: Voter,
    article_id: u32,
) -> Result<bool, Error> {
    tx.exec_drop(
        "INSERT INTO feedback_voters (day, voter, article_id) VALUES (?, ?, ?)
         ON DUPLICATE KEY UPDATE day = VALUES(day)",
        (day.0, voter.0, article_id),
    )
    .await?;
    Ok(tx.affected_rows() == 1)
}

/// How many have voted today, before the one that was just inserted.
pub(crate) async fn count_votes(tx: &mut Tx, day: Day, voter: Voter) -> Result<Votes, Error> {
    let counts: Option<(u64, u64)> = tx
        .exec_first(
            "SELECT (SELECT COUNT(*) - 1 FROM feedback_voters WHERE day = :day AND voter = :voter),
                 (SELECT CAST(COALESCE(SUM(votes), 0) AS UNSIGNED) FROM feedback_counts
                  WHERE day = :day)",
            params! {"day" => day.0, "voter" => voter.0},
        )
        .await?;
    let (of_voter, of_all) = counts.unwrap_or_default();
    Ok(Votes { of_voter, of_all })
}

/// Counts an opinion, and forgets some of what is too old.
pub(crate) async fn add_vote(
    tx: &mut Tx,
    day: Day,
    article_id: u32,
    opinion: Opinion,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO feedback_counts (day, article_id, opinion, votes) VALUES (?, ?, ?, 1)
         ON DUPLICATE KEY UPDATE votes = votes + 1",
        (day.0, article_id, opinion.code()),
    )
    .await?;
    let voters = format!("DELETE FROM feedback_voters WHERE day < ? LIMIT {DELETED_MAX}");
    tx.exec_drop(voters, (day.0,)).await?;
    let counts = format!("DELETE FROM feedback_counts WHERE day < ? LIMIT {DELETED_MAX}");
    tx.exec_drop(counts, (day.kept_from(),)).await
}

/// The articles that are liked most: by opinions of this day and later, good less bad.
pub(crate) async fn list_popular(
    connection: &mut impl Queryable,
    language: Language,
    from: Date,
    most: u32,
) -> Result<Vec<Summary>, Error> {
    let parameters = params! {
        "language" => language.code(),
        "from" => from,
        "helpful" => Opinion::Helpful.code(),
        "most" => most,
    };
    let rows = connection
        .exec(
            "SELECT a.article_id, a.weight, a.slug, a.category, t.title
             FROM articles a
             JOIN article_texts t
               ON t.article_id = a.article_id AND t.version = a.version AND t.language = :language
             LEFT JOIN (
                 SELECT article_id,
                     SUM(CASE opinion WHEN :helpful THEN 1 ELSE -1 END * CAST(votes AS SIGNED))
                         AS liking
                 FROM feedback_counts WHERE day >= :from GROUP BY article_id
             ) f ON f.article_id = a.article_id
             WHERE NOT a.withdrawn
             ORDER BY COALESCE(f.liking, 0) DESC, a.weight DESC, a.article_id DESC LIMIT :most",
            parameters,
        )
        .await?;
    summaries(rows)
}
