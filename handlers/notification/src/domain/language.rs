//! The languages that notifications are written in.

use serde::Serialize;
use utoipa::ToSchema;

/// A language that has templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) enum Language {
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-Hant")]
    TraditionalChinese,
}

impl Language {
    /// The BCP 47 tag, as stored and sent.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::TraditionalChinese => "zh-Hant",
        }
    }

    /// What a person is written to who reads `tag`: Traditional Chinese in place of Simplified,
    /// which is nearer than English, and English in place of all else.
    pub(crate) fn for_reader(tag: &str) -> Self {
        let is_chinese = tag.split('-').next() == Some("zh");
        if is_chinese { Self::TraditionalChinese } else { Self::English }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_gets_the_nearest_language_that_has_templates() {
        let cases = [("en", "en"), ("zh-Hant", "zh-Hant"), ("zh-Hans", "zh-Hant"), ("fr", "en")];
        for (reader, written) in cases {
            assert_eq!(Language::for_reader(reader).tag(), written);
            assert_eq!(Language::for_reader(written).tag(), written);
        }
    }
}
