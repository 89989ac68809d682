//! A shop's owner lets programs act for the shop, sees which, and ends that.

use events::payments::ApiCredentialExpiringV1;
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::Call;
use values::{BusinessId, Product};

use crate::step_up::policy;
use crate::{Fixture, Person};

pub(crate) const CREDENTIALS: &str = "/api/v1/api-credentials";

/// What asks for a credential that may do everything, from everywhere.
pub(crate) fn wanted(business_id: BusinessId) -> Value {
    json!({
        "business_id": business_id,
        "name": "Web shop",
        "scopes": ["requests", "refunds", "read"],
    })
}

impl Fixture {
    pub(crate) async fn sql(&self, statement: &str) {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        conn.query_drop(statement).await.unwrap();
    }

    /// A token of the owner that shows the PIN.
    fn pin(&self, owner: &Person) -> String {
        self.stepped_up(owner, Product::Business, "pin", 0)
    }

    /// A new credential; its secrets.
    pub(crate) async fn credential(&self, token: &str, wanted: &Value) -> Value {
        let call = Call::post(CREDENTIALS).bearer(token).json(wanted);
        self.send(call).await.expect(201)
    }

    async fn credential_refused(&self, token: &str, wanted: &Value, status: u16, code: &str) {
        let before = self.database.count("api_credentials").await;
        let call = Call::post(CREDENTIALS).bearer(token).json(wanted);
        self.send(call).await.expect_refusal(status, code);
        assert_eq!(self.database.count("api_credentials").await, before);
    }
}

#[tokio::test]
async fn a_credential_is_listed_without_its_secrets_which_no_row_has_in_the_clear() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let call = Call::post(CREDENTIALS).bearer(&fixture.pin(&owner)).json(&wanted(shop));
    let made = fixture.send(call.clone()).await.expect(201);
    assert_eq!(fixture.send(call).await.expect(201), made, "a repeat");

    let path = format!("{CREDENTIALS}?business_id={shop}");
    let (_, list) = fixture.get(&owner, &path).await;
    let [listed] = list["items"].as_array().unwrap().as_slice() else { panic!("{list}") };
    assert_eq!(listed["client_id"], made["client_id"]);
    assert_eq!(listed["signing_key_id"], made["signing_key_id"]);
    assert_eq!(listed["scopes"], json!(["requests", "refunds", "read"]));
    assert_eq!((&listed["status"], &listed["last_used_at"]), (&json!("active"), &Value::Null));
    let one = format!("{CREDENTIALS}/{}", made["client_id"].as_str().unwrap());
    assert_eq!(fixture.get(&owner, &one).await.1, *listed);
    for secret in ["client_secret", "signing_key"] {
        assert_eq!(listed.get(secret), None);
    }
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let row: (Vec<u8>, Vec<u8>) = conn
        .query_first("SELECT secret_digest, sealed_keys FROM api_credentials")
        .await
        .unwrap()
        .unwrap();
    let secrets = [&made["client_secret"], &made["signing_key"]].map(|it| it.as_str().unwrap());
    for stored in [&row.0, &row.1] {
        let holds = |secret: &[u8]| stored.windows(16).any(|part| secret.starts_with(part));
        assert!(!secrets.iter().any(|secret| holds(secret.as_bytes())));
        use base64::Engine;
        let key = base64::engine::general_purpose::STANDARD.decode(secrets[1]).unwrap();
        assert!(!holds(&key));
    }
}

#[tokio::test]
async fn only_the_owner_makes_reads_or_ends_a_credential() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let (other, _) = fixture.shop().await;
    let payer = fixture.stranger(Product::Consumer);
    fixture
        .credential_refused(&fixture.pin(&other), &wanted(shop), 404, "business-not-found")
        .await;
    fixture.credential_refused(&payer.token, &wanted(shop), 403, "wrong-product").await;
    let made = fixture.credential(&fixture.pin(&owner), &wanted(shop)).await;
    let one = format!("{CREDENTIALS}/{}", made["client_id"].as_str().unwrap());
    let list = format!("{CREDENTIALS}?business_id={shop}");
    for (path, code) in [(&one, "api-credential-not-found"), (&list, "business-not-found")] {
        let call = Call::get(path).bearer(&other.token);
        fixture.send(call).await.expect_refusal(404, code);
    }
    let end = Call::post(&format!("{one}/deactivate")).bearer(&other.token);
    fixture.send(end).await.expect_refusal(404, "api-credential-not-found");
    assert_eq!(fixture.get(&owner, &one).await.1["status"], "active");
}

#[tokio::test]
async fn the_pin_is_asked_for_whatever_the_policy_allows_also_of_whoever_repeats_the_request() {
    let rules = json!([{"acts": ["api-credential"], "answer": "allow"}]);
    let fixture = Fixture::under(policy(rules)).await;
    let (owner, shop) = fixture.shop().await;
    fixture.credential_refused(&owner.token, &wanted(shop), 401, "step-up-required").await;
    let shown = fixture.pin(&owner);
    let call = |token: &str| {
        Call::post(CREDENTIALS).key("one-key-of-22-characters").bearer(token).json(&wanted(shop))
    };
    fixture.send(call(&shown)).await.expect(201);
    fixture.send(call(&owner.token)).await.expect_refusal(401, "step-up-required");
}

#[tokio::test]
async fn what_is_no_scope_or_network_is_refused() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    for (field, value) in [
        ("scopes", json!([])),
        ("scopes", json!(["read", "read"])),
        ("scopes", json!(["everything"])),
        ("allowed_addresses", json!(["203.0.113.0/33"])),
        ("allowed_addresses", json!(vec!["203.0.113.7"; 21])),
        ("name", json!("")),
    ] {
        let mut body = wanted(shop);
        body[field] = value;
        fixture.credential_refused(&fixture.pin(&owner), &body, 400, "invalid-body").await;
    }
}

#[tokio::test]
async fn of_ten_that_are_made_at_once_five_are_and_one_that_ends_makes_room() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let pin = fixture.pin(&owner);
    let made = (0..10).map(|_| {
        let call = Call::post(CREDENTIALS).bearer(&pin).json(&wanted(shop));
        fixture.send(call)
    });
    let answers = join_all(made).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|it| it.status == 201);
    assert_eq!((made.len(), refused.len()), (5, 5));
    for answer in refused {
        answer.expect_refusal(409, "too-many-api-credentials");
    }
    let one = made[0].json()["client_id"].as_str().unwrap().to_owned();
    let path = format!("{CREDENTIALS}/{one}/deactivate");
    for _ in 0..2 {
        let ended = fixture.send(Call::post(&path).bearer(&owner.token)).await.expect(200);
        assert_eq!(ended["status"], "deactivated");
    }
    fixture.credential(&pin, &wanted(shop)).await;
    fixture.credential_refused(&pin, &wanted(shop), 409, "too-many-api-credentials").await;
    fixture
        .sql("UPDATE api_credentials SET expires_at = NOW(6) WHERE deactivated_at IS NULL")
        .await;
    fixture.credential(&pin, &wanted(shop)).await;
    let mut path = format!("{CREDENTIALS}?business_id={shop}&limit=3");
    let mut listed = Vec::new();
    loop {
        let (_, page) = fixture.get(&owner, &path).await;
        let items = page["items"].as_array().unwrap();
        listed.extend(items.iter().map(|it| it["client_id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("{CREDENTIALS}?business_id={shop}&limit=3&cursor={cursor}");
    }
    listed.dedup();
    assert_eq!(listed.len(), 7);
}

#[tokio::test]
async fn the_owner_is_reminded_a_month_a_week_and_a_day_before_the_end_once_each() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let pin = fixture.pin(&owner);
    let made = fixture.credential(&pin, &wanted(shop)).await;
    let look = async || {
        // Two instances at once tell it once.
        let both = tokio::join!(fixture.look_after_pending(), fixture.look_after_pending());
        assert_eq!(both, (200, 200));
        let told: Vec<ApiCredentialExpiringV1> = fixture.database.told().await;
        told.iter().map(|it| it.days_left).collect::<Vec<_>>()
    };
    let mut expected = Vec::new();
    for (hours, told) in [
        (365 * 24, None),
        (30 * 24 + 1, None),
        (30 * 24 - 1, Some(30)),
        (8 * 24, None),
        (5 * 24, Some(5)),
        (2 * 24, None),
        (23, Some(1)),
        (1, None),
        (-1, None),
    ] {
        let end = format!("NOW(6) + INTERVAL {hours} HOUR");
        fixture.sql(&format!("UPDATE api_credentials SET expires_at = {end}")).await;
        expected.extend(told);
        assert_eq!((look().await, look().await), (expected.clone(), expected.clone()), "{hours}");
    }
    let told: Vec<ApiCredentialExpiringV1> = fixture.database.told().await;
    assert_eq!(json!(told[0].client_id), made["client_id"]);
    assert_eq!(
        (&*told[0].owner_user_id, &*told[0].name),
        (&*owner.user_id.to_string(), "Web shop")
    );

    let ended = fixture.credential(&pin, &wanted(shop)).await;
    let path = format!("{CREDENTIALS}/{}/deactivate", ended["client_id"].as_str().unwrap());
    fixture.send(Call::post(&path).bearer(&owner.token)).await.expect(200);
    fixture.sql("UPDATE api_credentials SET expires_at = NOW(6) + INTERVAL 5 HOUR").await;
    assert_eq!(look().await, expected, "the end of what has ended is no news");
}

#[tokio::test]
async fn an_owner_who_cannot_be_reminded_keeps_no_other_from_it() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    for name in ["Web shop", "Till"] {
        let body = json!({"business_id": shop, "name": name, "scopes": ["read"]});
        fixture.credential(&fixture.pin(&owner), &body).await;
    }
    let until = "NOW(6) + INTERVAL IF(name = 'Till', 5, 1) DAY";
    fixture.sql(&format!("UPDATE api_credentials SET expires_at = {until}")).await;
    let fails = "CHECK (name <> 'Web shop' OR reminded_days IS NULL)";
    fixture.sql(&format!("ALTER TABLE api_credentials ADD CONSTRAINT fails {fails}")).await;
    let told = async || {
        let told: Vec<ApiCredentialExpiringV1> = fixture.database.told().await;
        told.into_iter().map(|it| it.name).collect::<Vec<_>>()
    };
    assert_ne!(fixture.look_after_pending().await, 200);
    assert_eq!(told().await, ["Till"]);
    fixture.sql("ALTER TABLE api_credentials DROP CONSTRAINT fails").await;
    assert_eq!(fixture.look_after_pending().await, 200);
    assert_eq!(told().await, ["Till", "Web shop"]);
}
