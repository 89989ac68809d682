//! What a person reports of another, and what members of staff make of it.

use time::{Duration, OffsetDateTime};
use values::{Refusal, ReportId, Statement, UserId, code_enum};

use super::refusals::{REPORT_CLOSED, REPORTS_THROTTLED};

/// Reports of one person within [`REPORTS_WITHIN`].
const REPORTS_MAX: u32 = 20;
pub(crate) const REPORTS_WITHIN: Duration = Duration::days(1);
/// How long the words are kept after a report is closed.
pub(crate) const WORDS_KEPT: Duration = Duration::days(90);

code_enum! {
    /// Why somebody is reported.
    pub(crate) enum ReportReason {
        /// They want money by a lie.
        Scam = "scam",
        /// They say they are somebody else.
        Impersonation = "impersonation",
        /// They threaten or molest.
        Harassment = "harassment",
        /// What they write or are called is offensive.
        Offensive = "offensive",
        /// Something else, which the words tell.
        Other = "other",
    }
}

code_enum! {
    /// What a member of staff did with a report.
    pub(crate) enum ReportDeed {
        /// They read what it says.
        Read = "read",
        /// They closed it.
        Closed = "closed",
    }
}

/// A report, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) id: ReportId,
    pub(crate) reporter_id: UserId,
    pub(crate) reported_id: UserId,
    pub(crate) reason: ReportReason,
    /// None once they were forgotten.
    pub(crate) words: Option<Statement>,
    pub(crate) is_open: bool,
    pub(crate) reported_at: OffsetDateTime,
}

impl Report {
    /// It is closed once.
    pub(crate) fn close(&mut self) -> Result<(), Refusal> {
        if !self.is_open {
            return Err(REPORT_CLOSED);
        }
        self.is_open = false;
        Ok(())
    }
}

/// Whether somebody who has reported so often within [`REPORTS_WITHIN`] may do so again.
pub(crate) fn require_few_reports(reported: u32) -> Result<(), Refusal> {
    let wait = REPORTS_WITHIN.whole_seconds().unsigned_abs();
    if reported < REPORTS_MAX { Ok(()) } else { Err(REPORTS_THROTTLED.for_seconds(wait)) }
}
