//! Guessing codes: counted over challenges and days, and no answer helps.

use std::time::{Duration, Instant};

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use redis::AsyncCommands;
use serde_json::{Value, json};
use service::redis::Redis;
use testkit::{Call, Device, redis_account};

use crate::{
    Fixture, OTHER_SIGNING_KEY, PIN, SIGNING_KEY, WRONG_PIN, new_phone, other_than, refused,
    registration,
};

/// Rounds of four guesses each, one of each kind.
const TIMED_ROUNDS: usize = 24;
/// By chance one of two takes longer in so many of them once in 100,000 runs of the test.
const ALWAYS: u32 = 23;

/// One count of wrong guesses: `p` for a phone's codes, `u` for a person's PIN on their devices,
/// `n` on new ones.
async fn wrong(fixture: &Fixture, kind: char) -> u32 {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = format!("SELECT COALESCE(MAX(wrong), 0) FROM guesses WHERE guessed LIKE '{kind}%'");
    conn.query_first(sql).await.unwrap().unwrap()
}

#[tokio::test]
async fn ten_wrong_codes_over_two_challenges_lock_a_phone_and_its_owner_is_told() {
    let fixture = Fixture::new().await;
    for (path, invalid, phone) in [
        ("users", "otp-invalid", new_phone()),
        ("devices", "otp-or-pin-invalid", new_phone()),
        ("devices", "otp-or-pin-invalid", fixture.sign_up().await.phone),
    ] {
        let ask = Call::post("/api/v1/auth/otp-challenges").json(&json!({"phone": phone}));
        let mut right = json!(null);
        for _ in 0..2 {
            let (challenge_id, code) = fixture.challenge(&phone).await;
            let body = registration(&challenge_id, other_than(&code), PIN, &Device::new());
            for _ in 0..5 {
                assert_eq!(fixture.refusal(path, &body).await, refused(422, invalid));
            }
            right = registration(&challenge_id, &code, PIN, &Device::new());
        }
        assert_eq!(fixture.refusal(path, &right).await, refused(429, "otp-locked"));
        let answer = fixture.send(ask).await;
        answer.expect_refusal(429, "otp-locked");
        let seconds: u64 = answer.header("retry-after").parse().unwrap();
        assert!((880..=900).contains(&seconds), "{seconds}");

        let notices = || {
            let mut all = fixture.sms.all_to(&phone);
            all.retain(|text| !text.starts_with("Your PayMe code"));
            all
        };
        while notices().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let notice = &notices()[0];
        for language in ["somebody entered wrong codes", "有人多次為此號碼", "有人多次为该号码"]
        {
            assert!(notice.contains(language), "{notice}");
        }
        assert_eq!(notices().len(), 1);
    }
}

#[tokio::test]
async fn wrong_codes_are_remembered_for_days_and_waits_grow_until_a_code_is_right() {
    let fixture = Fixture::new().await;
    let phone = new_phone();
    let (challenge_id, code) = fixture.challenge(&phone).await;
    let wrong_body = registration(&challenge_id, other_than(&code), PIN, &Device::new());
    assert_eq!(fixture.refusal("users", &wrong_body).await, refused(422, "otp-invalid"));
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    // Nineteen before, the last two days ago.
    let days_ago = "UPDATE guesses SET wrong = 19, guessed_at = guessed_at - INTERVAL 2 DAY";
    conn.query_drop(days_ago).await.unwrap();
    let routes = fixture.routes.clone();
    testkit::call(&routes, "POST", "/auth_do_what_is_due", None, None).await;
    assert_eq!(fixture.refusal("users", &wrong_body).await, refused(422, "otp-invalid"));

    let ask = Call::post("/api/v1/auth/users");
    let right = registration(&challenge_id, &code, PIN, &Device::new());
    let answer = fixture.send(ask.json(&right)).await;
    answer.expect_refusal(429, "otp-locked");
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1_780..=1_800).contains(&seconds), "{seconds}");

    conn.query_drop("UPDATE guesses SET locked_until = NOW(6)").await.unwrap();
    assert_eq!(fixture.post("users", &right).await.0, 201);
    assert_eq!(wrong(&fixture, 'p').await, 0);

    let month_ago = "UPDATE guesses SET guessed_at = guessed_at - INTERVAL 31 DAY";
    conn.query_drop(month_ago).await.unwrap();
    testkit::call(&routes, "POST", "/auth_do_what_is_due", None, None).await;
    assert_eq!(fixture.database.count("guesses").await, 0);
}

#[tokio::test]
async fn of_thirty_wrong_codes_at_once_ten_are_looked_at() {
    let fixture = Fixture::new().await;
    let phone = new_phone();
    let mut bodies = Vec::new();
    for _ in 0..3 {
        let (challenge_id, code) = fixture.challenge(&phone).await;
        let body = registration(&challenge_id, other_than(&code), PIN, &Device::new());
        bodies.extend(vec![body; 10]);
    }
    let guesses = bodies.iter().map(|body| fixture.refusal("users", body));
    let answers = futures_util::future::join_all(guesses).await;
    // What a spent challenge is asked is not looked at.
    let (invalid, locked) = (refused(422, "otp-invalid"), refused(429, "otp-locked"));
    assert!(answers.iter().all(|answer| *answer == invalid || *answer == locked), "{answers:?}");
    assert_eq!(wrong(&fixture, 'p').await, 10);
    assert!(answers.contains(&locked));
}

#[tokio::test]
async fn one_message_is_not_enough_to_lock_a_phone() {
    let fixture = Fixture::new().await;
    let phone = new_phone();
    let (challenge_id, code) = fixture.challenge(&phone).await;
    let body = registration(&challenge_id, other_than(&code), PIN, &Device::new());
    let guesses = (0..20).map(|_| fixture.refusal("users", &body));
    for answer in futures_util::future::join_all(guesses).await {
        assert_eq!(answer, refused(422, "otp-invalid"));
    }
    assert_eq!(wrong(&fixture, 'p').await, 5);
}

#[tokio::test]
async fn a_right_code_that_leads_nowhere_is_no_wrong_guess_and_forgives_none() {
    let fixture = Fixture::new().await;
    let (registered, unknown) = (fixture.sign_up().await.phone, new_phone());
    for (path, phone, told) in [
        ("users", &registered, refused(409, "phone-already-registered")),
        ("devices", &unknown, refused(404, "phone-not-registered")),
    ] {
        let mut conn = fixture.database.pool.get_conn().await.unwrap();
        conn.query_drop("DELETE FROM guesses").await.unwrap();
        let (challenge_id, code) = fixture.challenge(phone).await;
        let wrong_code = registration(&challenge_id, other_than(&code), PIN, &Device::new());
        assert_eq!(fixture.refusal(path, &wrong_code).await.0, 422);
        // The next would be the last before a pause.
        conn.query_drop("UPDATE guesses SET wrong = 9").await.unwrap();
        let right = registration(&challenge_id, &code, PIN, &Device::new());
        assert_eq!(fixture.refusal(path, &right).await, told);
        assert_eq!(wrong(&fixture, 'p').await, 9);
        let locked = "SELECT COUNT(*) FROM guesses WHERE locked_until IS NOT NULL";
        assert_eq!(conn.query_first(locked).await.unwrap(), Some(0));
    }
}

#[tokio::test]
async fn a_new_signing_key_forgets_no_wrong_code_no_throttle_and_no_code_on_its_way() {
    let fixture = Fixture::new().await;
    let phone = new_phone();
    let (locked, free) = (fixture.challenge(&phone).await, fixture.challenge(&phone).await);
    for _ in 0..4 {
        let wrong_body = registration(&locked.0, other_than(&locked.1), PIN, &Device::new());
        assert_eq!(fixture.refusal("users", &wrong_body).await, refused(422, "otp-invalid"));
    }
    fixture.challenge(&phone).await;
    let keys = format!("{OTHER_SIGNING_KEY},{SIGNING_KEY}");
    let fixture = fixture.with_config(|config| config.token_signing_keys = keys).await;
    let ask = json!({"phone": phone});
    assert_eq!(fixture.refusal("otp-challenges", &ask).await, refused(429, "otp-throttled"));
    let wrong_body = registration(&free.0, other_than(&free.1), PIN, &Device::new());
    assert_eq!(fixture.refusal("users", &wrong_body).await, refused(422, "otp-invalid"));
    assert_eq!(wrong(&fixture, 'p').await, 5);
    let right = registration(&free.0, &free.1, PIN, &Device::new());
    assert_eq!(fixture.post("users", &right).await.0, 201);
}

#[tokio::test]
async fn whoever_reads_redis_cannot_try_all_codes() {
    let fixture = Fixture::new().await;
    let (challenge_id, code) = fixture.challenge(&new_phone()).await;
    let mut redis = Redis::start("TEST", redis_account()).unwrap().connection();
    let key = format!("auth:otp-challenge:{challenge_id}");
    let stored: Vec<u8> = redis.hget(key, "digest").await.unwrap();
    let id: uuid::Uuid = challenge_id.parse().unwrap();
    let salted = [id.as_bytes(), code.as_bytes()].concat();
    let plain = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &salted);
    assert_ne!(stored, plain.as_ref());
    assert_eq!(stored.len(), 32);
}

#[tokio::test]
async fn no_count_names_a_phone() {
    let fixture = Fixture::new().await;
    let phone = new_phone();
    let (challenge_id, code) = fixture.challenge(&phone).await;
    let body = registration(&challenge_id, other_than(&code), PIN, &Device::new());
    assert_eq!(fixture.refusal("users", &body).await, refused(422, "otp-invalid"));
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let key: Vec<u8> = conn.query_first("SELECT guessed FROM guesses").await.unwrap().unwrap();
    assert_eq!((key.len(), key[0]), (33, b'p'));
    let plain = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, phone.as_bytes());
    assert_ne!(&key[1..], plain.as_ref());
}

/// What a new device is answered, without what differs from call to call, and how long it took.
async fn guess(fixture: &Fixture, body: &Value) -> (u16, Value, Duration) {
    let start = Instant::now();
    let (status, mut problem) = fixture.post("devices", body).await;
    let took = start.elapsed();
    problem.as_object_mut().unwrap().remove("trace_id");
    (status, problem, took)
}

#[tokio::test]
async fn no_answer_and_no_time_tells_whether_code_or_pin_is_wrong_or_the_phone_is_registered() {
    let fixture = Fixture::new().await;
    let (registered, unknown) = (fixture.sign_up().await.phone, new_phone());
    let (challenge_id, code) = fixture.challenge(&registered).await;
    let of = |code: &str, pin: &str| registration(&challenge_id, code, pin, &Device::new());
    let (of_unknown, unknown_code) = fixture.challenge(&unknown).await;
    let guesses = [
        of(&code, WRONG_PIN),
        of(other_than(&code), PIN),
        of(other_than(&code), WRONG_PIN),
        registration(&of_unknown, other_than(&unknown_code), PIN, &Device::new()),
    ];
    let mut longer = [[0_u32; 4]; 4];
    let mut answers = Vec::new();
    for round in 0..TIMED_ROUNDS {
        let mut conn = fixture.database.pool.get_conn().await.unwrap();
        conn.query_drop("DELETE FROM guesses").await.unwrap();
        fixture.allow_attempts(&challenge_id).await;
        fixture.allow_attempts(&of_unknown).await;
        let mut times = [Duration::ZERO; 4];
        // Each is the first as often as the others.
        for (at, body) in guesses.iter().enumerate().cycle().skip(round % 4).take(4) {
            let (status, problem, took) = guess(&fixture, body).await;
            assert_eq!(problem["code"], "otp-or-pin-invalid", "{at}");
            times[at] = took;
            answers.push((status, problem));
        }
        for (time, longer) in times.iter().zip(&mut longer) {
            for (other, count) in times.iter().zip(longer) {
                *count = count.saturating_add(u32::from(time > other));
            }
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // Most of the time is the hash of the PIN, which is computed for every one: whoever did without
    // would be the faster each time. All are of one round, so a busy machine makes none of them so.
    assert!(longer.iter().flatten().all(|count| *count < ALWAYS), "{longer:?}");

    // The right PIN was worth nothing without the code, and with both it is.
    fixture.allow_attempts(&challenge_id).await;
    assert_eq!(fixture.post("devices", &of(&code, PIN)).await.0, 201);
}

#[tokio::test]
async fn a_wrong_pin_with_the_right_code_counts_and_without_it_does_not() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let (challenge_id, code) = fixture.challenge(&person.phone).await;
    let of = |code: &str, pin: &str| registration(&challenge_id, code, pin, &Device::new());
    let invalid = refused(422, "otp-or-pin-invalid");
    assert_eq!(fixture.refusal("devices", &of(other_than(&code), WRONG_PIN)).await, invalid);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((wrong(&fixture, 'n').await, wrong(&fixture, 'p').await), (0, 1));
    assert_eq!(fixture.refusal("devices", &of(&code, WRONG_PIN)).await, invalid);
    while wrong(&fixture, 'n').await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!((wrong(&fixture, 'n').await, wrong(&fixture, 'p').await), (1, 2));
    assert_eq!(fixture.post("devices", &of(&code, PIN)).await.0, 201);
    assert_eq!(wrong(&fixture, 'p').await, 0);
}

/// All guesses on new devices.
async fn wrong_in_all(conn: &mut Conn) -> u32 {
    let sql = "SELECT CAST(COALESCE(SUM(wrong), 0) AS UNSIGNED) FROM guesses
        WHERE guessed LIKE 'n%'";
    conn.query_first(sql).await.unwrap().unwrap()
}

/// Enters a wrong PIN with the right code, as whoever holds the person's SIM card would; returns
/// once it was counted.
async fn guess_with_the_sim(fixture: &Fixture, phone: &str, count: u32) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let (challenge_id, otp) = fixture.challenge(phone).await;
    for _ in 0..count {
        let before = wrong_in_all(&mut conn).await;
        let body = registration(&challenge_id, &otp, WRONG_PIN, &Device::new());
        let refusal = fixture.refusal("devices", &body).await;
        assert_eq!(refusal, refused(422, "otp-or-pin-invalid"));
        while wrong_in_all(&mut conn).await == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    // As if the hour of the phone's own count had passed.
    conn.query_drop("DELETE FROM guesses WHERE guessed LIKE 'p%'").await.unwrap();
}

#[tokio::test]
async fn the_owners_right_pins_forgive_no_guess_of_whoever_holds_their_sim_card() {
    let fixture = Fixture::new().await;
    let mut person = fixture.sign_up().await;
    for guesses in [3, 2] {
        guess_with_the_sim(&fixture, &person.phone, guesses).await;
        person = fixture.log_in(person).await;
    }
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    assert_eq!(wrong(&fixture, 'n').await, 5);
    let locked = "SELECT COUNT(*) FROM guesses WHERE guessed LIKE 'n%' AND locked_until > NOW(6)";
    assert_eq!(conn.query_first(locked).await.unwrap(), Some(1));
    // The owner goes on, and no guess of theirs is counted with the thief's.
    assert_eq!(fixture.post("sessions", &person.log_in(WRONG_PIN)).await.0, 422);
    assert_eq!((wrong(&fixture, 'n').await, wrong(&fixture, 'u').await), (5, 1));
    fixture.log_in(person).await;
}

#[tokio::test]
async fn five_wrong_pins_with_right_codes_lock_new_devices_and_leave_the_persons_own_alone() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    guess_with_the_sim(&fixture, &person.phone, 5).await;
    let spare = fixture.challenge(&person.phone).await;
    let right = registration(&spare.0, &spare.1, PIN, &Device::new());
    assert_eq!(fixture.refusal("devices", &right).await, refused(429, "pin-locked"));
    fixture.log_in(person).await;

    let person = fixture.sign_up().await;
    guess_with_the_sim(&fixture, &person.phone, 4).await;
    fixture.add_device(&person).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let begun = "SELECT COUNT(*) FROM guesses WHERE guessed LIKE 'n%' AND wrong > 0";
    assert_eq!(conn.query_first(begun).await.unwrap(), Some(1), "a right one starts it over");
}
