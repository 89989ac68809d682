//! What is there once already is refused.

use mysql_async::Error as StoreError;
use service::Error;
use service::database::is_duplicate;
use values::Refusal;

/// For `map_err`: a duplicate key becomes this refusal, and whatever else failed stays what it was.
pub(super) fn refuse_duplicate(refusal: Refusal) -> impl FnOnce(StoreError) -> Error {
    |error| if is_duplicate(&error) { refusal.into() } else { error.into() }
}
