//! Which texts a reader sees as they are: nothing hidden, nothing reordered, nothing that is drawn
//! as something else.

use unicode_normalization::char::canonical_combining_class;
use unicode_properties::{
    GeneralCategory, GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory,
};
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

/// The most marks on one letter. Thai needs two, Hebrew and Tibetan up to four; towers of more
/// cover the lines around them.
const MARKS_PER_LETTER_MAX: usize = 4;
/// The longest grapheme cluster. A family of four with skin tones has eleven characters; a chain
/// without end could be cut nowhere.
const GRAPHEME_CHARACTERS_MAX: usize = 12;

const ZERO_WIDTH_JOINER: char = '\u{200d}';
const TEXT_STYLE: char = '\u{fe0e}';
const EMOJI_STYLE: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';
/// The canonical combining class of the viramas, the signs that join two letters of one script.
const VIRAMA: u8 = 9;

/// Whether every character is seen as it is, where it stands. A text in NFC is expected.
pub(crate) fn is_legible(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    // Half a flag is drawn as a letter in a box, or not at all.
    let flags = characters.split(|character| !is_flag_letter(*character));
    if flags.into_iter().any(|letters| letters.len() % 2 != 0) {
        return false;
    }
    let is_long = |grapheme: &str| grapheme.chars().count() > GRAPHEME_CHARACTERS_MAX;
    if text.graphemes(true).any(is_long) {
        return false;
    }
    let mut marks: usize = 0;
    for (position, character) in characters.iter().copied().enumerate() {
        let (before, rest) = characters.split_at(position);
        marks = if is_mark(character) { marks.saturating_add(1) } else { 0 };
        if marks > MARKS_PER_LETTER_MAX || !may_stand(before, character, rest.get(1).copied()) {
            return false;
        }
    }
    true
}

/// Whether a character may stand between these. A joiner, a selector or a mark may stand only where
/// it changes something: elsewhere it shows nothing.
fn may_stand(before: &[char], character: char, after: Option<char>) -> bool {
    let previous = before.last().copied();
    match character {
        ZERO_WIDTH_JOINER => joins(before, after),
        KEYCAP => matches!(before, [.., base] | [.., base, EMOJI_STYLE] if is_keycap_base(*base)),
        // A digit has styles too, and takes one in a keycap only: elsewhere it would be hidden.
        TEXT_STYLE | EMOJI_STYLE => previous.is_some_and(|previous| {
            if is_keycap_base(previous) { after == Some(KEYCAP) } else { is_emoji(previous) }
        }),
        // The forms of an ideograph, which some names of people need.
        '\u{fe00}'..='\u{fe02}' | '\u{e0100}'..='\u{e01ef}' => previous.is_some_and(is_ideograph),
        _ if shows_nothing(character) => false,
        _ => match character.general_category_group() {
            GeneralCategoryGroup::Letter
            | GeneralCategoryGroup::Number
            | GeneralCategoryGroup::Punctuation
            | GeneralCategoryGroup::Symbol => true,
            // Chinese keyboards write the wide space. Any other space looks like one of these two
            // or like nothing.
            GeneralCategoryGroup::Separator => matches!(character, ' ' | '\u{3000}'),
            GeneralCategoryGroup::Mark => {
                character.general_category() != GeneralCategory::EnclosingMark
                    && previous.is_some_and(takes_marks)
            }
            // Controls, private use, unassigned, and formats: among them those that change the
            // direction and the tags, which spell a text that nobody sees. The flags of England,
            // Scotland and Wales are the price.
            GeneralCategoryGroup::Other => false,
        },
    }
}

/// A joiner makes one emoji of two, or, after a virama, the form of a letter by which Sinhala,
/// Nepali and Malayalam spell: both are seen. Persian's non-joiner is refused, since it shows
/// nothing after most letters.
fn joins(before: &[char], after: Option<char>) -> bool {
    let base = match before {
        [.., base, EMOJI_STYLE] | [.., base] => *base,
        [] => return false,
    };
    let Some(after) = after else { return false };
    let is_letter = after.general_category_group() == GeneralCategoryGroup::Letter;
    (is_emoji(base) && is_emoji(after) && !is_skin_tone(after))
        || (canonical_combining_class(base) == VIRAMA && is_letter)
}

fn takes_marks(previous: char) -> bool {
    let group = previous.general_category_group();
    matches!(group, GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number)
        || is_mark(previous)
}

/// A mark that is drawn: the selectors are of this category too.
fn is_mark(character: char) -> bool {
    character.general_category_group() == GeneralCategoryGroup::Mark
        && !matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

const fn is_flag_letter(character: char) -> bool {
    matches!(character, '\u{1f1e6}'..='\u{1f1ff}')
}

const fn is_keycap_base(character: char) -> bool {
    matches!(character, '0'..='9' | '#' | '*')
}

const fn is_skin_tone(character: char) -> bool {
    matches!(character, '\u{1f3fb}'..='\u{1f3ff}')
}

/// Digits and the letters of flags are parts of emoji, but not emoji by themselves.
fn is_emoji(character: char) -> bool {
    character.is_emoji_char() && !is_keycap_base(character) && !is_flag_letter(character)
}

fn is_ideograph(character: char) -> bool {
    character.script() == Script::Han
        && character.general_category() == GeneralCategory::OtherLetter
}

/// Characters whose category may stand, but which are drawn as nothing or as a space, or stand for
/// something else.
const fn shows_nothing(character: char) -> bool {
    matches!(
        character,
        // the grapheme joiner, Hangul fillers, inherent vowels of Khmer
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{17b4}' | '\u{17b5}'
            // Mongolian and other selectors of a form
            | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe03}'..='\u{fe0d}'
            // the Braille blank, fillers of Khitan, hieroglyphs and music
            | '\u{2800}' | '\u{16fe4}' | '\u{13440}' | '\u{13441}'..='\u{13446}' | '\u{1d159}'
            // in place of an object, of a character that was lost
            | '\u{fffc}' | '\u{fffd}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_are_called_is_legible_in_any_script() {
        for text in [
            "",
            "陳大文",
            "王 小明",
            "王\u{3000}小明",
            "𠮷野家 2號店",
            "佐々木",
            "葛\u{e0100}城",
            "Mary Ann O'Neil",
            "L’Oréal & Co. (HK) – 50%",
            "Nguy\u{1ec5}n",
            "x\u{301}\u{302}\u{303}\u{304}",
            "한국",
            "ที่นี่",
            "יִשְׂרָאֵל",
            "محمّد",
            "श्री",
            "ශ\u{dca}\u{200d}රී",
            "H₂O ① Ⅷ ©",
            "😀",
            "☎\u{fe0e}",
            "❤\u{fe0f}",
            "❤\u{fe0f}\u{200d}🔥",
            "👨\u{200d}👩\u{200d}👧",
            "👩🏽\u{200d}🚀",
            "👨🏽\u{200d}👩🏽\u{200d}👧🏽\u{200d}👦🏽",
            "🏳\u{fe0f}\u{200d}🌈",
            "1\u{fe0f}\u{20e3}",
            "🇭🇰🇬🇧 tea",
        ] {
            assert!(is_legible(text), "{text:?}");
        }
    }

    #[test]
    fn what_a_reader_does_not_see_as_it_is_stands_nowhere() {
        for character in "\0\t\n\u{7f}\u{85}\u{a0}\u{ad}\u{34f}\u{61c}\u{600}\u{115f}\u{1160}\
            \u{1680}\u{17b4}\u{180b}\u{180e}\u{2003}\u{200b}\u{200c}\u{200d}\u{200e}\u{2028}\
            \u{2029}\u{202e}\u{202f}\u{2060}\u{2066}\u{2069}\u{206a}\u{2800}\u{3164}\u{fe00}\
            \u{fe05}\u{fe0f}\u{feff}\u{ffa0}\u{fff9}\u{fffc}\u{fffd}\u{1bca0}\u{1d159}\u{1d173}\
            \u{e0001}\u{e0041}\u{e0100}\u{20dd}\u{20e3}\u{378}\u{fffe}\u{e000}\u{f0000}\u{10ffff}"
            .chars()
        {
            assert!(!is_legible(&format!("HS{character}BC")), "{character:?}");
        }
    }

    #[test]
    fn what_changes_a_character_stands_only_after_one_that_it_changes() {
        for text in [
            "\u{301}",
            "\u{301}Ann",
            "Ann \u{301}",
            "😀\u{301}",
            "x\u{301}\u{302}\u{303}\u{304}\u{305}",
            "1\u{fe0f}",
            "12\u{fe0e}",
            "1\u{fe0f}\u{fe0f}\u{20e3}",
            "陳\u{fe0f}",
            "😀\u{fe0f}\u{fe0f}",
            "A\u{e0100}",
            "陳\u{e0100}\u{e0101}",
            "😀\u{e0100}",
            "😀\u{200d}",
            "\u{200d}😀",
            "😀\u{200d}A",
            "1\u{200d}😀",
            "👩\u{200d}\u{200d}👧",
            "👩\u{200d}🏽",
            &["👩"; 7].join("\u{200d}"),
            "श\u{200d}री",
            "🇭",
            "🇭🇰🇬",
            "🇭A🇰",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        ] {
            assert!(!is_legible(text), "{text:?}");
        }
    }
}
