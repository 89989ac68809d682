//! Somebody reads an article.

use serde::Serialize;
use service::{Error, Id, Public, Query};
use utoipa::ToSchema;
use values::{Language, Timestamp};

use super::{ArticleSummaryBody, InLanguage, wanted};
use crate::domain::{Category, NO_ARTICLE, Slug};
use crate::{App, store};

/// An article.
#[derive(Serialize, ToSchema)]
pub(crate) struct ArticleBody {
    slug: Slug,
    category: Category,
    language: Language,
    title: String,
    /// Text without markup: an empty line stands between paragraphs and lists. Lines of a list
    /// begin with `- `, or with a number, a point and a space.
    #[schema(example = "You can pay in two ways:\n\n1. Scan the code.\n2. Open the link.")]
    body: String,
    /// Counts the changes of the article in any language, from 1.
    version: u32,
    updated_at: Timestamp,
    /// What to read next.
    related: Vec<ArticleSummaryBody>,
}

pub(crate) async fn read_article(
    app: App,
    Id(slug): Id<Slug>,
    header: Language,
    Query(query): Query<InLanguage>,
) -> Result<Public<ArticleBody>, Error> {
    let language = wanted(query.language, header);
    let mut conn = app.database.conn().await?;
    let found = store::articles::find_article(&mut conn, &slug, language).await?;
    let article = found.ok_or(NO_ARTICLE)?;
    let related = store::articles::list_by_slug(&mut conn, language, &article.related).await?;
    let body = ArticleBody {
        slug,
        category: article.category,
        language,
        title: article.title,
        body: article.body,
        version: article.version,
        updated_at: article.updated_at.into(),
        related: related.into_iter().map(Into::into).collect(),
    };
    Ok(Public { language, body })
}
