//! Learning of sign-ups from the auth service's events.

use serde_json::json;
use testkit::deliver_text;

use crate::{Fixture, ON_AUTH};

#[tokio::test]
async fn a_sign_up_begins_one_profile_however_often_it_is_delivered() {
    let fixture = Fixture::new().await;
    let sign_up = [fixture.sign_up()];
    fixture.deliver(&sign_up).await;
    fixture.deliver(&sign_up).await;

    let begun = json!({
        "user_id": fixture.user_id, "display_name": null, "language": "en", "handle": null,
        "is_findable": true, "handle_changeable_at": null, "picture_id": null, "version": 1,
    });
    assert_eq!(fixture.read().await.expect(200), begun);
    assert_eq!(fixture.database.count("inbox").await, 1);
}

#[tokio::test]
async fn before_the_sign_up_is_known_its_person_is_told_to_ask_again_and_nothing_begins() {
    let fixture = Fixture::new().await;
    let name = json!({"display_name": "Ann"});
    for answer in [fixture.read().await, fixture.change(1, &name).await] {
        answer.expect_refusal(404, "not-yet-known");
        assert_eq!(answer.header("retry-after"), "1");
    }
    assert_eq!(fixture.database.count("profiles").await, 0);
    assert_eq!(fixture.database.count("outbox").await, 0);

    fixture.deliver(&[fixture.sign_up()]).await;
    assert_eq!(fixture.change(1, &name).await.expect(200)["display_name"], "Ann");
}

#[tokio::test]
async fn another_event_of_a_sign_up_leaves_the_profile_as_it_is() {
    let fixture = Fixture::with_profile().await;
    let changed = fixture.change(1, &json!({"display_name": "Ann"})).await.expect(200);
    fixture.deliver(&[fixture.sign_up()]).await;
    assert_eq!(fixture.read().await.expect(200), changed);
}

#[tokio::test]
async fn what_cannot_be_processed_is_parked_and_blocks_nothing() {
    let fixture = Fixture::new().await;
    let mut broken = fixture.sign_up();
    broken.data["user_id"] = json!("not an id");
    let mut unknown = fixture.sign_up();
    unknown.kind = "payme.auth.something-new.v1".to_owned();
    let batch = [broken, unknown, fixture.sign_up()];
    fixture.deliver(&batch).await;
    fixture.deliver(&batch).await;
    deliver_text(&fixture.routes, ON_AUTH, "plain text").await;

    assert_eq!(fixture.database.count("parked_events").await, 2);
    fixture.read().await.expect(200);
}
