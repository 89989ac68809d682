//! Every read of this service, by everybody who may stand in some way to whom it is about.

use testkit::{Sights, assert_equally_long};
use values::StaffRole;

use crate::{
    FEED, Fixture, ON_PAYMENTS, ON_SOCIAL, Person, block, friendship, hiding, of_person, payment,
};

/// Ann, and how others stand to her. Of groups this service hears nothing.
struct People {
    ann: Person,
    friend: Person,
    stranger: Person,
    former: Person,
    blocked: Person,
    blocker: Person,
    operator: String,
}

impl People {
    async fn meet(fixture: &Fixture) -> Self {
        let people = Self {
            ann: fixture.named("Chan Tai Man").await,
            friend: fixture.somebody(),
            stranger: fixture.somebody(),
            former: fixture.somebody(),
            blocked: fixture.somebody(),
            blocker: fixture.somebody(),
            operator: fixture.issuer.staff_token(
                "wong@example.com".to_owned().try_into().unwrap(),
                &[StaffRole::Operator],
            ),
        };
        let ann = people.ann.id;
        for person in [&people.friend, &people.former, &people.blocked, &people.blocker] {
            fixture.befriend(&people.ann, person).await;
        }
        // Blocking ends a friendship, as social tells afterwards.
        let events = [
            friendship(ann, people.former.id, 2, "none"),
            block(ann, people.blocked.id, 1, true),
            block(people.blocker.id, ann, 1, true),
        ];
        fixture.deliver(ON_SOCIAL, &events).await;
        people
    }

    /// The reads of one payment of Ann's, and what is seen of it in her friend's own feed and hers.
    fn table(&self, visibility: &'static str, feed: &'static str, hers: &'static str) -> Sights {
        let marks = [
            ('N', "Chan Tai Man"),
            ('m', "C*** T*** M***"),
            ('w', "dim sum"),
            ('s', "milk-tea"),
            ('a', "98765"),
            ('r', "QUOTE-THIS"),
        ];
        let readers = [
            ("herself", &*self.ann.token),
            ("friend", &self.friend.token),
            ("stranger", &self.stranger.token),
            ("former friend", &self.former.token),
            ("whom she blocks", &self.blocked.token),
            ("who blocks her", &self.blocker.token),
            ("operator", &self.operator),
        ];
        Sights::new(&marks, &readers).row("/api/v1/timeline", visibility, FEED, feed).row(
            "/api/v1/timeline/people/{user_id}",
            visibility,
            &of_person(self.ann.id),
            hers,
        )
    }
}

#[tokio::test]
async fn each_relation_sees_on_each_route_what_it_may() {
    for (visibility, feed, hers) in [
        ("friends", "wsa Nws - - - - 401", "wsa Nws 404 404 404 404 401"),
        ("private", "wsa - - - - - 401", "wsa - 404 404 404 404 401"),
        ("hidden", "wsa - - - - - 401", "wsa - 404 404 404 404 401"),
    ] {
        let fixture = Fixture::new().await;
        let people = People::meet(&fixture).await;
        let shown = if visibility == "private" { "private" } else { "friends" };
        let (id, paid) = payment(people.ann.id, fixture.somebody().id, 1, shown);
        fixture.deliver(ON_PAYMENTS, &[paid]).await;
        if visibility == "hidden" {
            fixture.deliver(ON_PAYMENTS, &[hiding(id)]).await;
        }
        people
            .table(visibility, feed, hers)
            .check(&fixture.routes, "/api/v1/timeline/openapi.json")
            .await;
    }
}

#[tokio::test]
#[ignore = "2,000 answers of each: make soak"]
async fn no_time_tells_a_stranger_who_there_is() {
    let fixture = Fixture::new().await;
    let people = People::meet(&fixture).await;
    let (_, paid) = payment(people.ann.id, people.friend.id, 1, "friends");
    fixture.deliver(ON_PAYMENTS, &[paid]).await;
    let routes = fixture.routes.clone();
    for reader in [&people.stranger, &people.blocked, &people.former] {
        assert_equally_long(&routes, &reader.token, &of_person(people.ann.id), 2_000).await;
    }
}
