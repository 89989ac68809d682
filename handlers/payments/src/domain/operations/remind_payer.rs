//! Who asked for money reminds the one who was asked.

use uuid::Uuid;
use values::{MoneyRequestId, Refusal, UserId};

use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::money_request::MoneyRequest;
use crate::domain::refusals::{NO_MONEY_REQUEST, NO_WALLET};

/// Of which request, and who reminds. To anybody else than who asked there is no such request.
pub(crate) struct RemindPayer {
    pub(crate) id: MoneyRequestId,
    pub(crate) requester: UserId,
    /// Who is asked by it.
    pub(crate) payer: UserId,
}

impl Decide for RemindPayer {
    type Record = MoneyRequest;

    fn lane(&self) -> Uuid {
        self.requester.uuid()
    }

    fn reads(&self) -> Reads {
        Reads::default().money_request(self.id).approach(self.requester, self.payer)
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        vec![self.requester.uuid()]
    }

    fn decide(&self, books: &Books) -> Result<Decision<MoneyRequest>, Refusal> {
        let request = books.money_request(self.id);
        let request = request.filter(|request| request.requester.id == self.requester);
        let request = request.ok_or(NO_MONEY_REQUEST)?.clone();
        books.account(self.requester.uuid()).ok_or(NO_WALLET)?.require_taking()?;
        let reminded = request.reminded(books.now)?;
        // Who blocks the requester is not told, and the requester not of that.
        let is_told = !books.is_away(self.requester, self.payer);
        let told = is_told.then(|| Announcement::new(reminded.id, &reminded.changed_event()));
        Ok(Decision {
            changes: Changes {
                money_requests: vec![reminded.clone()],
                announcements: told.into_iter().collect(),
                ..Changes::default()
            },
            record: reminded,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::{LiteralBooks, NOW};
    use crate::domain::refusals::{REMINDER_TOO_EARLY, WALLET_FROZEN};

    #[test]
    fn only_who_asked_reminds_and_a_neighbour_in_the_same_batch_is_too_early() {
        let (mut literal, request) = LiteralBooks::with_money_request();
        literal.books.now = NOW.saturating_add(MoneyRequest::REMINDER_PAUSE);
        let payer = request.payer.id;
        let remind = |requester| RemindPayer { id: request.id, requester, payer };
        let of_payer = remind(payer);
        assert_eq!(literal.books.decide(&of_payer).err(), Some(NO_MONEY_REQUEST));
        let of_requester = remind(request.requester.id);
        let (reminded, told) = literal.books.decide(&of_requester).unwrap();
        assert_eq!((reminded.reminders, told.len()), (1, 1));
        let refused = literal.books.decide(&of_requester).err().unwrap();
        assert_eq!(refused.code(), REMINDER_TOO_EARLY.code());
    }

    #[test]
    fn a_frozen_wallet_reminds_nobody() {
        let (mut literal, request) = LiteralBooks::with_money_request();
        literal.books.now = NOW.saturating_add(MoneyRequest::REMINDER_PAUSE);
        literal.freeze(request.requester.id.uuid());
        let (id, requester, payer) = (request.id, request.requester.id, request.payer.id);
        let wanted = RemindPayer { id, requester, payer };
        assert_eq!(literal.books.decide(&wanted).err(), Some(WALLET_FROZEN));
    }
}
