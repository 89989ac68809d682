//! The hub is asked what became of some pushes: a device that has the app no more is pushed to no
//! more.

use futures_util::{StreamExt, stream};
use service::Error;
use service::database::Database;

use crate::push_hub::{Arrival, PushHub};
use crate::store::push_tokens::{self, TokenCheck};

/// Messages that one call asks about: with what a hub that does not answer takes, well within the
/// timer's half minute.
const CHECKS_MAX: usize = 48;
const AT_ONCE: usize = 16;
/// When the hub is asked again of what it could not tell.
const AGAIN_SECONDS: u64 = 15 * 60;

pub(crate) async fn check_push_tokens(database: &Database, hub: &PushHub) -> Result<(), Error> {
    let mut conn = database.conn().await?;
    let checks = push_tokens::list_checks(&mut conn, CHECKS_MAX).await?;
    drop(conn);
    let ask = async |check: TokenCheck| (hub.ask(&check.hub_message_id).await, check);
    let asked: Vec<(Arrival, TokenCheck)> =
        stream::iter(checks).map(ask).buffer_unordered(AT_ONCE).collect().await;
    let mut conn = database.conn().await?;
    for (arrival, check) in asked {
        match arrival {
            Arrival::Dead => push_tokens::delete_checked(&mut conn, &check).await?,
            Arrival::Over => push_tokens::end_check(&mut conn, &check).await?,
            Arrival::Unknown => {
                push_tokens::put_check_off(&mut conn, &check, AGAIN_SECONDS).await?
            }
        }
    }
    Ok(())
}
