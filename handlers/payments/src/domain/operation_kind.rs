//! The kinds of operations, and all that is true of each: audits, histories, receipts and
//! settlements are derived from it.

use time::OffsetDateTime;
use uuid::Uuid;
use values::{
    ClaimId, CustomerMessage, FpsPaymentId, GuardedAct, Money, PayLinkId, PaymentId, PeerPaymentId,
    RedPacketId, RefundId, Refusal, ReturnId, SettlementId,
};
use values::{TopUpId, WithdrawalId, code_enum};

use super::account::{Account, AccountKind};
use super::limit_use::Counted;
use super::limits::Flow;

code_enum! {
    /// What an operation is.
    pub(crate) enum OperationKind {
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

/// Whose limits an operation counts towards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LimitEffect {
    /// Those of the wallet that gives, in each of these ways.
    CountsForPayer(&'static [Flow]),
    /// Those of the wallet that takes.
    CountsForPayee(Flow),
    /// It undoes a part of what was counted for the wallet that takes it.
    Returns(Flow),
    /// None: what a wallet takes from others is limited by what it may hold alone.
    Nothing,
}

impl OperationKind {
    /// The id of such an operation as the API and events say it.
    pub(crate) fn typed_id(self, id: Uuid) -> String {
        match self {
            Self::TopUp => TopUpId::from_uuid(id).to_string(),
            Self::Payment => PaymentId::from_uuid(id).to_string(),
            Self::PeerPayment => PeerPaymentId::from_uuid(id).to_string(),
            Self::Refund => RefundId::from_uuid(id).to_string(),
            Self::Withdrawal => WithdrawalId::from_uuid(id).to_string(),
            Self::FpsPayment => FpsPaymentId::from_uuid(id).to_string(),
            Self::Settlement => SettlementId::from_uuid(id).to_string(),
            Self::PayLink => PayLinkId::from_uuid(id).to_string(),
            Self::RedPacket => RedPacketId::from_uuid(id).to_string(),
            Self::Claim => ClaimId::from_uuid(id).to_string(),
            Self::Return => ReturnId::from_uuid(id).to_string(),
        }
    }

    /// Whether the payer's limits allow it. The ledger, which counts it, asks again, but does not
    /// know the device.
    pub(super) fn require_within_limits(
        self,
        payer: &Account,
        amount: Money,
        at: OffsetDateTime,
        is_new_device: bool,
    ) -> Result<(), Refusal> {
        match self.limit_effect() {
            LimitEffect::CountsForPayer(flows) => {
                let amount = amount.minor_units();
                let counted = |flow| Counted { flow, amount, at, is_new_device };
                flows.iter().try_for_each(|flow| payer.require_within_limits(counted(*flow)))
            }
            LimitEffect::CountsForPayee(_) | LimitEffect::Returns(_) | LimitEffect::Nothing => {
                Ok(())
            }
        }
    }

    /// Between which accounts its money moves.
    pub(crate) const fn accounts(self) -> (AccountKind, AccountKind) {
        match self {
            Self::TopUp => (AccountKind::BankClearing, AccountKind::Wallet),
            Self::Payment => (AccountKind::Wallet, AccountKind::Merchant),
            Self::PeerPayment => (AccountKind::Wallet, AccountKind::Wallet),
            Self::Refund => (AccountKind::Merchant, AccountKind::Wallet),
            Self::Withdrawal | Self::FpsPayment => (AccountKind::Wallet, AccountKind::BankClearing),
            Self::Settlement => (AccountKind::Merchant, AccountKind::BankClearing),
            Self::PayLink | Self::RedPacket => (AccountKind::Wallet, AccountKind::Escrow),
            Self::Claim | Self::Return => (AccountKind::Escrow, AccountKind::Wallet),
        }
    }

    /// Whether a wallet takes it only within its limit. A refund is let in beyond it, since it is
    /// the payer's own money that comes back, and the shop cannot know how full a wallet is. What
    /// nobody took is the sender's own too; a cancellation, which the sender chooses, asks for
    /// room itself (`ReturnParcel`).
    pub(super) const fn needs_room(self) -> bool {
        match self {
            Self::TopUp | Self::Payment | Self::PeerPayment | Self::Withdrawal => true,
            Self::FpsPayment | Self::Settlement => true,
            Self::PayLink | Self::RedPacket | Self::Claim => true,
            Self::Refund | Self::Return => false,
        }
    }

    /// Whether a frozen wallet takes it. What nobody took comes back also there: it has no other
    /// place to go, and does not leave again.
    pub(super) const fn enters_frozen(self) -> bool {
        matches!(self, Self::Return)
    }

    /// What it does to limits.
    pub(super) const fn limit_effect(self) -> LimitEffect {
        match self {
            Self::TopUp => LimitEffect::CountsForPayee(Flow::TopUp),
            Self::Payment => LimitEffect::CountsForPayer(&[Flow::Payment]),
            Self::Refund => LimitEffect::Returns(Flow::Payment),
            Self::Withdrawal => LimitEffect::CountsForPayer(&[Flow::Withdrawal]),
            // Somebody is paid, whoever it is or opens it.
            Self::PeerPayment | Self::PayLink | Self::RedPacket => {
                LimitEffect::CountsForPayer(&[Flow::PeerPayment])
            }
            // And it leaves for a bank, as what is withdrawn does.
            Self::FpsPayment => LimitEffect::CountsForPayer(&[Flow::PeerPayment, Flow::Withdrawal]),
            // Shops have no limits.
            Self::Claim | Self::Settlement => LimitEffect::Nothing,
            Self::Return => LimitEffect::Returns(Flow::PeerPayment),
        }
    }

    /// The acts of step-up whose rules it meets; none, of what nobody takes out of a wallet.
    pub(super) const fn guarded_acts(self) -> &'static [GuardedAct] {
        match self {
            Self::Payment => &[GuardedAct::Payment],
            Self::Withdrawal => &[GuardedAct::Withdrawal],
            Self::PeerPayment => &[GuardedAct::PeerPayment],
            // Whom FPS pays is somebody too, new to the payer or not; and it is gone as what a link
            // gives away, so a proxy that a thief has made known is no way around the PIN.
            Self::FpsPayment => &[GuardedAct::PeerPayment, GuardedAct::PayLink],
            Self::PayLink => &[GuardedAct::PayLink],
            Self::RedPacket => &[GuardedAct::RedPacket],
            Self::TopUp | Self::Refund | Self::Settlement => &[],
            Self::Claim | Self::Return => &[],
        }
    }

    /// What moved the money, in words, as receipts are headed.
    pub(crate) const fn title(self) -> CustomerMessage {
        let (en, zh_hant, zh_hans) = match self {
            Self::TopUp => ("Top-up", "增值", "充值"),
            Self::Payment => ("Payment to a shop", "付款予商戶", "向商户付款"),
            Self::PeerPayment => ("Payment between people", "轉賬", "转账"),
            Self::Refund => ("Refund", "退款", "退款"),
            Self::Withdrawal => ("Withdrawal", "提款", "提现"),
            Self::FpsPayment => ("FPS payment", "轉數快付款", "转数快付款"),
            Self::Settlement => ("Settlement of takings", "營業額結算", "营业额结算"),
            Self::PayLink => ("Pay link", "付款連結", "付款链接"),
            Self::RedPacket => ("Red packet", "紅包", "红包"),
            Self::Claim => ("Money claimed", "領取款項", "领取款项"),
            Self::Return => ("Money that nobody claimed", "退回未領取的款項", "退回未领取的款项"),
        };
        CustomerMessage { en, zh_hant, zh_hans }
    }
}
