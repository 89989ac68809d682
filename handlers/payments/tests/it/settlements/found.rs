//! What is wrong with settlements is found: by the audit, and by who looks after a day's end.

use testkit::logged;
use time::{Duration, OffsetDateTime};
use values::{hong_kong_day, hong_kong_midnight};

use super::shop_that_took;
use crate::{Fixture, net};

#[tokio::test]
async fn a_batch_without_its_row_or_its_bank_account_is_found_by_the_audit() {
    for broken in [
        "DELETE FROM settlements",
        "UPDATE settlements SET amount = amount + 1",
        "DELETE FROM withdrawals",
    ] {
        let fixture = Fixture::new().await;
        shop_that_took(&fixture, 20_000).await;
        assert_eq!(fixture.settle_yesterday().await, 200);
        fixture.assert_balanced().await;
        fixture.execute(broken).await;
        assert_eq!(fixture.audit().await["operations_not_matching"], 1, "{broken}");
    }
}

#[tokio::test]
async fn a_day_that_is_not_settled_hours_later_is_brought_before_people() {
    let fixture = Fixture::new().await;
    let (owner, shop, _) = shop_that_took(&fixture, 20_000).await;
    let now = OffsetDateTime::now_utc();
    // As if another transaction held the shop for ever: its row is wrong.
    fixture
        .execute("ALTER TABLE settlements ADD COLUMN broken INT NOT NULL CHECK (broken > 0)")
        .await;
    let (status, log) = logged(fixture.settle_yesterday()).await;
    assert_eq!(status, 500, "{log}");
    let is_late = now > hong_kong_midnight(hong_kong_day(now)) + Duration::hours(3);
    assert_eq!(log.contains("the takings of a day are not settled"), is_late, "{log}");
    assert_eq!(fixture.takings(&owner, shop).await, net(20_000));
    fixture.execute("ALTER TABLE settlements DROP COLUMN broken").await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    assert_eq!(fixture.settlements(&owner, shop).await[0]["status"], "pending");
    assert_eq!(fixture.database.count("settled_days").await, 1);
}
