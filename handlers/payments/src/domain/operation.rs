//! Operations: everything that moves money, in one shape.

use events::payments::{MoneyMovedV1, SideV1};
use time::OffsetDateTime;
use uuid::Uuid;
use values::{
    BusinessId, FpsPaymentId, HeldPaymentId, Money, OperationKind, Party, PaymentId,
    PaymentRequestId, TopUpId, TransferId, UserId,
};
use values::{
    Level, MoneyRequestId, NOT_ALLOWED_FOR_ROLE, Note, PeerPaymentId, Reference, RefundId, Refusal,
    ShopAct, ShopRole, Sticker, WithdrawalId, code_enum, hong_kong_day,
};

use super::account::AccountKind;
use super::operation_rules::accounts;
use super::payment_request::rfc3339;
use super::record::Record;
use super::refusals::HOLD_ENDED;
use super::transfer::{Hold, Phase, Transfer};

code_enum! {
    /// Where an operation stands. Only a pending one gets another state.
    pub(crate) enum OperationState {
        /// The money is held, and has not moved.
        Pending = "pending",
        /// The money has moved.
        Completed = "completed",
        /// The bank did not give the money, or did not take it, or the shop, or a reviewer, let go
        /// of what was held, so none has moved.
        Failed = "failed",
        /// The shop did not capture in time, or no reviewer decided, so no money has moved. So
        /// ended, once, also top-ups for which a bank did not answer.
        Expired = "expired",
    }
}

code_enum! {
    /// How the payer confirmed.
    pub(crate) enum ConfirmedBy {
        /// By a signature of the phone's key.
        Device = "device",
        /// By the PIN, for which the auth service vouches.
        Pin = "pin",
        /// Before, with the schedule that it is a date of.
        Schedule = "schedule",
        /// By a passkey, for which the auth service vouches too.
        Passkey = "passkey",
    }
}

impl ConfirmedBy {
    /// As the policy of step-up knows it.
    pub(crate) const fn level(self) -> Level {
        match self {
            Self::Device => Level::Device,
            Self::Pin => Level::Pin,
            // The policy was asked when it was scheduled, and nobody is there to be asked again.
            Self::Passkey | Self::Schedule => Level::Passkey,
        }
    }
}

/// As whom somebody reads a payment or a refund: only the shop learns of its fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Payer,
    Shop,
}

impl Reader {
    /// Of what was made then. Whoever pays their own shop reads it as the shop, and a cashier what
    /// is of today in Hong Kong; who neither works there nor paid has not found it.
    pub(crate) fn of(
        role: Option<ShopRole>,
        is_payer: bool,
        made_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<Self, Refusal> {
        let is_of_today = hong_kong_day(made_at) == hong_kong_day(now);
        let act = if is_of_today { ShopAct::ReadToday } else { ShopAct::ReadBooks };
        match role {
            Some(role) if role.may(act) => Ok(Self::Shop),
            _ if is_payer => Ok(Self::Payer),
            _ => Err(NOT_ALLOWED_FOR_ROLE),
        }
    }
}

/// One side of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) account_id: Uuid,
    /// As the other side saw it then; empty if there was none.
    pub(crate) name: String,
}

/// An operation, as it is stored. Its first transfer has its id. Once it has ended only `refunded`
/// changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) id: Uuid,
    pub(crate) kind: OperationKind,
    pub(crate) state: OperationState,
    /// The request that a payment to a shop or a person pays, the payment that a refund gives back,
    /// or the pay link or red packet that a claim or a return takes from.
    pub(crate) parent_id: Option<Uuid>,
    pub(crate) from: Side,
    pub(crate) to: Side,
    /// What was agreed on.
    pub(crate) amount: Money,
    /// What has moved: all of it, or a part if no more could be had.
    pub(crate) moved: Option<Money>,
    /// What the payee asked to be quoted.
    pub(crate) reference: Option<Reference>,
    /// What the payer said to the payee, or the shop that refunds to the payer.
    pub(crate) note: Option<Note>,
    /// The picture that goes with a payment between people.
    pub(crate) sticker: Option<Sticker>,
    /// Of a payment: what its refunds have given back, in minor units. Each is decided under this
    /// row's lock and adds itself here, so all of them know of each other.
    pub(crate) refunded: i64,
    /// What the shop has paid for a payment, or has back with a refund, in minor units. Zero until
    /// money has moved.
    pub(crate) fee: i64,
    /// How much of the amount of a payment is a tip, as the payer says.
    pub(crate) tip: Option<Money>,
    pub(crate) confirmed_by: Option<ConfirmedBy>,
    /// Who gave a refund in the shop's name; none of all else.
    pub(crate) created_by: Option<UserId>,
    pub(crate) created_at: OffsetDateTime,
    /// When it became what it is for good.
    pub(crate) ended_at: Option<OffsetDateTime>,
    /// When a pending one is overdue: an authorised payment, or one that is held for a reviewer,
    /// expires then, and about what a bank is told of, which never does, somebody has to ask the
    /// bank. Every pending one has it, and no other.
    pub(crate) expires_at: Option<OffsetDateTime>,
}

impl Operation {
    /// One whose money moves at once, all of it.
    pub(super) fn completed(
        id: Uuid,
        kind: OperationKind,
        [from, to]: [Side; 2],
        amount: Money,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            id,
            kind,
            state: OperationState::Completed,
            parent_id: None,
            from,
            to,
            amount,
            moved: Some(amount),
            reference: None,
            note: None,
            sticker: None,
            refunded: 0,
            fee: 0,
            tip: None,
            confirmed_by: None,
            created_by: None,
            created_at: now,
            ended_at: Some(now),
            expires_at: None,
        }
    }

    /// One whose money is held until it ends, or is overdue.
    pub(super) fn pending(self, expires_at: OffsetDateTime) -> Self {
        Self {
            state: OperationState::Pending,
            moved: None,
            ended_at: None,
            expires_at: Some(expires_at),
            ..self
        }
    }

    pub(crate) const fn payment_id(&self) -> PaymentId {
        PaymentId::from_uuid(self.id)
    }

    pub(crate) const fn peer_payment_id(&self) -> PeerPaymentId {
        PeerPaymentId::from_uuid(self.id)
    }

    pub(crate) const fn top_up_id(&self) -> TopUpId {
        TopUpId::from_uuid(self.id)
    }

    pub(crate) const fn refund_id(&self) -> RefundId {
        RefundId::from_uuid(self.id)
    }

    pub(crate) const fn withdrawal_id(&self) -> WithdrawalId {
        WithdrawalId::from_uuid(self.id)
    }

    pub(crate) const fn fps_payment_id(&self) -> FpsPaymentId {
        FpsPaymentId::from_uuid(self.id)
    }

    /// Of one that was held for a reviewer: all others are between people.
    pub(crate) fn held_payment_id(&self) -> HeldPaymentId {
        if self.kind == OperationKind::FpsPayment {
            HeldPaymentId::Fps(self.fps_payment_id())
        } else {
            HeldPaymentId::Peer(self.peer_payment_id())
        }
    }

    pub(crate) fn payment_request_id(&self) -> Option<PaymentRequestId> {
        self.parent_of(OperationKind::Payment).map(PaymentRequestId::from_uuid)
    }

    /// The payment that this refund gives back.
    pub(crate) fn refunded_payment_id(&self) -> Option<PaymentId> {
        self.parent_of(OperationKind::Refund).map(PaymentId::from_uuid)
    }

    pub(crate) fn money_request_id(&self) -> Option<MoneyRequestId> {
        self.parent_of(OperationKind::PeerPayment).map(MoneyRequestId::from_uuid)
    }

    fn parent_of(&self, kind: OperationKind) -> Option<Uuid> {
        self.parent_id.filter(|_| self.kind == kind)
    }

    /// The transfer that begins it, with its own id.
    pub(super) fn first_transfer(&self) -> Transfer {
        let is_completed = self.state == OperationState::Completed;
        let phase = if is_completed { Phase::Posted } else { Phase::Pending };
        self.transfer(TransferId::from_uuid(self.id), self.amount, phase, self.created_at)
    }

    /// Moves an amount of what it holds, and the operation is completed.
    pub(super) fn settle(
        self,
        amount: Money,
        now: OffsetDateTime,
    ) -> Result<(Self, Transfer), Refusal> {
        let hold = self.hold()?;
        let transfer = self.transfer(TransferId::new(), amount, Phase::Settled(hold), now);
        let state = OperationState::Completed;
        Ok((Self { moved: Some(amount), ..self.ended(state, now) }, transfer))
    }

    /// Lets go of what it holds: it has failed.
    pub(super) fn fail(self, now: OffsetDateTime) -> Result<(Self, Transfer), Refusal> {
        let phase = Phase::Released(self.hold()?);
        let transfer = self.transfer(TransferId::new(), self.amount, phase, now);
        Ok((self.ended(OperationState::Failed, now), transfer))
    }

    /// Lets go of what it has held for too long.
    pub(super) fn expire(self, now: OffsetDateTime) -> Result<(Self, Transfer), Refusal> {
        let phase = Phase::Expired(self.hold()?);
        let transfer = self.transfer(TransferId::new(), self.amount, phase, now);
        Ok((self.ended(OperationState::Expired, now), transfer))
    }

    fn ended(self, state: OperationState, now: OffsetDateTime) -> Self {
        Self { state, ended_at: Some(now), expires_at: None, ..self }
    }

    fn hold(&self) -> Result<Hold, Refusal> {
        let hold = Hold { transfer_id: TransferId::from_uuid(self.id), amount: self.amount };
        (self.state == OperationState::Pending).then_some(hold).ok_or(HOLD_ENDED)
    }

    fn transfer(
        &self,
        id: TransferId,
        amount: Money,
        phase: Phase,
        at: OffsetDateTime,
    ) -> Transfer {
        Transfer {
            id,
            operation_id: self.id,
            kind: self.kind,
            is_fee: false,
            debit: self.from.account_id,
            credit: self.to.account_id,
            amount,
            phase,
            at,
            counted_at: self.created_at,
        }
    }

    /// Both sides as events say them. `owner` owns the business that is one of them.
    pub(super) fn sides(&self, owner: Option<UserId>) -> (SideV1, SideV1) {
        let (from, to) = accounts(self.kind);
        (side(from, &self.from, owner), side(to, &self.to, owner))
    }

    /// What others are told once the money has moved. `owner` owns the business that got it or gave
    /// it, or sent what waits in escrow.
    pub(super) fn moved_event(&self, owner: Option<UserId>) -> MoneyMovedV1 {
        let moved = self.moved.unwrap_or(self.amount);
        let (from, to) = self.sides(owner);
        MoneyMovedV1 {
            kind: self.kind.code().to_owned(),
            operation_id: self.kind.typed_id(self.id),
            from,
            to,
            amount: moved.minor_units(),
            currency: moved.currency().code().to_owned(),
            payment_request_id: self.payment_request_id().map(|id| id.to_string()),
            refunded_payment_id: self.refunded_payment_id().map(|id| id.to_string()),
            money_request_id: self.money_request_id().map(|id| id.to_string()),
            reference: self.reference.as_ref().map(|text| text.as_str().to_owned()),
            note: self.note.as_ref().map(|text| text.as_str().to_owned()),
            sticker: self.sticker.map(|sticker| sticker.code().to_owned()),
            pay_link_id: None,
            red_packet_id: None,
            fee: self.fee,
            tip: self.tip.map(Money::minor_units),
            visibility: None,
            moved_at: rfc3339(self.ended_at.unwrap_or(self.created_at)),
        }
    }
}

impl Record for Operation {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Side {
    /// As screens show it, if the account is of this kind; `None` if it is the person's own bank or
    /// escrow.
    pub(crate) fn party(&self, kind: AccountKind) -> Option<Party> {
        let name = self.name.clone();
        match kind {
            AccountKind::Wallet => Some(Party::user(UserId::from_uuid(self.account_id), name)),
            AccountKind::Merchant => {
                Some(Party::Business { id: BusinessId::from_uuid(self.account_id), name })
            }
            // A name is whom a payment by FPS pays; of the bank itself there is none.
            AccountKind::BankClearing => (!name.is_empty()).then_some(Party::Fps { name }),
            AccountKind::Escrow | AccountKind::MerchantFees => None,
        }
    }
}

fn side(kind: AccountKind, side: &Side, owner: Option<UserId>) -> SideV1 {
    let user = UserId::from_uuid(side.account_id);
    let (side_type, id, told) = match kind {
        AccountKind::Wallet => ("user", Some(user.to_string()), Some(user)),
        AccountKind::Merchant => {
            ("business", Some(BusinessId::from_uuid(side.account_id).to_string()), owner)
        }
        AccountKind::BankClearing => ("bank", None, None),
        // No operation has it as a side.
        AccountKind::MerchantFees => ("fees", None, None),
        AccountKind::Escrow => ("escrow", owner.map(|sender| sender.to_string()), None),
    };
    SideV1 {
        side_type: side_type.to_owned(),
        id,
        name: side.name.clone(),
        told_user_id: told.map(|user| user.to_string()),
    }
}
