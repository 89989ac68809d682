//! Who says how well a person or a shop is known.
//!
//! An operator's word stands beside onboarding's: the later one counts, but that a shop cannot be
//! paid, which only an operator takes back. Onboarding numbers what it
//! says of somebody, so what is no newer than the newest that came says nothing, also after an
//! operator's word.

use super::word::Word;

/// Whose word it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Operator(Word),
    /// By what onboarding has seen.
    Onboarding {
        /// Of its events on this person or business.
        version: u32,
    },
}
