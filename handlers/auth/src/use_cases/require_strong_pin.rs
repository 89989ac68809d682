//! A PIN that a person chooses who has an account already.

use service::Error;
use values::UserId;

use crate::App;
use crate::domain::Pin;
use crate::store::users::Registration;

/// Refuses a weak one. While Key Vault is away, one that is a part of the person's number is not
/// known and let through: whoever chooses another since somebody saw theirs must not wait.
pub(super) async fn require_strong_pin(
    app: &App,
    user_id: UserId,
    registration: &Registration,
    pin: &Pin,
) -> Result<(), Error> {
    let owner = match app.phone_vault.open(user_id, registration).await {
        Ok(phone) => Some(phone),
        Err(Error::Unavailable(_)) => None,
        Err(error) => return Err(error),
    };
    Ok(pin.require_strong(owner.as_ref())?)
}
