//! Words that are mistyped, or not typed to their end.

/// Letters that are told apart in a word's mask: 26 and 10 digits, all others share the rest.
const OTHERS_FROM: u32 = 36;
const OTHERS: u32 = 28;
/// Letters from which on a beginning stands for a word.
const PREFIX_MIN: usize = 3;
/// Words that stand for one that is unknown.
const SIMILAR_MAX: usize = 4;

/// What a word that nobody wrote may be meant for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Similar {
    pub(crate) word: String,
    /// How many letters may be wrong, missing, too many or in the wrong order.
    pub(crate) mistakes_max: usize,
    pub(crate) characters: usize,
    pub(crate) letters: u64,
}

impl Similar {
    pub(crate) fn to(word: &str) -> Self {
        let characters = word.chars().count();
        let mistakes_max = match characters {
            0..=3 => 0,
            4..=7 => 1,
            _ => 2,
        };
        let is_number = word.chars().all(char::is_numeric);
        let mistakes_max = if is_number { 0 } else { mistakes_max };
        Self { word: word.to_owned(), mistakes_max, characters, letters: letters(word) }
    }

    /// Whether words that begin like this one may be meant.
    pub(crate) const fn takes_beginnings(&self) -> bool {
        self.characters >= PREFIX_MIN
    }

    /// The words of these that may be meant, and how much each counts; if this one is among them,
    /// it alone.
    pub(crate) fn meant(&self, known: &[String]) -> Vec<(String, f64)> {
        if known.contains(&self.word) {
            return vec![(self.word.clone(), 1.0)];
        }
        let mut meant: Vec<(String, f64)> =
            known.iter().filter_map(|known| Some((known.clone(), self.likeness(known)?))).collect();
        meant.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        meant.truncate(SIMILAR_MAX);
        meant
    }

    fn likeness(&self, known: &str) -> Option<f64> {
        let mistakes = distance(&self.word, known, self.mistakes_max);
        match mistakes {
            Some(0) => Some(1.0),
            Some(1) => Some(0.7),
            Some(_) => Some(0.4),
            None if self.takes_beginnings() && known.starts_with(&self.word) => Some(0.6),
            None => None,
        }
    }
}

/// Which letters a word has, a bit for each. A mistake changes two of them at most.
pub(super) fn letters(word: &str) -> u64 {
    let bit = |letter: char| match letter {
        'a'..='z' => u32::from(letter).wrapping_sub(u32::from('a')),
        '0'..='9' => u32::from(letter).wrapping_sub(u32::from('0')).wrapping_add(26),
        _ => u32::from(letter).checked_rem(OTHERS).unwrap_or(0).wrapping_add(OTHERS_FROM),
    };
    word.chars().fold(0, |mask, letter| mask | 1_u64.wrapping_shl(bit(letter)))
}

/// How many letters were changed, left out, added or swapped with their neighbour; `None` if that
/// are more than `most`.
fn distance(one: &str, other: &str, most: usize) -> Option<usize> {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut next = vec![row.saturating_add(1)];
        for (column, wanted) in other.iter().enumerate() {
            let at =
                |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX);
            let changed = at(&last, column).saturating_add(usize::from(letter != wanted));
            let left_out = at(&last, column.saturating_add(1)).saturating_add(1);
            let added = at(&next, column).saturating_add(1);
            let swapped = match (row.checked_sub(1), column.checked_sub(1)) {
                (Some(row), Some(column))
                    if one.get(row) == Some(wanted) && other.get(column) == Some(letter) =>
                {
                    at(&before_last, column).saturating_add(1)
                }
                _ => usize::MAX,
            };
            next.push(changed.min(left_out).min(added).min(swapped));
        }
        before_last = std::mem::replace(&mut last, next);
    }
    last.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_counted_as_people_make_them() {
        for (one, other, expected) in [
            ("limit", "limit", Some(0)),
            ("limti", "limit", Some(1)),
            ("limt", "limit", Some(1)),
            ("limmit", "limit", Some(1)),
            ("lomit", "limit", Some(1)),
            ("wihtdrwaal", "withdrawal", Some(2)),
            ("tamil", "limit", None),
            ("", "ab", Some(2)),
            ("abcd", "", None),
        ] {
            assert_eq!(distance(one, other, 2), expected, "{one} {other}");
            assert_eq!(distance(other, one, 2), expected, "{other} {one}");
        }
    }

    #[test]
    fn a_mistake_changes_two_letters_of_the_mask_at_most() {
        let words = ["limit", "limti", "lomit", "limmit", "limt", "xlimit", "l1mit", "限", "été"];
        for (one, other) in words.iter().flat_map(|one| words.iter().map(move |other| (one, other)))
        {
            let changed = (letters(one) ^ letters(other)).count_ones();
            let mistakes = distance(one, other, 9).unwrap_or(9);
            assert!(changed <= 2 * u32::try_from(mistakes).unwrap(), "{one} {other}");
        }
    }

    #[test]
    fn a_word_stands_for_itself_or_for_those_like_it() {
        let known = ["limit", "limited", "lime", "fee", "withdraw", "withdrawal", "2026"];
        let known = known.map(str::to_owned);
        let meant = |word: &str| -> Vec<String> {
            Similar::to(word).meant(&known).into_iter().map(|(word, _)| word).collect()
        };
        assert_eq!(meant("limit"), ["limit"]);
        assert_eq!(meant("limti"), ["limit"]);
        assert_eq!(meant("withd"), ["withdraw", "withdrawal"]);
        assert_eq!(meant("withdrwal"), ["withdrawal", "withdraw"]);
        assert_eq!(meant("fe"), Vec::<String>::new(), "too short to be a beginning");
        assert_eq!(meant("2027"), Vec::<String>::new(), "a number is no other number");
        assert_eq!(meant("banana"), Vec::<String>::new());
    }
}
