//! Every read of this service, by everybody who may stand in some way to whom it is about.

use serde_json::Value;
use testkit::{BlobContainer, Sights, assert_equally_long};
use values::StaffRole::{Auditor, Operator};

use crate::fixture::{CONVERSATIONS, Fixture, ON_PAYMENTS, ON_SOCIAL, Person, paid};
use crate::pictures::{sent, with_pictures};
use crate::reports::{REPORTS, colleague, report};
use crate::support::{CASES, Case, DESK};

const CONVERSATION: &str = "/api/v1/messages/conversations/{conversation_id}";
const MESSAGES: &str = "/api/v1/messages/conversations/{conversation_id}/messages";
const MESSAGE: &str = "/api/v1/messages/{message_id}";
const PICTURE: &str = "/api/v1/messages/{message_id}/picture/{size}";
/// A text that is there for one person alone.
const HERS: &str = "id 404 404 404 404 404 404 404 401 401";
const DESK_PICTURE: &str = concat!(
    "/api/v1/messages/support-desk/cases/{support_case_id}",
    "/messages/{message_id}/picture/{size}"
);

/// Amy, those with whom she has talked, in this order, and how they stand to her now: herself with
/// Dora, a friend, a stranger who paid her, a former friend, whom she blocks, who blocks her, a
/// member of her group, who was one, an operator and an auditor.
struct People {
    amy: Person,
    dora: Person,
    readers: Vec<(&'static str, Person)>,
    /// What each has with Amy; of staff it is Dora's.
    conversations: Vec<String>,
    group: String,
    _container: BlobContainer,
}

impl People {
    async fn meet() -> (Fixture, Self) {
        let (fixture, [amy, dora], with_dora, container) = with_pictures().await;
        let mut others = Vec::new();
        for who in ["friend", "stranger", "former", "whom she blocks", "who blocks her"] {
            others.push((who, fixture.person("Ben").await));
        }
        for (who, other) in &others {
            match *who {
                "stranger" => {
                    let event = paid(other.user_id, amy.user_id, 100, None);
                    fixture.deliver(ON_PAYMENTS, &[event]).await;
                }
                _ => fixture.befriend(&amy, other).await,
            }
        }
        let [member, left] = [fixture.person("Max").await, fixture.person("Lee").await];
        let (group_id, group) = fixture.with_group(&[&amy, &member, &left]).await;
        fixture.say(&amy, &group, "to all of you").await;
        let event = fixture.group(group_id, "Hikers", &[&amy, &member]);
        fixture.deliver(ON_SOCIAL, &[event]).await;
        fixture.say(&amy, &group, "to who stayed").await;
        let mut conversations = vec![with_dora];
        for (_, other) in &others {
            let id = fixture.open(&amy, other).await;
            fixture.say(&amy, &id, "to you").await;
            conversations.push(id);
        }
        fixture.unfriend(&amy, &others[2].1).await;
        fixture.block(&amy, &others[3].1).await;
        fixture.block(&others[4].1, &amy).await;
        let mut readers = vec![("herself", amy.clone())];
        readers.extend(others);
        readers.push(("member of her group", member));
        readers.push(("who left it", left));
        readers.push(("operator", colleague(&fixture, &[Operator])));
        readers.push(("auditor", colleague(&fixture, &[Auditor])));
        conversations.resize(readers.len(), conversations[0].clone());
        (fixture, Self { amy, dora, readers, conversations, group, _container: container })
    }

    fn operator(&self) -> &Person {
        &self.readers[8].1
    }

    fn table(&self) -> Sights {
        let marks = [
            ('N', "Chan Tai Man"),
            ('m', "C*** T*** M***"),
            ('i', &*self.amy.user_id.to_string()),
            ('d', "to Dora"),
            ('y', "to you"),
            ('a', "to all of you"),
            ('s', "to who stayed"),
            ('l', "sig="),
            ('r', "He wants my PIN"),
            ('c', "Where is my refund"),
        ];
        let readers: Vec<_> =
            self.readers.iter().map(|(who, person)| (*who, &*person.token)).collect();
        Sights::new(&marks, &readers)
    }

    fn with_each(&self, rest: &str) -> Vec<String> {
        self.conversations.iter().map(|id| format!("{CONVERSATIONS}/{id}{rest}")).collect()
    }
}

fn id(message: &Value) -> &str {
    message["message_id"].as_str().unwrap()
}

/// herself, friend, stranger, former, whom she blocks, who blocks her, member, who left, operator,
/// auditor
#[tokio::test]
async fn each_relation_sees_of_conversations_on_each_route_what_it_may() {
    let (fixture, people) = People::meet().await;
    let (amy, with_dora) = (&people.amy, &people.conversations[0]);
    let text = fixture.say(amy, with_dora, "to Dora").await;
    let picture = sent(&fixture, amy, with_dora).await;
    report(&fixture, &people.dora, &text).await.expect(204);
    let reports = fixture.get(people.operator(), REPORTS).await.expect(200);
    let reported = reports["items"][0]["message_report_id"].as_str().unwrap();
    let case = Case::open(&fixture, amy).await;
    let in_case = sent(&fixture, amy, &case.conversation_id).await;
    let conversation = |id: &str, rest: &str| format!("{CONVERSATIONS}/{id}{rest}");
    let with_dora = |rest: &str| conversation(with_dora, rest);
    let group = |rest: &str| conversation(&people.group, rest);
    let message = |message: &Value, rest: &str| format!("/api/v1/messages/{}{rest}", id(message));
    let own_case = format!("{CASES}/{}", case.id);
    let desk = |rest: &str| format!("{DESK}/{}{rest}", case.id);
    let picture = message(&picture, "/picture/small");
    let [own, own_messages] = ["", "/messages"].map(|rest| people.with_each(rest));
    let desk_picture = desk(&format!("/messages/{}/picture/small", id(&in_case)));
    let count = "/api/v1/messages/unread-count";

    people
        .table()
        .row(CONVERSATIONS, "", CONVERSATIONS, "iys Niy miy miy miy miy mis mia 401 401")
        .row(CONVERSATION, "of others", &with_dora(""), "i 404 404 404 404 404 404 404 401 401")
        .row_of_each(CONVERSATION, "with her", own, "i Niy miy miy miy miy 404 404 401 401")
        .row(CONVERSATION, "of a group", &group(""), "is 404 404 404 404 404 mis mia 401 401")
        .row(MESSAGES, "of others", &with_dora("/messages"), HERS)
        .row_of_each(MESSAGES, "with her", own_messages, "id iy iy iy iy iy 404 404 401 401")
        .row(MESSAGES, "of a group", &group("/messages"), "ias 404 404 404 404 404 ias ia 401 401")
        .row(MESSAGE, "of others", &message(&text, ""), HERS)
        .row(PICTURE, "", &picture, "l 404 404 404 404 404 404 404 401 401")
        .row(MESSAGE, "to support", &message(&in_case, ""), "i 404 404 404 404 404 404 404 401 401")
        .row(count, "", count, "- - - - - - - - 401 401")
        .row(REPORTS, "", REPORTS, "401 401 401 401 401 401 401 401 i 403")
        .row(
            "/api/v1/messages/reports/{message_report_id}",
            "",
            &format!("{REPORTS}/{reported}"),
            "401 401 401 401 401 401 401 401 idr 403",
        )
        .row(CASES, "", CASES, "- - - - - - - - 401 401")
        .row(
            "/api/v1/messages/support-cases/{support_case_id}",
            "",
            &own_case,
            "- 404 404 404 404 404 404 404 401 401",
        )
        .row(DESK, "", DESK, "401 401 401 401 401 401 401 401 i 403")
        .row(
            "/api/v1/messages/support-desk/cases/{support_case_id}",
            "",
            &desk(""),
            "401 401 401 401 401 401 401 401 ic 403",
        )
        .row(DESK_PICTURE, "", &desk_picture, "401 401 401 401 401 401 401 401 l 403")
        .check(fixture.routes(), "/api/v1/messages/openapi.json")
        .await;
}

#[tokio::test]
#[ignore = "2,000 answers of each: make soak"]
async fn no_time_tells_a_stranger_what_there_is() {
    let (fixture, people) = People::meet().await;
    let with_dora = &people.conversations[0];
    let text = fixture.say(&people.amy, with_dora, "to Dora").await;
    let case = Case::open(&fixture, &people.amy).await;
    let stranger = &people.readers[2].1;
    for path in [
        format!("{CONVERSATIONS}/{with_dora}"),
        format!("{CONVERSATIONS}/{with_dora}/messages"),
        format!("/api/v1/messages/{}", id(&text)),
        format!("{CASES}/{}", case.id),
    ] {
        assert_equally_long(fixture.routes(), &stranger.token, &path, 2_000).await;
    }
}
