//! What is due is done once, at its time, whatever else is done to it meanwhile.

use tokio::net::TcpListener;

use crate::fixture::{Fixture, card, hkid};

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
