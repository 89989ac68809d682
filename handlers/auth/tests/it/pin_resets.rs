//! A forgotten PIN: asked for with a code and a device, chosen after a day, called off meanwhile.

use std::cell::RefCell;

use events::auth::SecurityEventRecordedV1;
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, Device, Race, after};

use crate::staff::{administrators, text, with_roles};
use crate::{Fixture, PIN, Person, WRONG_PIN, code, moment, new_phone, phone_changes, refused};

const NEW_PIN: &str = "916203";
const PEOPLE: usize = 8;
/// Of each of them.
const ROUNDS: u64 = 25;

async fn send(fixture: &Fixture, person: &Person, call: Call, act: (&str, &str)) -> (u16, Value) {
    let answer = fixture.send(person.signed(call, act.0, act.1, moment())).await;
    (answer.status, answer.json())
}

/// Asks for a new PIN on a person's device with a code that was sent to `phone`.
pub(crate) async fn ask(fixture: &Fixture, person: &Person, phone: &str) -> (u16, Value) {
    let (challenge_id, otp) = fixture.challenge(phone).await;
    let body = json!({"device_id": person.device_id(), "challenge_id": challenge_id, "code": otp});
    let call = Call::post("/api/v1/auth/pin-resets").json(&body);
    send(fixture, person, call, ("ask-pin-reset", &challenge_id)).await
}

pub(crate) async fn finish(fixture: &Fixture, person: &Person, pin: &str) -> (u16, Value) {
    let body = json!({"device_id": person.device_id(), "new_pin": pin});
    let call = Call::post("/api/v1/auth/pin-resets/current/finish").json(&body);
    send(fixture, person, call, ("reset-pin", "")).await
}

async fn cancel(fixture: &Fixture, person: &Person) -> (u16, Value) {
    let call = Call::new("DELETE", "/api/v1/auth/pin-resets/current");
    send(fixture, person, call.bearer(person.access_token()), ("cancel-pin-reset", "")).await
}

/// As if so many hours had passed.
pub(crate) async fn pass(fixture: &Fixture, hours: u32) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = format!("UPDATE pin_resets SET ready_at = ready_at - INTERVAL {hours} HOUR");
    conn.query_drop(sql).await.unwrap();
}

async fn told(fixture: &Fixture) -> Vec<String> {
    let told: Vec<SecurityEventRecordedV1> = fixture.database.told().await;
    told.into_iter().map(|event| event.kind).collect()
}

async fn logs_in(fixture: &Fixture, person: &Person, pin: &str) -> bool {
    fixture.post("sessions", &person.log_in(pin)).await.0 == 201
}

#[tokio::test]
async fn a_new_pin_is_chosen_a_day_after_it_was_asked_for_and_ends_every_login() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let other = fixture.add_device(&person).await;
    let (status, asked) = ask(&fixture, &person, &person.phone).await;
    assert_eq!((status, &asked["device_id"]), (201, &person.tokens["device_id"]), "{asked}");
    let notice = || fixture.sms.all_to(&person.phone).pop().unwrap();
    while notice().starts_with("Your PayMe code") {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    for language in ["asked for a new PIN", "有人要求為你", "有人要求为您"] {
        assert!(notice().contains(language), "{}", notice());
    }
    let token = Some(other.access_token());
    let seen = fixture.call("GET", "pin-resets/current", token, None).await;
    assert_eq!(seen, (200, asked));

    let cooling = refused(409, "pin-reset-cooling");
    assert_eq!(code(finish(&fixture, &person, NEW_PIN).await), cooling);
    pass(&fixture, 23).await;
    assert_eq!(code(finish(&fixture, &person, NEW_PIN).await), cooling);
    pass(&fixture, 1).await;
    // The other device did not ask, and a weak PIN is none.
    let not_asked = code(finish(&fixture, &other, NEW_PIN).await);
    assert_eq!(not_asked, refused(404, "pin-reset-not-found"));
    assert_eq!(code(finish(&fixture, &person, "123456").await), refused(422, "pin-too-weak"));
    for _ in 0..5 {
        assert!(!logs_in(&fixture, &person, WRONG_PIN).await);
    }
    let locked = fixture.refusal("sessions", &person.log_in(PIN)).await;
    assert_eq!(locked, refused(429, "pin-locked"));
    assert_eq!(finish(&fixture, &person, NEW_PIN).await.0, 204);

    for device in [&person, &other] {
        assert_eq!(fixture.renew(device, &device.tokens).await.0, 422);
        assert!(!logs_in(&fixture, device, PIN).await);
        assert!(logs_in(&fixture, device, NEW_PIN).await);
    }
    let again = code(finish(&fixture, &person, PIN).await);
    assert_eq!(again, refused(404, "pin-reset-not-found"));
    let events = ["device-added", "pin-reset-asked", "pin-locked", "pin-reset"];
    assert_eq!(told(&fixture).await, events);
}

#[tokio::test]
async fn nobody_asks_without_the_devices_signature_and_a_code_to_the_persons_own_phone() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let thief =
        Person { phone: String::new(), device: Device::new(), tokens: person.tokens.clone() };
    let foreign = ask(&fixture, &person, &new_phone()).await;
    assert_eq!(code(foreign), refused(422, "otp-invalid"));
    let unsigned = ask(&fixture, &thief, &person.phone).await;
    assert_eq!(code(unsigned), refused(422, "signature-invalid"));
    let (challenge_id, otp) = fixture.challenge(&person.phone).await;
    let wrong = crate::other_than(&otp);
    let body = json!({
        "device_id": person.device_id(), "challenge_id": challenge_id, "code": wrong,
    });
    let call = Call::post("/api/v1/auth/pin-resets").json(&body);
    let refusal = send(&fixture, &person, call, ("ask-pin-reset", &challenge_id)).await;
    assert_eq!(code(refusal), refused(422, "otp-invalid"));
    assert_eq!(fixture.database.count("pin_resets").await, 0);
    assert!(told(&fixture).await.is_empty());

    // Nor is what was asked for chosen or called off by a thief.
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let ready = "INSERT INTO pin_resets SELECT user_id, device_id, NOW(6) FROM devices";
    conn.query_drop(ready).await.unwrap();
    for refusal in [finish(&fixture, &thief, NEW_PIN).await, cancel(&fixture, &thief).await] {
        assert_eq!(code(refusal), refused(422, "signature-invalid"));
    }
    assert!(logs_in(&fixture, &person, PIN).await);
}

#[tokio::test]
async fn what_was_cancelled_elsewhere_lapsed_or_asked_by_a_removed_device_is_not_chosen() {
    let fixture = Fixture::new().await;
    let staff = administrators(&fixture).await;
    let operator = with_roles(&fixture, &staff, &["operator"]).await;
    for way in ["cancelled", "lapsed", "changed", "logged out by staff", "removed"] {
        let person = fixture.sign_up().await;
        let other = fixture.add_device(&person).await;
        let mut conn = fixture.database.pool.get_conn().await.unwrap();
        conn.query_drop("DELETE FROM pin_resets").await.unwrap();
        let mut refusal = refused(404, "pin-reset-not-found");
        assert_eq!(ask(&fixture, &person, &person.phone).await.0, 201);
        pass(&fixture, 24).await;
        match way {
            "cancelled" => {
                assert_eq!(cancel(&fixture, &other).await.0, 204);
                let again = code(cancel(&fixture, &other).await);
                assert_eq!(again, refused(404, "pin-reset-not-found"));
            }
            "lapsed" => pass(&fixture, 7 * 24).await,
            "changed" => {
                let change = json!({"current_pin": PIN, "new_pin": "284615"});
                assert_eq!(fixture.act(&other, "PUT", "pin", Some(&change)).await.0, 204);
            }
            "logged out by staff" => {
                let path = format!("staff/users/{}/sessions", text(&person.tokens, "user_id"));
                assert_eq!(operator.ask(&fixture, "DELETE", &path).await.0, 204);
                let told = told(&fixture).await;
                assert_eq!(told[told.len() - 2..], ["pin-reset-cancelled", "logged-out-by-staff"]);
            }
            _ => {
                let path = format!("devices/{}", person.device_id());
                assert_eq!(fixture.act(&other, "DELETE", &path, None).await.0, 204);
                refusal = refused(422, "signature-invalid");
            }
        }
        assert_eq!(code(finish(&fixture, &person, NEW_PIN).await), refusal, "{way}");
        assert!(!logs_in(&fixture, &other, NEW_PIN).await, "{way}");
    }
}

#[tokio::test]
async fn who_moved_to_another_number_knew_the_pin_so_none_is_chosen_in_its_place() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    assert_eq!(ask(&fixture, &person, &person.phone).await.0, 201);
    pass(&fixture, 24).await;
    let codes = (fixture.challenge(&person.phone).await, fixture.challenge(&new_phone()).await);
    let moved = phone_changes::change(&fixture, &person, PIN, [&codes.0, &codes.1]).await;
    assert_eq!(moved.0, 204, "{moved:?}");
    let refusal = code(finish(&fixture, &person, NEW_PIN).await);
    assert_eq!(refusal, refused(404, "pin-reset-not-found"));
    assert!(logs_in(&fixture, &person, PIN).await);
}

#[tokio::test]
async fn whoever_asks_anew_waits_a_day_anew_and_the_device_that_asked_before_chooses_nothing() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let cooling = refused(409, "pin-reset-cooling");
    for _ in 0..2 {
        assert_eq!(ask(&fixture, &person, &person.phone).await.0, 201);
        assert_eq!(code(finish(&fixture, &person, NEW_PIN).await), cooling);
        pass(&fixture, 24).await;
    }
    assert_eq!(finish(&fixture, &person, NEW_PIN).await.0, 204);

    // Elsewhere. The first wish is written as it is a day later: a phone gets three codes at once.
    let person = fixture.sign_up().await;
    let other = fixture.add_device(&person).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let id: values::DeviceId = person.device_id().parse().unwrap();
    let ready = "INSERT INTO pin_resets
        SELECT user_id, device_id, NOW(6) FROM devices WHERE device_id = ?";
    conn.exec_drop(ready, (id.uuid(),)).await.unwrap();
    assert_eq!(ask(&fixture, &other, &person.phone).await.0, 201);
    let not_asked = code(finish(&fixture, &person, NEW_PIN).await);
    assert_eq!(not_asked, refused(404, "pin-reset-not-found"));
    assert_eq!(code(finish(&fixture, &other, NEW_PIN).await), cooling);
    assert!(!logs_in(&fixture, &other, NEW_PIN).await);
}

#[tokio::test]
async fn of_a_choice_and_a_cancellation_at_once_exactly_one_counts_two_hundred_times() {
    let fixture = Fixture::new().await;
    // A choice hashes the PIN first.
    let race = RefCell::new(Race::default());
    let rounds = async |mut person: Person| {
        let mut pin = PIN;
        let mut conn = fixture.database.pool.get_conn().await.unwrap();
        for round in 0..ROUNDS {
            let device_id: values::DeviceId = person.device_id().parse().unwrap();
            let ready = "INSERT INTO pin_resets
                SELECT user_id, device_id, NOW(6) FROM devices WHERE device_id = ?";
            conn.exec_drop(ready, (device_id.uuid(),)).await.unwrap();
            let next = if pin == PIN { NEW_PIN } else { PIN };
            let [chooses_after, cancels_after] = race.borrow().waits(round);
            let (choice, cancellation) = futures_util::join!(
                after(chooses_after, finish(&fixture, &person, next)),
                after(cancels_after, cancel(&fixture, &person)),
            );
            let is_chosen = choice.0 == 204;
            assert_eq!(is_chosen, cancellation.0 != 204, "{choice:?} {cancellation:?}");
            pin = if is_chosen { next } else { pin };
            race.borrow_mut().won(is_chosen);
            let (status, tokens) = fixture.post("sessions", &person.log_in(pin)).await;
            assert_eq!(status, 201, "{tokens}");
            person.tokens = tokens;
        }
    };
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        people.push(fixture.sign_up().await);
    }
    join_all(people.into_iter().map(rounds)).await;
    race.borrow().assert_each_won();
}
