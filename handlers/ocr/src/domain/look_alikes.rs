//! Characters that engines take for each other.

/// Pairs; each may be read for the other.
const PAIRS: &str = "0O 0D 0Q 0U 0C 0G OQ OD OC OU DQ CG GQ UV 1I 1L 1T 17 IL IT LT TY 2Z 27 7Z 3B \
    38 3S 4A 49 5S 56 58 59 6G 6B 68 89 7T 8B 8S 9G 9P BE BR EF FP PR CE KX K< C< L< S< E< X< \
    HN HM MN NW VY VW RA";

/// What a character may really be, itself left out.
pub(crate) fn look_alikes(read: char) -> impl Iterator<Item = char> {
    let pairs = PAIRS.split_whitespace();
    pairs.filter_map(move |pair| {
        let mut both = pair.chars();
        let (one, other) = (both.next()?, both.next()?);
        match read {
            _ if read == one => Some(other),
            _ if read == other => Some(one),
            _ => None,
        }
    })
}

/// Which digits a character may be, where only a digit can stand: itself if it is one.
pub(crate) fn as_digits(read: char) -> Vec<char> {
    if read.is_ascii_digit() {
        return vec![read];
    }
    look_alikes(read).filter(char::is_ascii_digit).collect()
}

/// The likeliest letter, where only letters can stand and nothing else tells which.
pub(crate) const fn likeliest_letter(read: char) -> char {
    match read {
        '0' => 'O',
        '1' => 'I',
        '2' => 'Z',
        '4' => 'A',
        '5' => 'S',
        '6' => 'G',
        '7' => 'T',
        '8' => 'B',
        other => other,
    }
}

/// The likeliest digit, where only digits can stand and nothing else tells which.
pub(crate) const fn likeliest_digit(read: char) -> char {
    match read {
        'O' | 'o' | 'D' | 'Q' | 'U' => '0',
        'I' | 'l' | 'i' | '|' | 'L' => '1',
        'Z' | 'z' => '2',
        'A' => '4',
        'S' | 's' => '5',
        'G' | 'b' => '6',
        'T' => '7',
        'B' => '8',
        'g' | 'q' => '9',
        other => other,
    }
}
