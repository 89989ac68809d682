//! Every read of this service, by everybody who may stand in some way to whom it is about.

use serde_json::json;
use testkit::{Call, Sights, assert_equally_long};
use values::StaffRole::{Auditor, Operator};

use crate::fixture::{FRIENDS, Fixture, GROUPS, Person};
use crate::talk::{ON_PAYMENTS, hidden, moved, old_id, path, react, say};

const REACTIONS: &str = "/api/v1/social/peer-payments/{peer_payment_id}/reactions";
const COMMENTS: &str = "/api/v1/social/peer-payments/{peer_payment_id}/comments";
const REPORTS: &str = "/api/v1/social/reports";

/// Ann, Bob, whom she paid, and how others stand to her.
struct People {
    ann: Person,
    bob: Person,
    friend: Person,
    asker: Person,
    stranger: Person,
    former: Person,
    blocked: Person,
    blocker: Person,
    member: Person,
    operator: Person,
    auditor: Person,
}

impl People {
    async fn meet(fixture: &Fixture) -> Self {
        let ann = fixture.person("Chan Tai Man").await;
        let other = || fixture.person("Somebody Else");
        let people = Self {
            bob: fixture.person("Bob Lee").await,
            friend: other().await,
            asker: other().await,
            stranger: other().await,
            former: other().await,
            blocked: other().await,
            blocker: other().await,
            member: other().await,
            operator: fixture.staff(&[Operator]),
            auditor: fixture.staff(&[Auditor]),
            ann,
        };
        let Self { ann, friend, former, blocked, blocker, .. } = &people;
        for person in [friend, former, blocked, blocker] {
            fixture.befriend(ann, person).await;
        }
        fixture.act(ann, "DELETE", FRIENDS, former).await.expect(204);
        fixture.block(ann, blocked).await;
        fixture.block(blocker, ann).await;
        fixture.ask(&people.asker, ann).await.expect(200);
        people
    }

    /// With an empty row for each relation of the issue and more.
    fn table(&self) -> Sights {
        let marks = [
            ('N', "Chan Tai Man"),
            ('m', "C*** T*** M***"),
            ('i', &*self.ann.user_id.to_string()),
            ('w', "What a dinner"),
            ('g', "Secret club"),
            ('r', "He wants my PIN"),
        ];
        let readers = [
            ("herself", &*self.ann.token),
            ("friend", &self.friend.token),
            ("asker", &self.asker.token),
            ("stranger", &self.stranger.token),
            ("former friend", &self.former.token),
            ("whom she blocks", &self.blocked.token),
            ("who blocks her", &self.blocker.token),
            ("member of her group", &self.member.token),
            ("operator", &self.operator.token),
            ("auditor", &self.auditor.token),
        ];
        Sights::new(&marks, &readers)
    }

    /// A group of Ann's with somebody who is no friend of hers; its path.
    async fn club(&self, fixture: &Fixture) -> String {
        let host = fixture.person("Host").await;
        fixture.befriend(&host, &self.ann).await;
        fixture.befriend(&host, &self.member).await;
        let ids = [&self.ann, &self.member].map(|person| person.user_id.to_string());
        let call = Call::post(GROUPS).json(&json!({"name": "Secret club", "member_ids": ids}));
        let made = fixture.send(&host, call).await.expect(201);
        format!("{GROUPS}/{}", made["group_id"].as_str().unwrap())
    }

    /// A report that Ann made; its path.
    async fn report(&self, fixture: &Fixture) -> String {
        let path = format!("/api/v1/social/people/{}/report", self.bob.user_id);
        let words = json!({"reason": "scam", "words": "He wants my PIN."});
        fixture.send(&self.ann, Call::new("PUT", &path).json(&words)).await.expect(204);
        let listed = fixture.get(&self.operator, REPORTS).await;
        format!("{REPORTS}/{}", listed["items"][0]["report_id"].as_str().unwrap())
    }
}

#[tokio::test]
async fn each_relation_sees_on_each_route_what_it_may() {
    let fixture = Fixture::new().await;
    let people = People::meet(&fixture).await;
    let (club, report) = (people.club(&fixture).await, people.report(&fixture).await);
    let [private, open, hid] = [old_id(), old_id(), old_id()];
    let (ann, bob) = (&people.ann, &people.bob);
    let paid = [(private, None), (open, Some("friends")), (hid, Some("friends"))];
    let paid = paid.map(|(id, visibility)| moved(id, ann, bob, visibility));
    fixture.deliver(ON_PAYMENTS, &paid).await;
    for id in [private, open, hid] {
        say(&fixture, ann, id, "What a dinner!").await.expect(201);
        react(&fixture, ann, id, "love").await.expect(204);
    }
    fixture.deliver(ON_PAYMENTS, &[hidden(hid)]).await;

    const REQUESTS: &str = "/api/v1/social/friend-requests";
    const BLOCKS: &str = "/api/v1/social/blocks";
    let sent = format!("{REQUESTS}?direction=sent");
    let closed = format!("{REPORTS}?is_open=false");
    let reactions = |id| path(id, "reactions");
    let comments = |id| path(id, "comments");
    // herself, friend, asker, stranger, former friend, whom she blocks, who blocks her, member of
    // her group, operator, auditor
    people
        .table()
        .row(FRIENDS, "", FRIENDS, "- Ni - - - - - - 401 401")
        .row(REQUESTS, "received", REQUESTS, "- - - - - - - - 401 401")
        .row(REQUESTS, "sent", &sent, "- - mi - - - - - 401 401")
        .row(BLOCKS, "", BLOCKS, "- - - - - - mi - 401 401")
        .row(GROUPS, "", GROUPS, "Nig - - - - - - mig 401 401")
        .row(
            "/api/v1/social/groups/{group_id}",
            "",
            &club,
            "Nig 404 404 404 404 404 404 mig 401 401",
        )
        .row(REACTIONS, "private", &reactions(private), "Ni 404 404 404 404 404 404 404 401 401")
        .row(REACTIONS, "friends", &reactions(open), "Ni Ni 404 404 404 404 404 404 401 401")
        .row(REACTIONS, "hidden", &reactions(hid), "Ni 404 404 404 404 404 404 404 401 401")
        .row(COMMENTS, "private", &comments(private), "Niw 404 404 404 404 404 404 404 401 401")
        .row(COMMENTS, "friends", &comments(open), "Niw Niw 404 404 404 404 404 404 401 401")
        .row(COMMENTS, "hidden", &comments(hid), "Niw 404 404 404 404 404 404 404 401 401")
        .row(REPORTS, "open", REPORTS, "401 401 401 401 401 401 401 401 i 403")
        .row(REPORTS, "closed", &closed, "401 401 401 401 401 401 401 401 - 403")
        .row(
            "/api/v1/social/reports/{report_id}",
            "",
            &report,
            "401 401 401 401 401 401 401 401 ir 403",
        )
        .check(&fixture.routes, "/api/v1/social/openapi.json")
        .await;
}

#[tokio::test]
#[ignore = "2,000 answers of each: make soak"]
async fn no_time_tells_a_stranger_what_there_is() {
    let fixture = Fixture::new().await;
    let people = People::meet(&fixture).await;
    let club = people.club(&fixture).await;
    let private = old_id();
    fixture.deliver(ON_PAYMENTS, &[moved(private, &people.ann, &people.bob, None)]).await;
    let routes = fixture.routes.clone();
    for path in [path(private, "comments"), path(private, "reactions"), club] {
        assert_equally_long(&routes, &people.stranger.token, &path, 2_000).await;
    }
}
