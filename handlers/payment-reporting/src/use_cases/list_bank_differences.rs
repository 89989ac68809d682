//! Staff see where the bank's statement of a day and our ledger differ.

use serde::{Deserialize, Serialize};
use service::{Error, Id, Json, List, Page, Staff};
use utoipa::{IntoParams, ToSchema};
use values::{Balance, BankDifferenceId, HongKongDate, Operator, Reason};

use crate::domain::{BankDifference, DifferenceStatus, DifferenceType, Explanation};
use crate::{App, store};

/// Which differences.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListBankDifferences {
    /// Those that stand like this; all if absent.
    #[param(inline)]
    status: Option<DifferenceStatus>,
}

/// Where the bank and our ledger differ. Amounts are as the bank's account sees them: negative if
/// they left it.
#[derive(Serialize, ToSchema)]
pub(crate) struct BankDifferenceBody {
    bank_difference_id: BankDifferenceId,
    /// In Hong Kong.
    day: HongKongDate,
    difference: DifferenceType,
    status: DifferenceStatus,
    /// The end-to-end reference: the id of the operation, if the bank names one of ours.
    #[schema(example = "wdr_01h455vb4pex5vsknk084sn02q")]
    reference: Option<String>,
    /// The bank's own; null where it gives none, or has no such movement.
    bank_reference: Option<String>,
    /// What kind of movement the bank says that it is, by ISO 20022's code list.
    #[schema(example = "CHRG")]
    bank_code: Option<String>,
    bank_amount: Balance,
    ledger_amount: Balance,
    /// The day on which its other side came; null while it has not.
    matched_on: Option<HongKongDate>,
    explanation: Option<Reason>,
    explained_by: Option<Operator>,
    /// Who agreed; null if nobody, or if its other side came.
    closed_by: Option<Operator>,
    /// What a decision names in `If-Match`.
    #[schema(value_type = u64, maximum = 4_294_967_295_u64)]
    version: u32,
}

impl From<BankDifference> for BankDifferenceBody {
    fn from(row: BankDifference) -> Self {
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        let (explanation, explained_by) =
            row.explanation.map(|Explanation { reason, name, .. }| (reason, name)).unzip();
        Self {
            bank_difference_id: row.id,
            day: HongKongDate(row.day),
            difference: row.difference,
            status: row.status,
            reference: row.reference,
            bank_reference: given(row.bank_reference),
            bank_code: given(row.bank_code),
            bank_amount: Balance::hkd(row.bank_amount),
            ledger_amount: Balance::hkd(row.ledger_amount),
            matched_on: row.matched_on.map(HongKongDate),
            explanation,
            explained_by,
            closed_by: row.closed_by,
            version: row.version,
        }
    }
}

pub(crate) async fn list_bank_differences(
    app: App,
    Id(HongKongDate(day)): Id<HongKongDate>,
    by: Staff,
    list: List<ListBankDifferences>,
) -> Result<Json<Page<BankDifferenceBody>>, Error> {
    by.require_reviewing()?;
    let paging = list.of(day)?;
    let (status, mut conn) = (list.filter.status, app.database.conn().await?);
    let list = store::bank_differences::list_differences;
    let rows = list(&mut conn, day, status, &paging).await?;
    let place = |row: &BankDifference| row.id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, BankDifferenceBody::from)))
}
