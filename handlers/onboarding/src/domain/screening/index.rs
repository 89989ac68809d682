//! A list in memory, and who of it a name is like.
//!
//! Comparing everybody with every entry would take a day. So only those forms are compared that
//! share sounds with the name, and enough of them: what is rare counts more. Chinese names are
//! looked up as a whole.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::list::Entry;
use super::name::{Form, Forms, sound};
use super::score::{Beside, HIT_FROM, score, score_of_chinese, thousandths};
use crate::domain::details::Screenee;

/// How much of the rarer name's sounds must be shared.
const SHARED_FROM: f64 = 0.45;
/// Years of birth that are so near may be the same.
const NEAR_YEARS: u32 = 1;

/// An entry that a name is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit<'a> {
    pub(crate) entry: &'a Entry,
    /// In thousandths.
    pub(crate) score: u16,
}

/// An entry that somebody is like, as a reviewer reads of it. The entry is public; whose name is
/// like it is not.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FoundEntry {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) program: String,
}

/// A hit that is kept.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Keyed, of all that the list says of the entry: another one is a reason to look again.
    pub(crate) entry_index: [u8; 32],
    pub(crate) entry: FoundEntry,
    /// In thousandths.
    pub(crate) score: u16,
}

/// A list, ready to be searched.
pub(crate) struct Index {
    entries: Vec<Entry>,
    /// The Chinese names of each entry.
    chinese: Vec<Vec<String>>,
    forms: Vec<Placed>,
    /// Which forms have a sound.
    by_sound: HashMap<String, Posting>,
    by_chinese: HashMap<String, Vec<usize>>,
}

/// A form, of which entry, and how much its sounds weigh.
struct Placed {
    form: Form,
    entry: usize,
    weight: f64,
}

#[derive(Default)]
struct Posting {
    forms: Vec<u32>,
    /// The rarer, the more.
    weight: f64,
}

impl Index {
    pub(crate) fn of(entries: Vec<Entry>) -> Self {
        let mut index = Self {
            chinese: Vec::with_capacity(entries.len()),
            forms: Vec::new(),
            by_sound: HashMap::new(),
            by_chinese: HashMap::new(),
            entries: Vec::new(),
        };
        for (position, entry) in entries.iter().enumerate() {
            let mut own: Vec<String> = Vec::new();
            // Each name for itself: what is an alias in Chinese need not be that in Latin letters.
            for name in &entry.names {
                let forms = Forms::of([name.as_str()]);
                for form in forms.latin {
                    index.forms.push(Placed { form, entry: position, weight: 0.0 });
                }
                own.extend(forms.chinese);
            }
            for name in &own {
                index.by_chinese.entry(name.clone()).or_default().push(position);
            }
            index.chinese.push(own);
        }
        index.entries = entries;
        index.place();
        index
    }

    fn place(&mut self) {
        for (position, placed) in self.forms.iter().enumerate() {
            let Ok(position) = u32::try_from(position) else { break };
            for sound in sounds(&placed.form) {
                let posting = self.by_sound.entry(sound).or_default();
                if posting.forms.last() != Some(&position) {
                    posting.forms.push(position);
                }
            }
        }
        let all = float(self.forms.len());
        for posting in self.by_sound.values_mut() {
            posting.weight = (1.0 + all / float(posting.forms.len())).ln();
        }
        let weight = |form: &Form| {
            let weights = form.sounds.iter().filter_map(|sound| self.by_sound.get(sound));
            weights.map(|posting| posting.weight).sum()
        };
        let weights: Vec<f64> = self.forms.iter().map(|placed| weight(&placed.form)).collect();
        for (placed, weight) in self.forms.iter_mut().zip(weights) {
            placed.weight = weight;
        }
    }

    /// Looks people up, one after the other.
    pub(crate) fn screener(&self) -> Screener<'_> {
        Screener { index: self, shared: vec![0.0; self.forms.len()], touched: Vec::new() }
    }

    /// Entries, to be told of.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// The sounds by which a form is found: of its words, and of all in one.
fn sounds(form: &Form) -> impl Iterator<Item = String> {
    let joined = (form.lengths.len() > 1).then(|| sound(&form.joined));
    form.sounds.iter().cloned().chain(joined)
}

/// One search after the other in one memory.
pub(crate) struct Screener<'a> {
    index: &'a Index,
    /// How much of each form's sounds the name has.
    shared: Vec<f64>,
    /// Of which forms that is not nothing.
    touched: Vec<u32>,
}

impl<'a> Screener<'a> {
    /// The entries that somebody is like, most of all first.
    pub(crate) fn hits(&mut self, screenee: &Screenee) -> Vec<Hit<'a>> {
        let index = self.index;
        let forms = Forms::of(screenee.names.iter().map(String::as_str));
        let mut best: HashMap<usize, f64> = HashMap::new();
        let beside = |entry: usize| index.beside(entry, screenee, &forms);
        let mut note = |entry: usize, score: f64| {
            let noted = best.entry(entry).or_default();
            *noted = score.max(*noted);
        };
        for name in &forms.chinese {
            for entry in index.by_chinese.get(name).into_iter().flatten().copied() {
                note(entry, score_of_chinese(beside(entry)));
            }
        }
        for form in &forms.latin {
            for placed in self.candidates(form) {
                note(placed.entry, score(form, &placed.form, beside(placed.entry)));
            }
        }
        let is_person = screenee.birth_date.is_some();
        let hits = best.into_iter().filter_map(|(entry, score)| {
            let entry = index.entries.get(entry).filter(|entry| entry.is_person == is_person)?;
            (score >= HIT_FROM).then(|| Hit { entry, score: thousandths(score) })
        });
        let mut hits: Vec<Hit<'_>> = hits.collect();
        hits.sort_by(|one, other| {
            other.score.cmp(&one.score).then_with(|| one.entry.id.cmp(&other.entry.id))
        });
        hits
    }

    /// The forms that share enough sounds to be worth comparing.
    fn candidates(&mut self, form: &Form) -> Vec<&'a Placed> {
        let index = self.index;
        let mut own = 0.0;
        let mut seen: Vec<&str> = Vec::new();
        let all: Vec<String> = sounds(form).collect();
        for (position, sound) in all.iter().enumerate() {
            let Some(posting) = index.by_sound.get(sound).filter(|_| !seen.contains(&&**sound))
            else {
                continue;
            };
            seen.push(sound);
            if position < form.sounds.len() {
                own += posting.weight;
            }
            for found in &posting.forms {
                let Some(shared) =
                    usize::try_from(*found).ok().and_then(|at| self.shared.get_mut(at))
                else {
                    continue;
                };
                if *shared == 0.0 {
                    self.touched.push(*found);
                }
                *shared += posting.weight;
            }
        }
        let mut candidates = Vec::new();
        for found in self.touched.drain(..) {
            let Ok(at) = usize::try_from(found) else { continue };
            let (Some(shared), Some(placed)) = (self.shared.get_mut(at), index.forms.get(at))
            else {
                continue;
            };
            if *shared >= SHARED_FROM * own.min(placed.weight) {
                candidates.push(placed);
            }
            *shared = 0.0;
        }
        candidates
    }
}

impl Index {
    fn beside(&self, entry: usize, screenee: &Screenee, forms: &Forms) -> Beside {
        let chinese = self.chinese.get(entry).map(Vec::as_slice).unwrap_or_default();
        let years = self.entries.get(entry).map(|entry| &*entry.birth_years).unwrap_or_default();
        let is_near = |birth: i32| years.iter().any(|year| year.abs_diff(birth) <= NEAR_YEARS);
        Beside {
            is_other_chinese: !chinese.is_empty()
                && !forms.chinese.is_empty()
                && !chinese.iter().any(|name| forms.chinese.contains(name)),
            is_other_years: !years.is_empty()
                && screenee.birth_date.is_some_and(|birth| !is_near(birth.year())),
        }
    }
}

fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}
