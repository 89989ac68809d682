//! Every URL of this service. All of them are anybody's.

use service::{Api, Dependency, Routes};

use crate::use_cases::{
    give_feedback, list_articles, read_article, read_categories, read_popular_articles,
    search_articles,
};
use crate::{App, NAME, REFUSALS};

/// All routes.
pub fn routes(app: App) -> Routes {
    const ARTICLES: &str = "/api/v1/faq/articles";
    const ARTICLE: &str = "/api/v1/faq/articles/{slug}";
    const FEEDBACK: &str = "/api/v1/faq/articles/{slug}/feedback";
    const POPULAR: &str = "/api/v1/faq/popular-articles";
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    Api::new(NAME, "FAQ", app.clone(), &app.tokens)
        .refuses(REFUSALS)
        .get("/api/v1/faq/categories", "Reads what there are articles about.", read_categories)
        .get(ARTICLES, "Lists articles, the weightiest first.", list_articles)
        .get(ARTICLE, "Reads an article.", read_article)
        .post(FEEDBACK, "Says whether an article was of help.", give_feedback)
        .get(POPULAR, "Reads which articles were of most help lately.", read_popular_articles)
        .get("/api/v1/faq/search", "Finds articles by words in any language.", search_articles)
        .finish(dependencies)
}
