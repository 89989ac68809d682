//! Who made a bill takes back what is not paid of it. Doing it twice is the same as doing it once.

use uuid::Uuid;
use values::{MoneyRequestId, Refusal};

use crate::domain::bill::Bill;
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::money_request::{MoneyRequest, MoneyRequestStatus};

/// The bill as its creator has read it before, and which requests it has: neither ever changes.
/// How the requests stand is read here, under their locks.
pub(crate) struct CancelBill {
    pub(crate) bill: Bill,
    pub(crate) request_ids: Vec<MoneyRequestId>,
}

impl Decide for CancelBill {
    type Record = Bill;

    fn lane(&self) -> Uuid {
        self.bill.creator.id.uuid()
    }

    fn reads(&self) -> Reads {
        self.request_ids.iter().copied().fold(Reads::default(), Reads::money_request)
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        Vec::new()
    }

    fn decide(&self, books: &Books) -> Result<Decision<Bill>, Refusal> {
        let requests = self.request_ids.iter().filter_map(|id| books.money_request(*id));
        let open = requests.filter(|found| found.require_open(books.now).is_ok());
        let cancelled: Vec<MoneyRequest> =
            open.map(|found| found.clone().ended(MoneyRequestStatus::Cancelled)).collect();
        let told = |request: &MoneyRequest| Announcement::new(request.id, &request.changed_event());
        Ok(Decision {
            changes: Changes {
                announcements: cancelled.iter().map(told).collect(),
                money_requests: cancelled,
                ..Changes::default()
            },
            record: self.bill.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use values::UserId;

    use super::*;
    use crate::domain::literal_books::{LiteralBooks, hkd};
    use crate::domain::operations::{EndMoneyRequest, MoneyRequestEnd, SplitBill};
    use crate::domain::split::Split;

    #[test]
    fn only_what_is_still_open_is_taken_back_and_once() {
        let mut literal = LiteralBooks::new();
        let people: Vec<UserId> = (0..3).map(|_| UserId::new()).collect();
        let wanted = SplitBill {
            creator: literal.payer,
            total: hkd(300),
            split: Split::Equal(people),
            note: None,
            payment_id: None,
            peer_payment_id: None,
        };
        let (bill, _) = literal.books.decide(&wanted).unwrap();
        let requests: Vec<_> = literal.books.money_requests.changed().cloned().collect();
        let (id, by) = (requests[0].id, requests[0].payer.id);
        let declined = EndMoneyRequest { id, by, end: MoneyRequestEnd::Declined };
        literal.books.decide(&declined).unwrap();

        let request_ids = requests.iter().map(|request| request.id).collect();
        let cancel = CancelBill { bill, request_ids };
        assert_eq!(literal.books.decide(&cancel).unwrap().1.len(), 2);
        assert_eq!(literal.books.decide(&cancel).unwrap().1.len(), 0);
        let status = |at: usize| literal.books.money_request(requests[at].id).unwrap().status;
        assert_eq!(status(0), MoneyRequestStatus::Declined);
        assert_eq!([status(1), status(2)], [MoneyRequestStatus::Cancelled; 2]);
    }
}
