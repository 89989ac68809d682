//! When an endpoint's turn ends early, and when the endpoint rests after it.
//!
//! A receiver that takes most messages and refuses some, such as all of a type that it does not
//! know, is not a receiver that is down: it would fall behind for ever if each refusal cost it
//! a rest.

use super::webhook::AttemptOutcome;

/// Answers in a row that were no success: then the receiver refuses everything. Of what is refused
/// each message is tried eight times, so of a receiver that refuses every tenth about half fail.
const REFUSED_IN_A_ROW_MAX: u32 = 20;
/// Messages in a row without a whole answer, once something was delivered in the turn; before that
/// the first is enough, since each may hold the turn for ten seconds.
const UNANSWERED_IN_A_ROW_MAX: u32 = 4;

/// What the attempts of a turn have come to.
#[derive(Default)]
pub(crate) struct TurnCourse {
    has_delivered: bool,
    has_failed: bool,
    is_down: bool,
    refused_in_a_row: u32,
    unanswered_in_a_row: u32,
}

impl TurnCourse {
    pub(crate) fn note(&mut self, outcome: AttemptOutcome) {
        match outcome {
            AttemptOutcome::Delivered => {
                self.has_delivered = true;
                self.refused_in_a_row = 0;
                self.unanswered_in_a_row = 0;
                return;
            }
            AttemptOutcome::Refused | AttemptOutcome::Redirected | AttemptOutcome::Gone => {
                self.refused_in_a_row = self.refused_in_a_row.saturating_add(1);
            }
            AttemptOutcome::Broken
            | AttemptOutcome::TimedOut
            | AttemptOutcome::Unreachable
            | AttemptOutcome::NotPublic => {
                self.unanswered_in_a_row = self.unanswered_in_a_row.saturating_add(1);
            }
        }
        self.has_failed = true;
        let unanswered_max = if self.has_delivered { UNANSWERED_IN_A_ROW_MAX } else { 1 };
        self.is_down |= self.refused_in_a_row >= REFUSED_IN_A_ROW_MAX
            || self.unanswered_in_a_row >= unanswered_max;
    }

    /// Whether nothing more is sent in the turn.
    pub(crate) fn is_down(&self) -> bool {
        self.is_down
    }

    /// Whether the endpoint is left alone for a while after the turn.
    pub(crate) fn ends_in_rest(&self) -> bool {
        self.is_down || (self.has_failed && !self.has_delivered)
    }
}

#[cfg(test)]
mod tests {
    use super::AttemptOutcome::{Delivered, Refused, TimedOut, Unreachable};
    use super::*;

    fn course(outcomes: impl IntoIterator<Item = AttemptOutcome>) -> (bool, bool) {
        let mut course = TurnCourse::default();
        for outcome in outcomes {
            course.note(outcome);
        }
        (course.is_down(), course.ends_in_rest())
    }

    fn times(count: usize, outcome: AttemptOutcome) -> impl Iterator<Item = AttemptOutcome> {
        std::iter::repeat_n(outcome, count)
    }

    #[test]
    fn who_refuses_some_messages_is_sent_all_others_without_a_rest() {
        let every_tenth = (0..500).map(|n| if n % 10 == 0 { Refused } else { Delivered });
        assert_eq!(course(every_tenth), (false, false));
        let nineteen = times(19, Refused).chain([Delivered]).chain(times(19, Refused));
        assert_eq!(course(nineteen), (false, false));
    }

    #[test]
    fn who_takes_nothing_rests() {
        assert_eq!(course([Refused]), (false, true), "nothing was delivered");
        assert_eq!(course(times(20, Refused)), (true, true));
        assert_eq!(course([Delivered].into_iter().chain(times(20, Refused))), (true, true));
        assert_eq!(course([]), (false, false));
    }

    #[test]
    fn who_does_not_answer_holds_a_turn_no_longer_than_one_message() {
        assert_eq!(course([TimedOut]), (true, true));
        assert_eq!(course([Unreachable, Delivered]), (true, true), "what was under way besides");
    }

    #[test]
    fn who_has_taken_something_may_fail_to_answer_now_and_then() {
        assert_eq!(course([Delivered, TimedOut, TimedOut, TimedOut, Delivered]), (false, false));
        assert_eq!(course([Delivered].into_iter().chain(times(4, TimedOut))), (true, true));
    }
}
