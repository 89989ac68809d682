//! The format of merchant-presented payment codes: numbered objects and a checksum. Source: EMV QR
//! Code Specification for Payment Systems, Merchant-Presented Mode, 1.1.
//!
//! An object is a two-digit id, a two-digit length that counts characters (not bytes), and a
//! value. A template is an object whose value is itself a sequence of objects.

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
pub(crate) struct Objects(BTreeMap<u8, String>);

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
        Ok(Self(by_id))
    }

    pub(crate) fn get(&self, id: u8) -> Option<&str> {
        self.0.get(&id).map(String::as_str)
    }

    /// The objects of a template; `None` if there is no such object, or it is no template.
    pub(crate) fn template(&self, id: u8) -> Option<Self> {
        Self::new(split(self.get(id)?).ok()?).ok()
    }

    /// The same with one more object.
    pub(crate) fn with(self, id: u8, value: String) -> Result<Self, EmvError> {
        Self::new(self.0.into_iter().chain([(id, value)]))
    }

    /// The same without one object.
    pub(crate) fn without(mut self, id: u8) -> Self {
        self.0.remove(&id);
        self
    }

    /// The whole payload, with its checksum.
    pub(crate) fn to_payload(&self) -> String {
        with_checksum(&self.to_string())
    }

    /// The objects of a whole payload but for its checksum, which must match.
    pub(crate) fn from_payload(text: &str) -> Result<Self, EmvError> {
        if text.chars().count() > PAYLOAD_CHARACTERS_MAX {
            return Err(EmvError::TooLong);
        }
        let mut objects = split(text)?;
        let (Some((PAYLOAD_FORMAT, _)), Some((CHECKSUM, checksum))) =
            (objects.first().cloned(), objects.pop())
        else {
            return Err(EmvError::Order);
        };
        let checked = text.strip_suffix(checksum.as_str()).ok_or(EmvError::Checksum)?;
        if !checksum.eq_ignore_ascii_case(&format!("{:04X}", crc16(checked.as_bytes()))) {
            return Err(EmvError::Checksum);
        }
        Self::new(objects)
    }
}

impl fmt::Display for Objects {
    /// In the order of their ids, so that 00 is the first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, value) in &self.0 {
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

fn split(text: &str) -> Result<Vec<(u8, String)>, EmvError> {
    let mut rest = text.chars();
    let mut objects = Vec::new();
    while !rest.as_str().is_empty() {
        let id = two_digits(rest.by_ref().take(2).collect())?;
        let length = usize::from(two_digits(rest.by_ref().take(2).collect())?);
        let value: String = rest.by_ref().take(length).collect();
        if value.chars().count() < length {
            return Err(EmvError::NoObjects);
        }
        objects.push((id, value));
    }
    Ok(objects)
}

fn two_digits(text: String) -> Result<u8, EmvError> {
    let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).ok_or(EmvError::NoObjects)
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
        assert_eq!(read.template(62), Some(objects(&[(1, "INV001")]).unwrap()));
        assert_eq!(read.template(59), None);
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
    fn no_text_whatever_makes_reading_panic() {
        let alphabet: Vec<char> = "00112233445566789AB+-.文𠮷é\u{301}\0 ".chars().collect();
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut random = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).unwrap() % below
        };
        for _ in 0..20_000 {
            let mut mutated: Vec<char> = DEMO_SHOP.chars().collect();
            for _ in 0..random(4) {
                let (place, end) = (random(mutated.len()), random(mutated.len()));
                match random(3) {
                    0 => mutated[place] = alphabet[random(alphabet.len())],
                    1 => mutated.insert(place, alphabet[random(alphabet.len())]),
                    _ => mutated.truncate(end.max(1)),
                }
            }
            let invented = (0..random(600)).map(|_| alphabet[random(alphabet.len())]);
            for text in [mutated.iter().collect::<String>(), invented.collect()] {
                if let Ok(read) = Objects::from_payload(&text) {
                    assert_eq!(Objects::from_payload(&read.to_payload()), Ok(read), "{text}");
                }
            }
        }
    }
}
