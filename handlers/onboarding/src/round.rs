//! Going through applications in parts, round after round: what fails in one part holds up no
//! other.

use std::sync::{Mutex, PoisonError};

use uuid::Uuid;
use values::ApplicationId;

/// The rounds of this service. They are in memory: a program that starts begins each anew, and so
/// does whoever runs it beside.
#[derive(Default)]
pub(crate) struct Rounds {
    /// Through what was read and not decided.
    pub(crate) deciding: Round,
    /// Through whose names are to be compared again.
    pub(crate) screening: Round,
}

/// Where the part before ended.
#[derive(Default)]
pub(crate) struct Round(Mutex<Uuid>);

impl Round {
    /// The next part is of those after this one.
    pub(crate) fn after(&self) -> Uuid {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends a part, whatever becomes of it. One that is not full was the last of the round: the
    /// next begins at the beginning.
    pub(crate) fn end_part(&self, last: Option<ApplicationId>, is_full: bool) {
        let after = last.filter(|_| is_full).map(ApplicationId::uuid).unwrap_or_default();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = after;
    }
}
