//! Money has moved between people, or they have made it private: who may see it. Or somebody has
//! closed their wallet.

use events::Envelope;
use events::payments::{MoneyMovedV1, PeerPaymentVisibilityChangedV1, WalletClosedV1};
use inbox::Failure;
use service::database::Tx;
use values::{OperationKind, PeerPaymentId, UserId};

use super::tell_onlookers::tell_onlookers;
use crate::store::talk;
use crate::{App, store};

/// What friends may see, in either event.
const FRIENDS: &str = "friends";

/// The two events come in either order: the one says between whom, the other hides it for good.
pub(crate) async fn learn_peer_payment(
    app: &App,
    tx: &mut Tx,
    event: &Envelope,
) -> Result<(), Failure> {
    if let Some(changed) = inbox::decode::<PeerPaymentVisibilityChangedV1>(event)? {
        let id: PeerPaymentId = changed.peer_payment_id.parse().map_err(Failure::poison)?;
        if changed.visibility != FRIENDS {
            // Those who saw it until now.
            let onlookers = talk::list_onlookers(tx, id).await?;
            talk::hide_peer_payment(tx, id).await?;
            tell_onlookers(app, tx, id, &onlookers).await?;
        }
        return Ok(());
    }
    if let Some(closed) = inbox::decode::<WalletClosedV1>(event)? {
        let user_id = closed.user_id.parse().map_err(Failure::poison)?;
        return Ok(store::note_closed(tx, user_id).await?);
    }
    let Some(moved) = inbox::decode::<MoneyMovedV1>(event)? else { return Ok(()) };
    if moved.kind != OperationKind::PeerPayment.code() {
        return Ok(());
    }
    let id: PeerPaymentId = moved.operation_id.parse().map_err(Failure::poison)?;
    let person = |id: Option<&str>| -> Result<UserId, Failure> {
        let id = id.ok_or_else(|| Failure::poison("a payment between people has both"))?;
        id.parse().map_err(Failure::poison)
    };
    let between = [person(moved.from.id.as_deref())?, person(moved.to.id.as_deref())?];
    let is_for_friends = moved.visibility.as_deref() == Some(FRIENDS);
    talk::save_peer_payment(tx, id, between, is_for_friends).await?;
    if is_for_friends {
        let onlookers = talk::list_onlookers(tx, id).await?;
        tell_onlookers(app, tx, id, &onlookers).await?;
    }
    Ok(())
}
