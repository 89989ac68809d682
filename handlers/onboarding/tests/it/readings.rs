//! What `ocr` tells: late, twice, out of order, broken, and of documents that no longer count.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use onboarding::routes;
use serde_json::json;
use testkit::deliver_text;

use crate::fixture::{APPLICATIONS, Fixture, ON_OCR, card, hkid, listed, read_event, reading};

const NUMBER: &str = "A123456(3)";

#[tokio::test]
async fn what_differs_from_what_was_said_is_for_a_human_with_the_reasons() {
    let fixture = Fixture::new().await;
    for (number, details, read, findings) in [
        ("A123456(3)", json!({"name": "Chan Tai Ming"}), card(NUMBER), json!(["name-differs"])),
        (
            "A123456(3)",
            json!({"name_chinese": "陳大明", "birth_date": "1990-01-30"}),
            card(NUMBER),
            json!(["chinese-name-differs", "birth-date-differs"]),
        ),
        ("G123456(A)", json!({}), card(NUMBER), json!(["number-differs"])),
        (
            "A123456(3)",
            json!({}),
            reading("unknown", &[]),
            json!(["wrong-document", "field-missing"]),
        ),
    ] {
        let ann = fixture.applicant();
        let mut said = hkid(number);
        for (name, value) in details.as_object().unwrap() {
            said[name] = value.clone();
        }
        let id = fixture.decided(&ann, &said, &read).await;
        assert_eq!(fixture.status(&ann, &id).await, "in-review");
        assert_eq!(fixture.seen(&id).await["application"]["findings"], findings);
        assert_eq!(fixture.tiers(&ann).await, []);
        let read = fixture.get(&ann.token, &format!("{APPLICATIONS}/{id}")).await.expect(200);
        assert_eq!(read["reasons"], json!([]), "nothing is to be done yet");
    }
}

#[tokio::test]
async fn an_upload_that_is_not_what_was_announced_or_cannot_be_read_comes_back() {
    let fixture = Fixture::new().await;
    for (length, content_type, failure, reason) in [
        (1001, "image/jpeg", None, "document-differs"),
        (10_000_000, "image/jpeg", None, "document-differs"),
        (1000, "text/html", None, "document-differs"),
        (1000, "image/jpeg", Some("not-an-image"), "document-unreadable"),
    ] {
        let ann = fixture.applicant();
        let (id, document_id) = fixture.submitted(&ann, &hkid(NUMBER)).await;
        let mut event = fixture.read(&document_id, &card(NUMBER)).await;
        event.data["content_length"] = json!(length);
        event.data["content_type"] = json!(content_type);
        if let Some(failure) = failure {
            event.data["failure"] = json!(failure);
            event.data["reading"] = json!(null);
        }
        fixture.deliver(&[event]).await;
        let read = fixture.get(&ann.token, &format!("{APPLICATIONS}/{id}")).await.expect(200);
        assert_eq!((&read["status"], &read["reasons"]), (&json!("needs-more"), &json!([reason])));
        assert_eq!(fixture.told(&id).await[1], ("needs-more".to_owned(), vec![reason.to_owned()]));

        fixture.submit(&ann, &id).await.expect_refusal(409, "document-missing");
        let announced = fixture.announce(&ann, &id).await;
        fixture.submit(&ann, &id).await.expect(200);
        let document_id = announced["document_id"].as_str().unwrap();
        fixture.deliver(&[fixture.read(document_id, &card(NUMBER)).await]).await;
        let status = fixture.status(&ann, &id).await;
        // All use one number, and the first who was known has it.
        assert!(matches!(status.as_str(), "approved" | "in-review"), "{status}");
    }
}

#[tokio::test]
async fn what_our_programs_could_not_process_ends_with_a_human_and_not_in_silence() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let (id, document_id) = fixture.submitted(&ann, &hkid(NUMBER)).await;
    let poisoned = read_event(&document_id, |event| {
        event.failure = Some("unprocessable".to_owned());
        event.content_type = String::new();
        event.content_length = 0;
    });
    fixture.deliver(&[poisoned]).await;
    assert_eq!(fixture.status(&ann, &id).await, "in-review");
    assert_eq!(fixture.seen(&id).await["application"]["findings"], json!(["unprocessable"]));
}

#[tokio::test]
async fn a_reading_that_was_sealed_for_another_document_or_changed_is_for_a_human() {
    let fixture = Fixture::new().await;
    let text = serde_json::to_vec(&card(NUMBER)).unwrap();
    let other = values::DocumentId::new().to_string();
    let moved = fixture.documents_key.seal(&other, &text).await.unwrap().to_bytes();
    for change in [0_u8, 1] {
        let ann = fixture.applicant();
        let (id, document_id) = fixture.submitted(&ann, &hkid(NUMBER)).await;
        let mut sealed = moved.clone();
        if let Some(last) = sealed.last_mut() {
            *last ^= change;
        }
        let event =
            read_event(&document_id, |event| event.reading = Some(STANDARD.encode(&sealed)));
        fixture.deliver(&[event]).await;
        assert_eq!(fixture.status(&ann, &id).await, "in-review");
    }
}

#[tokio::test]
async fn only_the_newest_document_counts_and_of_it_only_the_first_word() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let id = fixture.begin(&ann, &hkid(NUMBER)).await;
    let old = fixture.announce(&ann, &id).await;
    let new = fixture.announce(&ann, &id).await;
    fixture.submit(&ann, &id).await.expect(200);
    let of = |announced: &serde_json::Value| announced["document_id"].as_str().unwrap().to_owned();
    let good = fixture.read(&of(&old), &card(NUMBER)).await;
    fixture.deliver(&[good]).await;
    assert_eq!(fixture.status(&ann, &id).await, "reading", "the old one no longer counts");

    let first = fixture.read(&of(&new), &card("G123456(A)")).await;
    let second = fixture.read(&of(&new), &card(NUMBER)).await;
    fixture.deliver(&[first, second]).await;
    assert_eq!(fixture.status(&ann, &id).await, "in-review");
}

#[tokio::test]
async fn events_that_come_twice_late_or_of_nobody_change_nothing() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let (id, document_id) = fixture.submitted(&ann, &hkid(NUMBER)).await;
    let event = fixture.read(&document_id, &card(NUMBER)).await;
    fixture.deliver(&[event.clone(), event.clone()]).await;
    let before = fixture.query::<(u32, String)>("SELECT version, status FROM applications").await;
    let lines = fixture.database.count("trail").await;
    let failed = read_event(&document_id, |event| event.failure = Some("empty".to_owned()));
    let nobody = values::DocumentId::new().to_string();
    let strange = fixture.read(&nobody, &card(NUMBER)).await;
    let mut unknown = event.clone();
    unknown.kind = "payme.ocr.something-new.v1".to_owned();
    fixture.deliver(&[event, failed, strange, unknown]).await;
    assert_eq!(
        fixture.query::<(u32, String)>("SELECT version, status FROM applications").await,
        before
    );
    assert_eq!(fixture.database.count("trail").await, lines);
    assert_eq!(fixture.database.count("parked_events").await, 0);

    let mut broken = read_event(&document_id, |_| ());
    broken.data["document_id"] = json!("not an id");
    let no_base64 = read_event(&document_id, |event| event.reading = Some("%%%".to_owned()));
    fixture.deliver(&[broken, no_base64]).await;
    deliver_text(&fixture.routes, ON_OCR, "plain text").await;
    assert_eq!(fixture.database.count("parked_events").await, 3);
    assert_eq!(fixture.status(&ann, &id).await, "approved");
}

#[tokio::test]
async fn what_could_not_be_decided_while_the_vault_was_away_is_decided_afterwards() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let (id, document_id) = fixture.submitted(&ann, &hkid(NUMBER)).await;
    let event = fixture.read(&document_id, &card(NUMBER)).await;
    let away = fixture.with_vault("https://127.0.0.1:9");
    testkit::deliver(&routes(away), ON_OCR, &[event]).await;
    assert_eq!(fixture.status(&ann, &id).await, "reading");
    fixture.tick().await;
    assert_eq!(fixture.status(&ann, &id).await, "reading", "whoever noted it may be at it");
    let _: Vec<u8> =
        fixture.query("UPDATE documents SET read_at = read_at - INTERVAL 11 SECOND").await;
    fixture.tick().await;
    assert_eq!(fixture.status(&ann, &id).await, "approved");
}

#[tokio::test]
async fn fifty_that_cannot_be_decided_hold_up_nobody() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let (id, document_id) = fixture.submitted(&ann, &hkid(NUMBER)).await;
    let event = fixture.read(&document_id, &card(NUMBER)).await;
    testkit::deliver(&routes(fixture.with_vault("https://127.0.0.1:9")), ON_OCR, &[event]).await;
    fixture.copy_damaged(50).await;
    let _: Vec<u8> =
        fixture.query("UPDATE documents SET read_at = read_at - INTERVAL 11 SECOND").await;
    fixture.tick().await;
    assert_eq!(fixture.status(&ann, &id).await, "reading", "the others come first");
    fixture.tick().await;
    assert_eq!(fixture.status(&ann, &id).await, "approved");
    let left: Vec<u64> =
        fixture.query("SELECT COUNT(*) FROM applications WHERE status = 'reading'").await;
    assert_eq!(left, [50], "what is damaged waits for whoever mends it");
}

#[tokio::test]
async fn a_withdrawn_application_is_not_decided_by_what_comes_afterwards() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let (id, document_id) = fixture.submitted(&ann, &hkid(NUMBER)).await;
    let withdraw = format!("{APPLICATIONS}/{id}/withdraw");
    fixture.post(&ann.token, &withdraw, &json!(null)).await.expect(200);
    fixture.deliver(&[fixture.read(&document_id, &card(NUMBER)).await]).await;
    assert_eq!(fixture.status(&ann, &id).await, "withdrawn");
    assert_eq!(fixture.tiers(&ann).await, []);
}

#[tokio::test]
async fn what_stands_on_documents_is_nowhere_in_clear() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    fixture.import(&listed(&[("Chan Tai Man", "陳大文", 1990)])).await.expect(200);
    let bob = fixture.applicant();
    let doubted = fixture.decided(&bob, &hkid(NUMBER), &card("G123456(A)")).await;
    assert_eq!(fixture.seen(&doubted).await["hits"][0]["entry_name"], "Chan Tai Man");
    for table in [
        "applications",
        "trail",
        "documents",
        "document_numbers",
        "people",
        "outbox",
        "inbox",
        "idempotency_keys",
        "screening_hits",
        "sealed_hits",
        "parked_events",
    ] {
        let rows: Vec<mysql_async::Row> = fixture.query(&format!("SELECT * FROM {table}")).await;
        for row in rows {
            for value in row.unwrap() {
                let bytes = if let mysql_async::Value::Bytes(bytes) = value {
                    bytes
                } else {
                    value.as_sql(false).into_bytes()
                };
                for secret in ["123456", "Tai Man", "陳大文", "1990-01-31"] {
                    let is_there =
                        bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
                    assert!(!is_there, "{secret} in {table}");
                }
            }
        }
    }
}
