//! Two at once, many times over. What is sealed is made once: each round begins by setting back
//! what the one before has decided.

use std::time::Duration;

use events::Envelope;
use futures_util::future::{join, join_all};
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::Call;
use values::StaffRole::{Operator, Reviewer};

use crate::fixture::{APPLICATIONS, Applicant, Fixture, REVIEWS, card, hkid, listed, numbers};

const ROUNDS: usize = 200;
/// Pairs that race at the same time, as on a busy day.
const PAIRS: usize = 8;

/// An application whose document was read, and which its applicant has yet to submit.
async fn ready(fixture: &Fixture, number: &str) -> (Applicant, String) {
    let applicant = fixture.applicant();
    let id = fixture.begin(&applicant, &hkid(number)).await;
    let announced = fixture.announce(&applicant, &id).await;
    let document_id = announced["document_id"].as_str().unwrap();
    fixture.deliver(&[fixture.read(document_id, &card(number)).await]).await;
    (applicant, id)
}

/// All are drafts again, and nobody is known.
async fn set_back(fixture: &Fixture) {
    for sql in [
        "UPDATE applications SET status = 'draft', open_subject = user_id, findings = '',
             screenees = NULL",
        "UPDATE people SET identity_id = NULL, version = 0",
        "DELETE FROM document_numbers",
        "DELETE FROM outbox",
    ] {
        let _: Vec<u8> = fixture.query(sql).await;
    }
}

/// Decides by this event, and does something else between looking and writing: what is decided
/// waits for its person, whom a rival holds until then.
async fn decide_while(
    fixture: &Fixture,
    event: Envelope,
    meanwhile: impl AsyncFnOnce(&mut mysql_async::Conn),
) {
    let mut rival = fixture.database.pool.get_conn().await.unwrap();
    rival.query_drop("START TRANSACTION").await.unwrap();
    let _: Vec<u32> = rival.query("SELECT version FROM people FOR UPDATE").await.unwrap();
    let until_it_waits = async {
        let waiting = "SELECT COUNT(*) FROM information_schema.processlist
             WHERE db = DATABASE() AND info LIKE 'INSERT INTO people%'";
        while fixture.query::<u64>(waiting).await == [0] {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        meanwhile(&mut rival).await;
        rival.query_drop("COMMIT").await.unwrap();
    };
    join(fixture.deliver(&[event]), until_it_waits).await;
}

#[tokio::test]
async fn a_list_that_comes_while_somebody_is_decided_counts_for_them() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let (id, document_id) = fixture.submitted(&ann, &hkid("A123456(3)")).await;
    let event = fixture.read(&document_id, &card("A123456(3)")).await;
    let list = listed(&[("Chan Tai Man", "", 1990)]);
    decide_while(&fixture, event, async |_| {
        fixture.import(&list).await.expect(200);
    })
    .await;
    let seen = fixture.seen(&id).await;
    assert_eq!(
        (&seen["application"]["findings"], &seen["application"]["list_version"]),
        (&json!(["screening-hit"]), &json!(2))
    );
    assert_eq!(fixture.tiers(&ann).await, []);
}

#[tokio::test]
async fn who_ends_to_be_known_while_they_are_decided_is_looked_at_as_they_then_are() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    fixture.decided(&ann, &hkid("A123456(3)"), &card("A123456(3)")).await;
    let (id, document_id) = fixture.submitted(&ann, &hkid("G123456(A)")).await;
    let event = fixture.read(&document_id, &card("G123456(A)")).await;
    decide_while(&fixture, event, async |rival| {
        let end = "UPDATE applications SET status = 'expired', screenees = NULL
             WHERE status = 'approved'";
        rival.query_drop(end).await.unwrap();
        let fall = "UPDATE people SET identity_id = NULL, version = version + 1";
        rival.query_drop(fall).await.unwrap();
    })
    .await;
    assert_eq!(fixture.status(&ann, &id).await, "reading");
    let _: Vec<u8> =
        fixture.query("UPDATE documents SET read_at = read_at - INTERVAL 11 SECOND").await;
    fixture.tick().await;
    let findings = fixture.seen(&id).await["application"]["findings"].clone();
    assert_eq!(findings, json!(["other-person"]), "another number than before");
}

async fn statuses(fixture: &Fixture) -> Vec<(String, u64)> {
    fixture.query("SELECT status, COUNT(*) FROM applications GROUP BY 1 ORDER BY 1").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_people_with_one_number_one_is_known() {
    let fixture = Fixture::new().await;
    let pairs: Vec<String> = numbers().take(PAIRS).collect();
    let both = pairs.iter().flat_map(|number| [ready(&fixture, number), ready(&fixture, number)]);
    let people = join_all(both).await;
    for round in 0..ROUNDS / PAIRS {
        set_back(&fixture).await;
        let submits = people.iter().map(|(applicant, id)| fixture.submit(applicant, id));
        for answer in join_all(submits).await {
            answer.expect(200);
        }
        let pairs = u64::try_from(PAIRS).unwrap();
        let expected = [("approved".to_owned(), pairs), ("in-review".to_owned(), pairs)];
        assert_eq!(statuses(&fixture).await, expected, "{round}");
        let findings: Vec<(String, u64)> = fixture
            .query(
                "SELECT findings, COUNT(DISTINCT number_index) FROM applications
                 GROUP BY 1 ORDER BY 1",
            )
            .await;
        let expected = [(String::new(), pairs), ("number-in-use".to_owned(), pairs)];
        assert_eq!(findings, expected, "{round}");
        assert_eq!(fixture.database.count("document_numbers").await, pairs);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_applications_at_once_one_is_begun() {
    let fixture = Fixture::new().await;
    let details = hkid("A123456(3)");
    for _ in 0..ROUNDS / PAIRS {
        let people: Vec<Applicant> = (0..PAIRS).map(|_| fixture.applicant()).collect();
        let calls = people.iter().flat_map(|applicant| {
            [(); 2].map(|()| fixture.post(&applicant.token, APPLICATIONS, &details))
        });
        let answers = join_all(calls).await;
        for twins in answers.chunks(2) {
            let refused: Vec<_> = twins.iter().filter(|answer| answer.status != 201).collect();
            assert_eq!(refused.len(), 1);
            refused[0].expect_refusal(409, "application-open");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_submitting_and_withdrawing_at_once_nothing_is_left_between() {
    let fixture = Fixture::new().await;
    let numbers: Vec<String> = numbers().take(PAIRS).collect();
    let people = join_all(numbers.iter().map(|number| ready(&fixture, number))).await;
    let mut ends = std::collections::BTreeSet::new();
    for _ in 0..ROUNDS / PAIRS {
        set_back(&fixture).await;
        let both = people.iter().map(async |(applicant, id)| {
            let path = format!("{APPLICATIONS}/{id}/withdraw");
            let withdraw = fixture.post(&applicant.token, &path, &Value::Null);
            (join(fixture.submit(applicant, id), withdraw).await, applicant, id)
        });
        for ((submitted, withdrawn), applicant, id) in join_all(both).await {
            let status = fixture.status(applicant, id).await;
            match status.as_str() {
                "withdrawn" => {
                    withdrawn.expect(200);
                    assert!(fixture.tiers(applicant).await.is_empty());
                }
                "approved" => {
                    submitted.expect(200);
                    withdrawn.expect_refusal(409, "application-closed");
                    assert_eq!(fixture.tiers(applicant).await.len(), 1);
                }
                other => panic!("{other}: {} {}", submitted.text(), withdrawn.text()),
            }
            ends.insert(status);
        }
    }
    assert!(ends.contains("withdrawn"), "{ends:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_release_or_return_at_once_one_does() {
    let fixture = Fixture::without_list().await;
    fixture.import(&listed(&[("Chan Tai Man", "", 1990)])).await.expect(200);
    let wong = fixture.colleague("wong@example.com", &[Operator]);
    let [one, other] =
        ["lee@example.com", "ho@example.com"].map(|name| fixture.colleague(name, &[Reviewer]));
    let ann = fixture.applicant();
    let id = fixture.decided(&ann, &hkid("A123456(3)"), &card("A123456(3)")).await;
    fixture.review(&wong, &id, "claim", &json!(null)).await.expect(200);
    let approve = json!({"decision": {"type": "approve", "expires_on": null}, "note": "another"});
    fixture.review(&wong, &id, "decide", &approve).await.expect(200);
    let proposal: Vec<Vec<u8>> = fixture.query("SELECT proposed_by FROM applications").await;
    let proposer: String = proposal[0].iter().map(|byte| format!("{byte:02x}")).collect();
    let note = json!({"note": "seen"});
    for round in 0..ROUNDS {
        set_back(&fixture).await;
        let sql = format!(
            "UPDATE applications SET status = 'awaiting-release', findings = 'screening-hit',
                 proposed_by = X'{proposer}', proposed_at = NOW(6)"
        );
        let _: Vec<u8> = fixture.query(&sql).await;
        let deed = if round % 2 == 0 { "release" } else { "return" };
        let versions: Vec<u32> = fixture.query("SELECT version FROM applications").await;
        let call = |deed| {
            let call = Call::post(&format!("{REVIEWS}/{id}/{deed}")).json(&note);
            call.header("if-match", &format!("\"{}\"", versions[0]))
        };
        let (first, second) =
            join(fixture.send(&one.token, call("release")), fixture.send(&other.token, call(deed)))
                .await;
        let done = [&first, &second].iter().filter(|answer| answer.status == 200).count();
        assert_eq!(done, 1, "{} {}", first.text(), second.text());
        let is_approved = fixture.status(&ann, &id).await == "approved";
        assert_eq!(fixture.tiers(&ann).await.len(), usize::from(is_approved));
    }
}
