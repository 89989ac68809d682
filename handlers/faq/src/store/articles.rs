//! Articles as they are read: those that are not withdrawn, in their present version.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, params};
use service::Paging;
use time::{OffsetDateTime, PrimitiveDateTime};
use values::Language;

use crate::domain::{Category, Slug};

/// An article in a list.
pub(crate) struct Summary {
    article_id: u32,
    weight: u16,
    pub(crate) slug: Slug,
    pub(crate) category: Category,
    pub(crate) title: String,
}

impl Summary {
    /// Where it stands in lists, the greatest first.
    pub(crate) fn place(&self) -> u64 {
        u64::from(self.weight) << 32 | u64::from(self.article_id)
    }
}

/// An article that is read.
pub(crate) struct Reading {
    pub(crate) slug: Slug,
    pub(crate) category: Category,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) version: u32,
    pub(crate) updated_at: OffsetDateTime,
    pub(crate) related: Vec<Slug>,
}

type ReadingRow = (String, String, String, String, u32, PrimitiveDateTime, String, u32);

const SUMMARIES: &str = "
    SELECT a.article_id, a.weight, a.slug, a.category, t.title
    FROM articles a JOIN article_texts t
      ON t.article_id = a.article_id AND t.version = a.version AND t.language = :language
    WHERE NOT a.withdrawn";
const READINGS: &str = "
    SELECT a.slug, a.category, t.title, t.body, a.version, a.updated_at, a.related, a.article_id
    FROM articles a JOIN article_texts t
      ON t.article_id = a.article_id AND t.version = a.version AND t.language = :language
    WHERE NOT a.withdrawn";

pub(crate) async fn count_by_category(
    connection: &mut impl Queryable,
) -> Result<Vec<(Category, u32)>, Error> {
    let sql = "SELECT category, COUNT(*) FROM articles WHERE NOT withdrawn GROUP BY category";
    let rows: Vec<(String, u32)> = connection.query(sql).await?;
    rows.into_iter().map(|(code, count)| Ok((category(&code)?, count))).collect()
}

/// A page of them, of a category or all.
pub(crate) async fn list_articles(
    connection: &mut impl Queryable,
    language: Language,
    category: Option<Category>,
    paging: &Paging,
) -> Result<Vec<Summary>, Error> {
    let sql = format!(
        "{SUMMARIES} AND (:category IS NULL OR a.category = :category)
             AND a.weight * 4294967296 + a.article_id < :before
         ORDER BY a.weight DESC, a.article_id DESC LIMIT :rows"
    );
    let parameters = params! {
        "language" => language.code(),
        "category" => category.map(Category::code),
        "before" => paging.before_number(),
        "rows" => paging.rows(),
    };
    summaries(connection.exec(sql, parameters).await?)
}

/// Those of these slugs that are there, in this order.
pub(crate) async fn list_by_slug(
    connection: &mut impl Queryable,
    language: Language,
    slugs: &[Slug],
) -> Result<Vec<Summary>, Error> {
    let mut found = Vec::new();
    if !slugs.is_empty() {
        let list = slugs.iter().map(Slug::as_str).collect::<Vec<&str>>().join(",");
        let sql = format!("{SUMMARIES} AND FIND_IN_SET(a.slug, :list)");
        let parameters = params! {"language" => language.code(), "list" => list};
        found = summaries(connection.exec(sql, parameters).await?)?;
        found.sort_by_key(|summary| slugs.iter().position(|slug| *slug == summary.slug));
    }
    Ok(found)
}

pub(crate) async fn find_article(
    connection: &mut impl Queryable,
    slug: &Slug,
    language: Language,
) -> Result<Option<Reading>, Error> {
    let sql = format!("{READINGS} AND a.slug = :slug");
    let parameters = params! {"language" => language.code(), "slug" => slug.as_str()};
    let row: Option<ReadingRow> = connection.exec_first(sql, parameters).await?;
    row.map(|row| Ok(reading(row)?.1)).transpose()
}

/// Those of these ids that are there, in this order.
pub(crate) async fn list_by_id(
    connection: &mut impl Queryable,
    language: Language,
    article_ids: &[u32],
) -> Result<Vec<Reading>, Error> {
    if article_ids.is_empty() {
        return Ok(Vec::new());
    }
    let list = article_ids.iter().map(u32::to_string).collect::<Vec<String>>().join(",");
    let sql = format!("{READINGS} AND FIND_IN_SET(a.article_id, :list)");
    let parameters = params! {"language" => language.code(), "list" => list};
    let rows: Vec<ReadingRow> = connection.exec(sql, parameters).await?;
    let mut found: Vec<(u32, Reading)> =
        rows.into_iter().map(reading).collect::<Result<_, Error>>()?;
    found.sort_by_key(|(found, _)| article_ids.iter().position(|wanted| wanted == found));
    Ok(found.into_iter().map(|(_, reading)| reading).collect())
}

pub(super) fn summaries(
    rows: Vec<(u32, u16, String, String, String)>,
) -> Result<Vec<Summary>, Error> {
    let summary = |(article_id, weight, slug, code, title): (_, _, String, String, _)| {
        let category = category(&code)?;
        Ok(Summary { article_id, weight, slug: parsed(&slug)?, category, title })
    };
    rows.into_iter().map(summary).collect()
}

fn reading(row: ReadingRow) -> Result<(u32, Reading), Error> {
    let (slug, code, title, body, version, updated_at, related, article_id) = row;
    let related = related.split(',').map(parsed).collect::<Result<_, Error>>()?;
    let (slug, category, updated_at) = (parsed(&slug)?, category(&code)?, updated_at.assume_utc());
    Ok((article_id, Reading { slug, category, title, body, version, updated_at, related }))
}

fn category(code: &str) -> Result<Category, Error> {
    Category::from_code(code).ok_or_else(|| Error::Other(format!("no category {code}").into()))
}

fn parsed(slug: &str) -> Result<Slug, Error> {
    slug.parse().map_err(|error: <Slug as std::str::FromStr>::Err| Error::Other(error.into()))
}
