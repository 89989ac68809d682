//! A name, shown to whoever must recognise it and must not learn it.

/// What stands for the hidden part, whatever its length.
const HIDDEN: &str = "***";

/// Of each word the first character; of a Chinese name, which is one word, the last one too if it
/// has three or more.
pub(crate) fn masked(name: &str) -> String {
    name.split_whitespace().map(masked_word).collect::<Vec<_>>().join(" ")
}

fn masked_word(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(String::from).unwrap_or_default();
    let last =
        characters.next_back().filter(|last| is_chinese(*last) && characters.next().is_some());
    format!("{first}{HIDDEN}{}", last.map(String::from).unwrap_or_default())
}

/// Han characters of everyday names (CJK unified ideographs with extension A).
fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_recognised_by_who_knows_it_and_not_learnt_by_others() {
        for (name, shown) in [
            ("Chan Tai Man", "C*** T*** M***"),
            ("陳大文", "陳***文"),
            ("歐陽大文", "歐***文"),
            ("陳文", "陳***"),
            ("文", "文***"),
            ("Amy", "A***"),
            ("Amy 陳大文", "A*** 陳***文"),
            ("😀 Li", "😀*** L***"),
            ("", ""),
        ] {
            assert_eq!(masked(name), shown, "{name}");
        }
    }
}
