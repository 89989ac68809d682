//! A shop takes its request back. Doing it twice is the same as doing it once.

use uuid::Uuid;
use values::{
    BusinessId, NO_PAYMENT_REQUEST, PaymentRequestId, Refusal, RequestStatus, ShopAct, UserId,
};

use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::payment_request::PaymentRequest;

/// Which request, and who says that it is theirs. Somebody else's is answered as none.
pub(crate) struct CancelRequest {
    pub(crate) id: PaymentRequestId,
    /// The business that asked, as it was read before: this never changes.
    pub(crate) business_id: BusinessId,
    pub(crate) by: UserId,
}

impl Decide for CancelRequest {
    type Record = PaymentRequest;

    fn lane(&self) -> Uuid {
        self.business_id.uuid()
    }

    fn reads(&self) -> Reads {
        Reads::default().request(self.id).shop_for(self.business_id, self.by)
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        Vec::new()
    }

    fn decide(&self, books: &Books) -> Result<Decision<PaymentRequest>, Refusal> {
        let request = books.request(self.id).ok_or(NO_PAYMENT_REQUEST)?;
        let shop = books.shop(request.business_id).ok_or(NO_PAYMENT_REQUEST)?;
        shop.require(self.by, ShopAct::Ask, NO_PAYMENT_REQUEST)?;
        if request.status == RequestStatus::Cancelled {
            return Ok(Decision { record: request.clone(), changes: Changes::default() });
        }
        request.require_open(books.now)?;
        let cancelled = PaymentRequest { status: RequestStatus::Cancelled, ..request.clone() };
        Ok(Decision {
            changes: Changes {
                requests: vec![cancelled.clone()],
                announcements: vec![Announcement::new(self.id, &cancelled.closed_event())],
                ..Changes::default()
            },
            record: cancelled,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::LiteralBooks;
    use crate::domain::refusals::EXPIRED;

    fn cancel(literal: &LiteralBooks, by: UserId) -> CancelRequest {
        CancelRequest { id: literal.request.id, business_id: literal.shop, by }
    }

    #[test]
    fn cancelling_twice_is_cancelling_once() {
        let mut literal = LiteralBooks::new();
        let wanted = cancel(&literal, literal.owner);
        assert_eq!(literal.books.decide(&wanted).unwrap().1.len(), 1);
        let (request, told) = literal.books.decide(&wanted).unwrap();
        assert_eq!((request.status, told.len()), (RequestStatus::Cancelled, 0));
    }

    #[test]
    fn a_strangers_request_is_none_and_one_that_is_over_says_so() {
        let mut literal = LiteralBooks::new();
        let of_stranger = cancel(&literal, literal.payer);
        assert_eq!(literal.books.decide(&of_stranger).err(), Some(NO_PAYMENT_REQUEST));
        literal.books.now = literal.request.expires_at;
        let of_owner = cancel(&literal, literal.owner);
        assert_eq!(literal.books.decide(&of_owner).err(), Some(EXPIRED));
    }
}
