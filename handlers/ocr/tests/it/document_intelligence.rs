//! Reading by Document Intelligence. The service on its other side speaks the protocol that Azure
//! documents, and misbehaves where a test asks it to.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ocr::DocumentIntelligence;
use warp::http::{Method, Response, StatusCode};
use warp::hyper::body::Bytes;
use warp::path::FullPath;
use warp::{Filter, Reply};

use super::*;

const RESULT: &str = "/documentintelligence/documentModels/prebuilt-read/analyzeResults/1";

/// An answer that the account gives, in turn: status, headers, body.
type Given = (u16, &'static [(&'static str, &'static str)], Value);

/// What the account was asked: method, path, body.
type Asked = Arc<Mutex<Vec<(Method, String, Bytes)>>>;

struct Account {
    fixture: Fixture,
    asked: Asked,
}

impl Account {
    /// An account that answers like this, the last again and again. `$` in a header is its address,
    /// `~` the same by another name.
    async fn that_answers(answers: Vec<Given>) -> Self {
        let asked = Asked::default();
        let (seen, answers) = (Arc::clone(&asked), Arc::new(Mutex::new(answers)));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let own = address.clone();
        let alias = address.replace("127.0.0.1", "localhost");
        let every = warp::method()
            .and(warp::path::full())
            .and(warp::header::<String>("authorization"))
            .and(warp::body::bytes())
            .map(move |method: Method, path: FullPath, token: String, body: Bytes| {
                assert!(token.starts_with("Bearer "));
                seen.lock().unwrap().push((method.clone(), path.as_str().to_owned(), body));
                if method == Method::DELETE {
                    return StatusCode::NO_CONTENT.into_response();
                }
                let mut answers = answers.lock().unwrap();
                let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
                let mut response = Response::builder().status(answer.0);
                for (name, value) in answer.1 {
                    response =
                        response.header(*name, value.replace('$', &own).replace('~', &alias));
                }
                response.body(answer.2.to_string()).unwrap().into_response()
            });
        let service = warp::serve(every).incoming(listener).run();
        tokio::spawn(service);
        let engine = DocumentIntelligence::new(&address, vault_credential()).unwrap();
        let engine = Engine::DocumentIntelligence(engine);
        Self { fixture: Fixture::with(engine, vault_url()).await, asked }
    }

    /// Uploads a document and has it read.
    async fn read(&self) -> (Uploaded, Answer) {
        let uploaded = self.fixture.upload("image/png", identity_card().0).await;
        let answer = self.fixture.tell(ON_DOCUMENTS, &uploaded).await;
        (uploaded, answer)
    }

    fn asked(&self) -> Vec<(Method, String, Bytes)> {
        self.asked.lock().unwrap().clone()
    }
}

fn accepted() -> Given {
    let headers = &[
        (
            "operation-location",
            "$/documentintelligence/documentModels/prebuilt-read/analyzeResults/1?api-version=x",
        ),
        ("retry-after", "0"),
    ];
    (202, headers, json!({}))
}

fn with_status(status: &str) -> Given {
    (200, &[("retry-after", "0")], json!({"status": status}))
}

/// A card whose picture hangs upside down: places count from its upper left corner.
fn succeeded() -> Given {
    let (width, height) = (1000, 600);
    let lines = [
        (60, "HONG KONG PERMANENT IDENTITY CARD"),
        (110, "樂永晴"),
        (160, "LOK, Wing Ching"),
        (260, "03-06-1985 女 F"),
        (420, "(06-96)"),
        (460, "26-11-18"),
        (520, "Z683365(A)"),
    ];
    let (mut words, mut read_lines, mut offset) = (Vec::new(), Vec::new(), 0);
    for (y, line) in lines {
        let (start, mut x) = (offset, 100);
        for word in line.split(' ') {
            let length = i32::try_from(word.chars().count()).unwrap();
            let right = x + 20 * length;
            // Turned by half about the middle.
            let corners = [(x, y), (right, y), (right, y + 24), (x, y + 24)];
            let polygon: Vec<i32> =
                corners.iter().flat_map(|(x, y)| [width - x, height - y]).collect();
            words.push(json!({
                "content": word, "polygon": polygon, "confidence": 0.991,
                "span": {"offset": offset, "length": length},
            }));
            (x, offset) = (right + 20, offset + length + 1);
        }
        let spans = [json!({"offset": start, "length": offset - start - 1})];
        read_lines.push(json!({"content": line, "polygon": [], "spans": spans}));
    }
    let page = json!({
        "pageNumber": 1, "angle": 180, "width": width, "height": height, "unit": "pixel",
        "words": words, "lines": read_lines,
    });
    let result = json!({"apiVersion": "2024-11-30", "modelId": "prebuilt-read", "pages": [page]});
    (200, &[], json!({"status": "succeeded", "analyzeResult": result}))
}

fn error(status: u16, code: &str, inner: &str) -> Given {
    let error = json!({"code": code, "message": "m", "innererror": {"code": inner}});
    (status, &[("retry-after", "0")], json!({"error": error}))
}

#[tokio::test]
async fn a_picture_is_sent_its_result_waited_for_and_deleted() {
    let answers = vec![accepted(), with_status("notStarted"), with_status("running"), succeeded()];
    let account = Account::that_answers(answers).await;
    let (uploaded, answer) = account.read().await;
    answer.expect(200);
    let told = account.fixture.told_of(&uploaded).await;
    assert_eq!(told.engine, "document-intelligence 2024-11-30");
    let reading = opened(&told).await;
    assert_eq!(reading.document, "hkid-2018");
    for (name, value) in [
        ("document_number", "Z683365A"),
        ("name", "LOK, Wing Ching"),
        ("name_chinese", "樂永晴"),
        ("birth_date", "1985-06-03"),
        ("sex", "F"),
        ("issue_date", "2018-11-26"),
    ] {
        assert_eq!(reading.fields[name].value, value);
    }
    assert!(reading.fields["document_number"].is_confirmed);
    assert_eq!(reading.fields["name"].confidence, 991);

    let asked = account.asked();
    let methods: Vec<&str> = asked.iter().map(|(method, ..)| method.as_str()).collect();
    assert_eq!(methods, ["POST", "GET", "GET", "GET", "DELETE"]);
    assert_eq!(asked[0].1, "/documentintelligence/documentModels/prebuilt-read:analyze");
    assert!(asked[1..].iter().all(|(_, path, _)| path == RESULT));
    let body: Value = serde_json::from_slice(&asked[0].2).unwrap();
    let sent = STANDARD.decode(body["base64Source"].as_str().unwrap()).unwrap();
    assert!(sent.starts_with(b"\x89PNG"), "only what was encoded here");
}

#[tokio::test]
async fn who_is_too_busy_is_left_alone_for_as_long_as_it_says() {
    let busy: Given = (429, &[("retry-after", "1")], json!({}));
    let answers = vec![busy.clone(), accepted(), busy, succeeded()];
    let account = Account::that_answers(answers).await;
    let start = Instant::now();
    account.read().await.1.expect(200);
    assert!(start.elapsed() >= Duration::from_secs(2));
    assert_eq!(account.asked().len(), 5);
}

#[tokio::test]
async fn a_picture_that_it_refuses_is_unreadable() {
    let failed = json!({"status": "failed", "error": {
        "code": "InvalidRequest", "message": "m", "innererror": {"code": "InvalidContent"},
    }});
    for answers in
        [vec![error(400, "InvalidRequest", "InvalidContent")], vec![accepted(), (200, &[], failed)]]
    {
        let account = Account::that_answers(answers).await;
        let (uploaded, answer) = account.read().await;
        answer.expect(200);
        let told = account.fixture.told_of(&uploaded).await;
        assert_eq!(told.failure.as_deref(), Some("unreadable"));
    }
}

#[tokio::test]
async fn our_token_is_sent_nowhere_else() {
    let by_another_name: &[(&str, &str)] = &[("operation-location", "~/1"), ("retry-after", "0")];
    let longer: &[(&str, &str)] = &[("operation-location", "$0/1"), ("retry-after", "0")];
    let redirected: &[(&str, &str)] = &[("location", "~/1")];
    for answers in [
        vec![(202, by_another_name, json!({})), succeeded()],
        vec![(202, longer, json!({})), succeeded()],
        vec![(307, redirected, json!({})), succeeded()],
    ] {
        let account = Account::that_answers(answers).await;
        assert_eq!(account.read().await.1.status, 503);
        assert_eq!(account.asked().len(), 1);
    }
}

#[tokio::test]
async fn where_it_fails_the_message_comes_back() {
    for answers in [
        vec![error(400, "InvalidArgument", "")],
        vec![error(401, "Unauthorized", "")],
        vec![error(500, "InternalServerError", "")],
        vec![error(503, "ServiceUnavailable", "")],
        vec![(202, &[], json!({}))],
        vec![accepted(), error(404, "NotFound", "")],
        vec![accepted(), (200, &[], json!({"status": "succeeded"}))],
        vec![accepted(), (200, &[], json!({"status": "failed"}))],
        vec![accepted(), (200, &[], json!({"status": "unheard-of"}))],
        vec![accepted(), (200, &[], json!([]))],
    ] {
        let what = format!("{answers:?}");
        let account = Account::that_answers(answers).await;
        let (_, answer) = account.read().await;
        assert_eq!(answer.status, 503, "{what}");
        assert_eq!(account.fixture.told().await.len(), 0, "{what}");
    }
}
