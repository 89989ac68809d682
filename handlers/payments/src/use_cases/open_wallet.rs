//! A person has signed up: their wallet opens, empty.

use events::Envelope;
use events::auth::UserRegisteredV1;
use inbox::Failure;
use service::database::Tx;
use values::UserId;

use crate::domain::AccountKind;
use crate::store;

pub(crate) async fn open_wallet(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(registered) = inbox::decode::<UserRegisteredV1>(event)? else { return Ok(()) };
    let user_id: UserId = registered.user_id.parse().map_err(Failure::poison)?;
    Ok(store::ledger::open_account(tx, user_id.uuid(), AccountKind::Wallet).await?)
}
