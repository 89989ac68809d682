//! Letters that a search does not tell apart.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use values::{is_common_han, simplified};

/// A letter as it is compared, and the character of the text that it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Folded {
    pub(super) letter: char,
    /// The number of the character in the text.
    pub(super) at: usize,
}

/// The text without differences of case, width, accent and script of Chinese, and without what
/// nobody sees. One character may become several letters, or none.
pub(super) fn folded(text: &str) -> Vec<Folded> {
    let mut letters = Vec::with_capacity(text.len());
    for (at, character) in text.chars().enumerate() {
        if character.is_ascii() {
            if character != '\'' {
                letters.push(Folded { letter: character.to_ascii_lowercase(), at });
            }
            continue;
        }
        if is_common_han(character) {
            letters.push(Folded { letter: simplified(character), at });
            continue;
        }
        if is_ignorable(character) {
            continue;
        }
        let parts = std::iter::once(character).nfkd().filter(|part| !is_combining_mark(*part));
        let parts = parts.flat_map(char::to_lowercase).map(simplified);
        letters.extend(parts.map(|letter| Folded { letter, at }));
    }
    letters
}

/// What stands within a word and is no part of it: apostrophes, soft hyphens, and characters of no
/// width, of direction or for tags, by which a word is hidden from a search.
const fn is_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{2019}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_in_form_alone_are_folded_to_one() {
        for (one, other) in [
            ("PayMe", "ｐａｙｍｅ"),
            ("Café", "cafe\u{301}"),
            ("限額", "限额"),
            ("轉賬", "转账"),
            ("轉賬", "轉帳"),
            ("can’t", "can't"),
            ("提\u{200b}款", "提款"),
            ("\u{202e}提款\u{202c}", "提款"),
            ("陳\u{e0100}", "陈"),
            ("①", "1"),
        ] {
            let letters = |text| folded(text).iter().map(|one| one.letter).collect::<String>();
            assert_eq!(letters(one), letters(other), "{one} {other}");
        }
    }

    #[test]
    fn each_letter_knows_its_character() {
        let at = |text| folded(text).iter().map(|one| one.at).collect::<Vec<usize>>();
        assert_eq!(at("a\u{200b}é℡"), [0, 2, 3, 3, 3]);
    }
}
