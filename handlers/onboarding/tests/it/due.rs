//! What is due is done once, at its time, whatever else is done to it meanwhile.

use serde_json::json;
use testkit::blob_endpoint;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use crate::fixture::{APPLICATIONS, Fixture, card, hkid};

const NUMBER: &str = "A123456(3)";

#[tokio::test]
async fn what_is_decided_while_its_upload_is_looked_for_is_not_due_again_for_that() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    fixture.submitted(&ann, &hkid(NUMBER)).await;
    fixture.age(1).await;
    let account = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = format!("https://{}/devstoreaccount1", account.local_addr().unwrap());
    let decide_meanwhile = async {
        let asked = account.accept().await.unwrap();
        let decided = "UPDATE applications SET due_at = NOW() + INTERVAL 90 DAY";
        let _: Vec<u8> = fixture.query(decided).await;
        drop((asked, account));
    };
    futures_util::join!(fixture.tick_of(fixture.with_blobs(&away)), decide_meanwhile);
    let later = "SELECT due_at > NOW() + INTERVAL 89 DAY FROM applications";
    assert_eq!(fixture.query::<u8>(later).await, [1]);
}

#[tokio::test]
async fn what_is_listed_as_due_too_early_is_listed_for_its_time() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let id = fixture.decided(&ann, &hkid(NUMBER), &card(NUMBER)).await;
    for (set, is_right) in [
        ("status = 'approved'", "due_at > NOW() + INTERVAL 89 DAY"),
        ("status = 'in-review'", "due_at IS NULL"),
    ] {
        let early = format!("UPDATE applications SET due_at = NOW(), {set}");
        let _: Vec<u8> = fixture.query(&early).await;
        fixture.tick().await;
        let right = format!("SELECT {is_right} FROM applications");
        assert_eq!(fixture.query::<u8>(&right).await, [1], "{set}");
    }
    assert_eq!(fixture.status(&ann, &id).await, "in-review");
}

#[tokio::test]
async fn an_upload_that_comes_while_another_is_deleted_is_deleted_too() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let id = fixture.begin(&ann, &hkid(NUMBER)).await;
    for _ in 0..2 {
        fixture.announce(&ann, &id).await;
    }
    let withdraw = format!("{APPLICATIONS}/{id}/withdraw");
    fixture.post(&ann.token, &withdraw, &json!(null)).await.expect(200);
    fixture.age(1).await;
    let gone = "UPDATE documents SET deleted_at = NOW() ORDER BY document_id LIMIT 1";
    let _: Vec<u8> = fixture.query(gone).await;
    let way = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = blob_endpoint();
    let (_, rest) = endpoint.split_once("://").unwrap();
    let (account, name) = rest.split_once('/').unwrap();
    let slow = format!("https://{}/{name}", way.local_addr().unwrap());
    let arrive_meanwhile = async {
        let (mut asked, _) = way.accept().await.unwrap();
        let _: Vec<u8> = fixture.query("UPDATE documents SET deleted_at = NULL").await;
        let mut account = TcpStream::connect(account).await.unwrap();
        tokio::spawn(async move { copy_bidirectional(&mut asked, &mut account).await });
    };
    futures_util::join!(fixture.tick_of(fixture.with_blobs(&slow)), arrive_meanwhile);
    let kept = "SELECT has_files, due_at <= NOW(), COUNT(deleted_at)
         FROM applications JOIN documents USING (application_id)";
    assert_eq!(fixture.query::<(u8, Option<u8>, u8)>(kept).await, [(1, Some(1), 0)]);
    fixture.tick().await;
    assert_eq!(fixture.query::<(u8, Option<u8>, u8)>(kept).await, [(0, None, 2)]);
}
