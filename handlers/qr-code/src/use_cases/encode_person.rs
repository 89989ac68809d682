//! The code that a person shows to be paid.

use service::{Consumer, Error};
use values::UserId;

use super::code_file::{CodeFile, Drawing};
use crate::App;
use crate::domain::{NOT_OWN_CODE, person_code};

/// It never changes while the key that signs it lives.
const CACHE: &str = "private, max-age=86400";

pub(crate) async fn encode_person(
    app: App,
    CodeFile { id, format }: CodeFile<UserId>,
    caller: Consumer,
) -> Result<Drawing, Error> {
    // Else this would turn any id into something that looks like an invitation of its owner.
    if id != caller.user_id {
        return Err(NOT_OWN_CODE.into());
    }
    let payload = person_code(id, &app.signing_key).map_err(Error::internal)?;
    Drawing::new(&payload, format, CACHE)
}
