//! The account of somebody who lost phone and number, or cannot prove the number any more.
//!
//! Two things must come together, in either order: a wait in which its owner is told and can call
//! it off, and a case in which one member of staff identified the person and another agreed.

use time::{Duration, OffsetDateTime};
use values::{
    Operator, Proposal, Reason, RecoveryId, Refusal, StaffId, StaffRole, UserId, code_enum,
};

use super::kept_phone::{IndexedPhone, KeptPhone};
use super::refusals::{RECOVERY_CLOSED, RECOVERY_NOT_READY, RECOVERY_PROPOSED};

code_enum! {
    /// What has become of a recovery.
    pub(crate) enum RecoveryStatus {
        /// Nobody of the staff has proposed it.
        Asked = "asked",
        /// It waits for another member of staff; after a day it can no longer be approved, and may
        /// be proposed anew.
        Proposed = "proposed",
        /// Two members of staff agree: once its wait is over, the person finishes it.
        Approved = "approved",
        /// One of the staff stopped it.
        Rejected = "rejected",
        /// The account's owner called it off, or another recovery was finished.
        Cancelled = "cancelled",
        /// The person has the account.
        Finished = "finished",
    }
}

/// A recovery whose account was found, and its owner told.
pub(crate) struct Recovery {
    pub(crate) recovery_id: RecoveryId,
    pub(crate) user_id: UserId,
    /// Which whoever asks has proved, and proves again to finish.
    pub(crate) new_phone: KeptPhone,
    pub(crate) status: RecoveryStatus,
    pub(crate) asked_at: OffsetDateTime,
    /// The wait begins when the owner is told, not when somebody asks.
    pub(crate) told_at: OffsetDateTime,
    pub(crate) case: Option<RecoveryCase>,
}

/// What the staff have decided so far.
pub(crate) struct RecoveryCase {
    pub(crate) case_number: Reason,
    pub(crate) proposed_by: StaffId,
    pub(crate) proposer: Operator,
    pub(crate) proposed_at: OffsetDateTime,
    pub(crate) decided_by: Option<StaffId>,
    pub(crate) decider: Option<Operator>,
    pub(crate) decided_at: Option<OffsetDateTime>,
}

impl RecoveryCase {
    pub(crate) const fn proposal(&self) -> Proposal {
        let (proposed_by, proposed_at) = (self.proposed_by, self.proposed_at);
        Proposal { proposed_by, proposed_at, is_decided: self.decided_at.is_some() }
    }
}

impl Recovery {
    /// How long the owner has to call it off: a weekend without the phone at hand.
    pub(crate) const COOLING_HOURS: u32 = 72;
    /// How long after that it can be finished.
    pub(crate) const KEPT_DAYS: u32 = 7;
    /// How long staff can look one up that led to something; of a number without an account nothing
    /// is kept longer than it could have been finished.
    pub(crate) const RECORD_DAYS: u32 = 730;
    /// What the old number is told by a text message, in all languages of the product: it reaches
    /// whoever holds the number, in whatever phone.
    pub(crate) const NOTICE: &str = "\
        PayMe: somebody who says they lost this number asked to move your account to another. If \
        it was not you, cancel it within 72 hours: in PayMe on any device, or with a code to this \
        number. Never tell anyone a code.\n\
        PayMe：有人聲稱遺失此號碼，要求把你的帳戶轉至另一號碼。如非你本人操作，請於 72 小時內在任何裝置的 PayMe 或以發送至此號碼的驗證碼取消。切勿向任何人透露驗證碼。\n\
        PayMe：有人声称遗失此号码，要求把您的账户转至另一号码。如非您本人操作，请于 72 小时内在任何设备的 PayMe 取消，或用发送至此号码的验证码取消。切勿向任何人透露验证码。";

    /// From then on it can be finished, if the staff agree.
    pub(crate) fn ready_at(&self) -> OffsetDateTime {
        self.told_at.saturating_add(Duration::hours(i64::from(Self::COOLING_HOURS)))
    }

    /// From then on nothing comes of it.
    pub(crate) fn lapses_at(&self) -> OffsetDateTime {
        self.ready_at().saturating_add(Duration::days(i64::from(Self::KEPT_DAYS)))
    }

    /// Whether something may still come of it.
    pub(crate) fn is_open(&self, now: OffsetDateTime) -> bool {
        let is_undecided = match self.status {
            RecoveryStatus::Asked | RecoveryStatus::Proposed | RecoveryStatus::Approved => true,
            RecoveryStatus::Rejected | RecoveryStatus::Cancelled | RecoveryStatus::Finished => {
                false
            }
        };
        is_undecided && now < self.lapses_at()
    }

    /// Whether a member of staff who has identified the person may propose it now.
    pub(crate) fn require_proposable(&self, now: OffsetDateTime) -> Result<(), Refusal> {
        self.require_open(now)?;
        match (self.status, &self.case) {
            (RecoveryStatus::Approved, _) => Err(RECOVERY_PROPOSED),
            (_, Some(case)) if now < case.proposal().expires_at() => Err(RECOVERY_PROPOSED),
            _ => Ok(()),
        }
    }

    /// Whether this member of staff has proposed it for this case, and it waits.
    pub(crate) fn is_proposed_by(
        &self,
        by: StaffId,
        case_number: &Reason,
        now: OffsetDateTime,
    ) -> bool {
        let is_theirs = |case: &RecoveryCase| {
            case.proposed_by == by
                && case.case_number == *case_number
                && now < case.proposal().expires_at()
        };
        self.status == RecoveryStatus::Proposed && self.case.as_ref().is_some_and(is_theirs)
    }

    /// Whether it was this member of staff who approved it.
    pub(crate) fn is_approved_by(&self, by: StaffId) -> bool {
        let decided_by = self.case.as_ref().and_then(|case| case.decided_by);
        self.status == RecoveryStatus::Approved && decided_by == Some(by)
    }

    /// Whether another member of staff may approve it now.
    pub(crate) fn require_approvable(
        &self,
        by: StaffId,
        roles: &[StaffRole],
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        self.require_open(now)?;
        let case = self.case.as_ref().ok_or(RECOVERY_CLOSED)?;
        case.proposal().require_approvable(by, roles, StaffRole::Reviewer, now)
    }

    /// Whether a member of staff may stop it: a reviewer, or who has proposed it, also after it was
    /// approved.
    pub(crate) fn require_rejectable(
        &self,
        by: StaffId,
        roles: &[StaffRole],
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        self.require_open(now)?;
        let case = self.case.as_ref().ok_or(RECOVERY_CLOSED)?;
        let undecided = Proposal { is_decided: false, ..case.proposal() };
        undecided.require_rejectable(by, roles, StaffRole::Reviewer)
    }

    /// Whether whoever holds this phone gets the account now. One answer for all that is missing:
    /// it must not tell that there is an account, whose owner called it off.
    pub(crate) fn require_finishable(
        &self,
        phone: IndexedPhone<'_>,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        let is_agreed = self.status == RecoveryStatus::Approved && self.is_open(now);
        let is_ready = is_agreed && self.ready_at() <= now && self.new_phone.is(phone);
        if is_ready { Ok(()) } else { Err(RECOVERY_NOT_READY) }
    }

    fn require_open(&self, now: OffsetDateTime) -> Result<(), Refusal> {
        if self.is_open(now) { Ok(()) } else { Err(RECOVERY_CLOSED) }
    }
}

#[cfg(test)]
mod tests;
