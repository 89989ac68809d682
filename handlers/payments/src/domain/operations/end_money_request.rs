//! Who was asked for money says no, or who asked takes it back. Doing it twice is the same as doing
//! it once.

use uuid::Uuid;
use values::{MoneyRequestId, Refusal, UserId};

use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::money_request::{MoneyRequest, MoneyRequestStatus};
use crate::domain::refusals::NO_MONEY_REQUEST;

/// How a request ends without money.
#[derive(Debug, Clone, Copy)]
pub(crate) enum MoneyRequestEnd {
    /// The payer says no.
    Declined,
    /// The requester takes it back.
    Cancelled,
}

/// The end of a request, and who says so. To anybody else there is no such request.
pub(crate) struct EndMoneyRequest {
    pub(crate) id: MoneyRequestId,
    pub(crate) by: UserId,
    pub(crate) end: MoneyRequestEnd,
}

impl Decide for EndMoneyRequest {
    type Record = MoneyRequest;

    fn lane(&self) -> Uuid {
        self.by.uuid()
    }

    fn reads(&self) -> Reads {
        Reads::default().money_request(self.id)
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        Vec::new()
    }

    fn decide(&self, books: &Books) -> Result<Decision<MoneyRequest>, Refusal> {
        let request = books.money_request(self.id).ok_or(NO_MONEY_REQUEST)?.clone();
        let (who, status) = match self.end {
            MoneyRequestEnd::Declined => (request.payer.id, MoneyRequestStatus::Declined),
            MoneyRequestEnd::Cancelled => (request.requester.id, MoneyRequestStatus::Cancelled),
        };
        if who != self.by {
            return Err(NO_MONEY_REQUEST);
        }
        if request.status == status {
            return Ok(Decision { record: request, changes: Changes::default() });
        }
        request.require_open(books.now)?;
        let is_declined = status == MoneyRequestStatus::Declined;
        let declined_at = is_declined.then_some(books.now);
        let ended = MoneyRequest { declined_at, ..request.ended(status) };
        Ok(Decision {
            changes: Changes {
                money_requests: vec![ended.clone()],
                announcements: vec![Announcement::new(ended.id, &ended.changed_event())],
                ..Changes::default()
            },
            record: ended,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::LiteralBooks;
    use crate::domain::refusals::{
        MONEY_REQUEST_CANCELLED, MONEY_REQUEST_DECLINED, MONEY_REQUEST_EXPIRED,
    };

    fn end(request: &MoneyRequest, by: UserId, end: MoneyRequestEnd) -> EndMoneyRequest {
        EndMoneyRequest { id: request.id, by, end }
    }

    #[test]
    fn each_side_ends_it_once_and_the_other_then_learns_how() {
        use MoneyRequestEnd::{Cancelled, Declined};
        for (first, status, other, refusal) in [
            (Declined, MoneyRequestStatus::Declined, Cancelled, MONEY_REQUEST_DECLINED),
            (Cancelled, MoneyRequestStatus::Cancelled, Declined, MONEY_REQUEST_CANCELLED),
        ] {
            let (mut literal, request) = LiteralBooks::with_money_request();
            let who = |end| match end {
                Declined => request.payer.id,
                Cancelled => request.requester.id,
            };
            let wanted = end(&request, who(first), first);
            let (ended, told) = literal.books.decide(&wanted).unwrap();
            assert_eq!((ended.status, ended.version, told.len()), (status, 2, 1));
            assert_eq!(literal.books.decide(&wanted).unwrap(), (ended, Vec::new()));
            let late = end(&request, who(other), other);
            assert_eq!(literal.books.decide(&late).err(), Some(refusal));
        }
    }

    #[test]
    fn neither_side_does_the_others_and_strangers_do_nothing() {
        use MoneyRequestEnd::{Cancelled, Declined};
        let (mut literal, request) = LiteralBooks::with_money_request();
        for (by, how) in [
            (request.requester.id, Declined),
            (request.payer.id, Cancelled),
            (UserId::new(), Declined),
            (UserId::new(), Cancelled),
        ] {
            let refused = literal.books.decide(&end(&request, by, how)).err();
            assert_eq!(refused, Some(NO_MONEY_REQUEST));
        }
        literal.books.now = request.expires_at;
        let late = end(&request, request.payer.id, Declined);
        assert_eq!(literal.books.decide(&late).err(), Some(MONEY_REQUEST_EXPIRED));
        assert_eq!(literal.books.money_requests.changed().next(), None);
    }
}
