//! Members of staff: who sees what, who decides what, and that nobody decides alone what needs two.

use serde_json::{Value, json};
use testkit::Call;
use values::StaffRole::{Administrator, Auditor, Operator, Reviewer};

use crate::fixture::{APPLICATIONS, Fixture, REVIEWS, card, hkid, listed, staff_id};

const NUMBER: &str = "A123456(3)";

fn approve() -> Value {
    json!({"decision": {"type": "approve", "expires_on": null}, "note": "compared by eye"})
}

fn reject(reasons: &[&str]) -> Value {
    json!({"decision": {"type": "reject", "reasons": reasons}, "note": "not the same person"})
}

/// An application that a human must decide, of somebody whose name on the card is another.
async fn doubtful(fixture: &Fixture, number: &str) -> (crate::fixture::Applicant, String) {
    let applicant = fixture.applicant();
    let mut said = hkid(number);
    said["name"] = json!("Chan Tai Ming");
    let id = fixture.decided(&applicant, &said, &card(number)).await;
    (applicant, id)
}

#[tokio::test]
async fn one_reviewer_claims_and_decides_and_the_trail_says_who_and_why() {
    let fixture = Fixture::new().await;
    let (ann, id) = doubtful(&fixture, NUMBER).await;
    let wong = fixture.colleague("wong@example.com", &[Operator]);
    let lee = fixture.colleague("lee@example.com", &[Operator]);
    fixture.review(&wong, &id, "decide", &approve()).await.expect_refusal(409, "not-claimed");
    let claimed = fixture.review(&wong, &id, "claim", &json!(null)).await.expect(200);
    assert_eq!(claimed["claimed_by"], wong.staff_id.as_str());
    let taken = fixture.review(&lee, &id, "claim", &json!(null)).await;
    taken.expect_refusal(409, "claimed-by-another");
    fixture.review(&lee, &id, "decide", &approve()).await.expect_refusal(409, "not-claimed");
    let decided = fixture.review(&wong, &id, "decide", &approve()).await.expect(200);
    assert_eq!(decided["status"], "approved");
    assert_eq!(fixture.tiers(&ann).await, [(1, "verified".to_owned())]);
    fixture.review(&wong, &id, "decide", &approve()).await.expect_refusal(409, "not-in-review");

    let seen = fixture.seen(&id).await;
    let lines = seen["trail"].as_array().unwrap();
    let line = lines.iter().find(|line| line["deed"] == "approve").unwrap();
    assert_eq!(
        (&line["actor_name"], &line["note"], &line["from"], &line["to"]),
        (
            &json!("wong@example.com"),
            &json!("compared by eye"),
            &json!("in-review"),
            &json!("approved")
        )
    );
}

#[tokio::test]
async fn a_hit_on_a_list_takes_two_and_the_same_one_twice_is_refused() {
    let fixture = Fixture::without_list().await;
    fixture.import(&listed(&[("Chan Tai Man", "", 1990)])).await.expect(200);
    let ann = fixture.applicant();
    let id = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    let seen = fixture.seen(&id).await;
    assert_eq!(seen["application"]["findings"], json!(["screening-hit"]));
    assert_eq!(
        (&seen["hits"][0]["reference"], &seen["hits"][0]["score"]),
        (&json!("Chan Tai Man"), &json!(1000))
    );
    let read = fixture.get(&ann.token, &format!("{APPLICATIONS}/{id}")).await.expect(200);
    assert_eq!((&read["status"], &read["reasons"]), (&json!("in-review"), &json!([])));

    let wong = fixture.colleague("wong@example.com", &[Operator, Reviewer]);
    let lee = fixture.colleague("lee@example.com", &[Reviewer]);
    let note = json!({"note": "another person"});
    fixture.review(&lee, &id, "release", &note).await.expect_refusal(409, "not-awaiting-release");
    fixture.review(&wong, &id, "claim", &json!(null)).await.expect(200);
    fixture.review(&wong, &id, "decide", &approve()).await.expect(200);
    let own = fixture.review(&wong, &id, "release", &note).await;
    own.expect_refusal(403, "own-proposal");
    assert_eq!(fixture.tiers(&ann).await, []);

    let back = fixture.review(&lee, &id, "return", &note).await.expect(200);
    assert_eq!(back["status"], "in-review");
    fixture.review(&wong, &id, "claim", &json!(null)).await.expect(200);
    fixture.review(&wong, &id, "decide", &approve()).await.expect(200);
    let released = fixture.review(&lee, &id, "release", &note).await.expect(200);
    assert_eq!(released["status"], "approved");
    assert_eq!(fixture.tiers(&ann).await, [(1, "verified".to_owned())]);
    assert!(!fixture.seen(&id).await["hits"][0]["cleared_at"].is_null());
    for (status, reasons) in fixture.told(&id).await {
        assert!(reasons.is_empty() && status != "awaiting-release", "{status}: {reasons:?}");
    }
}

#[tokio::test]
async fn a_refusal_has_a_reason_and_the_applicant_learns_all_but_the_list() {
    let fixture = Fixture::new().await;
    let (ann, id) = doubtful(&fixture, NUMBER).await;
    let wong = fixture.colleague("wong@example.com", &[Operator]);
    fixture.review(&wong, &id, "claim", &json!(null)).await.expect(200);
    let nothing = fixture.review(&wong, &id, "decide", &reject(&[])).await;
    nothing.expect_refusal(422, "reasons-missing");
    let again = |reasons: &[&str]| {
        let decision = json!({"type": "ask-again", "reasons": reasons});
        json!({"decision": decision, "note": "blurred"})
    };
    let untold = fixture.review(&wong, &id, "decide", &again(&["human-needed"])).await;
    untold.expect_refusal(422, "reasons-missing");
    let asked = fixture.review(&wong, &id, "decide", &again(&["document-unreadable"])).await;
    assert_eq!(asked.expect(200)["status"], "needs-more");
    let announced = fixture.announce(&ann, &id).await;
    fixture.submit(&ann, &id).await.expect(200);
    let document_id = announced["document_id"].as_str().unwrap();
    fixture.deliver(&[fixture.read(document_id, &card(NUMBER)).await]).await;
    fixture.review(&wong, &id, "claim", &json!(null)).await.expect(200);
    let reasons = reject(&["screening-hit", "name-differs", "name-differs"]);
    fixture.review(&wong, &id, "decide", &reasons).await.expect(200);
    let read = fixture.get(&ann.token, &format!("{APPLICATIONS}/{id}")).await.expect(200);
    assert_eq!((&read["status"], &read["reasons"]), (&json!("rejected"), &json!(["name-differs"])));
    fixture.begin(&ann, &hkid(NUMBER)).await;
}

#[tokio::test]
async fn who_has_not_the_role_sees_and_does_nothing() {
    let fixture = Fixture::new().await;
    let (ann, id) = doubtful(&fixture, NUMBER).await;
    let path = |rest: &str| format!("{REVIEWS}/{id}{rest}");
    let note = json!({"note": "x"});
    let calls = || {
        [
            Call::get(REVIEWS),
            Call::get(&path("")),
            Call::post(&path("/claim")),
            Call::post(&path("/document-link")),
            Call::post(&path("/release")).json(&note).header("if-match", "\"4\""),
            Call::post(&path("/hold")).json(&json!({"is_held": true, "note": "x"})),
        ]
    };
    let lines = fixture.database.count("trail").await;
    let auditor = fixture.colleague("audit@example.com", &[Auditor, Administrator]);
    for call in calls() {
        fixture.send(&auditor.token, call).await.expect_refusal(403, "role-missing");
    }
    for call in calls() {
        fixture.send(&ann.token, call).await.expect_refusal(401, "invalid-token");
    }
    let operator = fixture.colleague("op@example.com", &[Operator]);
    let staff_as_customer = fixture.get(&operator.token, APPLICATIONS).await;
    staff_as_customer.expect_refusal(401, "invalid-token");
    let release = fixture.review(&operator, &id, "release", &note).await;
    release.expect_refusal(403, "role-missing");
    let reviewer = fixture.colleague("rev@example.com", &[Reviewer]);
    fixture.review(&reviewer, &id, "claim", &json!(null)).await.expect_refusal(403, "role-missing");
    // The two who may look did.
    assert_eq!(fixture.database.count("trail").await, lines + 2);
    let absent = values::ApplicationId::new();
    let absent = fixture.get(&operator.token, &format!("{REVIEWS}/{absent}")).await;
    absent.expect_refusal(404, "application-not-found");
}

#[tokio::test]
async fn the_queue_has_the_oldest_first_and_each_once() {
    let fixture = Fixture::new().await;
    let mut ids = Vec::new();
    for number in crate::fixture::numbers().take(5) {
        ids.push(doubtful(&fixture, &number).await.1);
    }
    let wong = fixture.colleague("wong@example.com", &[Operator]);
    let mut seen: Vec<String> = Vec::new();
    let mut query = "limit=2".to_owned();
    loop {
        let page = fixture.get(&wong.token, &format!("{REVIEWS}?{query}")).await.expect(200);
        let items = page["items"].as_array().unwrap().clone();
        seen.extend(items.iter().map(|it| it["application_id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ids);
    let waiting = format!("{REVIEWS}?status=awaiting-release");
    assert_eq!(fixture.get(&wong.token, &waiting).await.expect(200)["items"], json!([]));
    assert!(staff_id(&wong.staff_id).to_string().starts_with("stf_"));
}

#[tokio::test]
async fn a_decision_on_what_has_changed_since_it_was_read_is_refused() {
    let fixture = Fixture::new().await;
    let (_, id) = doubtful(&fixture, NUMBER).await;
    let wong = fixture.colleague("wong@example.com", &[Operator]);
    let read = fixture.get(&wong.token, &format!("{REVIEWS}/{id}")).await;
    fixture.review(&wong, &id, "claim", &json!(null)).await.expect(200);
    fixture.import(&listed(&[("Chan Tai Ming", "", 1990)])).await.expect(200);
    let decide = || {
        let call = Call::post(&format!("{REVIEWS}/{id}/decide")).json(&approve());
        call.header("if-match", read.header("etag"))
    };
    fixture.send(&wong.token, decide()).await.expect_refusal(409, "screening-list-changed");
    fixture.tick().await;
    fixture.send(&wong.token, decide()).await.expect_refusal(412, "version-stale");
    let bare = fixture.send(&wong.token, decide().without("if-match")).await;
    bare.expect_refusal(428, "if-match-missing");
    let decided = fixture.review(&wong, &id, "decide", &approve()).await.expect(200);
    assert_eq!(decided["status"], "awaiting-release", "the new list has somebody like that");
}

#[tokio::test]
async fn every_look_at_what_is_sealed_is_in_the_trail_before_anything_is_shown() {
    let fixture = Fixture::new().await;
    let (_, id) = doubtful(&fixture, NUMBER).await;
    let wong = fixture.colleague("wong@example.com", &[Operator]);
    for _ in 0..3 {
        fixture.get(&wong.token, &format!("{REVIEWS}/{id}")).await.expect(200);
    }
    let link = format!("{REVIEWS}/{id}/document-link");
    fixture.post(&wong.token, &link, &json!(null)).await.expect(200);
    let looks: Vec<(String, String)> =
        fixture.query("SELECT deed, actor_name FROM trail WHERE actor = 'staff' ORDER BY id").await;
    let look = |deed: &str| (deed.to_owned(), "wong@example.com".to_owned());
    assert_eq!(looks, [look("look"), look("look"), look("look"), look("look-at-document")]);
}
