//! How much two forms of names are alike.

use strsim::{jaro_winkler, osa_distance};

use super::name::Form;

/// What is as much alike is a hit.
pub(super) const HIT_FROM: f64 = 0.88;
/// The most that a form is worth that was made from Chinese.
const MADE: f64 = 0.94;
/// What it costs if no year of birth is near.
const OTHER_YEARS: f64 = 0.10;
/// What it costs if both have Chinese names, and others.
const OTHER_CHINESE: f64 = 0.15;
/// All words in one are the same, written apart in another way.
const SAME_JOINED: f64 = 0.98;
/// Words that sound alike are as much alike at least, if they are alike at all.
const SAME_SOUND: f64 = 0.92;
const SAME_SOUND_FROM: f64 = 0.72;
/// From so many letters on, two words can be alike without being the same …
const LETTERS_MIN: usize = 4;
/// … if they are as much alike.
const ALIKE_FROM: f64 = 0.90;
/// Words of so many letters may differ by one slip.
const SLIP_LETTERS_MIN: usize = 6;
/// What is written apart or together.
const ARTICLES: [&str; 2] = ["al", "el"];
/// A shorter name of so many words can be a part of a longer one.
const PART_WORDS_MIN: usize = 3;
/// What is then missing costs little.
const PART: f64 = 0.75;

/// What is known of two names besides one form of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beside {
    /// Both have Chinese names, of which none is the same.
    pub(super) is_other_chinese: bool,
    /// Years of birth are known of both, and none is near.
    pub(super) is_other_years: bool,
}

impl Beside {
    const fn cost_of_years(self) -> f64 {
        if self.is_other_years { OTHER_YEARS } else { 0.0 }
    }
}

/// Between 0 and 1.
pub(super) fn score(one: &Form, other: &Form, beside: Beside) -> f64 {
    let mut score = alike(one, other);
    if one.is_made || other.is_made {
        // Where both are known in Chinese, that has decided.
        score = if beside.is_other_chinese { 0.0 } else { score.min(MADE) };
    }
    if beside.is_other_chinese {
        score -= OTHER_CHINESE;
    }
    score - beside.cost_of_years()
}

/// Of names that are the same in Chinese.
pub(super) fn score_of_chinese(beside: Beside) -> f64 {
    1.0 - beside.cost_of_years()
}

/// As it is stored and shown.
pub(super) fn thousandths(score: f64) -> u16 {
    (0..1000_u16).find(|step| score <= f64::from(*step) / 1000.0).unwrap_or(1000)
}

/// Words are matched each with the one that is most like it, whatever their order, and count by
/// their length.
fn alike(one: &Form, other: &Form) -> f64 {
    if one.joined == other.joined {
        return 1.0;
    }
    if is_turned(one, other) {
        return SAME_JOINED;
    }
    let (short, long) =
        if one.words.len() <= other.words.len() { (one, other) } else { (other, one) };
    let letters = |form: &Form| form.words.iter().map(String::len).sum::<usize>();
    let mut taken = vec![false; long.words.len()];
    let mut matched = 0.0;
    let mut matched_short = 0.0;
    for (position, word) in short.words.iter().enumerate() {
        let best = long
            .words
            .iter()
            .enumerate()
            .filter(|(other, _)| !taken.get(*other).copied().unwrap_or(true))
            .map(|(other, candidate)| {
                let is_sound = short.sounds.get(position) == long.sounds.get(other);
                (words_alike(word, candidate, is_sound), other)
            })
            .max_by(|(one, _), (other, _)| one.total_cmp(other));
        let Some((likeness, other)) = best.filter(|(likeness, _)| *likeness > 0.0) else {
            continue;
        };
        if let Some(taken) = taken.get_mut(other) {
            *taken = true;
        }
        let other_letters = long.words.get(other).map_or(0, String::len);
        matched += likeness * float(word.len().saturating_add(other_letters));
        matched_short += likeness * float(word.len());
    }
    let whole = matched / float(letters(short).saturating_add(letters(long)));
    if short.words.len() >= PART_WORDS_MIN && short.words.len() < long.words.len() {
        let part = matched_short / float(letters(short));
        return part * PART + whole * (1.0 - PART);
    }
    whole
}

/// The same letters with some of the first words at the end: `Tai Man Chan`, `Chan Taiman`.
fn is_turned(one: &Form, other: &Form) -> bool {
    if one.joined.len() != other.joined.len() {
        return false;
    }
    let mut end = 0_usize;
    one.lengths.iter().any(|length| {
        end = end.saturating_add(*length);
        one.joined
            .split_at_checked(end)
            .is_some_and(|(first, rest)| other.joined.strip_prefix(rest) == Some(first))
    })
}

/// 0 for words that are not alike.
fn words_alike(one: &str, other: &str, is_same_sound: bool) -> f64 {
    if one == other {
        return 1.0;
    }
    if one.len().min(other.len()) < LETTERS_MIN {
        return 0.0;
    }
    if ARTICLES.iter().any(|article| is_with(article, one, other) || is_with(article, other, one)) {
        return SAME_JOINED;
    }
    // Too long to be the other with a slip or two.
    if one.len().abs_diff(other.len()).saturating_mul(2) > one.len().max(other.len()) {
        return 0.0;
    }
    let likeness = jaro_winkler(one, other);
    if is_same_sound && likeness >= SAME_SOUND_FROM {
        return likeness.max(SAME_SOUND);
    }
    if likeness >= ALIKE_FROM {
        likeness
    } else if one.len().min(other.len()) >= SLIP_LETTERS_MIN && osa_distance(one, other) == 1 {
        ALIKE_FROM
    } else {
        0.0
    }
}

/// `almasri` of `masri`.
fn is_with(article: &str, one: &str, other: &str) -> bool {
    one.strip_prefix(article) == Some(other)
}

fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}
