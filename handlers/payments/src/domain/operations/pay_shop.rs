//! A person pays a shop: what it asked for, or, by the static code on its counter, what the payer
//! enters.

use uuid::Uuid;
use values::{
    BusinessId, Money, NO_PAYMENT_REQUEST, PaymentRequestId, Reference, Refusal, RequestStatus,
};
use values::{NO_BUSINESS, PaymentId, UserId, unknown};

use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::{ConfirmedBy, Operation, OperationState, Side};
use crate::domain::operation_kind::OperationKind;
use crate::domain::payment_request::PaymentRequest;
use crate::domain::refusals::{NO_WALLET, PAYEE_UNAVAILABLE};

/// The payment that the payer has seen.
pub(crate) struct PayShop {
    pub(crate) payer: UserId,
    pub(crate) payee: BusinessId,
    pub(crate) amount: Money,
    /// `None` for a static code.
    pub(crate) payment_request_id: Option<PaymentRequestId>,
    /// What the code asked to be quoted.
    pub(crate) reference: Option<Reference>,
    /// How it was confirmed, or why it was not. Judged when the request came; it refuses only here,
    /// so that a retry of a payment that was made still reads it.
    pub(crate) confirmed: Result<ConfirmedBy, Refusal>,
}

impl Decide for PayShop {
    type Record = Operation;

    fn lane(&self) -> Uuid {
        self.payee.uuid()
    }

    fn reads(&self) -> Reads {
        let reads = Reads::default().shop(self.payee).person(self.payer);
        match self.payment_request_id {
            Some(id) => reads.request(id),
            None => reads,
        }
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        vec![self.payer.uuid(), self.payee.uuid()]
    }

    fn decide(&self, books: &Books) -> Result<Decision<Operation>, Refusal> {
        let confirmed_by = self.confirmed.clone()?;
        let request = self.payment_request_id.map(|id| self.asked(id, books)).transpose()?;
        let shop = books.shop(self.payee);
        let shop = shop.ok_or_else(|| unknown(self.payee.uuid(), books.now, NO_BUSINESS))?;
        if shop.is_closed {
            return Err(PAYEE_UNAVAILABLE);
        }
        books.account(self.payer.uuid()).ok_or(NO_WALLET)?;
        let shop_name = request.map_or(&shop.shop_name, |request| &request.shop_name).clone();
        let payment = Operation {
            id: PaymentId::new().uuid(),
            kind: OperationKind::Payment,
            state: OperationState::Completed,
            parent_id: self.payment_request_id.map(PaymentRequestId::uuid),
            from: Side { account_id: self.payer.uuid(), name: books.name(self.payer) },
            to: Side { account_id: self.payee.uuid(), name: shop_name },
            amount: self.amount,
            moved: Some(self.amount),
            reference: self.reference.clone(),
            confirmed_by: Some(confirmed_by),
            created_at: books.now,
            ended_at: Some(books.now),
            expires_at: None,
        };
        let moved = payment.moved_event(Some(shop.owner_user_id));
        let mut announcements = vec![Announcement::new(payment.payment_id(), &moved)];
        let paid = request.map(|request| PaymentRequest {
            status: RequestStatus::Paid,
            payment_id: Some(payment.payment_id()),
            ..request.clone()
        });
        announcements.extend(
            paid.iter().map(|request| Announcement::new(request.id, &request.closed_event())),
        );
        Ok(Decision {
            changes: Changes {
                transfers: vec![payment.first_transfer()],
                operations: vec![payment.clone()],
                requests: paid.into_iter().collect(),
                announcements,
            },
            record: payment,
        })
    }
}

impl PayShop {
    fn asked<'a>(
        &self,
        id: PaymentRequestId,
        books: &'a Books,
    ) -> Result<&'a PaymentRequest, Refusal> {
        let request = books.request(id).ok_or(NO_PAYMENT_REQUEST)?;
        request.accept(self.amount, self.payee, books.now)?;
        Ok(request)
    }
}
