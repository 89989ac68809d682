//! What time does to an application, and when.

use time::{Duration, OffsetDateTime};
use values::{Proposal, hong_kong_midnight};

use super::Application;
use crate::domain::act::Elapsed;
use crate::domain::status::ApplicationStatus;

/// How long an applicant may leave it lying.
const ABANDONED_AFTER: Duration = Duration::days(30);
/// How long an upload is waited for once the application was submitted.
const UPLOAD_WAIT: Duration = Duration::hours(1);
/// How long one that came is waited for to be read: as long as Event Grid brings word of it.
const READING_WAIT: Duration = Duration::DAY;
/// How long before the end of a document its owner is told.
const REMINDED_BEFORE: Duration = Duration::days(30);
/// How long what was uploaded and said is kept after a decision, for complaints.
const FILES_KEPT: Duration = Duration::days(90);
/// The same where nothing was decided: longer than a link for an upload is good.
const FILES_KEPT_UNDECIDED: Duration = Duration::hours(1);

impl Application {
    /// What time does to it next if nobody else does anything, and when.
    pub(crate) fn due(&self) -> Option<(OffsetDateTime, Elapsed)> {
        use ApplicationStatus::{
            Abandoned, Approved, AwaitingRelease, Draft, Expired, InReview, NeedsMore, Reading,
            Rejected, Replaced, Withdrawn,
        };
        let after = |wait: Duration| self.since.saturating_add(wait);
        let files = |wait| {
            let is_kept = self.has_files && !self.is_let_go;
            (is_kept && !self.is_held).then(|| (after(wait), Elapsed::KeptLongEnough))
        };
        // Deleting that has begun ends, whatever else is done meanwhile.
        let rest = (self.has_files && self.is_let_go).then_some((self.since, Elapsed::LetGo));
        // Nor does a document last longer because its owner is looked at again.
        let end = if self.is_recheck { self.document_end() } else { None };
        let of_status = match self.status {
            Draft | NeedsMore => Some((after(ABANDONED_AFTER), Elapsed::Abandoned)),
            Reading => Some((after(UPLOAD_WAIT), Elapsed::NothingReceived)),
            InReview => None,
            AwaitingRelease => self.proposal.map(|(_, proposed_at)| {
                let valid = Duration::seconds(Proposal::VALID_SECONDS);
                (proposed_at.saturating_add(valid), Elapsed::Unreleased)
            }),
            Approved => {
                let ahead = self.document_end_ahead();
                [ahead, files(FILES_KEPT)].into_iter().flatten().min()
            }
            Rejected | Expired | Replaced => files(FILES_KEPT),
            Withdrawn | Abandoned => files(FILES_KEPT_UNDECIDED),
        };
        [rest, end, of_status].into_iter().flatten().min()
    }

    /// Whether what was uploaded may still be read.
    pub(crate) fn may_be_read(&self, now: OffsetDateTime) -> bool {
        self.since.saturating_add(READING_WAIT) > now
    }

    fn document_end(&self) -> Option<(OffsetDateTime, Elapsed)> {
        Some((hong_kong_midnight(self.expires_on?.next_day()?), Elapsed::Ended))
    }

    /// The same, but its owner is told first.
    fn document_end_ahead(&self) -> Option<(OffsetDateTime, Elapsed)> {
        let (ends_at, ended) = self.document_end()?;
        Some(if self.is_reminded {
            (ends_at, ended)
        } else {
            (ends_at.saturating_sub(REMINDED_BEFORE), Elapsed::EndsSoon)
        })
    }
}
