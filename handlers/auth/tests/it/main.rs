//! The service on a real database and a real Redis, called as the Functions host calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::panic, reason = "a test fails by panicking")]

mod authenticator;
mod bodies;
mod closed_wallets;
mod code_purposes;
mod contact_matches;
mod devices;
mod ended_logins;
mod entra_tenant;
mod enumeration;
mod figures;
mod guesses;
mod limits;
mod log_in;
mod lost_answers;
mod otp_challenges;
mod passkey_acts;
mod passkey_confirmations;
mod passkeys;
mod payment_confirmations;
mod phone_changes;
mod phone_lookups;
mod phone_sealing;
mod phones_without_vault;
mod pin_resets;
mod pins;
mod races;
mod recoveries;
mod recovery_races;
mod refresh_tokens;
mod revocations;
mod rounds;
mod security_events;
mod sign_up;
mod signatures;
mod sms_account;
mod staff;
mod staff_by_entra_id;
mod staff_enrolments;
mod step_up_policies;
mod step_ups;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use auth::{App, Config, PasskeySite, SmsAccount, migrations, routes};
use redis::AsyncCommands;
use serde_json::{Value, json};
use service::Routes;
use service::redis::{Redis, RedisAccount};
use testkit::{
    Answer, Call, Device, FreshDatabase, InProcess, redis_account, redis_account_at,
    unreachable_hub,
};
use time::{Duration, OffsetDateTime};
use values::SignedAt;

use authenticator::Authenticator;
use sms_account::{SmsServer, unreachable_account};

const PIN: &str = "739164";
const WRONG_PIN: &str = "739165";
/// The private key of RFC 8037, appendix A.1.
const SIGNING_KEY: &str = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
/// Another.
const OTHER_SIGNING_KEY: &str = "MC4CAQAwBQYDK2VwBCIEIMR4i2T8clZrCmhdNm662M/DGP7jGv9GdV9WjiqOKkwV";
/// 32 bytes of a test.
const DIGEST_KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// The site of the passkeys, and its two pages.
const RP_ID: &str = "pay.example";
const ORIGINS: [&str; 2] = ["https://pay.example", "https://shops.pay.example"];

/// The service with a database of its own and a phone network.
struct Fixture {
    database: FreshDatabase,
    /// Made once: that takes longer than most calls.
    routes: Routes,
    sms: SmsServer,
}

/// Somebody who signed up.
struct Person {
    phone: String,
    device: Device,
    tokens: Value,
}

impl Person {
    fn access_token(&self) -> &str {
        self.tokens["access_token"].as_str().unwrap()
    }

    fn device_id(&self) -> &str {
        self.tokens["device_id"].as_str().unwrap()
    }

    /// What a known device sends to log in now.
    fn log_in(&self, pin: &str) -> Value {
        log_in_at(self, &self.device, pin, moment())
    }

    /// The same call with this device's signature, which is of this act at this moment.
    fn signed(&self, call: Call, act: &str, subject: &str, at: OffsetDateTime) -> Call {
        let (device_id, signed_at) = (self.device_id(), SignedAt::from(at).as_str().to_owned());
        let text = format!("payme-act-v1\n{act}\n{device_id}\n{subject}\n{signed_at}");
        call.header("device-signed-at", &signed_at)
            .header("device-signature", &self.device.sign(&text))
    }
}

fn log_in_at(person: &Person, signer: &Device, pin: &str, at: OffsetDateTime) -> Value {
    let (device_id, signed_at) = (person.device_id(), SignedAt::from(at).as_str().to_owned());
    let signature = signer.sign(&format!("payme-login-v1\n{device_id}\nconsumer\n{signed_at}"));
    json!({
        "device_id": device_id, "pin": pin, "product": "consumer",
        "signed_at": signed_at, "signature": signature,
    })
}

fn registration(challenge_id: &str, code: &str, pin: &str, device: &Device) -> Value {
    json!({
        "challenge_id": challenge_id, "code": code, "pin": pin, "product": "consumer",
        "device": {"name": "Ann's phone", "key": device.jwk()},
    })
}

/// Now, and another millisecond each time: a device signs only one thing in each.
fn moment() -> OffsetDateTime {
    static LATEST: Mutex<OffsetDateTime> = Mutex::new(OffsetDateTime::UNIX_EPOCH);
    let mut latest = LATEST.lock().unwrap();
    *latest = OffsetDateTime::now_utc().max(latest.saturating_add(Duration::MILLISECOND));
    *latest
}

/// A phone that no other test uses: it is sent three codes in ten minutes, and all share one Redis.
fn new_phone() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("+8526{:07}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A code that is not this one.
fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

impl Fixture {
    async fn new() -> Self {
        let (sms, account) = SmsServer::start().await;
        Self::with(redis_account(), sms, account).await
    }

    async fn with(redis: RedisAccount, sms: SmsServer, account: SmsAccount) -> Self {
        let database = FreshDatabase::new(migrations()).await;
        phone_sealing::begin(&database).await;
        let routes = routes(start(&database, redis, account, SIGNING_KEY));
        Self { database, routes, sms }
    }

    /// The same with another configuration, and with a phone network of its own.
    async fn with_config(self, change: impl FnOnce(&mut Config)) -> Self {
        let (routes, sms) = self.routes_with_config(change).await;
        Self { routes, sms, ..self }
    }

    async fn routes_with_config(&self, change: impl FnOnce(&mut Config)) -> (Routes, SmsServer) {
        let (sms, account) = SmsServer::start().await;
        let mut config = config(&self.database, redis_account(), account, SIGNING_KEY);
        change(&mut config);
        (routes(App::start(config).unwrap()), sms)
    }

    /// Another instance of the service, which cannot reach Redis or the phone network.
    fn without_redis(&self) -> App {
        let nowhere = redis_account_at("redis://127.0.0.1:9".to_owned());
        start(&self.database, nowhere, unreachable_account(), SIGNING_KEY)
    }

    async fn tick(&self) -> Answer {
        self.send(Call::post("/auth_do_what_is_due").json(&json!({}))).await
    }

    /// Serves on a port, as other services see it; returns the base URL.
    async fn auth_url(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let auth_url = format!("http://{}/api/v1/auth", listener.local_addr().unwrap());
        let routes = self.routes.clone();
        tokio::spawn(service::serve_on(listener, "auth", routes, std::future::pending()));
        auth_url
    }

    async fn send(&self, call: Call) -> Answer {
        call.send(&self.routes).await
    }

    /// Calls a path below `/api/v1/auth/`.
    async fn call(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let path = format!("/api/v1/auth/{path}");
        testkit::call(&self.routes, method, &path, token, body).await
    }

    /// The same as a person, with their device's signature of what is asked, and with the PIN where
    /// that is asked for too.
    async fn act(
        &self,
        person: &Person,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let (act, subject) = match (method, path) {
            ("POST", "tokens") => ("renew-tokens", body.unwrap()["refresh_token"].as_str()),
            ("PUT", "pin") => ("change-pin", None),
            ("PUT", "users/me/phone") => {
                ("change-phone", body.unwrap()["new"]["challenge_id"].as_str())
            }
            ("DELETE", "sessions/others") => ("end-other-sessions", None),
            ("DELETE", path) => ("remove-device", path.strip_prefix("devices/")),
            other => panic!("{other:?} is no act of a device"),
        };
        let token = match method {
            "DELETE" => self.pin_token(person, PIN).await,
            _ => person.access_token().to_owned(),
        };
        let call = Call::new(method, &format!("/api/v1/auth/{path}")).bearer(&token);
        let call = body.into_iter().fold(call, |call, body| call.json(body));
        let answer = self.send(person.signed(call, act, subject.unwrap_or(""), moment())).await;
        (answer.status, answer.json())
    }

    /// An access token of the person's login that shows the PIN.
    async fn pin_token(&self, person: &Person, pin: &str) -> String {
        let body = json!({"pin": pin});
        let stepped_up = self.call("POST", "step-ups", Some(person.access_token()), Some(&body));
        let (status, answer) = stepped_up.await;
        assert_eq!((status, &answer["acr"]), (200, &json!("pin")), "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Renews a person's tokens, which may be others than the person has now.
    async fn renew(&self, person: &Person, tokens: &Value) -> (u16, Value) {
        let body = json!({"refresh_token": tokens["refresh_token"]});
        self.act(person, "POST", "tokens", Some(&body)).await
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call("POST", path, None, Some(body)).await
    }

    /// The status and the stable code of a refusal.
    async fn refusal(&self, path: &str, body: &Value) -> (u16, String) {
        code(self.post(path, body).await)
    }

    /// Has a challenge sent to a phone; returns its id and its code.
    async fn challenge(&self, phone: &str) -> (String, String) {
        let (status, body) = self.post("otp-challenges", &json!({"phone": phone})).await;
        assert_eq!((status, &body["expires_in_seconds"]), (202, &json!(300)), "{body}");
        let message = self.sms.newest_to(phone);
        let code = message.strip_prefix("Your PayMe code is ").unwrap()[..6].to_owned();
        (body["challenge_id"].as_str().unwrap().to_owned(), code)
    }

    /// As if nobody had tried this challenge yet.
    async fn allow_attempts(&self, challenge_id: &str) {
        let mut redis = Redis::start("TEST", redis_account()).unwrap().connection();
        let key = format!("auth:otp-challenge:{challenge_id}");
        let _: bool = redis.hset(key, "attempts", 0).await.unwrap();
    }

    /// Another device of this person, logged in.
    async fn add_device(&self, person: &Person) -> Person {
        let device = Device::new();
        let (challenge_id, code) = self.challenge(&person.phone).await;
        let body = registration(&challenge_id, &code, PIN, &device);
        let (status, tokens) = self.post("devices", &body).await;
        assert_eq!(status, 201, "{tokens}");
        Person { phone: person.phone.clone(), device, tokens }
    }

    /// What a signed-in person's browser is asked to make a passkey of, and for which challenge.
    async fn begin_passkey(&self, person: &Person) -> Value {
        let (path, body) = ("passkey-registrations", json!({"pin": PIN}));
        let begun = self.call("POST", path, Some(person.access_token()), Some(&body)).await;
        assert_eq!((begun.0, &begun.1["expires_in_seconds"]), (200, &json!(300)), "{}", begun.1);
        begun.1
    }

    /// A new passkey of this person.
    async fn add_passkey(&self, person: &Person) -> Authenticator {
        let begun = self.begin_passkey(person).await;
        let authenticator = Authenticator::new(&begun);
        let body = authenticator.registration(&begun);
        let token = Some(person.access_token());
        let (status, added) = self.call("POST", "passkeys", token, Some(&body)).await;
        assert_eq!(status, 201, "{added}");
        authenticator
    }

    /// What any passkey is asked in order to log in.
    async fn begin_passkey_log_in(&self) -> Value {
        let (status, begun) = self.call("POST", "passkey-challenges", None, None).await;
        assert_eq!(status, 200, "{begun}");
        begun
    }

    /// A login by this passkey, of the person that it is of.
    async fn log_in_with(&self, authenticator: &mut Authenticator, person: &Person) -> Person {
        let begun = self.begin_passkey_log_in().await;
        let (status, tokens) = self.post("passkey-sessions", &authenticator.log_in(&begun)).await;
        assert_eq!(status, 201, "{tokens}");
        assert_eq!(tokens["user_id"], person.tokens["user_id"]);
        Person { phone: person.phone.clone(), device: Device::new(), tokens }
    }

    /// Logs a person in on their device, which ends the login that it had.
    async fn log_in(&self, person: Person) -> Person {
        let (status, tokens) = self.post("sessions", &person.log_in(PIN)).await;
        assert_eq!(status, 201, "{tokens}");
        Person { tokens, ..person }
    }

    async fn sign_up(&self) -> Person {
        let (phone, device) = (new_phone(), Device::new());
        let (challenge_id, code) = self.challenge(&phone).await;
        let body = registration(&challenge_id, &code, PIN, &device);
        let (status, tokens) = self.post("users", &body).await;
        assert_eq!(status, 201, "{tokens}");
        Person { phone, device, tokens }
    }
}

fn start(
    database: &FreshDatabase,
    redis: RedisAccount,
    sms: SmsAccount,
    signing_keys: &str,
) -> App {
    App::start(config(database, redis, sms, signing_keys)).unwrap()
}

fn config(
    database: &FreshDatabase,
    redis: RedisAccount,
    sms: SmsAccount,
    signing_keys: &str,
) -> Config {
    Config {
        mysql_url: database.url.clone(),
        redis,
        hub: unreachable_hub("auth"),
        token_signing_keys: signing_keys.to_owned(),
        digest_key: DIGEST_KEY.to_owned(),
        pin_peppers: DIGEST_KEY.to_owned(),
        vault_url: testkit::vault_url(),
        vault_credential: testkit::vault_credential(),
        index_key: vec![2; 32],
        passkeys: PasskeySite { rp_id: RP_ID.to_owned(), origins: ORIGINS.join(",") },
        payments_url: "http://127.0.0.1:9".to_owned(),
        entra: None,
        sms,
    }
}

fn code((status, problem): (u16, Value)) -> (u16, String) {
    let code = problem["code"].as_str().unwrap_or_else(|| panic!("{status}: {problem}"));
    (status, code.to_owned())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}
