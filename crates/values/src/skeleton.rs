//! What texts that look alike have in common.

use unicode_normalization::UnicodeNormalization;

/// Texts that look alike have one skeleton (UTS 39, section 4), whatever their width and spaces and
/// the case of Latin letters. Other letters are compared in the case in which they are written,
/// since it decides what they look like.
///
/// The table of what looks alike comes with Unicode: a newer one gives other skeletons, and those
/// that are stored must then be made again.
pub fn skeleton(text: &str) -> String {
    // Capitals look like other letters than small ones do, so both are looked up: `Н` is the
    // Cyrillic for `H`, but its small form is not like `h`.
    let as_written =
        unicode_security::skeleton(&text.nfkc().collect::<String>()).collect::<String>();
    let caseless = unicode_security::skeleton(&as_written.to_lowercase()).collect::<String>();
    // `I` looks like `l`, and is the capital of `i`: the three are one.
    caseless
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if c == 'i' { 'l' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_have_one_skeleton() {
        for (name, look_alikes) in [
            (
                "HSBC",
                &[
                    "hsbc",
                    "HsBc",
                    "ＨＳＢＣ",
                    "ｈｓｂｃ",
                    "\u{41d}\u{405}\u{412}\u{421}",
                    "\u{4bb}\u{455}b\u{441}",
                    "\u{397}S\u{392}C",
                    "𝐇𝐒𝐁𝐂",
                    "H\u{3000}S B C",
                ][..],
            ),
            ("PayMe", &["\u{420}\u{430}\u{443}\u{41c}\u{435}", "PAYME", "ＰａｙＭｅ", "payrne"]),
            ("Island Mill 10", &["lsland Mi11 lO", "island mill 10", "ISLAND MILL 1O"]),
            ("Jos\u{e9}", &["Jose\u{301}"]),
            ("アイス", &["ｱｲｽ"]),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", &["abcdefghijklmnopqrstuvwxyz"]),
            ("陳大文", &["陳大文", "陳\u{e0100}大文"]),
        ] {
            for look_alike in look_alikes {
                assert_eq!(skeleton(look_alike), skeleton(name), "{name} {look_alike}");
            }
        }
        let others = ["HSBC", "HSCB", "Hang Seng", "陳大文", "陳大明", "Jose", "José"];
        for (first, second) in others.iter().zip(others.iter().skip(1)) {
            assert_ne!(skeleton(first), skeleton(second), "{first} {second}");
        }
    }
}
