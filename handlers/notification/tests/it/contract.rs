//! The events of other services, as their producers promise them.

use events::Envelope;
use notification::routes;
use testkit::deliver;
use uuid::Uuid;
use values::{Product, UserId};

use crate::{Fixture, LIST, ON_PAYMENTS, ON_USER_PROFILE, bodies};

macro_rules! golden {
    ($kind:literal) => {
        include_str!(concat!("../../../../crates/events/golden/", $kind, ".json"))
    };
}

#[tokio::test]
async fn the_golden_sample_of_every_consumed_event_takes_effect() {
    let fixture = Fixture::new().await;
    for (function, golden) in [
        (ON_USER_PROFILE, golden!("payme.user-profile.profile-changed.v1")),
        (ON_PAYMENTS, golden!("payme.payments.payment-completed.v1")),
        (ON_PAYMENTS, golden!("payme.payments.top-up-completed.v1")),
    ] {
        let mut event: Envelope = serde_json::from_str(golden).unwrap();
        // All samples have the same id.
        event.id = Uuid::now_v7().to_string();
        deliver(&routes(fixture.app.clone()), function, &[event]).await;
    }

    let user: UserId = "usr_01h455vb4pex5vsknk084sn02q".parse().unwrap();
    let (_, page) = fixture.call(user, Product::Consumer, "GET", LIST).await;
    assert_eq!(bodies(&page).len(), 2);
    assert_eq!(bodies(&page)[1], "你已向永記茶餐廳支付 HK$128.50。");
    let (_, page) = fixture.call(user, Product::Business, "GET", LIST).await;
    assert_eq!(bodies(&page), ["已收到陳大文支付的 HK$128.50。"]);
}
