//! A shop has another owner while a program of the one before acts.

use mysql_async::prelude::Queryable;
use testkit::InProcess;
use tokio::time::{Duration, sleep};

use super::program::{Ask, Program, REQUESTS, creating, expect_error};
use crate::api_credentials::wanted;
use crate::{Fixture, changed};

#[tokio::test]
async fn a_program_of_the_owner_before_is_out_as_soon_as_another_owns_the_shop() {
    let fixture = Fixture::new().await;
    let (before, shop) = fixture.shop().await;
    let (after, _) = fixture.shop().await;
    let program = Program::new(&fixture, &before, &wanted(shop)).await;
    let request = program.request(&fixture, "128.50").await;
    let id = request["paymentRequestId"].as_str().unwrap();
    // The business alone has told its new owner.
    let event = changed(&after, shop, 2, "永記茶餐廳");
    fixture.deliver("payments_on_business_profile", &[event]).await;
    expect_error(&program.send(&fixture, &creating("1")).await, 401, "EA001");
    let read = Ask::get(&format!("{REQUESTS}/{id}"));
    expect_error(&program.send(&fixture, &read).await, 401, "EA001");
    let mine = fixture.get(&after, &format!("/api/v1/payment-requests/{id}")).await;
    assert_eq!((mine.0, &mine.1["status"]), (200, &"open".into()));
}

/// Who owns the shop cannot be read for a while: by then the call must hold what a new owner needs.
#[tokio::test]
async fn a_call_knows_its_owner_before_another_can_own_the_shop() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let program = Program::new(&fixture, &owner, &wanted(shop)).await;
    let mut barrier = fixture.database.pool.get_conn().await.unwrap();
    let mut other = fixture.database.pool.get_conn().await.unwrap();
    barrier.query_drop("LOCK TABLES shops WRITE").await.unwrap();
    let call = program.sign(&creating("128.50"));
    let routes = payments::routes(fixture.another_instance());
    let calling = tokio::spawn(async move { call.send(&routes).await });
    let waiting = "SELECT COUNT(*) FROM information_schema.processlist
        WHERE db = DATABASE() AND info LIKE '%FROM shops%' AND info NOT LIKE '%processlist%'";
    loop {
        let count: Option<u64> = other.query_first(waiting).await.unwrap();
        if count > Some(0) {
            break;
        }
        assert!(!calling.is_finished(), "the call asks nobody whose the shop is");
        sleep(Duration::from_millis(10)).await;
    }
    let free = "SELECT COUNT(*) FROM api_credentials FOR UPDATE SKIP LOCKED";
    let free: Option<u64> = other.query_first(free).await.unwrap();
    assert_eq!(free, Some(0));
    barrier.query_drop("UNLOCK TABLES").await.unwrap();
    calling.await.unwrap().expect(201);
}
