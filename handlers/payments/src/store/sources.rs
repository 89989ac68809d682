//! Who says how well somebody is known, as the tables of such changes hold it.

use mysql_async::Error;

use super::unreadable;
use crate::domain::{Source, Word};

/// The reason, the operator, and onboarding's version.
pub(super) type SourceColumns<T> = (Option<T>, Option<T>, Option<u32>);

pub(super) fn columns(source: &Source) -> SourceColumns<&str> {
    match source {
        Source::Operator(Word { operator, reason }) => {
            (Some(reason.as_str()), Some(operator.as_str()), None)
        }
        Source::Onboarding { version } => (None, None, Some(*version)),
    }
}

pub(super) fn source(columns: SourceColumns<String>) -> Result<Source, Error> {
    match columns {
        (Some(reason), Some(operator), None) => Ok(Source::Operator(Word {
            reason: reason.try_into().map_err(|_| unreadable("a reason"))?,
            operator: operator.try_into().map_err(|_| unreadable("an operator"))?,
        })),
        (None, None, Some(version)) => Ok(Source::Onboarding { version }),
        _ => Err(unreadable("whose word it is")),
    }
}
