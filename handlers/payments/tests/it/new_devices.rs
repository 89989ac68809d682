//! Less leaves a wallet by a device that was added to the account less than a day ago.

use serde_json::json;
use testkit::Device;
use time::OffsetDateTime;
use values::{Product, SessionId};

use crate::authorisations::try_authorise;
use crate::money_requests::signed_payment;
use crate::parcels::{PAY_LINKS, RED_PACKETS, link, packet};
use crate::peer_payments::{PEER_PAYMENTS, signed_amount};
use crate::schedules::path_of;
use crate::withdrawals::{WITHDRAWALS, code, signed};
use crate::{Fixture, Person, new_key};

/// The most that leaves in each way.
const MOST: i64 = 100_000;

impl Fixture {
    /// The same person with another device, which is new until then.
    pub(crate) fn with_device(&self, person: &Person, limited_until: i64) -> Person {
        let (user_id, device, session_id) = (person.user_id, Device::new(), SessionId::new());
        let mut claims = self.issuer.claims(user_id, Product::Consumer, &device, session_id);
        claims["limited_until"] = limited_until.into();
        let token = self.issuer.sign(&claims);
        Person { user_id, device, session_id, token }
    }
}

#[tokio::test]
async fn by_a_device_that_was_just_added_less_leaves_the_wallet_in_whatever_way() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let payer = fixture.consumer_with(300_000).await;
    let friend = fixture.person(Product::Consumer).await;
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let thief = fixture.with_device(&payer, now.saturating_add(3_600));
    assert_eq!(fixture.pay_static(&payer, shop, 40_000).await.0, 201);
    assert_eq!(fixture.pay_static(&thief, shop, 60_000).await.0, 201);
    let asked = fixture.asked(&friend, &payer, MOST.saturating_add(1)).await;
    let more = MOST.saturating_add(1);
    let before = fixture.database.count("transfers").await;
    let key = new_key();
    let held = try_authorise(&fixture, &thief, &owner, shop).await;
    for (path, body) in [
        (PEER_PAYMENTS, signed_amount(&thief, friend.user_id, more, &key)),
        (PEER_PAYMENTS, signed_payment(&thief, &asked, &key)),
        (PAY_LINKS, link(&thief, more, &key)),
        (RED_PACKETS, packet(&thief, more, "random-10", &key)),
        (WITHDRAWALS, signed(&thief, more, &key)),
    ] {
        let answer = fixture.post(&thief, path, &key, &body).await;
        assert_eq!(code(answer), (422, "new-device-limit-exceeded".to_owned()), "{path}");
    }
    for answer in [held, fixture.pay_static(&thief, shop, 1).await] {
        assert_eq!(code(answer), (422, "new-device-limit-exceeded".to_owned()));
    }
    assert_eq!(fixture.database.count("transfers").await, before);

    let limits = fixture.limits(&thief).await;
    assert!(limits["new_device_limit_ends_at"].is_string());
    assert_eq!(limits["flows"][1]["per_day"]["left"]["amount"], 0);
    assert_eq!(limits["flows"][3]["per_day"]["limit"]["amount"], MOST);
    assert_eq!(limits["flows"][0]["per_day"]["limit"]["amount"], 1_000_000);
    // In all ways of giving to people together.
    let body = link(&thief, 99_999, &key);
    assert_eq!(fixture.post(&thief, PAY_LINKS, &key, &body).await.0, 201);
    let key = new_key();
    let body = signed_amount(&thief, friend.user_id, 2, &key);
    let answer = fixture.post(&thief, PEER_PAYMENTS, &key, &body).await;
    assert_eq!(code(answer), (422, "new-device-limit-exceeded".to_owned()));
    // Another device of the same person, and the same one on the next day.
    assert_eq!(fixture.pay_static(&payer, shop, 1).await.0, 201);
    let next_day = fixture.with_device(&payer, now.saturating_sub(1));
    assert_eq!(fixture.pay_static(&next_day, shop, 1).await.0, 201);
    assert_eq!(fixture.limits(&next_day).await["new_device_limit_ends_at"], json!(null));
}

#[tokio::test]
async fn what_such_a_device_schedules_leaves_no_sooner() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(300_000).await;
    let friend = fixture.person(Product::Consumer).await;
    let new_until = OffsetDateTime::now_utc().unix_timestamp().saturating_add(3_600);
    let thief = fixture.with_device(&payer, new_until);
    let schedule = fixture.scheduled(&thief, &friend, MOST.saturating_add(1), "once").await;
    fixture.days_go_by(2).await;
    fixture.run_schedules().await;
    let (_, now) = fixture.get(&payer, &path_of(&schedule)).await;
    assert_eq!(now["next_date"]["delay_reason"], "new-device-limit-exceeded", "{now}");
    assert_eq!(fixture.balance(&payer).await, 300_000);
}
