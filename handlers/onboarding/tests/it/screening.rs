//! Lists: who imports them, and that everybody is compared with each new one.

use onboarding::routes;
use serde_json::json;
use testkit::{BlobContainer, Call, InProcess};
use values::StaffRole::{Operator, Reviewer};

use crate::fixture::{Fixture, card, hkid, listed, numbers};

const NUMBER: &str = "A123456(3)";

#[tokio::test]
async fn before_the_first_list_nobody_is_approved() {
    let fixture = Fixture::without_list().await;
    let ann = fixture.applicant();
    let id = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    assert_eq!(fixture.seen(&id).await["application"]["findings"], json!(["not-screened"]));
    let wong = fixture.colleague("wong@example.com", &[Operator]);
    fixture.review(&wong, &id, "claim", &json!(null)).await.expect(200);
    let approve = json!({"decision": {"type": "approve", "expires_on": null}, "note": "seen"});
    let early = fixture.review(&wong, &id, "decide", &approve).await;
    early.expect_refusal(409, "screening-list-changed");
    fixture.import(&listed(&[])).await.expect(200);
    fixture.tick().await;
    assert_eq!(fixture.seen(&id).await["application"]["findings"], json!([]));
    let decided = fixture.review(&wong, &id, "decide", &approve).await.expect(200);
    assert_eq!(decided["status"], "approved");
}

#[tokio::test]
async fn everybody_is_compared_with_a_new_list_once_and_who_is_on_it_looked_at_again() {
    let fixture = Fixture::new().await;
    let mut people = Vec::new();
    for number in numbers().take(12) {
        let applicant = fixture.applicant();
        let mut said = hkid(&number);
        let mut read = card(&number);
        if people.len() == 7 {
            said["name"] = json!("Wong Siu Fung");
            said["name_chinese"] = json!("黃小鳳");
            read.fields.get_mut("name").unwrap().value = "WONG, Siu Fung".to_owned();
            read.fields.get_mut("name_chinese").unwrap().value = "黃小鳳".to_owned();
        }
        let id = fixture.decided(&applicant, &said, &read).await;
        assert_eq!(fixture.status(&applicant, &id).await, "approved");
        people.push((applicant, id));
    }
    fixture.import(&listed(&[("Huang Xiaofeng", "黄小凤", 1991)])).await.expect(200);
    fixture.tick().await;
    fixture.tick().await;
    let compared: Vec<(u32, u64)> =
        fixture.query("SELECT list_version, COUNT(*) FROM applications GROUP BY 1").await;
    assert_eq!(compared, [(2, 12)]);
    let again: Vec<u64> = fixture
        .query("SELECT COUNT(*) FROM trail WHERE deed LIKE 'screening-%' GROUP BY application_id")
        .await;
    assert_eq!(again, [1; 12], "each once");

    let (ann, id) = &people[7];
    let seen = fixture.seen(id).await;
    assert_eq!(
        (&seen["application"]["status"], &seen["application"]["is_recheck"]),
        (&json!("in-review"), &json!(true))
    );
    assert_eq!(fixture.status(ann, id).await, "approved", "they learn nothing of it");
    assert_eq!(fixture.tiers(ann).await, [(1, "verified".to_owned())]);

    // Two agree that it is somebody else; the same entry is then no hit again.
    let wong = fixture.colleague("wong@example.com", &[Operator]);
    let lee = fixture.colleague("lee@example.com", &[Reviewer]);
    let approve = json!({"decision": {"type": "approve", "expires_on": null}, "note": "another"});
    fixture.review(&wong, id, "claim", &json!(null)).await.expect(200);
    fixture.review(&wong, id, "decide", &approve).await.expect(200);
    fixture.review(&lee, id, "release", &json!({"note": "agreed"})).await.expect(200);
    let more = listed(&[("Huang Xiaofeng", "黄小凤", 1991), ("Somebody Else", "", 1950)]);
    fixture.import(&more).await.expect(200);
    fixture.tick().await;
    let seen = fixture.seen(id).await;
    assert_eq!(
        (&seen["application"]["status"], &seen["application"]["list_version"]),
        (&json!("approved"), &json!(3))
    );
    // But one of which more is known now is.
    fixture.import(&listed(&[("Huang Xiaofeng", "黄小凤", 1990)])).await.expect(200);
    fixture.tick().await;
    let seen = fixture.seen(id).await;
    assert_eq!(seen["application"]["status"], "in-review");

    fixture.review(&wong, id, "claim", &json!(null)).await.expect(200);
    let reject = json!({
        "decision": {"type": "reject", "reasons": ["screening-hit"]}, "note": "it is them",
    });
    fixture.review(&wong, id, "decide", &reject).await.expect(200);
    let tiers = fixture.tiers(ann).await;
    assert_eq!(tiers, [(1, "verified".to_owned()), (2, "unverified".to_owned())]);
    assert_eq!(fixture.told(id).await.last().unwrap(), &("rejected".to_owned(), Vec::new()));
}

#[tokio::test]
async fn who_could_not_be_compared_while_the_vault_was_away_is_compared_afterwards() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let id = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    fixture.import(&listed(&[("Chan Tai Man", "", 1990)])).await.expect(200);
    fixture.tick_of(fixture.with_vault("https://127.0.0.1:9")).await;
    assert_eq!(fixture.seen(&id).await["application"]["list_version"], 1);
    fixture.tick().await;
    let seen = fixture.seen(&id).await;
    assert_eq!(
        (&seen["application"]["list_version"], &seen["application"]["status"]),
        (&json!(2), &json!("in-review"))
    );
    assert_eq!(fixture.told(&id).await.len(), 2, "submitted and approved, and no more");
}

#[tokio::test]
async fn the_same_list_again_is_no_new_one_and_what_is_no_list_is_refused_whole() {
    let fixture = Fixture::without_list().await;
    let container = BlobContainer::create("screening").await;
    let import = |name: String| {
        let call = Call::post("/api/v1/screening/lists").json(&json!({"blob_name": name}));
        let routes = routes(fixture.app.clone());
        async move { call.send(&routes).await }
    };
    let own = uuid::Uuid::new_v4().to_string();
    let csv =
        "36,\"SPECIMEN TRADING\",-0- ,\"SPECIMEN\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";
    container.put(&own, "text/csv", csv.as_bytes().to_vec()).await;
    let first = import(own.clone()).await.expect(200);
    assert_eq!(first, json!({"list_version": 1, "entry_count": 1, "is_new": true}));
    let again = import(own.clone()).await.expect(200);
    assert_eq!(again, json!({"list_version": 1, "entry_count": 1, "is_new": false}));

    for bytes in [&b"\n"[..], b"<html></html>", b"{}", b"\xff\xfe", b"1,2,3"] {
        container.put(&own, "text/csv", bytes.to_vec()).await;
        import(own.clone()).await.expect_refusal(422, "screening-list-invalid");
    }
    for absent in [format!("{own}/../x"), "陳".repeat(200), "x".repeat(1024), String::new()] {
        let refused = import(absent).await;
        refused.expect_refusal(422, "screening-list-invalid");
    }
    assert_eq!(fixture.database.count("screening_lists").await, 1);
}
