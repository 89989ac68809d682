//! People whom nobody knows: what a document says of them.

use fastrand::Rng;
use time::{Date, Month};

/// Romanised surname and given names, the same in Chinese, and the telegraph codes of these.
const NAMES: [(&str, &str, &str, &str); 16] = [
    ("CHAN", "Tai Man", "陳大文", "7115 1129 2429"),
    ("LOK", "Wing Ching", "樂永晴", "2867 3057 2532"),
    ("WONG", "Siu Ming", "黃小明", "7806 1420 2494"),
    ("LEE", "Ka Yan", "李嘉欣", "2621 0857 2946"),
    ("CHEUNG", "Kwok Wing", "張國榮", "1728 0948 2837"),
    ("HO", "Mei Ling", "何美玲", "0149 5019 3781"),
    ("LAM", "Chi Keung", "林志強", "2651 1807 1730"),
    ("NG", "Yuk Lan", "吳玉蘭", "0702 3768 5695"),
    ("LEUNG", "Pui Shan", "梁佩珊", "2733 0160 3790"),
    ("YEUNG", "Hoi Tung", "楊海東", "2799 3189 2639"),
    ("TSANG", "Chun Kit", "曾俊傑", "2582 0193 0267"),
    ("FUNG", "Suet Yee", "馮雪儀", "7458 7185 0308"),
    ("KWOK", "Fu Shing", "郭富城", "6753 1381 1004"),
    ("CHOW", "Yun Fat", "周潤發", "0719 3387 4099"),
    ("TANG", "Wai Lun", "鄧偉倫", "6772 0251 0243"),
    ("MAK", "Tsz Kwan", "麥子君", "7796 1311 0689"),
];

pub(crate) struct Person {
    pub(crate) surname: &'static str,
    pub(crate) given: &'static str,
    pub(crate) chinese: &'static str,
    pub(crate) codes: &'static str,
    pub(crate) birth: Date,
    pub(crate) is_female: bool,
}

impl Person {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let (surname, given, chinese, codes) = NAMES[rng.usize(..NAMES.len())];
        let birth = date(rng, 1945, 2004);
        Self { surname, given, chinese, codes, birth, is_female: rng.bool() }
    }

    pub(crate) const fn sex(&self) -> &'static str {
        if self.is_female { "F" } else { "M" }
    }
}

/// A day in one of these years.
pub(crate) fn date(rng: &mut Rng, first: i32, last: i32) -> Date {
    let month = Month::try_from(rng.u8(1..=12)).unwrap();
    Date::from_calendar_date(rng.i32(first..=last), month, rng.u8(1..=28)).unwrap()
}

/// `DD-MM-YYYY`, parted by what the document parts it with.
pub(crate) fn day_first(date: Date, between: char) -> String {
    let (day, month) = (date.day(), u8::from(date.month()));
    format!("{day:02}{between}{month:02}{between}{}", date.year())
}
