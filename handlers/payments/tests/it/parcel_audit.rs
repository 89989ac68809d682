//! The audit finds what should be impossible of pay links and red packets.

use values::Product;

use crate::Fixture;
use crate::audit::assert_found;

#[tokio::test]
async fn damage_to_parcels_is_found() {
    // A red packet with a share left, a link that was claimed, one that was cancelled.
    let damages = [
        (
            "UPDATE parcels SET amount = amount + 1 WHERE status = 'open'",
            "parcels_not_matching\":1",
        ),
        ("UPDATE parcels SET status = 'claimed' WHERE status = 'open'", "parcels_not_matching\":1"),
        ("UPDATE parcels SET status = 'expired' WHERE status = 'open'", "parcels_not_matching\":1"),
        ("UPDATE parcels SET status = 'open' WHERE status = 'claimed'", "parcels_not_matching\":1"),
        ("UPDATE parcels SET status = 'open' WHERE status = 'cancelled'", "sums_not_matching\":1"),
        ("UPDATE parcels SET return_id = NULL", "parcels_not_matching\":2"),
        ("UPDATE parcels SET sender_id = 0x02 WHERE status = 'open'", "parcels_not_matching\":1"),
        ("DELETE FROM parcels WHERE status = 'open'", "parcels_not_matching\":2"),
        (
            "DELETE FROM parcel_shares WHERE claim_id IS NOT NULL LIMIT 1",
            "parcels_not_matching\":2",
        ),
        (
            "UPDATE parcel_shares SET claim_id = NULL WHERE share_amount = 3 AND share_number = 1",
            "sums_not_matching\":1",
        ),
        (
            "UPDATE parcel_shares SET share_amount = 4 WHERE share_amount = 3 AND share_number = 1",
            "parcels_not_matching\":2",
        ),
        (
            "UPDATE parcel_shares SET claimer_id = 0x02 WHERE claimer_id IS NOT NULL",
            "parcels_not_matching\":4",
        ),
        ("UPDATE operations SET parent_id = 0x02 WHERE kind = 'claim'", "parcels_not_matching\":4"),
        (
            "UPDATE operations SET parent_id = 0x02 WHERE kind = 'return'",
            "parcels_not_matching\":2",
        ),
        ("DELETE FROM operations WHERE kind = 'claim' LIMIT 1", "parcels_not_matching\":1"),
        ("UPDATE operations SET amount = 9 WHERE kind = 'return'", "parcels_not_matching\":2"),
        (
            "UPDATE operations SET to_account_id = 0x02 WHERE kind = 'return'",
            "parcels_not_matching\":2",
        ),
        (
            "UPDATE accounts SET credits_posted = credits_posted + 1 WHERE kind = 'escrow'",
            "sums_not_matching\":2",
        ),
        (
            "UPDATE accounts SET debits_posted = 900 WHERE kind = 'escrow'",
            "customers_overdrawn\":1",
        ),
    ];
    assert_found(&books_with_parcels().await, &damages).await;
}

async fn books_with_parcels() -> Fixture {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(2_000).await;
    let claimer = fixture.person(Product::Consumer).await;
    let packet = fixture.red_packet(&sender, 6, "equal-2").await;
    let (claimed, cancelled) =
        (fixture.pay_link(&sender, 7).await, fixture.pay_link(&sender, 8).await);
    assert_eq!(fixture.claim(&claimer, &packet).await.0, 201);
    assert_eq!(fixture.claim(&claimer, &claimed).await.0, 201);
    assert_eq!(fixture.cancel(&sender, &cancelled).await.0, 200);
    assert_eq!(fixture.in_escrow().await, 3);
    fixture
}
