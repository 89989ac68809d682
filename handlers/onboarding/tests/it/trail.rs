//! Whatever is done to applications, the trail tells how each came to stand as it does.

use futures_util::future::join_all;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use values::StaffRole::{Operator, Reviewer};

use crate::fixture::{
    APPLICATIONS, Applicant, Colleague, Fixture, card, hkid, listed, numbers, read_event,
};

/// People at once, each with a number of their own, and what is done to or by each.
const PEOPLE: usize = 4;
const DEEDS: usize = 22;

/// What somebody does, or time.
#[derive(Debug, Clone, Copy)]
enum Doing {
    Begin,
    Announce,
    Submit,
    Withdraw,
    ReadWell,
    ReadInVain,
    Approve,
    Reject,
    AskAgain,
    Release,
    Return,
    Hold(bool),
    WaitDays(u32),
    ImportList(bool),
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        3 => Just(Doing::Begin),
        3 => Just(Doing::Announce),
        3 => Just(Doing::Submit),
        1 => Just(Doing::Withdraw),
        3 => Just(Doing::ReadWell),
        1 => Just(Doing::ReadInVain),
        2 => Just(Doing::Approve),
        1 => Just(Doing::Reject),
        1 => Just(Doing::AskAgain),
        2 => Just(Doing::Release),
        1 => Just(Doing::Return),
        1 => proptest::bool::ANY.prop_map(Doing::Hold),
        2 => proptest::sample::select(vec![0, 1, 31, 91]).prop_map(Doing::WaitDays),
        1 => proptest::bool::ANY.prop_map(Doing::ImportList),
    ]
}

/// A person, and the application that they begun last.
struct One {
    applicant: Applicant,
    number: String,
    id: String,
    document_id: String,
}

/// Whatever is refused is refused: only a failure of the service fails.
async fn attempt(fixture: &Fixture, staff: &[Colleague; 2], one: &mut One, doing: Doing) {
    let [wong, lee] = staff;
    let token = &one.applicant.token;
    let own = |deed: &str| format!("{APPLICATIONS}/{}/{deed}", one.id);
    let note = json!({"note": "seen"});
    let decide = async |decision: Value| {
        fixture.review(wong, &one.id, "claim", &json!(null)).await;
        let body = json!({"decision": decision, "note": "seen"});
        fixture.review(wong, &one.id, "decide", &body).await
    };
    let answer = match doing {
        Doing::Begin => {
            let begun = fixture.post(token, APPLICATIONS, &hkid(&one.number)).await;
            if let Some(id) = begun.json()["application_id"].as_str() {
                one.id = id.to_owned();
            }
            begun
        }
        Doing::Announce => {
            let body = json!({"content_type": "image/jpeg", "content_length": 1000});
            let announced = fixture.post(token, &own("documents"), &body).await;
            if let Some(id) = announced.json()["document_id"].as_str() {
                one.document_id = id.to_owned();
            }
            announced
        }
        Doing::Submit => fixture.post(token, &own("submit"), &json!(null)).await,
        Doing::Withdraw => fixture.post(token, &own("withdraw"), &json!(null)).await,
        Doing::ReadWell => {
            let event = fixture.read(&one.document_id, &card(&one.number)).await;
            return fixture.deliver(&[event]).await;
        }
        Doing::ReadInVain => {
            let failed = |event: &mut events::ocr::DocumentReadV1| {
                event.failure = Some("unprocessable".to_owned());
            };
            return fixture.deliver(&[read_event(&one.document_id, failed)]).await;
        }
        Doing::Approve => decide(json!({"type": "approve", "expires_on": "2099-12-31"})).await,
        Doing::Reject => decide(json!({"type": "reject", "reasons": ["other"]})).await,
        Doing::AskAgain => {
            decide(json!({"type": "ask-again", "reasons": ["document-unreadable"]})).await
        }
        Doing::Release => fixture.review(lee, &one.id, "release", &note).await,
        Doing::Return => fixture.review(lee, &one.id, "return", &note).await,
        Doing::Hold(is_held) => {
            let body = json!({"is_held": is_held, "note": "seen"});
            fixture.review(lee, &one.id, "hold", &body).await
        }
        Doing::WaitDays(days) => {
            fixture.age(days).await;
            return fixture.tick().await;
        }
        Doing::ImportList(is_on_it) => {
            let people = [("Chan Tai Man", "陳大文", 1990)];
            let imported = fixture.import(&listed(if is_on_it { &people } else { &[] })).await;
            // Another's list may be on its way in at this moment.
            if imported.status != 200 {
                imported.expect_refusal(503, "try-again");
            }
            return fixture.tick().await;
        }
    };
    assert!(answer.status < 500, "{doing:?}: {}", answer.text());
}

#[tokio::test]
async fn whatever_is_done_each_line_of_the_trail_begins_where_the_one_before_ended() {
    let fixture = Fixture::new().await;
    testkit::BlobContainer::create("documents").await;
    let staff = [
        fixture.colleague("wong@example.com", &[Operator]),
        fixture.colleague("lee@example.com", &[Reviewer]),
    ];
    let mut runner = TestRunner::default();
    let histories = proptest::collection::vec(doing(), DEEDS);
    let people = numbers().take(PEOPLE).map(|number| {
        let mut history = vec![Doing::Begin, Doing::Announce];
        history.extend(histories.new_tree(&mut runner).unwrap().current());
        (number, history)
    });
    let people: Vec<(String, Vec<Doing>)> = people.collect();
    join_all(people.iter().map(async |(number, history)| {
        let (applicant, number) = (fixture.applicant(), number.clone());
        let nothing = values::DocumentId::new().to_string();
        let id = values::ApplicationId::new().to_string();
        let mut one = One { applicant, number, id, document_id: nothing };
        for doing in history {
            attempt(&fixture, &staff, &mut one, *doing).await;
        }
    }))
    .await;
    let broken: Vec<(Vec<u8>, String, String)> = fixture
        .query(
            "SELECT application_id, status, deeds FROM applications JOIN (
                 SELECT application_id, GROUP_CONCAT(deed ORDER BY id) AS deeds,
                     MIN(IF(came_from <=> from_status, 1, 0)) AS is_whole,
                     MAX(IF(later IS NULL, to_status, NULL)) AS ends_at
                 FROM (
                     SELECT *, LAG(to_status) OVER story AS came_from,
                         LEAD(id) OVER story AS later
                     FROM trail WINDOW story AS (PARTITION BY application_id ORDER BY id)
                 ) AS told GROUP BY application_id
             ) AS stories USING (application_id)
             WHERE NOT is_whole OR ends_at <> status",
        )
        .await;
    assert_eq!(broken, [], "{people:?}");
    let told: Vec<(u64, u64)> = fixture
        .query(
            "SELECT (SELECT COUNT(*) FROM applications),
                 (SELECT COUNT(DISTINCT application_id) FROM trail)",
        )
        .await;
    assert_eq!(told[0].0, told[0].1, "each has a trail");
    assert_eq!(fixture.database.count("parked_events").await, 0);
}
