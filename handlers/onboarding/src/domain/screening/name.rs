//! The forms in which one name may be written.

use values::simplified;

use super::romanisation::{cantonese, pinyin};

/// Words that many names share and that stand or do not: of families, of titles, of companies. None
/// is a syllable of a Chinese or Korean name.
const IDLE: [&str; 27] = [
    "al",
    "el",
    "bin",
    "ibn",
    "bint",
    "mr",
    "mrs",
    "ms",
    "dr",
    "ltd",
    "limited",
    "co",
    "company",
    "corp",
    "corporation",
    "inc",
    "incorporated",
    "llc",
    "plc",
    "gmbh",
    "the",
    "and",
    "of",
    "for",
    "holding",
    "holdings",
    "group",
];
/// The same in Chinese, as the mainland writes it, at the end of a company's name.
const IDLE_ENDS: [&str; 4] = ["股份有限公司", "有限公司", "集团", "公司"];

/// A name in Latin letters, without accents and in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    /// In their order, without what is idle if anything else is there.
    pub(super) words: Vec<String>,
    /// The sound of each word.
    pub(super) sounds: Vec<String>,
    /// All words in one, what is idle too.
    pub(super) joined: String,
    /// How long its words are in `joined`.
    pub(super) lengths: Vec<usize>,
    /// It was made from Chinese, so the letters may be others.
    pub(super) is_made: bool,
}

impl Form {
    fn of(words: Vec<String>, is_made: bool) -> Option<Self> {
        let telling: Vec<String> =
            words.iter().filter(|word| !IDLE.contains(&word.as_str())).cloned().collect();
        if words.is_empty() {
            return None;
        }
        let (joined, lengths) = (words.concat(), words.iter().map(String::len).collect());
        let words = if telling.is_empty() { words } else { telling };
        let sounds = words.iter().map(|word| sound(word)).collect();
        Some(Self { words, sounds, joined, lengths, is_made })
    }
}

/// All forms of a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Forms {
    pub(super) latin: Vec<Form>,
    /// In Chinese, as the mainland writes it.
    pub(super) chinese: Vec<String>,
}

impl Forms {
    /// Of all spellings of one name.
    pub(super) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut forms = Self::default();
        for name in names {
            let chinese: String = name.chars().filter(|c| is_han(*c)).collect();
            let latin: String = name.chars().map(|c| if is_han(c) { ' ' } else { c }).collect();
            forms.latin.extend(Form::of(words(&latin), false));
            if !chinese.is_empty() {
                forms.add_chinese(&chinese);
            }
        }
        forms.latin.dedup();
        forms
    }

    fn add_chinese(&mut self, name: &str) {
        let chinese: String = name.chars().map(simplified).collect();
        let telling = IDLE_ENDS.iter().find_map(|end| chinese.strip_suffix(end));
        let telling = telling.filter(|rest| !rest.is_empty()).unwrap_or(&chinese);
        // As it is written: of rare simplified characters nobody knows the sound.
        let name: String = name.chars().take(telling.chars().count()).collect();
        self.latin.extend(Form::of(pinyin(&name), true));
        self.latin.extend(cantonese(&name).into_iter().filter_map(|words| Form::of(words, true)));
        self.chinese.push(telling.to_owned());
    }
}

pub(super) const fn is_han(character: char) -> bool {
    matches!(
        character,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}'
    )
}

/// Apostrophes join, everything else that is no letter or digit separates.
fn words(text: &str) -> Vec<String> {
    let text = deunicode::deunicode_with_tofu(text, " ").to_ascii_lowercase();
    let text = text.replace(['\'', '`'], "");
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The first letter and the consonants after it, of those that sound alike one: what stays of a
/// word however its vowels are written, and whether a letter is doubled.
pub(super) fn sound(word: &str) -> String {
    let mut sound = String::new();
    let mut before = None;
    for letter in word.replace('x', "ks").chars() {
        let letter = match letter {
            'c' | 'q' => 'k',
            'z' => 's',
            'v' => 'w',
            'a' | 'e' | 'i' | 'o' | 'u' => 'a',
            letter => letter,
        };
        let is_mute = matches!(letter, 'a' | 'h' | 'w' | 'y');
        if before.is_none() || (!is_mute && before != Some(letter)) {
            sound.push(letter);
        }
        before = Some(letter);
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_forms_of_all_its_spellings() {
        let forms = Forms::of(["CHAN, Tai-Man", "陳大文"]);
        let words: Vec<String> = forms.latin.iter().map(|form| form.words.join(" ")).collect();
        assert_eq!(words, ["chan tai man", "chen da wen", "chan tai man"]);
        assert_eq!(forms.latin.iter().filter(|form| form.is_made).count(), 2);
        assert_eq!(forms.chinese, ["陈大文"]);
        let mixed = Forms::of(["José Al-Müller d'Arc 有限公司"]);
        assert_eq!(mixed.latin[0].words, ["jose", "muller", "darc"]);
        assert!(Forms::of(["", "–"]).latin.is_empty());
        assert_eq!(Forms::of(["Al Co"]).latin[0].words, ["al", "co"], "better than nothing");
        assert_eq!(Forms::of(["永記有限公司"]).chinese, ["永记"]);
        assert_eq!(Forms::of(["永記集團"]), Forms::of(["永记集团"]));
    }

    #[test]
    fn words_that_sound_alike_have_one_sound() {
        for (one, other) in [
            ("mohammed", "muhamad"),
            ("rashid", "rasheed"),
            ("osama", "usama"),
            ("yusuf", "youssef"),
            ("catherine", "katharine"),
            ("zayid", "zayed"),
            ("alekseev", "alexeyev"),
        ] {
            assert_eq!(sound(one), sound(other), "{one} {other}");
        }
        assert_ne!(sound("chan"), sound("cheng"));
        assert_ne!(sound("hadi"), sound("haddad"));
    }
}
