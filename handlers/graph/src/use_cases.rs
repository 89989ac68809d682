//! What this service does, one file each.

mod assess_accounts;
mod bound;
mod clear_account;
mod export_neighbourhood;
mod forget_account;
mod graph_cost;
mod list_graph_looks;
mod look;
mod project_events;
mod read_account_risk;
mod read_counterparties;
mod read_graph_account;
mod read_neighbourhood;
mod read_path;
mod read_payment_flow;
mod rebuild_day;
mod tied;
mod verify_day;
mod verify_yesterday;
mod walk;

pub(crate) use assess_accounts::assess_accounts;
pub(crate) use clear_account::clear_account;
pub(crate) use export_neighbourhood::export_neighbourhood;
pub(crate) use forget_account::forget_account;
pub(crate) use list_graph_looks::list_graph_looks;
pub(crate) use project_events::project_events;
pub(crate) use read_account_risk::read_account_risk;
pub(crate) use read_counterparties::read_counterparties;
pub(crate) use read_graph_account::read_graph_account;
pub(crate) use read_neighbourhood::read_neighbourhood;
pub(crate) use read_path::read_path;
pub(crate) use read_payment_flow::read_payment_flow;
pub(crate) use rebuild_day::rebuild_day;
pub(crate) use verify_day::verify_day;
pub use verify_yesterday::compare_yesterday;
pub(crate) use verify_yesterday::verify_yesterday;
