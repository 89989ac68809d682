//! What time does: applications are left lying, documents end, and what was uploaded is deleted.

use serde_json::json;
use testkit::BlobContainer;
use values::StaffRole::{Operator, Reviewer};

use crate::fixture::{APPLICATIONS, Fixture, card, hkid, listed, numbers, reading};

const NUMBER: &str = "A123456(3)";

#[tokio::test]
async fn what_is_left_lying_is_abandoned_and_its_upload_deleted() {
    let fixture = Fixture::new().await;
    let container = BlobContainer::create("documents").await;
    let ann = fixture.applicant();
    let id = fixture.begin(&ann, &hkid(NUMBER)).await;
    let announced = fixture.announce(&ann, &id).await;
    let (path, _) = announced["url"].as_str().unwrap().split_once('?').unwrap();
    let today = path.split("/documents/").nth(1).unwrap().to_owned();
    container.put(&today, "image/jpeg", b"bytes".to_vec()).await;

    fixture.age(29).await;
    fixture.tick().await;
    assert_eq!(fixture.status(&ann, &id).await, "draft");
    fixture.age(1).await;
    // By the day on which it was asked for, the blob has another name now.
    let asked: Vec<String> =
        fixture.query("SELECT DATE_FORMAT(asked_at, '%Y/%m/%d') FROM documents").await;
    let aged = format!("{}/{}", asked[0], announced["document_id"].as_str().unwrap());
    container.put(&aged, "image/jpeg", b"bytes".to_vec()).await;
    fixture.tick().await;
    assert_eq!(fixture.status(&ann, &id).await, "abandoned");
    assert!(container.get(&aged).await.is_some(), "its link may still be good");
    let hour = "UPDATE applications SET since = since - INTERVAL 61 MINUTE, \
                due_at = due_at - INTERVAL 61 MINUTE";
    let _: Vec<u8> = fixture.query(hour).await;
    fixture.tick().await;
    assert!(container.get(&aged).await.is_none());
    let kept: Vec<u64> = fixture
        .query("SELECT COUNT(details) + COUNT(screenees) + SUM(has_files) FROM applications")
        .await;
    assert_eq!(kept, [0]);
    let deleted: Vec<u8> = fixture.query("SELECT deleted_at IS NOT NULL FROM documents").await;
    assert_eq!(deleted, [1]);
    fixture.begin(&ann, &hkid(NUMBER)).await;
}

#[tokio::test]
async fn an_upload_that_does_not_come_is_not_waited_for_for_ever() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let (id, _) = fixture.submitted(&ann, &hkid(NUMBER)).await;
    fixture.tick().await;
    assert_eq!(fixture.status(&ann, &id).await, "reading");
    fixture.age(1).await;
    fixture.tick().await;
    let read = fixture.get(&ann.token, &format!("{APPLICATIONS}/{id}")).await.expect(200);
    assert_eq!(
        (&read["status"], &read["reasons"]),
        (&json!("needs-more"), &json!(["document-not-received"]))
    );
}

#[tokio::test]
async fn an_upload_that_came_is_waited_for_to_be_read_and_after_a_day_is_for_a_human() {
    let fixture = Fixture::new().await;
    let container = BlobContainer::create("documents").await;
    let (ann, bob) = (fixture.applicant(), fixture.applicant());
    let numbers: Vec<String> = numbers().take(2).collect();
    let mut ids = Vec::new();
    for (applicant, number) in [&ann, &bob].into_iter().zip(&numbers) {
        let id = fixture.begin(applicant, &hkid(number)).await;
        let announced = fixture.announce(applicant, &id).await;
        let (path, _) = announced["url"].as_str().unwrap().split_once('?').unwrap();
        container
            .put(path.split("/documents/").nth(1).unwrap(), "image/jpeg", b"bytes".to_vec())
            .await;
        fixture.submit(applicant, &id).await.expect(200);
        ids.push((id, announced["document_id"].as_str().unwrap().to_owned()));
    }
    let pass = async |hours: u32| {
        let sql = format!(
            "UPDATE applications SET since = since - INTERVAL {hours} HOUR,
                 due_at = due_at - INTERVAL {hours} HOUR"
        );
        let _: Vec<u8> = fixture.query(&sql).await;
        fixture.tick().await;
    };
    pass(23).await;
    let [(first, document_id), (second, _)] = &ids[..] else { panic!("two") };
    assert_eq!(fixture.status(&ann, first).await, "reading", "whoever reads is late");
    fixture.deliver(&[fixture.read(document_id, &card(&numbers[0])).await]).await;
    assert_eq!(fixture.status(&ann, first).await, "approved");
    pass(1).await;
    let seen = fixture.seen(second).await;
    assert_eq!(
        (&seen["application"]["status"], &seen["application"]["findings"]),
        (&json!("in-review"), &json!(["unprocessable"]))
    );
}

#[tokio::test]
async fn after_a_decision_what_was_uploaded_and_said_goes_and_what_is_known_stays() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let id = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    fixture.age(89).await;
    fixture.tick().await;
    let details = || async { fixture.seen(&id).await["details"].clone() };
    assert_eq!(details().await["document_number"], "A1234563");

    let reviewer = fixture.colleague("rev@example.com", &[Reviewer]);
    let hold = |is_held| json!({"is_held": is_held, "note": "HCMP 12/2026"});
    fixture.review(&reviewer, &id, "hold", &hold(true)).await.expect(200);
    fixture.age(400).await;
    fixture.tick().await;
    assert_eq!(details().await["document_number"], "A1234563", "a court has asked for it");
    fixture.review(&reviewer, &id, "hold", &hold(false)).await.expect(200);
    fixture.tick().await;
    let seen = fixture.seen(&id).await;
    assert_eq!((&seen["details"], &seen["document"]["fields"]), (&json!(null), &json!({})));
    assert_eq!(fixture.status(&ann, &id).await, "approved");
    let kept: Vec<(u64, u64)> =
        fixture.query("SELECT COUNT(details), COUNT(number_index) FROM applications").await;
    assert_eq!(kept, [(0, 1)]);
    let names: Vec<u8> = fixture.query("SELECT screenees IS NOT NULL FROM applications").await;
    assert_eq!(names, [1], "names are compared with each list that comes");
    let bob = fixture.applicant();
    let second = fixture.decided(&bob, &hkid(NUMBER), &card(NUMBER)).await;
    assert_eq!(fixture.seen(&second).await["application"]["findings"], json!(["number-in-use"]));
}

#[tokio::test]
async fn what_cannot_be_deleted_now_is_deleted_later_and_holds_up_nobody() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let id = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    let bob = fixture.applicant();
    let lying = fixture.begin(&bob, &hkid(NUMBER)).await;
    fixture.age(91).await;
    fixture.tick_of(fixture.with_blobs("https://127.0.0.1:9/devstoreaccount1")).await;
    assert_eq!(fixture.status(&bob, &lying).await, "abandoned");
    let kept = "SELECT has_files, due_at > NOW() FROM applications ORDER BY application_id";
    let kept: Vec<(u8, Option<u8>)> = fixture.query(kept).await;
    assert_eq!(kept[0], (1, Some(1)), "tried again later");
    fixture.age(1).await;
    fixture.tick().await;
    assert_eq!(fixture.seen(&id).await["details"], json!(null));
}

#[tokio::test]
async fn a_document_that_ends_is_told_of_ahead_and_takes_what_it_gave() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let passport = json!({
        "type": "passport", "issuer": "UTO", "document_number": "L898902C3",
        "name": "Eriksson Anna Maria", "name_chinese": null, "birth_date": "1974-08-12",
    });
    let page = reading(
        "mrz-td3",
        &[
            ("document_number", "L898902C3"),
            ("issuing_state", "UTO"),
            ("name", "ERIKSSON, ANNA MARIA"),
            ("birth_date", "1974-08-12"),
            ("expiry_date", "2099-12-31"),
        ],
    );
    let id = fixture.decided(&ann, &passport, &page).await;
    assert_eq!(fixture.status(&ann, &id).await, "approved");
    let ends_in = |days: i32| {
        format!(
            "UPDATE applications SET expires_on = CURDATE() + INTERVAL {days} DAY, due_at = NOW()"
        )
    };
    for _ in 0..2 {
        let _: Vec<u8> = fixture.query(&ends_in(20)).await;
        fixture.tick().await;
    }
    let told = fixture.told(&id).await;
    let soon = ("approved".to_owned(), vec!["document-expires-soon".to_owned()]);
    assert_eq!(told.iter().filter(|told| **told == soon).count(), 1);

    let _: Vec<u8> = fixture.query(&ends_in(-2)).await;
    fixture.tick().await;
    assert_eq!(fixture.status(&ann, &id).await, "expired");
    let tiers = fixture.tiers(&ann).await;
    assert_eq!(tiers, [(1, "verified".to_owned()), (2, "unverified".to_owned())]);
    // By another document nobody but a human knows whether that is the same person.
    let other = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    assert_eq!(fixture.seen(&other).await["application"]["findings"], json!(["other-person"]));
    let withdraw = format!("{APPLICATIONS}/{other}/withdraw");
    fixture.post(&ann.token, &withdraw, &json!(null)).await.expect(200);
    let renewed = fixture.decided(&ann, &passport, &page).await;
    assert_eq!(fixture.status(&ann, &renewed).await, "approved");
    assert_eq!(fixture.tiers(&ann).await.len(), 3);
}

#[tokio::test]
async fn a_newer_approval_takes_the_place_of_an_older_one_and_the_tier_stays() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let old = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    let new = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    assert_eq!(fixture.status(&ann, &old).await, "replaced");
    assert_eq!(fixture.status(&ann, &new).await, "approved");
    assert_eq!(fixture.tiers(&ann).await, [(1, "verified".to_owned())]);
}

#[tokio::test]
async fn who_is_known_does_not_become_somebody_else_by_another_persons_document() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let known = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    let passport = |name: &str, birth_date: &str| {
        let said = json!({
            "type": "passport", "issuer": "UTO", "document_number": "L898902C3",
            "name": name, "name_chinese": null, "birth_date": birth_date,
        });
        let read = [
            ("document_number", "L898902C3"),
            ("issuing_state", "UTO"),
            ("name", name),
            ("birth_date", birth_date),
            ("expiry_date", "2099-12-31"),
        ];
        (said, reading("mrz-td3", &read))
    };
    for (name, birth_date) in [("Eriksson Anna", "1990-01-31"), ("Chan Tai Man", "1974-08-12")] {
        let (said, read) = passport(name, birth_date);
        let id = fixture.decided(&ann, &said, &read).await;
        assert_eq!(fixture.status(&ann, &id).await, "in-review");
        let findings = fixture.seen(&id).await["application"]["findings"].clone();
        assert_eq!(findings, json!(["other-person"]));
        assert_eq!(fixture.status(&ann, &known).await, "approved");
        let withdraw = format!("{APPLICATIONS}/{id}/withdraw");
        fixture.post(&ann.token, &withdraw, &json!(null)).await.expect(200);
    }
    let (said, read) = passport("CHAN, Tai Man", "1990-01-31");
    let own = fixture.decided(&ann, &said, &read).await;
    assert_eq!(fixture.status(&ann, &own).await, "approved", "another document of their own");
}

#[tokio::test]
async fn a_release_that_nobody_gives_goes_back_to_the_queue_after_a_day() {
    let fixture = Fixture::without_list().await;
    fixture.import(&listed(&[("Chan Tai Man", "", 1990)])).await.expect(200);
    let ann = fixture.applicant();
    let id = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    let wong = fixture.colleague("wong@example.com", &[Operator]);
    fixture.review(&wong, &id, "claim", &json!(null)).await.expect(200);
    let approve = json!({"decision": {"type": "approve", "expires_on": null}, "note": "another"});
    fixture.review(&wong, &id, "decide", &approve).await.expect(200);
    fixture.age(1).await;
    fixture.tick().await;
    assert_eq!(fixture.seen(&id).await["application"]["status"], "in-review");
    let lee = fixture.colleague("lee@example.com", &[Reviewer]);
    let late = fixture.review(&lee, &id, "release", &json!({"note": "late"})).await;
    late.expect_refusal(409, "not-awaiting-release");
}

#[tokio::test]
async fn a_reading_that_comes_after_its_document_was_deleted_is_not_kept() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let (id, document_id) = fixture.submitted(&ann, &hkid(NUMBER)).await;
    let withdraw = format!("{APPLICATIONS}/{id}/withdraw");
    fixture.post(&ann.token, &withdraw, &json!(null)).await.expect(200);
    fixture.age(1).await;
    fixture.tick().await;
    let deleted: Vec<u8> = fixture.query("SELECT deleted_at IS NOT NULL FROM documents").await;
    assert_eq!(deleted, [1]);
    fixture.deliver(&[fixture.read(&document_id, &card(NUMBER)).await]).await;
    let kept: Vec<u64> = fixture.query("SELECT COUNT(reading) FROM documents").await;
    assert_eq!(kept, [0]);
}

#[tokio::test]
async fn an_upload_that_comes_after_it_was_deleted_is_deleted_again() {
    let fixture = Fixture::new().await;
    let container = BlobContainer::create("documents").await;
    let ann = fixture.applicant();
    let (id, document_id) = fixture.submitted(&ann, &hkid(NUMBER)).await;
    let withdraw = format!("{APPLICATIONS}/{id}/withdraw");
    fixture.post(&ann.token, &withdraw, &json!(null)).await.expect(200);
    fixture.age(1).await;
    fixture.tick().await;
    let asked: Vec<String> =
        fixture.query("SELECT DATE_FORMAT(asked_at, '%Y/%m/%d') FROM documents").await;
    let name = format!("{}/{document_id}", asked[0]);
    container.put(&name, "image/jpeg", b"bytes".to_vec()).await;
    fixture.deliver(&[fixture.read(&document_id, &card(NUMBER)).await]).await;
    fixture.tick_of(fixture.with_blobs("https://127.0.0.1:9/devstoreaccount1")).await;
    assert!(container.get(&name).await.is_some(), "the account is away");
    let again = "UPDATE applications SET due_at = NOW() WHERE due_at IS NOT NULL";
    let _: Vec<u8> = fixture.query(again).await;
    fixture.tick().await;
    assert!(container.get(&name).await.is_none());
    let kept = "SELECT deleted_at IS NULL, reading IS NULL, has_files, due_at IS NULL
         FROM documents JOIN applications USING (application_id)";
    assert_eq!(fixture.query::<(u8, u8, u8, u8)>(kept).await, [(0, 1, 0, 1)]);
    let deeds: Vec<String> = fixture.query("SELECT deed FROM trail ORDER BY id DESC LIMIT 2").await;
    assert_eq!(deeds, ["delete-files", "arrive-late"]);
}

#[tokio::test]
async fn what_came_to_nothing_keeps_no_number() {
    let fixture = Fixture::new().await;
    let numbers: Vec<String> = numbers().take(4).collect();
    let wong = fixture.colleague("wong@example.com", &[Operator]);
    let (ann, bob, eve) = (fixture.applicant(), fixture.applicant(), fixture.applicant());
    let withdrawn = fixture.begin(&ann, &hkid(&numbers[0])).await;
    let kept = async || -> Vec<(String, u8)> {
        let sql = "SELECT status, number_index IS NOT NULL FROM applications ORDER BY 1";
        fixture.query(sql).await
    };
    assert_eq!(kept().await, [("draft".to_owned(), 1)]);
    let withdraw = format!("{APPLICATIONS}/{withdrawn}/withdraw");
    fixture.post(&ann.token, &withdraw, &json!(null)).await.expect(200);
    fixture.begin(&bob, &hkid(&numbers[1])).await;
    fixture.age(30).await;
    fixture.tick().await;
    let rejected = fixture.decided(&eve, &hkid(&numbers[2]), &reading("unknown", &[])).await;
    fixture.review(&wong, &rejected, "claim", &json!(null)).await.expect(200);
    let decision = json!({"type": "reject", "reasons": ["wrong-document"]});
    let reject = json!({"decision": decision, "note": "a library card"});
    fixture.review(&wong, &rejected, "decide", &reject).await.expect(200);
    fixture.decided(&ann, &hkid(&numbers[3]), &card(&numbers[3])).await;
    let expected = [("abandoned", 0), ("approved", 1), ("rejected", 0), ("withdrawn", 0)];
    assert_eq!(kept().await, expected.map(|(status, is_kept)| (status.to_owned(), is_kept)));
}

#[tokio::test]
async fn a_number_is_free_again_once_the_approval_by_it_is_rejected() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let id = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    fixture.import(&listed(&[("Chan Tai Man", "", 1990)])).await.expect(200);
    fixture.tick().await;
    assert_eq!(fixture.seen(&id).await["application"]["status"], "in-review");
    let bob = fixture.applicant();
    let early = fixture.decided(&bob, &hkid(NUMBER), &card(NUMBER)).await;
    let findings = fixture.seen(&early).await["application"]["findings"].clone();
    assert_eq!(findings, json!(["number-in-use", "screening-hit"]));
    let wong = fixture.colleague("wong@example.com", &[Operator]);
    fixture.review(&wong, &id, "claim", &json!(null)).await.expect(200);
    let decision = json!({"type": "reject", "reasons": ["screening-hit"]});
    let reject = json!({"decision": decision, "note": "a stolen card"});
    fixture.review(&wong, &id, "decide", &reject).await.expect(200);
    fixture.import(&listed(&[])).await.expect(200);
    let eve = fixture.applicant();
    let second = fixture.decided(&eve, &hkid(NUMBER), &card(NUMBER)).await;
    assert_eq!(fixture.status(&eve, &second).await, "approved");
}

#[tokio::test]
async fn a_hold_comes_before_the_first_byte_is_deleted_or_is_refused() {
    let fixture = Fixture::new().await;
    let people = [fixture.applicant(), fixture.applicant()];
    let numbers: Vec<String> = numbers().take(2).collect();
    let held = fixture.decided(&people[0], &hkid(&numbers[0]), &card(&numbers[0])).await;
    let late = fixture.decided(&people[1], &hkid(&numbers[1]), &card(&numbers[1])).await;
    let reviewer = fixture.colleague("rev@example.com", &[Reviewer]);
    let hold = json!({"is_held": true, "note": "HCMP 12/2026"});
    fixture.review(&reviewer, &held, "hold", &hold).await.expect(200);
    fixture.age(91).await;
    // It decides to delete, and gets no further.
    fixture.tick_of(fixture.with_blobs("https://127.0.0.1:9/devstoreaccount1")).await;
    fixture.review(&reviewer, &late, "hold", &hold).await.expect_refusal(404, "document-deleted");
    fixture.age(1).await;
    fixture.tick().await;
    let details = async |id: &str| fixture.seen(id).await["details"].clone();
    assert_eq!(details(&late).await, json!(null));
    assert_ne!(details(&held).await, json!(null));
    let deeds: Vec<String> = fixture
        .query("SELECT deed FROM trail WHERE deed IN ('let-files-go', 'delete-files') ORDER BY id")
        .await;
    assert_eq!(deeds, ["let-files-go", "delete-files"]);
}
