//! Money for whoever has the secret: pay links and red packets.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::time::Duration;

use events::payments::MoneyMovedV1;
use events::user_profile::ProfileChangedV1;
use mysql_async::TxOpts;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, InProcess, event};
use tokio::time::sleep;
use values::{AccountId, ConfirmableKind, Fee, Money, OperationTerms, PayLinkId, Product};

use crate::withdrawals::signature;
use crate::{Fixture, Person, new_key};

pub(crate) const PAY_LINKS: &str = "/api/v1/pay-links";
pub(crate) const RED_PACKETS: &str = "/api/v1/red-packets";
const MOVEMENTS: &str = "/api/v1/wallets/me/movements";

/// The terms of a pay link, or of a red packet that is split like this.
pub(crate) fn terms(person: &Person, cents: i64, split: Option<&str>, key: &str) -> OperationTerms {
    let kind = split.map_or(ConfirmableKind::PayLink, |_| ConfirmableKind::RedPacket);
    OperationTerms {
        kind,
        payer: person.user_id,
        payee: AccountId::User(person.user_id),
        amount: Money::hkd(cents).unwrap(),
        fee: Fee::NONE,
        payment_request_id: None,
        reference: split.map(|split| split.to_owned().try_into().unwrap()),
        idempotency_key: key.parse().unwrap(),
    }
}

/// A pay link that the sender's phone signs now.
pub(crate) fn link(person: &Person, cents: i64, key: &str) -> Value {
    json!({
        "amount": {"amount": cents, "currency": "HKD"},
        "note": "午飯",
        "confirmation": signature(person, terms(person, cents, None, key)),
    })
}

/// A red packet, `random-10`, that the sender's phone signs now.
pub(crate) fn packet(person: &Person, cents: i64, split: &str, key: &str) -> Value {
    let (how, shares) = split.split_once('-').unwrap();
    json!({
        "amount": {"amount": cents, "currency": "HKD"},
        "split": how,
        "shares": shares.parse::<u32>().unwrap(),
        "note": "恭喜發財",
        "confirmation": signature(person, terms(person, cents, Some(split), key)),
    })
}

/// Where a pay link or red packet is, and its secret.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) path: String,
    pub(crate) secret: String,
}

impl Fixture {
    pub(crate) async fn pay_link(&self, sender: &Person, cents: i64) -> Waiting {
        let key = new_key();
        let made = self.post(sender, PAY_LINKS, &key, &link(sender, cents, &key)).await;
        waiting(PAY_LINKS, "pay_link_id", made)
    }

    pub(crate) async fn red_packet(&self, sender: &Person, cents: i64, split: &str) -> Waiting {
        let key = new_key();
        let made = self.post(sender, RED_PACKETS, &key, &packet(sender, cents, split, &key)).await;
        waiting(RED_PACKETS, "red_packet_id", made)
    }

    pub(crate) async fn claim(&self, claimer: &Person, waiting: &Waiting) -> (u16, Value) {
        let path = format!("{}/claims", waiting.path);
        self.post(claimer, &path, &new_key(), &json!({"secret": waiting.secret})).await
    }

    pub(crate) async fn preview(&self, person: &Person, waiting: &Waiting) -> (u16, Value) {
        let call = Call::post(&format!("{}/preview", waiting.path)).bearer(&person.token);
        let answer = self.send(call.json(&json!({"secret": waiting.secret}))).await;
        (answer.status, answer.json())
    }

    pub(crate) async fn cancel(&self, sender: &Person, waiting: &Waiting) -> (u16, Value) {
        let call = Call::post(&format!("{}/cancel", waiting.path)).bearer(&sender.token);
        let answer = self.send(call).await;
        (answer.status, answer.json())
    }

    /// The timer that returns what nobody claimed.
    pub(crate) async fn return_overdue(&self) -> u16 {
        let timer = Call::post("/payments_do_what_is_due").json(&json!({}));
        timer.send_until_served(&self.routes).await.status
    }

    /// Lets the time of everything that waits be over at some moment from now.
    pub(crate) async fn set_expiry(&self, milliseconds: i64) {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        let sql = "UPDATE parcels SET expires_at = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND
            WHERE status = 'open'";
        conn.exec_drop(sql, (milliseconds * 1_000,)).await.unwrap();
    }

    /// What nobody has claimed, in cents; the audit agrees with it.
    pub(crate) async fn in_escrow(&self) -> i64 {
        let audit = self.audit().await;
        assert_eq!(audit["balanced"], true, "{audit}");
        let mut conn = self.database.pool.get_conn().await.unwrap();
        let sql = "SELECT credits_posted - debits_posted FROM accounts WHERE kind = 'escrow'";
        conn.query_first(sql).await.unwrap().unwrap()
    }

    async fn name(&self, person: &Person, display_name: &str) {
        let user_id = person.user_id.to_string();
        let changed = ProfileChangedV1 {
            user_id: user_id.clone(),
            version: 1,
            display_name: display_name.to_owned(),
            language: "zh-Hant".to_owned(),
            picture_id: None,
        };
        self.deliver("payments_on_user_profile", &[event(&user_id, &changed)]).await;
    }
}

pub(crate) fn waiting(list: &str, id: &str, (status, made): (u16, Value)) -> Waiting {
    assert_eq!(status, 201, "{made}");
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    Waiting { path: format!("{list}/{}", text(id)), secret: text("secret") }
}

#[tokio::test]
async fn a_link_is_made_shown_claimed_by_somebody_new_and_both_read_what_became_of_it() {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(50_000).await;
    let claimer = fixture.stranger(Product::Consumer);
    fixture.name(&sender, "Lee Siu Ming").await;
    let key = new_key();
    let call = Call::post(PAY_LINKS).bearer(&sender.token).key(&key);
    let answer = fixture.send(call.json(&link(&sender, 12_000, &key))).await;
    let made = answer.json();
    assert_eq!((answer.status, &made["status"]), (201, &json!("open")), "{made}");
    let link = waiting(PAY_LINKS, "pay_link_id", (201, made.clone()));
    assert_eq!(answer.header("location"), link.path);
    assert_eq!((link.secret.len(), fixture.balance(&sender).await), (22, 38_000));
    // The secret is only in the answer that made it.
    let mut shown = made.clone();
    shown["secret"] = json!(null);
    assert_eq!(fixture.get(&sender, &link.path).await, (200, shown.clone()));
    let (_, list) = fixture.get(&sender, PAY_LINKS).await;
    assert_eq!((&shown["claims"], &shown["claimed_shares"]), (&json!([]), &json!(0)));
    shown["claims"] = json!(null);
    assert_eq!(list["items"], json!([shown]));

    let (status, preview) = fixture.preview(&claimer, &link).await;
    assert_eq!((status, &preview["sender"]["name"]), (200, &json!("L*** S*** M***")));
    assert_eq!((&preview["amount"], &preview["note"]), (&made["amount"], &json!("午飯")));
    assert_eq!((&preview["status"], &preview["expires_at"]), (&json!("open"), &made["expires_at"]));
    let (status, problem) = fixture.claim(&claimer, &link).await;
    assert_eq!((status, &problem["code"]), (404, &json!("wallet-not-open")));
    assert_eq!(problem["retryable"], true);
    fixture.open_wallet(&claimer).await;
    let (status, claim) = fixture.claim(&claimer, &link).await;
    assert_eq!((status, &claim["sender"]["name"]), (201, &json!("Lee Siu Ming")), "{claim}");
    assert_eq!(
        (&claim["pay_link_id"], &claim["red_packet_id"]),
        (&made["pay_link_id"], &json!(null))
    );
    assert_eq!(fixture.claim(&claimer, &link).await, (201, claim.clone()));
    let id = claim["claim_id"].as_str().unwrap();
    let own = format!("/api/v1/claims/{id}");
    assert_eq!(fixture.get(&claimer, &own).await, (200, claim.clone()));
    assert_eq!(fixture.get(&sender, &own).await.1["code"], "claim-not-found");
    assert_eq!((fixture.balance(&claimer).await, fixture.in_escrow().await), (12_000, 0));

    let (_, claimed) = fixture.get(&sender, &link.path).await;
    assert_eq!((&claimed["status"], &claimed["claimed"]), (&json!("claimed"), &made["amount"]));
    assert_eq!(claimed["claims"][0]["claimer"]["id"], claimer.user_id.to_string());
    assert_eq!(claimed["ended_at"], claim["claimed_at"]);
    assert_eq!(fixture.get(&claimer, &link.path).await.1["code"], "pay-link-not-found");
    // Created before, repeated now: the same secret, and how it stands now.
    let (_, again) =
        fixture.post(&sender, PAY_LINKS, &key, &self::link(&sender, 12_000, &key)).await;
    assert_eq!((&again["secret"], &again["status"]), (&made["secret"], &json!("claimed")));

    let (_, movements) = fixture.get(&claimer, MOVEMENTS).await;
    let newest = &movements["items"][0];
    assert_eq!(newest["subject"], json!({"type": "claim", "id": id}));
    assert_eq!((&newest["counterparty"], &newest["direction"]), (&claim["sender"], &json!("in")));
    let (_, movements) = fixture.get(&sender, MOVEMENTS).await;
    let newest = &movements["items"][0];
    assert_eq!(newest["subject"], json!({"type": "pay-link", "id": made["pay_link_id"]}));
    assert_eq!((&newest["counterparty"], &newest["direction"]), (&json!(null), &json!("out")));
    let told: Vec<MoneyMovedV1> = fixture.database.told().await;
    let kinds: Vec<&str> = told.iter().map(|moved| &*moved.kind).collect();
    assert_eq!(kinds, ["top-up", "pay-link", "claim"]);
    assert!(told[1..].iter().all(|moved| moved.pay_link_id == Some(link.id())));
}

impl Waiting {
    pub(crate) fn id(&self) -> String {
        self.path.rsplit_once('/').unwrap().1.to_owned()
    }
}

#[tokio::test]
async fn a_repeat_gives_the_same_link_and_secret_and_another_wish_under_its_key_is_refused() {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(50_000).await;
    let key = new_key();
    let body = link(&sender, 700, &key);
    let calls = (0..5).map(|_| fixture.post_text(&sender, PAY_LINKS, &key, &body));
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.0 == 201 && *answer == answers[0]), "{answers:?}");
    let mut other = body.clone();
    other["note"] = "晚飯".into();
    let (status, problem) = fixture.post(&sender, PAY_LINKS, &key, &other).await;
    assert_eq!((status, &problem["code"]), (422, &json!("idempotency-key-reused")));
    assert_eq!((fixture.balance(&sender).await, fixture.in_escrow().await), (49_300, 700));
    // Nothing at rest or on its way out has the secret.
    let answer: Value = serde_json::from_str(&answers[0].1).unwrap();
    let secret = answer["secret"].as_str().unwrap();
    let events = serde_json::to_string(&fixture.database.outbox().await).unwrap();
    assert!(events.contains("pay-link") && !events.contains(secret));
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sealed: Vec<u8> =
        conn.query_first("SELECT sealed_secret FROM parcels").await.unwrap().unwrap();
    assert!(!sealed.windows(6).any(|bytes| bytes == &secret.as_bytes()[..6]));
}

#[tokio::test]
async fn a_red_packet_is_opened_share_by_share_until_nothing_is_left() {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(50_000).await;
    for (split, expected) in [("equal-3", Some([334, 333, 333])), ("random-3", None)] {
        let before = fixture.balance(&sender).await;
        let packet = fixture.red_packet(&sender, 1_000, split).await;
        let mut shares = Vec::new();
        for _ in 0..2 {
            let claimer = fixture.person(Product::Consumer).await;
            let (status, claim) = fixture.claim(&claimer, &packet).await;
            assert_eq!((status, &claim["note"]), (201, &json!("恭喜發財")), "{claim}");
            assert_eq!(claim["red_packet_id"], packet.id());
            shares.push(claim["amount"]["amount"].as_i64().unwrap());
            assert_eq!(fixture.balance(&claimer).await, *shares.last().unwrap());
        }
        let (_, preview) = fixture.preview(&sender, &packet).await;
        assert_eq!((&preview["shares"], &preview["unclaimed_shares"]), (&json!(3), &json!(1)));
        // One's own red packet is opened as any other.
        let (status, claim) = fixture.claim(&sender, &packet).await;
        assert_eq!(status, 201, "{claim}");
        shares.push(claim["amount"]["amount"].as_i64().unwrap());
        assert_eq!(fixture.balance(&sender).await, before - 1_000 + shares[2]);
        assert_eq!(shares.iter().sum::<i64>(), 1_000);
        assert!(expected.is_none_or(|expected| shares == expected), "{shares:?}");
        let (status, problem) =
            fixture.claim(&fixture.person(Product::Consumer).await, &packet).await;
        assert_eq!((status, &problem["code"]), (409, &json!("all-claimed")));
        let (_, opened) = fixture.get(&sender, &packet.path).await;
        assert_eq!(
            (&opened["status"], &opened["returned"]["amount"]),
            (&json!("claimed"), &json!(0))
        );
        assert_eq!(opened["claims"].as_array().unwrap().len(), 3);
        assert_eq!(fixture.in_escrow().await, 0);
    }
    let (_, list) = fixture.get(&sender, RED_PACKETS).await;
    for listed in list["items"].as_array().unwrap() {
        assert_eq!((&listed["claims"], &listed["claimed_shares"]), (&json!(null), &json!(3)));
    }
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let (_, page) = fixture.get(&sender, &format!("{RED_PACKETS}?limit=1")).await;
    let next = page["next_cursor"].as_str().unwrap();
    let (_, rest) = fixture.get(&sender, &format!("{RED_PACKETS}?limit=1&cursor={next}")).await;
    assert_eq!(rest["items"][0], list["items"][1]);
}

#[tokio::test]
async fn a_link_is_taken_back_and_what_nobody_claims_in_time_comes_back_also_when_frozen_or_full() {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(300_000).await;
    let (link, late) = (fixture.pay_link(&sender, 700).await, fixture.pay_link(&sender, 800).await);
    let packet = fixture.red_packet(&sender, 900, "random-3").await;
    let (status, cancelled) = fixture.cancel(&sender, &link).await;
    assert_eq!((status, &cancelled["status"]), (200, &json!("cancelled")), "{cancelled}");
    assert_eq!(cancelled["returned"], cancelled["amount"]);
    assert_eq!(fixture.cancel(&sender, &link).await, (200, cancelled));
    let claimer = fixture.person(Product::Consumer).await;
    assert_eq!(fixture.claim(&claimer, &link).await.1["code"], "claim-cancelled");
    assert_eq!(fixture.claim(&claimer, &packet).await.0, 201);
    let opened = fixture.balance(&claimer).await;

    // A wallet that is full again, as those that hold HK$3,000.00 at most, and frozen.
    fixture.top_up(&sender, 1_700).await;
    fixture.set_tier(&sender, "unverified").await;
    fixture.freeze(&sender.user_id.to_string()).await;
    let other = fixture.person(Product::Consumer).await;
    let (status, problem) = fixture.claim(&other, &late).await;
    assert_eq!((status, &problem["code"]), (409, &json!("claim-unavailable")));
    assert!(!problem.to_string().contains("frozen"), "{problem}");
    assert_eq!(fixture.return_overdue().await, 200);
    assert_eq!(fixture.in_escrow().await, 1_700 - opened);
    fixture.set_expiry(0).await;
    // Before the timer has come.
    assert_eq!(fixture.claim(&other, &late).await.1["code"], "claim-expired");
    assert_eq!(fixture.get(&sender, &late.path).await.1["status"], "expired");
    assert_eq!(fixture.return_overdue().await, 200);
    assert_eq!(fixture.in_escrow().await, 0);
    assert_eq!(fixture.balance(&sender).await, 301_700 - opened);
    let (_, returned) = fixture.get(&sender, &packet.path).await;
    assert_eq!(
        (&returned["status"], &returned["returned"]["amount"]),
        (&json!("expired"), &json!(900 - opened),)
    );
    assert_eq!(fixture.claim(&claimer, &packet).await.0, 201, "a share is answered for ever");
    let (_, movements) = fixture.get(&sender, MOVEMENTS).await;
    let newest = &movements["items"][0];
    assert_eq!(
        (&newest["subject"]["type"], &newest["counterparty"]),
        (&json!("return"), &json!(null))
    );
    let told: Vec<MoneyMovedV1> = fixture.database.told().await;
    let returns = told.iter().filter(|moved| moved.kind == "return");
    let returned: i64 = returns.map(|moved| moved.amount).sum();
    assert_eq!(returned, 700 + 1_700 - opened);
}

#[tokio::test]
async fn one_that_somebody_holds_up_does_not_keep_the_others_from_coming_back() {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(50_000).await;
    let (held, other) = (fixture.pay_link(&sender, 7).await, fixture.pay_link(&sender, 8).await);
    fixture.set_expiry(0).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let mut tx = conn.start_transaction(TxOpts::default()).await.unwrap();
    let id: PayLinkId = held.id().parse().unwrap();
    let lock = "SELECT 1 FROM parcels WHERE parcel_id = ? FOR UPDATE";
    tx.exec_drop(lock, (id.uuid(),)).await.unwrap();
    let returned = async |waiting: &Waiting| {
        fixture.get(&sender, &waiting.path).await.1["returned"]["amount"].as_i64().unwrap()
    };
    let look = async {
        while returned(&other).await == 0 {
            sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(returned(&held).await, 0);
        tx.rollback().await.unwrap();
    };
    let (ran, ()) = tokio::join!(fixture.return_overdue(), look);
    assert_eq!((ran, returned(&held).await, returned(&other).await), (200, 7, 8));
    assert_eq!(fixture.in_escrow().await, 0);
}
