//! Pushes: what reaches a device of what is told, and what becomes of it when a hub, a device or
//! an instance fails.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable;
use notification::routes;
use push_inbox::{Faults, Push};
use serde_json::{Value, json};
use testkit::{Answer, Call, InProcess, deliver};
use values::{Product, UserId};

use crate::consume_auth::{end, record};
use crate::friends::changed;
use crate::push_tokens::{Login, kept};
use crate::{Fixture, LIST, ON_PAYMENTS, ON_SOCIAL, bodies, top_up_of};

const PREFERENCES: &str = "/api/v1/notification-preferences";
/// Generous: a busy machine passes too.
const LIMIT: Duration = Duration::from_secs(30);

/// A token of the consumer's device.
pub(crate) fn token(letter: char) -> String {
    letter.to_string().repeat(64)
}

impl Fixture {
    pub(crate) async fn registers(&self, letter: char) -> Login {
        let login = Login::new(self.consumer);
        assert_eq!(login.register(self, &token(letter)).await.status, 204);
        login
    }

    pub(crate) async fn pushes_sql(&self, sql: &str) {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        conn.query_drop(sql).await.unwrap();
    }

    pub(crate) async fn pushes_count(&self, sql: &str) -> u64 {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        conn.query_first(sql).await.unwrap().unwrap()
    }

    /// The timer comes.
    pub(crate) async fn timer(&self) {
        let call = Call::post("/notification_send_webhooks").body("application/json", "{}");
        assert_eq!(call.send(&self.routes).await.status, 200);
    }

    /// Waits until the hub has so many pushes in all; the newest first.
    pub(crate) async fn await_pushed(&self, count: usize) -> Vec<Push> {
        self.until(async || self.pushes.list(None).len() >= count).await;
        let pushes = self.pushes.list(None);
        assert_eq!(pushes.len(), count);
        pushes
    }

    /// Waits until nothing is leased, and nothing that waits is due.
    pub(crate) async fn await_rest(&self) {
        let sql = "SELECT COUNT(*) FROM pushes
             WHERE lease_id IS NOT NULL OR (waiting > 0 AND due_at <= NOW(6))";
        self.until(async || self.pushes_count(sql).await == 0).await;
    }

    pub(crate) async fn until(&self, mut is_so: impl AsyncFnMut() -> bool) {
        let since = Instant::now();
        while !is_so().await {
            assert!(since.elapsed() < LIMIT, "it never came to that");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// As if everything that waits had waited long enough, whatever for.
    pub(crate) async fn all_is_due(&self) {
        self.pushes_sql("UPDATE pushes SET due_at = NOW(6)").await;
        self.timer().await;
    }

    async fn choose(&self, choice: &Value) -> Answer {
        let token = self.token(self.consumer, Product::Consumer);
        let (_, chosen) = self.consumer("GET", PREFERENCES).await;
        let call = Call::new("PATCH", PREFERENCES).bearer(&token);
        let call = call.header("if-match", &format!("\"{}\"", chosen["version"]));
        let call = call.body("application/merge-patch+json", &choice.to_string());
        call.send(&self.routes).await
    }

    async fn is_asked_to_be_a_friend(&self) {
        let asked = changed([UserId::new(), self.consumer], 1, "requested");
        deliver(&self.routes, ON_SOCIAL, &[asked]).await;
    }

    fn misbehave(&self, status: u16) {
        self.pushes.misbehave(Faults { status: Some(status), ..Faults::default() });
    }
}

#[tokio::test]
async fn what_is_told_is_pushed_to_each_device_of_its_reader_without_names_or_amounts() {
    let fixture = Fixture::new().await;
    fixture.registers('a').await;
    fixture.registers('b').await;
    Login::new(UserId::new()).register(&fixture, &token('c')).await;
    // Chinese, as user-profile told.
    let (person, language) = (fixture.consumer.uuid().simple(), "zh-Hant");
    let sql = format!("INSERT INTO languages VALUES (UNHEX('{person}'), '{language}', 1)");
    fixture.pushes_sql(&sql).await;
    // A batch that comes twice is told once.
    let payment = fixture.payment(12_850);
    fixture.deliver_payments(std::slice::from_ref(&payment)).await;
    let pushed = fixture.await_pushed(2).await;
    fixture.deliver_payments(&[payment]).await;
    fixture.await_rest().await;
    assert_eq!(fixture.pushes.list(None).len(), 2);
    let devices: BTreeSet<&str> = pushed.iter().map(|push| &*push.device_handle).collect();
    assert_eq!(devices, [&*token('a'), &*token('b')].into());
    let [id] = &fixture.listed(fixture.consumer, Product::Consumer).await[..] else { panic!() };
    for push in &pushed {
        assert_eq!(push.payload["notification_id"], **id);
        assert_eq!(push.payload["type"], "payment-sent");
        assert_eq!(push.collapse_id.as_ref(), Some(id));
        assert_eq!(push.body, "請開啟應用程式查看。");
        let shown = push.payload.to_string();
        assert!(!shown.contains("128") && !shown.contains("永記"), "{shown}");
    }
}

#[tokio::test]
async fn a_device_that_logs_out_while_its_push_waits_gets_none() {
    let fixture = Fixture::new().await;
    let login = fixture.registers('a').await;
    fixture.misbehave(503);
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    fixture.until(async || fixture.pushes.refused() > 0).await;
    fixture.await_rest().await;
    end(&fixture, login).await;
    fixture.pushes.misbehave(Faults::default());
    fixture.all_is_due().await;
    fixture.await_rest().await;
    assert_eq!(fixture.pushes.list(None).len(), 0);
    fixture.deliver_payments(&[fixture.top_up(200)]).await;
    fixture.await_rest().await;
    assert_eq!(fixture.pushes.list(None).len(), 0);
}

#[tokio::test]
async fn a_token_that_is_gone_is_forgotten_and_the_others_are_pushed_to() {
    let fixture = Fixture::new().await;
    fixture.registers('a').await;
    fixture.registers('b').await;
    let gone_tokens = [token('a')].into();
    fixture.pushes.misbehave(Faults { gone_tokens, ..Faults::default() });
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    assert_eq!(fixture.await_pushed(1).await[0].device_handle, token('b'));
    fixture.until(async || kept(&fixture).await.len() == 1).await;
    assert_eq!(kept(&fixture).await[0].2, token('b'));
}

#[tokio::test]
async fn a_hub_that_is_not_there_costs_nobody_their_token() {
    let fixture = Fixture::new().await;
    fixture.registers('a').await;
    for (round, status) in [404, 401, 403].into_iter().enumerate() {
        fixture.misbehave(status);
        match round {
            0 => fixture.deliver_payments(&[fixture.top_up(100)]).await,
            _ => fixture.all_is_due().await,
        }
        let tries = u64::try_from(round).unwrap();
        fixture.until(async || fixture.pushes.refused() > tries).await;
        fixture.await_rest().await;
    }
    assert_eq!(kept(&fixture).await.len(), 1);
    fixture.pushes.misbehave(Faults::default());
    fixture.all_is_due().await;
    fixture.await_pushed(1).await;
}

#[tokio::test]
async fn a_token_that_the_platform_knows_no_more_is_forgotten_unless_it_was_registered_again() {
    let fixture = Fixture::new().await;
    let (_, back) = (fixture.registers('a').await, fixture.registers('b').await);
    fixture.registers('c').await;
    let dead_tokens = [token('a'), token('b')].into();
    fixture.pushes.misbehave(Faults { dead_tokens, ..Faults::default() });
    // Who registered today needs no check.
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    fixture.await_pushed(3).await;
    fixture.await_rest().await;
    let checks = "SELECT COUNT(*) FROM push_tokens WHERE check_at IS NOT NULL";
    assert_eq!(fixture.pushes_count(checks).await, 0);
    let sql = "UPDATE push_tokens SET registered_at = registered_at - INTERVAL 2 DAY";
    fixture.pushes_sql(sql).await;
    fixture.deliver_payments(&[fixture.top_up(200)]).await;
    fixture.await_pushed(6).await;
    fixture.until(async || fixture.pushes_count(checks).await == 3).await;
    assert_eq!(back.register(&fixture, &token('b')).await.status, 204);
    fixture.pushes_sql("UPDATE push_tokens SET check_at = NOW(6) WHERE check_at IS NOT NULL").await;
    fixture.timer().await;
    let left: Vec<String> = kept(&fixture).await.into_iter().map(|(_, _, token)| token).collect();
    assert_eq!(left, [token('b'), token('c')]);
    assert_eq!(fixture.pushes_count(checks).await, 0);
}

#[tokio::test]
async fn what_a_killed_instance_may_have_sent_is_sent_again_and_replaces_itself_on_the_device() {
    let fixture = Fixture::new().await;
    fixture.registers('a').await;
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    fixture.await_pushed(1).await;
    fixture.await_rest().await;
    // As the row stood before it was noted, once the lease of the killed instance is over.
    fixture
        .pushes_sql(
            "UPDATE pushes SET waiting = 1, burst_sent = 0, due_at = NOW(6) - INTERVAL 1 MINUTE,
                 lease_id = REPEAT('x', 16), leased_until = NOW(6)",
        )
        .await;
    fixture.timer().await;
    let pushed = fixture.await_pushed(2).await;
    assert!(pushed[0].collapse_id.is_some());
    assert_eq!(pushed[0].collapse_id, pushed[1].collapse_id);
}

#[tokio::test]
async fn two_instances_push_each_thing_once() {
    let fixture = Fixture::new().await;
    let second = fixture.second_instance();
    let mut people = Vec::new();
    for number in 0..40 {
        let login = Login::new(UserId::new());
        let token = format!("{number:064}");
        assert_eq!(login.register(&fixture, &token).await.status, 204);
        people.push(login.user_id);
    }
    let top_ups: Vec<_> = people.iter().map(|person| top_up_of(*person, 100)).collect();
    let (first, second) = (fixture.routes.clone(), routes(second));
    let (one, other) = top_ups.split_at(20);
    tokio::join!(deliver(&first, ON_PAYMENTS, one), deliver(&second, ON_PAYMENTS, other));
    let pushed = fixture.await_pushed(40).await;
    fixture.await_rest().await;
    let devices: BTreeSet<&str> = pushed.iter().map(|push| &*push.device_handle).collect();
    assert_eq!((devices.len(), fixture.pushes.list(None).len()), (40, 40));
}

#[tokio::test]
async fn after_three_of_a_kind_in_a_minute_the_others_are_one() {
    let fixture = Fixture::new().await;
    fixture.registers('a').await;
    for number in 1..=3 {
        fixture.deliver_payments(&[fixture.top_up(100)]).await;
        fixture.await_pushed(number).await;
        fixture.await_rest().await;
    }
    for _ in 0..4 {
        fixture.deliver_payments(&[fixture.top_up(100)]).await;
    }
    // What is of another kind goes out at once.
    fixture.deliver_payments(&[fixture.payment(100)]).await;
    assert_eq!(fixture.await_pushed(4).await[0].payload["type"], "payment-sent");
    fixture.timer().await;
    fixture.await_rest().await;
    assert_eq!(fixture.pushes.list(None).len(), 4);
    let sql = "UPDATE pushes SET due_at = due_at - INTERVAL 1 MINUTE,
         burst_since = burst_since - INTERVAL 1 MINUTE";
    fixture.pushes_sql(sql).await;
    fixture.timer().await;
    let pushed = fixture.await_pushed(5).await;
    assert_eq!(
        (&*pushed[0].body, &pushed[0].payload["type"]),
        ("4 new", &json!("top-up-completed"))
    );
    // Rows of bursts that are over go.
    fixture.await_rest().await;
    fixture.pushes_sql(sql).await;
    fixture.timer().await;
    fixture.until(async || fixture.pushes_count("SELECT COUNT(*) FROM pushes").await == 0).await;
    assert_eq!(fixture.pushes.list(None).len(), 5);
}

#[tokio::test]
async fn in_quiet_hours_only_security_and_money_are_pushed_and_the_rest_is_one_at_their_end() {
    let fixture = Fixture::new().await;
    fixture.registers('a').await;
    let always = json!({"quiet_hours": {"from": "00:00", "until": "00:00"}});
    let chosen = fixture.choose(&always).await.expect(200);
    assert_eq!(chosen["quiet_hours"], always["quiet_hours"]);
    for _ in 0..2 {
        fixture.is_asked_to_be_a_friend().await;
    }
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    let pushed = fixture.await_pushed(1).await;
    assert_eq!(pushed[0].payload["type"], "top-up-completed");
    fixture.timer().await;
    fixture.await_rest().await;
    assert_eq!(fixture.pushes.list(None).len(), 1);
    // The inbox is never silent.
    assert_eq!(bodies(&fixture.consumer("GET", LIST).await.1).len(), 3);
    fixture.all_is_due().await;
    let pushed = fixture.await_pushed(2).await;
    assert_eq!((&*pushed[0].title, &*pushed[0].body), ("While you were away", "2 new"));
    fixture.await_rest().await;

    // Whoever ends them at once is told at once of what waits.
    fixture.is_asked_to_be_a_friend().await;
    fixture.choose(&json!({"quiet_hours": null})).await.expect(200);
    fixture.timer().await;
    let pushed = fixture.await_pushed(3).await;
    assert_eq!(pushed[0].body, "Open the app to see it.");
    assert_ne!(pushed[0].title, "While you were away");
    for wrong in [json!("22:00"), json!({"from": "22:00"}), json!({"from": "24:00", "until": "1"})]
    {
        let refused = fixture.choose(&json!({"quiet_hours": wrong})).await;
        refused.expect_refusal(400, "invalid-body");
    }
}

#[tokio::test]
async fn what_is_left_to_the_inbox_is_not_pushed_and_security_always_is() {
    let fixture = Fixture::new().await;
    fixture.registers('a').await;
    fixture
        .choose(&json!({"not_pushed": ["security"]}))
        .await
        .expect_refusal(422, "notification-not-optional");
    let chosen = fixture.choose(&json!({"not_pushed": ["money", "friends"]})).await.expect(200);
    assert_eq!(chosen["not_pushed"], json!(["money", "friends"]));
    fixture.is_asked_to_be_a_friend().await;
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    assert_eq!(bodies(&fixture.consumer("GET", LIST).await.1).len(), 2);
    record(&fixture, "pin-changed").await;
    assert_eq!(fixture.await_pushed(1).await[0].payload["type"], "pin-changed");
    fixture.await_rest().await;
    assert_eq!(fixture.pushes.list(None).len(), 1);
}

#[tokio::test]
async fn what_was_read_or_is_too_old_is_not_pushed_any_more() {
    let fixture = Fixture::new().await;
    fixture.registers('a').await;
    fixture.misbehave(503);
    fixture.deliver_payments(&[fixture.top_up(100), fixture.payment(200)]).await;
    fixture.until(async || fixture.pushes.refused() > 1).await;
    fixture.await_rest().await;
    let ids = fixture.listed(fixture.consumer, Product::Consumer).await;
    assert_eq!(fixture.consumer("POST", &format!("{LIST}/{}/read", ids[0])).await.0, 204);
    // The hub is away for an hour.
    let sql =
        "UPDATE pushes SET expires_at = expires_at - INTERVAL 1 HOUR WHERE kind = 'payment-sent'";
    fixture.pushes_sql(sql).await;
    fixture.pushes.misbehave(Faults::default());
    fixture.all_is_due().await;
    fixture.await_rest().await;
    let waiting = "SELECT COUNT(*) FROM pushes WHERE waiting > 0";
    fixture.until(async || fixture.pushes_count(waiting).await == 0).await;
    assert_eq!(fixture.pushes.list(None).len(), 0);
}

#[tokio::test]
async fn a_person_has_ten_devices_of_a_product_and_the_eleventh_takes_the_place_of_the_first() {
    let fixture = Fixture::new().await;
    for letter in 'a'..='k' {
        fixture.registers(letter).await;
    }
    let tokens: Vec<String> = kept(&fixture).await.into_iter().map(|(_, _, token)| token).collect();
    assert_eq!(tokens, ('b'..='k').map(token).collect::<Vec<String>>());
}
