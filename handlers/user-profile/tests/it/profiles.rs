//! Reading and changing one's own profile.

use events::user_profile::ProfileChangedV1;
use serde_json::json;
use testkit::Call;

use crate::{Fixture, OWN, change};

const ROUNDS: u32 = 20;

#[tokio::test]
async fn a_profile_is_changed_read_back_and_told_to_other_services() {
    let fixture = Fixture::with_profile().await;
    let first = json!({"display_name": "Tai Man", "language": "zh-Hans"});
    fixture.change(1, &first).await.expect(200);
    let second = fixture.change(2, &json!({"display_name": "陳大文"})).await;
    let expected = json!({
        "user_id": fixture.user_id, "display_name": "陳大文", "language": "zh-Hans", "handle": null,
        "is_findable": true, "handle_changeable_at": null, "picture_id": null, "version": 3,
    });
    assert_eq!(
        (second.expect(200), second.header("etag").split('-').next()),
        (expected.clone(), Some("\"3"))
    );
    assert_eq!(fixture.read().await.expect(200), expected);

    let told: Vec<ProfileChangedV1> = fixture.database.told().await;
    assert_eq!((told.len(), told[0].version, told[1].version), (2, 2, 3));
    assert_eq!((told[1].display_name.as_str(), told[1].language.as_str()), ("陳大文", "zh-Hans"));
    let events = fixture.database.outbox().await;
    assert_eq!(events[1].subject, fixture.user_id.to_string());
}

#[tokio::test]
async fn a_change_that_changes_nothing_keeps_the_version_and_is_not_told() {
    let fixture = Fixture::with_profile().await;
    fixture.change(1, &json!({"display_name": "Ann"})).await.expect(200);
    for same in [json!({}), json!({"display_name": "Ann"}), json!({"language": "en"})] {
        let answer = fixture.change(2, &same).await;
        assert_eq!(
            (&answer.expect(200)["version"], answer.header("etag").split('-').next()),
            (&json!(2), Some("\"2"))
        );
    }
    assert_eq!(fixture.database.count("outbox").await, 1);
}

#[tokio::test]
async fn a_refused_change_changes_nothing() {
    let fixture = Fixture::with_profile().await;
    for patch in [
        json!({"display_name": ""}),
        json!({"display_name": null}),
        json!({"display_name": "Ann\u{fffc}"}),
        json!({"display_name": "Ann", "language": "fr"}),
        json!({"display_name": "Ann", "language": null}),
        json!({"language": {"en": null}}),
        json!({"handle": 7}),
        json!({"is_findable": null}),
        json!({"display_name": "Ann", "admin": true}),
        json!({"display_name": "Ann", "version": 7}),
        json!([]),
    ] {
        fixture.change(1, &patch).await.expect_refusal(400, "invalid-body");
    }
    let name = json!({"display_name": "Ann"});
    for stale in [2, 7] {
        fixture.change(stale, &name).await.expect_refusal(412, "version-stale");
    }
    let unconditional = fixture.send(change(1, &name).without("if-match")).await;
    unconditional.expect_refusal(428, "if-match-missing");
    let any = fixture.send(change(1, &name).without("if-match").header("if-match", "*")).await;
    any.expect_refusal(400, "if-match-invalid");
    let replacing = fixture.send(Call::new("PUT", OWN).json(&name)).await;
    replacing.expect_refusal(405, "method-not-allowed");
    assert_eq!(replacing.header("allow"), "GET, PATCH, HEAD, OPTIONS");
    assert_eq!(fixture.read().await.expect(200)["version"], 1);
    assert_eq!(fixture.database.count("outbox").await, 0);
}

#[tokio::test]
async fn of_changes_of_one_version_at_once_one_is_made() {
    let fixture = Fixture::with_profile().await;
    // Many versions, because not all twins come into each other's way.
    for version in 1..=ROUNDS {
        let patches = ["Ann", "Bob", "Cat", "Dan"].map(|name| {
            let display_name = format!("{name} {version}");
            json!({"display_name": display_name})
        });
        let calls = patches.iter().map(|patch| fixture.change(version, patch));
        let mut made = Vec::new();
        for answer in futures_util::future::join_all(calls).await {
            match answer.status {
                200 => made.push(answer.json()),
                _ => answer.expect_refusal(412, "version-stale"),
            }
        }
        assert_eq!(made.len(), 1);
        assert_eq!(fixture.read().await.expect(200), made[0]);
    }
    assert_eq!(fixture.database.count("outbox").await, u64::from(ROUNDS));
}

#[tokio::test]
async fn a_profile_that_the_phone_holds_is_not_sent_again_until_it_changes() {
    let fixture = Fixture::with_profile().await;
    let read = fixture.read().await;
    assert_eq!(read.header("cache-control"), "no-store");
    let again = Call::get(OWN).header("if-none-match", read.header("etag"));
    let same = fixture.send(again.clone()).await;
    assert_eq!(
        (same.status, same.body.len(), same.header("etag").split('-').next()),
        (304, 0, Some("\"1"))
    );

    fixture.change(1, &json!({"language": "zh-Hant"})).await.expect(200);
    assert_eq!(fixture.send(again).await.expect(200)["version"], 2);
}
