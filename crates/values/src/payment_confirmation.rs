//! What a payer saw and agreed to. Whoever confirms it, confirms exactly this.

use serde::{Deserialize, Serialize};

use crate::{BusinessId, IdempotencyKey, Money, PaymentRequestId, UserId};

/// A payment as its payer saw it. A change of any field makes it another payment, which this
/// confirmation does not cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentConfirmation {
    /// Who pays.
    pub payer: UserId,
    /// Who is paid.
    pub payee: BusinessId,
    /// How much.
    pub amount: Money,
    /// What for.
    pub payment_request_id: PaymentRequestId,
    /// The `Idempotency-Key` of the payment, so that a confirmation serves one attempt only.
    pub nonce: IdempotencyKey,
}

impl PaymentConfirmation {
    /// `aud` of the token by which the auth service vouches that the payer confirmed with the PIN.
    pub const TOKEN_AUDIENCE: &'static str = "payme-payment-confirmation";

    /// The text that the payer's device signs: a first line that names the format, then one field a
    /// line.
    pub fn signing_text(&self) -> String {
        format!(
            "payme-payment-v1\n{}\n{}\n{}\n{}\n{}\n{}",
            self.payer,
            self.payee,
            self.amount.minor_units(),
            self.amount.currency().code(),
            self.payment_request_id,
            self.nonce.as_str(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signing_text_holds_every_field_on_a_line_of_its_own() {
        let suffix = "01h455vb4pex5vsknk084sn02q";
        let confirmation = PaymentConfirmation {
            payer: format!("usr_{suffix}").parse().unwrap(),
            payee: format!("biz_{suffix}").parse().unwrap(),
            amount: Money::hkd(12_850).unwrap(),
            payment_request_id: format!("preq_{suffix}").parse().unwrap(),
            nonce: "attempt-1".parse().unwrap(),
        };
        let expected = format!(
            "payme-payment-v1\nusr_{suffix}\nbiz_{suffix}\n12850\nHKD\npreq_{suffix}\nattempt-1"
        );
        assert_eq!(confirmation.signing_text(), expected);
    }
}
