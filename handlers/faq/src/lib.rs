//! Answers to what customers ask: articles in three languages, found by words in any of them.
//!
//! Reading order: `articles/` (the texts, one file each; `README.md` says how to write one),
//! `routes` (every URL), `use_cases` (one file each), `domain` (the form of an article, the figures
//! in it, and what is searched for: pure), `store` (all SQL), `config` (every setting).

mod config;
#[cfg(test)]
mod content;
mod domain;
mod routes;
mod store;
mod use_cases;

use service::database::{self, Database};
use service::{ConfigError, TokenVerifier};

pub use config::Config;
pub use domain::{Article, REFUSALS};
pub use routes::routes;
pub use use_cases::publish;

/// The service's name: of its folders and its health.
pub const NAME: &str = "faq";

/// The files of `articles/`: path and text. Public for the test that makes many more of them.
pub const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/articles.rs"));

/// What every route works with.
#[derive(Clone)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) tokens: TokenVerifier,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        let database = database::connect("FAQ_MYSQL_URL", &config.mysql_url)?;
        Ok(Self { database, tokens: TokenVerifier::of_nobody() })
    }
}

/// The articles that the program brings.
///
/// # Errors
/// The first file that is not in the form of an article. The tests read all of them.
pub fn articles() -> Result<Vec<Article>, mysql_async::Error> {
    let read = |(path, text): &(&str, &str)| Article::parse(path, text);
    let articles: Result<Vec<Article>, _> = FILES.iter().map(read).collect();
    articles.map_err(|error| mysql_async::Error::Other(error.into()))
}

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The migrations of this service's schema.
pub fn migrations() -> refinery::Runner {
    embedded::migrations::runner()
}
