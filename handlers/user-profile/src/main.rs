//! The custom handler of `user-profile`: `handler` serves, `handler migrate` migrates its schema.

use service::StartError;
use user_profile::{App, Config, migrations, routes};

#[tokio::main]
async fn main() -> Result<(), StartError> {
    service::init_logs();
    let config = Config::from_env()?;
    if service::is_migration() {
        return service::database::migrate(&config.mysql_url, migrations()).await;
    }
    service::serve("user-profile", routes(App::start(config)?)).await
}
