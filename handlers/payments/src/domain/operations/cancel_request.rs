//! A shop takes its request back. Doing it twice is the same as doing it once.

use uuid::Uuid;
use values::{BusinessId, NO_PAYMENT_REQUEST, PaymentRequestId, Refusal, RequestStatus, UserId};

use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::payment_request::PaymentRequest;

/// Which request, and who says that it is theirs. Somebody else's is answered as none.
pub(crate) struct CancelRequest {
    pub(crate) id: PaymentRequestId,
    /// The business that asked, as it was read before: this never changes.
    pub(crate) business_id: BusinessId,
    pub(crate) owner: UserId,
}

impl Decide for CancelRequest {
    type Record = PaymentRequest;

    fn lane(&self) -> Uuid {
        self.business_id.uuid()
    }

    fn reads(&self) -> Reads {
        Reads::default().request(self.id).shop(self.business_id)
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        Vec::new()
    }

    fn decide(&self, books: &Books) -> Result<Decision<PaymentRequest>, Refusal> {
        let is_owner = |id| books.shop(id).is_some_and(|shop| shop.owner_user_id == self.owner);
        let request = books.request(self.id).filter(|request| is_owner(request.business_id));
        let request = request.ok_or(NO_PAYMENT_REQUEST)?;
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
