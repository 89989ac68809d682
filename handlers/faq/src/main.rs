//! The custom handler of `faq`: `handler` serves, `handler migrate` migrates its schema and
//! publishes the articles that the program brings.

use std::process::ExitCode;

use faq::{App, Config, NAME, articles, migrations, publish, routes};

fn main() -> ExitCode {
    service::run_and_publish(
        NAME,
        Config::from_env(),
        |config| &config.mysql_url,
        migrations(),
        async |database| publish(database, &articles()?).await,
        |config| Ok(routes(App::start(config)?)),
    )
}
