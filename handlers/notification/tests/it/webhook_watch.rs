//! Somebody is woken when webhooks reach hardly any shop, and by no shop that fails alone.

use testkit::logged;
use values::BusinessId;

use crate::webhook_endpoints::Shop;

const TOLD: &str = "most shops get no webhooks";

impl Shop {
    /// Each of some shops has an endpoint at a path of the receiver, and is paid.
    async fn pay_shops_at(&self, paths: &[&str]) -> Vec<BusinessId> {
        let mut shops = Vec::new();
        for path in paths {
            let business_id = BusinessId::new();
            self.open(business_id).await;
            self.register_of(business_id, path).await;
            self.fixture.deliver_payments(&[self.payment_of(business_id)]).await;
            self.receiver.await_received(path, 1).await;
            shops.push(business_id);
        }
        self.turns_are_over().await;
        shops
    }

    /// As if messages had been queued some minutes earlier, which their ids say.
    async fn minutes_pass(&self, minutes: u32) {
        let ms = minutes.saturating_mul(60_000);
        self.sql(&format!(
            "UPDATE webhook_deliveries SET webhook_delivery_id = UNHEX(CONCAT(
                 LPAD(HEX(CONV(HEX(LEFT(webhook_delivery_id, 6)), 16, 10) - {ms}), 12, '0'),
                 HEX(SUBSTR(webhook_delivery_id, 7))))"
        ))
        .await;
    }

    async fn is_told_of(&self) -> bool {
        logged(self.fire()).await.1.contains(TOLD)
    }
}

#[tokio::test]
async fn somebody_is_told_once_most_shops_have_got_nothing_for_two_minutes() {
    let shop = Shop::new().await;
    let refusing = ["/status/500", "/status/501", "/status/502"];
    shop.pay_shops_at(&["/ok/1", "/ok/2"]).await;
    shop.pay_shops_at(&refusing).await;
    assert!(!shop.is_told_of().await, "there may be an answer yet");
    shop.minutes_pass(3).await;
    assert!(shop.is_told_of().await);
    let failing = "UPDATE webhook_endpoints SET status = 'paused' WHERE url LIKE '%/status/%'";
    shop.sql(failing).await;
    assert!(!shop.is_told_of().await, "whoever is paused is not sent anything");
    let programs = "UPDATE webhook_endpoints SET status = 'enabled', is_of_program =";
    shop.sql(&format!("{programs} url LIKE '%/status/%'")).await;
    assert!(!shop.is_told_of().await, "what programs do not take");
    shop.sql(&format!("{programs} FALSE")).await;
    assert!(shop.is_told_of().await);
    shop.minutes_pass(8).await;
    assert!(!shop.is_told_of().await, "it is over, or its shops are told by themselves");
}

#[tokio::test]
async fn what_shops_see_to_themselves_wakes_nobody() {
    let shop = Shop::new().await;
    shop.pay_shops_at(&["/ok/1", "/ok/2", "/ok/3"]).await;
    let failing = shop.pay_shops_at(&["/status/500", "/status/501", "/status/502"]).await;
    shop.minutes_pass(3).await;
    assert!(!shop.is_told_of().await, "half of them");
    // One shop's messages are one shop's, however many there are.
    let more: Vec<_> = (0..4).map(|_| shop.payment_of(failing[0])).collect();
    shop.fixture.deliver_payments(&more).await;
    shop.turns_are_over().await;
    shop.minutes_pass(3).await;
    assert!(!shop.is_told_of().await);
}
