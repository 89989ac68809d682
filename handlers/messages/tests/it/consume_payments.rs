//! What payments tells, late, twice and in any order.

use values::{MoneyRequestId, PayLinkId, UserId};

use crate::fixture::{Fixture, ON_PAYMENTS, asked, claimed, filled, paid, returned};

const SHUFFLES: usize = 40;

#[tokio::test]
async fn whatever_the_order_each_thing_is_one_card_that_stands_as_it_ended() {
    let fixture = Fixture::new().await;
    let mut seed = fastrand::u64(..);
    for _ in 0..SHUFFLES {
        let mut random = fastrand::Rng::with_seed(seed);
        let (a, b) = (UserId::new(), UserId::new());
        let (declined, settled) = (MoneyRequestId::new(), MoneyRequestId::new());
        let link = PayLinkId::new();
        let mut events = vec![
            asked(declined, [a, b], 1, "open"),
            asked(declined, [a, b], 2, "open"),
            asked(declined, [a, b], 3, "declined"),
            asked(settled, [b, a], 1, "open"),
            asked(settled, [b, a], 2, "paid"),
            paid(a, b, 12_850, Some(settled)),
            paid(b, a, 300, None),
            filled(link, a, 500),
            claimed(link, [a, b], 200),
            returned(link, a, 300),
        ];
        events.extend(events.clone());
        random.shuffle(&mut events);
        let parts = events.chunks(random.usize(1..=events.len()));
        for part in parts {
            fixture.deliver(ON_PAYMENTS, part).await;
        }
        let cards: Vec<(String, String, i64, i64, i64)> = fixture
            .query(&format!(
                "SELECT kind, status, amount, claimed, returned FROM cards
                 WHERE payer_id IN (X'{0}', X'{1}') ORDER BY kind, status",
                a.uuid().simple(),
                b.uuid().simple()
            ))
            .await;
        let row = |kind: &str, status: &str, amounts: [i64; 3]| {
            let [amount, claimed, returned] = amounts;
            (kind.to_owned(), status.to_owned(), amount, claimed, returned)
        };
        let expected = [
            row("pay-link", "open", [500, 200, 300]),
            row("payment", "paid", [300, 0, 0]),
            row("request", "declined", [12_850, 0, 0]),
            row("request", "paid", [12_850, 0, 0]),
        ];
        assert_eq!(cards, expected, "seed {seed}");
        let (amy, ben) = (fixture.sign_in(a), fixture.sign_in(b));
        let id = fixture.open(&amy, &ben).await;
        assert_eq!(fixture.texts(&ben, &id).await.len(), 3, "seed {seed}");
        let pair: Vec<(bool, bool, bool, bool)> = fixture
            .query(
                "SELECT first_paid, second_paid, first_asked, second_asked FROM pairs
                 ORDER BY first_id DESC LIMIT 1",
            )
            .await;
        assert_eq!(pair, [(true, true, true, true)], "seed {seed}");
        seed = random.u64(..);
    }
    assert_eq!(fixture.database.count("parked_events").await, 0);
}

#[tokio::test]
async fn money_of_no_kind_that_is_shown_here_does_nothing_and_what_is_broken_is_parked() {
    let fixture = Fixture::new().await;
    let (a, b) = (UserId::new(), UserId::new());
    let mut top_up = paid(a, b, 500, None);
    top_up.data["kind"] = "top-up".into();
    let mut nameless = paid(a, b, 500, None);
    nameless.data["to"]["id"] = serde_json::Value::Null;
    let mut foreign = paid(a, b, 500, None);
    foreign.data["currency"] = "USD".into();
    let mut unknown = asked(MoneyRequestId::new(), [a, b], 1, "open");
    unknown.data["status"] = "lost".into();
    fixture.deliver(ON_PAYMENTS, &[top_up, nameless, foreign, unknown]).await;
    assert_eq!(fixture.database.count("parked_events").await, 3);
    for table in ["conversations", "cards", "pairs", "messages"] {
        assert_eq!(fixture.database.count(table).await, 0, "{table}");
    }
}
