//! The form of the United Nations' consolidated list, its XML as JSON: what was one element in XML
//! is an object, several are a list, and none is null or "".

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{BIRTHS_MAX, ENTRIES_MAX, Entry, ListError, NAMES_MAX, year_in};

#[derive(Deserialize, Default)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", default)]
struct Published {
    consolidated_list: Elements<Sections, 1>,
    individuals: Elements<Individuals, 1>,
    entities: Elements<Entities, 1>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", default)]
struct Sections {
    individuals: Elements<Individuals, 1>,
    entities: Elements<Entities, 1>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", default)]
struct Individuals {
    individual: Elements<Listed, ENTRIES_MAX>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", default)]
struct Entities {
    entity: Elements<Listed, ENTRIES_MAX>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", default)]
struct Listed {
    dataid: Text,
    reference_number: Text,
    un_list_type: Text,
    first_name: Text,
    second_name: Text,
    third_name: Text,
    fourth_name: Text,
    name_original_script: Text,
    individual_alias: Elements<Alias, NAMES_MAX>,
    entity_alias: Elements<Alias, NAMES_MAX>,
    individual_date_of_birth: Elements<Birth, BIRTHS_MAX>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", default)]
struct Alias {
    alias_name: Text,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", default)]
struct Birth {
    year: Text,
    date: Text,
    from_year: Text,
    to_year: Text,
}

/// All entries. A list with more than it may have is none.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, ListError> {
    let published: Published = serde_json::from_str(text).map_err(|_| ListError::Form)?;
    let outer = Sections { individuals: published.individuals, entities: published.entities };
    let mut entries = Vec::new();
    for section in published.consolidated_list.kept.into_iter().chain([outer]) {
        for Individuals { individual } in section.individuals.kept {
            entries.extend(individual.all()?.into_iter().map(|it| it.entry(true)));
        }
        for Entities { entity } in section.entities.kept {
            entries.extend(entity.all()?.into_iter().map(|it| it.entry(false)));
        }
    }
    Ok(entries)
}

impl Listed {
    fn entry(self, is_person: bool) -> Entry {
        let parts = [self.first_name, self.second_name, self.third_name, self.fourth_name];
        let parts = parts.into_iter().map(|Text(part)| part).filter(|part| !part.is_empty());
        let whole = parts.collect::<Vec<_>>().join(" ");
        let aliases = self.individual_alias.kept.into_iter().chain(self.entity_alias.kept);
        let aliases = aliases.flat_map(|Alias { alias_name: Text(names) }| {
            names.split(';').take(NAMES_MAX).map(str::to_owned).collect::<Vec<_>>()
        });
        let births = self.individual_date_of_birth.kept.into_iter().flat_map(|birth| {
            let spelt = [birth.year, birth.date, birth.from_year, birth.to_year];
            spelt.into_iter().filter_map(|Text(text)| year_in(&text))
        });
        let (Text(reference), Text(id)) = (self.reference_number, self.dataid);
        let id = if reference.is_empty() { id } else { reference };
        let names = [whole, self.name_original_script.0].into_iter().chain(aliases);
        Entry::new(&id, &self.un_list_type.0, is_person, names, births.collect())
    }
}

/// As many of one name as are kept; the others are only counted.
struct Elements<T, const MAX: usize> {
    kept: Vec<T>,
    has_more: bool,
}

impl<T, const MAX: usize> Elements<T, MAX> {
    fn all(self) -> Result<Vec<T>, ListError> {
        if self.has_more { Err(ListError::Entries) } else { Ok(self.kept) }
    }
}

impl<T, const MAX: usize> Default for Elements<T, MAX> {
    fn default() -> Self {
        Self { kept: Vec::new(), has_more: false }
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for Elements<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ElementsVisitor(PhantomData))
    }
}

struct ElementsVisitor<T, const MAX: usize>(PhantomData<fn() -> T>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for ElementsVisitor<T, MAX> {
    type Value = Elements<T, MAX>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("one element, several, or none")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Elements::default())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Elements::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, one: A) -> Result<Self::Value, A::Error> {
        let one = T::deserialize(MapAccessDeserializer::new(one))?;
        Ok(Elements { kept: vec![one], has_more: false })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut several: A) -> Result<Self::Value, A::Error> {
        let mut elements = Elements::default();
        while elements.kept.len() < MAX {
            let Some(element) = several.next_element()? else { return Ok(elements) };
            elements.kept.push(element);
        }
        while several.next_element::<IgnoredAny>()?.is_some() {
            elements.has_more = true;
        }
        Ok(elements)
    }
}

/// A text or a number, without spaces around it; anything else is nothing.
#[derive(Default)]
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text(text.trim().to_owned()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    fn visit_unit<E: Error>(self) -> Result<Text, E> {
        Ok(Text::default())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Text, E> {
        Ok(Text::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, several: A) -> Result<Text, A::Error> {
        IgnoredAny.visit_seq(several).map(|_| Text::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, element: A) -> Result<Text, A::Error> {
        IgnoredAny.visit_map(element).map(|_| Text::default())
    }
}
