//! Finding articles by words, in Chinese too. MySQL's own n-gram parser is absent on MariaDB, and
//! neither folds Traditional and Simplified characters together, so terms are made here and stand
//! in a table.
//!
//! An article is found by words of any of its languages: who reads English may type 限額. Reading
//! order: `fold` (what is the same letter), `tokens` (what is a term), `index` (how much a term
//! says of an article), `query` (what is looked for), `similar` (words that are mistyped),
//! `excerpt` (what is shown of it).

mod excerpt;
mod fold;
mod index;
mod query;
mod similar;
mod tokens;

pub(crate) use excerpt::{Highlight, excerpt, highlights};
pub(crate) use index::{INDEX_VERSION, Posting, Word, postings, words};
pub(crate) use query::Query;
pub(crate) use similar::Similar;
