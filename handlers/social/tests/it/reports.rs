//! Reporting a person to members of staff.

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, Call};
use values::StaffRole::{Administrator, Auditor, Operator, Reviewer};

use crate::fixture::{FRIENDS, Fixture, Person};

const REPORTS: &str = "/api/v1/social/reports";

async fn report(fixture: &Fixture, by: &Person, other: &Person, words: &str) -> Answer {
    let path = format!("/api/v1/social/people/{}/report", other.user_id);
    let body = json!({"reason": "scam", "words": words});
    fixture.send(by, Call::new("PUT", &path).json(&body)).await
}

#[tokio::test]
async fn a_report_is_read_and_closed_by_staff_and_the_trail_says_who_and_why() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    fixture.befriend(&ann, &bob).await;
    for _ in 0..2 {
        report(&fixture, &ann, &bob, "He asked for my code.").await.expect(204);
    }
    report(&fixture, &ann, &bob, "He asked again.").await.expect(204);
    // He is a friend still, and sees nothing of it.
    assert_eq!(fixture.listed(&bob, FRIENDS).await.len(), 1);

    let (wong, lee) = (fixture.staff(&[Operator]), fixture.staff(&[Reviewer]));
    let queue = fixture.get(&lee, REPORTS).await;
    let items = queue["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["words"]), (2, &Value::Null));
    assert_eq!(items[0]["reported_id"], bob.user_id.to_string());
    let path = format!("{REPORTS}/{}", items[0]["report_id"].as_str().unwrap());
    let read = fixture.get(&lee, &path).await;
    assert_eq!(read["words"], "He asked for my code.");
    let close = Call::post(&format!("{path}/close")).json(&json!({"note": "account frozen"}));
    let closed = fixture.send(&wong, close.clone()).await.expect(200);
    let trail: Vec<_> = closed["trail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            assert_eq!(line["staff_name"], "wong@example.com");
            (line["deed"].clone(), line["note"].clone())
        })
        .collect();
    let expected = [(json!("read"), Value::Null), (json!("closed"), json!("account frozen"))];
    assert_eq!(trail, expected);
    fixture.send(&wong, close).await.expect_refusal(409, "report-closed");
    assert_eq!(fixture.get(&wong, REPORTS).await["items"].as_array().unwrap().len(), 1);
    let closed = fixture.get(&wong, &format!("{REPORTS}?is_open=false")).await;
    assert_eq!(closed["items"].as_array().unwrap().len(), 1);
    // The words go 90 days after that, and no others.
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for (hours, words) in [(90 * 24 - 1, json!("He asked for my code.")), (1, Value::Null)] {
        let sql = "UPDATE reports SET forget_at = forget_at - INTERVAL ? HOUR";
        conn.exec_drop(sql, (hours,)).await.unwrap();
        let tick = Call::post("/social_relay_outbox").json(&json!({"Data": {}, "Metadata": {}}));
        fixture.send(&wong, tick).await.expect(200);
        assert_eq!(fixture.get(&wong, &path).await["words"], words);
    }
    let left: Option<u32> = conn.query_first("SELECT COUNT(words) FROM reports").await.unwrap();
    assert_eq!(left, Some(1));
}

#[tokio::test]
async fn reports_are_for_operators_and_reviewers_alone_and_closed_by_operators() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    report(&fixture, &ann, &bob, "Rude.").await.expect(204);
    let wong = fixture.staff(&[Operator]);
    let page = fixture.get(&wong, REPORTS).await;
    let path = format!("{REPORTS}/{}", page["items"][0]["report_id"].as_str().unwrap());
    let close = Call::post(&format!("{path}/close")).json(&json!({"note": "seen"}));
    let other = fixture.staff(&[Administrator, Auditor]);
    for call in [Call::get(REPORTS), Call::get(&path), close.clone()] {
        fixture.send(&other, call.clone()).await.expect_refusal(403, "role-missing");
        fixture.send(&ann, call).await.expect_refusal(401, "invalid-token");
    }
    fixture.send(&fixture.staff(&[Reviewer]), close).await.expect_refusal(403, "role-missing");
    assert_eq!(fixture.database.count("report_trail").await, 0);
    let call = Call::get(&format!("{REPORTS}/rpt_01h455vb4pex5vsknk084sn02q"));
    fixture.send(&wong, call).await.expect_refusal(404, "report-not-found");
}

#[tokio::test]
async fn twenty_reports_are_taken_of_one_person_in_a_day() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    report(&fixture, &ann, &ann, "Myself.").await.expect_refusal(422, "own-person");
    for number in 0..20 {
        report(&fixture, &ann, &bob, &format!("Number {number}")).await.expect(204);
    }
    let refused = report(&fixture, &ann, &bob, "Once more").await;
    refused.expect_refusal(429, "reports-throttled");
    assert_eq!(fixture.database.count("reports").await, 20);
}
