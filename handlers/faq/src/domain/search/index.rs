//! How much a term says of an article: BM25, with a title's words worth more than a body's.

use std::collections::BTreeMap;

use values::Language;

use super::similar::letters;
use super::tokens::{Kind, tokens};
use crate::domain::{Article, Text};

/// To be changed with whatever makes other terms of the same articles: then the next publication
/// makes them anew.
pub(crate) const INDEX_VERSION: &str = "2";

/// How many times a word of a title, a keyword or the body counts.
const TITLE_TIMES: f64 = 5.0;
const KEYWORD_TIMES: f64 = 3.0;
const BODY_TIMES: f64 = 1.0;
/// BM25's `k1`: how soon a word that is repeated says no more.
const SATURATION: f64 = 1.2;
/// BM25's `b`: how much a long article needs more of a word.
const LENGTH_SHARE: f64 = 0.5;
/// Articles that a term leads to. Whatever is searched for, no term brings more rows.
const POSTINGS_MAX: usize = 200;

/// A term, and one of the articles that it leads to.
#[derive(Debug, PartialEq)]
pub(crate) struct Posting {
    pub(crate) term: String,
    /// The number of the article in the list.
    pub(crate) article: usize,
    pub(crate) impact: f64,
}

/// A word, and what few others share with it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) word: String,
    pub(crate) characters: usize,
    pub(crate) letters: u64,
}

/// The weighted counts of the terms of one text, and their sum.
type Counts = (BTreeMap<String, f64>, f64);

/// What leads to these articles, in the order of the terms. A term of several languages, such as
/// most of Chinese, leads to an article by the one in which it says most.
pub(crate) fn postings(articles: &[Article]) -> Vec<Posting> {
    let mut frequencies: BTreeMap<String, BTreeMap<usize, f64>> = BTreeMap::new();
    for language in Language::ALL {
        let of_language = |article: &Article| {
            let text = article.texts.iter().find(|text| text.language == *language);
            text.map_or_else(Counts::default, counts)
        };
        let counts: Vec<Counts> = articles.iter().map(of_language).collect();
        let mean = counts.iter().map(|(_, length)| length).sum::<f64>() / number(articles.len());
        for (article, (terms, length)) in counts.into_iter().enumerate() {
            let share = 1.0 - LENGTH_SHARE + LENGTH_SHARE * length / mean;
            for (term, count) in terms {
                let frequency = count * (SATURATION + 1.0) / (count + SATURATION * share);
                let known = frequencies.entry(term).or_default().entry(article).or_default();
                *known = known.max(frequency);
            }
        }
    }
    let all = number(articles.len());
    let postings = frequencies.into_iter().flat_map(|(term, articles)| {
        let having = number(articles.len());
        let rarity = (1.0 + (all - having + 0.5) / (having + 0.5)).ln();
        let mut best: Vec<(usize, f64)> = articles.into_iter().collect();
        best.sort_by(|one, other| other.1.total_cmp(&one.1));
        best.truncate(POSTINGS_MAX);
        best.into_iter().map(move |(article, frequency)| {
            let term = term.clone();
            Posting { term, article, impact: rarity * frequency }
        })
    });
    postings.collect()
}

/// The words among the terms of these articles.
pub(crate) fn words(articles: &[Article]) -> Vec<Word> {
    let texts = articles.iter().flat_map(|article| &article.texts);
    let tokens = texts.flat_map(|text| fields(text).map(|(field, _)| tokens(field)));
    let words = tokens.flatten().filter(|token| token.kind == Kind::Word);
    let mut words: Vec<String> = words.map(|token| token.term).collect();
    words.sort_unstable();
    words.dedup();
    let word = |word: String| {
        let (characters, letters) = (word.chars().count(), letters(&word));
        Word { word, characters, letters }
    };
    words.into_iter().map(word).collect()
}

fn fields(text: &Text) -> [(&str, f64); 3] {
    [(&text.title, TITLE_TIMES), (&text.keywords, KEYWORD_TIMES), (&text.body, BODY_TIMES)]
}

fn counts(text: &Text) -> Counts {
    let (mut terms, mut length) = Counts::default();
    for (field, times) in fields(text) {
        for token in tokens(field) {
            *terms.entry(token.term).or_default() += times;
            length += times;
        }
    }
    (terms, length)
}

/// There are never so many articles that a number of them would be inexact.
fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(slug: &str, title: &str, body: &str) -> Article {
        let part = |language: &str| format!("\n# {language}: {title}\nkeywords: word\n\n{body}\n");
        let file = format!(
            "weight: 1\nrelated: other\n{}{}{}",
            part("en"),
            part("zh-Hant"),
            part("zh-Hans")
        );
        Article::parse(&format!("security/{slug}.md"), &file).unwrap()
    }

    fn impact(postings: &[Posting], term: &str, article: usize) -> f64 {
        let found = postings.iter().find(|it| it.term == term && it.article == article);
        found.map_or(0.0, |posting| posting.impact)
    }

    #[test]
    fn a_term_says_more_in_a_title_in_a_short_text_and_where_few_have_it() {
        let articles = [
            article("one", "Limits", "Money is charged."),
            article("two", "Fees", "Limits hold."),
            article(
                "three",
                "Something",
                "Limits hold, and many other words are said of them here.",
            ),
            article("four", "Something", "Else"),
        ];
        let postings = postings(&articles);
        let of = |term, article| impact(&postings, term, article);
        assert!(of("limit", 0) > of("limit", 1), "a title");
        assert!(of("limit", 1) > of("limit", 2), "a short text");
        assert!(of("fee", 1) > of("limit", 0), "fewer have it");
        assert_eq!(of("limit", 3), 0.0);
    }

    #[test]
    fn no_term_leads_to_more_articles_than_so_many_and_the_best_are_kept() {
        let mut articles: Vec<Article> =
            (0..300).map(|it| article(&format!("a{it}"), "Title", "limits 限額")).collect();
        articles.push(article("best", "Limits", "限額"));
        let postings = postings(&articles);
        for term in ["limit", "限额"] {
            assert_eq!(postings.iter().filter(|it| it.term == term).count(), POSTINGS_MAX);
            assert!(impact(&postings, "limit", 300) > 0.0);
        }
    }

    #[test]
    fn the_vocabulary_has_each_word_once_and_no_chinese() {
        let words = words(&[article("one", "Limits 限額", "limit PIN")]);
        let words: Vec<&str> = words.iter().map(|word| word.word.as_str()).collect();
        assert_eq!(words, ["limit", "pin", "word"]);
    }
}
