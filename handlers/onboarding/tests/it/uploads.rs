//! Links for uploads, and what they do not let in. The client is any HTTP client.

use reqwest::{Client, Response};
use serde_json::{Value, json};
use testkit::BlobContainer;
use values::StaffRole;

use crate::fixture::{APPLICATIONS, Fixture, REVIEWS, hkid};

const NUMBER: &str = "A123456(3)";

/// What the account says to a request: its status, and its own code if it refuses it.
fn said(answer: &Response) -> (u16, &str) {
    let code = answer.headers().get("x-ms-error-code");
    (answer.status().as_u16(), code.map_or("", |code| code.to_str().unwrap()))
}

/// `PUT` as the answer says.
async fn put(url: &str, announced: &Value, bytes: &[u8]) -> Response {
    let mut request = Client::new().put(url).body(bytes.to_vec());
    for header in announced["headers"].as_array().unwrap() {
        let text = |name: &str| header[name].as_str().unwrap();
        request = request.header(text("name"), text("value"));
    }
    request.send().await.unwrap()
}

fn url(announced: &Value) -> &str {
    announced["url"].as_str().unwrap()
}

#[tokio::test]
async fn a_link_lets_in_one_upload_and_nothing_else() {
    let fixture = Fixture::new().await;
    let container = BlobContainer::create("documents").await;
    let ann = fixture.applicant();
    let id = fixture.begin(&ann, &hkid(NUMBER)).await;
    let announced = fixture.announce(&ann, &id).await;
    let document_id = announced["document_id"].as_str().unwrap().to_owned();
    let (path, _) = url(&announced).split_once('?').unwrap();
    assert!(path.ends_with(&format!("/{document_id}")), "{path}");
    let name = path.split("/documents/").nth(1).unwrap();

    // Another blob, another container, no longer what was signed.
    for other in [
        url(&announced).replace(&document_id, "doc_01h455vb4pex5vsknk084sn02q"),
        url(&announced).replace(&document_id, &format!("{document_id}/x")),
        url(&announced).replace(&document_id, &format!("x/../{document_id}x")),
        url(&announced).replace(&document_id, "%E9%99%B3"),
        url(&announced).replace("/documents/", "/screening/"),
        url(&announced).replace("sp=c", "sp=cw"),
        url(&announced).replace("sp=c", "sp=w"),
        url(&announced).replacen("se=2", "se=3", 1),
    ] {
        let refused = put(&other, &announced, b"x").await;
        assert_eq!(said(&refused), (403, "AuthorizationFailure"), "{other}");
    }
    let (get, delete) = (Client::new().get(url(&announced)), Client::new().delete(url(&announced)));
    let read = get.try_clone().unwrap().send().await.unwrap();
    assert_eq!(said(&read), (403, "AuthorizationPermissionMismatch"), "its holder reads nothing");

    assert_eq!(said(&put(url(&announced), &announced, b"the bytes").await), (201, ""));
    let again = put(url(&announced), &announced, b"other bytes").await;
    assert_eq!(said(&again), (403, "AuthorizationPermissionMismatch"), "one upload");
    assert_eq!(container.get(name).await.unwrap(), b"the bytes");
    for request in [get, delete] {
        let refused = request.send().await.unwrap();
        assert_eq!(said(&refused), (403, "AuthorizationPermissionMismatch"));
    }
    assert_eq!(container.get(name).await.unwrap(), b"the bytes");
}

#[tokio::test]
async fn a_reviewer_reads_the_document_by_a_link_that_lets_them_do_nothing_else() {
    let fixture = Fixture::new().await;
    BlobContainer::create("documents").await;
    let ann = fixture.applicant();
    let id = fixture.begin(&ann, &hkid(NUMBER)).await;
    let wong = fixture.colleague("wong@example.com", &[StaffRole::Operator]);
    let path = format!("{REVIEWS}/{id}/document-link");
    let none = fixture.post(&wong.token, &path, &json!(null)).await;
    none.expect_refusal(404, "document-deleted");
    let announced = fixture.announce(&ann, &id).await;
    assert_eq!(said(&put(url(&announced), &announced, b"the bytes").await), (201, ""));
    let link = fixture.post(&wong.token, &path, &json!(null)).await.expect(200);
    assert_eq!(link["document_id"], announced["document_id"]);
    let answer = Client::new().get(url(&link)).send().await.unwrap();
    assert_eq!(answer.bytes().await.unwrap(), "the bytes");
    let refused = put(url(&link), &announced, b"other").await;
    assert_eq!(said(&refused), (403, "AuthorizationPermissionMismatch"));
}

#[tokio::test]
async fn what_may_not_be_uploaded_is_not_announced() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let id = fixture.begin(&ann, &hkid(NUMBER)).await;
    let path = format!("{APPLICATIONS}/{id}/documents");
    for (content_type, content_length) in [
        ("image/jpeg", json!(0)),
        ("image/jpeg", json!(10 * 1024 * 1024 + 1)),
        ("image/jpeg", json!(-1)),
        ("image/jpeg", json!("5")),
        ("application/pdf", json!(5)),
        ("image/heic", json!(5)),
        ("text/html", json!(5)),
    ] {
        let body = json!({"content_type": content_type, "content_length": content_length});
        let refused = fixture.post(&ann.token, &path, &body).await;
        refused.expect_refusal(400, "invalid-body");
    }
    let most = json!({"content_type": "image/png", "content_length": 10 * 1024 * 1024});
    fixture.post(&ann.token, &path, &most).await.expect(201);
    assert_eq!(fixture.database.count("documents").await, 1);
}

#[tokio::test]
async fn uploads_are_bounded_for_an_application_and_for_a_day() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let body = json!({"content_type": "image/png", "content_length": 5});
    let mut id = fixture.begin(&ann, &hkid(NUMBER)).await;
    for round in 0..2 {
        let path = format!("{APPLICATIONS}/{id}/documents");
        for _ in 0..10 {
            fixture.post(&ann.token, &path, &body).await.expect(201);
        }
        let eleventh = fixture.post(&ann.token, &path, &body).await;
        eleventh.expect_refusal(409, "too-many-documents");
        let withdraw = format!("{APPLICATIONS}/{id}/withdraw");
        fixture.post(&ann.token, &withdraw, &json!(null)).await.expect(200);
        id = fixture.begin(&ann, &hkid(NUMBER)).await;
        assert_eq!(fixture.database.count("documents").await, 10 * (round + 1));
    }
    let path = format!("{APPLICATIONS}/{id}/documents");
    let refused = fixture.post(&ann.token, &path, &body).await;
    refused.expect_refusal(429, "too-many-uploads");
    assert_eq!(fixture.database.count("documents").await, 20);
    fixture.age(1).await;
    fixture.post(&ann.token, &path, &body).await.expect(201);
}
