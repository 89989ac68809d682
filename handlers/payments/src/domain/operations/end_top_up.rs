//! The bank answers for a top-up that it was asked for. The same answer twice is one answer.

use events::payments::TopUpFailedV1;
use uuid::Uuid;
use values::{Money, OperationKind, Refusal, TopUpId, UserId};

use crate::domain::account::BANK_CLEARING;
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::{Operation, OperationState};
use crate::domain::payment_request::rfc3339;
use crate::domain::refusals::NO_TOP_UP;
use crate::domain::voice::Voice;

/// What the bank says. That it says nothing is no end: the money may have left the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TopUpEnd {
    /// It gives this much, at most what it was asked for.
    Given(Money),
    /// It gives nothing.
    Refused,
}

impl TopUpEnd {
    /// Whether this is what already came of it.
    fn is_known(self, top_up: &Operation) -> bool {
        match self {
            Self::Given(amount) => {
                top_up.state == OperationState::Completed && top_up.moved == Some(amount)
            }
            Self::Refused => top_up.state == OperationState::Failed,
        }
    }
}

/// The end of a pending top-up.
pub(crate) struct EndTopUp {
    pub(crate) top_up_id: TopUpId,
    pub(crate) outcome: TopUpEnd,
    pub(crate) by: Voice,
}

impl Decide for EndTopUp {
    type Record = Operation;

    fn lane(&self) -> Uuid {
        BANK_CLEARING
    }

    fn reads(&self) -> Reads {
        self.by.reads(self.top_up_id.uuid())
    }

    fn accounts(&self, books: &Books) -> Vec<Uuid> {
        let top_up = books.operation(self.top_up_id.uuid());
        let sides = |top_up: &Operation| vec![top_up.from.account_id, top_up.to.account_id];
        top_up.map(sides).unwrap_or_default()
    }

    fn decide(&self, books: &Books) -> Result<Decision<Operation>, Refusal> {
        let top_up = books.operation(self.top_up_id.uuid()).cloned();
        let top_up = top_up.filter(|found| found.kind == OperationKind::TopUp).ok_or(NO_TOP_UP)?;
        if self.outcome.is_known(&top_up) {
            return Ok(Decision { record: top_up, changes: Changes::default() });
        }
        self.by.require_heard(books, &top_up)?;
        let (top_up, transfer) = match self.outcome {
            TopUpEnd::Given(amount) => top_up.settle(amount, books.now)?,
            TopUpEnd::Refused => top_up.fail(books.now)?,
        };
        let owner = UserId::from_uuid(top_up.to.account_id);
        let announcement = match top_up.moved {
            Some(_) => Announcement::new(owner, &top_up.moved_event(None)),
            None => Announcement::new(owner, &failed_event(&top_up)),
        };
        Ok(Decision {
            changes: Changes {
                transfers: vec![transfer],
                operations: vec![top_up.clone()],
                announcements: vec![announcement],
                untold: self.by.untold(top_up.id),
                words: self.by.words(top_up.id),
                ..Changes::default()
            },
            record: top_up,
        })
    }
}

/// What others are told of a top-up for which the bank gave no money.
fn failed_event(top_up: &Operation) -> TopUpFailedV1 {
    TopUpFailedV1 {
        top_up_id: top_up.top_up_id().to_string(),
        user_id: UserId::from_uuid(top_up.to.account_id).to_string(),
        amount: top_up.amount.minor_units(),
        currency: top_up.amount.currency().code().to_owned(),
        state: top_up.state.code().to_owned(),
        failed_at: rfc3339(top_up.ended_at.unwrap_or(top_up.created_at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::{LiteralBooks, hkd};
    use crate::domain::operations::{TopUp, TopUpMethod};
    use crate::domain::refusals::{HOLD_ENDED, HOLD_EXCEEDED};

    /// Books with a pending top-up of HK$1.00, and its end.
    fn pending(outcome: TopUpEnd) -> (LiteralBooks, EndTopUp) {
        let mut literal = LiteralBooks::new();
        let wanted = TopUp {
            user_id: literal.payer,
            amount: hkd(100),
            method: TopUpMethod::BankDebit,
            is_instructed: false,
        };
        let (top_up, _) = literal.books.decide(&wanted).unwrap();
        (literal, EndTopUp { top_up_id: top_up.top_up_id(), outcome, by: Voice::Bank })
    }

    #[test]
    fn what_the_bank_gives_is_there_and_what_it_does_not_is_held_no_longer() {
        for (outcome, available, state) in [
            (TopUpEnd::Given(hkd(100)), 50_100, OperationState::Completed),
            (TopUpEnd::Given(hkd(40)), 50_040, OperationState::Completed),
            (TopUpEnd::Refused, 50_000, OperationState::Failed),
        ] {
            let (mut literal, wanted) = pending(outcome);
            let (top_up, told) = literal.books.decide(&wanted).unwrap();
            assert_eq!((top_up.state, top_up.expires_at, told.len()), (state, None, 1));
            let wallet = literal.books.account(literal.payer.uuid()).unwrap();
            assert_eq!((wallet.available(), wallet.credits_pending), (available, 0));
            // The same answer again is the same end, and nobody is told twice.
            let (again, told) = literal.books.decide(&wanted).unwrap();
            assert_eq!((again, told), (top_up, Vec::new()));
        }
    }

    #[test]
    fn another_answer_than_the_first_and_more_than_was_asked_for_are_refused() {
        let (mut literal, wanted) = pending(TopUpEnd::Given(hkd(101)));
        assert_eq!(literal.books.decide(&wanted).err(), Some(HOLD_EXCEEDED));
        let id = wanted.top_up_id;
        let refused = EndTopUp { top_up_id: id, outcome: TopUpEnd::Refused, by: Voice::Bank };
        literal.books.decide(&refused).unwrap();
        let given = EndTopUp { top_up_id: id, outcome: TopUpEnd::Given(hkd(100)), by: Voice::Bank };
        assert_eq!(literal.books.decide(&given).err(), Some(HOLD_ENDED));
    }
}
