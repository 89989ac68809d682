//! What the read replica knows.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};
use system_tests::until;

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

async fn count(url: &str) -> u64 {
    let mut connection = Conn::new(Opts::from_url(url).unwrap()).await.unwrap();
    let count = connection.query_first(PAYMENTS).await.unwrap().unwrap();
    connection.disconnect().await.unwrap();
    count
}
