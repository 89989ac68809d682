//! The custom handler of `business-profile`: `handler` serves, `handler migrate` migrates its
//! schema.

use std::process::ExitCode;

use business_profile::{App, Config, migrations, routes};
use service::{Ended, StartError};

#[tokio::main]
async fn main() -> ExitCode {
    service::init_logs();
    service::exit_code(run().await)
}

async fn run() -> Result<Ended, StartError> {
    let config = Config::from_env()?;
    if service::is_migration() {
        return service::database::migrate(&config.mysql_url, migrations()).await;
    }
    service::serve("business-profile", routes(App::start(config)?)).await
}
