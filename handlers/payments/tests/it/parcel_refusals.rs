//! What is refused of pay links and red packets, and that a refusal changes nothing.

use serde_json::{Value, json};
use testkit::Call;
use values::{AccountId, ConfirmableKind, Money, OperationTerms, Product};

use crate::parcels::{PAY_LINKS, RED_PACKETS, Waiting, link, packet, terms};
use crate::withdrawals::{code, pin_token, signature};
use crate::{Fixture, new_key};

#[tokio::test]
async fn what_is_wrong_is_refused_with_its_code_and_no_money_leaves() {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(50_000).await;
    let of = |path: &'static str, alter: &dyn Fn(&mut Value)| {
        let key = new_key();
        let mut body = match path {
            PAY_LINKS => link(&sender, 700, &key),
            _ => packet(&sender, 700, "random-7", &key),
        };
        alter(&mut body);
        (path, key, body)
    };
    let both = |alter: &dyn Fn(&mut Value)| [of(PAY_LINKS, alter), of(RED_PACKETS, alter)];
    let invalid: [&dyn Fn(&mut Value); 2] =
        [&|body| body["note"] = "文".repeat(101).into(), &|body| {
            body["secret"] = "q83vASNFZ4mrze8BI0VniQ".into()
        }];
    let mut cases: Vec<_> = invalid
        .iter()
        .flat_map(|alter| both(*alter))
        .map(|case| (case, 400, "invalid-body"))
        .collect();
    for shares in [json!(0), json!(101), json!(1.5), json!(null)] {
        let case = of(RED_PACKETS, &|body| body["shares"] = shares.clone());
        cases.push((case, 400, "invalid-body"));
    }
    cases.push((of(RED_PACKETS, &|body| body["split"] = "lucky".into()), 400, "invalid-body"));
    // Changed after it was confirmed.
    let fewer = of(RED_PACKETS, &|body| body["shares"] = 6.into());
    let other = of(RED_PACKETS, &|body| body["split"] = "equal".into());
    cases.extend([fewer, other].map(|case| (case, 403, "confirmation-invalid")));
    let key = new_key();
    cases.push((
        (RED_PACKETS, key.clone(), packet(&sender, 9, "random-10", &key)),
        422,
        "fewer-cents-than-shares",
    ));
    for ((path, key, body), status, expected) in cases {
        let refused = fixture.post(&sender, path, &key, &body).await;
        assert_eq!(code(refused), (status, expected.to_owned()), "{path} {body}");
    }
    assert_eq!((fixture.balance(&sender).await, fixture.in_escrow().await), (50_000, 0));
    for (table, rows) in [("transfers", 2), ("parcels", 0), ("operation_keys", 1)] {
        assert_eq!(fixture.database.count(table).await, rows, "{table}");
    }
}

#[tokio::test]
async fn neither_proof_of_something_else_serves_a_red_packet() {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(50_000).await;
    let friend = fixture.person(Product::Consumer).await;
    let key = new_key();
    let genuine = terms(&sender, 700, Some("random-7"), &key);
    let alterations: [&dyn Fn(&mut OperationTerms); 7] = [
        &|terms| terms.kind = ConfirmableKind::PayLink,
        &|terms| terms.kind = ConfirmableKind::PeerPayment,
        &|terms| terms.payee = AccountId::User(friend.user_id),
        &|terms| terms.amount = Money::hkd(699).unwrap(),
        &|terms| terms.reference = None,
        &|terms| terms.reference = Some("random-70".to_owned().try_into().unwrap()),
        &|terms| terms.idempotency_key = "another-key".parse().unwrap(),
    ];
    for alter in alterations {
        let mut other = genuine.clone();
        alter(&mut other);
        for proof in [signature(&sender, other.clone()), pin_token(&fixture, other.clone())] {
            let mut body = packet(&sender, 700, "random-7", &key);
            body["confirmation"] = proof;
            let refused = fixture.post(&sender, RED_PACKETS, &key, &body).await;
            assert_eq!(code(refused), (403, "confirmation-invalid".to_owned()), "{other:?}");
        }
    }
    let mut body = packet(&sender, 700, "random-7", &key);
    body["confirmation"] = pin_token(&fixture, genuine);
    assert_eq!(fixture.post(&sender, RED_PACKETS, &key, &body).await.0, 201);
}

#[tokio::test]
async fn a_claim_is_refused_with_its_code_and_the_share_stays() {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(50_000).await;
    let link = fixture.pay_link(&sender, 700).await;
    let packet = fixture.red_packet(&sender, 700, "equal-2").await;
    let full = fixture.consumer_with(299_651).await;
    // Whose wallets hold HK$3,000.00 at most.
    fixture.set_tier(&full, "unverified").await;
    let frozen = fixture.person(Product::Consumer).await;
    fixture.freeze(&frozen.user_id.to_string()).await;
    let merchant = fixture.person(Product::Business).await;
    let closed = fixture.person(Product::Consumer).await;
    assert_eq!(fixture.close(&closed).await.0, 200);
    for (person, waiting, status, expected) in [
        (&sender, &link, 422, "payer-is-payee"),
        (&full, &link, 422, "balance-limit-exceeded"),
        (&full, &packet, 422, "balance-limit-exceeded"),
        (&frozen, &link, 403, "wallet-frozen"),
        (&frozen, &packet, 403, "wallet-frozen"),
        (&merchant, &link, 403, "wrong-product"),
        (&closed, &link, 403, "wallet-closed"),
        (&closed, &packet, 403, "wallet-closed"),
    ] {
        let refused = fixture.claim(person, waiting).await;
        assert_eq!(code(refused), (status, expected.to_owned()));
    }
    let other = fixture.person(Product::Consumer).await;
    for waiting in [&link, &packet] {
        for body in [json!({}), json!({"secret": "short"}), json!({"secret": null})] {
            let path = format!("{}/claims", waiting.path);
            let refused = fixture.post(&other, &path, &new_key(), &body).await;
            assert_eq!(code(refused), (400, "invalid-body".to_owned()));
        }
        // A secret in a query opens nothing.
        let path = format!("{}?secret={}", waiting.path, waiting.secret);
        assert_ne!(fixture.get(&other, &path).await.0, 200);
        let call = Call::post(&format!("{}/claims", waiting.path)).key(&new_key());
        let answer = fixture.send(call.json(&json!({"secret": waiting.secret}))).await;
        assert_eq!(answer.status, 401);
    }
    let refused = fixture.cancel(&other, &link).await;
    assert_eq!(code(refused), (404, "pay-link-not-found".to_owned()));
    let as_link = Waiting {
        path: packet.path.replace("red-packets/rpkt", "pay-links/plnk"),
        ..packet.clone()
    };
    for refused in
        [fixture.cancel(&sender, &as_link).await, fixture.get(&sender, &as_link.path).await]
    {
        assert_eq!(code(refused), (404, "pay-link-not-found".to_owned()));
    }
    assert_eq!(fixture.in_escrow().await, 1_400);
    assert_eq!(fixture.claim(&other, &link).await.0, 201);
    let refused = fixture.cancel(&sender, &link).await;
    assert_eq!(code(refused), (409, "all-claimed".to_owned()));
    // Its time is over, whether or not the timer has run.
    fixture.set_expiry(-1).await;
    let refused = fixture.claim(&other, &packet).await;
    assert_eq!(code(refused), (409, "claim-expired".to_owned()));
    assert_eq!(fixture.in_escrow().await, 700);
}

#[tokio::test]
async fn a_wrong_secret_is_answered_as_if_nothing_were_there_and_ten_an_hour_are_answered() {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(50_000).await;
    let real = fixture.pay_link(&sender, 700).await;
    let wrong = Waiting { secret: "q83vASNFZ4mrze8BI0VniQ".to_owned(), ..real.clone() };
    let id = values::PayLinkId::new();
    let absent = Waiting { path: format!("{PAY_LINKS}/{id}"), ..real.clone() };
    let guesser = fixture.person(Product::Consumer).await;
    let without_trace = |(status, mut problem): (u16, Value)| {
        for field in ["trace_id", "instance"] {
            problem[field] = json!(null);
        }
        (status, problem)
    };
    let first = without_trace(fixture.claim(&guesser, &wrong).await);
    assert_eq!(code(first.clone()), (404, "pay-link-not-found".to_owned()));
    assert_eq!(without_trace(fixture.claim(&guesser, &absent).await), first);
    assert_eq!(without_trace(fixture.preview(&guesser, &wrong).await), first);
    assert_eq!(without_trace(fixture.preview(&guesser, &absent).await), first);
    // At once, so that none is looked at before another was counted.
    let guesses = (0..20).map(|_| fixture.preview(&guesser, &wrong));
    let answers = futures_util::future::join_all(guesses).await;
    let answered = answers.iter().filter(|answer| answer.0 == 404).count();
    let throttled = answers.iter().filter(|answer| answer.0 == 429).count();
    assert_eq!((answered, throttled), (6, 14));
    let refused = fixture.claim(&guesser, &wrong).await;
    assert_eq!(code(refused), (429, "secrets-throttled".to_owned()));
    // Who has the right one is not kept from it, nor from asking again.
    assert_eq!(fixture.preview(&guesser, &real).await.0, 200);
    let (status, claim) = fixture.claim(&guesser, &real).await;
    assert_eq!((status, fixture.claim(&guesser, &real).await), (201, (201, claim)));
    assert_eq!(fixture.database.count("wrong_secrets").await, 1);
}
