//! Lists as they are published: JSON in the form of the United Nations' consolidated list, CSV in
//! the form of OFAC's. A list of exposed persons comes in either form, with a programme of its own.
//!
//! Whatever is in them, reading takes little more memory than their text: a record is read after
//! the other, and what is beyond a limit is not kept.

mod columns;
mod consolidated;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use values::code_enum;

/// The longest list, in bytes.
pub(crate) const LIST_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most entries of a list.
const ENTRIES_MAX: usize = 200_000;
/// The most names of one entry, and the longest of them; what is beyond is not compared.
const NAMES_MAX: usize = 60;
/// The same of the years in which a person may be born.
const BIRTHS_MAX: usize = 60;
const NAME_CHARACTERS_MAX: usize = 200;
const ID_CHARACTERS_MAX: usize = 64;
const PROGRAM_CHARACTERS_MAX: usize = 100;
/// Tenths of its entries and names that a source keeps from one list to the next.
const KEPT_TENTHS_MIN: u64 = 9;

code_enum! {
    /// Who publishes a list. A newer list takes the place of the one before of the same source.
    pub(crate) enum ListSource {
        /// The consolidated list of the Security Council.
        UnitedNations = "united-nations",
        /// OFAC's list of specially designated nationals.
        OfacSdn = "ofac-sdn",
        /// OFAC's list of all others.
        OfacConsolidated = "ofac-consolidated",
        /// Politically exposed persons, from whoever supplies them.
        ExposedPersons = "exposed-persons",
    }
}

/// Somebody on a list, or something. It is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// As the list numbers it.
    pub(crate) id: String,
    /// Why it is listed.
    pub(crate) program: String,
    /// A person; otherwise a business, a ship or the like.
    pub(crate) is_person: bool,
    /// The first is the one by which it is known.
    pub(crate) names: Vec<String>,
    /// In which years the person may be born; empty if nobody knows.
    pub(crate) birth_years: Vec<i32>,
}

/// Why a text is not a list.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ListError {
    #[error("the text is neither JSON nor CSV in UTF-8")]
    Form,
    #[error("record {0} has not the columns of a list")]
    Record(usize),
    #[error("a list has 1 to {ENTRIES_MAX} entries, each with a name")]
    Entries,
    #[error("record {0} of the aliases has not their columns, or is of nobody on the list")]
    Alias(usize),
}

/// How long a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ListSize {
    pub(crate) entries: u32,
    /// Of all entries. Of a list that came before they were counted, nobody knows.
    pub(crate) names: Option<u32>,
}

impl ListSize {
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
        let names = entries.iter().map(|entry| entry.names.len()).sum::<usize>();
        Self { entries: count(entries.len()), names: Some(count(names)) }
    }

    /// Whether more than a tenth of the entries or of the names before is gone: lists shrink by a
    /// few. Half a file does so, and one whose aliases were forgotten.
    pub(crate) fn is_shrunk_since(self, before: Self) -> bool {
        let is_shrunk = |now: u32, before: u32| {
            u64::from(now).saturating_mul(10) < u64::from(before).saturating_mul(KEPT_TENTHS_MIN)
        };
        let names = self.names.zip(before.names);
        is_shrunk(self.entries, before.entries)
            || names.is_some_and(|(now, before)| is_shrunk(now, before))
    }
}

/// The entries of a list in either form. Aliases are of OFAC's form: a file beside the list, whose
/// records name its entries.
pub(crate) fn parse_list(bytes: &[u8], aliases: Option<&[u8]>) -> Result<Vec<Entry>, ListError> {
    let text = text_of(bytes)?;
    let mut entries = if text.trim_start().starts_with('{') {
        consolidated::entries(text)?
    } else {
        columns::entries(text)?
    };
    let is_sound = !entries.is_empty()
        && entries.len() <= ENTRIES_MAX
        && entries.iter().all(|entry| !entry.names.is_empty() && !entry.id.is_empty());
    if !is_sound {
        return Err(ListError::Entries);
    }
    if let Some(aliases) = aliases {
        add_aliases(&mut entries, text_of(aliases)?)?;
    }
    Ok(entries)
}

fn text_of(bytes: &[u8]) -> Result<&str, ListError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ListError::Form)?;
    Ok(text.trim_start_matches('\u{feff}'))
}

fn add_aliases(entries: &mut [Entry], text: &str) -> Result<(), ListError> {
    let places = entries.iter().enumerate().map(|(place, entry)| (entry.id.clone(), place));
    let places: HashMap<String, usize> = places.collect();
    for alias in columns::aliases(text) {
        let (record, id, name) = alias?;
        let entry = places.get(&id).and_then(|place| entries.get_mut(*place));
        entry.ok_or(ListError::Alias(record))?.add_name(&name);
    }
    Ok(())
}

impl Entry {
    fn new(
        id: &str,
        program: &str,
        is_person: bool,
        names: impl IntoIterator<Item = String>,
        mut birth_years: Vec<i32>,
    ) -> Self {
        birth_years.sort_unstable();
        birth_years.dedup();
        let mut entry = Self {
            id: cut(id, ID_CHARACTERS_MAX),
            program: cut(program, PROGRAM_CHARACTERS_MAX),
            is_person,
            names: Vec::new(),
            birth_years,
        };
        names.into_iter().for_each(|name| entry.add_name(&name));
        entry
    }

    /// Each once.
    fn add_name(&mut self, name: &str) {
        let name = cut(name, NAME_CHARACTERS_MAX);
        if !name.is_empty() && !self.names.contains(&name) && self.names.len() < NAMES_MAX {
            self.names.push(name);
        }
    }
}

fn cut(text: &str, characters_max: usize) -> String {
    text.trim().chars().take(characters_max).collect()
}

/// A year between 1800 and 2100 that stands alone.
fn year_in(text: &str) -> Option<i32> {
    let numbers = text.split(|c: char| !c.is_ascii_digit());
    numbers
        .filter(|digits| digits.len() == 4)
        .filter_map(|digits| digits.parse().ok())
        .find(|year| (1800..=2100).contains(year))
}

#[cfg(test)]
mod tests;
