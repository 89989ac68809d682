//! Every URL and trigger of this service.

use service::{Api, Batch, Dependency, Error, Routes};

use crate::use_cases::{
    begin_export, check_takings, close_bank_difference, compare_takings, count_takings,
    explain_bank_difference, link_export, list_bank_days, list_bank_differences, list_exports,
    list_found_movements, list_transactions, read_bank_day, read_daily_takings, read_export,
    read_hourly_takings, read_member_takings, read_spending, read_statement,
    read_transaction_table, reconcile_bank, reconcile_bank_day, reopen_bank_difference,
    write_exports,
};
use crate::{App, NAME, REFUSALS};

/// All routes.
pub fn routes(app: App) -> Routes {
    const BY_DAY: &str = "/api/v1/reports/businesses/{business_id}/takings-by-day";
    const BY_HOUR: &str = "/api/v1/reports/businesses/{business_id}/takings-by-hour";
    const BY_MEMBER: &str = "/api/v1/reports/businesses/{business_id}/takings-by-member";
    const COMPARED: &str = "/api/v1/reports/businesses/{business_id}/takings-comparison";
    const TRANSACTIONS: &str = "/api/v1/reports/businesses/{business_id}/transactions";
    const TABLE: &str = "/api/v1/reports/businesses/{business_id}/transaction-table";
    const STATEMENT: &str = "/api/v1/reports/statements/{month}";
    const SPENDING: &str = "/api/v1/reports/spending";
    const FOUND: &str = "/api/v1/reports/movements";
    const EXPORTS: &str = "/api/v1/payment-exports";
    const EXPORT: &str = "/api/v1/payment-exports/{export_id}";
    const DOWNLOAD: &str = "/api/v1/payment-exports/{export_id}/download-link";
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    bank(Api::new(NAME, "Payment reporting", app.clone(), &app.tokens))
        .refuses(REFUSALS)
        .get(BY_DAY, "Reads what a shop took, day by day.", read_daily_takings)
        .get(BY_HOUR, "Reads what a shop took on a day, hour by hour.", read_hourly_takings)
        .get(BY_MEMBER, "Reads what a shop took, by who asked for it.", read_member_takings)
        .get(COMPARED, "Reads what a shop took, beside the week before.", compare_takings)
        .get(TRANSACTIONS, "Lists what a shop was paid and gave back.", list_transactions)
        .get(TABLE, "Reads what a shop was paid and gave back, as CSV.", read_transaction_table)
        .get(
            STATEMENT,
            "Reads a month of the caller's own wallet: data, CSV or PDF.",
            read_statement,
        )
        .get(SPENDING, "Reads what the caller spent at shops, by category.", read_spending)
        .get(FOUND, "Searches what moved in the caller's own wallet.", list_found_movements)
        .post(EXPORTS, "Asks for a file of what a shop was paid and gave back.", begin_export)
        .get(EXPORTS, "Lists the files that a shop was asked for.", list_exports)
        .get(EXPORT, "Reads how far a file is.", read_export)
        .get(DOWNLOAD, "Gives a link to a file, for a few minutes.", link_export)
        .on_events("payment_reporting_on_payments", on_payments)
        .on_timer("payment_reporting_check_takings", check_takings)
        .on_timer("payment_reporting_reconcile_bank", reconcile_bank)
        .on_timer("payment_reporting_write_exports", write_exports)
        .finish(dependencies)
}

/// For staff; statements are brought by operators, whom the Functions host lets in by the
/// function's key.
fn bank(api: Api<App>) -> Api<App> {
    const DAY: &str = "/api/v1/bank-days/{day}";
    const DIFFERENCES: &str = "/api/v1/bank-days/{day}/differences";
    const EXPLAIN: &str = "/api/v1/bank-days/{day}/differences/{bank_difference_id}/explain";
    const CLOSE: &str = "/api/v1/bank-days/{day}/differences/{bank_difference_id}/close";
    const REOPEN: &str = "/api/v1/bank-days/{day}/differences/{bank_difference_id}/reopen";
    api.get("/api/v1/bank-days", "Lists the days that were compared with the bank.", list_bank_days)
        .get(DAY, "Reads how far a day is that was compared with the bank.", read_bank_day)
        .get(DIFFERENCES, "Lists where the bank and our ledger differ.", list_bank_differences)
        .post(EXPLAIN, "Says why a difference is right, or what mends it.", explain_bank_difference)
        .post(CLOSE, "Agrees to what somebody else has explained.", close_bank_difference)
        .post(REOPEN, "Says that an explanation explains nothing.", reopen_bank_difference)
        .put(
            "/api/v1/bank-statements/{day}",
            "Compares the bank's statement of a day with our ledger, once.",
            reconcile_bank_day,
        )
}

async fn on_payments(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume_together(&app.database, batch, |tx, events| Box::pin(count_takings(tx, events)))
        .await
}
