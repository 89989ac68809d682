//! What can happen to an application, and the line of its trail that tells of it.

use time::Date;
use values::{DocumentId, Operator, StaffId, StaffRole, UserId, code_enum};

use super::status::{ApplicationStatus, Finding};

code_enum! {
    /// What somebody has done to an application, or time has.
    pub(crate) enum Deed {
        /// The applicant began it.
        Begin = "begin",
        /// The applicant said something else.
        Change = "change",
        /// The applicant asked for a link to upload by.
        Announce = "announce-document",
        /// The applicant sent it off.
        Submit = "submit",
        /// The applicant took it back.
        Withdraw = "withdraw",
        /// What was read was compared with what was said.
        Check = "check",
        /// A reviewer took it for themselves.
        Claim = "claim",
        /// A reviewer would approve it, or has where one is enough.
        Approve = "approve",
        /// A reviewer refused it.
        Reject = "reject",
        /// A reviewer asked for another document.
        AskAgain = "ask-again",
        /// Another reviewer agreed.
        Release = "release",
        /// A reviewer did not agree, or who had approved it thought better of it.
        Return = "return",
        /// Nobody released it in time.
        LetProposalExpire = "let-proposal-expire",
        /// The applicant left it lying.
        Abandon = "abandon",
        /// No upload came in time.
        GiveUpWaiting = "give-up-waiting",
        /// The applicant was told that the document ends soon.
        Remind = "remind",
        /// The document has ended.
        Expire = "expire",
        /// What was uploaded and said is deleted from now on.
        LetFilesGo = "let-files-go",
        /// What was uploaded and said was deleted.
        DeleteFiles = "delete-files",
        /// A name is like one on a newer list.
        Hit = "screening-hit",
        /// Names were compared with a newer list, and none is like one on it.
        Clear = "screening-clear",
        /// An upload came after it was deleted, and is to be deleted again.
        ArriveLate = "arrive-late",
        /// A newer application took its place.
        Replace = "replace",
        /// What was uploaded and said must be kept.
        Hold = "hold",
        /// The rule says again how long it is kept.
        LiftHold = "lift-hold",
        /// A member of staff read it, with what was sealed.
        Look = "look",
        /// A member of staff was given a link to the document.
        LookAtDocument = "look-at-document",
    }
}

/// What the checks came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every check agrees.
    Approve {
        /// The document's last day, if it has one.
        expires_on: Option<Date>,
    },
    /// A human must look at it.
    Review {
        findings: Vec<Finding>,
        /// As it was read.
        expires_on: Option<Date>,
    },
    /// The applicant must upload again.
    Again { findings: Vec<Finding> },
}

/// What time does to an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Elapsed {
    Abandoned,
    NothingReceived,
    Unreleased,
    EndsSoon,
    Ended,
    KeptLongEnough,
    /// Deleting has begun, and was to be done at once.
    LetGo,
}

/// What happens to an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    Change,
    Announce(DocumentId),
    Submit,
    Withdraw,
    /// By what was read, and by the lists of which this is the newest.
    Check(Verdict, Option<u32>),
    Claim(StaffId),
    /// With the document's last day, as the reviewer sees it.
    Approve(StaffId, Option<Date>),
    Reject(StaffId, Vec<Finding>),
    AskAgain(StaffId, Vec<Finding>),
    Release(StaffId, Vec<StaffRole>),
    Return(StaffId, Vec<StaffRole>),
    Time(Elapsed),
    /// It was compared with all lists, this the newest, and whether a name is like one on them.
    Screened {
        list_version: u32,
        is_hit: bool,
    },
    /// An upload came after all was deleted.
    ArriveLate,
    Replace,
    Hold(bool),
    Look,
    LookAtDocument,
}

impl Act {
    /// As the trail names it.
    pub(crate) const fn deed(&self) -> Deed {
        match self {
            Self::Change => Deed::Change,
            Self::Announce(_) => Deed::Announce,
            Self::Submit => Deed::Submit,
            Self::Withdraw => Deed::Withdraw,
            Self::Check(..) => Deed::Check,
            Self::Claim(_) => Deed::Claim,
            Self::Approve(..) => Deed::Approve,
            Self::Reject(..) => Deed::Reject,
            Self::AskAgain(..) => Deed::AskAgain,
            Self::Release(..) => Deed::Release,
            Self::Return(..) => Deed::Return,
            Self::Time(Elapsed::Abandoned) => Deed::Abandon,
            Self::Time(Elapsed::NothingReceived) => Deed::GiveUpWaiting,
            Self::Time(Elapsed::Unreleased) => Deed::LetProposalExpire,
            Self::Time(Elapsed::EndsSoon) => Deed::Remind,
            Self::Time(Elapsed::Ended) => Deed::Expire,
            Self::Time(Elapsed::KeptLongEnough) => Deed::LetFilesGo,
            Self::Time(Elapsed::LetGo) => Deed::DeleteFiles,
            Self::Screened { is_hit: true, .. } => Deed::Hit,
            Self::Screened { is_hit: false, .. } => Deed::Clear,
            Self::ArriveLate => Deed::ArriveLate,
            Self::Replace => Deed::Replace,
            Self::Hold(true) => Deed::Hold,
            Self::Hold(false) => Deed::LiftHold,
            Self::Look => Deed::Look,
            Self::LookAtDocument => Deed::LookAtDocument,
        }
    }

    /// Whether the applicant's own hand shows that they have not left it lying.
    pub(crate) const fn is_of_applicant(&self) -> bool {
        matches!(self, Self::Change | Self::Announce(_) | Self::Submit | Self::Withdraw)
    }

    /// Whether it makes another version, of which the applicant's app has to know.
    pub(crate) const fn is_change(&self) -> bool {
        !matches!(
            self,
            Self::Claim(_)
                | Self::Look
                | Self::LookAtDocument
                | Self::Hold(_)
                | Self::ArriveLate
                | Self::Time(Elapsed::KeptLongEnough | Elapsed::LetGo)
                | Self::Screened { is_hit: false, .. }
        )
    }
}

/// A line of the trail, but for who and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) deed: Deed,
    /// None of a draft that begins.
    pub(crate) from: Option<ApplicationStatus>,
    pub(crate) to: ApplicationStatus,
    /// What was found, or is told.
    pub(crate) findings: Vec<Finding>,
}

/// Who does something to an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Actor {
    /// Whose it is.
    Applicant(UserId),
    /// This service: by what was read, by a list, by the clock.
    Service,
    /// A member of staff, as their token names them.
    Staff(StaffId, Operator),
}
