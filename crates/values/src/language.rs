//! The languages of the product.

crate::code_enum! {
    /// A language that the product speaks, as its BCP 47 tag.
    pub enum Language {
        /// English.
        English = "en",
        /// Chinese as Hong Kong writes it.
        TraditionalChinese = "zh-Hant",
        /// Chinese as the mainland writes it.
        SimplifiedChinese = "zh-Hans",
    }
}
