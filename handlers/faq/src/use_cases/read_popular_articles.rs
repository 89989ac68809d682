//! Somebody looks at what was of help to others.

use serde::Serialize;
use service::database::now;
use service::{Error, Public, Query};
use utoipa::ToSchema;
use values::Language;

use super::{ArticleSummaryBody, InLanguage, wanted};
use crate::domain::Day;
use crate::{App, store};

/// Articles that are shown.
const POPULAR_MAX: u32 = 10;

/// What was of most help lately.
#[derive(Serialize, ToSchema)]
pub(crate) struct PopularArticlesBody {
    articles: Vec<ArticleSummaryBody>,
}

/// By what was said of them in thirty days, good less bad, then by weight. Not by how often they
/// are read: Front Door answers most readers.
pub(crate) async fn read_popular_articles(
    app: App,
    header: Language,
    Query(query): Query<InLanguage>,
) -> Result<Public<PopularArticlesBody>, Error> {
    let language = wanted(query.language, header);
    let mut conn = app.database.conn().await?;
    let from = Day::of(now()).popular_from();
    let articles = store::feedback::list_popular(&mut conn, language, from, POPULAR_MAX).await?;
    let body = PopularArticlesBody { articles: articles.into_iter().map(Into::into).collect() };
    Ok(Public { language, body })
}
