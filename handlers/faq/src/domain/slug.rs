//! What an article is called in its address.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

/// Words of small Latin letters and digits with hyphens between them. It is never given another
/// article.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(value_type = String, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
#[schema(min_length = 1, max_length = 60, example = "wallet-limits")]
pub(crate) struct Slug(String);

/// The text is not a slug.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "small letters, digits and hyphens between them are expected, at most {}",
    Slug::LENGTH_MAX
)]
pub(crate) struct SlugError;

impl Slug {
    const LENGTH_MAX: usize = 60;

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, SlugError> {
        let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(is_part);
        let is_slug = text.len() <= Self::LENGTH_MAX && text.split('-').all(is_word);
        if is_slug { Ok(Self(text.to_owned())) } else { Err(SlugError) }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_words_with_hyphens_between_them() {
        for text in ["limits", "wallet-limits", "e-2-e", &"a".repeat(60)] {
            assert_eq!(text.parse::<Slug>().unwrap().as_str(), text);
        }
        let too_long = "a".repeat(61);
        for text in
            ["", "-", "a-", "-a", "a--b", "Limits", "a_b", "a b", "限額", "a%", "../a", &too_long]
        {
            assert_eq!(text.parse::<Slug>(), Err(SlugError), "{text}");
        }
    }
}
