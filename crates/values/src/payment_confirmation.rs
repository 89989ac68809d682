//! What a payer saw and agreed to, and when. To confirm a payment is to confirm exactly this.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{BusinessId, IdempotencyKey, Money, PaymentRequestId, Refusal, SignedAt, UserId};

/// A payment as its payer saw it. A change of any field makes it another payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentTerms {
    /// Who pays.
    pub payer: UserId,
    /// Who is paid.
    pub payee: BusinessId,
    /// How much.
    pub amount: Money,
    /// What for.
    pub payment_request_id: PaymentRequestId,
    /// The `Idempotency-Key` of the payment, so that a confirmation serves one attempt only.
    pub idempotency_key: IdempotencyKey,
}

/// The payer's consent to one payment. It covers no other, and it soon expires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentConfirmation {
    /// What the payer agreed to.
    #[serde(flatten)]
    pub terms: PaymentTerms,
    /// When: by the device's clock if it signed, by the auth service's if the payer gave the PIN.
    pub confirmed_at: SignedAt,
}

impl PaymentConfirmation {
    /// `aud` of the token by which the auth service vouches that the payer confirmed with the PIN.
    pub const TOKEN_AUDIENCE: &'static str = "payme-payment-confirmation";
    /// How long after it a payment may still be made, however it was confirmed.
    pub const AGE_MAX_SECONDS: u64 = 120;

    /// Refuses it unless the payment may be made now.
    ///
    /// # Errors
    /// `clock-skew`.
    pub fn require_recent(&self, now: OffsetDateTime) -> Result<(), Refusal> {
        self.confirmed_at.require_recent(Self::AGE_MAX_SECONDS, now)
    }

    /// The text that the payer's device signs: a first line that names the format, then one field a
    /// line.
    pub fn signing_text(&self) -> String {
        let terms = &self.terms;
        format!(
            "payme-payment-v2\n{}\n{}\n{}\n{}\n{}\n{}\n{}",
            terms.payer,
            terms.payee,
            terms.amount.minor_units(),
            terms.amount.currency().code(),
            terms.payment_request_id,
            terms.idempotency_key.as_str(),
            self.confirmed_at.as_str(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signing_text_holds_every_field_on_a_line_of_its_own() {
        let suffix = "01h455vb4pex5vsknk084sn02q";
        let terms = PaymentTerms {
            payer: format!("usr_{suffix}").parse().unwrap(),
            payee: format!("biz_{suffix}").parse().unwrap(),
            amount: Money::hkd(12_850).unwrap(),
            payment_request_id: format!("preq_{suffix}").parse().unwrap(),
            idempotency_key: "attempt-1".parse().unwrap(),
        };
        let confirmed_at = "2026-11-23T12:05:06.7+08:00".parse().unwrap();
        let expected = format!(
            "payme-payment-v2\nusr_{suffix}\nbiz_{suffix}\n12850\nHKD\npreq_{suffix}\nattempt-1\n\
             2026-11-23T12:05:06.7+08:00"
        );
        assert_eq!(PaymentConfirmation { terms, confirmed_at }.signing_text(), expected);
    }
}
