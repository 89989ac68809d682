//! Cuts a text where a reader sees one character end and the next begin.

use unicode_segmentation::UnicodeSegmentation;

/// What a reader sees as the characters of `text`.
pub fn graphemes(text: &str) -> Vec<&str> {
    text.graphemes(true).collect()
}

/// The longest start of `text` that has at most `characters_max` characters and cuts no grapheme
/// cluster in two: half of an emoji or a letter without its accent is another text.
///
/// Empty if the first cluster alone is longer.
pub fn grapheme_start(text: &str, characters_max: usize) -> &str {
    let mut characters: usize = 0;
    let mut end: usize = 0;
    for grapheme in text.graphemes(true) {
        characters = characters.saturating_add(grapheme.chars().count());
        if characters > characters_max {
            break;
        }
        end = end.saturating_add(grapheme.len());
    }
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_graphemes_only() {
        let family = "👨\u{200d}👩\u{200d}👧";
        for (text, characters_max, start) in [
            ("", 3, ""),
            ("Ann", 0, ""),
            ("Ann", 2, "An"),
            ("Ann", 3, "Ann"),
            ("陳大文", 2, "陳大"),
            ("ab\u{301}c", 2, "a"),
            ("ab\u{301}c", 3, "ab\u{301}"),
            ("🇭🇰🇭🇰", 3, "🇭🇰"),
            ("\r\n", 1, ""),
            (family, 4, ""),
            (family, 5, family),
        ] {
            assert_eq!(grapheme_start(text, characters_max), start, "{text:?} {characters_max}");
        }
    }
}
