//! The custom handler of `qr-code`: `handler` serves, `handler migrate` migrates its schema.

use std::process::ExitCode;

use qr_code::{App, Config, migrations, routes};
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
    service::serve("qr-code", routes(App::start(config)?)).await
}
