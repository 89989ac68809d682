//! The language in which somebody reads.

use serde::Deserialize;
use utoipa::IntoParams;
use values::Language;

/// In which language.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct InLanguage {
    /// The language to read in. Name it: caches keep what is public by path and query, and Front
    /// Door does not pass Accept-Language on, which counts if this is absent.
    #[param(inline)]
    pub(crate) language: Option<Language>,
}

/// What is asked for in the query, or else by the header.
pub(crate) fn wanted(query: Option<Language>, header: Language) -> Language {
    query.unwrap_or(header)
}
