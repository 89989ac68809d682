//! What people report, and what staff see of it.

use serde_json::{Value, json};
use testkit::{Answer, Call};
use values::StaffRole::{Auditor, Operator, Reviewer};
use values::{MessageReportId, StaffRole};

use crate::fixture::{Fixture, Person};

pub(crate) const REPORTS: &str = "/api/v1/messages/reports";

pub(crate) async fn report(fixture: &Fixture, by: &Person, message: &Value) -> Answer {
    fixture.send(by, report_call(message)).await
}

pub(crate) fn report_call(message: &Value) -> Call {
    let id = message["message_id"].as_str().unwrap();
    let call = Call::new("PUT", &format!("/api/v1/messages/{id}/report"));
    call.json(&json!({"reason": "scam", "words": "He wants my PIN."}))
}

pub(crate) fn colleague(fixture: &Fixture, roles: &[StaffRole]) -> Person {
    let name = "wong.tm@example.com".to_owned().try_into().unwrap();
    Person { user_id: values::UserId::new(), token: fixture.issuer.staff_token(name, roles) }
}

#[tokio::test]
async fn staff_see_the_message_and_nineteen_before_it_as_they_were_and_each_look_is_a_line() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    for number in 0..24 {
        fixture.say(&amy, &id, &format!("{number}")).await;
    }
    let bad = fixture.say(&ben, &id, "Tell me your PIN").await;
    fixture.say(&amy, &id, "afterwards").await;
    for _ in 0..2 {
        report(&fixture, &amy, &bad).await.expect(204);
    }
    fixture.withdraw(&ben, &bad).await.expect(200);
    let staff = colleague(&fixture, &[Operator]);
    let listed = fixture.get(&staff, REPORTS).await.expect(200);
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["reported_id"], ben.user_id.to_string());
    let path = format!("{REPORTS}/{}", items[0]["message_report_id"].as_str().unwrap());
    fixture.get(&staff, &path).await.expect(200);
    let read = fixture.get(&staff, &path).await.expect(200);
    let texts = read["messages"].as_array().unwrap().iter().map(|said| said["text"].clone());
    let texts: Vec<Value> = texts.collect();
    assert_eq!((texts.len(), &texts[0], &texts[19]), (20, &json!("5"), &json!("Tell me your PIN")));
    assert_eq!(read["trail"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&read["trail"][0]["deed"], &read["words"]),
        (&json!("read"), &json!("He wants my PIN."))
    );
    let close = Call::post(&format!("{path}/close")).json(&json!({"note": "warned"}));
    let reviewer = colleague(&fixture, &[Reviewer]);
    fixture.send(&reviewer, close.clone()).await.expect_refusal(403, "role-missing");
    let closed = fixture.send(&staff, close.clone()).await.expect(200);
    // A second one learns that it was seen to, and leaves no line.
    fixture.send(&staff, close).await.expect_refusal(409, "message-report-closed");
    assert_eq!(fixture.database.count("report_trail").await, 3);
    assert!(closed["report"]["closed_at"].is_string());
    let line = &closed["trail"][2];
    assert_eq!((&line["deed"], &line["note"]), (&json!("closed"), &json!("warned")));
    assert_eq!(fixture.get(&staff, REPORTS).await.expect(200)["items"], json!([]));
    // What was said goes 90 days after that.
    let tick = async || {
        let call = Call::post("/messages_relay_outbox").json(&json!({"Data": {}, "Metadata": {}}));
        fixture.send(&staff, call).await.expect(200);
    };
    tick().await;
    assert_eq!(fixture.database.count("reported_messages").await, 20);
    let later =
        |hours: u32| format!("UPDATE reports SET forget_at = forget_at - INTERVAL {hours} HOUR");
    let _: Vec<u8> = fixture.query(&later(90 * 24 - 1)).await;
    tick().await;
    assert_eq!(fixture.database.count("reported_messages").await, 20);
    let _: Vec<u8> = fixture.query(&later(1)).await;
    tick().await;
    assert_eq!(fixture.database.count("reported_messages").await, 0);
    let read = fixture.get(&staff, &path).await.expect(200);
    assert_eq!((&read["words"], &read["messages"]), (&json!(null), &json!([])));
    // Nothing is left to look at again on the next day.
    let waiting: Vec<u64> =
        fixture.query("SELECT COUNT(*) FROM reports WHERE forget_at IS NOT NULL").await;
    assert_eq!(waiting, [0]);
}

#[tokio::test]
async fn one_reports_what_others_said_to_one_and_twenty_a_day() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let own = fixture.say(&amy, &id, "Hello").await;
    report(&fixture, &amy, &own).await.expect_refusal(404, "message-not-found");
    let stranger = fixture.person("Zoe").await;
    report(&fixture, &stranger, &own).await.expect_refusal(404, "message-not-found");
    let first = fixture.say(&ben, &id, "first").await;
    report(&fixture, &amy, &first).await.expect(204);
    for number in 1..20 {
        let message = fixture.say(&ben, &id, &format!("{number}")).await;
        report(&fixture, &amy, &message).await.expect(204);
    }
    let message = fixture.say(&ben, &id, "one more").await;
    let refused = report(&fixture, &amy, &message).await;
    refused.expect_refusal(429, "message-reports-throttled");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 23 * 3600);
    // What was reported is answered as it was, also now.
    report(&fixture, &amy, &first).await.expect(204);
    assert_eq!(fixture.database.count("reports").await, 20);
}

#[tokio::test]
async fn of_many_reports_at_once_no_more_pass_than_the_limit_and_one_of_each_message() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let mut messages = Vec::new();
    for number in 0..25 {
        messages.push(fixture.say(&ben, &id, &format!("{number}")).await);
    }
    let reports = messages.iter().chain(&messages).map(|message| report(&fixture, &amy, message));
    let answers = futures_util::future::join_all(reports).await;
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((refused, fixture.database.count("reports").await), (10, 20));
}

#[tokio::test]
async fn only_operators_and_reviewers_read_reports() {
    let (fixture, [amy, _], _) = Fixture::with_friends().await;
    let path = format!("{REPORTS}/{}", MessageReportId::new());
    let auditor = colleague(&fixture, &[Auditor]);
    fixture.get(&auditor, REPORTS).await.expect_refusal(403, "role-missing");
    fixture.get(&auditor, &path).await.expect_refusal(403, "role-missing");
    assert_eq!(fixture.get(&amy, REPORTS).await.status, 401);
    let staff = colleague(&fixture, &[Operator]);
    fixture.get(&staff, &path).await.expect_refusal(404, "message-report-not-found");
    assert_eq!(fixture.database.count("report_trail").await, 0);
}
