//! Somebody looks for an article.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use service::{Error, Public, Query};
use utoipa::{IntoParams, ToSchema};
use values::Language;

use super::wanted;
use crate::domain::{self, Category, Highlight, Slug, excerpt, highlights};
use crate::store::articles::Reading;
use crate::{App, store};

/// Articles that are shown.
const FOUND_MAX: usize = 10;
/// An article that scores less than this share of the best one is not shown.
const SCORE_SHARE_MIN: f64 = 0.25;

/// What somebody types: 1 to 100 characters.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, min_length = 1, max_length = 100, example = "提款限額")]
pub(crate) struct SearchText(String);

/// The text is empty or too long.
#[derive(Debug, thiserror::Error)]
#[error("q is 1 to {} characters", SearchText::CHARACTERS_MAX)]
pub(crate) struct SearchTextError;

impl SearchText {
    const CHARACTERS_MAX: usize = 100;
}

impl TryFrom<String> for SearchText {
    type Error = SearchTextError;

    fn try_from(text: String) -> Result<Self, SearchTextError> {
        let is_within = (1..=Self::CHARACTERS_MAX).contains(&text.chars().count());
        if is_within { Ok(Self(text)) } else { Err(SearchTextError) }
    }
}

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchArticles {
    /// Words of any language, whichever the reader's is. Traditional and Simplified characters are
    /// one, a word may be mistyped or not finished, and nothing in it is an operator.
    #[param(inline)]
    q: SearchText,
    /// The language to read in. Name it: caches keep what is public by path and query, and Front
    /// Door does not pass Accept-Language on, which counts if this is absent.
    #[param(inline)]
    language: Option<Language>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundArticlesBody {
    /// The best first; no more than ten.
    articles: Vec<FoundArticleBody>,
}

/// An article that was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundArticleBody {
    slug: Slug,
    category: Category,
    title: String,
    /// What of the title was looked for.
    title_highlights: Vec<Highlight>,
    /// The part of the article that has most of what was looked for.
    snippet: String,
    /// What of the snippet was looked for. Empty if it was found by words of another language.
    snippet_highlights: Vec<Highlight>,
}

pub(crate) async fn search_articles(
    app: App,
    header: Language,
    Query(input): Query<SearchArticles>,
) -> Result<Public<FoundArticlesBody>, Error> {
    let language = wanted(input.language, header);
    let query = domain::Query::of(&input.q.0);
    let mut articles = Vec::new();
    if !query.is_empty() {
        let mut conn = app.database.conn().await?;
        let mut terms: Vec<(String, f64)> = query.han.into_iter().map(|term| (term, 1.0)).collect();
        let known = store::search::list_similar_words(&mut conn, &query.words).await?;
        terms.extend(query.words.iter().flat_map(|word| word.meant(&known)));
        let mut found = store::search::list_best(&mut conn, &terms, FOUND_MAX).await?;
        let best = found.first().map_or(0.0, |(_, score)| *score);
        found.retain(|(_, score)| *score >= best * SCORE_SHARE_MIN);
        let found: Vec<u32> = found.into_iter().map(|(article_id, _)| article_id).collect();
        let found = store::articles::list_by_id(&mut conn, language, &found).await?;
        let terms: BTreeSet<String> = terms.into_iter().map(|(term, _)| term).collect();
        articles.extend(found.into_iter().map(|article| shown(article, &terms)));
    }
    Ok(Public { language, body: FoundArticlesBody { articles } })
}

fn shown(article: Reading, terms: &BTreeSet<String>) -> FoundArticleBody {
    let (snippet, snippet_highlights) = excerpt(&article.body, terms);
    FoundArticleBody {
        title_highlights: highlights(&article.title, terms),
        slug: article.slug,
        category: article.category,
        title: article.title,
        snippet,
        snippet_highlights,
    }
}
