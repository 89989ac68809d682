//! Messages that people report to staff.

use time::{Duration, OffsetDateTime};
use values::{MessageId, MessageReportId, Refusal, Statement, UserId, code_enum};

use super::refusals::{MESSAGE_REPORT_CLOSED, MESSAGE_REPORTS_THROTTLED, NO_MESSAGE};
use super::{Message, SUPPORT};

/// Messages that staff see of a conversation: the reported one and what came before it.
pub(crate) const CONTEXT_MAX: usize = 20;
/// Messages that one person may report in a [`WINDOW`].
const REPORTS_MAX: u32 = 20;
const WINDOW: Duration = Duration::DAY;
/// How long what was said is kept after a report is closed, by whom it is about and by who reports.
pub(crate) const WORDS_KEPT: Duration = Duration::days(90);

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
        Closed = "closed",
    }
}

/// How many messages somebody has reported lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reported {
    pub(crate) count: u32,
    /// When the first of them was.
    pub(crate) since: OffsetDateTime,
}

impl Reported {
    /// With one more, or why that is too much.
    pub(crate) fn with_one(self, now: OffsetDateTime) -> Result<Self, Refusal> {
        let over_at = self.since.saturating_add(WINDOW);
        if now >= over_at {
            return Ok(Self { count: 1, since: now });
        }
        if self.count >= REPORTS_MAX {
            let seconds = over_at.unix_timestamp().saturating_sub(now.unix_timestamp()).max(1);
            return Err(MESSAGE_REPORTS_THROTTLED.for_seconds(seconds.unsigned_abs()));
        }
        Ok(Self { count: self.count.saturating_add(1), ..self })
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
    /// Of a message that `by` may read, of another customer.
    pub(crate) fn of(
        message: &Message,
        by: UserId,
        (reason, words): (MessageReportReason, Option<Statement>),
        now: OffsetDateTime,
    ) -> Result<Self, Refusal> {
        if message.sender_id == by || message.sender_id == SUPPORT {
            return Err(NO_MESSAGE);
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

    /// It is closed once.
    pub(crate) fn close(&mut self, now: OffsetDateTime) -> Result<(), Refusal> {
        if self.closed_at.is_some() {
            return Err(MESSAGE_REPORT_CLOSED);
        }
        self.closed_at = Some(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_messages_are_reported_in_a_day_and_the_next_when_it_is_over() {
        let since = OffsetDateTime::UNIX_EPOCH;
        let (mut reported, later) = (Reported { count: 0, since }, since + Duration::HOUR);
        for _ in 0..REPORTS_MAX {
            reported = reported.with_one(later).unwrap();
        }
        let refused = reported.with_one(later).unwrap_err();
        assert_eq!(refused.retry_after_seconds(), Some(23 * 3600));
        let next = since + WINDOW;
        assert_eq!(reported.with_one(next), Ok(Reported { count: 1, since: next }));
    }
}
