//! The index of terms. Terms are written as literals in hexadecimal: their number varies, and a
//! statement that is prepared for each would crowd the others out.

use std::fmt::Write;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::bytes_literal;

use crate::domain::Similar;

/// Words that are compared with those that nobody wrote. Length and letters leave far fewer.
const WORDS_COMPARED_MAX: usize = 500;
/// Greater than any byte of UTF-8.
const AFTER_ANY_LETTER: u8 = 0xff;

/// The words of the index that these are, begin, or may be meant for.
pub(crate) async fn list_similar_words(
    connection: &mut impl Queryable,
    words: &[Similar],
) -> Result<Vec<String>, Error> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let conditions: Vec<String> = words.iter().map(condition).collect();
    // A word that is there comes before those that are only like it.
    let known: Vec<String> = words.iter().map(|word| literal(&word.word)).collect();
    let sql = format!(
        "SELECT word FROM search_words WHERE {}
         ORDER BY word IN ({}) DESC LIMIT {WORDS_COMPARED_MAX}",
        conditions.join(" OR "),
        known.join(", ")
    );
    let words: Vec<Vec<u8>> = connection.query(sql).await?;
    Ok(words.into_iter().filter_map(|word| String::from_utf8(word).ok()).collect())
}

fn condition(word: &Similar) -> String {
    let Similar { word: text, mistakes_max, characters, letters } = word;
    let mut condition = format!("word = {}", literal(text));
    if word.takes_beginnings() {
        let end = bytes_literal(&[text.as_bytes(), &[AFTER_ANY_LETTER]].concat());
        // Writing into a string cannot fail.
        let _ = write!(condition, " OR (word > {} AND word < {end})", literal(text));
    }
    if *mistakes_max > 0 {
        let shortest = characters.saturating_sub(*mistakes_max);
        let longest = characters.saturating_add(*mistakes_max);
        let changed = mistakes_max.saturating_mul(2);
        let _ = write!(
            condition,
            " OR (characters BETWEEN {shortest} AND {longest}
                  AND BIT_COUNT(letters ^ {letters}) <= {changed})"
        );
    }
    condition
}

/// The articles to which these terms lead, and their scores, the best first. A term leads to no
/// more than so many (`search_terms`), so a query reads a bounded number of rows.
pub(crate) async fn list_best(
    connection: &mut impl Queryable,
    terms: &[(String, f64)],
    most: usize,
) -> Result<Vec<(u32, f64)>, Error> {
    if terms.is_empty() {
        return Ok(Vec::new());
    }
    let list: Vec<String> = terms.iter().map(|(term, _)| literal(term)).collect();
    let mut weights = String::new();
    for (term, weight) in terms.iter().filter(|(_, weight)| *weight < 1.0) {
        let _ = write!(weights, " WHEN {} THEN {weight}", literal(term));
    }
    let weight = match weights.is_empty() {
        true => "1".to_owned(),
        false => format!("CASE term{weights} ELSE 1 END"),
    };
    let sql = format!(
        "SELECT article_id, SUM(impact * {weight}) AS score FROM search_terms
         WHERE term IN ({}) GROUP BY article_id ORDER BY score DESC, article_id LIMIT {most}",
        list.join(", ")
    );
    connection.query(sql).await
}

fn literal(term: &str) -> String {
    bytes_literal(term.as_bytes())
}
