//! Comparing names with lists of sanctions and of exposed persons.
//!
//! A name is compared in every form in which it may be written (`name`, `romanisation`), form by
//! form and word by word (`score`), with those entries only that share rare enough sounds with it
//! (`index`). What is like enough is a hit, which a human looks at. Reading order: `list` (what is
//! imported), `name`, `romanisation`, `score`, `index`.

mod index;
mod list;
mod name;
mod romanisation;
mod score;

pub(crate) use index::{Found, FoundEntry, Index};
pub(crate) use list::{Entry, LIST_BYTES_MAX, ListSize, ListSource, parse_list};

#[cfg(test)]
mod tests;
