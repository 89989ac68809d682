//! A request that can be paid, a shop's or a person's.

use crate::either_id::either_id;
use crate::{MoneyRequestId, PaymentRequestId};

either_id! {
    /// `preq_…` names a shop's request, `mreq_…` a person's.
    pub enum RequestId {
        /// A shop asked.
        Payment(PaymentRequestId),
        /// A person asked.
        Money(MoneyRequestId),
    }
    otherwise NoRequest
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;
    use crate::IdError;

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
