//! A business has another owner: what one before said of who stands behind it counts no longer, and
//! what they have under way comes to nothing. The new owner applies for it anew.

use events::Envelope;
use events::business_profile::BusinessHandoverChangedV1;
use inbox::Failure;
use service::Error;
use service::database::{Tx, now};
use values::{BusinessId, UserId};

use super::act_on_application::{Word, act_on, lock};
use crate::domain::{Act, Actor};
use crate::{App, store};

/// The business itself has told its new owner before, so none comes by the one before any more.
pub(crate) async fn learn_handover(
    app: &App,
    tx: &mut Tx,
    event: &Envelope,
) -> Result<(), Failure> {
    let Some(handover) = inbox::decode::<BusinessHandoverChangedV1>(event)? else { return Ok(()) };
    if !handover.is_accepted() {
        return Ok(());
    }
    let business_id = handover.business_id.parse().map_err(Failure::poison)?;
    let from = handover.from_user_id.parse().map_err(Failure::poison)?;
    let owner = store::people::find_business(tx, business_id).await?;
    if owner.is_some_and(|business| business.owner_user_id == from) {
        // It has come back to them since, and what they say of it counts again.
        return Ok(());
    }
    end_applications(app, tx, business_id, from).await.map_err(failed)
}

async fn end_applications(
    app: &App,
    tx: &mut Tx,
    business_id: BusinessId,
    from: UserId,
) -> Result<(), Error> {
    let at = now();
    for id in store::applications::list_of_business(tx, business_id).await? {
        let found = lock(tx, id).await?;
        let Some(mut locked) = found.filter(|locked| locked.application.user_id == from) else {
            continue;
        };
        let act = if locked.application.is_in_force() {
            Act::Replace
        } else if locked.application.status.is_open() {
            Act::Withdraw
        } else {
            continue;
        };
        act_on(app, tx, &mut locked, &act, &Word::of(&Actor::Service, at)).await?;
        // The new owner shows the certificate of the same company.
        store::people::free_number(tx, id).await?;
    }
    Ok(())
}

/// No act is refused that is chosen by how the application stands, so a repeat helps or nothing.
fn failed(error: Error) -> Failure {
    match error {
        Error::Database(error) => error.into(),
        error @ (Error::Refused(_)
        | Error::Redis(_)
        | Error::Unavailable(_)
        | Error::Internal(_)
        | Error::Decided(_)) => mysql_async::Error::Other(Box::new(error)).into(),
    }
}
