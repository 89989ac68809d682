//! The type by which a list is narrowed, as answers say it.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

const BYTES_MAX: usize = 16;

/// One that could be a type; which there are, payments says.
pub(super) fn type_filter<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let is_type = |text: &String| {
        (1..=BYTES_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    };
    let text = Option::<String>::deserialize(from)?;
    if text.as_ref().is_none_or(is_type) {
        Ok(text)
    } else {
        Err(D::Error::custom("a type is expected, as answers say it"))
    }
}
