//! Members of staff: they log in by passkey only, do what their roles allow, and are on record.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::authenticator::Authenticator;
use crate::{Fixture, code, refused};

/// A member of staff who is logged in.
pub(crate) struct Member {
    pub(crate) staff_id: String,
    pub(crate) passkey: Authenticator,
    pub(crate) token: String,
}

pub(crate) async fn call(
    fixture: &Fixture,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> (u16, Value) {
    let routes = fixture.routes.clone();
    testkit::call(&routes, method, &format!("/api/v1/{path}"), token, body).await
}

pub(crate) async fn post(fixture: &Fixture, path: &str, body: &Value) -> (u16, Value) {
    call(fixture, "POST", path, None, Some(body)).await
}

impl Member {
    pub(crate) async fn ask(&self, fixture: &Fixture, method: &str, path: &str) -> (u16, Value) {
        call(fixture, method, path, Some(&self.token), None).await
    }

    pub(crate) async fn propose(&self, fixture: &Fixture, body: &Value) -> (u16, Value) {
        call(fixture, "POST", "staff/enrolments", Some(&self.token), Some(body)).await
    }

    pub(crate) async fn approve(&self, fixture: &Fixture, proposed: &Value) -> (u16, Value) {
        let path = format!("staff/enrolments/{}/approve", text(proposed, "enrolment_id"));
        self.ask(fixture, "POST", &path).await
    }
}

pub(crate) fn text<'a>(body: &'a Value, field: &str) -> &'a str {
    body[field].as_str().unwrap_or_else(|| panic!("no {field}: {body}"))
}

pub(crate) fn halves(proposed: &Value, approved: &Value) -> Value {
    json!({
        "proposal_secret": proposed["proposal_secret"],
        "approval_secret": approved["approval_secret"],
    })
}

/// An answer to what a member's passkey was asked, without what only people's have.
pub(crate) fn staffs(mut body: Value) -> Value {
    for field in ["name", "product"] {
        body.as_object_mut().unwrap().remove(field);
    }
    body
}

pub(crate) async fn invite_first(fixture: &Fixture, name: &str) -> (u16, Value) {
    let body = json!({"name": name, "operator": "ops@example.com"});
    post(fixture, "first-invitations", &body).await
}

/// Makes the passkey that this enrolment gives leave for.
pub(crate) async fn enrol(
    fixture: &Fixture,
    halves: &Value,
) -> Result<Authenticator, (u16, String)> {
    let (status, begun) = post(fixture, "staff/enrolment-challenges", halves).await;
    if status != 200 {
        return Err(code((status, begun)));
    }
    let passkey = Authenticator::new(&begun);
    let body = staffs(passkey.registration(&begun));
    let (status, enrolled) = post(fixture, "staff/passkeys", &body).await;
    if status == 201 { Ok(passkey) } else { Err(code((status, enrolled))) }
}

pub(crate) async fn log_in(fixture: &Fixture, passkey: &mut Authenticator) -> (u16, Value) {
    let (_, begun) = call(fixture, "POST", "staff/challenges", None, None).await;
    post(fixture, "staff/sessions", &staffs(passkey.log_in(&begun))).await
}

pub(crate) async fn member(fixture: &Fixture, mut passkey: Authenticator) -> Member {
    let (status, tokens) = log_in(fixture, &mut passkey).await;
    assert_eq!((status, &tokens["expires_in_seconds"]), (201, &json!(600)), "{tokens}");
    let staff_id = text(&tokens, "staff_id").to_owned();
    Member { staff_id, passkey, token: text(&tokens, "access_token").to_owned() }
}

pub(crate) async fn first(fixture: &Fixture, name: &str) -> Member {
    let (status, invited) = invite_first(fixture, name).await;
    assert_eq!(status, 201, "{invited}");
    member(fixture, enrol(fixture, &halves(&invited, &invited)).await.unwrap()).await
}

/// The first two administrators.
pub(crate) async fn administrators(fixture: &Fixture) -> (Member, Member) {
    (first(fixture, "ann@example.com").await, first(fixture, "ben@example.com").await)
}

pub(crate) fn invitation(name: &str, roles: &[&str]) -> Value {
    json!({"type": "invitation", "name": name, "roles": roles})
}

/// Somebody whom the two administrators have made staff.
pub(crate) async fn with_roles(fixture: &Fixture, by: &(Member, Member), roles: &[&str]) -> Member {
    // One person is not two.
    let name = match fixture.database.count("staff").await {
        2 => "cat@example.com".to_owned(),
        number => format!("cat-{number}@example.com"),
    };
    let (status, proposed) = by.0.propose(fixture, &invitation(&name, roles)).await;
    assert_eq!(status, 201, "{proposed}");
    let (status, approved) = by.1.approve(fixture, &proposed).await;
    assert_eq!(status, 200, "{approved}");
    member(fixture, enrol(fixture, &halves(&proposed, &approved)).await.unwrap()).await
}

/// Asks until the token is good no more, which takes auth a moment to know.
pub(crate) async fn expect_ended(fixture: &Fixture, token: &str) {
    for _ in 0..100 {
        let (status, _) = call(fixture, "GET", "staff/members", Some(token), None).await;
        if status == 401 {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("the login has not ended");
}

#[tokio::test]
async fn staff_and_customers_are_strangers_to_each_other() {
    let fixture = Fixture::new().await;
    let (ann, _ben) = administrators(&fixture).await;
    let person = fixture.sign_up().await;
    let mut own = fixture.add_passkey(&person).await;
    let stranger = refused(401, "invalid-token");
    for (method, path) in [
        ("GET", "auth/devices"),
        ("GET", "auth/users/me"),
        ("DELETE", "auth/sessions/current"),
        ("GET", "auth/security-events"),
    ] {
        assert_eq!(code(ann.ask(&fixture, method, path).await), stranger, "{path}");
    }
    let enrolment = format!("staff/enrolments/{}", values::EnrolmentId::new());
    for (method, path) in [
        ("GET", "staff/members"),
        ("GET", "staff/enrolments"),
        ("GET", "staff/acts"),
        ("POST", "staff/enrolments"),
        ("POST", &format!("{enrolment}/approve")),
        ("POST", &format!("{enrolment}/reject")),
        ("DELETE", &format!("staff/members/{}", ann.staff_id)),
        ("DELETE", "staff/sessions/current"),
    ] {
        for token in [Some(person.access_token()), None] {
            let answer = call(&fixture, method, path, token, Some(&json!({}))).await;
            assert_eq!(code(answer), stranger, "{path}");
        }
    }
    // Nor does the passkey of the one let in the other, or an answer to the other's challenge.
    let unknown = refused(422, "passkey-unknown");
    assert_eq!(code(log_in(&fixture, &mut own).await), unknown);
    let mut staffs_own = ann.passkey.clone();
    let begun = fixture.begin_passkey_log_in().await;
    let refusal = fixture.refusal("passkey-sessions", &staffs_own.log_in(&begun)).await;
    assert_eq!(refusal, unknown);
    let crossed = post(&fixture, "staff/sessions", &staffs(staffs_own.log_in(&begun))).await;
    assert_eq!(code(crossed), refused(422, "passkey-challenge-invalid"));
    let (_, begun) = call(&fixture, "POST", "staff/challenges", None, None).await;
    let refusal = fixture.refusal("passkey-sessions", &own.log_in(&begun)).await;
    assert_eq!(refusal, refused(422, "passkey-challenge-invalid"));
}

#[tokio::test]
async fn each_does_what_their_roles_allow() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    let auditor = with_roles(&fixture, &both, &["auditor", "operator", "reviewer"]).await;
    let missing = refused(403, "role-missing");
    let (_, proposed) =
        both.0.propose(&fixture, &invitation("dan@example.com", &["auditor"])).await;
    let enrolment = format!("staff/enrolments/{}", text(&proposed, "enrolment_id"));
    for (method, path) in [
        ("GET", "staff/members"),
        ("GET", "staff/enrolments"),
        ("POST", "staff/enrolments"),
        ("POST", &format!("{enrolment}/approve")),
        ("POST", &format!("{enrolment}/reject")),
        ("DELETE", &format!("staff/members/{}", both.0.staff_id)),
    ] {
        assert_eq!(code(auditor.ask(&fixture, method, path).await), missing, "{path}");
    }
    assert_eq!(code(both.0.ask(&fixture, "GET", "staff/acts").await), missing);
    assert_eq!(auditor.ask(&fixture, "GET", "staff/acts").await.0, 200);

    for roles in [json!([]), json!(["owner"]), json!("auditor")] {
        let body = json!({"type": "invitation", "name": "dan@example.com", "roles": roles});
        let refusal = code(both.0.propose(&fixture, &body).await);
        assert_eq!(refusal, refused(400, "invalid-body"), "{body}");
    }
}

#[tokio::test]
async fn what_staff_did_is_on_record_under_the_name_that_was_signed_in() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    let cat = with_roles(&fixture, &both, &["auditor"]).await;
    let (_, proposed) =
        both.1.propose(&fixture, &invitation("dan@example.com", &["operator"])).await;
    let path = format!("staff/enrolments/{}/reject", text(&proposed, "enrolment_id"));
    assert_eq!(both.0.ask(&fixture, "POST", &path).await.0, 204);
    let path = format!("staff/members/{}", both.0.staff_id);
    assert_eq!(both.1.ask(&fixture, "DELETE", &path).await.0, 204);
    assert_eq!(both.1.ask(&fixture, "DELETE", "staff/sessions/current").await.0, 204);

    let (_, page) = cat.ask(&fixture, "GET", "staff/acts").await;
    let acts: Vec<(&str, &str)> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|act| (text(act, "type"), text(act, "name").split('@').next().unwrap()))
        .collect();
    assert_eq!(
        acts,
        [
            ("first-invited", "ops"),
            ("enrolled", "ann"),
            ("logged-in", "ann"),
            ("first-invited", "ops"),
            ("enrolled", "ben"),
            ("logged-in", "ben"),
            ("enrolment-proposed", "ann"),
            ("enrolment-approved", "ben"),
            ("enrolled", "cat"),
            ("logged-in", "cat"),
            ("enrolment-proposed", "ben"),
            ("enrolment-rejected", "ann"),
            ("staff-removed", "ben"),
            ("logged-out", "ben"),
        ]
    );
    let removed = &page["items"][1];
    assert_eq!(removed["about_staff_id"], json!(both.0.staff_id));
    assert_eq!(removed["staff_id"], json!(both.1.staff_id));
}

#[tokio::test]
async fn whoever_is_removed_can_do_nothing_more() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    let mut dan = with_roles(&fixture, &both, &["administrator"]).await;
    let (_, proposed) =
        both.0.propose(&fixture, &invitation("eve@example.com", &["operator"])).await;
    let own = format!("staff/members/{}", both.0.staff_id);
    assert_eq!(code(both.0.ask(&fixture, "DELETE", &own).await), refused(403, "own-removal"));
    let path = format!("staff/members/{}", dan.staff_id);
    assert_eq!(both.0.ask(&fixture, "DELETE", &path).await.0, 204);
    // At once, whatever the list of ended logins says.
    let ended = refused(401, "invalid-token");
    assert_eq!(code(dan.approve(&fixture, &proposed).await), ended);
    assert_eq!(
        code(dan.propose(&fixture, &invitation("f@example.com", &["auditor"])).await),
        ended
    );
    assert_eq!(code(dan.ask(&fixture, "DELETE", &own).await), ended);
    expect_ended(&fixture, &dan.token).await;
    assert_eq!(code(log_in(&fixture, &mut dan.passkey).await), refused(422, "passkey-unknown"));
    assert_eq!(code(both.0.ask(&fixture, "DELETE", &path).await), refused(404, "staff-not-found"));
    let again = json!({"type": "re-enrolment", "staff_id": dan.staff_id});
    assert_eq!(code(both.0.propose(&fixture, &again).await), refused(404, "staff-not-found"));
}

#[tokio::test]
async fn of_two_who_remove_each_other_at_once_one_stays() {
    let fixture = Fixture::new().await;
    let mut ann = first(&fixture, "ann@example.com").await;
    for round in 0..20 {
        let ben = first(&fixture, &format!("ben-{round}@example.com")).await;
        let path = |of: &Member| format!("staff/members/{}", of.staff_id);
        let (of_ann, of_ben) = (path(&ann), path(&ben));
        let (by_ann, by_ben) = futures_util::join!(
            ann.ask(&fixture, "DELETE", &of_ben),
            ben.ask(&fixture, "DELETE", &of_ann)
        );
        let mut statuses = [by_ann.0, by_ben.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 401], "round {round}");
        if by_ben.0 == 204 {
            ann = ben;
        }
    }
}

#[tokio::test]
async fn an_act_that_only_a_newer_program_knows_hides_no_other() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    let cat = with_roles(&fixture, &both, &["auditor"]).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let newer = "UPDATE staff_acts SET kind = 'flown-to-the-moon' WHERE kind = 'enrolled'";
    conn.query_drop(newer).await.unwrap();
    let (status, page) = cat.ask(&fixture, "GET", "staff/acts").await;
    assert_eq!(status, 200, "{page}");
    let acts = page["items"].as_array().unwrap();
    let count = |kind: &str| acts.iter().filter(|act| act["type"] == kind).count();
    assert_eq!((count("other"), count("logged-in")), (3, 3), "{page}");
}

#[tokio::test]
async fn a_copied_spoiled_or_repeated_passkey_lets_no_staff_in() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    let cat = with_roles(&fixture, &both, &["auditor"]).await;
    let sound = both.0.passkey.clone();
    for (mut passkey, expected) in [
        (sound.with(|it| it.counter = 0), "passkey-cloned"),
        (sound.with(|it| it.origin = "https://evil.example".to_owned()), "passkey-origin-invalid"),
        (sound.with(|it| it.is_verified = false), "passkey-not-verified"),
        (sound.with(|it| it.user_handle = cat.passkey.user_handle.clone()), "passkey-unknown"),
    ] {
        assert_eq!(code(log_in(&fixture, &mut passkey).await), refused(422, expected));
    }
    let (_, begun) = call(&fixture, "POST", "staff/challenges", None, None).await;
    let body = staffs(sound.clone().log_in(&begun));
    assert_eq!(post(&fixture, "staff/sessions", &body).await.0, 201);
    let again = code(post(&fixture, "staff/sessions", &body).await);
    assert_eq!(again, refused(422, "passkey-challenge-invalid"));
    for _ in 0..100 {
        let (_, page) = cat.ask(&fixture, "GET", "staff/acts").await;
        let cloned = |act: &&Value| act["type"] == "passkey-cloned";
        if let Some(act) = page["items"].as_array().unwrap().iter().find(cloned) {
            assert_eq!(act["name"], "ann@example.com");
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("a copied passkey is not on record");
}
