//! Rules of step-up as data: two administrators change them together.

use std::time::Duration;

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use service::{ACCESS_AUDIENCE, AccessClaims, TokenVerifier};
use testkit::{Call, InProcess};
use tokio::time::sleep;
use uuid::Uuid;

use crate::staff::{Member, administrators, call, text, with_roles};
use crate::{Fixture, code, moment, refused};

const POLICIES: &str = "staff/step-up-policies";

pub(crate) fn rules(answer: &str) -> Value {
    json!([{"acts": ["other-sessions-end", "refund"], "answer": answer}])
}

async fn propose_with(fixture: &Fixture, by: &Member, body: &Value, key: Uuid) -> (u16, Value) {
    let call = Call::post(&format!("/api/v1/{POLICIES}")).bearer(&by.token).json(body);
    let answer = call.key(&key.to_string()).send(&fixture.routes).await;
    (answer.status, answer.json())
}

pub(crate) async fn propose(
    fixture: &Fixture,
    by: &Member,
    version: u32,
    rules: Value,
) -> (u16, Value) {
    let body = json!({"replaces_version": version, "rules": rules, "reason": "case 7"});
    propose_with(fixture, by, &body, Uuid::new_v4()).await
}

pub(crate) async fn decide(
    fixture: &Fixture,
    by: &Member,
    proposed: &Value,
    verb: &str,
) -> (u16, Value) {
    by.ask(fixture, "POST", &format!("{POLICIES}/{}/{verb}", text(proposed, "policy_id"))).await
}

#[tokio::test]
async fn what_two_administrators_agree_on_holds_here_and_is_told_to_every_service() {
    let fixture = Fixture::new().await;
    let (ann, ben) = administrators(&fixture).await;
    let person = fixture.sign_up().await;
    let (_, current) = ann.ask(&fixture, "GET", &format!("{POLICIES}/current")).await;
    assert_eq!(current["version"], 0);
    let (status, proposed) = propose(&fixture, &ann, 0, rules("allow")).await;
    assert_eq!((status, &proposed["status"]), (201, &json!("proposed")), "{proposed}");
    assert_eq!(
        code(decide(&fixture, &ann, &proposed, "approve").await),
        refused(403, "own-proposal")
    );
    let call = || {
        let call = Call::new("DELETE", "/api/v1/auth/sessions/others");
        let call = call.bearer(person.access_token());
        fixture.send(person.signed(call, "end-other-sessions", "", moment()))
    };
    call().await.expect_refusal(401, "step-up-required");
    let (status, approved) = decide(&fixture, &ben, &proposed, "approve").await;
    assert_eq!((status, &approved["version"]), (200, &json!(1)), "{approved}");
    assert_eq!(
        (&approved["decided_by"], &approved["status"]),
        (&json!(ben.staff_id), &json!("approved"))
    );
    call().await.expect(204);

    // Another instance sees it within its next look, and tells it with the keys.
    let verifier = TokenVerifier::follow(&fixture.auth_url().await).unwrap();
    verifier.verify::<AccessClaims>(person.access_token(), ACCESS_AUDIENCE).await.unwrap().unwrap();
    assert_eq!(
        (verifier.policy().version, json!(verifier.policy().rules)),
        (1, approved["rules"].clone())
    );
    let another = auth::routes(fixture.without_redis());
    for _ in 0..100 {
        let (_, keys) = testkit::call(&another, "GET", "/api/v1/auth/jwks", None, None).await;
        if keys["step_up_policy"]["version"] == 1 {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    let (_, keys) = testkit::call(&another, "GET", "/api/v1/auth/jwks", None, None).await;
    assert_eq!(keys["step_up_policy"], json!({"version": 1, "rules": approved["rules"]}));

    let auditor = with_roles(&fixture, &(ann, ben), &["auditor"]).await;
    let (_, acts) = auditor.ask(&fixture, "GET", "staff/acts").await;
    let of_policy = |act: &&Value| text(act, "type").starts_with("step-up");
    let acts: Vec<(&str, &str)> = acts["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(of_policy)
        .map(|act| (text(act, "type"), text(act, "name")))
        .collect();
    assert_eq!(
        acts,
        [
            ("step-up-policy-approved", "ben@example.com"),
            ("step-up-policy-proposed", "ann@example.com"),
        ]
    );
}

#[tokio::test]
async fn of_two_made_of_one_version_one_is_approved_two_hundred_times() {
    const ROUNDS: u32 = 200;
    let fixture = Fixture::new().await;
    let (ann, ben) = administrators(&fixture).await;
    let instances = [fixture.routes.clone(), auth::routes(fixture.without_redis())];
    let replaced = refused(409, "step-up-policy-replaced");
    for version in 0..ROUNDS {
        let mut proposed = Vec::new();
        for answer in ["pin", "passkey"] {
            proposed.push(propose(&fixture, &ann, version, rules(answer)).await.1);
        }
        let approve = async |place: usize| {
            let id = text(&proposed[place], "policy_id");
            let path = format!("/api/v1/{POLICIES}/{id}/approve");
            testkit::call(&instances[place], "POST", &path, Some(&ben.token), None).await
        };
        let (approved, refused): (Vec<_>, Vec<_>) =
            join_all([0, 1].map(approve)).await.into_iter().partition(|answer| answer.0 == 200);
        assert_eq!((approved.len(), &approved[0].1["version"]), (1, &json!(version + 1)));
        for refusal in refused {
            assert_eq!(code(refusal), replaced);
        }
    }
    // What is left of each is no use any more, nor is another of the same version.
    let late = code(propose(&fixture, &ann, ROUNDS - 1, rules("pin")).await);
    assert_eq!(late, replaced);
    let (_, list) = call(&fixture, "GET", POLICIES, Some(&ann.token), None).await;
    let left = list["items"].as_array().unwrap().iter().find(|one| one["status"] == "proposed");
    assert_eq!(code(decide(&fixture, &ben, left.unwrap(), "approve").await), replaced);
}

#[tokio::test]
async fn what_is_wrong_late_or_not_an_administrators_changes_nothing() {
    let fixture = Fixture::new().await;
    let staff = administrators(&fixture).await;
    let auditor = with_roles(&fixture, &staff, &["auditor", "operator", "reviewer"]).await;
    let (ann, ben) = staff;
    for wrong in [
        json!([{"acts": [], "answer": "pin"}]),
        json!([{"acts": ["refund"], "answer": "hold"}]),
        json!([{"acts": ["refund"], "answer": "pin", "amount_at_least": 0}]),
        json!([{"acts": ["flying"], "answer": "pin"}]),
        json!([{"acts": ["refund"], "answer": "pin", "colour": "red"}]),
        json!([{"acts": ["refund"]}]),
        json!(null),
        Value::from(vec![json!({"acts": ["refund"], "answer": "pin"}); 65]),
    ] {
        let refusal = code(propose(&fixture, &ann, 0, wrong.clone()).await);
        assert_eq!(refusal, refused(400, "invalid-body"), "{wrong}");
    }
    let missing = refused(403, "role-missing");
    assert_eq!(code(propose(&fixture, &auditor, 0, rules("pin")).await), missing);
    for version in [1, u32::MAX] {
        let refusal = code(propose(&fixture, &ann, version, rules("pin")).await);
        assert_eq!(refusal, refused(409, "step-up-policy-replaced"));
    }
    assert_eq!(fixture.database.count("step_up_policies").await, 0);

    // The same proposal twice is one.
    let (key, body) =
        (Uuid::new_v4(), json!({"replaces_version": 0, "rules": rules("pin"), "reason": "case 8"}));
    let (_, first) = propose_with(&fixture, &ann, &body, key).await;
    assert_eq!(propose_with(&fixture, &ann, &body, key).await, (201, first.clone()));
    assert_eq!(code(decide(&fixture, &auditor, &first, "approve").await), missing);
    assert_eq!(code(decide(&fixture, &auditor, &first, "reject").await), missing);
    let unknown = json!({"policy_id": "sup_01h455vb4pex5vsknk084sn02q"});
    for verb in ["approve", "reject"] {
        let refusal = code(decide(&fixture, &ben, &unknown, verb).await);
        assert_eq!(refusal, refused(404, "step-up-policy-not-found"));
    }
    assert_eq!(decide(&fixture, &ann, &first, "reject").await.0, 204);
    let decided = code(decide(&fixture, &ben, &first, "approve").await);
    assert_eq!(decided, refused(409, "proposal-decided"));
    let (_, old) = propose(&fixture, &ann, 0, rules("pin")).await;
    let sql = "UPDATE step_up_policies SET proposed_at = NOW(6) - INTERVAL 25 HOUR";
    fixture.database.database.conn().await.unwrap().query_drop(sql).await.unwrap();
    let expired = code(decide(&fixture, &ben, &old, "approve").await);
    assert_eq!(expired, refused(409, "proposal-expired"));
    let (_, list) = call(&fixture, "GET", POLICIES, Some(&ann.token), None).await;
    let statuses: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|one| text(one, "status")).collect();
    assert_eq!(statuses, ["proposed", "rejected"]);
    let (_, current) = ann.ask(&fixture, "GET", &format!("{POLICIES}/current")).await;
    assert_eq!(current["version"], 0);
}
