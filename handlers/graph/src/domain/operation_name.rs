//! An operation as staff name it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// How many digits a digest has.
const DIGEST_LENGTH: usize = 32;
/// How long an id is after its prefix.
const SUFFIX_LENGTH: usize = 26;

/// The id of anything that moves money, or its digest, as the graph's edges say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OperationName {
    /// `pay_…`, `ppay_…`, `top_…`, ….
    Id(String),
    /// As an edge says it.
    Digest(String),
}

/// Neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoOperation;

impl FromStr for OperationName {
    type Err = NoOperation;

    fn from_str(text: &str) -> Result<Self, NoOperation> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == DIGEST_LENGTH && text.bytes().all(is_digit) {
            return Ok(Self::Digest(text.to_owned()));
        }
        let (prefix, suffix) = text.split_once('_').ok_or(NoOperation)?;
        let is_prefix = (2..=4).contains(&prefix.len()) && is_lower(prefix);
        if is_prefix && suffix.len() == SUFFIX_LENGTH && is_lower(suffix) {
            return Ok(Self::Id(text.to_owned()));
        }
        Err(NoOperation)
    }
}

fn is_lower(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

impl fmt::Display for OperationName {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Id(text) | Self::Digest(text)) = self;
        to.write_str(text)
    }
}

impl PartialSchema for OperationName {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The id of what moved money, or its digest in an edge."))
            .pattern(Some("^([a-z]{2,4}_[0-9a-z]{26}|[0-9a-f]{32})$"))
            .examples(["ppay_01h455vb4pex5vsknk084sn02q"])
            .into()
    }
}

impl ToSchema for OperationName {
    fn name() -> Cow<'static, str> {
        "OperationName".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_and_a_digest_are_told_apart_and_nothing_else_is_taken() {
        let (id, digest) = ("ppay_01h455vb4pex5vsknk084sn02q", "0f343b0931126a20f133d67c2b018a3b");
        assert_eq!(id.parse(), Ok(OperationName::Id(id.to_owned())));
        assert_eq!(digest.parse(), Ok(OperationName::Digest(digest.to_owned())));
        for text in ["", "pay", "pay_1", "0F343b0931126a20f133d67c2b018a3b", "pay_'or'1"] {
            assert_eq!(text.parse::<OperationName>(), Err(NoOperation), "{text}");
        }
    }
}
