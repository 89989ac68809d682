//! The languages of the product, and which of them a customer reads.

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

impl Language {
    /// Of the languages that we have, the one that the lines of an `Accept-Language` header (RFC
    /// 9110, section 12.5.4) want most, and of equals the first; English if they want none. A range
    /// that cannot be read is as good as absent.
    pub fn wanted<'a>(lines: impl IntoIterator<Item = &'a str>) -> Self {
        let ranges = lines.into_iter().flat_map(|line| line.split(','));
        let mut best = (Self::English, 0.0);
        for (language, weight) in ranges.filter_map(weighed) {
            if weight > best.1 {
                best = (language, weight);
            }
        }
        best.0
    }
}

/// `zh-HK;q=0.8`
fn weighed(range: &str) -> Option<(Language, f32)> {
    let mut parts = range.split(';').map(str::trim);
    let language = language(parts.next()?)?;
    let weight = match parts.next() {
        None => 1.0,
        Some(weight) => weight.strip_prefix(['q', 'Q'])?.trim().strip_prefix('=')?.parse().ok()?,
    };
    (0.0..=1.0).contains(&weight).then_some((language, weight))
}

/// The language of ours that its reader understands. A script decides before a region, and Chinese
/// that says neither is Hong Kong's.
fn language(tag: &str) -> Option<Language> {
    let tag = tag.to_ascii_lowercase();
    let mut subtags = tag.split('-');
    match subtags.next()? {
        "en" => Some(Language::English),
        "zh" | "yue" => {
            let of_subtag = |subtag| match subtag {
                "hans" | "cn" | "sg" => Some(Language::SimplifiedChinese),
                "hant" | "hk" | "tw" | "mo" => Some(Language::TraditionalChinese),
                _ => None,
            };
            Some(subtags.find_map(of_subtag).unwrap_or(Language::TraditionalChinese))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted_of(lines: &[&str]) -> &'static str {
        Language::wanted(lines.iter().copied()).code()
    }

    #[test]
    fn a_tag_stands_for_the_language_that_its_reader_understands() {
        for (tag, language) in [
            ("en", "en"),
            ("EN-gb", "en"),
            ("zh-HK", "zh-Hant"),
            ("zh-TW", "zh-Hant"),
            ("zh-MO", "zh-Hant"),
            ("zh-Hant-HK", "zh-Hant"),
            ("yue-Hant-HK", "zh-Hant"),
            ("zh", "zh-Hant"),
            ("zh-CN", "zh-Hans"),
            ("zh-SG", "zh-Hans"),
            ("ZH-HANS", "zh-Hans"),
            ("zh-Hans-HK", "zh-Hans"),
            ("zh-Hant-CN", "zh-Hant"),
            ("fr", "en"),
            ("*", "en"),
            ("zha", "en"),
            ("", "en"),
        ] {
            assert_eq!(wanted_of(&[tag]), language, "{tag}");
        }
        assert_eq!(wanted_of(&[]), "en");
    }

    #[test]
    fn the_language_that_is_wanted_most_is_chosen_and_of_equals_the_first() {
        for (header, language) in [
            ("en;q=0.5, zh-HK", "zh-Hant"),
            ("zh-HK;q=0.5,zh-CN;q=0.9,en;q=0.8", "zh-Hans"),
            ("zh-CN, zh-HK, en", "zh-Hans"),
            ("fr, zh-TW;q=0.1", "zh-Hant"),
            ("zh-HK;q=0, en;q=0.1", "en"),
            ("zh-HK;q=0", "en"),
            ("zh-HK ; Q=0.9 , en ;q=0.3", "zh-Hant"),
            ("zh-HK;q=2, zh-CN;q=-1, yue;q=nan, zh;q=, zh-TW;level=1", "en"),
            (",;,q=1;;", "en"),
        ] {
            assert_eq!(wanted_of(&[header]), language, "{header}");
        }
        assert_eq!(wanted_of(&["en;q=0.1", "zh-CN;q=0.2"]), "zh-Hans");
    }
}
