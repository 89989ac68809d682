//! Every URL and trigger of this service.

use std::sync::Arc;

use futures_util::FutureExt;
use service::{Api, Dependency, Probe, Routes};

use crate::use_cases::{
    assess_accounts, clear_account, export_neighbourhood, forget_account, list_graph_looks,
    project_events, read_account_risk, read_counterparties, read_graph_account, read_neighbourhood,
    read_path, read_payment_flow, rebuild_day, verify_day, verify_yesterday,
};
use crate::{App, NAME, REFUSALS};

const OF_CUSTOMER: &str = "/api/v1/graph/customers/{account_id}";
const NEIGHBOURHOOD: &str = "/api/v1/graph/accounts/{account_id}/neighbourhood";
const EXPORT: &str = "/api/v1/graph/accounts/{account_id}/export";
const PATHS: &str = "/api/v1/graph/accounts/{account_id}/paths";
const COUNTERPARTIES: &str = "/api/v1/graph/accounts/{account_id}/counterparties";
const RISK: &str = "/api/v1/graph/accounts/{account_id}/risk";
const CLEARANCE: &str = "/api/v1/graph/accounts/{account_id}/clearance";
const FLOW: &str = "/api/v1/graph/payments/{operation_id}/flow";
const LOOKS: &str = "/api/v1/graph/looks";
// For operators, off the public's paths.
const FORGET: &str = "/api/v1/graph-books/customers/{account_id}";
const DAY: &str = "/api/v1/graph-books/days/{day}";

/// All routes.
pub fn routes(app: App) -> Routes {
    let elements = app.elements.clone();
    let cosmos: Probe = Arc::new(move || {
        let elements = elements.clone();
        async move { elements.is_ready().await }.boxed()
    });
    let dependencies =
        vec![Dependency::MySql(app.database.clone()), Dependency::Other("cosmos", cosmos)];
    Api::new(NAME, "Graph", app.clone(), &app.tokens)
        .refuses(REFUSALS)
        .get(OF_CUSTOMER, "Tells staff which account of the graph is whose.", read_graph_account)
        .get(NEIGHBOURHOOD, "Shows staff who is near an account.", read_neighbourhood)
        .get(EXPORT, "Gives staff who is near an account, as a file.", export_neighbourhood)
        .get(PATHS, "Shows staff the shortest way of money between two accounts.", read_path)
        .get(COUNTERPARTIES, "Shows staff with whom an account deals.", read_counterparties)
        .get(RISK, "Shows staff how an account looks, and why.", read_account_risk)
        .put(CLEARANCE, "Calls normal what was seen of an account.", clear_account)
        .get(
            FLOW,
            "Shows staff where the money of a payment came from and went.",
            read_payment_flow,
        )
        .get(LOOKS, "Lists who of staff looked at what, newest first.", list_graph_looks)
        .delete(FORGET, "Forgets whose an account of the graph is.", forget_account)
        .get(DAY, "Compares a day of the graph with the ledger.", verify_day)
        .put(DAY, "Writes a day of the ledger into the graph again.", rebuild_day)
        .on_events("graph_on_payments", project_events)
        .on_events("graph_on_social", project_events)
        .on_events("graph_on_auth", project_events)
        .on_events("graph_on_onboarding", project_events)
        .on_events("graph_on_business_profile", project_events)
        .on_timer("graph_assess_accounts", assess_accounts)
        .on_timer("graph_verify_yesterday", verify_yesterday)
        .finish(dependencies)
}
