//! What somebody looks for.

use super::similar::Similar;
use super::tokens::{Kind, Token, is_han, tokens};

/// Words of a query that count.
const WORDS_MAX: usize = 8;
/// Pairs and single characters of Chinese that count.
const HAN_TERMS_MAX: usize = 24;
/// What is asked around a thing, in Simplified characters: they divide a query like a space.
const STOP_PHRASES: [&str; 26] = [
    "为什么",
    "为甚么",
    "什么",
    "甚么",
    "如何",
    "怎样",
    "怎么",
    "点样",
    "点解",
    "可以",
    "可否",
    "能否",
    "我的",
    "我想",
    "请问",
    "是否",
    "有没有",
    "多少",
    "几多",
    "吗",
    "呢",
    "的",
    "了",
    "咗",
    "嘅",
    "我",
];

/// What is looked for: terms, each once.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Query {
    /// Words, of which each may be mistyped.
    pub(crate) words: Vec<Similar>,
    /// Terms of Chinese.
    pub(crate) han: Vec<String>,
}

impl Query {
    /// Pairs say more than characters, so a character counts only where it stands alone.
    pub(crate) fn of(text: &str) -> Self {
        let mut query = Self { words: Vec::new(), han: Vec::new() };
        for run in runs(&tokens(text)) {
            let has_pairs = run.iter().any(|token| token.kind == Kind::Pair);
            for token in run {
                match token.kind {
                    Kind::Word => query.add_word(&token.term),
                    Kind::Pair => query.add_han(&token.term),
                    Kind::Character if !has_pairs => query.add_han(&token.term),
                    Kind::Character => {}
                }
            }
        }
        query
    }

    /// Whether nothing is looked for.
    pub(crate) const fn is_empty(&self) -> bool {
        self.words.is_empty() && self.han.is_empty()
    }

    fn add_word(&mut self, term: &str) {
        let is_new = self.words.iter().all(|known| known.word != term);
        if is_new && self.words.len() < WORDS_MAX {
            self.words.push(Similar::to(term));
        }
    }

    fn add_han(&mut self, term: &str) {
        let is_new = self.han.iter().all(|known| known != term);
        if is_new && self.han.len() < HAN_TERMS_MAX {
            self.han.push(term.to_owned());
        }
    }
}

/// The tokens of each stretch of text that no stop phrase and nothing else divides.
fn runs(tokens: &[Token]) -> Vec<Vec<Token>> {
    let runs = tokens.chunk_by(|one, other| one.run == other.run);
    let divide = |run: &[Token]| match run.first().map(|token| token.kind) {
        None | Some(Kind::Word) => vec![run.to_vec()],
        Some(Kind::Character | Kind::Pair) => divided(run),
    };
    runs.flat_map(divide).collect()
}

/// A run of Chinese characters, without its stop phrases; all of it if nothing else is left.
fn divided(run: &[Token]) -> Vec<Vec<Token>> {
    let characters = run.iter().filter(|token| token.kind == Kind::Character);
    let text: String = characters.map(|token| token.term.as_str()).collect();
    let blanked = STOP_PHRASES.iter().fold(text.clone(), |text, phrase| {
        text.replace(phrase, &" ".repeat(phrase.chars().count()))
    });
    let kept = if blanked.trim().is_empty() { text } else { blanked };
    let parts = kept.split(' ').filter(|part| part.contains(is_han));
    parts.map(tokens).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn han(text: &str) -> Vec<String> {
        Query::of(text).han
    }

    fn words(text: &str) -> Vec<String> {
        Query::of(text).words.into_iter().map(|word| word.word).collect()
    }

    #[test]
    fn a_query_is_its_words_and_pairs_without_what_is_asked_around_them() {
        for (text, expected) in [
            ("提款限額", &["提款", "款限", "限额"][..]),
            ("如何提款？", &["提款"]),
            ("點樣增值", &["增值"]),
            ("我的錢包限額是多少", &["钱包", "包限", "限额", "额是"]),
            ("錢", &["钱"]),
            ("點解", &["点解"]),
            ("PIN 鎖", &["锁"]),
            ("提\u{200b}款", &["提款"]),
        ] {
            assert_eq!(han(text), expected, "{text}");
        }
        assert_eq!(words("How do I change my PIN?"), ["change", "pin"]);
        assert_eq!(words("pin PIN pins"), ["pin"]);
        assert!(Query::of(" %_ how do I ?").is_empty());
    }

    #[test]
    fn a_query_has_so_many_terms_however_long_it_is() {
        let long: String = (0x4e00..0x4fff).filter_map(char::from_u32).collect();
        assert_eq!(han(&long).len(), HAN_TERMS_MAX);
        let many: Vec<String> = (0..100).map(|number| format!("w{number}")).collect();
        assert_eq!(words(&many.join(" ")).len(), WORDS_MAX);
    }
}
