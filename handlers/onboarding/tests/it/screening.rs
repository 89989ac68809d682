//! Lists: who imports them, and that everybody is compared with each new one.

use serde_json::json;
use testkit::BlobContainer;
use values::StaffRole::{Operator, Reviewer};

use crate::fixture::{Fixture, card, hkid, listed, numbers, put_list};

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
async fn fifty_that_cannot_be_compared_hold_up_nobody_and_no_old_list_stays() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let id = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    fixture.copy_damaged(50).await;
    fixture.import(&listed(&[("Chan Tai Man", "", 1990)])).await.expect(200);
    fixture.tick().await;
    let before = &fixture.seen(&id).await["application"]["list_version"];
    assert_eq!(before, 1, "the others come first, and fifty at once leave Key Vault to people");
    fixture.tick().await;
    let seen = fixture.seen(&id).await;
    assert_eq!(seen["application"]["findings"], json!(["screening-hit"]));
    let compared: Vec<(u32, u64)> = fixture
        .query("SELECT list_version, COUNT(*) FROM applications GROUP BY 1 ORDER BY 1")
        .await;
    assert_eq!(compared, [(1, 50), (2, 1)], "what is damaged waits for whoever mends it");
    let kept: Vec<u32> = fixture.query("SELECT DISTINCT list_version FROM screening_entries").await;
    assert_eq!(kept, [2]);
}

#[tokio::test]
async fn the_same_list_again_is_no_new_one_and_what_is_no_list_is_refused_whole() {
    let fixture = Fixture::without_list().await;
    let container = BlobContainer::create("screening").await;
    let import = |name: String| {
        let input = json!({"source": "ofac-sdn", "blob_name": name});
        let fixture = &fixture;
        async move { fixture.import_as(&input).await }
    };
    let own = uuid::Uuid::new_v4().to_string();
    let csv =
        "36,\"SPECIMEN TRADING\",-0- ,\"SPECIMEN\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";
    container.put(&own, "text/csv", csv.as_bytes().to_vec()).await;
    let first = import(own.clone()).await.expect(200);
    let mut expected = json!({
        "source": "ofac-sdn", "list_version": 1, "entry_count": 1, "name_count": 1, "is_new": true,
    });
    assert_eq!(first, expected);
    let again = import(own.clone()).await.expect(200);
    expected["is_new"] = json!(false);
    assert_eq!(again, expected);

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

/// OFAC's list of so many people, the first of them of this name.
fn ofac(first: &str, people: usize) -> String {
    let line = |(number, name): (usize, &str)| {
        format!("{number},\"{name}\",\"individual\",\"SPECIMEN\",,,,,,,,\"DOB 1990\"\r\n")
    };
    let others = std::iter::repeat_n("SPECIMENSKY, Somebody Else", people.saturating_sub(1));
    std::iter::once(first).chain(others).enumerate().map(line).collect()
}

#[tokio::test]
async fn a_list_takes_the_place_of_that_of_its_source_alone_and_a_decision_says_by_which() {
    let fixture = Fixture::without_list().await;
    let import = async |source: &str, text: &str| {
        let blob_name = put_list(text).await;
        let input = json!({"source": source, "blob_name": blob_name, "may_shrink": true});
        fixture.import_as(&input).await.expect(200)
    };
    import("united-nations", &listed(&[("Chan Tai Man", "", 1990)]).to_string()).await;
    import("ofac-sdn", &ofac("SOMEBODY, Else Altogether", 1)).await;
    let ann = fixture.applicant();
    let id = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    let seen = fixture.seen(&id).await;
    assert_eq!(seen["application"]["findings"], json!(["screening-hit"]), "of the older list");
    let lists = |seen: &serde_json::Value| -> Vec<(String, u64)> {
        let list = |list: &serde_json::Value| {
            let source = list["source"].as_str().unwrap().to_owned();
            (source, list["list_version"].as_u64().unwrap())
        };
        seen["lists"].as_array().unwrap().iter().map(list).collect()
    };
    let compared = |un, ofac| [("united-nations".to_owned(), un), ("ofac-sdn".to_owned(), ofac)];
    assert_eq!(lists(&seen), compared(1, 2));

    import("ofac-sdn", &ofac("CHAN, Tai Man", 1)).await;
    import("united-nations", &listed(&[]).to_string()).await;
    fixture.tick().await;
    fixture.tick().await;
    let seen = fixture.seen(&id).await;
    assert_eq!(seen["application"]["list_version"], 4);
    let mut both = compared(4, 3);
    both.reverse();
    assert_eq!(lists(&seen), both);
    let bob = fixture.applicant();
    let second = fixture.decided(&bob, &hkid("G123456(A)"), &card("G123456(A)")).await;
    let hits = fixture.seen(&second).await["hits"].clone();
    assert_eq!((&hits[0]["entry_name"], &hits[1]), (&json!("CHAN, Tai Man"), &json!(null)));
    let kept: Vec<(u32, u64)> = fixture
        .query("SELECT list_version, COUNT(*) FROM screening_entries GROUP BY 1 ORDER BY 1")
        .await;
    assert_eq!(kept.iter().map(|(version, _)| *version).collect::<Vec<_>>(), [3, 4]);
}

#[tokio::test]
async fn who_is_listed_under_an_alias_of_ofacs_other_file_is_found() {
    let fixture = Fixture::without_list().await;
    let blob_name = put_list(&ofac("KNOWN, Otherwise As", 3)).await;
    let aliases = put_list("0,1,\"aka\",\"CHAN, Tai Man\",-0- \r\n").await;
    let input = json!({
        "source": "ofac-sdn", "blob_name": blob_name, "aliases_blob_name": aliases,
    });
    let imported = fixture.import_as(&input).await.expect(200);
    assert_eq!((&imported["entry_count"], &imported["name_count"]), (&json!(3), &json!(4)));
    let again = fixture.import_as(&input).await.expect(200);
    assert_eq!(again["is_new"], false);
    let ann = fixture.applicant();
    let id = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    let seen = fixture.seen(&id).await;
    assert_eq!(seen["application"]["findings"], json!(["screening-hit"]));
    assert_eq!(seen["hits"][0]["entry_name"], "KNOWN, Otherwise As");
    let of_nobody = put_list("9,1,aka,NOBODY,\r\n").await;
    let input = json!({
        "source": "ofac-sdn", "blob_name": blob_name, "aliases_blob_name": of_nobody,
    });
    fixture.import_as(&input).await.expect_refusal(422, "screening-list-invalid");
}

#[tokio::test]
async fn a_list_that_lost_more_than_a_tenth_counts_only_if_that_is_said() {
    let fixture = Fixture::without_list().await;
    let whole = put_list(&ofac("CHAN, Tai Man", 20)).await;
    let aliases = put_list(
        &(0..5).map(|of| format!("{of},1,aka,\"ALSO, Known As {of}\",\n")).collect::<String>(),
    )
    .await;
    let whole = json!({
        "source": "ofac-sdn", "blob_name": whole, "aliases_blob_name": aliases,
    });
    fixture.import_as(&whole).await.expect(200);
    let mut without_aliases = whole.clone();
    without_aliases["aliases_blob_name"] = json!(null);
    let cut = put_list(&ofac("CHAN, Tai Man", 17)).await;
    let cut = json!({"source": "ofac-sdn", "blob_name": cut, "aliases_blob_name": aliases});
    for shorter in [&without_aliases, &cut] {
        let refused = fixture.import_as(shorter).await;
        refused.expect_refusal(409, "screening-list-shrunk");
    }
    let of_others = json!({"source": "ofac-consolidated", "blob_name": cut["blob_name"]});
    fixture.import_as(&of_others).await.expect(200);
    let mut said = cut.clone();
    said["may_shrink"] = json!(true);
    assert_eq!(fixture.import_as(&said).await.expect(200)["entry_count"], 17);
    assert_eq!(fixture.database.count("screening_lists").await, 3);
}
