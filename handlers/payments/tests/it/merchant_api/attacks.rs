//! What is not what a program has signed, or that it may not do, is refused and changes nothing.

use events::auth::SecurityEventRecordedV1;
use serde_json::json;
use testkit::Call;
use time::Duration;

use super::{
    Ask, PREFIX, Program, REQUESTS, SIGNED, Scene, TRANSACTIONS, creating, expect_error, refunding,
};
use crate::api_credentials::{CREDENTIALS, wanted};

/// The same call with another line of this header.
fn with(call: Call, name: &str, value: &str) -> Call {
    call.without(name).header(name, value)
}

impl Scene {
    /// The call is refused so, and nothing is as it was not before.
    async fn refuses(&self, call: Call, status: u16, code: &str) {
        let before = self.state().await;
        let what = call.what.clone();
        let answer = self.fixture.send(call).await;
        expect_error(&answer, status, code);
        assert_eq!(self.state().await, before, "{what}");
    }

    /// As often as programs' calls have been taken.
    async fn spent(&self) -> u64 {
        self.fixture.database.count("spent_signatures").await
    }
}

#[tokio::test]
async fn a_request_that_was_changed_after_it_was_signed_is_refused() {
    let scene = Scene::set().await;
    let good = || scene.program.sign(&creating("10.00"));
    for name in ["request-date-time", "trace-id", "authorization", "digest", "signature"] {
        let changed = match name {
            // In its last digit of the seconds' fraction, still the same moment to a person.
            "request-date-time" => "2026-11-29T10:00:00Z".to_owned(),
            "trace-id" => "b0c4cfd1-2a4f-4d0c-9f4c-6d1f2f5c7a10".to_owned(),
            "authorization" => format!("Bearer {}A", scene.program.token),
            "digest" => "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned(),
            _ => good().request.headers()["signature"]
                .to_str()
                .unwrap()
                .replace("signature=\"", "signature=\"AA"),
        };
        scene.refuses(with(good(), name, &changed), 401, "EA001").await;
    }
    let mut body = good();
    *body.request.body_mut() = creating("10.01").body;
    scene.refuses(body, 401, "EA001").await;
    let path = format!("{PREFIX}{REQUESTS}/preq_01h455vb4pex5vsknk084sn02q");
    let mut moved = scene.program.sign(&Ask::get(REQUESTS));
    *moved.request.uri_mut() = path.parse().unwrap();
    scene.refuses(moved, 401, "EA001").await;
    let mut query = scene.program.sign(&Ask::get(TRANSACTIONS));
    *query.request.uri_mut() = format!("{PREFIX}{TRANSACTIONS}?limit=1").parse().unwrap();
    scene.refuses(query, 401, "EA001").await;
    assert_eq!(scene.spent().await, 0);
}

#[tokio::test]
async fn a_header_that_is_missing_there_twice_or_of_another_form_is_refused() {
    let scene = Scene::set().await;
    let good = || scene.program.sign(&creating("10.00"));
    for name in ["api-version", "request-date-time", "trace-id", "digest", "signature"] {
        scene.refuses(good().without(name), 400, "EA002").await;
        scene.refuses(good().header(name, "x"), 400, "EA002").await;
    }
    for (name, value) in
        [("api-version", "0.11"), ("request-date-time", "29 Nov 2026 10:00"), ("trace-id", "7")]
    {
        scene.refuses(with(good(), name, value), 400, "EA002").await;
    }
    scene.refuses(good().without("authorization"), 401, "EA001").await;
    scene.refuses(good().header("authorization", "Bearer x"), 401, "EA001").await;
    for left_out in SIGNED.split(' ') {
        let names: Vec<&str> = SIGNED.split(' ').filter(|name| *name != left_out).collect();
        let ask = Ask { signed: names.join(" "), ..creating("10.00") };
        scene.refuses(scene.program.sign(&ask), 401, "EA001").await;
    }
    let long = Ask { body: " ".repeat(70_000), ..creating("1") };
    scene.refuses(scene.program.sign(&long), 413, "body-too-large").await;
    assert_eq!(scene.spent().await, 0);
}

#[tokio::test]
async fn another_algorithm_is_refused_whatever_it_is_called() {
    let scene = Scene::set().await;
    for other in ["none", "hmac-sha1", "rsa-sha256", "hs2019", ""] {
        let call = scene.program.sign(&creating("10.00"));
        let signature = call.request.headers()["signature"].to_str().unwrap();
        let signature = signature.replace("hmac-sha256", other);
        scene.refuses(with(call, "signature", &signature), 401, "EA001").await;
    }
}

#[tokio::test]
async fn a_signature_is_taken_once_and_after_five_minutes_not_at_all() {
    let scene = Scene::set().await;
    let (fixture, program) = (&scene.fixture, &scene.program);
    let call = program.sign(&creating("10.00"));
    fixture.send(call.clone()).await.expect(201);
    scene.refuses(call.clone(), 409, "EA005").await;
    // Forgotten is not good again: the moment that it names is refused.
    for minutes in [-6, 6] {
        let at = time::OffsetDateTime::now_utc() + Duration::minutes(minutes);
        let ask = Ask { at, ..creating("10.00") };
        scene.refuses(program.sign(&ask), 400, "EA002").await;
    }
    for minutes in [-4, 4] {
        let at = time::OffsetDateTime::now_utc() + Duration::minutes(minutes);
        program.send(fixture, &Ask { at, ..creating("10.00") }).await.expect(201);
    }
    // Written otherwise it is the same signature.
    let ask = creating("10.00");
    let call = program.sign(&ask);
    fixture.send(call.clone()).await.expect(201);
    let signature = call.request.headers()["signature"].to_str().unwrap().replace(",", ", ");
    scene.refuses(with(call, "signature", &signature), 409, "EA005").await;
}

#[tokio::test]
async fn of_twenty_that_send_one_signature_at_once_one_is_taken() {
    let scene = Scene::set().await;
    let call = scene.program.sign(&creating("10.00"));
    let sent = (0..20).map(|_| scene.fixture.send(call.clone()));
    let answers = futures_util::future::join_all(sent).await;
    let taken = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!((taken, scene.fixture.database.count("payment_requests").await), (1, 1));
    answers.iter().filter(|it| it.status != 201).for_each(|it| expect_error(it, 409, "EA005"));
}

#[tokio::test]
async fn spent_signatures_leave_after_minutes() {
    let scene = Scene::set().await;
    let (fixture, program) = (&scene.fixture, &scene.program);
    program.send(fixture, &Ask::get(TRANSACTIONS)).await.expect(200);
    fixture.sql("UPDATE spent_signatures SET spent_at = NOW(6) - INTERVAL 16 MINUTE").await;
    for _ in 0..100 {
        program.send(fixture, &Ask::get(TRANSACTIONS)).await.expect(200);
    }
    let sql = "SELECT COUNT(*) FROM spent_signatures WHERE spent_at < NOW(6) - INTERVAL 5 MINUTE";
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let left: Option<u64> =
        mysql_async::prelude::Queryable::query_first(&mut conn, sql).await.unwrap();
    assert_eq!((left, scene.spent().await), (Some(0), 100));
}

#[tokio::test]
async fn no_program_acts_for_another_shop_by_any_mix_of_their_keys() {
    let scene = Scene::set().await;
    let (fixture, program) = (&scene.fixture, &scene.program);
    let (owner, shop) = fixture.shop().await;
    let other = Program::new(fixture, &owner, &wanted(shop)).await;
    let asked = program.request(fixture, "10.00").await;
    let id = asked["paymentRequestId"].as_str().unwrap();
    let payment = scene.pay(id, 1_000).await;
    let own = Program::new(fixture, &scene.owner, &wanted(scene.shop)).await;
    for mixed in [
        Program { token: program.token.clone(), ..other.clone() },
        Program { token: other.token.clone(), ..program.clone() },
        Program { key: other.key.clone(), ..program.clone() },
        Program { key_id: other.key_id.clone(), ..program.clone() },
        // Another credential of the same shop is another one, too.
        Program { token: own.token.clone(), ..program.clone() },
    ] {
        scene.refuses(mixed.sign(&creating("1")), 401, "EA001").await;
    }
    for (ask, code) in [
        (Ask::get(&format!("{REQUESTS}/{id}")), "payment-request-not-found"),
        (
            Ask::new("PUT", &format!("{REQUESTS}/{id}/cancel"), &json!(null)),
            "payment-request-not-found",
        ),
        (refunding(&payment, "1"), "payment-not-found"),
        (Ask::get(&format!("{REQUESTS}/x")), "payment-request-not-found"),
        (refunding("pay_01h455vb4pex5vsknk084sn02q", "1"), "payment-not-found"),
        (refunding("x", "1"), "payment-not-found"),
    ] {
        scene.refuses(other.sign(&ask), 404, code).await;
    }
    let list = other.send(fixture, &Ask::get(TRANSACTIONS)).await.expect(200);
    assert_eq!(list["transactions"], json!([]));
}

#[tokio::test]
async fn a_refund_is_no_payment_that_could_be_refunded() {
    let scene = Scene::set().await;
    let (fixture, program) = (&scene.fixture, &scene.program);
    let asked = program.request(fixture, "10.00").await;
    let payment = scene.pay(asked["paymentRequestId"].as_str().unwrap(), 1_000).await;
    let refund = program.refund(fixture, &payment, "4").await.expect(201);
    let refund = refund["refundId"].as_str().unwrap().replace("rfd_", "pay_");
    scene.refuses(program.sign(&refunding(&refund, "1")), 404, "payment-not-found").await;
}

#[tokio::test]
async fn a_credential_that_has_ended_gets_no_token_and_its_tokens_are_good_no_more() {
    let scene = Scene::set().await;
    let (fixture, owner) = (&scene.fixture, &scene.owner);
    let ended = Program::new(fixture, owner, &wanted(scene.shop)).await;
    let path = format!("{CREDENTIALS}/{}/deactivate", ended.client_id);
    fixture.send(Call::post(&path).bearer(&owner.token)).await.expect(200);
    scene.refuses(ended.sign(&creating("1")), 401, "EA001").await;
    expect_error(&ended.ask_token(fixture).await, 401, "EA001");
    scene.program.request(fixture, "1").await;
    fixture.sql("UPDATE api_credentials SET expires_at = NOW(6)").await;
    scene.refuses(scene.program.sign(&creating("1")), 401, "EA001").await;
    expect_error(&scene.program.ask_token(fixture).await, 401, "EA001");
    let list = format!("{CREDENTIALS}?business_id={}", scene.shop);
    let (_, list) = fixture.get(owner, &list).await;
    let statuses = list["items"].as_array().unwrap().iter().map(|it| it["status"].clone());
    assert_eq!(statuses.collect::<Vec<_>>(), [json!("deactivated"), json!("expired")]);
}

#[tokio::test]
async fn what_takes_an_account_back_ends_the_credentials_of_all_its_shops_and_no_others() {
    let scene = Scene::set().await;
    let (fixture, owner) = (&scene.fixture, &scene.owner);
    let second = fixture.shop_of(owner).await;
    let of_second = Program::new(fixture, owner, &wanted(second)).await;
    let (other, other_shop) = fixture.shop().await;
    let of_other = Program::new(fixture, &other, &wanted(other_shop)).await;
    let happens = async |kind: &str| {
        let user_id = owner.user_id.to_string();
        let recorded = SecurityEventRecordedV1 { user_id: user_id.clone(), kind: kind.to_owned() };
        fixture.deliver("payments_on_auth", &[testkit::event(&user_id, &recorded)]).await;
    };
    happens("recovery-asked").await;
    scene.program.request(fixture, "1").await;
    happens("account-recovered").await;
    for ended in [&scene.program, &of_second] {
        scene.refuses(ended.sign(&creating("1")), 401, "EA001").await;
        expect_error(&ended.ask_token(fixture).await, 401, "EA001");
    }
    of_other.request(fixture, "1").await;
    // Whoever has the account now lets programs act again.
    let again = Program::new(fixture, owner, &wanted(scene.shop)).await;
    again.request(fixture, "1").await;
}

#[tokio::test]
async fn a_token_is_asked_for_with_its_own_secret_in_a_form() {
    let scene = Scene::set().await;
    let (fixture, program) = (&scene.fixture, &scene.program);
    let id = &program.client_id;
    for other in [
        Program { client_secret: "x".to_owned(), ..program.clone() },
        Program { client_secret: program.key.clone(), ..program.clone() },
        Program { client_id: "x".to_owned(), ..program.clone() },
        Program { client_id: "apc_01h455vb4pex5vsknk084sn02q".to_owned(), ..program.clone() },
    ] {
        expect_error(&other.ask_token(fixture).await, 401, "EA001");
    }
    for form in ["", "client_id=x", &format!("client_id={id}"), "{}"] {
        let call = Call::post(&format!("{PREFIX}/oauth2/token"));
        let call = call.body("application/x-www-form-urlencoded", form);
        expect_error(&fixture.send(call).await, 400, "invalid-body");
    }
}

#[tokio::test]
async fn each_scope_opens_what_it_names_and_nothing_else() {
    let scene = Scene::set().await;
    let (fixture, program) = (&scene.fixture, &scene.program);
    let asked = program.request(fixture, "10.00").await;
    let id = asked["paymentRequestId"].as_str().unwrap();
    let payment = scene.pay(id, 1_000).await;
    let cancel = Ask::new("PUT", &format!("{REQUESTS}/{id}/cancel"), &json!(null));
    let asks = [
        ("requests", creating("1")),
        ("requests", cancel),
        ("refunds", refunding(&payment, "1")),
        ("read", Ask::get(&format!("{REQUESTS}/{id}"))),
        ("read", Ask::get(TRANSACTIONS)),
    ];
    for scope in ["requests", "refunds", "read"] {
        let mut body = wanted(scene.shop);
        body["scopes"] = json!([scope]);
        let limited = Program::new(fixture, &scene.owner, &body).await;
        for (needed, ask) in &asks {
            let again = Ask { trace_id: crate::new_key(), ..ask.clone() };
            if *needed == scope {
                let answer = limited.send(fixture, &again).await;
                assert!(![401, 403].contains(&answer.status), "{scope}: {}", answer.text());
            } else {
                scene.refuses(limited.sign(&again), 403, "EA003").await;
            }
        }
    }
}

#[tokio::test]
async fn a_credential_for_some_addresses_is_for_no_others() {
    let scene = Scene::set().await;
    let fixture = &scene.fixture;
    let program = scene.program.clone();
    fixture
        .sql("UPDATE api_credentials SET allowed_addresses = '203.0.113.0/24,2001:db8::1'")
        .await;
    let from = |address: &str| program.sign(&creating("1")).header("x-azure-socketip", address);
    for address in ["203.0.113.9", "2001:db8::1"] {
        fixture.send(from(address)).await.expect(201);
    }
    for address in ["203.0.114.9", "2001:db8::2", "x", ""] {
        scene.refuses(from(address), 403, "EA003").await;
    }
    scene.refuses(program.sign(&creating("1")), 403, "EA003").await;
    // What a client can say of itself is not listened to.
    let said = program.sign(&creating("1")).header("x-forwarded-for", "203.0.113.9");
    scene.refuses(said, 403, "EA003").await;
    expect_error(&program.ask_token(fixture).await, 403, "EA003");
}

#[tokio::test]
async fn a_client_may_sign_the_whole_path_where_nothing_rewrites_it() {
    let scene = Scene::set().await;
    let ask = Ask::get(TRANSACTIONS);
    let whole = Ask { path: format!("{PREFIX}{TRANSACTIONS}"), ..ask };
    let mut call = scene.program.sign(&whole);
    *call.request.uri_mut() = format!("{PREFIX}{TRANSACTIONS}").parse().unwrap();
    scene.fixture.send(call).await.expect(200);
}

#[tokio::test]
async fn a_get_may_be_signed_with_the_digest_of_a_body_that_was_not_sent() {
    let scene = Scene::set().await;
    let ask = Ask { body: "{}".to_owned(), ..Ask::get(TRANSACTIONS) };
    let mut call = scene.program.sign(&ask);
    call.request.body_mut().clear();
    scene.fixture.send(call).await.expect(200);
    let mut call = scene.program.sign(&Ask { body: "{}".to_owned(), ..creating("1") });
    call.request.body_mut().clear();
    scene.refuses(call, 401, "EA001").await;
}
