//! Giving lines their length. Engines lose count in a long run of `<`, and only there: what is
//! missing is put back into the longest run, what is too much taken out of it.

use std::collections::BTreeSet;

use super::super::look_alikes::look_alikes;
use super::Format;

/// Ways to give the lines their length that are tried.
const WAYS_MAX: usize = 256;
/// Characters of a run that may be missing or too many.
const LOST_MAX: usize = 24;
/// So much of a line is filler if what stands in it is taken for filler as well.
const FILLERS_MIN: usize = 4;

/// The lines of a format as one text.
pub(super) struct Fitted {
    pub(super) format: Format,
    pub(super) text: Vec<char>,
    /// Characters that were taken for having been read twice.
    pub(super) dropped: usize,
}

/// Every way in which these lines may be meant; none if they are of no format.
pub(super) fn fit(lines: &[String]) -> Vec<Fitted> {
    let lines: Vec<Vec<char>> = lines.iter().map(|line| filled(plain(line))).collect();
    // The line of names has no check digit, so that nothing would tell one way from another.
    let (format, names) = match (lines.len(), lines.first().and_then(|line| line.first())) {
        (3, _) => (Format::Td1, 2),
        (2, Some('P')) => (Format::Td3, 0),
        (2, _) => (Format::Td2, 0),
        _ => return vec![],
    };
    let length = format.layout().length;
    let mut fitted = vec![Fitted { format, text: vec![], dropped: 0 }];
    for (at, line) in lines.into_iter().enumerate() {
        let ways = if at == names { vec![(line, 0)] } else { read_once(line) };
        let ways = ways
            .into_iter()
            .filter_map(|(line, dropped)| of_length(line, length).map(|line| (line, dropped)));
        let ways: Vec<(Vec<char>, usize)> = ways.collect();
        let longer = |begun: &Fitted| {
            let with = |(line, dropped): &(Vec<char>, usize)| Fitted {
                format,
                text: [begun.text.as_slice(), line].concat(),
                dropped: begun.dropped.saturating_add(*dropped),
            };
            ways.iter().map(with).collect::<Vec<Fitted>>()
        };
        fitted = fitted.iter().flat_map(longer).collect();
        fitted.sort_by_key(|fitted| fitted.dropped);
        fitted.truncate(WAYS_MAX);
    }
    fitted
}

/// The line, and the line without one of two neighbours that look alike, once and twice, each with
/// the number of these: engines read some characters double, as a zero with a dot in it for `0Q`.
fn read_once(line: Vec<char>) -> Vec<(Vec<char>, usize)> {
    let once = without_double(&line);
    let twice: BTreeSet<Vec<char>> = once.iter().flat_map(|line| without_double(line)).collect();
    let once = once.into_iter().map(|line| (line, 1));
    let twice = twice.into_iter().map(|line| (line, 2));
    std::iter::once((line, 0)).chain(once).chain(twice).collect()
}

fn without_double(line: &[char]) -> BTreeSet<Vec<char>> {
    let mut ways = BTreeSet::new();
    for at in 1..line.len() {
        let (before, letter) = (line[at.saturating_sub(1)], line[at]);
        let is_double = letter != '<' && look_alikes(letter).any(|other| other == before);
        for dropped in [at.saturating_sub(1), at].into_iter().filter(|_| is_double) {
            let mut shorter = line.to_vec();
            shorter.remove(dropped);
            ways.insert(shorter);
        }
    }
    ways
}

/// Capitals, digits and fillers only.
fn plain(line: &str) -> Vec<char> {
    let mut plain = Vec::new();
    for letter in line.chars() {
        match letter {
            '«' => plain.extend(['<', '<']),
            '‹' | 'c' => plain.push('<'),
            _ if letter.is_ascii_alphanumeric() || letter == '<' => {
                plain.push(letter.to_ascii_uppercase());
            }
            _ => {}
        }
    }
    plain
}

/// Single letters between fillers are fillers, where there are many: no name is so short that it
/// stands alone after the end of all names, and no state's data are.
fn filled(mut line: Vec<char>) -> Vec<char> {
    for at in 1..line.len().saturating_sub(1) {
        let (before, after) = (at.saturating_sub(FILLERS_MIN), at.saturating_add(2));
        let run = line.get(before..at).unwrap_or_default();
        let is_filled = run.len() == FILLERS_MIN && run.iter().all(|letter| *letter == '<');
        let goes_on = line.get(after.saturating_sub(1)..after.saturating_add(1));
        let goes_on = goes_on.is_some_and(|next| next.first() == Some(&'<'));
        if is_filled && goes_on && matches!(line.get(at), Some('C' | 'K' | 'S' | 'L' | 'E' | 'X')) {
            line[at] = '<';
        }
    }
    line
}

fn of_length(mut line: Vec<char>, length: usize) -> Option<Vec<char>> {
    let (start, run) = longest_run(&line);
    let (missing, surplus) = (length.saturating_sub(line.len()), line.len().saturating_sub(length));
    if missing > 0 && (run < 2 || missing > LOST_MAX) || surplus > 0 && surplus >= run.min(LOST_MAX)
    {
        return None;
    }
    line.splice(start..start, std::iter::repeat_n('<', missing));
    line.drain(start..start.saturating_add(surplus));
    Some(line)
}

/// Where the longest run of fillers begins, the last of equals, and how long it is.
fn longest_run(line: &[char]) -> (usize, usize) {
    let mut longest = (0, 0);
    let mut start = 0;
    for (at, letter) in line.iter().enumerate() {
        if *letter != '<' {
            start = at.saturating_add(1);
        } else if at.saturating_add(1).saturating_sub(start) >= longest.1 {
            longest = (start, at.saturating_add(1).saturating_sub(start));
        }
    }
    longest
}
