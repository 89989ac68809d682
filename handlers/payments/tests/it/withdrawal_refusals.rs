//! Whose withdrawal it is, what was confirmed of it, and what is refused.

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, logged};
use values::{AccountId, ConfirmableKind, Fee, Money, OperationTerms, Product, WithdrawalId};

use crate::bank_debit::bank as bank_of_top_ups;
use crate::withdrawals::{
    ACCOUNT, WITHDRAWALS, bank, body, code, money, pending, pin_token, signature, signed, terms,
};
use crate::{Fixture, new_key};

#[tokio::test]
async fn neither_proof_of_one_bank_account_serves_another() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(50_000).await;
    let friend = fixture.person(Product::Consumer).await;
    let key = new_key();
    let genuine = terms(&person, 700, ACCOUNT, &key);
    let altered = |alter: &dyn Fn(&mut OperationTerms)| {
        let mut other = genuine.clone();
        alter(&mut other);
        other
    };
    // What was confirmed, where it is to go now.
    let mut cases: Vec<(OperationTerms, &str)> =
        ["024-123456788", "025-123456789", "024-0123456789", "024-12345678"]
            .map(|account| (genuine.clone(), account))
            .to_vec();
    for other in [
        altered(&|terms| terms.kind = ConfirmableKind::PeerPayment),
        altered(&|terms| terms.kind = ConfirmableKind::Payment),
        altered(&|terms| terms.payer = friend.user_id),
        altered(&|terms| terms.payee = AccountId::User(friend.user_id)),
        altered(&|terms| terms.amount = Money::hkd(699).unwrap()),
        altered(&|terms| terms.fee = Fee::hkd(1).unwrap()),
        altered(&|terms| terms.reference = None),
        altered(&|terms| terms.reference = Some("024123456789".to_owned().try_into().unwrap())),
        altered(&|terms| terms.idempotency_key = "another-key".parse().unwrap()),
    ] {
        cases.push((other, ACCOUNT));
    }
    for (confirmed, account) in cases {
        let by_device = signature(&person, confirmed.clone());
        for proof in [by_device, pin_token(&fixture, confirmed.clone())] {
            let wanted = body(700, account, &proof);
            let refused = fixture.post(&person, WITHDRAWALS, &key, &wanted).await;
            let expected = (403, "confirmation-invalid".to_owned());
            assert_eq!(code(refused), expected, "{confirmed:?} {wanted}");
        }
    }
    assert_eq!(money(&fixture, &person).await, [50_000, 50_000, 0]);
    let proof = pin_token(&fixture, genuine.clone());
    let wanted = body(700, ACCOUNT, &proof);
    assert_eq!(fixture.post(&person, WITHDRAWALS, &key, &wanted).await.0, 201);
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_its_code_and_nothing_is_held() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(50_000).await;
    let of = |alter: fn(&mut Value)| {
        let key = new_key();
        let mut body = signed(&person, 700, &key);
        alter(&mut body);
        (key, body)
    };
    for ((key, body), status, expected) in [
        (of(|body| body["bank_account"]["bank_code"] = "24".into()), 400, "invalid-body"),
        (of(|body| body["bank_account"]["bank_code"] = 24.into()), 400, "invalid-body"),
        (of(|body| body["bank_account"]["account_number"] = "12345".into()), 400, "invalid-body"),
        (of(|body| body["bank_account"]["account_number"] = "12-3456".into()), 400, "invalid-body"),
        (of(|body| body["bank_account"]["holder"] = "陳大文".into()), 400, "invalid-body"),
        (of(|body| body["bank_account"] = json!(null)), 400, "invalid-body"),
    ] {
        let refused = fixture.post(&person, WITHDRAWALS, &key, &body).await;
        assert_eq!(code(refused), (status, expected.to_owned()), "{body}");
    }
    assert_eq!(money(&fixture, &person).await, [50_000, 50_000, 0]);
    assert_eq!(fixture.database.count("transfers").await, 2);
    assert_eq!(fixture.database.count("withdrawals").await, 0);
    assert_eq!(fixture.database.count("operation_keys").await, 1);
}

#[tokio::test]
async fn a_frozen_wallet_begins_none_and_what_is_pending_ends_as_the_bank_says() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(50_000).await;
    let paid_out = pending(&fixture, &person, 10_000).await;
    let not_taken = pending(&fixture, &person, 5_000).await;
    let key = new_key();
    let retried = signed(&person, 1_000, &key);
    let (_, begun) = fixture.post(&person, WITHDRAWALS, &key, &retried).await;
    fixture.freeze(&person.user_id.to_string()).await;

    let new = new_key();
    let refused = fixture.post(&person, WITHDRAWALS, &new, &signed(&person, 1, &new)).await;
    assert_eq!(code(refused), (403, "wallet-frozen".to_owned()));
    assert_eq!(fixture.post(&person, WITHDRAWALS, &key, &retried).await, (201, begun));
    assert_eq!(money(&fixture, &person).await, [50_000, 34_000, 16_000]);
    // The money has left; books that denied it would be wrong.
    assert_eq!(bank(&fixture, &paid_out, "settle").await.1["status"], "completed");
    assert_eq!(bank(&fixture, &not_taken, "refuse").await.1["status"], "failed");
    assert_eq!(money(&fixture, &person).await, [40_000, 39_000, 1_000]);
}

#[tokio::test]
async fn nobody_reads_or_ends_what_is_not_theirs_or_is_no_withdrawal() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(50_000).await;
    let other = fixture.consumer_with(50_000).await;
    let id = pending(&fixture, &person, 700).await;
    let own = format!("{WITHDRAWALS}/{id}");
    let not_found = (404, "withdrawal-not-found".to_owned());
    assert_eq!(code(fixture.get(&other, &own).await), not_found);
    assert_eq!(fixture.send(Call::get(&own)).await.status, 401);

    let as_top_up = id.replace("wdr_", "top_");
    let of_top_up = "/api/v1/wallets/me/top-ups";
    assert_eq!(fixture.get(&person, &format!("{of_top_up}/{as_top_up}")).await.0, 404);
    for gives in [Some(700), None] {
        let refused = bank_of_top_ups(&fixture, &as_top_up, gives).await;
        assert_eq!(code(refused), (404, "top-up-not-found".to_owned()));
    }
    let debit = json!({"amount": {"amount": 900, "currency": "HKD"}, "type": "bank-debit"});
    let (_, top_up) = fixture.post(&person, of_top_up, &new_key(), &debit).await;
    let as_withdrawal = top_up["top_up_id"].as_str().unwrap().replace("top_", "wdr_");
    for id in [as_withdrawal, WithdrawalId::new().to_string()] {
        assert_eq!(code(fixture.get(&person, &format!("{WITHDRAWALS}/{id}")).await), not_found);
        for says in ["settle", "refuse"] {
            assert_eq!(code(bank(&fixture, &id, says).await), not_found);
        }
    }
    assert_eq!(money(&fixture, &person).await, [50_000, 49_300, 1_600]);
}

#[tokio::test]
async fn no_log_event_or_other_table_has_the_account_number() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(50_000).await;
    let (_, log) = logged(async {
        let settled = pending(&fixture, &person, 700).await;
        let refused = pending(&fixture, &person, 700).await;
        bank(&fixture, &settled, "settle").await;
        bank(&fixture, &refused, "refuse").await;
        // A wrong signature, a wrong form, and too much.
        let key = new_key();
        let genuine = signed(&person, 700, &key);
        for (pointer, value) in [
            ("/amount/amount", json!(701)),
            ("/bank_account/bank_code", json!("x")),
            ("/bank_account/account_number", json!("123456789x")),
            ("/bank_account/account_number", json!(123_456_789)),
        ] {
            let mut wrong = genuine.clone();
            *wrong.pointer_mut(pointer).unwrap() = value;
            fixture.post(&person, WITHDRAWALS, &key, &wrong).await;
        }
        fixture.post(&person, WITHDRAWALS, &key, &signed(&person, 90_000, &key)).await;
    })
    .await;
    assert!(log.contains("refused") && !log.contains("123456789"), "{log}");
    let events = serde_json::to_string(&fixture.database.outbox().await).unwrap();
    assert!(events.contains("withdrawal-failed") && !events.contains("123456789"), "{events}");
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let operations: Vec<String> = conn
        .query("SELECT CONCAT_WS(' ', from_name, to_name, reference, note) FROM operations")
        .await
        .unwrap();
    assert!(operations.iter().all(|texts| !texts.contains("123456789")), "{operations:?}");
    let kept: Vec<(String, String)> =
        conn.query("SELECT bank_code, account_number FROM withdrawals").await.unwrap();
    assert_eq!(kept, vec![("024".to_owned(), "123456789".to_owned()); 2]);
}
