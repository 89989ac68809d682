//! Every URL and trigger of this service.

use service::{Api, Batch, Dependency, Error, Routes};

use crate::use_cases::{
    begin_export, check_takings, compare_takings, count_takings, link_export, list_exports,
    list_found_movements, list_transactions, read_daily_takings, read_export, read_hourly_takings,
    read_statement, read_transaction_table, write_exports,
};
use crate::{App, NAME, REFUSALS};

/// All routes.
pub fn routes(app: App) -> Routes {
    const BY_DAY: &str = "/api/v1/reports/businesses/{business_id}/takings-by-day";
    const BY_HOUR: &str = "/api/v1/reports/businesses/{business_id}/takings-by-hour";
    const COMPARED: &str = "/api/v1/reports/businesses/{business_id}/takings-comparison";
    const TRANSACTIONS: &str = "/api/v1/reports/businesses/{business_id}/transactions";
    const TABLE: &str = "/api/v1/reports/businesses/{business_id}/transaction-table";
    const STATEMENT: &str = "/api/v1/reports/statements/{month}";
    const FOUND: &str = "/api/v1/reports/movements";
    const EXPORTS: &str = "/api/v1/payment-exports";
    const EXPORT: &str = "/api/v1/payment-exports/{export_id}";
    const DOWNLOAD: &str = "/api/v1/payment-exports/{export_id}/download-link";
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    Api::new(NAME, "Payment reporting", app.clone(), &app.tokens)
        .refuses(REFUSALS)
        .get(BY_DAY, "Reads what a shop took, day by day.", read_daily_takings)
        .get(BY_HOUR, "Reads what a shop took on a day, hour by hour.", read_hourly_takings)
        .get(COMPARED, "Reads what a shop took, beside the week before.", compare_takings)
        .get(TRANSACTIONS, "Lists what a shop was paid and gave back.", list_transactions)
        .get(TABLE, "Reads what a shop was paid and gave back, as CSV.", read_transaction_table)
        .get(STATEMENT, "Reads a month of the caller's own wallet, as data or CSV.", read_statement)
        .get(FOUND, "Searches what moved in the caller's own wallet.", list_found_movements)
        .post(EXPORTS, "Asks for a file of what a shop was paid and gave back.", begin_export)
        .get(EXPORTS, "Lists the files that a shop was asked for.", list_exports)
        .get(EXPORT, "Reads how far a file is.", read_export)
        .get(DOWNLOAD, "Gives a link to a file, for a few minutes.", link_export)
        .on_events("payment_reporting_on_payments", on_payments)
        .on_timer("payment_reporting_check_takings", check_takings)
        .on_timer("payment_reporting_write_exports", write_exports)
        .finish(dependencies)
}

async fn on_payments(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume_together(&app.database, batch, |tx, events| Box::pin(count_takings(tx, events)))
        .await
}
