//! Messages that people report to staff.

use time::{Duration, OffsetDateTime};
use values::{MessageId, MessageReportId, Refusal, Statement, UserId, code_enum};

use super::Message;
use super::refusals::{MESSAGE_REPORTS_THROTTLED, NO_MESSAGE};

/// Messages that staff see of a conversation: the reported one and what came before it.
pub(crate) const CONTEXT_MAX: usize = 20;
/// Messages that one person may report in a [`WINDOW`].
const REPORTS_MAX: u32 = 20;
pub(crate) const WINDOW: Duration = Duration::DAY;
/// How long what was said is kept after a report is closed.
pub(crate) const CONTEXT_KEPT: Duration = Duration::days(90);

code_enum! {
    /// Why somebody reports a message.
    pub(crate) enum MessageReportReason {
        /// It asks for money or secrets by deceit.
        Scam = "scam",
        /// It threatens or insults.
        Harassment = "harassment",
        /// Nobody asked for it.
        Spam = "spam",
        /// Something else, which the words say.
        Other = "other",
    }
}

code_enum! {
    /// What a member of staff did with a report.
    pub(crate) enum MessageReportDeed {
        /// They read what was said.
        Read = "read",
        /// They closed it.
        Close = "close",
    }
}

/// A report of a message.
pub(crate) struct MessageReport {
    pub(crate) id: MessageReportId,
    pub(crate) message_id: MessageId,
    pub(crate) reporter_id: UserId,
    pub(crate) reported_id: UserId,
    pub(crate) reason: MessageReportReason,
    pub(crate) words: Option<Statement>,
    pub(crate) reported_at: OffsetDateTime,
    pub(crate) closed_at: Option<OffsetDateTime>,
}

impl MessageReport {
    /// Of a message that `by` may read. `lately` is how many they have made in the last [`WINDOW`].
    pub(crate) fn of(
        message: &Message,
        by: UserId,
        (reason, words): (MessageReportReason, Option<Statement>),
        lately: u32,
        now: OffsetDateTime,
    ) -> Result<Self, Refusal> {
        if message.sender_id == by {
            return Err(NO_MESSAGE);
        }
        if lately >= REPORTS_MAX {
            return Err(
                MESSAGE_REPORTS_THROTTLED.for_seconds(WINDOW.whole_seconds().unsigned_abs())
            );
        }
        Ok(Self {
            id: MessageReportId::new(),
            message_id: message.message_id,
            reporter_id: by,
            reported_id: message.sender_id,
            reason,
            words,
            reported_at: now,
            closed_at: None,
        })
    }
}
