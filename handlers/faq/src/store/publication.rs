//! Articles as they are published.

use std::fmt::Write;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::{Tx, bytes_literal};
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::domain::{Article, Posting, Text, Word};

/// Rows of the index that one statement writes.
const ROWS_MAX: usize = 1_000;
/// The one row of `publications`.
const PUBLICATION: u8 = 1;

/// An article that was published before.
pub(crate) struct Published {
    pub(crate) article_id: u32,
    pub(crate) slug: String,
    version: u32,
    digest: Vec<u8>,
    withdrawn: bool,
}

impl Published {
    /// Whether people read the article with this digest now.
    pub(crate) fn is_same(&self, digest: &[u8]) -> bool {
        !self.withdrawn && self.digest == digest
    }
}

/// What was published last, empty if nothing was. Nobody else publishes until the transaction ends.
pub(crate) async fn lock_publication(tx: &mut Tx) -> Result<Vec<u8>, Error> {
    tx.exec_drop(
        "INSERT INTO publications (publication_id, digest) VALUES (?, '')
         ON DUPLICATE KEY UPDATE publication_id = VALUES(publication_id)",
        (PUBLICATION,),
    )
    .await?;
    let sql = "SELECT digest FROM publications WHERE publication_id = ? FOR UPDATE";
    Ok(tx.exec_first(sql, (PUBLICATION,)).await?.unwrap_or_default())
}

pub(crate) async fn save_publication(tx: &mut Tx, digest: &[u8]) -> Result<(), Error> {
    let sql = "UPDATE publications SET digest = ? WHERE publication_id = ?";
    tx.exec_drop(sql, (digest, PUBLICATION)).await
}

pub(crate) async fn list_published(tx: &mut Tx) -> Result<Vec<Published>, Error> {
    let sql = "SELECT article_id, slug, version, digest, withdrawn FROM articles";
    tx.query_map(sql, |(article_id, slug, version, digest, withdrawn)| Published {
        article_id,
        slug,
        version,
        digest,
        withdrawn,
    })
    .await
}

/// The id of the new article.
pub(crate) async fn insert_article(
    tx: &mut Tx,
    article: &Article,
    now: OffsetDateTime,
) -> Result<u32, Error> {
    tx.exec_drop(
        "INSERT INTO articles (slug, category, weight, related, version, digest, updated_at)
         VALUES (?, ?, ?, ?, 1, ?, ?)",
        (
            article.slug.as_str(),
            article.category.code(),
            article.weight,
            article.related_list(),
            article.digest(),
            stored(now),
        ),
    )
    .await?;
    let article_id = tx.last_insert_id().and_then(|id| u32::try_from(id).ok());
    let article_id = article_id.ok_or_else(|| Error::Other("an article has no id".into()))?;
    insert_texts(tx, article_id, 1, article, now).await?;
    Ok(article_id)
}

/// The next version of an article; its id.
pub(crate) async fn update_article(
    tx: &mut Tx,
    known: &Published,
    article: &Article,
    now: OffsetDateTime,
) -> Result<u32, Error> {
    let version = known.version.saturating_add(1);
    tx.exec_drop(
        "UPDATE articles SET category = ?, weight = ?, related = ?, version = ?, digest = ?,
             updated_at = ?, withdrawn = FALSE
         WHERE article_id = ?",
        (
            article.category.code(),
            article.weight,
            article.related_list(),
            version,
            article.digest(),
            stored(now),
            known.article_id,
        ),
    )
    .await?;
    insert_texts(tx, known.article_id, version, article, now).await?;
    Ok(known.article_id)
}

pub(crate) async fn withdraw_article(tx: &mut Tx, article_id: u32) -> Result<(), Error> {
    let sql = "UPDATE articles SET withdrawn = TRUE WHERE article_id = ?";
    tx.exec_drop(sql, (article_id,)).await
}

async fn insert_texts(
    tx: &mut Tx,
    article_id: u32,
    version: u32,
    article: &Article,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let row = |text: &Text| {
        let (language, title, body) = (text.language.code(), text.title.clone(), text.body.clone());
        (article_id, version, language, title, body, stored(now))
    };
    tx.exec_batch(
        "INSERT INTO article_texts (article_id, version, language, title, body, published_at)
         VALUES (?, ?, ?, ?, ?, ?)",
        article.texts.iter().map(row).collect::<Vec<_>>(),
    )
    .await
}

/// Replaces the whole index. `article_ids` are those of the postings' articles.
pub(crate) async fn replace_index(
    tx: &mut Tx,
    postings: &[Posting],
    words: &[Word],
    article_ids: &[u32],
) -> Result<(), Error> {
    tx.query_drop("DELETE FROM search_terms").await?;
    tx.query_drop("DELETE FROM search_words").await?;
    for chunk in postings.chunks(ROWS_MAX) {
        let row = |posting: &Posting| {
            let article_id = article_ids.get(posting.article).copied().unwrap_or_default();
            let term = bytes_literal(posting.term.as_bytes());
            format!("({term}, {article_id}, {:.4})", posting.impact)
        };
        let sql = "INSERT INTO search_terms (term, article_id, impact) VALUES ";
        insert_rows(tx, sql, chunk.iter().map(row)).await?;
    }
    for chunk in words.chunks(ROWS_MAX) {
        let row = |word: &Word| {
            let Word { word, characters, letters } = word;
            format!("({}, {characters}, {letters})", bytes_literal(word.as_bytes()))
        };
        let sql = "INSERT INTO search_words (word, characters, letters) VALUES ";
        insert_rows(tx, sql, chunk.iter().map(row)).await?;
    }
    Ok(())
}

async fn insert_rows(
    tx: &mut Tx,
    sql: &str,
    rows: impl Iterator<Item = String>,
) -> Result<(), Error> {
    let mut statement = sql.to_owned();
    for (row, separator) in rows.zip(std::iter::once("").chain(std::iter::repeat(", "))) {
        // Writing into a string cannot fail.
        let _ = write!(statement, "{separator}{row}");
    }
    tx.query_drop(statement).await
}

const fn stored(moment: OffsetDateTime) -> PrimitiveDateTime {
    PrimitiveDateTime::new(moment.date(), moment.time())
}
