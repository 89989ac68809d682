//! What a customer reads of a refusal, in every language of the product, and who speaks to them.

use serde::Serialize;

use crate::Language;

/// One sentence or two, in each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CustomerMessage {
    /// English.
    pub en: &'static str,
    /// Chinese as Hong Kong writes it.
    #[serde(rename = "zh-Hant")]
    pub zh_hant: &'static str,
    /// Chinese as the mainland writes it.
    #[serde(rename = "zh-Hans")]
    pub zh_hans: &'static str,
}

/// Whoever of staff answers a customer is called so, and by no name of their own.
pub const SUPPORT_NAME: CustomerMessage =
    CustomerMessage {
        en: "PayMe support", zh_hant: "PayMe 客戶服務", zh_hans: "PayMe 客户服务"
    };

impl CustomerMessage {
    /// In one language.
    pub const fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::TraditionalChinese => self.zh_hant,
            Language::SimplifiedChinese => self.zh_hans,
        }
    }
}
