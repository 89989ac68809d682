//! The service with stores of its own, an applicant, and what `ocr` would tell.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use blobs::BlobAddress;
use events::Envelope;
use events::ocr::{DocumentReadV1, FieldV1, ReadingV1};
use events::onboarding::{ApplicationChangedV1, PersonVerificationChangedV1};
use mysql_async::prelude::Queryable;
use onboarding::{App, Config, migrations, routes};
use sealed::SealingKey;
use serde_json::{Value, json};
use service::Routes;
use testkit::{
    Answer, BlobContainer, Call, Device, FreshDatabase, InProcess, TokenIssuer, unreachable_hub,
};
use uuid::Uuid;
use values::{Operator, Product, StaffId, StaffRole, UserId};

pub(crate) const APPLICATIONS: &str = "/api/v1/onboarding/applications";
pub(crate) const REVIEWS: &str = "/api/v1/onboarding/reviews";
pub(crate) const ON_OCR: &str = "onboarding_on_ocr";
pub(crate) const TIMER: &str = "onboarding_do_what_is_due";

/// The length that all uploads announce.
pub(crate) const LENGTH: u64 = 1000;

pub(crate) struct Fixture {
    pub(crate) database: FreshDatabase,
    pub(crate) issuer: TokenIssuer,
    pub(crate) app: App,
    pub(crate) routes: Routes,
    pub(crate) documents_key: SealingKey,
}

/// Somebody who applies.
pub(crate) struct Applicant {
    pub(crate) user_id: UserId,
    pub(crate) token: String,
}

/// A member of staff.
pub(crate) struct Colleague {
    pub(crate) token: String,
    pub(crate) staff_id: String,
}

impl Fixture {
    /// Nobody is on the list of this one.
    pub(crate) async fn new() -> Self {
        let fixture = Self::without_list().await;
        fixture.import(&listed(&[])).await.expect(200);
        fixture
    }

    pub(crate) async fn without_list() -> Self {
        let database = FreshDatabase::new(migrations()).await;
        let issuer = TokenIssuer::start().await;
        let app = app(&database, &issuer, &testkit::vault_url(), &testkit::blob_endpoint());
        let key = SealingKey::new(testkit::vault_credential(), &testkit::vault_url(), "documents");
        Self { database, issuer, routes: routes(app.clone()), app, documents_key: key.unwrap() }
    }

    /// The same service with another vault.
    pub(crate) fn with_vault(&self, vault_url: &str) -> App {
        app(&self.database, &self.issuer, vault_url, &testkit::blob_endpoint())
    }

    /// The same service with another storage account.
    pub(crate) fn with_blobs(&self, blob_url: &str) -> App {
        app(&self.database, &self.issuer, &testkit::vault_url(), blob_url)
    }

    pub(crate) fn applicant(&self) -> Applicant {
        let user_id = UserId::new();
        let token = self.issuer.token(user_id, Product::Consumer, &Device::new());
        Applicant { user_id, token }
    }

    pub(crate) fn colleague(&self, name: &str, roles: &[StaffRole]) -> Colleague {
        let name: Operator = name.to_owned().try_into().unwrap();
        let claims = self.issuer.staff_claims(name, roles);
        let staff_id = claims["sub"].as_str().unwrap().to_owned();
        Colleague { token: self.issuer.sign(&claims), staff_id }
    }

    pub(crate) async fn send(&self, token: &str, call: Call) -> Answer {
        call.bearer(token).send(&self.routes).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.send(token, Call::post(path).json(body)).await
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.send(token, Call::get(path)).await
    }

    /// Acts as staff on the version that was read last.
    pub(crate) async fn review(
        &self,
        by: &Colleague,
        id: &str,
        deed: &str,
        body: &Value,
    ) -> Answer {
        let read = self.get(&by.token, &format!("{REVIEWS}/{id}")).await;
        let call = Call::post(&format!("{REVIEWS}/{id}/{deed}")).json(body);
        self.send(&by.token, call.header("if-match", read.header("etag"))).await
    }

    /// An application of the applicant with these details.
    pub(crate) async fn begin(&self, applicant: &Applicant, details: &Value) -> String {
        let begun = self.post(&applicant.token, APPLICATIONS, details).await.expect(201);
        begun["application_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn announce(&self, applicant: &Applicant, id: &str) -> Value {
        let path = format!("{APPLICATIONS}/{id}/documents");
        let body = json!({"content_type": "image/jpeg", "content_length": LENGTH});
        self.post(&applicant.token, &path, &body).await.expect(201)
    }

    pub(crate) async fn submit(&self, applicant: &Applicant, id: &str) -> Answer {
        self.post(&applicant.token, &format!("{APPLICATIONS}/{id}/submit"), &json!(null)).await
    }

    /// Begins, announces and submits; answers the ids of application and document.
    pub(crate) async fn submitted(
        &self,
        applicant: &Applicant,
        details: &Value,
    ) -> (String, String) {
        let id = self.begin(applicant, details).await;
        let announced = self.announce(applicant, &id).await;
        self.submit(applicant, &id).await.expect(200);
        (id, announced["document_id"].as_str().unwrap().to_owned())
    }

    /// The event of a document that was read so.
    pub(crate) async fn read(&self, document_id: &str, reading: &ReadingV1) -> Envelope {
        let text = serde_json::to_vec(reading).unwrap();
        let sealed = self.documents_key.seal(document_id, &text).await.unwrap().to_bytes();
        read_event(document_id, |event| event.reading = Some(STANDARD.encode(&sealed)))
    }

    pub(crate) async fn deliver(&self, events: &[Envelope]) {
        testkit::deliver(&self.routes, ON_OCR, events).await;
    }

    /// The whole way of an application whose document was read like this.
    pub(crate) async fn decided(
        &self,
        applicant: &Applicant,
        details: &Value,
        reading: &ReadingV1,
    ) -> String {
        let (id, document_id) = self.submitted(applicant, details).await;
        self.deliver(&[self.read(&document_id, reading).await]).await;
        id
    }

    pub(crate) async fn status(&self, applicant: &Applicant, id: &str) -> String {
        let read = self.get(&applicant.token, &format!("{APPLICATIONS}/{id}")).await.expect(200);
        read["status"].as_str().unwrap().to_owned()
    }

    /// What the reviewers' view has of it.
    pub(crate) async fn seen(&self, id: &str) -> Value {
        let by = self.colleague("auditing@example.com", &[StaffRole::Reviewer]);
        self.get(&by.token, &format!("{REVIEWS}/{id}")).await.expect(200)
    }

    pub(crate) async fn tick(&self) {
        self.tick_of(self.app.clone()).await;
    }

    pub(crate) async fn tick_of(&self, app: App) {
        let call = Call::post(&format!("/{TIMER}")).json(&json!({"Data": {}, "Metadata": {}}));
        call.send(&routes(app)).await.expect(200);
    }

    /// Makes all of an application so much older.
    pub(crate) async fn age(&self, days: u32) {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        for (table, columns) in [
            ("applications", &["since", "due_at", "proposed_at", "claimed_until"][..]),
            ("documents", &["asked_at"]),
        ] {
            let sets = columns.iter().map(|column| format!("{column} = {column} - INTERVAL ? DAY"));
            let sets = sets.collect::<Vec<_>>().join(", ");
            let days = vec![days; columns.len()];
            conn.exec_drop(format!("UPDATE {table} SET {sets}"), days).await.unwrap();
        }
    }

    /// Makes so many copies of the one application and its document, before it in the order of
    /// ids, of which nothing that is sealed can be opened.
    pub(crate) async fn copy_damaged(&self, copies: u32) {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        for table in ["applications", "documents"] {
            let copy = format!("CREATE TABLE copied_{table} AS SELECT * FROM {table}");
            conn.query_drop(copy).await.unwrap();
        }
        for number in 1..=copies {
            let id = format!("UNHEX(LPAD('{number:x}', 32, '0'))");
            for (table, damage) in [
                ("applications", "open_subject = NULL, details = 'x', screenees = 'x',"),
                ("documents", ""),
            ] {
                for sql in [
                    format!(
                        "UPDATE copied_{table}
                         SET {damage} application_id = {id}, document_id = {id}"
                    ),
                    format!("INSERT INTO {table} SELECT * FROM copied_{table}"),
                ] {
                    conn.query_drop(sql).await.unwrap();
                }
            }
        }
    }

    pub(crate) async fn query<T: mysql_async::prelude::FromRow + Send + 'static>(
        &self,
        sql: &str,
    ) -> Vec<T> {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        conn.query(sql).await.unwrap()
    }

    /// The tiers that were told of a person, in order.
    pub(crate) async fn tiers(&self, applicant: &Applicant) -> Vec<(u32, String)> {
        let told: Vec<PersonVerificationChangedV1> = self.database.told().await;
        let own = told.into_iter().filter(|event| event.user_id == applicant.user_id.to_string());
        own.map(|event| (event.version, event.tier)).collect()
    }

    /// What was told of an application, in order: status and reasons.
    pub(crate) async fn told(&self, id: &str) -> Vec<(String, Vec<String>)> {
        let told: Vec<ApplicationChangedV1> = self.database.told().await;
        let own = told.into_iter().filter(|event| event.application_id == id);
        own.map(|event| (event.status, event.reasons)).collect()
    }

    /// Imports a list of the United Nations, in place of any before.
    pub(crate) async fn import(&self, list: &Value) -> Answer {
        let blob_name = put_list(&list.to_string()).await;
        let source = "united-nations";
        self.import_as(&json!({"source": source, "blob_name": blob_name, "may_shrink": true})).await
    }

    pub(crate) async fn import_as(&self, input: &Value) -> Answer {
        let call = Call::post("/api/v1/screening/lists").json(input);
        call.send(&self.routes).await
    }
}

fn app(database: &FreshDatabase, issuer: &TokenIssuer, vault_url: &str, blob_url: &str) -> App {
    App::start(Config {
        mysql_url: database.url.clone(),
        auth_url: issuer.auth_url.clone(),
        hub: unreachable_hub("onboarding"),
        blob_address: BlobAddress::at(blob_url, blob_url).unwrap(),
        blob_credential: testkit::storage_credential(),
        vault_url: vault_url.to_owned(),
        vault_credential: testkit::vault_credential(),
        index_key: vec![7; 32],
    })
    .unwrap()
}

/// Puts a file into the storage account; answers its name.
pub(crate) async fn put_list(text: &str) -> String {
    let name = Uuid::new_v4().to_string();
    let container = BlobContainer::create("screening").await;
    container.put(&name, "text/plain", text.as_bytes().to_vec()).await;
    name
}

/// A list of people: names and a year of birth each.
pub(crate) fn listed(people: &[(&str, &str, u32)]) -> Value {
    let mut items = vec![json!({
        "DATAID": "0", "FIRST_NAME": "Specimen Specimenovich", "UN_LIST_TYPE": "SPECIMEN",
    })];
    items.extend(people.iter().map(|(name, original, year)| {
        json!({
            "DATAID": name, "FIRST_NAME": name, "NAME_ORIGINAL_SCRIPT": original,
            "UN_LIST_TYPE": "SPECIMEN", "INDIVIDUAL_DATE_OF_BIRTH": [{"YEAR": year}],
        })
    }));
    json!({"CONSOLIDATED_LIST": {"INDIVIDUALS": {"INDIVIDUAL": items}}})
}

/// What an applicant says by a card of this number.
pub(crate) fn hkid(number: &str) -> Value {
    json!({
        "type": "hkid", "document_number": number, "name": "Chan Tai Man",
        "name_chinese": "陳大文", "birth_date": "1990-01-31",
    })
}

/// What stands on that card.
pub(crate) fn card(number: &str) -> ReadingV1 {
    let number: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
    reading(
        "hkid-2018",
        &[
            ("document_number", number.as_str()),
            ("name", "CHAN, Tai Man"),
            ("name_chinese", "陳大文"),
            ("birth_date", "1990-01-31"),
        ],
    )
}

pub(crate) fn reading(document: &str, fields: &[(&str, &str)]) -> ReadingV1 {
    let fields = fields.iter().map(|(name, value)| {
        let field = FieldV1 { value: (*value).to_owned(), confidence: 900, is_confirmed: true };
        ((*name).to_owned(), field)
    });
    ReadingV1 { document: document.to_owned(), fields: fields.collect::<BTreeMap<_, _>>() }
}

/// The event of a document as it was announced, changed by `change`.
pub(crate) fn read_event(document_id: &str, change: impl FnOnce(&mut DocumentReadV1)) -> Envelope {
    let mut event = DocumentReadV1 {
        document_id: document_id.to_owned(),
        etag: "0x8DE".to_owned(),
        content_type: "image/jpeg".to_owned(),
        content_length: LENGTH,
        engine: "tesseract 5.3.0".to_owned(),
        reading: None,
        failure: None,
    };
    change(&mut event);
    testkit::event(document_id, &event)
}

/// Numbers of cards with their check digits, as many as are wanted.
pub(crate) fn numbers() -> impl Iterator<Item = String> {
    (100_000..1_000_000_u32).map(|digits| {
        let mut sum = 36 * 9 + 10 * 8;
        for (digit, weight) in digits.to_string().chars().zip((2..=7).rev()) {
            sum += digit.to_digit(10).unwrap() * weight;
        }
        let check = match (11 - sum % 11) % 11 {
            10 => 'A',
            digit => char::from_digit(digit, 10).unwrap(),
        };
        format!("A{digits}({check})")
    })
}

pub(crate) fn staff_id(text: &str) -> StaffId {
    text.parse().unwrap()
}
