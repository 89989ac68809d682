//! Codes: wrong, used, expired, too many, and not sent.

use redis::AsyncCommands;
use serde_json::json;
use service::redis::Redis;
use testkit::{Call, Device, redis_account, redis_account_at};
use uuid::Uuid;

use crate::sms_account::{SmsServer, unreachable_account};
use crate::{Fixture, PIN, code, new_phone, other_than, refused, registration};

#[tokio::test]
async fn five_wrong_codes_void_the_challenge() {
    let fixture = Fixture::new().await;
    let device = Device::new();
    let (challenge_id, code) = fixture.challenge(&new_phone()).await;
    let wrong = registration(&challenge_id, other_than(&code), PIN, &device);
    for _ in 0..5 {
        assert_eq!(fixture.refusal("users", &wrong).await, refused(422, "otp-invalid"));
    }
    let right = registration(&challenge_id, &code, PIN, &device);
    assert_eq!(fixture.refusal("users", &right).await, refused(422, "otp-invalid"));
}

#[tokio::test]
async fn a_code_serves_once() {
    let fixture = Fixture::new().await;
    let (challenge_id, code) = fixture.challenge(&new_phone()).await;
    let body = registration(&challenge_id, &code, PIN, &Device::new());
    assert_eq!(fixture.post("users", &body).await.0, 201);
    assert_eq!(fixture.refusal("devices", &body).await, refused(422, "otp-or-pin-invalid"));
}

#[tokio::test]
async fn of_two_log_ins_with_one_code_at_once_one_succeeds() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let (challenge_id, code) = fixture.challenge(&person.phone).await;
    let body = registration(&challenge_id, &code, PIN, &Device::new());
    let (one, other) =
        futures_util::join!(fixture.post("devices", &body), fixture.post("devices", &body));
    let mut statuses = [one.0, other.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
    assert_eq!(fixture.database.count("devices").await, 2);
}

#[tokio::test]
async fn an_expired_or_unknown_challenge_proves_nothing() {
    let fixture = Fixture::new().await;
    let (challenge_id, code) = fixture.challenge(&new_phone()).await;
    let mut redis = Redis::start("TEST", redis_account()).unwrap().connection();
    let key = format!("auth:otp-challenge:{challenge_id}");
    let seconds: i64 = redis.ttl(&key).await.unwrap();
    assert!((290..=300).contains(&seconds), "{seconds}");
    let _: bool = redis.pexpire(&key, 1).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;

    for challenge_id in [challenge_id, Uuid::new_v4().to_string()] {
        let body = registration(&challenge_id, &code, PIN, &Device::new());
        assert_eq!(fixture.refusal("users", &body).await, refused(422, "otp-invalid"));
    }
}

#[tokio::test]
async fn a_challenge_of_which_a_part_was_lost_proves_nothing() {
    let fixture = Fixture::new().await;
    let mut redis = Redis::start("TEST", redis_account()).unwrap().connection();
    for lost in ["digest", "phone", "its end"] {
        let (challenge_id, code) = fixture.challenge(&new_phone()).await;
        let key = format!("auth:otp-challenge:{challenge_id}");
        let is_lost: bool = if lost == "its end" {
            redis.persist(&key).await.unwrap()
        } else {
            redis.hdel(&key, lost).await.unwrap()
        };
        assert!(is_lost);
        let body = registration(&challenge_id, &code, PIN, &Device::new());
        assert_eq!(fixture.refusal("users", &body).await, refused(422, "otp-invalid"), "{lost}");
    }
}

#[tokio::test]
async fn a_count_that_lost_its_end_gets_one() {
    let fixture = Fixture::new().await;
    let phone = new_phone();
    for _ in 0..3 {
        fixture.challenge(&phone).await;
    }
    // Every count, since a key does not say whose it is; those of other tests mend themselves too.
    let mut redis = Redis::start("TEST", redis_account()).unwrap().connection();
    let keys: Vec<String> = redis.keys("auth:throttle:*").await.unwrap();
    for key in keys {
        let _: bool = redis.persist(&key).await.unwrap();
    }
    let ask = Call::post("/api/v1/auth/otp-challenges").json(&json!({"phone": phone}));
    let answer = fixture.send(ask).await;
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert_eq!(answer.status, 429);
    assert!((590..=600).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_code_proves_only_the_phone_that_it_was_sent_to() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let (_, code_of_person) = fixture.challenge(&person.phone).await;
    let (challenge_of_other, code_of_other) = fixture.challenge(&new_phone()).await;
    if code_of_person != code_of_other {
        let body = registration(&challenge_of_other, &code_of_person, PIN, &Device::new());
        assert_eq!(fixture.refusal("devices", &body).await, refused(422, "otp-or-pin-invalid"));
    }
}

#[tokio::test]
async fn a_fourth_code_for_one_phone_is_refused_registered_or_not() {
    let fixture = Fixture::new().await;
    let (registered, unknown) = (fixture.sign_up().await.phone, new_phone());
    fixture.challenge(&unknown).await;
    for phone in [registered, unknown] {
        fixture.challenge(&phone).await;
        fixture.challenge(&phone).await;
        let refusal = fixture.refusal("otp-challenges", &json!({"phone": phone})).await;
        assert_eq!(refusal, refused(429, "otp-throttled"));
    }
}

#[tokio::test]
async fn one_address_is_refused_after_sixty_codes_and_another_is_not() {
    let fixture = Fixture::new().await;
    let ask = async |address: &str| {
        let ask = Call::post("/api/v1/auth/otp-challenges").json(&json!({"phone": new_phone()}));
        fixture.send(ask.header("x-azure-socketip", address)).await.status
    };
    // Documentation addresses, of a different network in each run.
    let [a, b, ..] = Uuid::new_v4().into_bytes();
    for host in 0..60 {
        assert_eq!(ask(&format!("2001:db8:{a:x}:{b:x}::{host:x}")).await, 202);
    }
    assert_eq!(ask(&format!("2001:db8:{a:x}:{b:x}::ffff")).await, 429);
    assert_eq!(ask(&format!("2001:db8:ffff:{b:x}::1")).await, 202);
}

#[tokio::test]
async fn a_message_that_is_not_sent_is_a_failure_to_try_again() {
    let fixture = Fixture::with(redis_account(), SmsServer::default(), unreachable_account()).await;
    let refusal = fixture.refusal("otp-challenges", &json!({"phone": new_phone()})).await;
    assert_eq!(refusal, refused(503, "try-again"));
}

#[tokio::test]
async fn without_redis_nobody_gets_in() {
    let up = Fixture::new().await;
    let person = up.sign_up().await;
    let (sms, account) = SmsServer::start().await;
    let nowhere = redis_account_at("redis://127.0.0.1:9".to_owned());
    let down = Fixture::with(nowhere, sms, account).await;
    let unavailable = refused(503, "try-again");
    let challenge = json!({"phone": person.phone});
    assert_eq!(down.refusal("otp-challenges", &challenge).await, unavailable);
    let body = registration(&Uuid::new_v4().to_string(), "123456", PIN, &Device::new());
    assert_eq!(down.refusal("users", &body).await, unavailable);
    let (status, report) = down.call("GET", "health/ready", None, None).await;
    let is_up = |name: &str| report["dependencies"][name]["up"].clone();
    assert_eq!((status, is_up("mysql"), is_up("redis")), (503, json!(true), json!(false)));
    let health = up.call("GET", "health/ready", None, None).await;
    assert_eq!(health.0, 200);
    assert_eq!(code(down.call("GET", "nothing", None, None).await), refused(404, "no-such-route"));
}

#[tokio::test]
async fn every_spelling_of_a_phone_is_one_phone_with_one_throttle() {
    let fixture = Fixture::new().await;
    let phone = new_phone();
    let digits = &phone[4..];
    let spellings = [
        digits.to_owned(),
        format!("852 {digits}"),
        format!("+852 {} {}", &digits[..4], &digits[4..]),
    ];
    for spelling in spellings {
        let ask = json!({"phone": spelling});
        assert_eq!(fixture.post("otp-challenges", &ask).await.0, 202, "{spelling}");
    }
    let refusal = fixture.refusal("otp-challenges", &json!({"phone": phone})).await;
    assert_eq!(refusal, refused(429, "otp-throttled"));
}

#[tokio::test]
async fn what_is_no_mobile_number_is_refused_by_a_code_of_its_own() {
    let fixture = Fixture::new().await;
    for phone in ["", "+85223456789", "+44 7700 900123", "6123456", "six one two three"] {
        let refusal = fixture.refusal("otp-challenges", &json!({"phone": phone})).await;
        assert_eq!(refusal, refused(422, "phone-invalid"), "{phone}");
    }
}
