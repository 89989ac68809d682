//! What the graph has seen in accounts.

use std::collections::HashMap;

use events::graph::RiskReasonV1;
use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;
use values::{AccountRisk, UserId};

use super::{sql, unreadable};
use crate::domain::SeenRisk;

/// Keeps the newest version; an older one that arrives late changes nothing.
pub(crate) async fn save_seen_risk(
    tx: &mut Tx,
    account: UserId,
    SeenRisk { risk, reasons }: &SeenRisk,
    version: u32,
) -> Result<(), Error> {
    let reasons = serde_json::to_string(reasons).map_err(|error| Error::Other(error.into()))?;
    // `version` is assigned last: the assignments before it still see the stored one.
    tx.exec_drop(
        "INSERT INTO seen_risks (account_id, risk, reasons, version) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             risk = IF(VALUES(version) > version, VALUES(risk), risk),
             reasons = IF(VALUES(version) > version, VALUES(reasons), reasons),
             version = GREATEST(version, VALUES(version))",
        (account.uuid(), risk.code(), reasons, version),
    )
    .await
}

/// Of these accounts, those that are not normal. No lock: one that is said to be otherwise at this
/// moment may be judged by either.
pub(super) fn select(ids: &str) -> String {
    let normal = sql::text(AccountRisk::Normal.code());
    format!(
        "SELECT account_id, risk, reasons FROM seen_risks
         WHERE account_id IN ({ids}) AND risk <> {normal}"
    )
}

pub(super) fn read(rows: Vec<(Uuid, String, String)>) -> Result<HashMap<Uuid, SeenRisk>, Error> {
    let seen = |(account, risk, reasons): (Uuid, String, String)| {
        let risk = AccountRisk::from_code(&risk).ok_or_else(|| unreadable("a risk"))?;
        let reasons: Vec<RiskReasonV1> =
            serde_json::from_str(&reasons).map_err(|error| Error::Other(error.into()))?;
        Ok((account, SeenRisk { risk, reasons }))
    };
    rows.into_iter().map(seen).collect()
}
