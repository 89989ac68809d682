//! A person splits a bill: everybody else who shares it is asked for their part, all at once.

use uuid::Uuid;
use values::{
    BillId, Money, Note, OperationKind, PaymentId, PeerPaymentId, Refusal, UserId, unknown,
};

use crate::domain::bill::Bill;
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::money_request::MoneyRequest;
use crate::domain::operation::OperationState;
use crate::domain::refusals::{
    BILL_EXCEEDS_PAYMENT, NO_PAYEE, NO_PAYMENT, NO_PEER_PAYMENT, NO_WALLET,
};
use crate::domain::split::Split;

/// The bill, and how it is split.
pub(crate) struct SplitBill {
    pub(crate) creator: UserId,
    pub(crate) total: Money,
    pub(crate) split: Split,
    pub(crate) note: Option<Note>,
    /// The payment of the creator's that is split, to a shop …
    pub(crate) payment_id: Option<PaymentId>,
    /// … or to a person.
    pub(crate) peer_payment_id: Option<PeerPaymentId>,
}

impl SplitBill {
    /// Whether it is split among people who may share it.
    pub(crate) fn require_people(&self) -> Result<(), Refusal> {
        self.split.require_people(self.creator)
    }

    /// The payment that is split: its id, its kind, and what is said if there is none.
    fn payments(&self) -> impl Iterator<Item = (Uuid, OperationKind, Refusal)> {
        let shop = self.payment_id.map(|id| (id.uuid(), OperationKind::Payment, NO_PAYMENT));
        let kind = OperationKind::PeerPayment;
        let person = self.peer_payment_id.map(|id| (id.uuid(), kind, NO_PEER_PAYMENT));
        shop.into_iter().chain(person)
    }

    /// Nobody asks for more than a payment has cost them.
    fn require_paid(&self, books: &Books) -> Result<(), Refusal> {
        for (id, kind, refusal) in self.payments() {
            let payment = books.operation(id).filter(|found| {
                let is_creators = found.from.account_id == self.creator.uuid();
                found.kind == kind && is_creators && found.state == OperationState::Completed
            });
            let payment = payment.ok_or(refusal)?;
            let paid = payment.moved.unwrap_or(payment.amount).minor_units();
            let cost = paid.saturating_sub(payment.refunded);
            if self.total.minor_units() > cost {
                return Err(BILL_EXCEEDS_PAYMENT);
            }
        }
        Ok(())
    }
}

impl Decide for SplitBill {
    type Record = Bill;

    /// As of `AskForMoney`.
    fn lane(&self) -> Uuid {
        self.creator.uuid()
    }

    fn reads(&self) -> Reads {
        let reads = Reads::default().requester(self.creator).person(self.creator);
        let reads = self
            .split
            .people()
            .into_iter()
            .fold(reads, |reads, person| reads.person(person).approach(self.creator, person));
        self.payments().fold(reads, |reads, (id, _, _)| reads.operation(id))
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        vec![self.creator.uuid()]
    }

    fn decide(&self, books: &Books) -> Result<Decision<Bill>, Refusal> {
        books.account(self.creator.uuid()).ok_or(NO_WALLET)?.require_taking()?;
        self.require_people()?;
        let people = self.split.people();
        if let Some(away) = people.iter().find(|person| books.is_away(self.creator, **person)) {
            return Err(unknown(away.uuid(), books.now, NO_PAYEE));
        }
        self.require_paid(books)?;
        let id = BillId::new();
        let shares = self.split.shares(id, self.total)?;
        let (own, others): (Vec<_>, Vec<_>) =
            shares.into_iter().partition(|(person, _)| *person == self.creator);
        let payers = others.iter().map(|(payer, _)| *payer);
        books.open_requests.require_room(self.creator, payers, books.now)?;
        let bill = Bill {
            id,
            creator: books.person(self.creator),
            total: self.total,
            own_share: own.first().map(|(_, share)| *share),
            note: self.note.clone(),
            payment_id: self.payment_id,
            peer_payment_id: self.peer_payment_id,
            created_at: books.now,
        };
        let ask = |(payer, share)| {
            let parties = [bill.creator.clone(), books.person(payer)];
            MoneyRequest::new(parties, share, self.note.clone(), Some(id), books.now)
        };
        let requests: Vec<MoneyRequest> = others.into_iter().map(ask).collect();
        let asked =
            |request: &MoneyRequest| Announcement::new(request.id, &request.changed_event());
        Ok(Decision {
            changes: Changes {
                announcements: requests.iter().map(asked).collect(),
                money_requests: requests,
                bills: vec![bill.clone()],
                ..Changes::default()
            },
            record: bill,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::{LiteralBooks, hkd};
    use crate::domain::operation::ConfirmedBy;
    use crate::domain::operations::{PayShop, RefundPayment};
    use crate::domain::refusals::{
        BILL_PEOPLE_INVALID, BILL_SUM_MISMATCH, SHARE_TOO_SMALL, TOO_MANY_MONEY_REQUESTS,
        WALLET_FROZEN,
    };

    fn split(creator: UserId, total: i64, people: Vec<UserId>) -> SplitBill {
        SplitBill {
            creator,
            total: hkd(total),
            split: Split::Equal(people),
            note: Some("晚飯".to_owned().try_into().unwrap()),
            payment_id: None,
            peer_payment_id: None,
        }
    }

    /// The books, and the payer's payment of HK$128.50 to the shop.
    fn with_payment() -> (LiteralBooks, PaymentId) {
        let mut literal = LiteralBooks::new();
        let wanted = PayShop {
            payer: literal.payer,
            payee: literal.shop,
            amount: literal.request.amount,
            payment_request_id: None,
            capture_method: values::CaptureMethod::Automatic,
            reference: None,
            tip: None,
            confirmed: Ok(ConfirmedBy::Device),
            is_new_device: false,
        };
        let (payment, _) = literal.books.decide(&wanted).unwrap();
        (literal, payment.payment_id())
    }

    #[test]
    fn everybody_else_is_asked_for_their_share_and_all_shares_are_the_total() {
        let (mut literal, payment_id) = with_payment();
        let creator = literal.payer;
        let friends = [UserId::new(), UserId::new()];
        let people = vec![friends[0], creator, friends[1]];
        let wanted = SplitBill { payment_id: Some(payment_id), ..split(creator, 12_850, people) };
        let (bill, told) = literal.books.decide(&wanted).unwrap();
        let requests: Vec<_> = literal.books.money_requests.changed().cloned().collect();
        assert_eq!((requests.len(), told.len()), (2, 2));
        let asked: i64 = requests.iter().map(|request| request.amount.minor_units()).sum();
        assert_eq!(asked + bill.own_share.unwrap().minor_units(), 12_850);
        for request in &requests {
            assert!(friends.contains(&request.payer.id));
            assert_eq!((request.bill_id, request.requester.id), (Some(bill.id), creator));
            assert_eq!(request.note, wanted.note);
        }
        assert_eq!(literal.books.bills.changed().count(), 1);
    }

    #[test]
    fn no_more_is_split_than_was_paid_and_not_given_back() {
        let (mut literal, payment_id) = with_payment();
        let creator = literal.payer;
        let of = |payment_id, total| {
            let people = vec![UserId::new(), creator];
            SplitBill { payment_id, ..split(creator, total, people) }
        };
        let too_much = of(Some(payment_id), 12_851);
        assert_eq!(literal.books.decide(&too_much).err(), Some(BILL_EXCEEDS_PAYMENT));
        let refund = RefundPayment {
            payment_id,
            business_id: literal.shop,
            by: literal.owner,
            created_by: Some(literal.owner),
            amount: hkd(850),
            note: None,
            disputed_after: None,
            level: values::Level::Device,
        };
        literal.books.decide(&refund).unwrap();
        let too_much = of(Some(payment_id), 12_001);
        assert_eq!(literal.books.decide(&too_much).err(), Some(BILL_EXCEEDS_PAYMENT));
        assert!(literal.books.decide(&of(Some(payment_id), 12_000)).is_ok());
        let unknown = of(Some(PaymentId::new()), 100);
        assert_eq!(literal.books.decide(&unknown).err(), Some(NO_PAYMENT));
        // A payment to a shop is none to a person, and nobody splits another's.
        let id = PeerPaymentId::from_uuid(payment_id.uuid());
        let wrong_kind = SplitBill { peer_payment_id: Some(id), ..of(None, 100) };
        assert_eq!(literal.books.decide(&wrong_kind).err(), Some(NO_PEER_PAYMENT));
        let people = vec![creator];
        let payment_id = Some(payment_id);
        let of_other = SplitBill { payment_id, ..split(literal.rich_friend(), 100, people) };
        assert_eq!(literal.books.decide(&of_other).err(), Some(NO_PAYMENT));
    }

    #[test]
    fn a_refused_bill_asks_nobody() {
        let mut literal = LiteralBooks::new();
        let creator = literal.payer;
        let one = UserId::new();
        let by_hand = Split::Amounts(vec![(one, hkd(60)), (creator, hkd(41))]);
        let many = (0..29).map(|_| UserId::new()).collect::<Vec<_>>();
        for (wanted, refusal) in [
            (split(UserId::new(), 100, vec![creator]), NO_WALLET),
            (split(creator, 100, vec![creator]), BILL_PEOPLE_INVALID),
            (split(creator, 1, vec![one, creator]), SHARE_TOO_SMALL),
            (SplitBill { split: by_hand, ..split(creator, 100, Vec::new()) }, BILL_SUM_MISMATCH),
        ] {
            assert_eq!(literal.books.decide(&wanted).err(), Some(refusal));
            assert_eq!(literal.books.money_requests.changed().next(), None);
            assert_eq!(literal.books.bills.changed().next(), None);
        }
        for _ in 0..3 {
            literal.books.decide(&split(creator, 2_900, many.clone())).unwrap();
        }
        // 87 are open: 29 more would be too many.
        let refused = literal.books.decide(&split(creator, 2_900, many)).err().unwrap();
        assert_eq!(refused.code(), TOO_MANY_MONEY_REQUESTS.code());
        literal.freeze(creator.uuid());
        let frozen = split(creator, 100, vec![one]);
        assert_eq!(literal.books.decide(&frozen).err(), Some(WALLET_FROZEN));
    }
}
