//! Telling people of friend requests and of a yes.

use events::Envelope;
use events::social::{BlockChangedV1, FriendV1, FriendshipChangedV1};
use serde_json::{Value, json};
use testkit::{deliver, event};
use values::{Product, UserId};

use crate::{Fixture, LIST, ON_SOCIAL, bodies};

/// How these two stand, of whom the first has asked.
pub(crate) fn changed([asker, asked]: [UserId; 2], version: u32, status: &str) -> Envelope {
    let friend =
        |id: UserId, name: &str| FriendV1 { user_id: id.to_string(), name: name.to_owned() };
    let mut both = [friend(asker, "陳***文"), friend(asked, "小***")];
    both.sort_by(|one, other| one.user_id.cmp(&other.user_id));
    let [first, second] = both;
    let changed = FriendshipChangedV1 {
        first,
        second,
        version,
        status: status.to_owned(),
        requested_by: (status != "none").then(|| asker.to_string()),
        changed_at: "2026-11-29T04:05:06.789Z".to_owned(),
    };
    event(&format!("{asker}+{asked}"), &changed)
}

#[tokio::test]
async fn who_is_asked_and_who_is_answered_by_a_yes_are_told_once_and_of_an_end_nobody() {
    let fixture = Fixture::new().await;
    let (one, other) = (UserId::new(), UserId::new());
    // Whichever of the two has the smaller id.
    for both @ [asker, asked] in [[one, other], [UserId::new(), one]] {
        let block = BlockChangedV1 {
            blocker_id: asked.to_string(),
            blocked_id: asker.to_string(),
            version: 1,
            is_blocked: true,
            changed_at: "2026-11-29T04:05:06.789Z".to_owned(),
        };
        let events = [
            changed(both, 1, "requested"),
            changed(both, 2, "friends"),
            changed(both, 3, "none"),
            // Of a later program.
            changed(both, 4, "estranged"),
            event(&format!("{asked}+{asker}"), &block),
        ];
        let before = fixture.database.count("notifications").await;
        for _ in 0..2 {
            deliver(&fixture.routes, ON_SOCIAL, &events).await;
        }
        assert_eq!(fixture.database.count("notifications").await, before + 2);
        let newest = |page: Value| (bodies(&page)[0].to_owned(), page["items"][0].clone());
        let (_, page) = fixture.call(asked, Product::Consumer, "GET", LIST).await;
        let (body, line) = newest(page);
        assert_eq!(body, "陳***文 would like to be your friend.");
        assert_eq!(
            (&line["type"], &line["counterparty"]),
            (
                &json!("friend-requested"),
                &json!({"type": "user", "id": asker.to_string(), "name": "陳***文"})
            )
        );
        let (_, page) = fixture.call(asker, Product::Consumer, "GET", LIST).await;
        let (body, line) = newest(page);
        assert_eq!(body, "小*** is your friend now.");
        assert_eq!(line["counterparty"]["id"], asked.to_string());
    }
    assert_eq!(fixture.database.count("parked_events").await, 0);
}
