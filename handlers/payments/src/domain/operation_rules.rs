//! What the ledger, limits and histories of payments ask of each kind of operation, one question
//! after the other. What is true of it for every service stands in `values::OperationKind`.

use values::{GuardedAct, KindSide, OperationKind};

use super::account::AccountKind;
use super::limits::Flow;
use super::movement::{Direction, Origin, Parent, ParentKind};
use super::parcel::ParcelKind;

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

/// Between which accounts its money moves.
pub(crate) const fn accounts(kind: OperationKind) -> (AccountKind, AccountKind) {
    let facts = kind.facts();
    (account(facts.from), account(facts.to))
}

const fn account(side: KindSide) -> AccountKind {
    match side {
        KindSide::Person => AccountKind::Wallet,
        KindSide::Shop => AccountKind::Merchant,
        KindSide::OwnBank | KindSide::OtherBank => AccountKind::BankClearing,
        KindSide::Escrow => AccountKind::Escrow,
    }
}

/// Whether a wallet takes it only within its limit. A refund is let in beyond it, since it is the
/// payer's own money that comes back, and the shop cannot know how full a wallet is. What nobody
/// took is the sender's own too; a cancellation, which the sender chooses, asks for room itself
/// (`ReturnParcel`).
pub(super) const fn needs_room(kind: OperationKind) -> bool {
    match kind {
        OperationKind::TopUp
        | OperationKind::Payment
        | OperationKind::PeerPayment
        | OperationKind::Withdrawal => true,
        OperationKind::FpsPayment | OperationKind::Settlement => true,
        OperationKind::PayLink | OperationKind::RedPacket | OperationKind::Claim => true,
        OperationKind::Refund | OperationKind::Return => false,
    }
}

/// Whether a frozen wallet takes it. What nobody took comes back also there: it has no other place
/// to go, and does not leave again.
pub(super) const fn enters_frozen(kind: OperationKind) -> bool {
    matches!(kind, OperationKind::Return)
}

/// What it does to limits.
pub(super) const fn limit_effect(kind: OperationKind) -> LimitEffect {
    match kind {
        OperationKind::TopUp => LimitEffect::CountsForPayee(Flow::TopUp),
        OperationKind::Payment => LimitEffect::CountsForPayer(&[Flow::Payment]),
        OperationKind::Refund => LimitEffect::Returns(Flow::Payment),
        OperationKind::Withdrawal => LimitEffect::CountsForPayer(&[Flow::Withdrawal]),
        // Somebody is paid, whoever it is or opens it.
        OperationKind::PeerPayment | OperationKind::PayLink | OperationKind::RedPacket => {
            LimitEffect::CountsForPayer(&[Flow::PeerPayment])
        }
        // And it leaves for a bank, as what is withdrawn does.
        OperationKind::FpsPayment => {
            LimitEffect::CountsForPayer(&[Flow::PeerPayment, Flow::Withdrawal])
        }
        // Shops have no limits.
        OperationKind::Claim | OperationKind::Settlement => LimitEffect::Nothing,
        OperationKind::Return => LimitEffect::Returns(Flow::PeerPayment),
    }
}

/// The acts of step-up whose rules it meets; none, of what nobody takes out of a wallet.
pub(super) const fn guarded_acts(kind: OperationKind) -> &'static [GuardedAct] {
    match kind {
        OperationKind::Payment => &[GuardedAct::Payment],
        OperationKind::Withdrawal => &[GuardedAct::Withdrawal],
        OperationKind::PeerPayment => &[GuardedAct::PeerPayment],
        // Whom FPS pays is somebody too, new to the payer or not; and it is gone as what a link
        // gives away, so a proxy that a thief has made known is no way around the PIN.
        OperationKind::FpsPayment => &[GuardedAct::PeerPayment, GuardedAct::PayLink],
        OperationKind::PayLink => &[GuardedAct::PayLink],
        OperationKind::RedPacket => &[GuardedAct::RedPacket],
        OperationKind::TopUp | OperationKind::Refund | OperationKind::Settlement => &[],
        OperationKind::Claim | OperationKind::Return => &[],
    }
}

/// What an operation of this kind belongs to, as who gave (`Out`) or took (`In`) sees it. Only its
/// owner learns of a schedule, and that is who pays.
pub(crate) fn parent_of(
    kind: OperationKind,
    direction: Direction,
    origin: Origin,
) -> Option<Parent> {
    let schedule_id = origin.schedule_id.filter(|_| direction == Direction::Out);
    let (kind, id) = match kind {
        OperationKind::Payment => (ParentKind::PaymentRequest, origin.parent_id),
        OperationKind::PeerPayment => match (origin.bill_id, origin.parent_id) {
            (Some(bill_id), _) => (ParentKind::Bill, Some(bill_id)),
            (None, Some(request_id)) => (ParentKind::MoneyRequest, Some(request_id)),
            (None, None) => (ParentKind::Schedule, schedule_id),
        },
        OperationKind::Refund => (ParentKind::Payment, origin.parent_id),
        OperationKind::Claim | OperationKind::Return => match origin.parcel? {
            ParcelKind::PayLink => (ParentKind::PayLink, origin.parent_id),
            ParcelKind::RedPacket => (ParentKind::RedPacket, origin.parent_id),
        },
        OperationKind::TopUp
        | OperationKind::Withdrawal
        | OperationKind::FpsPayment
        | OperationKind::Settlement
        | OperationKind::PayLink
        | OperationKind::RedPacket => return None,
    };
    id.map(|id| Parent { kind, id })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_kind_belongs_to_what_its_reader_may_see() {
        let [parent, bill, schedule] = [1, 2, 3].map(Uuid::from_u128);
        let none = Origin::default();
        let of_parent = Origin { parent_id: Some(parent), ..none };
        let of_bill = Origin { bill_id: Some(bill), ..of_parent };
        let of_schedule = Origin { schedule_id: Some(schedule), ..none };
        let of_parcel = |kind| Origin { parcel: Some(kind), ..of_parent };
        let (link, packet) = (of_parcel(ParcelKind::PayLink), of_parcel(ParcelKind::RedPacket));
        let (given, taken) = (Direction::Out, Direction::In);
        let peer = OperationKind::PeerPayment;
        for (kind, direction, origin, expected) in [
            (OperationKind::Payment, given, of_parent, Some((ParentKind::PaymentRequest, parent))),
            (OperationKind::Payment, taken, none, None),
            (peer, taken, of_parent, Some((ParentKind::MoneyRequest, parent))),
            (peer, given, of_bill, Some((ParentKind::Bill, bill))),
            (peer, given, of_schedule, Some((ParentKind::Schedule, schedule))),
            (peer, taken, of_schedule, None),
            (peer, given, none, None),
            (OperationKind::Refund, taken, of_parent, Some((ParentKind::Payment, parent))),
            (OperationKind::Claim, taken, link, Some((ParentKind::PayLink, parent))),
            (OperationKind::Return, taken, packet, Some((ParentKind::RedPacket, parent))),
            (OperationKind::PayLink, given, none, None),
            (OperationKind::RedPacket, given, none, None),
            (OperationKind::TopUp, taken, none, None),
            (OperationKind::Withdrawal, given, none, None),
            (OperationKind::FpsPayment, given, none, None),
            (OperationKind::Settlement, given, none, None),
        ] {
            let found = parent_of(kind, direction, origin);
            assert_eq!(found.map(|found| (found.kind, found.id)), expected, "{kind:?}");
        }
    }
}
