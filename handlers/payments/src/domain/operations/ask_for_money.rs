//! A person asks another for money.

use uuid::Uuid;
use values::{Money, Note, Refusal, UserId, unknown};

use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::money_request::MoneyRequest;
use crate::domain::refusals::{NO_PAYEE, NO_WALLET, SAME_ACCOUNT};

/// What somebody asks for.
pub(crate) struct AskForMoney {
    pub(crate) requester: UserId,
    /// Who is asked.
    pub(crate) payer: UserId,
    pub(crate) amount: Money,
    pub(crate) note: Option<Note>,
}

impl Decide for AskForMoney {
    type Record = MoneyRequest;

    /// Where the payment of it will be decided.
    fn lane(&self) -> Uuid {
        self.requester.uuid()
    }

    fn reads(&self) -> Reads {
        let reads = Reads::default().requester(self.requester).person(self.requester);
        reads.person(self.payer).approach(self.requester, self.payer)
    }

    /// Nobody keeps those whom they ask from their money.
    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        vec![self.requester.uuid()]
    }

    fn decide(&self, books: &Books) -> Result<Decision<MoneyRequest>, Refusal> {
        if self.requester == self.payer {
            return Err(SAME_ACCOUNT);
        }
        books.account(self.requester.uuid()).ok_or(NO_WALLET)?.require_taking()?;
        if books.is_away(self.requester, self.payer) {
            return Err(unknown(self.payer.uuid(), books.now, NO_PAYEE));
        }
        books.open_requests.require_room(self.requester, [self.payer].into_iter(), books.now)?;
        let parties = [books.person(self.requester), books.person(self.payer)];
        let request = MoneyRequest::new(parties, self.amount, self.note.clone(), None, books.now);
        Ok(Decision {
            changes: Changes {
                money_requests: vec![request.clone()],
                announcements: vec![Announcement::new(request.id, &request.changed_event())],
                ..Changes::default()
            },
            record: request,
        })
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::domain::literal_books::{LiteralBooks, NOW, hkd};
    use crate::domain::money_request::MoneyRequestStatus;
    use crate::domain::open_requests::{OF_PAIR_MAX, RECENT_OF_PAIR_MAX, WINDOW};
    use crate::domain::operations::{EndMoneyRequest, MoneyRequestEnd};
    use crate::domain::refusals::{DECLINED_RECENTLY, TOO_MANY_MONEY_REQUESTS, WALLET_FROZEN};

    fn ask(requester: UserId, payer: UserId) -> AskForMoney {
        AskForMoney { requester, payer, amount: hkd(5_000), note: None }
    }

    #[test]
    fn somebody_asks_and_the_one_who_is_asked_is_told() {
        let mut literal = LiteralBooks::new();
        let wanted = ask(literal.payer, UserId::new());
        let (request, told) = literal.books.decide(&wanted).unwrap();
        assert_eq!((request.status, request.version), (MoneyRequestStatus::Open, 1));
        assert_eq!(request.expires_at, NOW.saturating_add(MoneyRequest::LIFETIME));
        assert_eq!(told.len(), 1);
        let event = &told[0].data;
        assert_eq!((&event["status"], &event["reminders"]), (&"open".into(), &0.into()));
        assert_eq!(event["requester"]["name"], "陳***文");
        assert_eq!(literal.books.ledger.transfers(), []);
    }

    #[test]
    fn nobody_asks_themselves_or_with_a_frozen_wallet_or_without_one() {
        let mut literal = LiteralBooks::new();
        let (payer, stranger) = (literal.payer, UserId::new());
        for (wanted, refusal) in
            [(ask(payer, payer), SAME_ACCOUNT), (ask(stranger, payer), NO_WALLET)]
        {
            assert_eq!(literal.books.decide(&wanted).err(), Some(refusal));
        }
        literal.freeze(payer.uuid());
        assert_eq!(literal.books.decide(&ask(payer, stranger)).err(), Some(WALLET_FROZEN));
        assert_eq!(literal.books.money_requests.changed().next(), None);
    }

    #[test]
    fn a_neighbour_in_the_same_batch_counts_and_what_has_ended_does_not() {
        let mut literal = LiteralBooks::new();
        let (requester, payer) = (literal.payer, UserId::new());
        let wanted = ask(requester, payer);
        let mut first = None;
        for _ in 0..OF_PAIR_MAX {
            first.get_or_insert(literal.books.decide(&wanted).unwrap().0.id);
        }
        let refused = literal.books.decide(&wanted).err().unwrap();
        assert_eq!(refused.code(), TOO_MANY_MONEY_REQUESTS.code());
        assert!(literal.books.decide(&ask(requester, UserId::new())).is_ok());
        let end = MoneyRequestEnd::Declined;
        let declined = EndMoneyRequest { id: first.unwrap(), by: payer, end };
        literal.books.decide(&declined).unwrap();
        // A no is heard for a day, and only by who asked, of whom they asked.
        literal.books.now = NOW + WINDOW - Duration::SECOND;
        let refused = literal.books.decide(&wanted).err();
        assert_eq!(refused, Some(DECLINED_RECENTLY.for_seconds(2)));
        assert!(literal.books.decide(&ask(requester, UserId::new())).is_ok());
        literal.books.now = NOW + WINDOW;
        assert!(literal.books.decide(&wanted).is_ok());
    }

    #[test]
    fn who_asks_and_takes_it_back_again_and_again_is_stopped() {
        let mut literal = LiteralBooks::new();
        let (requester, payer) = (literal.payer, UserId::new());
        let mut ask_and_cancel = |payer| {
            let (request, _) = literal.books.decide(&ask(requester, payer))?;
            let end = MoneyRequestEnd::Cancelled;
            literal.books.decide(&EndMoneyRequest { id: request.id, by: requester, end })?;
            Ok::<_, Refusal>(())
        };
        for _ in 0..RECENT_OF_PAIR_MAX {
            ask_and_cancel(payer).unwrap();
        }
        let refused = ask_and_cancel(payer).err().unwrap();
        assert_eq!(refused.code(), TOO_MANY_MONEY_REQUESTS.code());
        for _ in RECENT_OF_PAIR_MAX..200 {
            ask_and_cancel(UserId::new()).unwrap();
        }
        let refused = ask_and_cancel(UserId::new()).err().unwrap();
        assert_eq!(refused.code(), TOO_MANY_MONEY_REQUESTS.code());
    }

    #[test]
    fn one_person_has_a_hundred_requests_open_at_most() {
        let mut literal = LiteralBooks::new();
        for _ in 0..100 {
            literal.books.decide(&ask(literal.payer, UserId::new())).unwrap();
        }
        let refused = literal.books.decide(&ask(literal.payer, UserId::new())).err().unwrap();
        assert_eq!(refused.code(), TOO_MANY_MONEY_REQUESTS.code());
    }
}
