//! What the load and its reference share: the body of a payment, and what its payer signs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use values::{
    AccountId, BusinessId, ConfirmableKind, Fee, IdempotencyKey, Money, OperationConfirmation,
    OperationTerms, PaymentRequestId, RequestId, SignedAt, UserId,
};

/// The body of `POST /api/v1/payments` that pays a shop's request.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// What is paid.
    pub payment_request_id: PaymentRequestId,
    /// Who is paid.
    pub business_id: BusinessId,
    /// How much.
    pub amount: Money,
    /// That the payer wants it.
    pub confirmation: Proof,
}

/// How the payer confirmed: by the phone's signature, as nearly all do.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Proof {
    /// A signature of the phone's key.
    Device {
        /// The phone's clock.
        #[schema(value_type = String, format = "date-time")]
        signed_at: SignedAt,
        /// Of [`Payment::confirmation_of`], in base64url.
        signature: String,
    },
}

impl Payment {
    /// What `payer` signs to make this payment under this key.
    pub fn confirmation_of(&self, payer: UserId, key: &IdempotencyKey) -> OperationConfirmation {
        let Proof::Device { signed_at, .. } = &self.confirmation;
        OperationConfirmation {
            terms: OperationTerms {
                kind: ConfirmableKind::Payment,
                payer,
                payee: AccountId::Business(self.business_id),
                amount: self.amount,
                fee: Fee::NONE,
                payment_request_id: Some(RequestId::Payment(self.payment_request_id)),
                reference: None,
                idempotency_key: key.clone(),
            },
            confirmed_at: signed_at.clone(),
        }
    }
}
