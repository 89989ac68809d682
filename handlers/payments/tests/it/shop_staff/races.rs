//! A member is removed while they act.

use futures_util::future::join;
use serde_json::json;

use super::{FUNCTION, PAYMENTS, Scene, member, refund};
use testkit::{Call, rounds};

#[tokio::test]
async fn who_is_removed_while_they_refund_has_done_it_or_not_and_does_it_never_again() {
    let scene = Scene::set().await;
    let [owner, manager, ..] = &scene.people;
    let paid = scene.pay(10_000).await;
    let mut given = 0;
    // Many, because not all twins come into each other's way.
    for round in 1..=rounds(200, 60) {
        let [back, gone] = [(2 * round, Some("manager")), (2 * round + 1, None)]
            .map(|(version, role)| member(manager, scene.shop, version, role));
        scene.fixture.deliver(FUNCTION, &[back]).await;
        let gone = [gone];
        let removed = scene.fixture.deliver(FUNCTION, &gone);
        let (refunded, ()) = join(scene.send(manager, refund(&paid, 1)), removed).await;
        match refunded.status {
            201 => given += 1,
            _ => refunded.expect_refusal(404, "payment-not-found"),
        }
        let late = scene.send(manager, refund(&paid, 1)).await;
        late.expect_refusal(404, "payment-not-found");
    }
    let payment = scene.send(owner, Call::get(&format!("{PAYMENTS}/{paid}"))).await.expect(200);
    assert_eq!(payment["refunded"]["amount"], json!(given));
    assert_eq!(scene.fixture.audit().await["balanced"], json!(true));
}
