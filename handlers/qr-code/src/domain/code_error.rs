//! Why a scanned code is not understood, and what its reader is told.

use values::Refusal;

use super::emv::EmvError;
use super::refusals::{CHECKSUM_WRONG, FORGED, MALFORMED, UNKNOWN};

/// Why a code is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CodeError {
    #[error(transparent)]
    Emv(#[from] EmvError),
    #[error("the merchant's name in the code cannot be shown")]
    Name,
    #[error("the amount in the code is not an amount of money")]
    Amount,
    #[error("what the code says of a tip contradicts itself")]
    Tip,
    #[error("a reference in the code cannot be shown")]
    Reference,
    #[error("the code claims to be ours, but was made or changed by somebody else")]
    Forged,
    #[error("the code is of a kind that cannot be paid here")]
    Unknown,
}

impl From<CodeError> for Refusal {
    fn from(error: CodeError) -> Self {
        let refusal = match error {
            CodeError::Emv(EmvError::Checksum) => CHECKSUM_WRONG,
            CodeError::Emv(
                EmvError::TooLong
                | EmvError::NoObjects
                | EmvError::ValueLength
                | EmvError::Repeated(_)
                | EmvError::Order,
            )
            | CodeError::Name
            | CodeError::Amount
            | CodeError::Tip
            | CodeError::Reference => MALFORMED,
            CodeError::Forged => FORGED,
            CodeError::Unknown => UNKNOWN,
        };
        refusal.because(error)
    }
}
