//! What somebody shows of money that has moved: never more than they read of it elsewhere.

use values::{AccountId, BankAccount, FpsProxy, Money, OperationKind, Party, hong_kong_day};

use super::account::AccountKind;
use super::movement::{Direction, Movement};
use super::operation::{ConfirmedBy, Operation};
use super::operation_rules::accounts;

/// Characters at the end of a transfer's id that its receipts are known by: 60 bits, of which no
/// two transfers of a day have the same.
const NUMBER_LENGTH: usize = 12;

/// A movement, and what else its reader may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) movement: Movement,
    pub(crate) kind: OperationKind,
    /// Its reader, by the name that the other side saw.
    pub(crate) own: Party,
    /// What a shop has paid for a payment, or has back with a refund, in minor units; `None` for
    /// everybody else.
    pub(crate) fee: Option<i64>,
    pub(crate) tip: Option<Money>,
    /// What the shop has asked for, in its own words.
    pub(crate) description: Option<String>,
    /// Where a withdrawal has gone.
    pub(crate) bank_account: Option<BankAccount>,
    /// Whom a payment by FPS has gone to.
    pub(crate) fps_proxy: Option<FpsProxy>,
    /// How it was confirmed; `None` for whoever did not.
    pub(crate) confirmed_by: Option<ConfirmedBy>,
}

impl Receipt {
    /// As the owner of this account reads it, who is a side of the movement.
    pub(crate) fn of(movement: Movement, operation: &Operation, reader: AccountId) -> Self {
        let is_giving = movement.direction == Direction::Out;
        let side = if is_giving { &operation.from } else { &operation.to };
        let own = match reader {
            AccountId::User(id) => Party::user(id, side.name.clone()),
            AccountId::Business(id) => Party::Business { id, name: side.name.clone() },
        };
        let is_shop = matches!(reader, AccountId::Business(_));
        let (from, to) = accounts(operation.kind);
        let has_fee = is_shop && [from, to].contains(&AccountKind::Merchant);
        Self {
            own,
            fee: has_fee.then_some(operation.fee),
            tip: operation.tip,
            description: None,
            bank_account: None,
            fps_proxy: None,
            confirmed_by: operation.confirmed_by.filter(|_| is_giving),
            kind: operation.kind,
            movement,
        }
    }

    /// What support and books know it by, on both sides: the day in Hong Kong, and the end of the
    /// transfer's id.
    pub(crate) fn number(&self) -> String {
        let id = self.movement.transfer_id.to_string();
        let end = id.get(id.len().saturating_sub(NUMBER_LENGTH)..).unwrap_or_default();
        let day = hong_kong_day(self.movement.at).to_string().replace('-', "");
        format!("{day}-{}", end.to_uppercase())
    }

    /// Whose money it was; `None` if it was at the bank, or waited to be claimed.
    pub(crate) fn from(&self) -> Option<Party> {
        self.side(Direction::Out)
    }

    /// Whose money it is; `None` as in [`Self::from`].
    pub(crate) fn to(&self) -> Option<Party> {
        self.side(Direction::In)
    }

    fn side(&self, of_own: Direction) -> Option<Party> {
        let is_own = self.movement.direction == of_own;
        if is_own { Some(self.own.clone()) } else { self.movement.counterparty.clone() }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use time::macros::datetime;
    use uuid::Uuid;
    use values::{BusinessId, TransferId, UserId};

    use super::*;
    use crate::domain::literal_books::hkd;
    use crate::domain::operation::Side;
    use crate::domain::visibility::Visibility;

    /// A payment with a tip to a shop, as one of the two reads it.
    pub(in crate::domain) fn of_payment(is_shop: bool) -> Receipt {
        let (payer, shop) = (UserId::new(), BusinessId::new());
        let side = |account_id, name: &str| Side { account_id, name: name.to_owned() };
        let sides = [side(payer.uuid(), "陳大文"), side(shop.uuid(), "永記茶餐廳")];
        let [of_payer, of_shop] = sides.clone();
        let id: TransferId = "trf_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let at = datetime!(2026-11-28 16:30:05.5 UTC);
        let kind = OperationKind::Payment;
        let operation = Operation {
            fee: 208,
            tip: Some(hkd(1_000)),
            confirmed_by: Some(ConfirmedBy::Passkey),
            refunded: 500,
            ..Operation::completed(id.uuid(), kind, sides, hkd(13_850), at)
        };
        let (direction, other, reader) = if is_shop {
            (Direction::In, of_payer.party(AccountKind::Wallet), AccountId::Business(shop))
        } else {
            (Direction::Out, of_shop.party(AccountKind::Merchant), AccountId::User(payer))
        };
        let movement = Movement {
            transfer_id: id,
            direction,
            amount: hkd(13_850),
            kind: Some(kind),
            is_fee: false,
            operation_id: Uuid::nil(),
            counterparty: other,
            parent: None,
            note: None,
            reference: None,
            refunded: 500,
            visibility: Visibility::Private,
            at,
        };
        Receipt::of(movement, &operation, reader)
    }

    #[test]
    fn both_sides_read_the_same_number_and_parties_and_each_what_is_for_them_alone() {
        let [payers, shops] = [false, true].map(of_payment);
        assert_eq!(payers.number(), "20261129-SKNK084SN02Q");
        assert_eq!(payers.number(), shops.number());
        let names = |receipt: &Receipt| {
            let name = |party| match party {
                Some(Party::User { name, .. }) => name,
                Some(Party::Business { name, .. } | Party::Fps { name }) => Some(name),
                None => None,
            };
            [receipt.from(), receipt.to()].map(name)
        };
        assert_eq!(names(&payers), [Some("陳大文".to_owned()), Some("永記茶餐廳".to_owned())]);
        assert_eq!(names(&payers), names(&shops));
        assert_eq!((payers.fee, shops.fee), (None, Some(208)));
        assert_eq!((payers.confirmed_by, shops.confirmed_by), (Some(ConfirmedBy::Passkey), None));
        assert_eq!(payers.tip, shops.tip);
    }
}
