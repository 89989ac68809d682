//! Who works here, and what is written down of what they do.

use uuid::Uuid;
use values::{EnrolmentId, Operator, StaffId, StaffRole, UserId, code_enum};
use webauthn_rs::prelude::Passkey;

use super::secret::Secret;

/// So many administrators can say together who else is staff; until they have enrolled, an operator
/// invites them by the function's key.
pub(crate) const FIRST_ADMINISTRATORS: usize = 2;

/// A member of staff.
pub(crate) struct StaffMember {
    pub(crate) staff_id: StaffId,
    pub(crate) name: Operator,
    pub(crate) roles: Vec<StaffRole>,
    /// None until the person has enrolled.
    pub(crate) passkey: Option<Passkey>,
    /// Whether Entra ID has said who it is.
    pub(crate) is_of_entra: bool,
}

/// Whom a token of Entra ID is of.
pub(crate) struct EntraPerson {
    /// The person's object in the tenant, never given to another.
    pub(crate) object_id: Uuid,
    pub(crate) name: Operator,
    /// None if the tenant gives them none of ours.
    pub(crate) roles: Option<Vec<StaffRole>>,
    /// Of the token, which is good for one login.
    pub(crate) token_id: String,
}

/// Leave to make a member's passkey.
pub(crate) struct NewEnrolment<'a> {
    pub(crate) enrolment_id: EnrolmentId,
    pub(crate) staff_id: StaffId,
    /// None of the first administrators, whose enrolment needs no approval.
    pub(crate) proposed_by: Option<StaffId>,
    pub(crate) proposal_secret: &'a Secret,
    pub(crate) approval_secret: Option<&'a Secret>,
}

impl NewEnrolment<'_> {
    /// How long after it was approved it can be used.
    pub(crate) const VALID_SECONDS: u32 = 24 * 60 * 60;
}

code_enum! {
    /// What has become of an enrolment.
    pub(crate) enum EnrolmentStatus {
        /// It waits for another administrator.
        Proposed = "proposed",
        /// The person can make a passkey with both halves of its secret, for a day.
        Approved = "approved",
        /// Somebody stopped it.
        Rejected = "rejected",
        /// The person has made a passkey.
        Used = "used",
    }
}

code_enum! {
    /// What a member of staff did.
    pub(crate) enum StaffActType {
        /// An operator invited one of the first administrators.
        FirstInvited = "first-invited",
        /// Proposed that somebody may make a passkey.
        EnrolmentProposed = "enrolment-proposed",
        /// Approved what another had proposed.
        EnrolmentApproved = "enrolment-approved",
        /// Rejected it.
        EnrolmentRejected = "enrolment-rejected",
        /// Made a passkey, in place of any before.
        Enrolled = "enrolled",
        /// Logged in.
        LoggedIn = "logged-in",
        /// Logged in by Entra ID, with the roles that it gave.
        LoggedInByEntraId = "logged-in-by-entra-id",
        /// Logged out.
        LoggedOut = "logged-out",
        /// Took somebody off the staff.
        StaffRemoved = "staff-removed",
        /// Ended all logins of a person.
        LoginsEnded = "logins-ended",
        /// Read what happened to the security of a person's account.
        SecurityTrailRead = "security-trail-read",
        /// Proposed that whoever asks for an account gets it.
        RecoveryProposed = "recovery-proposed",
        /// Approved what another had proposed.
        RecoveryApproved = "recovery-approved",
        /// Stopped it.
        RecoveryRejected = "recovery-rejected",
        /// Proposed other rules of step-up.
        StepUpProposed = "step-up-policy-proposed",
        /// Approved rules that another had proposed: they hold.
        StepUpApproved = "step-up-policy-approved",
        /// Rejected them.
        StepUpRejected = "step-up-policy-rejected",
        /// A passkey's counter went back, so it was refused: there may be a copy of it.
        PasskeyCloned = "passkey-cloned",
        /// Something else, which only a newer program knows.
        Other = "other",
    }
}

/// Something that a member of staff did.
pub(crate) struct StaffAct {
    pub(crate) kind: StaffActType,
    /// None of an operator with the function's key.
    pub(crate) staff_id: Option<StaffId>,
    /// Of who did it.
    pub(crate) name: Operator,
    /// Whom it concerns, if that is somebody else.
    pub(crate) about: Option<ActSubject>,
}

/// Whom something that staff did concerns.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ActSubject {
    /// Another member of staff.
    Staff(StaffId),
    /// A customer.
    Person(UserId),
}

impl ActSubject {
    /// `None` of a customer.
    pub(crate) const fn staff_id(self) -> Option<StaffId> {
        match self {
            Self::Staff(staff_id) => Some(staff_id),
            Self::Person(_) => None,
        }
    }

    /// `None` of a member of staff.
    pub(crate) const fn user_id(self) -> Option<UserId> {
        match self {
            Self::Staff(_) => None,
            Self::Person(user_id) => Some(user_id),
        }
    }
}

/// Each role once, in one order; None of no role.
pub(crate) fn distinct_roles(roles: &[StaffRole]) -> Option<Vec<StaffRole>> {
    let distinct: Vec<StaffRole> =
        StaffRole::ALL.iter().copied().filter(|role| roles.contains(role)).collect();
    (!distinct.is_empty()).then_some(distinct)
}
