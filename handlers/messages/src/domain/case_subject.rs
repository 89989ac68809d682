//! What a case is about.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};
use values::{DisputeId, PaymentId, PeerPaymentId, RefundId, id_schema};

/// The id of a payment, a refund or a dispute, as the customer says it. It is not looked up: staff
/// see in `payments` what it is, and whose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct CaseSubject(String);

/// Why a text is not such an id.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoCaseSubject;

impl fmt::Display for NoCaseSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the id of a payment, a refund or a dispute is expected")
    }
}

impl CaseSubject {
    /// As stored.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CaseSubject {
    type Error = NoCaseSubject;

    fn try_from(text: String) -> Result<Self, NoCaseSubject> {
        let is_one = text.parse::<PaymentId>().is_ok()
            || text.parse::<PeerPaymentId>().is_ok()
            || text.parse::<RefundId>().is_ok()
            || text.parse::<DisputeId>().is_ok();
        is_one.then_some(Self(text)).ok_or(NoCaseSubject)
    }
}

impl From<CaseSubject> for String {
    fn from(subject: CaseSubject) -> Self {
        subject.0
    }
}

impl PartialSchema for CaseSubject {
    fn schema() -> RefOr<Schema> {
        let prefixes =
            [PaymentId::PREFIX, PeerPaymentId::PREFIX, RefundId::PREFIX, DisputeId::PREFIX];
        id_schema(&prefixes, "A payment, a refund or a dispute that a case is about.")
    }
}

impl ToSchema for CaseSubject {
    fn name() -> Cow<'static, str> {
        "CaseSubject".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_about_a_payment_a_refund_or_a_dispute() {
        let id = "01h455vb4pex5vsknk084sn02q";
        for prefix in ["pay", "ppay", "rfd", "dsp"] {
            assert!(CaseSubject::try_from(format!("{prefix}_{id}")).is_ok(), "{prefix}");
        }
        for text in [format!("usr_{id}"), "pay_1".to_owned(), String::new()] {
            assert_eq!(CaseSubject::try_from(text), Err(NoCaseSubject));
        }
    }
}
