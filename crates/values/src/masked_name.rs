//! A name, shown to whoever must recognise it and must not learn it.

use crate::graphemes;

/// What stands for the hidden part, whatever its length.
const HIDDEN: &str = "***";

/// Of each word the first character; of a Chinese name, which is one word, the last one too if it
/// has three or more.
pub fn masked(name: &str) -> String {
    name.split_whitespace().map(masked_word).collect::<Vec<_>>().join(" ")
}

fn masked_word(word: &str) -> String {
    match *graphemes(word) {
        // Whoever has one character for a name has nothing to show of it.
        [] | [_] => HIDDEN.to_owned(),
        [first, _, .., last] if is_chinese(last) => format!("{first}{HIDDEN}{last}"),
        [first, ..] => format!("{first}{HIDDEN}"),
    }
}

/// Han characters: the CJK unified ideographs and their extensions.
fn is_chinese(grapheme: &str) -> bool {
    let is_han =
        |character| matches!(character, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}');
    grapheme.starts_with(is_han)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_recognised_by_who_knows_it_and_not_learnt_by_others() {
        for (name, shown) in [
            ("Chan Tai Man", "C*** T*** M***"),
            ("陳大文", "陳***文"),
            ("歐陽大文", "歐***文"),
            ("陳文", "陳***"),
            ("文", "***"),
            ("🇭🇰 Li", "*** L***"),
            ("🇭🇰旗", "🇭🇰***"),
            ("𠮷田文𠮷", "𠮷***𠮷"),
            ("Amy", "A***"),
            ("Amy 陳大文", "A*** 陳***文"),
            ("😀 Li", "*** L***"),
            ("", ""),
        ] {
            assert_eq!(masked(name), shown, "{name}");
        }
    }
}
