//! The graph says how somebody's wallet looks: what leaves it is judged by that from now on.

use events::Envelope;
use events::graph::AccountRiskChangedV1;
use inbox::Failure;
use service::database::Tx;
use values::{AccountRisk, UserId};

use crate::domain::SeenRisk;
use crate::store;

pub(crate) async fn learn_risk(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(changed) = inbox::decode::<AccountRiskChangedV1>(event)? else { return Ok(()) };
    let account: UserId = changed.account_id.parse().map_err(Failure::poison)?;
    let risk = AccountRisk::from_code(&changed.level);
    let risk = risk.ok_or_else(|| Failure::poison("the level is unknown"))?;
    let seen = SeenRisk { risk, reasons: changed.reasons };
    Ok(store::seen_risks::save_seen_risk(tx, account, &seen, changed.version).await?)
}
