//! What the read replica knows, and that lists are read there.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};
use system_tests::{OverHttp, Payment, until};

use crate::stage::{PRICE, Stage};
use crate::test_platform::shared;

const REPLICATION_LIMIT: Duration = Duration::from_secs(10);
const PAYMENTS: &str = "SELECT COUNT(*) FROM payments.operations";

#[tokio::test]
async fn a_payment_reaches_the_read_replica() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    stage.pay(&terms).await.expect(201);
    let on_primary = count(&platform.mysql_primary).await;
    until("the payment on the replica", REPLICATION_LIMIT, async || {
        Ok((count(&platform.mysql_replica).await >= on_primary).then_some(()))
    })
    .await
    .unwrap();
}

/// A list that is read on the primary says from where its next page must be read; one of the
/// replica does not.
#[tokio::test]
async fn who_has_paid_lists_it_at_once_and_later_on_the_replica() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    let paid = stage.pay(&terms).await;
    let position = paid.header("read-after").to_owned();
    let payment: Payment = paid.parse(201).unwrap();
    until("a list that is read on the replica", REPLICATION_LIMIT, async || {
        let list = stage.consumer.0.get("/api/v1/payments").header("read-after", &position);
        let answer = list.send().await?;
        assert!(answer.header("as-of").ends_with('Z'));
        let page = answer.expect(200);
        assert_eq!(page["items"][0]["payment_id"], payment.payment_id, "{page}");
        Ok(answer.headers.get("read-after").is_none().then_some(()))
    })
    .await
    .unwrap();
}

async fn count(url: &str) -> u64 {
    let mut connection = Conn::new(Opts::from_url(url).unwrap()).await.unwrap();
    let count = connection.query_first(PAYMENTS).await.unwrap().unwrap();
    connection.disconnect().await.unwrap();
    count
}
