//! Numbers in queries, each with a bound that the document names.

use service::{Error, INVALID_QUERY};

/// The number if it is from 1 to `most`, `otherwise` if it is absent.
pub(super) fn bounded(number: Option<u32>, otherwise: u32, most: u32) -> Result<u32, Error> {
    let number = number.unwrap_or(otherwise);
    if (1..=most).contains(&number) {
        return Ok(number);
    }
    Err(INVALID_QUERY.because(format!("{number} is not from 1 to {most}")).into())
}
