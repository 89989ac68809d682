//! A request that can be paid, a shop's or a person's.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::{IdError, MoneyRequestId, PaymentRequestId};

/// `preq_…` names a shop's request, `mreq_…` a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum RequestId {
    /// A shop asked.
    Payment(PaymentRequestId),
    /// A person asked.
    Money(MoneyRequestId),
}

impl FromStr for RequestId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.parse() {
            Err(IdError::WrongPrefix(_)) => {}
            payment => return payment.map(Self::Payment),
        }
        match text.parse() {
            Err(IdError::WrongPrefix(_)) => Err(IdError::NoRequest),
            money => money.map(Self::Money),
        }
    }
}

impl TryFrom<String> for RequestId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

// By hand, as of `AccountId`.
impl PartialSchema for RequestId {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("`preq_…` names a shop's request, `mreq_…` a person's."))
            .pattern(Some("^(preq|mreq)_[0-7][0-9a-hjkmnp-tv-z]{25}$"))
            .examples(["preq_01h455vb4pex5vsknk084sn02q"])
            .into()
    }
}

impl ToSchema for RequestId {
    fn name() -> Cow<'static, str> {
        "RequestId".into()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Payment(id) => id.fmt(f),
            Self::Money(id) => id.fmt(f),
        }
    }
}

impl From<RequestId> for String {
    fn from(id: RequestId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;

    #[test]
    fn a_request_is_named_by_who_may_ask_and_keeps_its_text() {
        let (payment, money) = (PaymentRequestId::new(), MoneyRequestId::new());
        for (id, text) in [
            (RequestId::Payment(payment), payment.to_string()),
            (RequestId::Money(money), money.to_string()),
        ] {
            assert_eq!((text.parse(), id.to_string()), (Ok(id), text.clone()));
            assert_eq!(to_value(id).unwrap(), json!(text));
            assert_eq!(from_value::<RequestId>(json!(text)).unwrap(), id);
        }
    }

    #[test]
    fn nothing_else_names_a_request() {
        for text in ["", "mreq", "pay_01h455vb4pex5vsknk084sn02q"] {
            assert_eq!(text.parse::<RequestId>(), Err(IdError::NoRequest), "{text}");
        }
        for text in ["preq_", "mreq_x", "mreq_01h455vb4pex5vsknk084sn02q\n"] {
            assert_eq!(text.parse::<RequestId>(), Err(IdError::MalformedSuffix), "{text}");
        }
    }
}
