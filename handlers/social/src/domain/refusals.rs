//! Every way in which this service says no.

use values::{NOT_YET_KNOWN, refusals};

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS, with NOT_YET_KNOWN;
}
