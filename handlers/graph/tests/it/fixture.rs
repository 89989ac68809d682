//! The service with a database of its own, in an account that all tests share; a ledger to compare
//! with; and money that moves between its people.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use azure_data_cosmos::{
    AccountReference, ContainerClient, CosmosClient, CosmosRuntime, FeedScope, Query,
    RoutingStrategy,
};
use events::Envelope;
use events::payments::{MoneyMovedV1, SideV1};
use futures_util::TryStreamExt;
use graph::{App, Config, migrations, routes};
use mysql_async::prelude::Queryable;
use serde_json::{Map, Value};
use service::Routes;
use testkit::{Answer, Call, FreshDatabase, InProcess, TokenIssuer, event, unreachable_hub};
use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime};
use uuid::{NoContext, Timestamp, Uuid};
use values::{BusinessId, StaffRole, UserId, hong_kong_day, hong_kong_midnight};

pub(crate) const ON_PAYMENTS: &str = "graph_on_payments";
pub(crate) const ON_SOCIAL: &str = "graph_on_social";
const OPERATIONS: &str = include_str!("../../../payments/migrations/V0025__operations.sql");
const PARCELS: &str = include_str!("../../../payments/migrations/V0053__parcels.sql");

pub(crate) struct Fixture {
    pub(crate) database: FreshDatabase,
    pub(crate) issuer: TokenIssuer,
    pub(crate) app: App,
    pub(crate) routes: Routes,
    /// Yesterday in Hong Kong.
    pub(crate) day: Date,
}

/// Money that moves: its event, and its row of the ledger.
#[derive(Debug, Clone)]
pub(crate) struct Money {
    pub(crate) event: Envelope,
    pub(crate) operation: String,
    id: Uuid,
    kind: &'static str,
    from: Uuid,
    to: Uuid,
    amount: i64,
    at: OffsetDateTime,
    parcel: Option<(Uuid, Uuid)>,
}

/// Who gives and who takes, of a person, another, a shop and what waits in escrow.
type Sides = fn(Side, Side, Side, Side) -> [Side; 2];

/// A side of a movement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Side {
    Person(UserId),
    Shop(BusinessId),
    Bank,
    Escrow(UserId),
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let database = FreshDatabase::new(migrations()).await;
        let mut conn = database.pool.get_conn().await.unwrap();
        conn.query_drop(OPERATIONS).await.unwrap();
        conn.query_drop(PARCELS).await.unwrap();
        let issuer = TokenIssuer::start().await;
        let app = app(&database, &issuer, &cosmos_url());
        let day = hong_kong_day(OffsetDateTime::now_utc()).previous_day().unwrap();
        Self { database, issuer, routes: routes(app.clone()), app, day }
    }

    /// Another instance, which remembers nothing.
    pub(crate) fn restarted(self) -> Self {
        let app = app(&self.database, &self.issuer, &cosmos_url());
        Self { routes: routes(app.clone()), app, ..self }
    }

    /// An instance that finds no account.
    pub(crate) fn without_cosmos(&self) -> App {
        app(&self.database, &self.issuer, "https://127.0.0.1:9/")
    }

    pub(crate) async fn deliver(&self, function: &str, events: &[Envelope]) {
        testkit::deliver(&self.routes, function, events).await;
    }

    pub(crate) fn staff(&self, roles: &[StaffRole]) -> String {
        self.issuer.staff_token("wong.tm@example.com".to_owned().try_into().unwrap(), roles)
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        Call::get(path).bearer(token).send(&self.routes).await
    }

    pub(crate) async fn see(&self, path: &str) -> Value {
        self.get(&self.staff(&[StaffRole::Reviewer]), path).await.expect(200)
    }

    /// The account of the graph that is somebody's.
    pub(crate) async fn account_of(&self, customer: impl ToString) -> String {
        let path = format!("/api/v1/graph/customers/{}", customer.to_string());
        self.see(&path).await["account_id"].as_str().unwrap().to_owned()
    }

    /// Runs the timer that looks at accounts, so often that it comes to the end of the feed, in
    /// which the documents of all tests are.
    pub(crate) async fn assess(&self) {
        const RUNS: u32 = 4;
        for _ in 0..RUNS {
            assert_eq!(Self::look(&self.app).await, 200);
        }
    }

    /// One run of that timer.
    pub(crate) async fn look(app: &App) -> u16 {
        let call = Call::post("/graph_assess_accounts").json(&serde_json::json!({}));
        call.send(&routes(app.clone())).await.status
    }

    pub(crate) async fn execute(&self, sql: &str) {
        self.database.pool.get_conn().await.unwrap().query_drop(sql).await.unwrap();
    }

    pub(crate) async fn verify(&self) -> Value {
        let path = format!("/api/v1/graph-books/days/{}", self.day);
        Call::get(&path).send(&self.routes).await.expect(200)
    }

    /// Writes the day again, part by part, and tells how many movements each had.
    pub(crate) async fn rebuild(&self) -> Vec<u64> {
        let (mut parts, mut after) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/graph-books/days/{}{after}", self.day);
            let call = Call::new("PUT", &path);
            let part = call.send(&self.routes).await.expect(200);
            parts.push(part["movement_count"].as_u64().unwrap());
            let Some(next) = part["continue_after"].as_str() else { return parts };
            after = format!("?after={next}");
        }
    }

    pub(crate) async fn forget(&self, customer: impl ToString) {
        let path = format!("/api/v1/graph-books/customers/{}", customer.to_string());
        Call::new("DELETE", &path).send(&self.routes).await.expect(204);
    }

    /// Writes the rows that payments would have.
    pub(crate) async fn book(&self, all: &[Money]) {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        for money in all {
            conn.exec_drop(
                "INSERT INTO operations (operation_id, kind, state, parent_id, from_account_id,
                     from_name, to_account_id, to_name, amount, moved, currency, created_at,
                     ended_at)
                 VALUES (?, ?, 'completed', ?, ?, '', ?, '', ?, ?, 'HKD', ?, ?)",
                (
                    money.id,
                    money.kind,
                    money.parcel.map(|(id, _)| id),
                    money.from,
                    money.to,
                    money.amount,
                    money.amount,
                    database_time(money.at),
                    database_time(money.at),
                ),
            )
            .await
            .unwrap();
            let Some((parcel, sender)) = money.parcel else { continue };
            conn.exec_drop(
                "INSERT INTO parcels (parcel_id, kind, sender_id, sender_name, amount, currency,
                     split, secret_digest, sealed_secret, status, created_at, expires_at)
                 VALUES (?, 'pay-link', ?, '', 1, 'HKD', 'equal', ?, '', 'open', NOW(), NOW())",
                (parcel, sender, [0_u8; 32].as_slice()),
            )
            .await
            .unwrap();
        }
    }

    /// Money that moved so many seconds after noon of the day.
    pub(crate) fn money(
        &self,
        kind: &'static str,
        [from, to]: [Side; 2],
        amount: i64,
        second: i64,
    ) -> Money {
        let noon = hong_kong_midnight(self.day) + Duration::hours(12);
        let at = noon + Duration::seconds(second) + Duration::microseconds(789_123);
        Money::at(kind, [from, to], amount, at)
    }

    /// Some of each kind, between a few people and two shops.
    pub(crate) fn much_money(&self, count: i64) -> Vec<Money> {
        let people: Vec<Side> = (0..5).map(|_| Side::Person(UserId::new())).collect();
        let shops = [(); 2].map(|()| Side::Shop(BusinessId::new()));
        let escrow = |side: Side| Side::Escrow(UserId::from_uuid(side.uuid()));
        let kinds: [(&str, Sides); 11] = [
            ("top-up", |one, _, _, _| [Side::Bank, one]),
            ("payment", |one, _, shop, _| [one, shop]),
            ("peer-payment", |one, other, _, _| [one, other]),
            ("refund", |one, _, shop, _| [shop, one]),
            ("withdrawal", |one, _, _, _| [one, Side::Bank]),
            ("fps-payment", |one, _, _, _| [one, Side::Bank]),
            ("settlement", |_, _, shop, _| [shop, Side::Bank]),
            ("pay-link", |one, _, _, escrow| [one, escrow]),
            ("red-packet", |one, _, _, escrow| [one, escrow]),
            ("claim", |_, other, _, escrow| [escrow, other]),
            ("return", |one, _, _, escrow| [escrow, one]),
        ];
        let pick = |number: i64, length: usize| usize::try_from(number).unwrap() % length;
        let one = |number: i64| {
            let (kind, sides) = kinds[pick(number, kinds.len())];
            let payer = people[pick(number, 5)];
            let payee = people[pick(number + 1 + number % 4, 5)];
            let shop = shops[pick(number / 10, 2)];
            let sides = sides(payer, payee, shop, escrow(payer));
            self.money(kind, sides, 100 + number, number)
        };
        (0..count).map(one).collect()
    }
}

impl Money {
    /// Money that moved at this moment.
    pub(crate) fn at(
        kind: &'static str,
        [from, to]: [Side; 2],
        amount: i64,
        at: OffsetDateTime,
    ) -> Self {
        let (seconds, nanoseconds) = (at.unix_timestamp(), at.nanosecond());
        let id =
            Uuid::new_v7(Timestamp::from_unix(NoContext, seconds.try_into().unwrap(), nanoseconds));
        let operation = operation_id(kind, id);
        let moved = moved(kind, &operation, [from, to], amount, at);
        let parcel = match from {
            Side::Escrow(sender) => Some((Uuid::now_v7(), sender.uuid())),
            Side::Person(_) | Side::Shop(_) | Side::Bank => None,
        };
        let event = event(&operation, &moved);
        let (from, to) = (from.uuid(), to.uuid());
        Self { event, operation, id, kind, from, to, amount, at, parcel }
    }
}

impl Side {
    fn uuid(self) -> Uuid {
        match self {
            Self::Person(id) => id.uuid(),
            Self::Shop(id) => id.uuid(),
            Self::Bank | Self::Escrow(_) => Uuid::from_u128(1),
        }
    }

    fn told(self) -> SideV1 {
        let (side_type, id) = match self {
            Self::Person(id) => ("user", Some(id.to_string())),
            Self::Shop(id) => ("business", Some(id.to_string())),
            Self::Bank => ("bank", None),
            Self::Escrow(id) => ("escrow", Some(id.to_string())),
        };
        SideV1 {
            side_type: side_type.to_owned(),
            id,
            name: "CHAN TAI MAN".to_owned(),
            told_user_id: None,
        }
    }
}

fn moved(
    kind: &str,
    operation: &str,
    sides: [Side; 2],
    amount: i64,
    at: OffsetDateTime,
) -> MoneyMovedV1 {
    MoneyMovedV1 {
        reference: Some("TABLE 12".to_owned()),
        note: Some("dim sum".to_owned()),
        moved_at: at.to_offset(time::UtcOffset::UTC).format(&Rfc3339).unwrap(),
        ..testkit::money_moved(kind, operation, sides.map(Side::told), amount)
    }
}

fn operation_id(kind: &str, id: Uuid) -> String {
    let prefix = match kind {
        "top-up" => "top",
        "payment" => "pay",
        "peer-payment" => "ppay",
        "refund" => "rfd",
        "withdrawal" => "wdr",
        "fps-payment" => "fpay",
        "settlement" => "stl",
        "pay-link" => "plnk",
        "red-packet" => "rpkt",
        "claim" => "clm",
        _ => "rtn",
    };
    UserId::from_uuid(id).to_string().replacen("usr", prefix, 1)
}

fn database_time(at: OffsetDateTime) -> PrimitiveDateTime {
    let at = at.to_offset(time::UtcOffset::UTC);
    PrimitiveDateTime::new(at.date(), at.time())
}

fn cosmos_url() -> String {
    std::env::var("TEST_COSMOS_URL").unwrap()
}

fn identity() -> Arc<dyn TokenCredential> {
    testkit::vault_credential()
}

fn app(database: &FreshDatabase, issuer: &TokenIssuer, cosmos_endpoint: &str) -> App {
    App::start(Config {
        mysql_url: database.url.clone(),
        auth_url: issuer.auth_url.clone(),
        cosmos_endpoint: cosmos_endpoint.to_owned(),
        identity: identity(),
        index_key: vec![7; 32],
        payments_mysql_url: database.url.clone(),
        hub: unreachable_hub("graph"),
    })
    .unwrap()
}

/// The container, to look and to meddle behind the service.
pub(crate) async fn container() -> ContainerClient {
    let endpoint: azure_core::http::Url = cosmos_url().parse().unwrap();
    let account = AccountReference::with_credential(endpoint.into(), identity());
    let routing = RoutingStrategy::PreferredRegions(Vec::new());
    // The connections of the process would end with the test that opened them.
    let runtime = CosmosRuntime::builder().build().await.unwrap();
    let client = CosmosClient::builder().with_runtime(runtime);
    let client = client.build(account, routing).await.unwrap();
    client.database_client("graph").container_client("elements", None).await.unwrap()
}

/// All documents of these accounts, and of their months.
pub(crate) async fn documents_of(accounts: &[String]) -> Vec<Map<String, Value>> {
    let all = Query::from("SELECT * FROM c");
    let scope = FeedScope::full_container();
    let found = container().await.query_items::<Map<String, Value>>(all, scope, None).await;
    let found: Vec<Map<String, Value>> = found.unwrap().try_collect().await.unwrap();
    let is_theirs = |document: &Map<String, Value>| {
        let partition = document["partition"].as_str().unwrap();
        accounts.iter().any(|account| partition.starts_with(account.as_str()))
    };
    found.into_iter().filter(is_theirs).collect()
}
