//! Somebody looks what there are articles about.

use serde::Serialize;
use service::{Error, Public, Query};
use utoipa::ToSchema;
use values::Language;

use super::{InLanguage, wanted};
use crate::domain::Category;
use crate::{App, store};

/// What there are articles about.
#[derive(Serialize, ToSchema)]
pub(crate) struct CategoriesBody {
    /// In the order in which people need them.
    categories: Vec<CategorySummaryBody>,
}

/// What some articles are about.
#[derive(Serialize, ToSchema)]
pub(crate) struct CategorySummaryBody {
    category: Category,
    title: &'static str,
    /// How many articles there are.
    article_count: u32,
}

pub(crate) async fn read_categories(
    app: App,
    header: Language,
    Query(query): Query<InLanguage>,
) -> Result<Public<CategoriesBody>, Error> {
    let language = wanted(query.language, header);
    let mut conn = app.database.conn().await?;
    let counts = store::articles::count_by_category(&mut conn).await?;
    let body = |category: &Category| {
        let count = counts.iter().find(|(counted, _)| counted == category);
        CategorySummaryBody {
            category: *category,
            title: category.title().in_language(language),
            article_count: count.map_or(0, |(_, count)| *count),
        }
    };
    let categories = Category::ALL.iter().map(body).collect();
    Ok(Public { language, body: CategoriesBody { categories } })
}
