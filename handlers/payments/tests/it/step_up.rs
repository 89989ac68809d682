//! Money for which a login is not enough (RFC 9470): what is asked for, and what passes for it.

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, FreshDatabase, TokenIssuer};
use time::{Duration, OffsetDateTime};
use values::{AccountId, Level, Money, OperationTerms, Product, StepUpPolicy, UserId};

use crate::group_commit::static_payment;
use crate::parcels::{self, PAY_LINKS, RED_PACKETS, link, packet};
use crate::pay::PAYMENTS;
use crate::peer_payments::{self, PEER_PAYMENTS, signed_amount};
use crate::withdrawals::{self, ACCOUNT, WITHDRAWALS, code, signed, token};
use crate::{Fixture, NO_NOTIFICATION_SERVICE, Person, migrations, net, new_key, start};

impl Fixture {
    /// The service under this policy.
    pub(crate) async fn under(policy: StepUpPolicy) -> Self {
        Self::under_on(FreshDatabase::new(migrations()).await, policy).await
    }

    pub(crate) async fn under_on(database: FreshDatabase, policy: StepUpPolicy) -> Self {
        let issuer = TokenIssuer::start().await;
        issuer.publish_policy(policy);
        let app = start(&database, &issuer, NO_NOTIFICATION_SERVICE);
        Self::with(database, issuer, app)
    }

    /// The same login with a token that shows this level, which was shown so many seconds ago.
    pub(crate) fn stepped_up(
        &self,
        person: &Person,
        product: Product,
        acr: &str,
        seconds: u64,
    ) -> String {
        let (user_id, device, login) = (person.user_id, &person.device, person.session_id);
        let mut claims = self.issuer.claims(user_id, product, device, login);
        claims["auth_time"] = claims["iat"].as_u64().unwrap().saturating_sub(seconds).into();
        claims["acr"] = acr.into();
        self.issuer.sign(&claims)
    }
}

pub(crate) fn policy(rules: Value) -> StepUpPolicy {
    StepUpPolicy { version: 1, rules: serde_json::from_value(rules).unwrap() }
}

fn everything(answer: &str) -> StepUpPolicy {
    let acts = ["payment", "peer-payment", "withdrawal", "pay-link", "red-packet", "refund"];
    policy(json!([{"acts": acts, "answer": answer}]))
}

/// Each way in which money leaves a wallet: the path, what is confirmed, and the body with the
/// phone's signature of it.
fn ways(
    payer: &Person,
    shop: values::BusinessId,
    friend: UserId,
    key: &str,
) -> [(&'static str, OperationTerms, Value); 5] {
    let of_shop = OperationTerms {
        kind: values::ConfirmableKind::Payment,
        payee: AccountId::Business(shop),
        ..parcels::terms(payer, 100, None, key)
    };
    let of_friend = OperationTerms {
        amount: Money::hkd(100).unwrap(),
        ..peer_payments::terms(payer, friend, key)
    };
    [
        (PAYMENTS, of_shop, static_payment(payer, shop, 100, key)),
        (PEER_PAYMENTS, of_friend, signed_amount(payer, friend, 100, key)),
        (WITHDRAWALS, withdrawals::terms(payer, 100, ACCOUNT, key), signed(payer, 100, key)),
        (PAY_LINKS, parcels::terms(payer, 100, None, key), link(payer, 100, key)),
        (
            RED_PACKETS,
            parcels::terms(payer, 100, Some("equal-4"), key),
            packet(payer, 100, "equal-4", key),
        ),
    ]
}

fn with(body: &Value, confirmation: Value) -> Value {
    let mut body = body.clone();
    body["confirmation"] = confirmation;
    body
}

#[tokio::test]
async fn in_each_way_out_the_pins_confirmation_of_exactly_this_passes_and_nothing_else() {
    let fixture = Fixture::under(everything("pin")).await;
    let (_, shop) = fixture.shop().await;
    let payer = fixture.consumer_with(50_000).await;
    let friend = fixture.person(Product::Consumer).await;
    let now = OffsetDateTime::now_utc();
    let transfers = fixture.database.count("operations").await;
    let mut moved = transfers;
    for number in 0..5 {
        let key = new_key();
        let (path, terms, body) = ways(&payer, shop, friend.user_id, &key)[number].clone();
        let call = Call::post(path).bearer(&payer.token).key(&key).json(&body);
        let answer = fixture.send(call).await;
        let challenge = answer.header("www-authenticate").to_owned();
        assert_eq!(
            challenge,
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"pin passkey\", \
             max_age=\"120\"",
        );
        answer.expect_refusal(401, "step-up-required");
        // The access token that shows the PIN is not this operation's confirmation.
        let shown = fixture.stepped_up(&payer, Product::Consumer, "pin", 0);
        let call = Call::post(path).bearer(&shown).key(&key).json(&body);
        fixture.send(call).await.expect_refusal(401, "step-up-required");

        let old = now - Duration::seconds(125);
        let amount = Money::hkd(101).unwrap();
        let other_key =
            OperationTerms { idempotency_key: new_key().parse().unwrap(), ..terms.clone() };
        let stranger = OperationTerms { payer: friend.user_id, ..terms.clone() };
        for (what, wrong) in [
            ("old", token(&fixture, terms.clone(), "pin", old)),
            (
                "another amount",
                token(&fixture, OperationTerms { amount, ..terms.clone() }, "pin", now),
            ),
            ("another attempt", token(&fixture, other_key, "pin", now)),
            ("another person", token(&fixture, stranger, "pin", now)),
            ("an access token", json!({"type": "pin", "token": shown})),
        ] {
            let refused = code(fixture.post(&payer, path, &key, &with(&body, wrong)).await);
            assert_eq!(refused, (403, "confirmation-invalid".to_owned()), "{path}: {what}");
        }
        // One that says it was given for less.
        let device = with(&body, token(&fixture, terms.clone(), "device", now));
        let asked = code(fixture.post(&payer, path, &key, &device).await);
        assert_eq!(asked, (401, "step-up-required".to_owned()), "{path}");
        assert_eq!(fixture.database.count("operations").await, moved, "{path}");

        let confirmed = with(&body, token(&fixture, terms, "pin", OffsetDateTime::now_utc()));
        let (status, done) = fixture.post(&payer, path, &key, &confirmed).await;
        assert_eq!(status, 201, "{path}: {done}");
        moved += 1;
        // What was done is read, however the repeat is confirmed.
        let (status, again) = fixture.post(&payer, path, &key, &body).await;
        assert_eq!((status, &again), (201, &done), "{path}");
        assert_eq!(fixture.database.count("operations").await, moved, "{path}");
    }
    let audit = fixture.audit().await;
    assert_eq!(audit["balanced"], true, "{audit}");
}

#[tokio::test]
async fn a_pin_is_no_passkey_and_what_is_held_only_a_reviewer_lets_go() {
    for (answer, acr, refusal) in [
        ("passkey", "pin", Some((401, "step-up-required"))),
        ("passkey", "passkey", None),
        ("hold", "passkey", Some((403, "held-for-review"))),
    ] {
        let fixture = Fixture::under(everything(answer)).await;
        let (_, shop) = fixture.shop().await;
        let payer = fixture.consumer_with(50_000).await;
        let friend = fixture.person(Product::Consumer).await;
        let transfers = fixture.database.count("operations").await;
        for number in 0..5 {
            let key = new_key();
            let (path, terms, body) = ways(&payer, shop, friend.user_id, &key)[number].clone();
            let confirmed = with(&body, token(&fixture, terms, acr, OffsetDateTime::now_utc()));
            let answered = fixture.post(&payer, path, &key, &confirmed).await;
            match refusal {
                // It waits for a reviewer.
                Some((403, _)) if path == PEER_PAYMENTS => {
                    assert_eq!((answered.0, &answered.1["status"]), (201, &json!("held")));
                }
                Some((status, refusal)) => {
                    assert_eq!(code(answered), (status, refusal.to_owned()), "{path}");
                }
                None => assert_eq!(answered.0, 201, "{path}: {}", answered.1),
            }
        }
        let passed = match answer {
            "hold" => 1,
            _ if refusal.is_some() => 0,
            _ => 5,
        };
        assert_eq!(fixture.database.count("operations").await, transfers + passed);
        let confirmed_by: Vec<String> = {
            let mut conn = fixture.database.pool.get_conn().await.unwrap();
            let sql = "SELECT confirmed_by FROM operations WHERE confirmed_by IS NOT NULL";
            conn.query(sql).await.unwrap()
        };
        assert_eq!(confirmed_by, vec!["passkey"; confirmed_by.len()]);
    }
}

async fn send(fixture: &Fixture, payer: &Person, payee: UserId, cents: i64) -> (u16, Value) {
    let key = new_key();
    let body = signed_amount(payer, payee, cents, &key);
    fixture.post(payer, PEER_PAYMENTS, &key, &body).await
}

async fn by_pin(fixture: &Fixture, payer: &Person, payee: UserId, cents: i64) -> (u16, Value) {
    let key = new_key();
    let amount = Money::hkd(cents).unwrap();
    let terms = OperationTerms { amount, ..peer_payments::terms(payer, payee, &key) };
    let confirmation = token(fixture, terms, "pin", OffsetDateTime::now_utc());
    let body = with(&signed_amount(payer, payee, cents, &key), confirmation);
    fixture.post(payer, PEER_PAYMENTS, &key, &body).await
}

async fn age(fixture: &Fixture, hours: u32) {
    let sql =
        format!("UPDATE known_payees SET first_paid_at = first_paid_at - INTERVAL {hours} HOUR");
    fixture.database.pool.get_conn().await.unwrap().query_drop(sql).await.unwrap();
}

#[tokio::test]
async fn the_standard_rules_know_new_payees_probes_and_how_many_there_are() {
    let fixture = Fixture::under(StepUpPolicy::standard()).await;
    let payer = fixture.consumer_with(450_000).await;
    let mut friends = Vec::new();
    for _ in 0..8 {
        friends.push(fixture.person(Product::Consumer).await.user_id);
    }
    let asked = (401, "step-up-required".to_owned());
    // In parts as at once.
    assert_eq!(code(send(&fixture, &payer, friends[0], 200_000).await), asked);
    assert_eq!(send(&fixture, &payer, friends[0], 150_000).await.0, 201);
    assert_eq!(code(send(&fixture, &payer, friends[0], 50_000).await), asked);
    assert_eq!(send(&fixture, &payer, friends[0], 49_999).await.0, 201);
    assert_eq!(by_pin(&fixture, &payer, friends[0], 1).await.0, 201);
    assert_eq!(code(send(&fixture, &payer, friends[0], 1).await), asked);
    // To two as to one.
    assert_eq!(code(send(&fixture, &payer, friends[6], 1).await), asked);
    age(&fixture, 24).await;
    // A probe.
    assert_eq!(send(&fixture, &payer, friends[1], 100).await.0, 201);
    assert_eq!(code(send(&fixture, &payer, friends[1], 100_000).await), asked);
    // Who never had a wallet, or whose is frozen, is asked about in the same way.
    assert_eq!(code(send(&fixture, &payer, UserId::new(), 200_000).await), asked);
    fixture.change(&friends[7].to_string(), "freeze").await;
    assert_eq!(code(send(&fixture, &payer, friends[7], 200_000).await), asked);
    // Many: those who were not paid do not count.
    for friend in &friends[2..6] {
        assert_eq!(send(&fixture, &payer, *friend, 1).await.0, 201);
    }
    assert_eq!(code(send(&fixture, &payer, friends[6], 1).await), asked);
    assert_eq!(send(&fixture, &payer, friends[0], 1).await.0, 201);
    age(&fixture, 24).await;
    assert_eq!(send(&fixture, &payer, friends[6], 1).await.0, 201);
    assert_eq!(send(&fixture, &payer, friends[1], 200_000).await.0, 201);
    assert_eq!(fixture.database.count("known_payees").await, 7);
}

#[tokio::test]
async fn a_refund_is_given_by_who_shows_the_pin_and_read_again_by_who_does_not() {
    let fixture = Fixture::under(policy(json!([{"acts": ["refund"], "answer": "pin"}]))).await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let key = new_key();
    let paid = fixture.post(&payer, PAYMENTS, &key, &static_payment(&payer, shop, 500, &key)).await;
    let path = format!("{PAYMENTS}/{}/refunds", paid.1["payment_id"].as_str().unwrap());
    let (key, body) = (new_key(), json!({"amount": {"amount": 500, "currency": "HKD"}}));
    let refund = async |token: &str| {
        fixture.send(Call::post(&path).bearer(token).key(&key).json(&body)).await
    };
    let old = fixture.stepped_up(&owner, Product::Business, "pin", Level::AGE_MAX_SECONDS + 5);
    for token in [&owner.token, &old] {
        let answer = refund(token).await;
        assert!(answer.header("www-authenticate").contains("max_age=\"300\""));
        answer.expect_refusal(401, "step-up-required");
    }
    assert_eq!(fixture.takings(&owner, shop).await, net(500));
    // Somebody else's payment is none of theirs, whatever they show.
    let stranger = fixture.person(Product::Business).await;
    let theirs = fixture.stepped_up(&stranger, Product::Business, "pin", 0);
    refund(&theirs).await.expect_refusal(404, "payment-not-found");
    let first = refund(&fixture.stepped_up(&owner, Product::Business, "pin", 0)).await.expect(201);
    for token in [&owner.token, &old] {
        assert_eq!(refund(token).await.expect(201), first);
    }
    assert_eq!(fixture.takings(&owner, shop).await, 0);
}

/// The last version without known payees.
const BEFORE_KNOWN_PAYEES: i32 = 99;

#[tokio::test]
async fn whoever_was_paid_before_the_upgrade_is_no_stranger_after_it() {
    let database = FreshDatabase::of_version(migrations(), BEFORE_KNOWN_PAYEES).await;
    let people: Vec<UserId> = (0..3).map(|_| UserId::new()).collect();
    let [payer, friend, shop] = [0, 1, 2].map(|n| format!("0x{}", people[n].uuid().simple()));
    let mut conn = database.pool.get_conn().await.unwrap();
    for (kind, to, amount, hours) in [
        ("peer-payment", &friend, 300, 30),
        ("peer-payment", &friend, 100, 2),
        ("payment", &shop, 500, 2),
    ] {
        let id = format!("0x{}", values::PaymentId::new().uuid().simple());
        let sql = format!(
            "INSERT INTO operations (operation_id, kind, state, from_account_id, from_name,
                 to_account_id, to_name, amount, moved, currency, created_at, ended_at)
             VALUES ({id}, '{kind}', 'completed', {payer}, '', {to}, '', {amount}, {amount}, 'HKD',
                 UTC_TIMESTAMP(6) - INTERVAL {hours} HOUR, UTC_TIMESTAMP(6))"
        );
        conn.query_drop(sql).await.unwrap();
    }
    service::database::migrate(&database.url, migrations()).await.unwrap();
    let known: Vec<(bool, i64, i64, bool)> = conn
        .query(format!(
            "SELECT payer_id = {payer} AND payee_id = {friend}, first_amount, first_day_amount,
                 first_paid_at < UTC_TIMESTAMP(6) - INTERVAL 24 HOUR FROM known_payees"
        ))
        .await
        .unwrap();
    assert_eq!(known, [(true, 100, 400, true)]);
}
