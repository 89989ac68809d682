//! From the first word to a decision, as the applicant sees it.

use onboarding::routes;
use serde_json::json;
use testkit::{Call, InProcess};

use crate::fixture::{APPLICATIONS, Applicant, Fixture, card, hkid};

const NUMBER: &str = "A123456(3)";

#[tokio::test]
async fn a_person_whose_document_says_what_they_say_is_known_at_once() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let begun = fixture.post(&ann.token, APPLICATIONS, &hkid(NUMBER)).await;
    let body = begun.expect(201);
    let id = body["application_id"].as_str().unwrap().to_owned();
    assert_eq!(begun.header("location"), format!("{APPLICATIONS}/{id}"));
    assert_eq!(
        (&body["type"], &body["status"], &body["version"]),
        (&json!("identity"), &json!("draft"), &json!(1))
    );

    let announced = fixture.announce(&ann, &id).await;
    assert_eq!(
        announced["headers"],
        json!([
            {"name": "x-ms-blob-type", "value": "BlockBlob"},
            {"name": "content-type", "value": "image/jpeg"},
        ])
    );
    let submitted = fixture.submit(&ann, &id).await.expect(200);
    assert_eq!(submitted["status"], "reading");
    let document_id = announced["document_id"].as_str().unwrap();
    let event = fixture.read(document_id, &card(NUMBER)).await;
    fixture.deliver(&[event]).await;

    let read = fixture.get(&ann.token, &format!("{APPLICATIONS}/{id}")).await.expect(200);
    assert_eq!((&read["status"], &read["reasons"]), (&json!("approved"), &json!([])));
    assert_eq!(fixture.tiers(&ann).await, [(1, "verified".to_owned())]);
    let told = fixture.told(&id).await;
    let statuses: Vec<&str> = told.iter().map(|(status, _)| status.as_str()).collect();
    assert_eq!(statuses, ["reading", "approved"]);

    let seen = fixture.seen(&id).await;
    let trail: Vec<(&str, &str, &str)> = seen["trail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap();
            (text("actor"), text("deed"), text("to"))
        })
        .collect();
    assert_eq!(
        trail,
        [
            ("applicant", "begin", "draft"),
            ("applicant", "announce-document", "draft"),
            ("applicant", "submit", "reading"),
            ("service", "check", "approved"),
            ("staff", "look", "approved"),
        ]
    );
    let check = &seen["trail"][3];
    assert_eq!((&check["engine"], &check["rules"]), (&json!("tesseract 5.3.0"), &json!("rules 2")));
    assert_eq!(check["list_version"], seen["application"]["list_version"]);
}

/// An application that is not submitted, and whose document is read.
async fn begin_and_read(fixture: &Fixture, applicant: &Applicant) -> String {
    let id = fixture.begin(applicant, &hkid(NUMBER)).await;
    let announced = fixture.announce(applicant, &id).await;
    let event = fixture.read(announced["document_id"].as_str().unwrap(), &card(NUMBER)).await;
    fixture.deliver(&[event]).await;
    id
}

#[tokio::test]
async fn what_is_read_before_it_is_submitted_is_decided_when_it_is() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let id = begin_and_read(&fixture, &ann).await;
    assert_eq!(fixture.status(&ann, &id).await, "draft");
    assert_eq!(fixture.submit(&ann, &id).await.expect(200)["status"], "approved");
}

#[tokio::test]
async fn who_lost_the_answer_that_it_is_approved_submits_again_and_gets_it() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let id = begin_and_read(&fixture, &ann).await;
    let lost = fixture.submit(&ann, &id).await.expect(200);
    assert_eq!(fixture.submit(&ann, &id).await.expect(200), lost);
    assert_eq!(lost["status"], "approved");
    assert_eq!(fixture.tiers(&ann).await.len(), 1);
    let seen = fixture.seen(&id).await;
    let deeds = seen["trail"].as_array().unwrap().iter().map(|line| line["deed"].as_str().unwrap());
    assert_eq!(Vec::from_iter(deeds), ["begin", "announce-document", "submit", "check", "look"]);
}

#[tokio::test]
async fn a_person_has_one_open_application_of_a_kind() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let id = fixture.begin(&ann, &hkid(NUMBER)).await;
    let second = fixture.post(&ann.token, APPLICATIONS, &hkid(NUMBER)).await;
    second.expect_refusal(409, "application-open");
    fixture.begin(&fixture.applicant(), &hkid(NUMBER)).await;

    let withdraw = format!("{APPLICATIONS}/{id}/withdraw");
    for _ in 0..2 {
        let withdrawn = fixture.post(&ann.token, &withdraw, &json!(null)).await.expect(200);
        assert_eq!(withdrawn["status"], "withdrawn");
    }
    fixture.begin(&ann, &hkid(NUMBER)).await;
    let list = fixture.get(&ann.token, APPLICATIONS).await.expect(200);
    let statuses: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|it| it["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["draft", "withdrawn"]);
}

#[tokio::test]
async fn a_repeat_under_one_key_gives_the_same_application_and_the_same_link() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let begin = |details| Call::post(APPLICATIONS).key("k-1").json(&details);
    let first = fixture.send(&ann.token, begin(hkid(NUMBER))).await;
    let again = fixture.send(&ann.token, begin(hkid(NUMBER))).await;
    assert_eq!(
        (first.expect(201), again.header("idempotent-replayed")),
        (again.expect(201), "true")
    );
    let other = fixture.send(&ann.token, begin(hkid("G123456(A)"))).await;
    other.expect_refusal(422, "idempotency-key-reused");

    let id = first.json()["application_id"].as_str().unwrap().to_owned();
    let body = json!({"content_type": "image/png", "content_length": 5});
    let announce = || Call::post(&format!("{APPLICATIONS}/{id}/documents")).key("k-2").json(&body);
    let first = fixture.send(&ann.token, announce()).await.expect(201);
    assert_eq!(fixture.send(&ann.token, announce()).await.expect(201), first);
    assert_eq!(fixture.database.count("documents").await, 1);
}

#[tokio::test]
async fn what_is_said_can_be_corrected_until_it_is_submitted_and_is_never_answered() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let id = fixture.begin(&ann, &hkid("G123456(A)")).await;
    let path = format!("{APPLICATIONS}/{id}/details");
    let change = |version: u32, details| {
        Call::new("PUT", &path).header("if-match", &format!("\"{version}\"")).json(&details)
    };
    let passport = json!({
        "type": "passport", "issuer": "CHN", "document_number": "K01234567",
        "name": "Chan Tai Man", "name_chinese": null, "birth_date": "1990-01-31",
    });
    let changed = fixture.send(&ann.token, change(1, passport)).await;
    let body = changed.expect(200);
    assert_eq!(body["version"], 2);
    let stale = fixture.send(&ann.token, change(1, hkid(NUMBER))).await;
    stale.expect_refusal(412, "version-stale");
    let address = json!({"type": "address", "address": "12 Nathan Road"});
    let other = fixture.send(&ann.token, change(2, address)).await;
    other.expect_refusal(422, "details-of-other-kind");
    for answer in [&changed.text(), &fixture.get(&ann.token, APPLICATIONS).await.text()] {
        for said in ["K01234567", "Chan", "1990"] {
            assert!(!answer.contains(said), "{said} in {answer}");
        }
    }

    let missing = fixture.submit(&ann, &id).await;
    missing.expect_refusal(409, "document-missing");
    fixture.announce(&ann, &id).await;
    fixture.submit(&ann, &id).await.expect(200);
    let late = fixture.send(&ann.token, change(4, hkid(NUMBER))).await;
    late.expect_refusal(409, "application-not-changeable");
    let seen = fixture.seen(&id).await;
    assert_eq!(seen["details"]["document_number"], "K01234567");
}

#[tokio::test]
async fn what_is_not_of_its_form_is_refused_and_nothing_begins() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    for (field, value) in [
        ("document_number", json!("A123456(4)")),
        ("document_number", json!("A123456")),
        ("name", json!("")),
        ("name_chinese", json!("\u{200b}")),
        ("birth_date", json!("1990-02-30")),
        ("birth_date", json!("31/01/1990")),
        ("type", json!("driving-licence")),
        ("surprise", json!(1)),
    ] {
        let mut details = hkid(NUMBER);
        details[field] = value;
        let refused = fixture.post(&ann.token, APPLICATIONS, &details).await;
        refused.expect_refusal(400, "invalid-body");
        assert!(!refused.text().contains("123456"), "{}", refused.text());
    }
    let stranger = fixture.post("not-a-token", APPLICATIONS, &hkid(NUMBER)).await;
    stranger.expect_refusal(401, "invalid-token");
    for table in ["applications", "trail", "people", "outbox"] {
        assert_eq!(fixture.database.count(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn another_persons_application_is_as_one_that_is_not_there() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.applicant(), fixture.applicant());
    let id = fixture.begin(&ann, &hkid(NUMBER)).await;
    fixture.announce(&ann, &id).await;
    let before = fixture.query::<(u32, String)>("SELECT version, status FROM applications").await;
    let document = json!({"content_type": "image/png", "content_length": 5});
    let path = |rest: &str| format!("{APPLICATIONS}/{id}{rest}");
    let details = Call::new("PUT", &path("/details")).header("if-match", "\"2\"");
    for call in [
        Call::get(&path("")),
        details.json(&hkid(NUMBER)),
        Call::post(&path("/documents")).json(&document),
        Call::post(&path("/submit")),
        Call::post(&path("/withdraw")),
    ] {
        fixture.send(&bob.token, call).await.expect_refusal(404, "application-not-found");
    }
    assert_eq!(
        fixture.query::<(u32, String)>("SELECT version, status FROM applications").await,
        before
    );
}

#[tokio::test]
async fn who_may_not_change_an_application_costs_no_call_of_the_vault() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.applicant(), fixture.applicant());
    let id = fixture.begin(&ann, &hkid(NUMBER)).await;
    let away = routes(fixture.with_vault("https://127.0.0.1:9"));
    let change = async |token: &str, version: u32, details| {
        let call = Call::new("PUT", &format!("{APPLICATIONS}/{id}/details")).json(&details);
        let call = call.header("if-match", &format!("\"{version}\"")).bearer(token);
        call.send(&away).await
    };
    change(&bob.token, 1, hkid(NUMBER)).await.expect_refusal(404, "application-not-found");
    change(&ann.token, 7, hkid(NUMBER)).await.expect_refusal(412, "version-stale");
    let address = json!({"type": "address", "address": "12 Nathan Road"});
    change(&ann.token, 1, address).await.expect_refusal(422, "details-of-other-kind");
    assert_eq!(change(&ann.token, 1, hkid(NUMBER)).await.status, 503, "now it is asked");
    fixture.announce(&ann, &id).await;
    fixture.submit(&ann, &id).await.expect(200);
    change(&ann.token, 3, hkid(NUMBER)).await.expect_refusal(409, "application-not-changeable");
}

#[tokio::test]
async fn a_person_says_something_of_themselves_twenty_times_a_day_and_withdraws_at_any_time() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let begin = || Call::post(APPLICATIONS).key("k-1").json(&hkid(NUMBER)).bearer(&ann.token);
    let withdraw = async |id: &str| {
        let path = format!("{APPLICATIONS}/{id}/withdraw");
        fixture.post(&ann.token, &path, &json!(null)).await.expect(200)
    };
    for _ in 0..9 {
        withdraw(&fixture.begin(&ann, &hkid(NUMBER)).await).await;
    }
    let begun = begin().send(&fixture.routes).await.expect(201);
    let id = begun["application_id"].as_str().unwrap();
    let change = |version: u32| {
        let call = Call::new("PUT", &format!("{APPLICATIONS}/{id}/details")).json(&hkid(NUMBER));
        call.header("if-match", &format!("\"{version}\""))
    };
    for version in 1..=10 {
        fixture.send(&ann.token, change(version)).await.expect(200);
    }
    let away = routes(fixture.with_vault("https://127.0.0.1:9"));
    let refused = change(11).bearer(&ann.token).send(&away).await;
    refused.expect_refusal(429, "too-many-applications");
    assert_eq!(begin().send(&away).await.expect(201), begun, "a repeat says nothing new");
    withdraw(id).await;
    let refused = Call::post(APPLICATIONS).json(&hkid(NUMBER)).bearer(&ann.token).send(&away).await;
    refused.expect_refusal(429, "too-many-applications");
    fixture.begin(&fixture.applicant(), &hkid(NUMBER)).await;
    let _: Vec<u8> = fixture.query("UPDATE trail SET done_at = done_at - INTERVAL 1 DAY").await;
    fixture.begin(&ann, &hkid(NUMBER)).await;
}

#[tokio::test]
async fn an_address_comes_after_the_person_and_always_before_a_human() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let address = json!({"type": "address", "address": "Flat 3B, 12 Nathan Road, Kowloon"});
    let early = fixture.post(&ann.token, APPLICATIONS, &address).await;
    early.expect_refusal(409, "identity-first");
    fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    let unknown = crate::fixture::reading("unknown", &[]);
    let id = fixture.decided(&ann, &address, &unknown).await;
    assert_eq!(fixture.status(&ann, &id).await, "in-review");
    assert_eq!(fixture.seen(&id).await["application"]["findings"], json!(["human-needed"]));
}
