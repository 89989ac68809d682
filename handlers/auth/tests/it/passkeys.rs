//! Making passkeys, logging in with them and removing them.

use events::auth::{SecurityEventRecordedV1, SessionRevokedV1};
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use redis::AsyncCommands;
use serde_json::{Value, json};
use service::redis::Redis;
use service::{ACCESS_AUDIENCE, TokenVerifier};
use testkit::{Call, InProcess, redis_account};

use crate::authenticator::Authenticator;
use crate::{Fixture, ORIGINS, PIN, Person, WRONG_PIN, code, refused};

async fn register(fixture: &Fixture, person: &Person, body: &Value) -> (u16, Value) {
    fixture.call("POST", "passkeys", Some(person.access_token()), Some(body)).await
}

async fn told(fixture: &Fixture) -> Vec<String> {
    let told: Vec<SecurityEventRecordedV1> = fixture.database.told().await;
    told.into_iter().map(|event| event.kind).collect()
}

/// The person's devices and passkeys, newest first.
async fn devices(fixture: &Fixture, person: &Person) -> Vec<Value> {
    let (_, list) = fixture.call("GET", "devices", Some(person.access_token()), None).await;
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_person_makes_a_passkey_and_logs_in_with_it_in_any_browser() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    for origin in ORIGINS {
        passkey.origin = origin.to_owned();
        let login = fixture.log_in_with(&mut passkey, &person).await;
        assert_ne!(login.tokens["device_id"], person.tokens["device_id"]);
        let mine = devices(&fixture, &login).await;
        assert_eq!(
            (&mine[0]["type"], &mine[0]["name"]),
            (&json!("passkey"), &json!("Ann's laptop"))
        );
        assert_eq!((&mine[0]["is_current"], &mine[1]["type"]), (&json!(true), &json!("device")));
        let renewal = json!({"refresh_token": login.tokens["refresh_token"]});
        assert_eq!(fixture.post("tokens", &renewal).await.0, 200);

        let verifier = TokenVerifier::follow(&fixture.auth_url().await).unwrap();
        let claims: Option<Value> =
            verifier.verify(login.access_token(), ACCESS_AUDIENCE).await.unwrap();
        let claims = claims.unwrap();
        assert_eq!((&claims["did"], claims.get("cnf")), (&login.tokens["device_id"], None));
    }
    assert_eq!(told(&fixture).await, ["passkey-added"]);
    let token = Some(person.access_token());
    let (_, trail) = fixture.call("GET", "security-events", token, None).await;
    let types: Vec<&Value> =
        trail["items"].as_array().unwrap().iter().map(|event| &event["type"]).collect();
    assert_eq!(types, ["logged-in", "logged-in", "passkey-added", "signed-up"]);
    assert_eq!(trail["items"][0]["device_name"], "Ann's laptop");
}

#[tokio::test]
async fn a_token_alone_makes_no_passkey() {
    let fixture = Fixture::new().await;
    let (person, thief) = (fixture.sign_up().await, fixture.sign_up().await);
    let (path, token) = ("passkey-registrations", Some(person.access_token()));
    let wrong = json!({"pin": WRONG_PIN});
    let refusal = code(fixture.call("POST", path, token, Some(&wrong)).await);
    assert_eq!(refusal, refused(422, "pin-invalid"));

    // What one login has begun no other ends, not even the same person's.
    let begun = fixture.begin_passkey(&person).await;
    let body = Authenticator::new(&begun).registration(&begun);
    let second = fixture.add_device(&person).await;
    for other in [&thief, &second] {
        let refusal = code(register(&fixture, other, &body).await);
        assert_eq!(refusal, refused(422, "passkey-challenge-invalid"));
    }
    let ended = fixture.call("DELETE", "sessions/current", token, None).await;
    assert_eq!(ended.0, 204);
    let refusal = code(register(&fixture, &person, &body).await);
    assert_eq!(refusal, refused(401, "invalid-token"));
    assert_eq!(told(&fixture).await, ["device-added"]);
}

#[tokio::test]
async fn a_passkey_is_made_once_and_a_lost_answer_is_given_again() {
    let fixture = Fixture::new().await;
    let (person, other) = (fixture.sign_up().await, fixture.sign_up().await);
    let begun = fixture.begin_passkey(&person).await;
    let passkey = Authenticator::new(&begun);
    let body = passkey.registration(&begun);
    let ask = async |key: &str| {
        let ask = Call::post("/api/v1/auth/passkeys").bearer(person.access_token());
        fixture.send(ask.key(key).json(&body)).await
    };
    let first = ask("key-1").await;
    first.expect(201);
    let again = ask("key-1").await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    ask("key-2").await.expect_refusal(422, "passkey-challenge-invalid");

    // The same credential for another account, or again for this one.
    for owner in [&other, &person] {
        let begun = fixture.begin_passkey(owner).await;
        let copied = passkey.registration(&begun);
        let (status, refusal) = code(register(&fixture, owner, &copied).await);
        let excluded = owner.phone == person.phone;
        let expected =
            if excluded { (422, "passkey-invalid") } else { (409, "passkey-already-registered") };
        assert_eq!((status, &*refusal), expected);
    }
    assert_eq!(devices(&fixture, &person).await.len(), 2);
}

#[tokio::test]
async fn a_registration_for_another_site_or_without_verification_is_refused() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let sound = Authenticator::new(&fixture.begin_passkey(&person).await);
    for (passkey, expected) in [
        (
            sound.with(|it| it.origin = "https://pay.example.evil".to_owned()),
            "passkey-origin-invalid",
        ),
        (sound.with(|it| it.rp_id = "evil.example".to_owned()), "passkey-origin-invalid"),
        (sound.with(|it| it.is_verified = false), "passkey-not-verified"),
    ] {
        let begun = fixture.begin_passkey(&person).await;
        let refusal = code(register(&fixture, &person, &passkey.registration(&begun)).await);
        assert_eq!(refusal, refused(422, expected));
    }
    let (one, other) = (fixture.begin_passkey(&person).await, fixture.begin_passkey(&person).await);
    let mut crossed = sound.registration(&one);
    crossed["challenge_id"] = other["challenge_id"].clone();
    let refusal = code(register(&fixture, &person, &crossed).await);
    assert_eq!(refusal, refused(422, "passkey-challenge-invalid"));
    let mut broken = sound.registration(&one);
    broken["credential"]["response"]["attestationObject"] = json!("oWNmbXQ");
    let refusal = code(register(&fixture, &person, &broken).await);
    assert_eq!(refusal, refused(422, "passkey-invalid"));
    assert_eq!(devices(&fixture, &person).await.len(), 1);
}

#[tokio::test]
async fn a_log_in_for_another_site_or_by_another_key_is_refused() {
    let fixture = Fixture::new().await;
    let (person, other) = (fixture.sign_up().await, fixture.sign_up().await);
    let mut sound = fixture.add_passkey(&person).await;
    let foreign = fixture.add_passkey(&other).await;
    let cases = [
        (sound.with(|it| it.origin = "https://evil.example".to_owned()), "passkey-origin-invalid"),
        (sound.with(|it| it.origin = "https://x.pay.example".to_owned()), "passkey-origin-invalid"),
        (sound.with(|it| it.origin = "http://pay.example".to_owned()), "passkey-origin-invalid"),
        (sound.with(|it| it.rp_id = "shops.pay.example".to_owned()), "passkey-origin-invalid"),
        (sound.with(|it| it.is_verified = false), "passkey-not-verified"),
        // One person's key under another's credential id, and a handle that is not its owner's.
        (sound.with(|it| it.credential_id = foreign.credential_id.clone()), "passkey-unknown"),
        (sound.with(|it| it.user_handle = foreign.user_handle.clone()), "passkey-unknown"),
        (
            sound.with(|it| {
                it.credential_id = foreign.credential_id.clone();
                it.user_handle = foreign.user_handle.clone();
            }),
            "passkey-invalid",
        ),
        (sound.with(|it| it.credential_id = vec![7; 16]), "passkey-unknown"),
    ];
    for (mut passkey, expected) in cases {
        let begun = fixture.begin_passkey_log_in().await;
        let refusal = fixture.refusal("passkey-sessions", &passkey.log_in(&begun)).await;
        assert_eq!(refusal, refused(422, expected), "{}", passkey.origin);
    }
    // A refused answer leaves the challenge and the counter as they were.
    fixture.log_in_with(&mut sound, &person).await;
    assert_eq!(told(&fixture).await, ["passkey-added", "passkey-added"]);
}

#[tokio::test]
async fn an_answer_is_good_once_and_only_for_its_own_challenge() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    passkey.counts = false;
    let begun = fixture.begin_passkey_log_in().await;
    let body = passkey.log_in(&begun);
    let invalid = refused(422, "passkey-challenge-invalid");

    // At once, under keys of their own: one is let in.
    let mut statuses: Vec<u16> = join_all((0..8).map(|_| fixture.post("passkey-sessions", &body)))
        .await
        .iter()
        .map(|it| it.0)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422, 422, 422, 422, 422, 422, 422]);
    assert_eq!(fixture.refusal("passkey-sessions", &body).await, invalid);
    assert_eq!(fixture.database.count("sessions").await, 2);

    let (one, other) = (fixture.begin_passkey_log_in().await, fixture.begin_passkey_log_in().await);
    let mut crossed = passkey.log_in(&one);
    crossed["challenge_id"] = other["challenge_id"].clone();
    assert_eq!(fixture.refusal("passkey-sessions", &crossed).await, invalid);

    // Of another kind of ceremony.
    let registration = fixture.begin_passkey(&person).await;
    let mut body = passkey.log_in(&one);
    body["challenge_id"] = registration["challenge_id"].clone();
    body["credential"] = passkey.get(registration["public_key"]["challenge"].as_str().unwrap());
    assert_eq!(fixture.refusal("passkey-sessions", &body).await, invalid);
    let mut body = Authenticator::new(&registration).registration(&registration);
    body["challenge_id"] = one["challenge_id"].clone();
    assert_eq!(code(register(&fixture, &person, &body).await), invalid);
}

#[tokio::test]
async fn a_challenge_expires_and_one_that_expired_lets_nobody_in() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    let begun = fixture.begin_passkey_log_in().await;
    let mut redis = Redis::start("TEST", redis_account()).unwrap().connection();
    let key = format!("auth:passkey-challenge:{}", begun["challenge_id"].as_str().unwrap());
    let seconds: i64 = redis.ttl(&key).await.unwrap();
    assert!((290..=300).contains(&seconds), "{seconds}");
    let _: bool = redis.pexpire(&key, 1).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let refusal = fixture.refusal("passkey-sessions", &passkey.log_in(&begun)).await;
    assert_eq!(refusal, refused(422, "passkey-challenge-invalid"));
}

#[tokio::test]
async fn a_copied_passkey_is_refused_and_its_owner_is_told() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    let mut copy = passkey.clone();
    fixture.log_in_with(&mut passkey, &person).await;
    let begun = fixture.begin_passkey_log_in().await;
    let refusal = fixture.refusal("passkey-sessions", &copy.log_in(&begun)).await;
    assert_eq!(refusal, refused(422, "passkey-cloned"));
    for _ in 0..200 {
        if told(&fixture).await.len() < 2 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
    assert_eq!(told(&fixture).await, ["passkey-added", "passkey-cloned"]);
    assert_eq!(fixture.database.count("sessions").await, 2);
    // One that does not count, since it is synchronised, always says 0.
    let mut synchronised = fixture.add_passkey(&person).await;
    synchronised.counts = false;
    for _ in 0..2 {
        fixture.log_in_with(&mut synchronised, &person).await;
    }
}

#[tokio::test]
async fn two_copies_at_once_are_not_both_let_in() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let passkey = fixture.add_passkey(&person).await;
    for round in 1..=25 {
        let (one, other) =
            (fixture.begin_passkey_log_in().await, fixture.begin_passkey_log_in().await);
        let copy = passkey.with(|it| it.counter = round);
        let bodies = [copy.clone().log_in(&one), copy.clone().log_in(&other)];
        let answers = join_all(bodies.iter().map(|body| fixture.post("passkey-sessions", body)));
        let mut statuses: Vec<u16> = answers.await.iter().map(|answer| answer.0).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422], "round {round}");
    }
}

#[tokio::test]
async fn a_removed_passkey_lets_nobody_in_and_its_logins_end() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    let mut kept = fixture.add_passkey(&person).await;
    let login = fixture.log_in_with(&mut passkey, &person).await;
    let path = format!("devices/{}", login.device_id());
    let name = json!({"name": "Old laptop"});
    let token = Some(person.access_token());
    let rename = fixture.call("PUT", &format!("{path}/name"), token, Some(&name)).await;
    assert_eq!((rename.0, &devices(&fixture, &person).await[1]["name"]), (204, &name["name"]));

    let stranger = fixture.sign_up().await;
    let foreign = fixture.act(&stranger, "DELETE", &path, None).await;
    assert_eq!(code(foreign), refused(404, "device-not-found"));
    assert_eq!(fixture.act(&person, "DELETE", &path, None).await.0, 204);
    assert_eq!(fixture.database.told::<SessionRevokedV1>().await.len(), 1);
    let listing = code(fixture.call("GET", "devices", Some(login.access_token()), None).await);
    assert_eq!(listing, refused(401, "invalid-token"));
    let renewal = json!({"refresh_token": login.tokens["refresh_token"]});
    assert_eq!(fixture.refusal("tokens", &renewal).await, refused(422, "refresh-token-invalid"));
    let begun = fixture.begin_passkey_log_in().await;
    let refusal = fixture.refusal("passkey-sessions", &passkey.log_in(&begun)).await;
    assert_eq!(refusal, refused(422, "passkey-unknown"));
    fixture.log_in_with(&mut kept, &person).await;
    assert_eq!(told(&fixture).await, ["passkey-added", "passkey-added", "passkey-removed"]);
}

#[tokio::test]
async fn a_passkeys_login_is_no_device_that_logs_in_with_a_key_and_the_pin() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    let login = fixture.log_in_with(&mut passkey, &person).await;
    let refusal = fixture.refusal("sessions", &login.log_in(PIN)).await;
    assert_eq!(refusal, refused(422, "signature-invalid"));
}

#[tokio::test]
async fn a_person_has_twenty_passkeys_at_most() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let begun = fixture.begin_passkey(&person).await;
    fixture.add_passkey(&person).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for _ in 1..20 {
        let another = "INSERT INTO devices (device_id, user_id, name, credential_id, passkey)
             SELECT UNHEX(REPLACE(UUID(), '-', '')), user_id, name, UUID(), passkey FROM devices
             WHERE passkey IS NOT NULL LIMIT 1";
        conn.query_drop(another).await.unwrap();
    }
    let body = Authenticator::new(&begun).registration(&begun);
    let refusal = code(register(&fixture, &person, &body).await);
    assert_eq!(refusal, refused(409, "passkeys-too-many"));
    let (path, body) = ("passkey-registrations", json!({"pin": PIN}));
    let token = Some(person.access_token());
    let refusal = code(fixture.call("POST", path, token, Some(&body)).await);
    assert_eq!(refusal, refused(409, "passkeys-too-many"));
}

#[tokio::test]
async fn an_address_asks_for_six_hundred_challenges_in_ten_minutes_at_most() {
    let fixture = Fixture::new().await;
    let address = format!("2001:db8:{:x}::1", uuid::Uuid::new_v4().as_u128() & 0xffff);
    let routes = fixture.routes.clone();
    let ask = async || {
        let ask = Call::post("/api/v1/auth/passkey-challenges");
        ask.header("x-azure-socketip", &address).send(&routes).await
    };
    for _ in 0..600 {
        ask().await.expect(200);
    }
    ask().await.expect_refusal(429, "passkey-challenges-throttled");
}
