//! Free texts that people write and others read and decide by: names, descriptions, reasons.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use crate::bank_account::BankAccount;
use crate::legible::is_legible;
use crate::skeleton::skeleton;

/// Why a text is refused. It says what is wrong and repeats nothing of the text, which may be
/// personal.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Too short or too long, once its characters are composed (NFC).
    #[error("a text of {min} to {max} characters is expected")]
    Length {
        /// The fewest characters.
        min: usize,
        /// The most characters.
        max: usize,
    },
    /// A space begins or ends it.
    #[error("a text has no space at its ends")]
    SpaceAtEnd,
    /// A reader would not see it as it is.
    #[error("a character is invisible, unassigned or where it cannot stand")]
    Illegible,
}

/// The composed form (NFC) of a legible text: what looks the same is stored the same.
fn parse(text: &str, min: usize, max: usize) -> Result<String, TextError> {
    parse_if(is_legible, text, min, max)
}

/// The same of a text that may have several lines.
fn parse_lines(text: &str, min: usize, max: usize) -> Result<String, TextError> {
    parse_if(|text| text.split('\n').all(is_legible), text, min, max)
}

fn parse_if(
    is_legible: impl Fn(&str) -> bool,
    text: &str,
    min: usize,
    max: usize,
) -> Result<String, TextError> {
    let composed: String = text.nfc().collect();
    if !(min..=max).contains(&composed.chars().count()) {
        return Err(TextError::Length { min, max });
    }
    if composed.trim() != composed {
        return Err(TextError::SpaceAtEnd);
    }
    if is_legible(&composed) { Ok(composed) } else { Err(TextError::Illegible) }
}

// `tt`, since the derive of the schema reads no number that a `literal` has wrapped.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $min:tt, $max:tt, $example:literal) => {
        text!($(#[$doc])* $name, $min, $max, $example, parse);
    };
    ($(#[$doc:meta])* $name:ident, $min:tt, $max:tt, $example:literal, $parse:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, min_length = $min, max_length = $max, example = $example)]
        pub struct $name(String);

        impl $name {
            /// The most characters.
            pub const CHARACTERS_MAX: usize = $max;

            /// The text, in its composed form (NFC).
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                $parse(&text, $min, $max).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

text!(
    /// What a person or a shop is called: 1 to 50 legible characters, no space at either end.
    DisplayName, 1, 50, "陳大文"
);
text!(
    /// What a payment is for, in the shop's words: up to 100 legible characters, or none.
    Description, 0, 100, "Table 7"
);
text!(
    /// What somebody says to whom they give money: 1 to 100 legible characters, no space at either
    /// end.
    Note, 1, 100, "Lunch on Friday"
);
text!(
    /// What somebody says in a conversation: 1 to 1,000 legible characters on any number of lines,
    /// no space at either end.
    MessageText, 1, 1000, "See you at seven?", parse_lines
);
text!(
    /// What somebody says of a payment that they may see: 1 to 280 legible characters, no space at
    /// either end.
    Comment, 1, 280, "Thank you for the dinner!"
);
text!(
    /// Why an operator did something: 1 to 200 legible characters, no space at either end.
    Reason, 1, 200, "Court order HCMP 1/2026"
);
text!(
    /// What a side of a dispute says: 1 to 500 legible characters, no space at either end.
    Statement, 1, 500, "The parcel never came, and nobody answers my calls."
);
text!(
    /// What a person or a business is called on a document: 1 to 150 legible characters, no space
    /// at either end. Personal data.
    LegalName, 1, 150, "CHAN, Tai Man"
);
text!(
    /// Where somebody lives: 1 to 200 legible characters, no space at either end. Personal data.
    HomeAddress, 1, 200, "Flat 3B, 12 Nathan Road, Kowloon"
);
text!(
    /// Which operator did something: 1 to 100 legible characters, no space at either end.
    Operator, 1, 100, "wong.tm@example.com"
);
text!(
    /// What the payee knows a payment by, as the payer quotes it: 1 to 25 legible characters, as
    /// many as a payment code holds, no space at either end.
    Reference, 1, 25, "INV-2026-0042"
);

/// No description.
impl Default for Description {
    fn default() -> Self {
        Self(String::new())
    }
}

/// What is confirmed of a withdrawal: to which account. It has only digits and a hyphen, 16
/// characters at most.
impl From<&BankAccount> for Reference {
    fn from(account: &BankAccount) -> Self {
        Self(account.short_form())
    }
}

impl DisplayName {
    /// The longest [`Self::skeleton`], in characters.
    pub const SKELETON_CHARACTERS_MAX: usize = 200;

    /// The same for all names that look like this one, to search for them; nobody reads it. It is
    /// cut, so a few long names share it without looking alike.
    pub fn skeleton(&self) -> String {
        skeleton(&self.0).chars().take(Self::SKELETON_CHARACTERS_MAX).collect()
    }

    /// Whether both may be the name of one person.
    pub fn is_same_name(&self, other: &Self) -> bool {
        is_same_name(&self.0, &other.0)
    }
}

impl LegalName {
    /// Whether both may be the name of one person or business.
    pub fn is_same_name(&self, other: &Self) -> bool {
        is_same_name(&self.0, &other.0)
    }
}

/// They look alike, spaces aside, or have the same words in any order, whatever stands between
/// them. A name in Chinese and one in Latin letters are two.
fn is_same_name(one: &str, other: &str) -> bool {
    let words = |name: &str| {
        let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | '-');
        let words = name.split(is_between).filter(|word| !word.is_empty());
        let mut words: Vec<String> = words.map(skeleton).collect();
        words.sort_unstable();
        words
    };
    skeleton(one) == skeleton(other) || words(one) == words(other)
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};
    use utoipa::PartialSchema;

    use super::*;

    fn name(text: &str) -> Result<DisplayName, TextError> {
        DisplayName::try_from(text.to_owned())
    }

    #[test]
    fn a_text_has_so_many_composed_characters_and_no_space_at_its_ends() {
        let length = Err(TextError::Length { min: 1, max: 50 });
        assert_eq!(name(""), length);
        assert_eq!(name(&"文".repeat(51)), length);
        assert!(name(&"文".repeat(50)).is_ok());
        assert!(name(&"e\u{301}".repeat(50)).is_ok(), "counted once they are composed");
        for text in [" ", " Ann", "Ann ", "Ann\u{3000}", "\u{a0}Ann", "Ann\n"] {
            assert_eq!(name(text), Err(TextError::SpaceAtEnd), "{text:?}");
        }
        assert_eq!(Description::try_from(String::new()), Ok(Description::default()));
        assert!(Description::try_from("文".repeat(101)).is_err());
        assert!(Reason::try_from(String::new()).is_err());
        assert!(Reason::try_from("文".repeat(200)).is_ok());
        assert!(Operator::try_from("文".repeat(101)).is_err());
        for text in [String::new(), "7".repeat(26)] {
            assert_eq!(Reference::try_from(text), Err(TextError::Length { min: 1, max: 25 }));
        }
        for text in [String::new(), "文".repeat(101)] {
            assert_eq!(Note::try_from(text), Err(TextError::Length { min: 1, max: 100 }));
        }
    }

    #[test]
    fn a_persons_name_is_the_same_in_any_case_order_and_spacing_and_no_other_is() {
        for (one, other, is_same) in [
            ("CHAN Tai Man", "Tai Man Chan", true),
            ("CHAN, TAI-MAN", "chan tai man", true),
            ("Chan Taiman", "Chan Tai Man", true),
            ("陳大文", "陳 大文", true),
            ("ＣＨＡＮ Ｔａｉ Ｍａｎ", "Chan Tai Man", true),
            ("CHAN Tai Man", "CHAN Tai Ming", false),
            ("CHAN Tai Man", "CHAN Man", false),
            ("CHAN Tai Man", "CHAN Man Man Tai", false),
            ("陳大文", "陳大明", false),
            ("陳大文", "文大陳", false),
            ("陳大文", "CHAN Tai Man", false),
        ] {
            let [one, other] = [one, other].map(|text| name(text).unwrap());
            assert_eq!(one.is_same_name(&other), is_same, "{one:?} {other:?}");
            assert_eq!(other.is_same_name(&one), is_same, "{other:?} {one:?}");
        }
    }

    #[test]
    fn every_kind_of_text_is_legible() {
        for text in ["Table\u{200b}7", "two\nlines", "\u{202e}7 elbaT"].map(str::to_owned) {
            assert_eq!(name(&text), Err(TextError::Illegible), "{text:?}");
            assert_eq!(Description::try_from(text.clone()), Err(TextError::Illegible));
            assert_eq!(Reason::try_from(text.clone()), Err(TextError::Illegible));
            assert_eq!(Operator::try_from(text.clone()), Err(TextError::Illegible));
            assert_eq!(Reference::try_from(text.clone()), Err(TextError::Illegible));
            assert_eq!(Note::try_from(text), Err(TextError::Illegible));
        }
    }

    #[test]
    fn only_what_is_said_in_a_conversation_has_lines_each_of_which_is_legible() {
        let said = |text: &str| MessageText::try_from(text.to_owned());
        assert_eq!(said("two\n\nlines").unwrap().as_str(), "two\n\nlines");
        for text in ["two\r\nlines", "two\n\u{202e}lines", "two\n\u{200b}", "a\u{2028}b"] {
            assert_eq!(said(text), Err(TextError::Illegible), "{text:?}");
        }
        assert_eq!(said("lines\n"), Err(TextError::SpaceAtEnd));
        assert!(said(&"文".repeat(1000)).is_ok() && said(&"文".repeat(1001)).is_err());
    }

    #[test]
    fn what_looks_the_same_is_stored_the_same() {
        for (written, stored) in [
            ("Jose\u{301}", "Jos\u{e9}"),
            ("Jos\u{e9}", "Jos\u{e9}"),
            ("\u{1112}\u{1161}\u{11ab}", "\u{d55c}"),
            ("\u{212b}", "\u{c5}"),
            ("\u{f9dc}", "\u{9686}"),
        ] {
            assert_eq!(name(written).unwrap().as_str(), stored, "{written:?}");
        }
    }

    #[test]
    fn the_schema_says_the_length() {
        let schema = to_value(Reason::schema()).unwrap();
        assert_eq!(schema["type"], "string");
        assert_eq!((&schema["minLength"], &schema["maxLength"]), (&json!(1), &json!(200)));
        assert_eq!(to_value(Description::schema()).unwrap()["maxLength"], 100);
    }
}
