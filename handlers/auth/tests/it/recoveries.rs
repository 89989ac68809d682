//! Accounts whose phone and number are lost.

use std::time::Duration;

use events::auth::SecurityEventRecordedV1;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, Device};
use tokio::time::sleep;
use values::{RecoveryId, StaffId, UserId};

use crate::limits::hours;
use crate::passkey_acts::signed;
use crate::staff::{Member, administrators, call, text, with_roles};
use crate::{Fixture, PIN, Person, code, moment, new_phone, other_than, refused, registration};

const NEW_PIN: &str = "916203";

async fn ask(fixture: &Fixture, old: &str, new: &str) -> (u16, Value) {
    let (challenge_id, otp) = fixture.challenge(new).await;
    let body = json!({"phone": old, "challenge_id": challenge_id, "code": otp});
    fixture.post("recoveries", &body).await
}

/// Asks, and waits until the owner was told, if there is one.
pub(crate) async fn asked(fixture: &Fixture, old: &str, new: &str) -> String {
    let (status, answer) = ask(fixture, old, new).await;
    assert_eq!((status, &answer["cooling_seconds"]), (201, &json!(72 * 3_600)), "{answer}");
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    loop {
        let untold = "SELECT COUNT(*) FROM recoveries WHERE told_at IS NULL";
        let untold: Option<u64> = conn.query_first(untold).await.unwrap();
        if untold == Some(0) {
            return text(&answer, "recovery_id").to_owned();
        }
        sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) async fn decide(fixture: &Fixture, by: &Member, id: &str, verb: &str) -> (u16, Value) {
    let path = format!("staff/recoveries/{id}/{verb}");
    let body = json!({"case_number": "CS-2026-17"});
    let body = (verb == "propose").then_some(&body);
    call(fixture, "POST", &path, Some(&by.token), body).await
}

pub(crate) async fn finish_on(
    fixture: &Fixture,
    id: &str,
    new: &str,
    device: &Device,
) -> (u16, Value) {
    let (challenge_id, otp) = fixture.challenge(new).await;
    let body = registration(&challenge_id, &otp, NEW_PIN, device);
    fixture.post(&format!("recoveries/{id}/finish"), &body).await
}

async fn finish(fixture: &Fixture, id: &str, new: &str) -> (u16, Value) {
    finish_on(fixture, id, new, &Device::new()).await
}

pub(crate) async fn cancel(fixture: &Fixture, person: &Person) -> (u16, Value) {
    let call = Call::new("DELETE", "/api/v1/auth/recoveries/current");
    let call = call.bearer(person.access_token());
    let answer = fixture.send(person.signed(call, "cancel-recovery", "", moment())).await;
    (answer.status, answer.json())
}

async fn cancel_by_phone(fixture: &Fixture, phone: &str) -> (u16, Value) {
    let (challenge_id, otp) = fixture.challenge(phone).await;
    let body = json!({"challenge_id": challenge_id, "code": otp});
    fixture.post("recoveries/current/cancel", &body).await
}

/// As if so many hours had passed.
async fn pass(fixture: &Fixture, hours: u32) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = format!("UPDATE recoveries SET told_at = told_at - INTERVAL {hours} HOUR");
    conn.query_drop(sql).await.unwrap();
}

/// A recovery of this person's account as it is when its wait is over.
pub(crate) async fn insert_ready(
    fixture: &Fixture,
    person: &Person,
    new: &str,
    status: &str,
) -> RecoveryId {
    let (id, user_id) = (RecoveryId::new(), text(&person.tokens, "user_id"));
    let user_id: UserId = user_id.parse().unwrap();
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "INSERT INTO recoveries (recovery_id, user_id, new_phone, status, told_at,
            case_number, proposed_by, proposer, proposed_at)
        VALUES (?, ?, ?, ?, NOW(6) - INTERVAL 72 HOUR, 'CS-1',
            COALESCE((SELECT staff_id FROM staff ORDER BY staff_id LIMIT 1), ?), 'ann', NOW(6))";
    let values = (id.uuid(), user_id.uuid(), new, status, StaffId::new().uuid());
    conn.exec_drop(sql, values).await.unwrap();
    id
}

async fn told(fixture: &Fixture) -> Vec<String> {
    let told: Vec<SecurityEventRecordedV1> = fixture.database.told().await;
    told.into_iter().map(|event| event.kind).collect()
}

/// An operator and a reviewer.
async fn staff(fixture: &Fixture) -> (Member, Member) {
    let both = administrators(fixture).await;
    let operator = with_roles(fixture, &both, &["operator", "reviewer"]).await;
    (operator, with_roles(fixture, &both, &["reviewer", "auditor"]).await)
}

fn without_trace((status, mut problem): (u16, Value)) -> (u16, Value) {
    problem.as_object_mut().unwrap().remove("trace_id");
    (status, problem)
}

#[tokio::test]
async fn who_lost_phone_and_number_gets_the_account_after_three_days_and_four_eyes() {
    let fixture = Fixture::new().await;
    let (operator, reviewer) = staff(&fixture).await;
    let person = fixture.sign_up().await;
    let mut passkey = fixture.add_passkey(&person).await;
    let new = new_phone();
    let id = asked(&fixture, &person.phone, &new).await;
    let notice = fixture.sms.newest_to(&person.phone);
    for language in ["lost this number", "聲稱遺失此號碼", "声称遗失此号码"] {
        assert!(notice.contains(language), "{notice}");
    }
    let token = Some(person.access_token());
    let (_, open) = fixture.call("GET", "recoveries/current", token, None).await;
    assert_eq!(open["recovery_id"], json!(id));
    let (_, page) = reviewer.ask(&fixture, "GET", "staff/recoveries").await;
    assert_eq!(page["items"][0]["status"], "asked");
    assert!(!page.to_string().contains(&new[4..]), "{page}");

    let (status, proposed) = decide(&fixture, &operator, &id, "propose").await;
    assert_eq!((status, &proposed["case"]["case_number"]), (200, &json!("CS-2026-17")));
    assert_eq!(decide(&fixture, &operator, &id, "propose").await, (200, proposed));
    let own = code(decide(&fixture, &operator, &id, "approve").await);
    assert_eq!(own, refused(403, "own-proposal"));
    pass(&fixture, 71).await;
    for _ in 0..2 {
        let (status, approved) = decide(&fixture, &reviewer, &id, "approve").await;
        assert_eq!((status, &approved["status"]), (200, &json!("approved")), "{approved}");
    }
    let early = code(finish(&fixture, &id, &new).await);
    assert_eq!(early, refused(409, "recovery-not-ready"));
    pass(&fixture, 1).await;
    let device = Device::new();
    let (status, tokens) = finish_on(&fixture, &id, &new, &device).await;
    assert_eq!(status, 201, "{tokens}");
    assert_eq!(tokens["user_id"], person.tokens["user_id"]);
    assert_eq!(hours(&fixture, &tokens).await, Some(72));

    // Of what was there before nothing opens the account.
    assert_eq!(fixture.renew(&person, &person.tokens).await.0, 422);
    let old_device = fixture.refusal("sessions", &person.log_in(PIN)).await;
    assert_eq!(old_device, refused(422, "signature-invalid"));
    let begun = fixture.begin_passkey_log_in().await;
    let old_passkey = fixture.refusal("passkey-sessions", &passkey.log_in(&begun)).await;
    assert_eq!(old_passkey, refused(422, "passkey-unknown"));
    let owner = Person { phone: new, device, tokens };
    let old_pin = fixture.refusal("sessions", &owner.log_in(PIN)).await;
    assert_eq!(old_pin, refused(422, "pin-invalid"));
    let (status, tokens) = fixture.post("sessions", &owner.log_in(NEW_PIN)).await;
    assert_eq!((status, hours(&fixture, &tokens).await), (201, Some(72)));
    let (_, user) = fixture.call("GET", "users/me", tokens["access_token"].as_str(), None).await;
    assert_eq!(user["phone"], json!(owner.phone));
    let (_, devices) = fixture.call("GET", "devices", tokens["access_token"].as_str(), None).await;
    assert_eq!(devices["items"].as_array().unwrap().len(), 1);
    let events = ["passkey-added", "recovery-asked", "account-recovered"];
    assert_eq!(told(&fixture).await, events);
    let (_, acts) = reviewer.ask(&fixture, "GET", "staff/acts").await;
    let newest = acts["items"].as_array().unwrap()[..2].iter();
    let newest: Vec<_> = newest.map(|act| (text(act, "type"), &act["about_user_id"])).collect();
    let about = &person.tokens["user_id"];
    assert_eq!(newest, [("recovery-approved", about), ("recovery-proposed", about)]);
}

/// What happens in this case to a recovery that was asked for.
async fn go(
    fixture: &Fixture,
    (operator, reviewer): &(Member, Member),
    way: &str,
    person: &Person,
    id: &str,
) {
    let ready = async || {
        assert_eq!(decide(fixture, operator, id, "propose").await.0, 200);
        assert_eq!(decide(fixture, reviewer, id, "approve").await.0, 200);
    };
    match way {
        "only proposed" => {
            assert_eq!(decide(fixture, operator, id, "propose").await.0, 200);
        }
        "rejected" => {
            assert_eq!(decide(fixture, operator, id, "propose").await.0, 200);
            assert_eq!(decide(fixture, operator, id, "reject").await.0, 200);
            let late = code(decide(fixture, reviewer, id, "approve").await);
            assert_eq!(late, refused(409, "recovery-closed"));
        }
        "rejected afterwards" => {
            ready().await;
            assert_eq!(decide(fixture, reviewer, id, "reject").await.0, 200);
        }
        "cancelled" => {
            ready().await;
            assert_eq!(cancel(fixture, person).await.0, 204);
        }
        "cancelled by number" => {
            ready().await;
            assert_eq!(cancel_by_phone(fixture, &person.phone).await.0, 204);
        }
        "cancelled by passkey" => {
            ready().await;
            let mut passkey = fixture.add_passkey(person).await;
            let browser = fixture.log_in_with(&mut passkey, person).await;
            let call = Call::new("DELETE", "/api/v1/auth/recoveries/current");
            let call = call.bearer(browser.access_token());
            let act = ("cancel-recovery", "");
            let call = signed(call, &mut passkey, &browser, act, moment());
            fixture.send(call).await.expect(204);
        }
        "cancelled before" => {
            assert_eq!(cancel(fixture, person).await.0, 204);
            let late = code(decide(fixture, operator, id, "propose").await);
            assert_eq!(late, refused(409, "recovery-closed"));
            let again = code(cancel(fixture, person).await);
            assert_eq!(again, refused(404, "recovery-not-found"));
        }
        "lapsed" => {
            ready().await;
            pass(fixture, 7 * 24).await;
        }
        "another number" => {
            ready().await;
        }
        "stranger" => {
            let unknown = code(decide(fixture, operator, id, "propose").await);
            assert_eq!(unknown, refused(404, "recovery-not-found"));
        }
        _ => {}
    }
}

#[tokio::test]
async fn whatever_is_missing_the_answer_is_the_same_and_the_account_stays() {
    let fixture = Fixture::new().await;
    let staff = staff(&fixture).await;
    let mut answers = Vec::new();
    for way in [
        "nobody decided",
        "only proposed",
        "rejected",
        "rejected afterwards",
        "cancelled",
        "cancelled by number",
        "cancelled by passkey",
        "cancelled before",
        "lapsed",
        "another number",
        "stranger",
    ] {
        let person = fixture.sign_up().await;
        let (old, new) = (person.phone.clone(), new_phone());
        let old = if way == "stranger" { new_phone() } else { old };
        let id = asked(&fixture, &old, &new).await;
        let mut finisher = new.clone();
        go(&fixture, &staff, way, &person, &id).await;
        if way == "another number" {
            finisher = new_phone();
        }
        pass(&fixture, 72).await;
        answers.push((way, without_trace(finish(&fixture, &id, &finisher).await)));
        // The owner's device and PIN are as good as ever.
        assert_eq!(fixture.post("sessions", &person.log_in(PIN)).await.0, 201, "{way}");
    }
    let unknown = finish(&fixture, &RecoveryId::new().to_string(), &new_phone()).await;
    let unknown = without_trace(unknown);
    assert_eq!((unknown.0, &unknown.1["code"]), (409, &json!("recovery-not-ready")));
    for (way, answer) in answers {
        assert_eq!((way, without_instance(answer)), (way, without_instance(unknown.clone())));
    }
}

/// The path of the request, which names the recovery.
fn without_instance((status, mut problem): (u16, Value)) -> (u16, Value) {
    problem.as_object_mut().unwrap().remove("instance");
    (status, problem)
}

#[tokio::test]
async fn nobody_asks_without_a_code_to_the_new_number_or_decides_without_the_role() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    let operator = with_roles(&fixture, &both, &["operator"]).await;
    let person = fixture.sign_up().await;
    let new = new_phone();
    let (challenge_id, otp) = fixture.challenge(&new).await;
    for (phone, otp, refusal) in [
        (&*person.phone, other_than(&otp), refused(422, "otp-invalid")),
        ("+85212345678", &*otp, refused(422, "phone-invalid")),
    ] {
        let body = json!({"phone": phone, "challenge_id": challenge_id, "code": otp});
        assert_eq!(fixture.refusal("recoveries", &body).await, refusal);
    }
    assert_eq!(fixture.database.count("recoveries").await, 0);
    let id = asked(&fixture, &person.phone, &new).await;
    let stranger = refused(401, "invalid-token");
    for verb in ["propose", "approve", "reject"] {
        let path = format!("staff/recoveries/{id}/{verb}");
        let body = json!({"case_number": "CS-1"});
        for token in [Some(person.access_token()), None] {
            assert_eq!(code(call(&fixture, "POST", &path, token, Some(&body)).await), stranger);
        }
    }
    let missing = refused(403, "role-missing");
    for (by, verb) in [(&both.0, "propose"), (&both.0, "approve"), (&operator, "approve")] {
        assert_eq!(code(decide(&fixture, by, &id, verb).await), missing, "{verb}");
    }
    let thief =
        Person { phone: String::new(), device: Device::new(), tokens: person.tokens.clone() };
    assert_eq!(code(cancel(&fixture, &thief).await), refused(422, "signature-invalid"));
    let neighbour = fixture.sign_up().await;
    let nothing = refused(404, "recovery-not-found");
    assert_eq!(code(cancel(&fixture, &neighbour).await), nothing);
    assert_eq!(code(cancel_by_phone(&fixture, &neighbour.phone).await), nothing);
    assert_eq!(code(cancel_by_phone(&fixture, &new).await), nothing);
    let (challenge_id, otp) = fixture.challenge(&person.phone).await;
    let body = json!({"challenge_id": challenge_id, "code": other_than(&otp)});
    let wrong = fixture.refusal("recoveries/current/cancel", &body).await;
    assert_eq!(wrong, refused(422, "otp-invalid"));
    assert_eq!(cancel(&fixture, &person).await.0, 204);
}

#[tokio::test]
async fn a_number_with_an_account_and_one_without_are_asked_for_alike_and_only_so_often() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut seen = Vec::new();
    for old in [person.phone.clone(), new_phone()] {
        let mut answers = Vec::new();
        for _ in 0..4 {
            let (status, answer) = ask(&fixture, &old, &new_phone()).await;
            let mut answer = without_trace((status, answer));
            for field in ["recovery_id", "retry_after_seconds"] {
                answer.1.as_object_mut().unwrap().remove(field);
            }
            answers.push(answer);
        }
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.0).collect();
        assert_eq!(statuses, [201, 201, 201, 429]);
        assert_eq!(answers[3].1["code"], "recoveries-throttled");
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn an_owner_who_could_not_be_told_is_told_later_and_the_wait_begins_only_then() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let id = RecoveryId::new();
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let lost = "INSERT INTO recoveries (recovery_id, old_phone, new_phone, status, asked_at)
        VALUES (?, ?, '+85261230000', 'asked', NOW(6) - INTERVAL 2 MINUTE)";
    conn.exec_drop(lost, (id.uuid(), &person.phone)).await.unwrap();
    let before = fixture.call("GET", "recoveries/current", Some(person.access_token()), None).await;
    assert_eq!(code(before), refused(404, "recovery-not-found"));
    let timer = async || {
        let call = Call::post("/auth_do_what_is_due").json(&json!({}));
        fixture.send(call).await.expect(200);
    };
    // Two instances at once, and one again.
    futures_util::join!(timer(), timer());
    timer().await;
    assert_eq!(told(&fixture).await, ["recovery-asked"]);
    assert!(fixture.sms.newest_to(&person.phone).contains("lost this number"));
    let since: Option<bool> = conn
        .query_first("SELECT told_at > asked_at AND old_phone IS NULL FROM recoveries")
        .await
        .unwrap();
    assert_eq!(since, Some(true));
}

#[tokio::test]
async fn a_number_that_has_another_account_by_then_gets_no_second_one() {
    let fixture = Fixture::new().await;
    let (person, neighbour) = (fixture.sign_up().await, fixture.sign_up().await);
    let id = insert_ready(&fixture, &person, &neighbour.phone, "approved").await.to_string();
    let taken = code(finish(&fixture, &id, &neighbour.phone).await);
    assert_eq!(taken, refused(409, "phone-already-registered"));
    assert_eq!(fixture.post("sessions", &person.log_in(PIN)).await.0, 201);
    // But whoever has their number and nothing else keeps it.
    let id = insert_ready(&fixture, &person, &person.phone, "approved").await.to_string();
    let (status, tokens) = finish(&fixture, &id, &person.phone).await;
    assert_eq!(status, 201, "{tokens}");
}
