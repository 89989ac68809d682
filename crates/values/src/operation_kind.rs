//! The kinds of operations that move money, and what is true of each for every service: one row
//! each. What payments alone asks of a kind stands there (`domain/operation_rules.rs`).

use uuid::Uuid;

use crate::ids::{id_text, read_id};
use crate::{
    ClaimId, CustomerMessage, FpsPaymentId, IdError, PayLinkId, PaymentId, PeerPaymentId,
    RedPacketId, RefundId, ReturnId, SettlementId, TopUpId, WithdrawalId,
};

crate::code_enum! {
    /// What an operation is.
    pub enum OperationKind {
        /// Money comes from a person's bank into their wallet.
        TopUp = "top-up",
        /// A person pays a shop.
        Payment = "payment",
        /// A person pays a person.
        PeerPayment = "peer-payment",
        /// A shop gives a payment back, or a part of it.
        Refund = "refund",
        /// Money goes from a person's wallet to their bank.
        Withdrawal = "withdrawal",
        /// Money goes from a person's wallet to somebody outside, by the Faster Payment System.
        FpsPayment = "fps-payment",
        /// A shop's takings go to the bank account of its business.
        Settlement = "settlement",
        /// A person gives money to whoever opens a link.
        PayLink = "pay-link",
        /// A person gives money to several people, who need not be known.
        RedPacket = "red-packet",
        /// Somebody takes a share of a pay link or red packet.
        Claim = "claim",
        /// What nobody has taken of a pay link or red packet goes back to its sender.
        Return = "return",
    }
}

/// Whose money it is on one side of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindSide {
    /// In a person's wallet.
    Person,
    /// Among a shop's takings.
    Shop,
    /// At the bank, of the person or shop on the other side.
    OwnBank,
    /// At the bank of somebody outside, whom the other side pays.
    OtherBank,
    /// Given away, and not taken yet.
    Escrow,
}

impl KindSide {
    /// Whether a bank has it.
    pub const fn is_bank(self) -> bool {
        matches!(self, Self::OwnBank | Self::OtherBank)
    }
}

/// A kind's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindFacts {
    /// What comes before the underscore in the ids of such operations.
    pub id_prefix: &'static str,
    /// Where the money comes from.
    pub from: KindSide,
    /// Where it goes.
    pub to: KindSide,
    /// What such a movement is called in the graph.
    pub edge: &'static str,
}

impl OperationKind {
    /// What is true of it.
    pub const fn facts(self) -> KindFacts {
        use KindSide::{Escrow, OtherBank, OwnBank, Person, Shop};
        let (id_prefix, from, to, edge) = match self {
            Self::TopUp => (TopUpId::PREFIX, OwnBank, Person, "TOPPED_UP"),
            Self::Payment => (PaymentId::PREFIX, Person, Shop, "PAID"),
            Self::PeerPayment => (PeerPaymentId::PREFIX, Person, Person, "PAID"),
            Self::Refund => (RefundId::PREFIX, Shop, Person, "REFUNDED"),
            Self::Withdrawal => (WithdrawalId::PREFIX, Person, OwnBank, "WITHDREW"),
            Self::FpsPayment => (FpsPaymentId::PREFIX, Person, OtherBank, "PAID_BY_FPS"),
            Self::Settlement => (SettlementId::PREFIX, Shop, OwnBank, "SETTLED"),
            Self::PayLink => (PayLinkId::PREFIX, Person, Escrow, "FILLED"),
            Self::RedPacket => (RedPacketId::PREFIX, Person, Escrow, "FILLED"),
            Self::Claim => (ClaimId::PREFIX, Escrow, Person, "CLAIMED"),
            Self::Return => (ReturnId::PREFIX, Escrow, Person, "RETURNED"),
        };
        KindFacts { id_prefix, from, to, edge }
    }

    /// Those whose money goes from such a side to such a side.
    pub fn between(from: KindSide, to: KindSide) -> impl Iterator<Item = Self> {
        let is_between = move |kind: &Self| (kind.facts().from, kind.facts().to) == (from, to);
        Self::ALL.iter().copied().filter(is_between)
    }

    /// What moved the money, in words: as receipts are headed and lines of a statement named.
    pub const fn title(self) -> CustomerMessage {
        let (en, zh_hant, zh_hans) = match self {
            Self::TopUp => ("Top-up", "增值", "充值"),
            Self::Payment => ("Payment to a shop", "商戶付款", "商户付款"),
            Self::PeerPayment => ("Payment between people", "個人轉賬", "个人转账"),
            Self::Refund => ("Refund", "退款", "退款"),
            Self::Withdrawal => ("Withdrawal", "提款", "提现"),
            Self::FpsPayment => ("FPS payment", "轉數快付款", "转数快付款"),
            Self::Settlement => ("Settlement of takings", "營業額結算", "营业额结算"),
            Self::PayLink => ("Pay link", "付款連結", "付款链接"),
            Self::RedPacket => ("Red packet", "紅包", "红包"),
            Self::Claim => ("Money claimed", "領取款項", "领取款项"),
            Self::Return => ("Unclaimed money returned", "未領取款項退回", "未领取款项退回"),
        };
        CustomerMessage { en, zh_hant, zh_hans }
    }

    /// The id of such an operation as the API and events say it.
    pub fn typed_id(self, id: Uuid) -> String {
        id_text(self.facts().id_prefix, id)
    }

    /// What the text of such an id stands for.
    ///
    /// # Errors
    /// [`IdError`] unless it is the id of an operation of this kind.
    pub fn read_id(self, text: &str) -> Result<Uuid, IdError> {
        read_id(self.facts().id_prefix, text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_id_is_read_as_the_kind_it_was_written_as_and_as_no_other() {
        let id = PaymentId::new().uuid();
        for written in OperationKind::ALL {
            let text = written.typed_id(id);
            for read in OperationKind::ALL {
                assert_eq!(read.read_id(&text).is_ok_and(|read| read == id), read == written);
            }
        }
        let prefixes: BTreeSet<_> =
            OperationKind::ALL.iter().map(|kind| kind.facts().id_prefix).collect();
        assert_eq!(prefixes.len(), OperationKind::ALL.len());
        assert_eq!(OperationKind::PeerPayment.read_id("ppay_1"), Err(IdError::MalformedSuffix));
    }

    #[test]
    fn money_of_a_kind_is_at_a_bank_or_in_escrow_on_one_side_at_most() {
        for kind in OperationKind::ALL {
            let KindFacts { from, to, .. } = kind.facts();
            let is_ours = |side| matches!(side, KindSide::Person | KindSide::Shop);
            assert!(is_ours(from) || is_ours(to), "{kind:?}");
        }
    }
}
