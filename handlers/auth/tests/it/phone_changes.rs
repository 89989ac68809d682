//! Moving to another phone number.

use std::time::Duration;

use events::auth::SecurityEventRecordedV1;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Call, Device};

use crate::{Fixture, PIN, Person, WRONG_PIN, code, moment, new_phone, other_than, refused};

const LANES: usize = 8;
/// Each moves twice.
const PAIRS: usize = 13;

/// A challenge's id and its code.
type Sent = (String, String);

pub(crate) async fn change(
    fixture: &Fixture,
    person: &Person,
    pin: &str,
    [old, new]: [&Sent; 2],
) -> (u16, Value) {
    let sent = |(id, code): &Sent| json!({"challenge_id": id, "code": code});
    let body = json!({"pin": pin, "current": sent(old), "new": sent(new)});
    let call = Call::new("PUT", "/api/v1/auth/users/me/phone").json(&body);
    let call = call.bearer(person.access_token());
    let answer = fixture.send(person.signed(call, "change-phone", &new.0, moment())).await;
    (answer.status, answer.json())
}

pub(crate) async fn phone_of(fixture: &Fixture, person: &Person) -> String {
    let (_, user) = fixture.call("GET", "users/me", Some(person.access_token()), None).await;
    user["phone"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_moves_to_another_number_and_the_old_one_and_every_app_are_told() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let phone = new_phone();
    let (old, new) = (fixture.challenge(&person.phone).await, fixture.challenge(&phone).await);
    assert_eq!(change(&fixture, &person, PIN, [&old, &new]).await.0, 204);
    assert_eq!(phone_of(&fixture, &person).await, phone);
    let notice = || fixture.sms.all_to(&person.phone).pop().unwrap();
    while notice().starts_with("Your PayMe code") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for language in ["has moved to another", "你的帳戶已改用", "您的账户已改用"] {
        assert!(notice().contains(language), "{}", notice());
    }
    let told: Vec<SecurityEventRecordedV1> = fixture.database.told().await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].kind, "phone-changed");
    // The codes are used up, the new number logs in, and the old one is free.
    assert_eq!(
        code(change(&fixture, &person, PIN, [&old, &new]).await),
        refused(422, "otp-invalid")
    );
    let former = person.phone.clone();
    let moved = Person { phone, ..person };
    fixture.add_device(&moved).await;
    let (challenge_id, otp) = fixture.challenge(&former).await;
    let body = crate::registration(&challenge_id, &otp, PIN, &Device::new());
    assert_eq!(fixture.refusal("devices", &body).await, refused(404, "phone-not-registered"));
}

#[tokio::test]
async fn without_one_of_the_proofs_nothing_changes_and_a_number_of_another_is_like_a_wrong_code() {
    let fixture = Fixture::new().await;
    let (person, neighbour) = (fixture.sign_up().await, fixture.sign_up().await);
    let old = fixture.challenge(&person.phone).await;
    let new = fixture.challenge(&new_phone()).await;
    let of_neighbour = fixture.challenge(&neighbour.phone).await;
    let wrong = |sent: &Sent| (sent.0.clone(), other_than(&sent.1).to_owned());
    let invalid = refused(422, "otp-invalid");
    for (pin, old, new, refusal) in [
        (WRONG_PIN, &old, &new, refused(422, "pin-invalid")),
        (PIN, &wrong(&old), &new, invalid.clone()),
        (PIN, &old, &wrong(&new), invalid.clone()),
        (PIN, &new, &old, invalid.clone()),
        (PIN, &of_neighbour, &new, invalid.clone()),
    ] {
        assert_eq!(code(change(&fixture, &person, pin, [old, new]).await), refusal);
    }
    let thief =
        Person { phone: String::new(), device: Device::new(), tokens: person.tokens.clone() };
    let unsigned = code(change(&fixture, &thief, PIN, [&old, &new]).await);
    assert_eq!(unsigned, refused(422, "signature-invalid"));

    let (_, mistaken) = change(&fixture, &person, PIN, [&old, &wrong(&new)]).await;
    let (status, taken) = change(&fixture, &person, PIN, [&old, &of_neighbour]).await;
    let without_trace = |mut problem: Value| {
        problem.as_object_mut().unwrap().remove("trace_id");
        problem
    };
    assert_eq!((status, without_trace(taken)), (422, without_trace(mistaken)));
    // And its codes are used up.
    assert_eq!(code(change(&fixture, &person, PIN, [&old, &new]).await), invalid);
    assert_eq!(phone_of(&fixture, &person).await, person.phone);
    assert_eq!(phone_of(&fixture, &neighbour).await, neighbour.phone);
    assert_eq!(fixture.database.told::<SecurityEventRecordedV1>().await.len(), 0);
}

#[tokio::test]
async fn of_two_who_move_to_one_number_at_once_one_does_two_hundred_times() {
    let fixture = Fixture::new().await;
    let rounds = async |_| {
        for _ in 0..PAIRS {
            let (mut ann, mut ben) = futures_util::join!(fixture.sign_up(), fixture.sign_up());
            // No more for a pair: a phone is sent three codes in ten minutes.
            for _ in 0..2 {
                let wanted = new_phone();
                let olds =
                    [fixture.challenge(&ann.phone).await, fixture.challenge(&ben.phone).await];
                let news = [fixture.challenge(&wanted).await, fixture.challenge(&wanted).await];
                let (of_ann, of_ben) = futures_util::join!(
                    change(&fixture, &ann, PIN, [&olds[0], &news[0]]),
                    change(&fixture, &ben, PIN, [&olds[1], &news[1]]),
                );
                let mut statuses = [of_ann.0, of_ben.0];
                statuses.sort_unstable();
                assert_eq!(statuses, [204, 422], "{of_ann:?} {of_ben:?}");
                let winner = if of_ann.0 == 204 { &mut ann } else { &mut ben };
                winner.phone = wanted;
                for person in [&ann, &ben] {
                    assert_eq!(phone_of(&fixture, person).await, person.phone);
                }
            }
        }
    };
    join_all((0..LANES).map(rounds)).await;
}
