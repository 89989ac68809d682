//! The format of merchant-presented payment codes: numbered objects and a checksum. Source: EMV QR
//! Code Specification for Payment Systems, Merchant-Presented Mode, 1.1.
//!
//! An object is a two-digit id, a two-digit length that counts characters (not bytes), and a
//! value. A template is an object whose value is itself a sequence of objects. We write nothing
//! else, but read what writers made who counted bytes or UTF-16 units.

use std::collections::BTreeMap;
use std::fmt;

/// The longest payload that is read or written, in characters.
const PAYLOAD_CHARACTERS_MAX: usize = 512;
/// The longest value that two digits can announce, in characters.
const VALUE_CHARACTERS_MAX: usize = 99;
const PAYLOAD_FORMAT: u8 = 0;
const CHECKSUM: u8 = 63;

/// Why a text is not a payload, or objects are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EmvError {
    #[error("a payload has at most {PAYLOAD_CHARACTERS_MAX} characters")]
    TooLong,
    #[error("the text is not a sequence of objects")]
    NoObjects,
    #[error("an object has 1 to {VALUE_CHARACTERS_MAX} characters")]
    ValueLength,
    #[error("the object {0:02} stands there twice")]
    Repeated(u8),
    #[error("a payload begins with the object {PAYLOAD_FORMAT:02} and ends with {CHECKSUM}")]
    Order,
    #[error("the checksum does not match")]
    Checksum,
}

/// Objects of one level, each id once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Objects {
    by_id: BTreeMap<u8, String>,
    /// What the lengths within templates count.
    unit: LengthUnit,
}

/// What a length counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LengthUnit {
    /// As the specification says.
    Character,
    /// What some languages call the length of a string.
    Utf16,
    Byte,
}

impl LengthUnit {
    const fn count(self, character: char) -> usize {
        match self {
            Self::Character => 1,
            Self::Utf16 => character.len_utf16(),
            Self::Byte => character.len_utf8(),
        }
    }
}

impl Objects {
    pub(crate) fn new(objects: impl IntoIterator<Item = (u8, String)>) -> Result<Self, EmvError> {
        let mut by_id = BTreeMap::new();
        for (id, value) in objects {
            if !(1..=VALUE_CHARACTERS_MAX).contains(&value.chars().count()) {
                return Err(EmvError::ValueLength);
            }
            if by_id.insert(id, value).is_some() {
                return Err(EmvError::Repeated(id));
            }
        }
        Ok(Self { by_id, unit: LengthUnit::Character })
    }

    pub(crate) fn get(&self, id: u8) -> Option<&str> {
        self.by_id.get(&id).map(String::as_str)
    }

    /// The objects of a template; `None` if there is no such object.
    pub(crate) fn template(&self, id: u8) -> Result<Option<Self>, EmvError> {
        let Some(value) = self.get(id) else { return Ok(None) };
        let template = Self::new(split(value, self.unit)?)?;
        Ok(Some(Self { unit: self.unit, ..template }))
    }

    /// The same with one more object.
    pub(crate) fn with(self, id: u8, value: String) -> Result<Self, EmvError> {
        Self::new(self.by_id.into_iter().chain([(id, value)]))
    }

    /// The same without one object.
    pub(crate) fn without(mut self, id: u8) -> Self {
        self.by_id.remove(&id);
        self
    }

    /// The whole payload, with its checksum.
    pub(crate) fn to_payload(&self) -> String {
        with_checksum(&self.to_string())
    }

    /// The objects of a whole payload but for its checksum, which must match. Where the lengths do
    /// not count characters, the only other unit by which they make sense is believed.
    pub(crate) fn from_payload(text: &str) -> Result<Self, EmvError> {
        if text.chars().count() > PAYLOAD_CHARACTERS_MAX {
            return Err(EmvError::TooLong);
        }
        let standard = Self::counted(text, LengthUnit::Character);
        if standard.is_ok() {
            return standard;
        }
        let units = [LengthUnit::Utf16, LengthUnit::Byte].into_iter();
        let mut others = units.filter_map(|unit| Self::counted(text, unit).ok());
        match (others.next(), others.next()) {
            (Some(only), None) => Ok(only),
            _ => standard,
        }
    }

    fn counted(text: &str, unit: LengthUnit) -> Result<Self, EmvError> {
        let mut objects = split(text, unit)?;
        let (Some((PAYLOAD_FORMAT, _)), Some((CHECKSUM, checksum))) =
            (objects.first().cloned(), objects.pop())
        else {
            return Err(EmvError::Order);
        };
        let checked = text.strip_suffix(checksum.as_str()).ok_or(EmvError::Checksum)?;
        if !checksum.eq_ignore_ascii_case(&format!("{:04X}", crc16(checked.as_bytes()))) {
            return Err(EmvError::Checksum);
        }
        Ok(Self { unit, ..Self::new(objects)? })
    }
}

impl fmt::Display for Objects {
    /// In the order of their ids, so that 00 is the first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, value) in &self.by_id {
            write!(f, "{id:02}{:02}{value}", value.chars().count())?;
        }
        Ok(())
    }
}

/// The checksum covers its own id and length.
pub(super) fn with_checksum(objects: &str) -> String {
    let checked = format!("{objects}{CHECKSUM}04");
    let checksum = crc16(checked.as_bytes());
    format!("{checked}{checksum:04X}")
}

fn split(text: &str, unit: LengthUnit) -> Result<Vec<(u8, String)>, EmvError> {
    let mut rest = text;
    let mut objects = Vec::new();
    while !rest.is_empty() {
        let (object, after) = split_object(rest, unit).ok_or(EmvError::NoObjects)?;
        objects.push(object);
        rest = after;
    }
    Ok(objects)
}

/// The first object, and what follows it.
fn split_object(text: &str, unit: LengthUnit) -> Option<((u8, String), &str)> {
    let (id, rest) = text.split_at_checked(2)?;
    let (length, rest) = rest.split_at_checked(2)?;
    let (value, rest) = split_value(rest, usize::from(two_digits(length)?), unit)?;
    Some(((two_digits(id)?, value.to_owned()), rest))
}

/// `None` if the text is shorter, or if the length ends within a character.
fn split_value(text: &str, length: usize, unit: LengthUnit) -> Option<(&str, &str)> {
    let mut missing = length;
    for (place, character) in text.char_indices() {
        if missing == 0 {
            return text.split_at_checked(place);
        }
        missing = missing.checked_sub(unit.count(character))?;
    }
    (missing == 0).then_some((text, ""))
}

fn two_digits(text: &str) -> Option<u8> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// CRC-16/CCITT-FALSE: polynomial 0x1021, initially 0xFFFF, nothing reflected.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        let crc = crc ^ (u16::from(*byte) << 8);
        (0..8).fold(crc, |crc, _bit| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO_SHOP: &str = "00020101021226270012hk.com.hkicl020712345675204000053033445406123.45\
        5802HK5909DEMO SHOP6002HK62100106INV001630427B6";

    fn objects(objects: &[(u8, &str)]) -> Result<Objects, EmvError> {
        Objects::new(objects.iter().map(|(id, value)| (*id, (*value).to_owned())))
    }

    #[test]
    fn the_checksum_follows_its_published_check_value() {
        assert_eq!(crc16(b"123456789"), 0x29B1);
    }

    #[test]
    fn a_checksum_is_always_four_digits() {
        let padded = (0..100_000)
            .map(|number| objects(&[(0, "01"), (62, &number.to_string())]).unwrap().to_payload())
            .find(|payload| payload[payload.len() - 4..].starts_with('0'))
            .unwrap();
        assert!(Objects::from_payload(&padded).is_ok(), "{padded}");
        let shortened = padded.replace("63040", "6303");
        assert_eq!(Objects::from_payload(&shortened), Err(EmvError::Checksum));
    }

    #[test]
    fn lengths_count_characters_and_the_checksum_covers_bytes() {
        let named = objects(&[(0, "01"), (59, "永記茶餐廳")]).unwrap();
        let payload = named.to_payload();
        assert!(payload.starts_with("0002015905永記茶餐廳6304"), "{payload}");
        assert_eq!(Objects::from_payload(&payload), Ok(named));
    }

    #[test]
    fn a_payload_is_read_and_written_unchanged() {
        let read = Objects::from_payload(DEMO_SHOP).unwrap();
        assert_eq!(read.to_payload(), DEMO_SHOP);
        assert_eq!((read.get(54), read.get(59)), (Some("123.45"), Some("DEMO SHOP")));
        assert_eq!((read.get(55), read.get(63)), (None, None));
        assert_eq!(read.template(62), Ok(Some(objects(&[(1, "INV001")]).unwrap())));
        assert_eq!(read.template(59), Err(EmvError::NoObjects));
        assert_eq!(read.template(64), Ok(None));
    }

    #[test]
    fn objects_that_cannot_be_written_are_refused() {
        assert_eq!(objects(&[(59, "")]), Err(EmvError::ValueLength));
        assert_eq!(objects(&[(59, &"文".repeat(100))]), Err(EmvError::ValueLength));
        assert!(objects(&[(59, &"文".repeat(99))]).is_ok());
        assert_eq!(objects(&[(59, "a"), (59, "b")]), Err(EmvError::Repeated(59)));
        let twice = objects(&[(59, "a")]).unwrap().with(59, "b".to_owned());
        assert_eq!(twice, Err(EmvError::Repeated(59)));
    }

    #[test]
    fn what_is_no_payload_is_refused_for_its_reason() {
        for (payload, error) in [
            (String::new(), EmvError::Order),
            ("https://example.com/pay".to_owned(), EmvError::NoObjects),
            ("000201".to_owned(), EmvError::Order),
            (DEMO_SHOP.replace("123.45", "923.45"), EmvError::Checksum),
            (DEMO_SHOP.replace("INV001", "INV"), EmvError::NoObjects),
            (format!("{DEMO_SHOP}000201"), EmvError::Order),
            (with_checksum("5802HK000201"), EmvError::Order),
            (with_checksum("0002015802HK5802CN"), EmvError::Repeated(58)),
            (with_checksum("0002015800"), EmvError::ValueLength),
            (with_checksum("000201+102HK"), EmvError::NoObjects),
            (with_checksum("00020158２2HK"), EmvError::NoObjects),
            (format!("{DEMO_SHOP}{}", "0".repeat(512)), EmvError::TooLong),
        ] {
            assert_eq!(Objects::from_payload(&payload), Err(error), "{payload}");
        }
    }

    #[test]
    fn lengths_that_count_utf16_units_or_bytes_are_understood_where_only_one_makes_sense() {
        for (objects, name) in [
            ("0002015905永記茶餐廳64150002zh0105永記茶餐廳", "永記茶餐廳"),
            ("0002015903𠮷野64130002zh0103𠮷野", "𠮷野"),
            ("0002015915永記茶餐廳64250002zh0115永記茶餐廳", "永記茶餐廳"),
            ("0002015907𠮷野64170002zh0107𠮷野", "𠮷野"),
            ("0002015905Café64150002zh0105Café", "Café"),
        ] {
            let read = Objects::from_payload(&with_checksum(objects)).unwrap();
            let template = read.template(64).unwrap().unwrap();
            assert_eq!((read.get(59), template.get(1)), (Some(name), Some(name)), "{objects}");
        }
        // By no unit; by UTF-16 units as well as by bytes.
        for objects in ["0002015904𠮷野6002HK", "0002015904𠮷6202066002HK"] {
            let payload = with_checksum(objects);
            assert_eq!(Objects::from_payload(&payload), Err(EmvError::NoObjects), "{objects}");
        }
        let both = with_checksum("0002015904𠮷6202066002HK");
        for unit in [LengthUnit::Utf16, LengthUnit::Byte] {
            assert!(Objects::counted(&both, unit).is_ok(), "{unit:?}");
        }
    }
}
