//! The service on a real database, called as the Functions host calls it, beside the schema that
//! payments' own migrations make.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

mod as_of;
mod bank_days;
mod books;
mod check;
mod days_in_the_life;
mod exports;
mod figures;
mod interrupted_exports;
mod member_takings;
mod replica;
mod spending;
mod statement_pdf;
mod statements;
mod takings;
mod transactions;

use blobs::BlobAddress;
use mysql_async::prelude::Queryable;
use payment_reporting::{App, Config, migrations, routes};
use serde_json::Value;
use service::Routes;
use testkit::{Answer, Call, Device, FreshDatabase, InProcess, TokenIssuer};
use values::{BusinessId, Product, UserId};

use crate::books::Books;

const ON_PAYMENTS: &str = "payment_reporting_on_payments";

/// The service with a database of its own, and the books that it reads.
struct Fixture {
    database: FreshDatabase,
    books: Books,
    issuer: TokenIssuer,
    app: App,
    routes: Routes,
}

/// A shop, and its owner signed in.
struct Shop {
    id: BusinessId,
    token: String,
}

impl Fixture {
    async fn new() -> Self {
        Self::of(Books::open().await).await
    }

    async fn of(books: Books) -> Self {
        let database = FreshDatabase::new(migrations()).await;
        let issuer = TokenIssuer::start().await;
        let blob_url = testkit::blob_endpoint();
        let app = App::start(Config {
            mysql_url: database.url.clone(),
            payments_mysql_url: books.reader_url.clone(),
            auth_url: issuer.auth_url.clone(),
            blob_address: BlobAddress::at(&blob_url, &blob_url).unwrap(),
            blob_credential: testkit::storage_credential(),
        })
        .unwrap();
        Self { database, books, issuer, routes: routes(app.clone()), app }
    }

    /// A shop that payments knows.
    async fn shop(&self) -> Shop {
        let (id, owner) = (BusinessId::new(), UserId::new());
        self.books.open_shop(id, owner).await;
        Shop { id, token: self.issuer.token(owner, Product::Business, &Device::new()) }
    }

    async fn deliver(&self, events: &[events::Envelope]) {
        testkit::deliver(&self.routes, ON_PAYMENTS, events).await;
    }

    async fn get(&self, token: &str, path: &str) -> Answer {
        Call::get(path).bearer(token).send(&self.routes).await
    }

    /// The hours of a shop in 2026 that add up to a million payments, 16 hours a day.
    async fn seed_year(&self, shop: BusinessId) {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        let hours = "(WITH RECURSIVE n AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM n
             WHERE n < 5839) SELECT n FROM n) AS hours";
        conn.query_drop("SET max_recursive_iterations = 10000").await.unwrap();
        // 1,000,000 = 5,840 × 171 + 1,360
        let sql = format!(
            "INSERT INTO takings SELECT 0x{}, '2026-01-01' + INTERVAL n DIV 16 DAY, 7 + n MOD 16,
                 171 + (n < 1360), 2200000, 3000, 2, 20000, 33000, 300 FROM {hours}",
            shop.uuid().simple()
        );
        conn.query_drop(sql).await.unwrap();
    }

    /// A report of a shop, as its owner reads it.
    async fn report(&self, shop: &Shop, report: &str) -> Value {
        // However long the test has taken to come to it.
        self.books.beat().await;
        self.get(&shop.token, &of_shop(shop.id, report)).await.expect(200)
    }
}

fn of_shop(id: BusinessId, report: &str) -> String {
    format!("/api/v1/reports/businesses/{id}/{report}")
}
