//! What of a text is looked for: words, and of Chinese, which has no spaces, each character and
//! each two that stand together.

use std::ops::Range;

use super::fold::{Folded, folded};

/// Letters of a word that count; nobody tells longer ones apart.
const WORD_LETTERS_MAX: usize = 32;
/// English words that stand in every text.
const STOP_WORDS: [&str; 46] = [
    "about", "an", "and", "any", "are", "as", "at", "be", "been", "by", "can", "cant", "did", "do",
    "does", "dont", "for", "from", "has", "have", "how", "a", "i", "if", "in", "is", "it", "me",
    "my", "of", "on", "or", "so", "that", "the", "there", "this", "to", "was", "what", "when",
    "which", "will", "with", "you", "your",
];

/// What kind of term it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters or digits, without the endings of the plural.
    Word,
    /// One Chinese character.
    Character,
    /// Two that stand together.
    Pair,
}

/// A term where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) term: String,
    pub(super) kind: Kind,
    /// The characters of the text that it is of.
    pub(super) place: Range<usize>,
    /// The number of the stretch of letters that it is of, whatever nobody sees between them.
    pub(super) run: usize,
}

/// All terms of a text, in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let letters = folded(text);
    let mut tokens = Vec::new();
    let mut rest = letters.as_slice();
    let mut number = 0_usize;
    while let [first, after @ ..] = rest {
        let length = if is_han(first.letter) {
            rest.iter().take_while(|one| is_han(one.letter)).count()
        } else if first.letter.is_alphanumeric() {
            (1..).find(|at| !is_in_word(rest, *at)).unwrap_or(rest.len())
        } else {
            rest = after;
            continue;
        };
        let (run, after) = rest.split_at(length);
        number = number.saturating_add(1);
        match is_han(first.letter) {
            true => add_han(run, number, &mut tokens),
            false => tokens.extend(word(run, number)),
        }
        rest = after;
    }
    tokens
}

/// Whether the letter goes on with the word before it; a comma does between digits, as in 3,000.
fn is_in_word(letters: &[Folded], at: usize) -> bool {
    let letter = |at: usize| letters.get(at).map(|one| one.letter);
    let is_digit = |at: usize| letter(at).is_some_and(|one| one.is_ascii_digit());
    match letter(at) {
        Some(',') => is_digit(at.saturating_sub(1)) && is_digit(at.saturating_add(1)),
        Some(letter) => letter.is_alphanumeric() && !is_han(letter),
        None => false,
    }
}

/// Chinese characters, which a text does not divide into words.
pub(super) const fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

fn place(run: &[Folded]) -> Range<usize> {
    let at = |one: Option<&Folded>| one.map_or(0, |one| one.at);
    at(run.first())..at(run.last()).saturating_add(1)
}

fn word(letters: &[Folded], run: usize) -> Option<Token> {
    let place = place(letters);
    let letters = letters.iter().map(|one| one.letter).filter(|letter| *letter != ',');
    let term = singular(letters.take(WORD_LETTERS_MAX).collect());
    let says_nothing = STOP_WORDS.contains(&term.as_str());
    (!says_nothing).then_some(Token { term, kind: Kind::Word, place, run })
}

fn add_han(letters: &[Folded], run: usize, tokens: &mut Vec<Token>) {
    for (at, _) in letters.iter().enumerate() {
        for (length, kind) in [(1, Kind::Character), (2, Kind::Pair)] {
            let end = at.saturating_add(length);
            let Some(part) = letters.get(at..end) else { continue };
            let term = part.iter().map(|one| one.letter).collect();
            tokens.push(Token { term, kind, place: place(part), run });
        }
    }
}

/// The word without the ending of an English plural.
fn singular(mut word: String) -> String {
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    if !word.is_ascii() || word.len() <= 3 || !ends(&["s"]) {
        return word;
    }
    if ends(&["ies"]) && !ends(&["eies", "aies"]) {
        word.truncate(word.len().saturating_sub(3));
        word.push('y');
    } else if !ends(&["us", "ss"]) {
        word.pop();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.term).collect()
    }

    #[test]
    fn words_are_folded_and_chinese_is_taken_in_ones_and_twos() {
        for (text, expected) in [
            ("Top-up limits, PINs", &["top", "up", "limit", "pin"][..]),
            ("What's my HK$3,000?", &["hk", "3000"]),
            ("提款", &["提", "提款", "款"]),
            ("用PayMe付款", &["用", "payme", "付", "付款", "款"]),
            ("1.5%, 2,x", &["1", "5", "2", "x"]),
            ("countries buses addresses", &["country", "buse", "addresse"]),
            ("how do I", &[]),
            ("<script>alert(1)</script>", &["script", "alert", "1", "script"]),
            ("%_'\\\"; --", &[]),
            ("", &[]),
        ] {
            assert_eq!(terms(text), expected, "{text}");
        }
    }

    #[test]
    fn a_term_knows_the_characters_that_it_is_of() {
        let places: Vec<_> =
            tokens("用 提\u{200b}款 PINs").into_iter().map(|one| one.place).collect();
        assert_eq!(places, [0..1, 2..3, 2..5, 4..5, 6..10]);
    }

    #[test]
    fn a_word_has_no_more_letters_than_a_column_has_room_for() {
        let long = terms(&"ß".repeat(1_000));
        assert_eq!(long.len(), 1);
        assert!(long[0].len() <= 128);
        assert!(terms(&"a".repeat(1_000))[0].len() == 32);
    }
}
