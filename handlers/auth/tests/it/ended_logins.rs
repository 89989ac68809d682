//! Staff end a person's logins.

use std::time::Duration;

use events::auth::SecurityEventRecordedV1;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::staff::{Member, administrators, call, with_roles};
use crate::{Fixture, PIN, Person, code, refused};

async fn end(fixture: &Fixture, by: &Member, user_id: &str) -> (u16, Value) {
    by.ask(fixture, "DELETE", &format!("staff/users/{user_id}/sessions")).await
}

fn id(person: &Person) -> &str {
    person.tokens["user_id"].as_str().unwrap()
}

#[tokio::test]
async fn an_operator_ends_every_login_of_a_person_and_is_on_record() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    let operator = with_roles(&fixture, &both, &["operator", "auditor"]).await;
    let (person, neighbour) = (fixture.sign_up().await, fixture.sign_up().await);
    let second = fixture.add_device(&person).await;
    let mut passkey = fixture.add_passkey(&person).await;
    let browser = fixture.log_in_with(&mut passkey, &person).await;
    assert_eq!(end(&fixture, &operator, id(&person)).await.0, 204);
    let ended = refused(422, "refresh-token-invalid");
    for device in [&person, &second] {
        assert_eq!(code(fixture.renew(device, &device.tokens).await), ended);
    }
    let renewal = json!({"refresh_token": browser.tokens["refresh_token"]});
    assert_eq!(fixture.refusal("tokens", &renewal).await, ended);
    for token in [&person, &second, &browser].map(Person::access_token) {
        let asked = async || fixture.call("GET", "users/me", Some(token), None).await.0;
        while asked().await != 401 {
            sleep(Duration::from_millis(5)).await;
        }
    }
    assert_eq!(fixture.renew(&neighbour, &neighbour.tokens).await.0, 200);
    // They log in as ever, and find nothing more to end where nothing is.
    assert_eq!(fixture.post("sessions", &person.log_in(PIN)).await.0, 201);
    for _ in 0..2 {
        assert_eq!(end(&fixture, &operator, id(&person)).await.0, 204);
    }
    let told: Vec<SecurityEventRecordedV1> = fixture.database.told().await;
    let of_staff = told.iter().filter(|event| event.kind == "logged-out-by-staff").count();
    assert_eq!(of_staff, 2);
    let (_, page) = operator.ask(&fixture, "GET", "staff/acts").await;
    for act in &page["items"].as_array().unwrap()[..3] {
        let seen = ["type", "name", "staff_id", "about_user_id", "about_staff_id"];
        let seen = seen.map(|field| act[field].clone());
        let operator_id = json!(operator.staff_id);
        let person_id = person.tokens["user_id"].clone();
        let name = json!("cat@example.com");
        assert_eq!(seen, [json!("logins-ended"), name, operator_id, person_id, json!(null)]);
    }
}

#[tokio::test]
async fn nobody_else_ends_a_persons_logins() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    let reviewer = with_roles(&fixture, &both, &["reviewer", "auditor"]).await;
    let operator = with_roles(&fixture, &both, &["operator"]).await;
    let person = fixture.sign_up().await;
    let missing = refused(403, "role-missing");
    for by in [&both.0, &reviewer] {
        assert_eq!(code(end(&fixture, by, id(&person)).await), missing);
    }
    let path = format!("staff/users/{}/sessions", id(&person));
    for token in [Some(person.access_token()), None] {
        let answer = call(&fixture, "DELETE", &path, token, None).await;
        assert_eq!(code(answer), refused(401, "invalid-token"));
    }
    let nobody = values::UserId::new().to_string();
    let unknown = code(end(&fixture, &operator, &nobody).await);
    assert_eq!(unknown, refused(404, "user-not-found"));
    assert_eq!(both.0.ask(&fixture, "DELETE", "staff/sessions/current").await.0, 204);
    // Who was taken off the staff a moment ago ends nothing, whatever the list of logins says.
    let member = format!("staff/members/{}", operator.staff_id);
    assert_eq!(both.1.ask(&fixture, "DELETE", &member).await.0, 204);
    let gone = code(end(&fixture, &operator, id(&person)).await);
    assert_eq!(gone, refused(401, "invalid-token"));
    assert_eq!(fixture.renew(&person, &person.tokens).await.0, 200);
    let told: Vec<SecurityEventRecordedV1> = fixture.database.told().await;
    assert!(told.is_empty(), "{told:?}");
}
