//! What this service does, one file each.

mod give_feedback;
mod list_articles;
mod publish_articles;
mod read_article;
mod read_categories;
mod read_popular_articles;
mod search_articles;
mod wanted_language;

pub(crate) use give_feedback::give_feedback;
pub(crate) use list_articles::{ArticleSummaryBody, list_articles};
pub use publish_articles::publish;
pub(crate) use read_article::read_article;
pub(crate) use read_categories::read_categories;
pub(crate) use read_popular_articles::read_popular_articles;
pub(crate) use search_articles::search_articles;
pub(crate) use wanted_language::{InLanguage, wanted};
