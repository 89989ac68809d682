//! What a shop is called in a code: Latin letters for every reader, Chinese beside them.
//!
//! Not Chinese in the first place: readers that count bytes or UTF-16 units misread it, and then
//! all that follows it.

use deunicode::deunicode_with_tofu;
use values::{DisplayName, LatinName, grapheme_start};

use super::code_error::CodeError;
use super::emv::{EmvError, Objects};

pub(super) const NAME: u8 = 59;
/// The template for another language.
const LANGUAGE_TEMPLATE: u8 = 64;
const LANGUAGE: u8 = 0;
const LANGUAGE_NAME: u8 = 1;
const LANGUAGE_CITY: u8 = 2;
const CHINESE: &str = "zh";
const HONG_KONG: &str = "香港";
const CHARACTERS_MAX: usize = 25;
/// What stands for a name of which no Latin letter is known.
pub(super) const NO_NAME: &str = "NA";

/// The objects that name a shop.
pub(crate) fn name_objects(
    name: &DisplayName,
    latin: Option<&LatinName>,
) -> Result<Vec<(u8, String)>, EmvError> {
    let latin = latin.map_or_else(|| transliterate(name), |latin| latin.as_str().to_owned());
    let mut objects = vec![(NAME, latin)];
    let start = grapheme_start(name.as_str(), CHARACTERS_MAX).trim_end();
    if start.chars().any(is_han) {
        let template = Objects::new([
            (LANGUAGE, CHINESE.to_owned()),
            (LANGUAGE_NAME, start.to_owned()),
            (LANGUAGE_CITY, HONG_KONG.to_owned()),
        ])?;
        objects.push((LANGUAGE_TEMPLATE, template.to_string()));
    }
    Ok(objects)
}

/// The name to show: the Chinese one if there is one, else the one that every code has. What is
/// said in another language, or cannot be read, counts as absent.
pub(crate) fn read_name(objects: &Objects) -> Result<DisplayName, CodeError> {
    let other = objects.template(LANGUAGE_TEMPLATE).unwrap_or_default();
    let is_chinese = |template: &Objects| {
        template.get(LANGUAGE).is_some_and(|code| code.eq_ignore_ascii_case(CHINESE))
    };
    let chinese = other.filter(is_chinese);
    let chinese = chinese.as_ref().and_then(|template| template.get(LANGUAGE_NAME));
    let name = chinese.or_else(|| objects.get(NAME)).ok_or(CodeError::Name)?.trim();
    name.to_owned().try_into().map_err(|_| CodeError::Name)
}

/// The name in ASCII: Chinese by its Mandarin sound, emoji by what they show.
fn transliterate(name: &DisplayName) -> String {
    let ascii = deunicode_with_tofu(name.as_str(), " ");
    let words = ascii.split(|character: char| !character.is_ascii_graphic());
    let text = words.filter(|word| !word.is_empty()).collect::<Vec<&str>>().join(" ");
    match grapheme_start(&text, CHARACTERS_MAX).trim_end() {
        "" => NO_NAME.to_owned(),
        start => start.to_owned(),
    }
}

const fn is_han(character: char) -> bool {
    matches!(
        character,
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, latin: Option<&str>) -> (String, Option<String>) {
        let name: DisplayName = name.to_owned().try_into().unwrap();
        let latin: Option<LatinName> = latin.map(|latin| latin.to_owned().try_into().unwrap());
        let objects = Objects::new(name_objects(&name, latin.as_ref()).unwrap()).unwrap();
        let template = objects.template(LANGUAGE_TEMPLATE).unwrap();
        let other = template.map(|template| template.get(LANGUAGE_NAME).unwrap().to_owned());
        (objects.get(NAME).unwrap().to_owned(), other)
    }

    #[test]
    fn a_name_is_written_in_ascii_and_a_chinese_one_beside_it() {
        let long = "茶".repeat(26);
        let cut = "茶".repeat(25);
        let skin = format!("{}👍🏽", "茶".repeat(24));
        for (name, latin, ascii, chinese) in [
            ("永記茶餐廳", None, "Yong Ji Cha Can Ting", Some("永記茶餐廳")),
            ("永記茶餐廳", Some("Wing Kee"), "Wing Kee", Some("永記茶餐廳")),
            ("Wing Kee", None, "Wing Kee", None),
            ("Café Müller & Söhne", None, "Cafe Muller & Sohne", None),
            ("Tea ☕", Some("Tea"), "Tea", None),
            ("\u{1400a}", None, "NA", None),
            ("A Very Long Name For One Shop", None, "A Very Long Name For One", None),
            (&long, None, "Cha Cha Cha Cha Cha Cha C", Some(&cut)),
            (&skin, Some("Tea"), "Tea", Some(&"茶".repeat(24))),
        ] {
            let expected = (ascii.to_owned(), chinese.map(str::to_owned));
            assert_eq!(written(name, latin), expected, "{name}");
        }
    }

    #[test]
    fn whatever_a_shop_is_called_its_latin_name_can_stand_in_a_code() {
        for first in ('!'..='\u{3ffff}').step_by(7) {
            let Ok(name) = DisplayName::try_from(format!("{first}")) else { continue };
            let latin = transliterate(&name);
            assert!(LatinName::try_from(latin.clone()).is_ok(), "{first} {latin:?}");
        }
    }

    #[test]
    fn the_chinese_name_is_shown_if_there_is_one() {
        let read = |objects: &[(u8, &str)]| {
            let objects = objects.iter().map(|(id, value)| (*id, (*value).to_owned()));
            read_name(&Objects::new(objects).unwrap()).map(String::from)
        };
        for (template, name) in [
            ("0002zh0105永記茶餐廳", "永記茶餐廳"),
            ("0002ZH0107 永記茶餐廳 0202香港", "永記茶餐廳"),
            ("0002ja0105永記茶餐廳", "Wing Kee"),
            ("0002zh0202香港", "Wing Kee"),
            ("0105永記茶餐廳", "Wing Kee"),
            ("永記茶餐廳", "Wing Kee"),
        ] {
            let objects = [(NAME, "Wing Kee"), (LANGUAGE_TEMPLATE, template)];
            assert_eq!(read(&objects), Ok(name.to_owned()), "{template}");
        }
        assert_eq!(read(&[(NAME, " Wing Kee ")]), Ok("Wing Kee".to_owned()));
        assert_eq!(read(&[(60, "HK")]), Err(CodeError::Name));
        let hidden = [(NAME, "Wing Kee"), (LANGUAGE_TEMPLATE, "0002zh0103永\u{202e}記")];
        assert_eq!(read(&hidden), Err(CodeError::Name));
    }
}
