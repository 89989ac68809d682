//! Numbers in queries, each with a bound that the document names.

use service::{Error, INVALID_QUERY};

/// Days that are looked back if nothing is said, and at most.
pub(super) const DAYS: u32 = 30;
pub(super) const DAYS_MAX: u32 = 366;
pub(super) const HOURS_IN_A_DAY: u32 = 24;

/// The number if it is from 1 to `most`, `otherwise` if it is absent.
pub(super) fn bounded(number: Option<u32>, otherwise: u32, most: u32) -> Result<u32, Error> {
    let number = number.unwrap_or(otherwise);
    if (1..=most).contains(&number) {
        return Ok(number);
    }
    Err(INVALID_QUERY.because(format!("{number} is not from 1 to {most}")).into())
}
