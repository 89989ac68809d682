//! The custom handler of `graph`: `handler` serves, `handler migrate` migrates its schema.

use std::process::ExitCode;

use graph::{App, Config, NAME, migrations, routes};

fn main() -> ExitCode {
    service::run(
        NAME,
        Config::from_env(),
        |config| &config.mysql_url,
        migrations(),
        |config| Ok(routes(App::start(config)?)),
    )
}
