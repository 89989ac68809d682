//! What is shown of an article that was found: the stretch that has most of what was looked for,
//! and where in it that stands.

use std::collections::{BTreeSet, VecDeque};
use std::ops::Range;

use serde::Serialize;
use utoipa::ToSchema;

use super::tokens::{Token, tokens};

/// Characters that are shown of a body.
const EXCERPT_MAX: usize = 120;
/// Characters by which a stretch begins earlier, to begin with a sentence.
const LEAD_MAX: usize = 40;
/// What stands for what is left out.
const ELLIPSIS: char = '…';

/// A part of a text that was looked for, in UTF-16 code units, as the strings of JavaScript, Kotlin
/// and Foundation count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Highlight {
    /// Where it begins.
    start: usize,
    /// How long it is.
    length: usize,
}

/// Where these terms stand in a text.
pub(crate) fn highlights(text: &str, terms: &BTreeSet<String>) -> Vec<Highlight> {
    let characters: Vec<char> = text.chars().collect();
    units(&characters, &joined(matches(text, terms)))
}

/// The stretch of a text that has most of these terms, and where they stand in it; its beginning if
/// it has none. What divides lines becomes a space.
pub(crate) fn excerpt(text: &str, terms: &BTreeSet<String>) -> (String, Vec<Highlight>) {
    let mut characters: Vec<char> = text.chars().collect();
    let matches = matches(text, terms);
    let start = best_start(&matches).map_or(0, |start| with_lead(&characters, start));
    characters.iter_mut().filter(|c| **c == '\n').for_each(|c| *c = ' ');
    let end = start.saturating_add(EXCERPT_MAX).min(characters.len());
    let mut shown: Vec<char> = characters.get(start..end).unwrap_or_default().to_vec();
    let mut offset = start;
    if start > 0 {
        shown.insert(0, ELLIPSIS);
        offset = offset.saturating_sub(1);
    }
    if end < characters.len() {
        shown.push(ELLIPSIS);
    }
    let within = matches.into_iter().map(|token| token.place);
    let within = within.filter(|place| place.start >= start && place.end <= end);
    let within =
        within.map(|place| place.start.saturating_sub(offset)..place.end.saturating_sub(offset));
    let highlights = units(&shown, &joined_ranges(within));
    (shown.into_iter().collect(), highlights)
}

fn matches(text: &str, terms: &BTreeSet<String>) -> Vec<Token> {
    tokens(text).into_iter().filter(|token| terms.contains(&token.term)).collect()
}

/// The match from which on a stretch has the most different terms, the first of equals.
fn best_start(matches: &[Token]) -> Option<usize> {
    let mut best: Option<(usize, usize)> = None;
    let mut window: VecDeque<&Token> = VecDeque::new();
    for token in matches {
        window.push_back(token);
        let reach = token.place.end.saturating_sub(EXCERPT_MAX.saturating_sub(LEAD_MAX));
        while window.front().is_some_and(|first| first.place.start < reach) {
            window.pop_front();
        }
        let different: BTreeSet<&str> = window.iter().map(|token| token.term.as_str()).collect();
        if let Some(first) = window.front()
            && best.is_none_or(|(most, _)| different.len() > most)
        {
            best = Some((different.len(), first.place.start));
        }
    }
    best.map(|(_, start)| start)
}

/// The beginning of the sentence in which something stands, if that is near; where it stands itself
/// if not.
fn with_lead(text: &[char], start: usize) -> usize {
    let earliest = start.saturating_sub(LEAD_MAX);
    let near = text.get(earliest..start).unwrap_or_default();
    let ends = |c: &char| matches!(c, '\n' | '。' | '！' | '？' | '.' | '!' | '?');
    let sentence = match near.iter().rposition(ends) {
        Some(end) => end.saturating_add(1),
        None if earliest == 0 => 0,
        None => return start,
    };
    let spaces = near.iter().skip(sentence).take_while(|c| c.is_whitespace()).count();
    earliest.saturating_add(sentence).saturating_add(spaces)
}

fn joined(tokens: Vec<Token>) -> Vec<Range<usize>> {
    joined_ranges(tokens.into_iter().map(|token| token.place))
}

/// Places that touch are one.
fn joined_ranges(places: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for place in places {
        match joined.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => joined.push(place),
        }
    }
    joined
}

/// Places that are counted in characters, in UTF-16 code units.
fn units(characters: &[char], places: &[Range<usize>]) -> Vec<Highlight> {
    let length = |range: Range<usize>| -> usize {
        characters.get(range).unwrap_or_default().iter().map(|c| c.len_utf16()).sum()
    };
    let highlight = |place: &Range<usize>| Highlight {
        start: length(0..place.start),
        length: length(place.clone()),
    };
    places.iter().map(highlight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(terms: &[&str]) -> BTreeSet<String> {
        terms.iter().map(|term| (*term).to_owned()).collect()
    }

    /// The highlighted parts, cut out as a client does.
    fn cut(text: &str, highlights: &[Highlight]) -> Vec<String> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let cut = |it: &Highlight| String::from_utf16(&units[it.start..][..it.length]);
        highlights.iter().map(|it| cut(it).unwrap()).collect()
    }

    #[test]
    fn what_was_looked_for_is_where_a_client_cuts_it_out() {
        let text = "😀 提款的限額: Limits!";
        let found = highlights(text, &terms(&["提款", "限额", "limit"]));
        assert_eq!(cut(text, &found), ["提款", "限額", "Limits"]);
        let pairs = highlights("提款限額", &terms(&["提款", "款限", "限额"]));
        assert_eq!(cut("提款限額", &pairs), ["提款限額"]);
    }

    #[test]
    fn the_stretch_with_most_of_what_was_looked_for_is_shown_from_its_sentence_on() {
        let filler = "這是一段與所找的內容無關的文字。".repeat(20);
        let text = format!("提款很快。\n\n{filler}每日提款限額見下。\n- 其他");
        let (shown, found) = excerpt(&text, &terms(&["提款", "限额"]));
        assert!(shown.starts_with("…每日提款限額見下。 - 其他"), "{shown}");
        assert_eq!(cut(&shown, &found), ["提款限額"]);
    }

    #[test]
    fn where_nothing_stands_the_beginning_is_shown() {
        let text = "First. ".repeat(50);
        let (shown, found) = excerpt(&text, &terms(&["limit"]));
        assert!(shown.starts_with("First. ") && shown.ends_with('…') && found.is_empty());
        assert_eq!(shown.chars().count(), EXCERPT_MAX + 1);
        assert_eq!(excerpt("", &terms(&["limit"])), (String::new(), Vec::new()));
    }
}
