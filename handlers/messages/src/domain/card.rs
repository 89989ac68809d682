//! Money that a conversation shows, and how it stands.

use uuid::Uuid;
use values::{Money, UserId, code_enum};

code_enum! {
    /// What kind of money it is.
    pub(crate) enum CardType {
        /// One person paid another.
        Payment = "payment",
        /// One person asks another for money.
        Request = "request",
        /// The same, for a share of a bill.
        BillShare = "bill-share",
        /// Money that waits for one person.
        PayLink = "pay-link",
        /// Money that waits for several people.
        RedPacket = "red-packet",
    }
}

code_enum! {
    /// How the money stands.
    pub(crate) enum CardStatus {
        /// It was asked for, or waits to be claimed.
        Open = "open",
        /// It was paid.
        Paid = "paid",
        /// Whoever was asked said no.
        Declined = "declined",
        /// Whoever asked took it back.
        Cancelled = "cancelled",
        /// It was not paid in time.
        Expired = "expired",
        /// All of it was claimed.
        Claimed = "claimed",
        /// What nobody claimed went back.
        Returned = "returned",
    }
}

/// Money, as a conversation shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) id: Uuid,
    pub(crate) card_type: CardType,
    pub(crate) payer_id: UserId,
    /// None where it is not one person.
    pub(crate) payee_id: Option<UserId>,
    /// Minor units.
    pub(crate) amount: i64,
    pub(crate) claimed: i64,
    pub(crate) returned: i64,
    /// What was told of it, unless it follows from what has moved.
    pub(crate) told: CardStatus,
}

impl Card {
    /// Of a pay link or red packet by what has moved, whichever was told first.
    pub(crate) const fn status(&self) -> CardStatus {
        match self.card_type {
            CardType::Payment | CardType::Request | CardType::BillShare => self.told,
            CardType::PayLink | CardType::RedPacket if self.returned > 0 => CardStatus::Returned,
            CardType::PayLink | CardType::RedPacket
                if self.amount > 0 && self.claimed >= self.amount =>
            {
                CardStatus::Claimed
            }
            CardType::PayLink | CardType::RedPacket => CardStatus::Open,
        }
    }

    /// For the two of them; none if it is not known yet.
    pub(crate) fn amount_for(&self, reader: UserId) -> Option<Money> {
        let is_own = reader == self.payer_id || Some(reader) == self.payee_id;
        Money::hkd(self.amount).ok().filter(|_| is_own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pay_link_stands_as_its_money_does_and_its_amount_is_its_senders() {
        let payer_id = UserId::new();
        let link = Card {
            id: Uuid::now_v7(),
            card_type: CardType::PayLink,
            payer_id,
            payee_id: None,
            amount: 500,
            claimed: 0,
            returned: 0,
            told: CardStatus::Open,
        };
        for (amount, claimed, returned, status) in [
            (500, 0, 0, CardStatus::Open),
            (500, 499, 0, CardStatus::Open),
            (500, 500, 0, CardStatus::Claimed),
            (500, 400, 100, CardStatus::Returned),
            // The claim was told first.
            (0, 500, 0, CardStatus::Open),
        ] {
            let link = Card { amount, claimed, returned, ..link.clone() };
            assert_eq!(link.status(), status, "{link:?}");
        }
        assert_eq!(link.amount_for(payer_id), Money::hkd(500).ok());
        assert_eq!(link.amount_for(UserId::new()), None);
    }
}
