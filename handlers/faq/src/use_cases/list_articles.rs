//! Somebody goes through the articles, of a category or all.

use serde::{Deserialize, Serialize};
use service::{Error, List, Page, Public};
use utoipa::{IntoParams, ToSchema};
use values::Language;

use super::wanted;
use crate::domain::{Category, Slug};
use crate::store::articles::Summary;
use crate::{App, store};

/// All read the same list.
const ANYBODY: &str = "anybody";

/// Which articles.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListArticles {
    /// About this only.
    #[param(inline)]
    category: Option<Category>,
    /// The language to read in. Name it: caches keep what is public by path and query, and Front
    /// Door does not pass Accept-Language on, which counts if this is absent.
    #[param(inline)]
    language: Option<Language>,
}

/// An article in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct ArticleSummaryBody {
    slug: Slug,
    category: Category,
    title: String,
}

impl From<Summary> for ArticleSummaryBody {
    fn from(summary: Summary) -> Self {
        let Summary { slug, category, title, .. } = summary;
        Self { slug, category, title }
    }
}

/// The weightiest first, of equals the newest: writers put what is asked most often first.
pub(crate) async fn list_articles(
    app: App,
    header: Language,
    list: List<ListArticles>,
) -> Result<Public<Page<ArticleSummaryBody>>, Error> {
    let language = wanted(list.filter.language, header);
    let paging = list.of(ANYBODY)?;
    let mut conn = app.database.conn().await?;
    let articles =
        store::articles::list_articles(&mut conn, language, list.filter.category, &paging).await?;
    let body = paging.page(articles, |article| u128::from(article.place()), Into::into);
    Ok(Public { language, body })
}
