//! People ask support, staff answer, and nobody else learns of it.

use events::messages::MessageSentV1;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Call};
use values::StaffRole::{Auditor, Operator, Reviewer};
use values::{SupportCaseId, UserId};

use crate::fixture::{CONVERSATIONS, Fixture, Person};
use crate::reports::colleague;

pub(crate) const CASES: &str = "/api/v1/messages/support-cases";
pub(crate) const DESK: &str = "/api/v1/messages/support-desk/cases";
const SUPPORT: &str = "usr_00000000000000000000000000";

/// A customer's case: its id, and that of its conversation.
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) conversation_id: String,
}

impl Case {
    pub(crate) async fn open(fixture: &Fixture, by: &Person) -> Self {
        let opened = fixture.send(by, ask("Where is my refund?")).await.expect(201);
        let text = |name: &str| opened[name].as_str().unwrap().to_owned();
        Self { id: text("support_case_id"), conversation_id: text("conversation_id") }
    }

    fn desk(&self, rest: &str) -> String {
        format!("{DESK}/{}{rest}", self.id)
    }

    fn answer(&self, text: &str) -> Call {
        Call::post(&self.desk("/answers")).json(&json!({"text": text}))
    }

    fn close(&self) -> Call {
        let last = json!({"outcome": "resolved", "text": "It is on its way."});
        Call::post(&self.desk("/close")).json(&last)
    }

    fn claim(&self) -> Call {
        Call::post(&self.desk("/claim"))
    }

    fn reopen(&self) -> Call {
        Call::post(&format!("{CASES}/{}/reopen", self.id))
    }

    async fn read(&self, fixture: &Fixture, by: &Person) -> Value {
        fixture.get(by, &format!("{CASES}/{}", self.id)).await.expect(200)
    }

    async fn deeds(&self, fixture: &Fixture, staff: &Person) -> Vec<Value> {
        let read = fixture.get(staff, &self.desk("")).await.expect(200);
        read["trail"].as_array().unwrap().iter().map(|line| line["deed"].clone()).collect()
    }
}

fn ask(text: &str) -> Call {
    let subject = "rfd_01h455vb4pex5vsknk084sn02q";
    let input = json!({"category": "refund", "subject": subject, "text": text});
    Call::post(CASES).json(&input)
}

/// All but what names this request.
fn problem(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem["trace_id"].take();
    problem["instance"].take();
    problem
}

#[tokio::test]
async fn a_case_is_a_conversation_with_support_until_it_is_closed_and_again_for_two_weeks() {
    let fixture = Fixture::new().await;
    let amy = fixture.person("Amy").await;
    let staff = colleague(&fixture, &[Operator]);
    let case = Case::open(&fixture, &amy).await;
    let opened = case.read(&fixture, &amy).await;
    assert_eq!((&opened["status"], &opened["category"]), (&json!("open"), &json!("refund")));
    let found = format!("{DESK}?case_number={}", opened["case_number"].as_str().unwrap());
    assert_eq!(fixture.get(&staff, &found).await.expect(200)["items"][0]["case"], opened);
    assert_eq!(fixture.listed(&amy).await, [&*case.conversation_id]);
    assert_eq!(fixture.unread(&amy).await, (0, 0));
    fixture.send(&staff, case.answer("Hi")).await.expect_refusal(409, "support-case-not-claimed");
    let claimed = fixture.send(&staff, case.claim()).await.expect(200);
    assert_eq!(claimed["messages"][0]["text"], "Where is my refund?");
    assert_eq!(case.read(&fixture, &amy).await["status"], "in-progress");
    fixture.send(&staff, case.answer("We are looking into it.")).await.expect(201);
    let texts = ["Where is my refund?", "We are looking into it."];
    assert_eq!(fixture.texts(&amy, &case.conversation_id).await, texts);
    assert_eq!(fixture.unread(&amy).await, (1, 1));
    let waiting = fixture.get(&staff, DESK).await.expect(200);
    assert_eq!(waiting["items"][0]["asked_at"], json!(null));
    fixture.say(&amy, &case.conversation_id, "Thank you").await;
    let waiting = fixture.get(&staff, DESK).await.expect(200);
    assert!(waiting["items"][0]["asked_at"].is_string());
    fixture.mark_read(&amy, &case.conversation_id, 3).await;
    fixture.send(&staff, case.close()).await.expect(200);
    fixture.send(&staff, case.close()).await.expect_refusal(409, "support-case-closed");
    assert_eq!(fixture.get(&staff, DESK).await.expect(200)["items"], json!([]));
    assert_eq!(fixture.unread(&amy).await, (1, 1));
    let closed = case.read(&fixture, &amy).await;
    assert_eq!((&closed["status"], &closed["outcome"]), (&json!("closed"), &json!("resolved")));
    let refused = fixture.try_say(&amy, &case.conversation_id, "Wait").await;
    refused.expect_refusal(409, "support-case-closed");
    let shown = fixture.conversation(&amy, &case.conversation_id).await;
    assert_eq!(shown["can_write"], false);
    for _ in 0..2 {
        let again = fixture.send(&amy, case.reopen()).await.expect(200);
        assert_eq!((&again["status"], &again["outcome"]), (&json!("open"), &json!(null)));
    }
    fixture.say(&amy, &case.conversation_id, "It never came").await;
    fixture.send(&staff, case.claim()).await.expect(200);
    fixture.send(&staff, case.close()).await.expect(200);
    let _: Vec<u8> =
        fixture.query("UPDATE support_cases SET closed_at = closed_at - INTERVAL 337 HOUR").await;
    fixture.send(&amy, case.reopen()).await.expect_refusal(409, "support-case-too-old");
    let deeds = ["claimed", "answered", "closed", "claimed", "closed", "read"];
    assert_eq!(case.deeds(&fixture, &staff).await, deeds);
}

#[tokio::test]
async fn whoever_of_staff_answers_is_support_in_three_languages_and_has_no_name() {
    let fixture = Fixture::new().await;
    let amy = fixture.person("Amy").await;
    let staff = colleague(&fixture, &[Operator]);
    let case = Case::open(&fixture, &amy).await;
    fixture.send(&staff, case.claim()).await.expect(200);
    let call = case.answer("Hello");
    let key = call.clone().key("an-answer-of-one-colleague");
    let first = fixture.send(&staff, key.clone()).await.expect(201);
    // A lost answer is asked for again, and said once.
    assert_eq!(fixture.send(&staff, key).await.expect(201), first);
    let other = case.answer("Bye").key("an-answer-of-one-colleague");
    fixture.send(&staff, other).await.expect_refusal(422, "idempotency-key-reused");
    let path = format!("{CONVERSATIONS}/{}", case.conversation_id);
    for (language, name) in
        [("en", "PayMe support"), ("zh-HK", "PayMe 客戶服務"), ("zh-CN", "PayMe 客户服务")]
    {
        let call = Call::get(&path).header("accept-language", language);
        let shown = fixture.send(&amy, call).await.expect(200);
        assert_eq!(shown["type"], "support");
        assert_eq!(shown["support_case_id"], case.id);
        assert_eq!(shown["others"][0]["name"], name);
        assert_eq!(shown["others"][0]["user_id"], SUPPORT);
        // Staff have read it and answered, and say neither.
        assert_eq!(shown["others"][0]["read_up_to"], 0);
        assert_eq!(shown["others"][0]["delivered_up_to"], 0);
    }
    let page = fixture.get(&amy, &format!("{path}/messages")).await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    assert_eq!(page["items"][0]["sender_id"], SUPPORT);
    let all = format!("{page}{}", case.read(&fixture, &amy).await);
    assert!(!all.contains("wong") && !all.contains("stf_"), "{all}");
    let told = fixture.database.told::<MessageSentV1>().await;
    assert_eq!((told.len(), told[0].is_support), (1, true));
    assert_eq!(told[0].told[0].user_id, amy.user_id.to_string());
    assert_eq!(told[0].told[0].sender_name, "PayMe support");
    // One hears of an answer as of any message, and no more of a conversation that one has muted.
    fixture.send(&amy, Call::new("PUT", &format!("{path}/mute"))).await.expect(204);
    fixture.send(&staff, case.answer("Are you there?")).await.expect(201);
    assert_eq!(fixture.database.told::<MessageSentV1>().await.len(), 1);
    // Support is nobody to report.
    let id = first["message_id"].as_str().unwrap();
    let report = Call::new("PUT", &format!("/api/v1/messages/{id}/report"));
    let report = fixture.send(&amy, report.json(&json!({"reason": "spam"}))).await;
    report.expect_refusal(404, "message-not-found");
}

#[tokio::test]
async fn anothers_case_is_answered_on_each_route_like_one_that_there_is_not() {
    let (fixture, [amy, ben], _) = Fixture::with_friends().await;
    let case = Case::open(&fixture, &amy).await;
    let staff = colleague(&fixture, &[Operator]);
    fixture.send(&staff, case.claim()).await.expect(200);
    let answered = fixture.send(&staff, case.answer("Hello")).await.expect(201);
    let no_case = SupportCaseId::new();
    let nobodys = values::ConversationId::new();
    let text = json!({"text": "Hi"});
    let cases =
        |rest: &str| [&*case.id, &no_case.to_string()].map(|id| format!("{CASES}/{id}{rest}"));
    let said = |rest: &str| {
        [&*case.conversation_id, &nobodys.to_string()]
            .map(|id| format!("{CONVERSATIONS}/{id}{rest}"))
    };
    let message_id = answered["message_id"].as_str().unwrap();
    let message = |rest: &str| {
        [message_id, &values::MessageId::new().to_string()]
            .map(|id| format!("/api/v1/messages/{id}{rest}"))
    };
    for relation in ["friend", "blocked", "stranger"] {
        let reader = match relation {
            "stranger" => fixture.person("Zoe").await,
            "blocked" => {
                fixture.block(&amy, &ben).await;
                ben.clone()
            }
            _ => ben.clone(),
        };
        for (method, paths, body) in [
            ("GET", cases(""), None),
            ("POST", cases("/reopen"), None),
            ("GET", said(""), None),
            ("GET", said("/messages"), None),
            ("POST", said("/messages"), Some(&text)),
            ("PUT", said("/read-up-to"), Some(&json!({"number": 1}))),
            ("POST", said("/typing"), None),
            ("PUT", said("/mute"), None),
            ("GET", message(""), None),
            ("GET", message("/picture/large"), None),
            ("POST", message("/withdraw"), None),
        ] {
            let mut answers = Vec::new();
            for path in paths {
                let call = Call::new(method, &path);
                let call = body.into_iter().fold(call, |call, body| call.json(body));
                let answer = fixture.send(&reader, call).await;
                assert_eq!(answer.status, 404, "{relation} {method} {path}: {}", answer.text());
                answers.push(problem(&answer));
            }
            assert_eq!(answers[0], answers[1], "{relation} {method}");
        }
        let listed = fixture.get(&reader, CASES).await.expect(200);
        assert_eq!(listed["items"], json!([]), "{relation}");
        assert!(!fixture.listed(&reader).await.contains(&case.conversation_id));
        for call in [Call::get(DESK), Call::get(&case.desk("")), case.claim(), case.close()] {
            assert_eq!(fixture.send(&reader, call).await.status, 401, "{relation}");
        }
    }
    // Its customer may read support's words and not change them.
    fixture.withdraw(&amy, &answered).await.expect_refusal(404, "message-not-found");
}

#[tokio::test]
async fn only_operators_act_and_only_they_and_reviewers_read_and_nobody_takes_anothers_case() {
    let fixture = Fixture::new().await;
    let amy = fixture.person("Amy").await;
    let case = Case::open(&fixture, &amy).await;
    let [one, other] = [(); 2].map(|()| colleague(&fixture, &[Operator]));
    let (reviewer, auditor) = (colleague(&fixture, &[Reviewer]), colleague(&fixture, &[Auditor]));
    for call in [Call::get(DESK), Call::get(&case.desk(""))] {
        fixture.send(&auditor, call.clone()).await.expect_refusal(403, "role-missing");
        fixture.send(&reviewer, call).await.expect(200);
    }
    for call in [case.claim(), case.answer("Hi"), case.close()] {
        fixture.send(&reviewer, call).await.expect_refusal(403, "role-missing");
    }
    // Of many who take it on at once one has it.
    let claims = join_all([&one, &other].map(|staff| fixture.send(staff, case.claim()))).await;
    let mut statuses: Vec<u16> = claims.iter().map(|answer| answer.status).collect();
    let (has, has_not) = if statuses[0] == 200 { (one, other) } else { (other, one) };
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let refused = fixture.send(&has_not, case.claim()).await;
    refused.expect_refusal(409, "support-case-claimed");
    let refused = fixture.send(&has_not, case.close()).await;
    refused.expect_refusal(409, "support-case-not-claimed");
    let no_case = format!("{DESK}/{}", SupportCaseId::new());
    fixture.get(&has, &no_case).await.expect_refusal(404, "support-case-not-found");
    // Who went home keeps nobody waiting.
    let _: Vec<u8> =
        fixture.query("UPDATE support_cases SET acted_at = acted_at - INTERVAL 8 HOUR").await;
    fixture.send(&has_not, case.claim()).await.expect(200);
    fixture.send(&has, case.answer("Hi")).await.expect_refusal(409, "support-case-not-claimed");
}

#[tokio::test]
async fn of_many_cases_at_once_five_are_open_and_one_of_each_key() {
    let fixture = Fixture::new().await;
    let amy = fixture.person("Amy").await;
    let ask = |number: usize| {
        let key = format!("a-case-of-amy-{number}-of-eight");
        fixture.send(&amy, ask("Help").key(&key))
    };
    let answers = join_all((0..8).chain(0..8).map(ask)).await;
    let opened: std::collections::BTreeSet<String> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .map(|answer| answer.json()["support_case_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((opened.len(), fixture.database.count("support_cases").await), (5, 5));
    assert_eq!(fixture.database.count("messages").await, 5);
    ask(9).await.expect_refusal(409, "too-many-support-cases");
    // One that is opened again counts.
    let id = opened.first().unwrap();
    let reopen = async || fixture.send(&amy, Call::post(&format!("{CASES}/{id}/reopen"))).await;
    let close =
        "UPDATE support_cases SET closed_at = NOW(), open_id = NULL ORDER BY case_id LIMIT 1";
    let _: Vec<u8> = fixture.query(close).await;
    ask(9).await.expect(201);
    reopen().await.expect_refusal(409, "too-many-support-cases");
    let _: Vec<u8> = fixture.query("DELETE FROM support_cases ORDER BY case_id DESC LIMIT 1").await;
    for _ in 0..2 {
        reopen().await.expect(200);
    }
    let _: Vec<u8> = fixture.query("UPDATE support_cases SET open_id = NULL").await;
    for number in 10..15 {
        ask(number).await.expect(201);
    }
    let _: Vec<u8> = fixture.query("UPDATE support_cases SET open_id = NULL").await;
    let refused = ask(15).await;
    refused.expect_refusal(429, "support-cases-throttled");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 23 * 3600);
}

#[tokio::test]
async fn a_year_after_it_was_closed_nothing_is_left_of_what_was_said() {
    let fixture = Fixture::new().await;
    let amy = fixture.person("Amy").await;
    let staff = colleague(&fixture, &[Operator]);
    let [case, open] = [Case::open(&fixture, &amy).await, Case::open(&fixture, &amy).await];
    fixture.send(&staff, case.claim()).await.expect(200);
    fixture.send(&staff, case.close()).await.expect(200);
    let tick = async || {
        let call = Call::post("/messages_relay_outbox").json(&json!({"Data": {}, "Metadata": {}}));
        fixture.send(&staff, call).await.expect(200);
    };
    let later = async |hours: u32| {
        let sql = format!("UPDATE support_cases SET forget_at = forget_at - INTERVAL {hours} HOUR");
        let _: Vec<u8> = fixture.query(&sql).await;
    };
    later(365 * 24 - 1).await;
    tick().await;
    assert_eq!(fixture.database.count("messages").await, 3);
    later(1).await;
    tick().await;
    assert_eq!(fixture.database.count("messages").await, 1);
    assert_eq!(fixture.listed(&amy).await, [&*open.conversation_id]);
    let gone = fixture.get(&amy, &format!("{CONVERSATIONS}/{}", case.conversation_id)).await;
    gone.expect_refusal(404, "conversation-not-found");
    let left = case.read(&fixture, &amy).await;
    assert_eq!((&left["subject"], &left["outcome"]), (&json!(null), &json!("resolved")));
    let read = fixture.get(&staff, &case.desk("")).await.expect(200);
    assert_eq!(read["messages"], json!([]));
    assert_eq!(case.deeds(&fixture, &staff).await, ["claimed", "closed", "read", "read"]);
}

#[tokio::test]
async fn a_case_that_cannot_be_forgotten_is_tried_later_and_holds_up_no_other() {
    let fixture = Fixture::new().await;
    let amy = fixture.person("Amy").await;
    let staff = colleague(&fixture, &[Operator]);
    let [torn, whole] = [Case::open(&fixture, &amy).await, Case::open(&fixture, &amy).await];
    for case in [&torn, &whole] {
        fixture.send(&staff, case.claim()).await.expect(200);
        fixture.send(&staff, case.close()).await.expect(200);
    }
    for sql in [
        "INSERT INTO cards (card_id, kind, payer_id, amount)
         SELECT message_id, 'poem', sender_id, 0 FROM messages ORDER BY message_id LIMIT 1",
        "UPDATE messages SET card_id = message_id ORDER BY message_id LIMIT 1",
        "UPDATE support_cases SET forget_at = forget_at - INTERVAL 2 YEAR ORDER BY case_id LIMIT 1",
        "UPDATE support_cases SET forget_at = NOW() WHERE forget_at > NOW()",
    ] {
        let _: Vec<u8> = fixture.query(sql).await;
    }
    let call = Call::post("/messages_relay_outbox").json(&json!({"Data": {}, "Metadata": {}}));
    fixture.send(&staff, call).await.expect(200);
    let kept = "SELECT forget_at > NOW() FROM support_cases ORDER BY case_id";
    assert_eq!(fixture.query::<Option<u8>>(kept).await, [Some(1), None]);
    assert_eq!(fixture.listed(&amy).await.len(), 1);
}

#[tokio::test]
async fn what_is_no_case_is_refused_and_opens_none() {
    let fixture = Fixture::new().await;
    let amy = fixture.person("Amy").await;
    for input in [
        json!({"category": "poems", "text": "Help"}),
        json!({"category": "refund", "text": "Help", "subject": UserId::new().to_string()}),
        json!({"category": "refund", "text": "x".repeat(1_001)}),
        json!({"category": "refund", "text": "   "}),
    ] {
        let answer = fixture.send(&amy, Call::post(CASES).json(&input)).await;
        answer.expect_refusal(400, "invalid-body");
    }
    let staff = colleague(&fixture, &[Operator]);
    let wrong = fixture.get(&staff, &format!("{DESK}?case_number=000-005-725")).await;
    wrong.expect_refusal(400, "invalid-query");
    assert_eq!(fixture.database.count("support_cases").await, 0);
}
