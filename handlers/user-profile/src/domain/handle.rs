//! What a person is found by beside their phone number.

use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;
use values::{Refusal, skeleton};

use super::refusals::HANDLE_INVALID;

/// A handle: 3 to 30 of `a` to `z`, `0` to `9`, `.` and `_`. It begins with a letter, so that no
/// phone number is one; `.` and `_` stand between two others, one at a time. It may be typed in
/// capitals and is kept in small letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(
    value_type = String,
    min_length = 3,
    max_length = 30,
    pattern = r"^[a-z][a-z0-9]*([._][a-z0-9]+)*$",
    example = "tai.man_88"
)]
pub(crate) struct Handle(String);

impl Handle {
    /// The fewest characters.
    const CHARACTERS_MIN: usize = 3;
    /// The most characters.
    const CHARACTERS_MAX: usize = 30;

    /// In small letters.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands between `.` and `_`.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.0.split(Self::is_separator)
    }

    /// The same for all handles that a payer may take for this one: `annwong`, `ann.wong` and
    /// `annw0ng`. It has twice the characters at most, and nobody reads it.
    pub(crate) fn skeleton(&self) -> String {
        skeleton(&self.0.replace(Self::is_separator, ""))
    }

    fn is_separator(character: char) -> bool {
        matches!(character, '.' | '_')
    }
}

impl FromStr for Handle {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let handle = Self(text.to_ascii_lowercase());
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        let is_handle = (Self::CHARACTERS_MIN..=Self::CHARACTERS_MAX).contains(&handle.0.len())
            && handle.0.starts_with(|first: char| first.is_ascii_lowercase())
            && handle.words().all(is_word);
        if is_handle { Ok(handle) } else { Err(HANDLE_INVALID) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(text: &str) -> Handle {
        text.parse().unwrap()
    }

    #[test]
    fn a_handle_is_3_to_30_ascii_characters_in_any_case_with_single_separators_between() {
        for text in ["ann", "tai.man_88", "a.b", "a1_2.3", &"a".repeat(30)] {
            assert_eq!(handle(text).as_str(), text);
            assert_eq!(handle(&text.to_uppercase()), handle(text));
        }
        for text in [
            "",
            "an",
            "_ann",
            ".ann",
            "ann.",
            "ann_",
            "ann..wong",
            "ann._wong",
            "ann__wong",
            "61234567",
            "8ann",
            "ann wong",
            "ann-wong",
            "@ann",
            "ann\n",
            " ann",
            "ánn",
            "аnn",
            "陳大文",
            "ａｎｎ",
            "\u{212a}en",
            &"a".repeat(31),
        ] {
            assert_eq!(text.parse::<Handle>(), Err(HANDLE_INVALID), "{text:?}");
        }
    }

    #[test]
    fn handles_that_a_payer_may_mistake_for_each_other_have_one_skeleton() {
        for (one, other) in [
            ("ann.wong", "annwong"),
            ("ann.wong", "a_nn.w0ng"),
            ("bill10", "bi11lo"),
            ("carmen", "carrnen"),
        ] {
            assert_eq!(handle(one).skeleton(), handle(other).skeleton(), "{one} {other}");
        }
        for (one, other) in [("ann", "anna"), ("ann5", "anns"), ("tai.man", "man.tai")] {
            assert_ne!(handle(one).skeleton(), handle(other).skeleton(), "{one} {other}");
        }
    }

    /// Skeletons are stored. If a newer table of Unicode's makes this fail, those of
    /// `user-profile` must be made again before it is used.
    #[test]
    fn the_skeletons_that_are_stored_are_still_those() {
        assert_eq!(handle("abcdefghijklmnopqrstuvwxyz").skeleton(), "abcdefghljklrnnopqrstuvwxyz");
        assert_eq!(handle("a0123456789").skeleton(), "aol23456789");
    }
}
