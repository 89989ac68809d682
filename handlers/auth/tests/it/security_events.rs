//! The trail of what happened to the security of an account.

use events::auth::SecurityEventRecordedV1;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, Device};

use crate::staff::{administrators, call, text, with_roles};
use crate::{Fixture, PIN, Person, WRONG_PIN, code, other_than, refused, registration};

async fn list(fixture: &Fixture, person: &Person, query: &str) -> Value {
    let path = format!("security-events{query}");
    let (status, page) = fixture.call("GET", &path, Some(person.access_token()), None).await;
    assert_eq!(status, 200, "{page}");
    page
}

/// The codes of what happened, oldest first.
async fn trail(fixture: &Fixture, person: &Person) -> Vec<String> {
    let page = list(fixture, person, "").await;
    let items = page["items"].as_array().unwrap().iter().rev();
    items.map(|item| item["type"].as_str().unwrap().to_owned()).collect()
}

/// What was told to the other services, in the order of the outbox.
async fn told(fixture: &Fixture) -> Vec<String> {
    let told: Vec<SecurityEventRecordedV1> = fixture.database.told().await;
    told.into_iter().map(|event| event.kind).collect()
}

#[tokio::test]
async fn a_person_reads_all_that_happened_to_the_account_and_nobody_else_does() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let stranger = fixture.sign_up().await;
    let other = fixture.add_device(&person).await;
    let person = fixture.log_in(person).await;
    // The second finds nobody to log out, and that has not happened.
    for _ in 0..2 {
        assert_eq!(fixture.act(&person, "DELETE", "sessions/others", None).await.0, 204);
    }
    let path = format!("devices/{}", other.device_id());
    assert_eq!(fixture.act(&person, "DELETE", &path, None).await.0, 204);
    let change = json!({"current_pin": PIN, "new_pin": "284615"});
    assert_eq!(fixture.act(&person, "PUT", "pin", Some(&change)).await.0, 204);

    let expected = [
        "signed-up",
        "device-added",
        "logged-in",
        "others-logged-out",
        "device-removed",
        "pin-changed",
    ];
    assert_eq!(trail(&fixture, &person).await, expected);
    assert_eq!(trail(&fixture, &stranger).await, ["signed-up"]);
    assert_eq!(told(&fixture).await, ["device-added", "device-removed", "pin-changed"]);

    let page = list(&fixture, &person, "").await;
    let added = &page["items"][4];
    assert_eq!(added["device_id"], other.tokens["device_id"]);
    assert_eq!(added["device_name"], "Ann's phone");
    assert!(added["security_event_id"].as_str().unwrap().starts_with("sev_"));
    assert!(added["occurred_at"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn the_list_is_read_in_pages_and_in_the_customers_language() {
    let fixture = Fixture::new().await;
    let mut person = fixture.sign_up().await;
    for _ in 0..2 {
        person = fixture.log_in(person).await;
    }
    let first = list(&fixture, &person, "?limit=2").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = list(&fixture, &person, &format!("?limit=2&cursor={cursor}")).await;
    let types = |page: &Value| -> Vec<Value> {
        page["items"].as_array().unwrap().iter().map(|item| item["type"].clone()).collect()
    };
    assert_eq!(types(&first), ["logged-in", "logged-in"]);
    assert_eq!((types(&second), &second["next_cursor"]), (vec![json!("signed-up")], &json!(null)));
    let token = Some(person.access_token());
    let path = format!("devices?cursor={cursor}");
    let foreign = code(fixture.call("GET", &path, token, None).await);
    assert_eq!(foreign, refused(400, "cursor-invalid"));

    for (language, message) in
        [("en", "Logged in."), ("zh-HK", "已登入。"), ("zh-CN", "已登录。"), ("fr", "Logged in.")]
    {
        let ask = Call::get("/api/v1/auth/security-events").bearer(person.access_token());
        let answer = fixture.send(ask.header("accept-language", language)).await;
        assert_eq!(answer.json()["items"][0]["message"], message, "{language}");
    }
}

#[tokio::test]
async fn a_locked_pin_is_told_once_and_with_its_device() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let other = fixture.add_device(&person).await;
    for _ in 0..7 {
        fixture.post("sessions", &other.log_in(WRONG_PIN)).await;
    }
    assert_eq!(trail(&fixture, &person).await, ["signed-up", "device-added", "pin-locked"]);
    assert_eq!(told(&fixture).await, ["device-added", "pin-locked"]);
    let page = list(&fixture, &person, "").await;
    assert_eq!(page["items"][0]["device_id"], other.tokens["device_id"]);
}

#[tokio::test]
async fn a_fifth_pin_that_is_right_locks_nothing_and_tells_nothing() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    for _ in 0..4 {
        fixture.post("sessions", &person.log_in(WRONG_PIN)).await;
    }
    let person = fixture.log_in(person).await;
    assert_eq!(trail(&fixture, &person).await, ["signed-up", "logged-in"]);
}

#[tokio::test]
async fn wrong_codes_that_lock_a_phone_are_in_the_trail_of_its_user() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    for _ in 0..2 {
        let (challenge_id, otp) = fixture.challenge(&person.phone).await;
        let wrong = registration(&challenge_id, other_than(&otp), PIN, &Device::new());
        for _ in 0..5 {
            assert_eq!(fixture.post("users", &wrong).await.0, 422);
        }
    }
    while told(&fixture).await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(told(&fixture).await, ["codes-locked"]);
    assert_eq!(trail(&fixture, &person).await, ["signed-up", "codes-locked"]);
}

#[tokio::test]
async fn a_token_that_was_reused_is_in_the_trail_once() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let other = fixture.add_device(&person).await;
    let (_, second) = fixture.renew(&person, &person.tokens).await;
    assert_eq!(fixture.renew(&person, &second).await.0, 200);
    for refusal in ["refresh-token-reused", "refresh-token-invalid"] {
        let again = code(fixture.renew(&person, &person.tokens).await);
        assert_eq!(again, refused(422, refusal));
    }
    let expected = ["signed-up", "device-added", "token-reused"];
    assert_eq!(trail(&fixture, &other).await, expected);
}

#[tokio::test]
async fn what_did_not_happen_is_in_no_trail() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let used = person.log_in(PIN);
    let (_, tokens) = fixture.post("sessions", &used).await;
    assert_eq!(fixture.post("sessions", &used).await.0, 422);
    let person = Person { tokens, ..person };
    let unknown = format!("devices/{}", values::DeviceId::new());
    assert_eq!(fixture.act(&person, "DELETE", &unknown, None).await.0, 404);
    let weak = json!({"current_pin": PIN, "new_pin": "123456"});
    assert_eq!(fixture.act(&person, "PUT", "pin", Some(&weak)).await.0, 422);
    assert_eq!(trail(&fixture, &person).await, ["signed-up", "logged-in"]);
}

#[tokio::test]
async fn after_two_years_it_is_forgotten() {
    let fixture = Fixture::new().await;
    let (old, new) = (fixture.sign_up().await, fixture.sign_up().await);
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let age = "UPDATE security_events SET occurred_at = occurred_at - INTERVAL 731 DAY
        ORDER BY security_event_id LIMIT 1";
    conn.query_drop(age).await.unwrap();
    let routes = fixture.routes.clone();
    testkit::call(&routes, "POST", "/auth_do_what_is_due", None, None).await;
    assert!(trail(&fixture, &old).await.is_empty());
    assert_eq!(trail(&fixture, &new).await, ["signed-up"]);
}

#[tokio::test]
async fn an_operator_or_a_reviewer_reads_a_persons_trail_and_each_look_is_on_record() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    let person = fixture.sign_up().await;
    fixture.add_device(&person).await;
    let own = list(&fixture, &person, "").await;
    let path = format!("staff/users/{}/security-events", text(&person.tokens, "user_id"));
    for roles in [["operator", "auditor"], ["reviewer", "auditor"]] {
        let member = with_roles(&fixture, &both, &roles).await;
        let (status, read) = member.ask(&fixture, "GET", &path).await;
        assert_eq!((status, &read["items"]), (200, &own["items"]), "{roles:?}");
        let (_, first) = member.ask(&fixture, "GET", &format!("{path}?limit=1")).await;
        let next = format!("{path}?limit=1&cursor={}", text(&first, "next_cursor"));
        let (_, next) = member.ask(&fixture, "GET", &next).await;
        assert_eq!(next["items"][0], own["items"][1]);
        let (_, acts) = member.ask(&fixture, "GET", "staff/acts?limit=3").await;
        for act in acts["items"].as_array().unwrap() {
            assert_eq!(act["type"], "security-trail-read", "{acts}");
            assert_eq!(act["staff_id"], json!(member.staff_id));
            assert_eq!(act["about_user_id"], person.tokens["user_id"]);
        }
    }
}

#[tokio::test]
async fn nobody_else_reads_a_persons_trail_and_no_act_says_so() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    let auditor = with_roles(&fixture, &both, &["auditor"]).await;
    let reviewer = with_roles(&fixture, &both, &["reviewer"]).await;
    let person = fixture.sign_up().await;
    let path = format!("staff/users/{}/security-events", text(&person.tokens, "user_id"));
    for member in [&both.0, &auditor] {
        let refusal = code(member.ask(&fixture, "GET", &path).await);
        assert_eq!(refusal, refused(403, "role-missing"));
    }
    for token in [Some(person.access_token()), None] {
        let refusal = code(call(&fixture, "GET", &path, token, None).await);
        assert_eq!(refusal, refused(401, "invalid-token"));
    }
    let nobody = format!("staff/users/{}/security-events", values::UserId::new());
    let refusal = code(reviewer.ask(&fixture, "GET", &nobody).await);
    assert_eq!(refusal, refused(404, "user-not-found"));
    // Who was taken off the staff a moment ago reads nothing, whatever the list of logins says.
    let member = format!("staff/members/{}", reviewer.staff_id);
    assert_eq!(both.1.ask(&fixture, "DELETE", &member).await.0, 204);
    let refusal = code(reviewer.ask(&fixture, "GET", &path).await);
    assert_eq!(refusal, refused(401, "invalid-token"));
    let (_, acts) = auditor.ask(&fixture, "GET", "staff/acts").await;
    let looked = |act: &Value| act["type"] == "security-trail-read";
    assert!(!acts["items"].as_array().unwrap().iter().any(looked), "{acts}");
}
