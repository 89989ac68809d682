//! The form of OFAC's files, CSV: `SDN.CSV` or `CONS_PRIM.CSV`, and the aliases beside them.

use std::iter::Peekable;
use std::str::Chars;

use super::{BIRTHS_MAX, ENTRIES_MAX, Entry, ListError, year_in};

/// `ent_num,SDN_Name,SDN_Type,Program,Title,…,Remarks`.
const LIST_COLUMNS: usize = 12;
/// `ent_num,alt_num,alt_type,alt_name,alt_remarks`.
const ALIAS_COLUMNS: usize = 5;
/// How a line begins that names the columns, where there is one.
const HEADER: &str = "ent_num";
/// What stands for nothing.
const NOTHING: &str = "-0-";

/// All entries, or one more than a list may have.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, ListError> {
    let mut entries = Vec::new();
    for record in Records::of(text, LIST_COLUMNS) {
        let (number, record) = record?;
        let fields: Vec<&str> = record.iter().map(|field| meant(field)).collect();
        if is_idle(number, &fields) {
            continue;
        }
        let [id, name, kind, program, .., remarks] = fields.as_slice() else {
            return Err(ListError::Record(number));
        };
        if fields.len() != LIST_COLUMNS {
            return Err(ListError::Record(number));
        }
        let aliases = remarks.split(';').filter_map(alias);
        let births = remarks.split(';').filter(|remark| remark.contains("DOB "));
        let years = births.filter_map(year_in).take(BIRTHS_MAX).collect();
        let names = std::iter::once((*name).to_owned()).chain(aliases);
        entries.push(Entry::new(id, program, *kind == "individual", names, years));
        if entries.len() > ENTRIES_MAX {
            break;
        }
    }
    Ok(entries)
}

/// Of each alias its record's number, of which entry it is, and the name.
pub(super) fn aliases(
    text: &str,
) -> impl Iterator<Item = Result<(usize, String, String), ListError>> {
    Records::of(text, ALIAS_COLUMNS).filter_map(|record| {
        let (number, record) = match record {
            Ok(record) => record,
            Err(ListError::Record(number)) => return Some(Err(ListError::Alias(number))),
            Err(error) => return Some(Err(error)),
        };
        let fields: Vec<&str> = record.iter().map(|field| meant(field)).collect();
        if is_idle(number, &fields) {
            return None;
        }
        let [id, _, _, name, _] = fields.as_slice() else {
            return Some(Err(ListError::Alias(number)));
        };
        Some(Ok((number, (*id).to_owned(), (*name).to_owned())))
    })
}

fn meant(field: &str) -> &str {
    let field = field.trim();
    if field == NOTHING { "" } else { field }
}

/// A header, an empty line, or the mark at a file's end.
fn is_idle(number: usize, fields: &[&str]) -> bool {
    let is_header = number == 1 && fields.first() == Some(&HEADER);
    is_header || fields.iter().all(|field| field.is_empty() || *field == "\u{1a}")
}

/// `a.k.a. 'NAME'`, `f.k.a. "NAME"`.
fn alias(remark: &str) -> Option<String> {
    let (_, name) = remark.split_once(".k.a. ")?;
    let is_quote = |c| matches!(c, '\'' | '"' | '.' | '‘' | '’');
    Some(name.trim().trim_matches(is_quote).to_owned())
}

/// One record after the other (RFC 4180, with any line ends) with its number, from 1.
struct Records<'a> {
    characters: Peekable<Chars<'a>>,
    number: usize,
    columns_max: usize,
}

impl<'a> Records<'a> {
    fn of(text: &'a str, columns_max: usize) -> Self {
        Self { characters: text.chars().peekable(), number: 0, columns_max }
    }

    fn record(&mut self) -> Result<Vec<String>, ListError> {
        let mut field = String::new();
        let mut record = Vec::new();
        let mut is_quoted = false;
        while let Some(character) = self.characters.next() {
            match character {
                '"' if is_quoted && self.characters.peek() == Some(&'"') => {
                    self.characters.next();
                    field.push('"');
                }
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => {
                    record.push(std::mem::take(&mut field));
                    if record.len() >= self.columns_max {
                        return Err(ListError::Record(self.number));
                    }
                }
                '\n' | '\r' if !is_quoted => break,
                character => field.push(character),
            }
        }
        record.push(field);
        if is_quoted { Err(ListError::Form) } else { Ok(record) }
    }
}

impl Iterator for Records<'_> {
    type Item = Result<(usize, Vec<String>), ListError>;

    fn next(&mut self) -> Option<Self::Item> {
        // An end of a line may be two characters, and a line empty.
        while self.characters.next_if(|character| matches!(character, '\n' | '\r')).is_some() {}
        self.characters.peek()?;
        self.number = self.number.saturating_add(1);
        let record = self.record();
        Some(record.map(|record| (self.number, record)))
    }
}
