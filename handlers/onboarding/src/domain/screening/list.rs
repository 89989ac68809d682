//! Lists as they are published: JSON in the form of the United Nations' consolidated list, CSV in
//! the form of OFAC's. A list of exposed persons comes in either form, with a programme of its own.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest list, in bytes.
pub(crate) const LIST_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most entries of a list.
const ENTRIES_MAX: usize = 200_000;
/// The most names of one entry, and the longest of them; what is beyond is not compared.
const NAMES_MAX: usize = 60;
const NAME_CHARACTERS_MAX: usize = 200;
const ID_CHARACTERS_MAX: usize = 64;
const PROGRAM_CHARACTERS_MAX: usize = 100;
/// Columns of OFAC's form.
const COLUMNS: usize = 12;
/// What stands for nothing in OFAC's form.
const NOTHING: &str = "-0-";

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
}

/// The entries of a list in either form.
pub(crate) fn parse_list(bytes: &[u8]) -> Result<Vec<Entry>, ListError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ListError::Form)?;
    let text = text.trim_start_matches('\u{feff}');
    let entries =
        if text.trim_start().starts_with('{') { consolidated(text)? } else { columns(text)? };
    let is_sound = !entries.is_empty()
        && entries.len() <= ENTRIES_MAX
        && entries.iter().all(|entry| !entry.names.is_empty() && !entry.id.is_empty());
    if is_sound { Ok(entries) } else { Err(ListError::Entries) }
}

fn entry(
    id: &str,
    program: &str,
    is_person: bool,
    names: impl IntoIterator<Item = String>,
    mut birth_years: Vec<i32>,
) -> Entry {
    let cut = |text: &str, most| text.trim().chars().take(most).collect::<String>();
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        let name = cut(&name, NAME_CHARACTERS_MAX);
        if !name.is_empty() && !kept.contains(&name) && kept.len() < NAMES_MAX {
            kept.push(name);
        }
    }
    birth_years.sort_unstable();
    birth_years.dedup();
    Entry {
        id: cut(id, ID_CHARACTERS_MAX),
        program: cut(program, PROGRAM_CHARACTERS_MAX),
        is_person,
        names: kept,
        birth_years,
    }
}

fn consolidated(text: &str) -> Result<Vec<Entry>, ListError> {
    let list: Value = serde_json::from_str(text).map_err(|_| ListError::Form)?;
    let list = list.get("CONSOLIDATED_LIST").unwrap_or(&list);
    let people = items(&list["INDIVIDUALS"]["INDIVIDUAL"]);
    let entities = items(&list["ENTITIES"]["ENTITY"]);
    let people = people.map(|person| {
        let years = items(&person["INDIVIDUAL_DATE_OF_BIRTH"]).flat_map(|birth| {
            let spelt = ["YEAR", "DATE", "FROM_YEAR", "TO_YEAR"].map(|part| text_of(&birth[part]));
            spelt.into_iter().filter_map(|text| year_in(&text))
        });
        named(person, "INDIVIDUAL_ALIAS", true, years.collect())
    });
    Ok(people.chain(entities.map(|it| named(it, "ENTITY_ALIAS", false, Vec::new()))).collect())
}

fn named(item: &Value, aliases: &str, is_person: bool, birth_years: Vec<i32>) -> Entry {
    let parts = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"];
    let parts = parts.map(|part| text_of(&item[part]));
    let whole = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let original = text_of(&item["NAME_ORIGINAL_SCRIPT"]);
    let aliases = items(&item[aliases]).map(|alias| text_of(&alias["ALIAS_NAME"]));
    let aliases = aliases.flat_map(|names| names.split(';').map(str::to_owned).collect::<Vec<_>>());
    let id = match text_of(&item["REFERENCE_NUMBER"]) {
        reference if reference.is_empty() => text_of(&item["DATAID"]),
        reference => reference,
    };
    let names = [whole, original].into_iter().chain(aliases);
    entry(&id, &text_of(&item["UN_LIST_TYPE"]), is_person, names, birth_years)
}

/// What was one element in XML is an object in JSON, several are a list, and none is null or "".
fn items(value: &Value) -> impl Iterator<Item = &Value> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let one = value.is_object().then_some(value);
    one.into_iter().chain(list)
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

/// A year between 1800 and 2100 that stands alone.
fn year_in(text: &str) -> Option<i32> {
    let numbers = text.split(|c: char| !c.is_ascii_digit());
    numbers
        .filter(|digits| digits.len() == 4)
        .filter_map(|digits| digits.parse().ok())
        .find(|year| (1800..=2100).contains(year))
}

/// `ent_num,SDN_Name,SDN_Type,Program,Title,…,Remarks`, with or without a line that says so.
fn columns(text: &str) -> Result<Vec<Entry>, ListError> {
    let mut entries = Vec::new();
    for (position, record) in records(text).ok_or(ListError::Form)?.iter().enumerate() {
        let record: Vec<&str> = record
            .iter()
            .map(|field| field.trim())
            .map(|field| if field == NOTHING { "" } else { field })
            .collect();
        let is_header = position == 0 && record.first().is_some_and(|id| *id == "ent_num");
        if is_header || record.iter().all(|field| field.is_empty() || *field == "\u{1a}") {
            continue;
        }
        let [id, name, kind, program, .., remarks] = record.as_slice() else {
            return Err(ListError::Record(position.saturating_add(1)));
        };
        if record.len() != COLUMNS {
            return Err(ListError::Record(position.saturating_add(1)));
        }
        let remarks: Vec<&str> = remarks.split(';').map(str::trim).collect();
        let aliases = remarks.iter().filter_map(|remark| alias(remark));
        let births = remarks.iter().filter(|remark| remark.contains("DOB "));
        let years = births.filter_map(|remark| year_in(remark)).collect();
        let names = std::iter::once((*name).to_owned()).chain(aliases);
        entries.push(entry(id, program, *kind == "individual", names, years));
    }
    Ok(entries)
}

/// `a.k.a. 'NAME'`, `f.k.a. "NAME"`.
fn alias(remark: &str) -> Option<String> {
    let (_, name) = remark.split_once(".k.a. ")?;
    let is_quote = |c| matches!(c, '\'' | '"' | '.' | '‘' | '’');
    Some(name.trim().trim_matches(is_quote).to_owned())
}

/// RFC 4180, with any line ends; none if a quote does not end.
fn records(text: &str) -> Option<Vec<Vec<String>>> {
    let mut records = vec![vec![String::new()]];
    let mut characters = text.chars().peekable();
    let mut is_quoted = false;
    while let Some(character) = characters.next() {
        let record = records.last_mut()?;
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                record.last_mut()?.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => record.push(String::new()),
            '\n' | '\r' if !is_quoted => {
                if record.iter().any(|field| !field.is_empty()) || record.len() > 1 {
                    records.push(vec![String::new()]);
                }
            }
            character => record.last_mut()?.push(character),
        }
    }
    if records.last().is_some_and(|last| last.iter().all(String::is_empty)) {
        records.pop();
    }
    (!is_quoted).then_some(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_the_form_of_the_united_nations_is_read() {
        let list = r#"{"CONSOLIDATED_LIST": {"INDIVIDUALS": {"INDIVIDUAL": [
            {"DATAID": "1", "REFERENCE_NUMBER": "XXi.001", "UN_LIST_TYPE": "SPECIMEN",
             "FIRST_NAME": "DA WEN", "SECOND_NAME": "CHEN", "THIRD_NAME": null,
             "NAME_ORIGINAL_SCRIPT": "陳大文",
             "INDIVIDUAL_ALIAS": [{"QUALITY": "Good", "ALIAS_NAME": "Chan Tai Man; David Chan"},
                                  {"QUALITY": "Low", "ALIAS_NAME": ""}],
             "INDIVIDUAL_DATE_OF_BIRTH": [{"TYPE_OF_DATE": "EXACT", "DATE": "1965-03-02"},
                                          {"YEAR": 1967}]},
            {"DATAID": 7, "FIRST_NAME": "ALI", "INDIVIDUAL_ALIAS": ""}]},
            "ENTITIES": {"ENTITY": {"DATAID": "9", "FIRST_NAME": "SPECIMEN TRADING",
                "ENTITY_ALIAS": {"ALIAS_NAME": "ST LTD"}}}}}"#;
        let entries = parse_list(list.as_bytes()).unwrap();
        assert_eq!(entries.len(), 3);
        assert_eq!((entries[0].id.as_str(), entries[0].program.as_str()), ("XXi.001", "SPECIMEN"));
        assert_eq!(entries[0].names, ["DA WEN CHEN", "陳大文", "Chan Tai Man", "David Chan"]);
        assert_eq!(entries[0].birth_years, [1965, 1967]);
        assert_eq!((entries[1].id.as_str(), entries[1].names.len()), ("7", 1));
        assert_eq!((entries[2].is_person, entries[2].names.len()), (false, 2));
    }

    #[test]
    fn a_list_in_the_form_of_ofac_is_read() {
        let list = "2674,\"CHEN, Da Wen\",\"individual\",\"SPECIMEN\",-0- ,-0- ,-0- ,-0- ,-0- ,\
            -0- ,-0- ,\"DOB 02 Mar 1965; alt. DOB 1967; a.k.a. 'CHAN, \"\"Tai\"\" Man'; POB X\"\r\n\
            36,\"SPECIMEN TRADING\",-0- ,\"SPECIMEN\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\
            \u{1a}";
        let entries = parse_list(list.as_bytes()).unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].names, ["CHEN, Da Wen", "CHAN, \"Tai\" Man"]);
        assert_eq!(
            (entries[0].is_person, entries[0].birth_years.clone()),
            (true, vec![1965, 1967])
        );
        assert_eq!((entries[1].is_person, entries[1].id.as_str()), (false, "36"));
    }

    #[test]
    fn what_is_not_a_list_is_refused_whole() {
        for (text, error) in [
            ("", ListError::Entries),
            ("{}", ListError::Entries),
            ("{", ListError::Form),
            ("1,2,3\n", ListError::Record(1)),
            ("1,\"open", ListError::Form),
            ("1,,individual,,,,,,,,,\n", ListError::Entries),
            ("<html>no such blob</html>", ListError::Record(1)),
        ] {
            assert_eq!(parse_list(text.as_bytes()), Err(error), "{text}");
        }
        assert_eq!(parse_list(&[0xff, 0xfe, 0x31]), Err(ListError::Form));
    }
}
