//! The service on a real database, called as the Functions host calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod articles;
mod feedback;
mod publication;
mod rate;
mod search;

use faq::{App, Article, Config, migrations, publish, routes};
use serde_json::Value;
use service::Routes;
use testkit::{Answer, Call, FreshDatabase, InProcess};

/// The service with a database of its own.
struct Fixture {
    database: FreshDatabase,
    routes: Routes,
}

impl Fixture {
    /// With nothing to read.
    async fn empty() -> Self {
        let database = FreshDatabase::new(migrations()).await;
        let app = App::start(Config { mysql_url: database.url.clone() }).unwrap();
        Self { database, routes: routes(app) }
    }

    /// With these articles.
    async fn with(articles: &[Article]) -> Self {
        let fixture = Self::empty().await;
        fixture.publish(articles).await;
        fixture
    }

    /// With the articles that the program brings.
    async fn real() -> Self {
        Self::with(&faq::articles().unwrap()).await
    }

    async fn publish(&self, articles: &[Article]) {
        publish(&self.database.database, articles).await.unwrap();
    }

    async fn get(&self, path: &str) -> Answer {
        Call::get(&format!("/api/v1/faq/{path}")).send(&self.routes).await
    }

    /// The JSON of an answer that must be 200.
    async fn read(&self, path: &str) -> Value {
        self.get(path).await.expect(200)
    }

    /// What a search finds, with this language to read in.
    async fn search(&self, text: &str, language: &str) -> Vec<Value> {
        let path = format!("search?q={}&language={language}", encoded(text));
        self.read(&path).await["articles"].as_array().unwrap().clone()
    }

    /// The slugs of what a search finds.
    async fn found(&self, text: &str) -> Vec<String> {
        slugs(&self.search(text, "en").await)
    }
}

fn slugs(articles: &[Value]) -> Vec<String> {
    articles.iter().map(|article| article["slug"].as_str().unwrap().to_owned()).collect()
}

/// A text in a query string.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// An article in `security` that says the same in all languages.
fn article(slug: &str, title: &str, body: &str) -> Article {
    let part = |language| format!("\n# {language}: {title}\nkeywords: none\n\n{body}\n");
    let parts = ["en", "zh-Hant", "zh-Hans"].map(part).concat();
    let file = format!("weight: 10\nrelated: {slug}\n{parts}");
    Article::parse(&format!("security/{slug}.md"), &file).unwrap()
}
