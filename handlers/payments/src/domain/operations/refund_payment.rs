//! A shop gives a payment back to its payer: all of it or a part, and again until nothing is left.

use time::Duration;
use uuid::Uuid;
use values::{
    ActFacts, BusinessId, GuardedAct, Level, Money, Note, OperationKind, PaymentId, RefundId,
    Refusal, ShopAct, UserId,
};

use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::dispute::Dispute;
use crate::domain::merchant_fee::{fee_returned, fee_transfer, fees_account};
use crate::domain::operation::Operation;
use crate::domain::refusals::{
    INSUFFICIENT_TAKINGS, NO_PAYMENT, PAYER_UNAVAILABLE, PAYMENT_NOT_CAPTURED,
    REFUND_EXCEEDS_PAYMENT, REFUND_NOT_DUE, REFUND_TOO_LATE, SHOP_FROZEN,
};
use crate::domain::transfer::Transfer;

/// How long after a payment it can be refunded: as long as WeChat Pay allows.
const REFUNDABLE_FOR: Duration = Duration::days(365);

/// Which payment, how much of it, and who says that it was paid to them. Somebody else's is
/// answered as none.
pub(crate) struct RefundPayment {
    pub(crate) payment_id: PaymentId,
    /// The business that was paid, as it was read before: this never changes.
    pub(crate) business_id: BusinessId,
    pub(crate) by: UserId,
    /// Who gives it, if a person does: no program and no ruling.
    pub(crate) created_by: Option<UserId>,
    pub(crate) amount: Money,
    pub(crate) note: Option<Note>,
    /// Of a dispute: what was refunded when it was opened, in minor units. What the shop has given
    /// back since counts, so less than the amount may be due.
    pub(crate) disputed_after: Option<i64>,
    /// What the owner has shown; it refuses only here, so that a retry of a refund that was given
    /// still reads it.
    pub(crate) level: Level,
}

impl Decide for RefundPayment {
    type Record = Operation;

    fn lane(&self) -> Uuid {
        self.business_id.uuid()
    }

    fn reads(&self) -> Reads {
        Reads::default().operation(self.payment_id.uuid()).shop_for(self.business_id, self.by)
    }

    fn accounts(&self, books: &Books) -> Vec<Uuid> {
        // Only whose the payment is keeps others from these accounts.
        let payment = self.own_payment(books).ok();
        let sides = |payment: &Operation| {
            let shop = payment.to.account_id;
            vec![payment.from.account_id, shop, fees_account(shop)]
        };
        payment.map(sides).unwrap_or_default()
    }

    /// A shop that has closed still owes what it gives back, so nothing asks whether it has.
    fn decide(&self, books: &Books) -> Result<Decision<Operation>, Refusal> {
        let payment = self.own_payment(books)?;
        let is_late = books.now > payment.created_at.saturating_add(REFUNDABLE_FOR);
        // What was disputed in time is due however long it takes.
        if is_late && self.disputed_after.is_none() {
            return Err(REFUND_TOO_LATE);
        }
        let paid = payment.moved.ok_or(PAYMENT_NOT_CAPTURED)?;
        let amount = self.amount_of(paid, payment.refunded)?;
        let refunded = payment.refunded.saturating_add(amount.minor_units());
        if refunded > paid.minor_units() {
            return Err(REFUND_EXCEEDS_PAYMENT);
        }
        let fee =
            fee_returned(payment, refunded).saturating_sub(fee_returned(payment, payment.refunded));
        self.require_accounts(payment, amount.minor_units().saturating_sub(fee), books)?;
        let facts = ActFacts { amount: amount.minor_units(), ..ActFacts::default() };
        books.policy.require(GuardedAct::Refund, self.level, &facts)?;
        // Both know each other by the names that stand with the payment.
        let sides = [payment.to.clone(), payment.from.clone()];
        let (id, kind) = (RefundId::new().uuid(), OperationKind::Refund);
        let refund = Operation {
            parent_id: Some(payment.id),
            note: self.note.clone(),
            fee,
            created_by: self.created_by,
            ..Operation::completed(id, kind, sides, amount, books.now)
        };
        // Whoever gave it, its owner hears of it.
        let owner = books.shop(self.business_id).map(|shop| shop.owner_user_id);
        let moved = refund.moved_event(owner);
        let moving = Transfer { counted_at: payment.created_at, ..refund.first_transfer() };
        // The fee comes first, so that a shop which has nothing else can give everything back.
        let fee = fee_transfer(&refund, &moving);
        Ok(Decision {
            changes: Changes {
                transfers: fee.into_iter().chain([moving]).collect(),
                operations: vec![Operation { refunded, ..payment.clone() }, refund.clone()],
                // After the payment's own event, since both are about it.
                announcements: vec![Announcement::new(self.payment_id, &moved)],
                ..Changes::default()
            },
            record: refund,
        })
    }
}

impl RefundPayment {
    /// What a dispute that was upheld still brings its payer, from the shop of this owner.
    pub(crate) fn of_dispute(dispute: &Dispute, owner: UserId) -> Self {
        Self {
            payment_id: dispute.payment_id,
            business_id: dispute.business_id,
            by: owner,
            created_by: dispute.accepted_by,
            amount: dispute.amount,
            note: None,
            disputed_after: Some(dispute.refunded_before),
            // The shop has agreed, or staff have decided.
            level: Level::Passkey,
        }
    }

    fn amount_of(&self, paid: Money, refunded: i64) -> Result<Money, Refusal> {
        let Some(before) = self.disputed_after else { return Ok(self.amount) };
        let left = paid.minor_units().saturating_sub(refunded);
        let owed = self.amount.minor_units().saturating_sub(refunded.saturating_sub(before));
        Money::hkd(owed.min(left)).map_err(|_| REFUND_NOT_DUE)
    }

    /// The payment, if it was paid to a shop in which whoever asks may refund.
    fn own_payment<'a>(&self, books: &'a Books) -> Result<&'a Operation, Refusal> {
        let shop = books.shop(self.business_id).ok_or(NO_PAYMENT)?;
        shop.require(self.by, ShopAct::Refund, NO_PAYMENT)?;
        let payment = books.operation(self.payment_id.uuid()).filter(|payment| {
            payment.kind == OperationKind::Payment
                && payment.to.account_id == self.business_id.uuid()
        });
        let payment = payment.ok_or(NO_PAYMENT)?;
        shop.require_not_own(self.by, payment.from.account_id)?;
        Ok(payment)
    }

    /// The ledger would refuse the same, in words for somebody who pays. A shop learns that its
    /// payer takes nothing: a full wallet takes refunds, a frozen or closed one does not. `own` is
    /// what the shop gives itself: what the fee does not cover.
    fn require_accounts(
        &self,
        payment: &Operation,
        own: i64,
        books: &Books,
    ) -> Result<(), Refusal> {
        let shop = books.account(payment.to.account_id).ok_or(NO_PAYMENT)?;
        let payer = books.account(payment.from.account_id).ok_or(PAYER_UNAVAILABLE)?;
        shop.require_giving().map_err(|_| SHOP_FROZEN)?;
        payer.require_taking().map_err(|_| PAYER_UNAVAILABLE)?;
        shop.require_available(own).map_err(|_| INSUFFICIENT_TAKINGS)
    }
}

#[cfg(test)]
mod tests;
