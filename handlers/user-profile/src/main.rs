//! The custom handler of `user-profile`: `handler` serves, `handler migrate` migrates its schema.

use std::process::ExitCode;

use service::{Ended, StartError};
use user_profile::{App, Config, migrations, routes};

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
    service::serve("user-profile", routes(App::start(config)?)).await
}
