//! What a payer confirms, by the device's signature, the PIN or a passkey, whatever is done with
//! their money: an operation is done if exactly that operation was confirmed.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    AccountId, Fee, IdempotencyKey, Level, Money, Reference, Refusal, RequestId, SignedAt, UserId,
};

crate::code_enum! {
    /// What a payer can confirm.
    pub enum ConfirmableKind {
        /// A shop is paid.
        Payment = "payment",
        /// A person is paid.
        PeerPayment = "peer-payment",
        /// A person's own bank account is paid: the payee is the person, and the reference is the
        /// account, `024-123456789`, or what a registered one has as its reference.
        Withdrawal = "withdrawal",
        /// Somebody outside is paid by the Faster Payment System: the payee is the payer, and the
        /// reference is the one of whom they have looked up.
        FpsPayment = "fps-payment",
        /// Money is sent to whoever opens a link: nobody is known who is paid, so the payee is the
        /// payer.
        PayLink = "pay-link",
        /// Money is sent to several people, who are not known either: the payee is the payer, and
        /// the reference says how it is split, `random-10`.
        RedPacket = "red-packet",
        /// A person will be paid on dates that come: the amount is that of each date, and the
        /// reference says which they are, `monthly-20261231`.
        Schedule = "schedule",
        /// Payments bring in by card what the wallet lacks, up to so much in a day: the payee is
        /// the payer.
        AutomaticTopUp = "automatic-top-up",
    }
}

/// An operation on money as its payer saw it. A change of any field makes it another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationTerms {
    /// What is done.
    pub kind: ConfirmableKind,
    /// Who pays.
    pub payer: UserId,
    /// Who is paid.
    pub payee: AccountId,
    /// How much.
    pub amount: Money,
    /// What is charged besides, in the amount's currency.
    pub fee: Fee,
    /// The request that is paid, if one is: a shop's or a person's. The name is that of the first
    /// kind, since tokens and signed texts have it.
    pub payment_request_id: Option<RequestId>,
    /// What the payer quotes, so that the payee knows what it is for; of a withdrawal, the bank
    /// account; of a red packet, how it is split; of a schedule, its dates.
    pub reference: Option<Reference>,
    /// The operation's `Idempotency-Key`, so that a confirmation serves one attempt only. Of a
    /// change of a schedule, its id and the version that is changed, `sch_…:3`.
    pub idempotency_key: IdempotencyKey,
}

/// The payer's consent to one operation. It covers no other, and it soon expires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationConfirmation {
    /// What the payer agreed to.
    #[serde(flatten)]
    pub terms: OperationTerms,
    /// When: by the device's clock if it or a passkey signed, by the auth service's if the payer
    /// gave the PIN.
    pub confirmed_at: SignedAt,
}

/// A confirmation for which auth vouches: what its token claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VouchedConfirmation {
    /// What the payer agreed to, and when.
    #[serde(flatten)]
    pub confirmation: OperationConfirmation,
    /// How; tokens from before it was said were given for the PIN, or what stands in its place.
    #[serde(default = "pin")]
    pub acr: Level,
}

const fn pin() -> Level {
    Level::Pin
}

impl OperationConfirmation {
    /// `aud` of the token by which auth vouches that the payer confirmed with the PIN or a passkey.
    pub const TOKEN_AUDIENCE: &'static str = "payme-payment-confirmation";
    /// How long after it the operation may still be done, however it was confirmed.
    pub const AGE_MAX_SECONDS: u64 = 120;

    /// Refuses it unless the operation may be done now.
    ///
    /// # Errors
    /// `clock-skew`.
    pub fn require_recent(&self, now: OffsetDateTime) -> Result<(), Refusal> {
        self.confirmed_at.require_recent(Self::AGE_MAX_SECONDS, now)
    }

    /// When it can no longer be used, in seconds since the epoch.
    pub fn expires_at(&self) -> u64 {
        let confirmed_at = self.confirmed_at.moment().unix_timestamp();
        u64::try_from(confirmed_at).unwrap_or(0).saturating_add(Self::AGE_MAX_SECONDS)
    }

    /// The text that the payer's device signs, and whose SHA-256 is the challenge that a passkey
    /// signs: a first line that names the format, then one field a
    /// line, an empty one for what is absent.
    ///
    /// No two operations have the same text: it always has eleven lines, since no field can hold a
    /// line end, and what can be absent is never empty when it is there. Codes, ids, numbers, keys
    /// and times are visible ASCII. A reference is legible, which no control character is and no
    /// separator but a space.
    pub fn signing_text(&self) -> String {
        let terms = &self.terms;
        let payment_request_id = terms.payment_request_id.map(|id| id.to_string());
        [
            "payme-confirmation-v3",
            terms.kind.code(),
            &terms.payer.to_string(),
            &terms.payee.to_string(),
            &terms.amount.minor_units().to_string(),
            terms.amount.currency().code(),
            &terms.fee.minor_units().to_string(),
            payment_request_id.as_deref().unwrap_or_default(),
            terms.reference.as_ref().map_or("", Reference::as_str),
            terms.idempotency_key.as_str(),
            self.confirmed_at.as_str(),
        ]
        .join("\n")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;

    const SUFFIX: &str = "01h455vb4pex5vsknk084sn02q";

    /// A confirmation with everything that one can have.
    fn full() -> OperationConfirmation {
        let terms = OperationTerms {
            kind: ConfirmableKind::Payment,
            payer: format!("usr_{SUFFIX}").parse().unwrap(),
            payee: format!("biz_{SUFFIX}").parse().unwrap(),
            amount: Money::hkd(12_850).unwrap(),
            fee: Fee::hkd(150).unwrap(),
            payment_request_id: Some(format!("preq_{SUFFIX}").parse().unwrap()),
            reference: Some(reference("賬單 7")),
            idempotency_key: "attempt-1".parse().unwrap(),
        };
        let confirmed_at = "2026-11-23T04:05:06.700Z".parse().unwrap();
        OperationConfirmation { terms, confirmed_at }
    }

    fn reference(text: &str) -> Reference {
        Reference::try_from(text.to_owned()).unwrap()
    }

    fn altered(alter: impl Fn(&mut OperationTerms)) -> OperationConfirmation {
        let mut confirmation = full();
        alter(&mut confirmation.terms);
        confirmation
    }

    #[test]
    fn the_signing_text_holds_every_field_on_a_line_of_its_own() {
        let expected = format!(
            "payme-confirmation-v3\npayment\nusr_{SUFFIX}\nbiz_{SUFFIX}\n12850\nHKD\n150\n\
             preq_{SUFFIX}\n賬單 7\nattempt-1\n2026-11-23T04:05:06.700Z"
        );
        assert_eq!(full().signing_text(), expected);
        let bare = altered(|terms| {
            terms.payee = format!("usr_{SUFFIX}").parse().unwrap();
            (terms.fee, terms.payment_request_id, terms.reference) = (Fee::NONE, None, None);
        });
        let expected = format!(
            "payme-confirmation-v3\npayment\nusr_{SUFFIX}\nusr_{SUFFIX}\n12850\nHKD\n0\n\n\n\
             attempt-1\n2026-11-23T04:05:06.700Z"
        );
        assert_eq!(bare.signing_text(), expected);
    }

    #[test]
    fn no_two_operations_have_the_same_text_or_the_same_claims() {
        let other = |kind: &str| format!("{kind}_7zzzzzzzzzzzzzzzzzzzzzzzzz");
        let mut later = full();
        later.confirmed_at = "2026-11-23T04:05:06.701Z".parse().unwrap();
        let all = [
            full(),
            later,
            altered(|terms| terms.kind = ConfirmableKind::PeerPayment),
            altered(|terms| terms.kind = ConfirmableKind::Withdrawal),
            altered(|terms| terms.kind = ConfirmableKind::FpsPayment),
            altered(|terms| terms.kind = ConfirmableKind::PayLink),
            altered(|terms| terms.kind = ConfirmableKind::RedPacket),
            altered(|terms| terms.kind = ConfirmableKind::Schedule),
            altered(|terms| terms.payer = other("usr").parse().unwrap()),
            altered(|terms| terms.payee = other("biz").parse().unwrap()),
            altered(|terms| terms.payee = format!("usr_{SUFFIX}").parse().unwrap()),
            altered(|terms| terms.amount = Money::hkd(12_851).unwrap()),
            altered(|terms| terms.fee = Fee::NONE),
            altered(|terms| terms.fee = Fee::hkd(15).unwrap()),
            // The digit moves from the fee to the amount.
            altered(|terms| {
                terms.amount = Money::hkd(128_501).unwrap();
                terms.fee = Fee::hkd(50).unwrap();
            }),
            altered(|terms| terms.payment_request_id = None),
            altered(|terms| terms.payment_request_id = Some(other("preq").parse().unwrap())),
            // A person's request that has the shop's number.
            altered(|terms| {
                terms.payment_request_id = Some(format!("mreq_{SUFFIX}").parse().unwrap());
            }),
            altered(|terms| terms.reference = None),
            altered(|terms| terms.reference = Some(reference("賬單\u{3000}7"))),
            altered(|terms| terms.reference = Some(reference("A1"))),
            // A Cyrillic letter that looks the same, and the wide form.
            altered(|terms| terms.reference = Some(reference("\u{410}1"))),
            altered(|terms| terms.reference = Some(reference("\u{ff21}1"))),
            altered(|terms| terms.reference = Some(reference("attempt-1"))),
            altered(|terms| terms.idempotency_key = "attempt-2".parse().unwrap()),
            // One moves to the other's line.
            altered(|terms| {
                terms.reference = Some(reference("attempt-1"));
                terms.idempotency_key = "attempt-2".parse().unwrap();
            }),
            altered(|terms| (terms.payment_request_id, terms.reference) = (None, None)),
        ];
        let all: Vec<(String, String)> = all
            .iter()
            .map(|one| (one.signing_text(), to_value(one).unwrap().to_string()))
            .collect();
        for (position, (text, claims)) in all.iter().enumerate() {
            assert_eq!(text.split('\n').count(), 11, "{text}");
            let first_text = all.iter().position(|(other, _)| other == text);
            let first_claims = all.iter().position(|(_, other)| other == claims);
            assert_eq!((first_text, first_claims), (Some(position), Some(position)), "{text}");
        }
    }

    #[test]
    fn what_would_move_a_line_is_in_no_field() {
        for line_end in ["\n", "\r", "\r\n", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}"] {
            for text in [format!("A{line_end}B"), format!("A{line_end}"), line_end.to_owned()] {
                assert!(Reference::try_from(text.clone()).is_err(), "{text:?}");
                assert!(text.parse::<IdempotencyKey>().is_err(), "{text:?}");
            }
            let id = format!("biz_{SUFFIX}{line_end}");
            assert!(id.parse::<AccountId>().is_err(), "{id:?}");
            let request = format!("preq_{SUFFIX}{line_end}");
            assert!(request.parse::<RequestId>().is_err(), "{request:?}");
            let time = format!("2026-11-23T04:05:06.700{line_end}Z");
            assert!(time.parse::<SignedAt>().is_err(), "{time:?}");
        }
        // Empty is not another spelling of absent, and a request's id is too long for a reference.
        for text in [String::new(), " ".to_owned(), format!("preq_{SUFFIX}")] {
            assert!(Reference::try_from(text.clone()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn claims_without_a_kind_or_a_fee_confirm_nothing() {
        let claims = to_value(full()).unwrap();
        assert_eq!(from_value::<OperationConfirmation>(claims.clone()).unwrap(), full());
        for (field, wrong) in [
            ("kind", json!("refund")),
            ("fee", json!({"amount": -1, "currency": "HKD"})),
            ("reference", json!("")),
            ("reference", json!("A\nB")),
            ("payee", json!(format!("preq_{SUFFIX}"))),
        ] {
            let mut other = claims.clone();
            other[field] = wrong;
            assert!(from_value::<OperationConfirmation>(other).is_err(), "{field}");
        }
        for field in ["kind", "payer", "payee", "amount", "fee", "idempotency_key", "confirmed_at"]
        {
            let mut other = claims.clone();
            other.as_object_mut().unwrap().remove(field);
            assert!(from_value::<OperationConfirmation>(other).is_err(), "{field}");
        }
    }
}
