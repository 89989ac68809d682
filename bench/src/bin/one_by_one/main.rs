//! `one-by-one`: the reference that the service's engine is measured against. It stands in the
//! place of its handler, behind the same host, on the same schema, and makes each payment in a
//! transaction of its own, as the service did before. It is no part of any product.
//!
//! What one payment costs is all it shares with the service: the same token, key and signature are
//! checked, the same rows written and the same events appended. It leaves out what no load asks
//! for: a repeat under a used key is refused rather than answered again.

mod pay;
mod store;

use std::process::ExitCode;

use outbox::Outbox;
use payments::{Config, NAME, migrations};
use service::database::{self, Database};
use service::{Api, ConfigError, Dependency, Routes, TokenVerifier};

/// What the route works with.
#[derive(Clone)]
struct App {
    database: Database,
    outbox: Outbox,
}

fn main() -> ExitCode {
    service::run(NAME, Config::from_env(), |config| &config.mysql_url, migrations(), routes)
}

fn routes(config: Config) -> Result<Routes, ConfigError> {
    let database = database::connect("PAYMENTS_MYSQL_URL", &config.mysql_url)?;
    let outbox = Outbox::start(database.clone(), config.hub)?;
    let tokens = TokenVerifier::follow(&config.auth_url)?;
    let dependencies = vec![Dependency::MySql(database.clone())];
    let api = Api::new(NAME, "Payments, one by one", App { database, outbox }, &tokens);
    let api = api.refuses(pay::REFUSALS);
    Ok(api.post("/api/v1/payments", "Pays a shop's request.", pay::pay).finish(dependencies))
}
