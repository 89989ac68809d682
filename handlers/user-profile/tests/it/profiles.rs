//! Reading and replacing one's own profile.

use events::user_profile::ProfileChangedV1;
use serde_json::json;

use crate::Fixture;

const OWN: &str = "/api/v1/users/me";

#[tokio::test]
async fn a_profile_is_replaced_read_back_and_told_to_other_services() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.call("GET", OWN, None).await.0, 404);

    let first = json!({"display_name": "Tai Man", "language": "en"});
    assert_eq!(fixture.call("PUT", OWN, Some(&first)).await.0, 200);
    let second = json!({"display_name": "陳大文", "language": "zh-Hant"});
    let (status, replaced) = fixture.call("PUT", OWN, Some(&second)).await;
    assert_eq!((status, &replaced["version"]), (200, &json!(2)));
    assert_eq!(fixture.call("GET", OWN, None).await, (200, replaced));

    let events = fixture.database.outbox().await;
    let told: Vec<ProfileChangedV1> =
        events.iter().map(|event| event.decode().unwrap().unwrap()).collect();
    assert_eq!((told.len(), told[0].version, told[1].version), (2, 1, 2));
    assert_eq!((told[1].display_name.as_str(), told[1].language.as_str()), ("陳大文", "zh-Hant"));
    assert_eq!(events[1].subject, fixture.user_id.to_string());
}

#[tokio::test]
async fn a_refused_profile_changes_nothing() {
    let fixture = Fixture::new().await;
    for body in [
        json!({"display_name": "", "language": "en"}),
        json!({"display_name": "Ann\u{fffc}", "language": "en"}),
        json!({"display_name": "Ann", "language": "fr"}),
        json!({"display_name": "Ann", "language": {"en": null}}),
        json!({"display_name": "Ann", "language": "en", "admin": true}),
        json!({"display_name": "Ann"}),
        json!([]),
    ] {
        let (status, problem) = fixture.call("PUT", OWN, Some(&body)).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid-body")), "{body}");
    }
    assert_eq!(fixture.database.count("profiles").await, 0);
    assert_eq!(fixture.database.count("outbox").await, 0);
}

#[tokio::test]
async fn ten_replacements_at_once_are_ten_versions() {
    let fixture = Fixture::new().await;
    let body = json!({"display_name": "Ann", "language": "en"});
    let calls = (0..10).map(|_| fixture.call("PUT", OWN, Some(&body)));
    for (status, _) in futures_util::future::join_all(calls).await {
        assert_eq!(status, 200);
    }
    let mut versions: Vec<u32> = fixture
        .database
        .outbox()
        .await
        .iter()
        .map(|event| event.decode::<ProfileChangedV1>().unwrap().unwrap().version)
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=10).collect::<Vec<u32>>());
}
