//! The rules of articles and of finding them: pure, nothing asynchronous.

mod article;
mod category;
mod feedback;
mod figures;
mod refusals;
mod search;
mod slug;

pub use article::Article;
pub(crate) use article::Text;
pub(crate) use category::Category;
pub(crate) use feedback::{Day, Opinion, Voter, Votes};
#[cfg(test)]
pub(crate) use figures::names as figure_names;
pub use refusals::REFUSALS;
pub(crate) use refusals::{FEEDBACK_THROTTLED, NO_ARTICLE};
pub(crate) use search::{
    Highlight, INDEX_VERSION, Posting, Query, Similar, Word, excerpt, highlights, postings, words,
};
pub(crate) use slug::Slug;
