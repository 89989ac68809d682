//! Creating, reading and changing one's own businesses.

use std::time::Duration;

use events::business_profile::BusinessChangedV1;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, Device, InProcess};
use values::{BusinessId, DisplayName, Product, SessionId, UserId};

use crate::{Fixture, change};

pub(crate) const ALL: &str = "/api/v1/businesses";
const ROUNDS: u32 = 20;

pub(crate) fn tea_house() -> Value {
    json!({
        "shop_name": "永記茶餐廳", "shop_name_latin": "Wing Kee Tea House",
        "category_code": "5812", "fps_id": "1234567",
    })
}

pub(crate) fn path(business: &Value) -> String {
    format!("{ALL}/{}", business["business_id"].as_str().unwrap())
}

#[tokio::test]
async fn a_business_is_created_changed_read_back_and_told_to_other_services() {
    let fixture = Fixture::new().await;
    let (status, created) = fixture.call("POST", ALL, Some(&tea_house())).await;
    assert_eq!((status, &created["version"]), (201, &json!(1)));
    assert_eq!(created["owner_user_id"], json!(fixture.user_id));
    assert_eq!(fixture.call("GET", &path(&created), None).await, (200, created.clone()));

    let new = json!({"category_code": "5814", "fps_id": null});
    let changed = fixture.change(&path(&created), 1, &new).await;
    let expected = json!({
        "business_id": created["business_id"], "owner_user_id": fixture.user_id,
        "shop_name": "永記茶餐廳", "shop_name_latin": "Wing Kee Tea House", "category_code": "5814",
        "fps_id": null, "logo_id": null, "role": "owner", "version": 2,
    });
    assert_eq!(
        (changed.expect(200), changed.header("etag").split('-').next()),
        (expected.clone(), Some("\"2"))
    );
    let all = json!({"items": [expected], "next_cursor": null});
    assert_eq!(fixture.call("GET", ALL, None).await, (200, all));

    let events = fixture.database.outbox().await;
    let told: Vec<BusinessChangedV1> =
        events.iter().map(|event| event.decode().unwrap().unwrap()).collect();
    assert_eq!((told.len(), told[0].version, told[1].version), (2, 1, 2));
    assert_eq!(
        (told[0].shop_name.as_str(), told[0].fps_id.as_deref()),
        ("永記茶餐廳", Some("1234567"))
    );
    assert_eq!(told[0].shop_name_latin.as_deref(), Some("Wing Kee Tea House"));
    assert_eq!((told[1].category_code.as_str(), &told[1].fps_id), ("5814", &None));
    assert_eq!(told[1].owner_user_id, fixture.user_id.to_string());
    assert_eq!(json!(events[1].subject), created["business_id"]);
}

#[tokio::test]
async fn a_person_owns_at_most_five_businesses_even_if_ten_are_created_at_once() {
    let fixture = Fixture::new().await;
    let body = tea_house();
    let calls = (0..10).map(|_| fixture.call("POST", ALL, Some(&body)));
    let (mut created, mut refused) = (0, 0);
    for (status, answer) in futures_util::future::join_all(calls).await {
        match status {
            201 => created += 1,
            _ => {
                assert_eq!((status, &answer["code"]), (409, &json!("too-many-businesses")));
                refused += 1;
            }
        }
    }
    assert_eq!((created, refused), (5, 5));
    assert_eq!(fixture.database.count("businesses").await, 5);
    assert_eq!(fixture.database.count("outbox").await, 5);

    let other = fixture.issuer.token(UserId::new(), Product::Business, &Device::new());
    assert_eq!(fixture.call_with(&other, "POST", ALL, Some(&body)).await.0, 201);
}

#[tokio::test]
async fn somebody_elses_business_is_neither_seen_nor_changed() {
    let fixture = Fixture::new().await;
    let (_, created) = fixture.call("POST", ALL, Some(&tea_house())).await;
    let other = fixture.issuer.token(UserId::new(), Product::Business, &Device::new());
    for method in ["GET", "DELETE"] {
        let (status, problem) = fixture.call_with(&other, method, &path(&created), None).await;
        assert_eq!((status, &problem["code"]), (404, &json!("business-not-found")), "{method}");
    }
    let steal = change(&path(&created), 1, &json!({"shop_name": "Mine"})).bearer(&other);
    steal.send(&fixture.routes).await.expect_refusal(404, "business-not-found");
    let (_, list) = fixture.call_with(&other, "GET", ALL, None).await;
    assert_eq!(list, json!({"items": [], "next_cursor": null}));
    assert_eq!(fixture.call("GET", &path(&created), None).await.1, created);
    assert_eq!(fixture.database.count("outbox").await, 1);

    let unknown = format!("{ALL}/{}", BusinessId::new());
    assert_eq!(fixture.call("GET", &unknown, None).await.1["code"], "business-not-found");
}

#[tokio::test]
async fn the_other_product_may_not_call() {
    let fixture = Fixture::new().await;
    let consumer = fixture.issuer.token(fixture.user_id, Product::Consumer, &Device::new());
    for (method, body) in [("GET", None), ("POST", Some(&tea_house()))] {
        let (status, problem) = fixture.call_with(&consumer, method, ALL, body).await;
        assert_eq!((status, &problem["code"]), (403, &json!("wrong-product")), "{method}");
    }
    let (status, problem) = fixture.call_with("forged", "GET", ALL, None).await;
    assert_eq!((status, &problem["code"]), (401, &json!("invalid-token")));
}

#[tokio::test]
async fn a_refused_business_changes_nothing() {
    let fixture = Fixture::new().await;
    let (_, created) = fixture.call("POST", ALL, Some(&tea_house())).await;
    for body in [
        json!({"shop_name": "", "category_code": "5812"}),
        json!({"shop_name": "文".repeat(51), "category_code": "5812"}),
        json!({"shop_name": "Wing Kee"}),
        json!({"shop_name": "Wing Kee", "category_code": "58"}),
        json!({"shop_name": "Wing Kee", "category_code": 5812}),
        json!({"shop_name": "Wing Kee", "category_code": "5812", "fps_id": "12345"}),
        json!({"shop_name": "永記", "shop_name_latin": "永記", "category_code": "5812"}),
        json!({"shop_name": "永記", "shop_name_latin": "a".repeat(26), "category_code": "5812"}),
        json!({"shop_name": "Wing Kee", "category_code": "5812", "version": 7}),
        json!([]),
    ] {
        let (status, problem) = fixture.call("POST", ALL, Some(&body)).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid-body")), "{body}");
    }
    assert_eq!(fixture.call("GET", &path(&created), None).await.1, created);
    assert_eq!(fixture.database.count("outbox").await, 1);
}

#[tokio::test]
async fn a_refused_change_changes_nothing() {
    let fixture = Fixture::new().await;
    let (_, created) = fixture.call("POST", ALL, Some(&tea_house())).await;
    let path = path(&created);
    for patch in [
        json!({"shop_name": ""}),
        json!({"shop_name": null}),
        json!({"shop_name": "文".repeat(51)}),
        json!({"shop_name_latin": "永記"}),
        json!({"category_code": "58"}),
        json!({"category_code": 5812}),
        json!({"category_code": null}),
        json!({"shop_name": "Wing Kee", "fps_id": "12345"}),
        json!({"shop_name": "Wing Kee", "version": 7}),
        json!([]),
    ] {
        fixture.change(&path, 1, &patch).await.expect_refusal(400, "invalid-body");
    }
    let name = json!({"shop_name": "Wing Kee"});
    fixture.change(&path, 2, &name).await.expect_refusal(412, "version-stale");
    let routes = fixture.routes.clone();
    let unconditional = change(&path, 1, &name).without("if-match").bearer(&fixture.token);
    unconditional.send(&routes).await.expect_refusal(428, "if-match-missing");
    let replacing = Call::new("PUT", &path).bearer(&fixture.token).json(&tea_house());
    replacing.send(&routes).await.expect_refusal(405, "method-not-allowed");
    assert_eq!(fixture.call("GET", &path, None).await.1, created);
    assert_eq!(fixture.database.count("outbox").await, 1);
}

#[tokio::test]
async fn a_change_that_changes_nothing_keeps_the_version_and_is_not_told() {
    let fixture = Fixture::new().await;
    let (_, created) = fixture.call("POST", ALL, Some(&tea_house())).await;
    for same in [json!({}), tea_house()] {
        assert_eq!(fixture.change(&path(&created), 1, &same).await.expect(200), created);
    }
    assert_eq!(fixture.database.count("outbox").await, 1);
}

#[tokio::test]
async fn of_changes_of_one_version_at_once_one_is_made() {
    let fixture = Fixture::new().await;
    let (_, created) = fixture.call("POST", ALL, Some(&tea_house())).await;
    let path = path(&created);
    // Many versions, because not all twins come into each other's way.
    for version in 1..=ROUNDS {
        let patches = ["Wing Kee", "Wah Kee", "Fook Kee", "Hing Kee"].map(|name| {
            let shop_name = format!("{name} {version}");
            json!({"shop_name": shop_name})
        });
        let calls = patches.iter().map(|patch| fixture.change(&path, version, patch));
        let mut made = Vec::new();
        for answer in futures_util::future::join_all(calls).await {
            match answer.status {
                200 => made.push(answer.json()),
                _ => answer.expect_refusal(412, "version-stale"),
            }
        }
        assert_eq!(made.len(), 1);
        assert_eq!(fixture.call("GET", &path, None).await.1, made[0]);
    }
    assert_eq!(fixture.database.count("outbox").await, u64::from(ROUNDS) + 1);
}

#[tokio::test]
async fn a_business_that_the_phone_holds_is_not_sent_again_until_it_changes() {
    let fixture = Fixture::new().await;
    let (_, created) = fixture.call("POST", ALL, Some(&tea_house())).await;
    let (path, routes) = (path(&created), fixture.routes.clone());
    let read = Call::get(&path).bearer(&fixture.token);
    let first = read.clone().send(&routes).await;
    assert_eq!((first.status, first.header("etag").split('-').next()), (200, Some("\"1")));
    assert_eq!(first.header("cache-control"), "no-store");
    let again = read.header("if-none-match", first.header("etag"));
    let same = again.clone().send(&routes).await;
    assert_eq!((same.status, same.body.len()), (304, 0));

    fixture.change(&path, 1, &json!({"shop_name_latin": null})).await.expect(200);
    let changed = again.send(&routes).await.expect(200);
    assert_eq!((&changed["shop_name_latin"], &changed["version"]), (&Value::Null, &json!(2)));
}

#[tokio::test]
async fn shops_whose_names_look_alike_are_found_by_what_their_names_have_in_common() {
    let fixture = Fixture::new().await;
    let named = |name: &str| json!({"shop_name": name, "category_code": "5812"});
    let alike = async || {
        let mut conn = fixture.database.pool.get_conn().await.unwrap();
        let skeleton = DisplayName::try_from("HSBC".to_owned()).unwrap().skeleton();
        let sql = "SELECT COUNT(*) FROM businesses WHERE name_skeleton = ?";
        conn.exec_first::<u64, _, _>(sql, (skeleton,)).await.unwrap()
    };
    let longest = "m".repeat(50);
    for name in ["\u{41d}\u{405}\u{412}\u{421}", "ｈｓｂｃ", &longest, "永記茶餐廳"] {
        assert_eq!(fixture.call("POST", ALL, Some(&named(name))).await.0, 201, "{name}");
    }
    let (_, created) = fixture.call("POST", ALL, Some(&named("Wing Kee"))).await;
    assert_eq!(alike().await, Some(2));
    fixture.change(&path(&created), 1, &json!({"shop_name": "hs bc"})).await.expect(200);
    assert_eq!(alike().await, Some(3));
}

#[tokio::test]
async fn a_name_is_stored_composed_and_refused_if_a_reader_cannot_see_it_as_it_is() {
    let fixture = Fixture::new().await;
    let named = |name: &str| json!({"shop_name": name, "category_code": "5812"});
    for (written, stored) in
        [("Cafe\u{301}", "Caf\u{e9}"), ("麵\u{e0100} 👩\u{200d}🍳", "麵\u{e0100} 👩\u{200d}🍳")]
    {
        let (status, created) = fixture.call("POST", ALL, Some(&named(written))).await;
        assert_eq!((status, &created["shop_name"]), (201, &json!(stored)));
    }
    for name in ["HSBC\u{fffc}", "HS\u{202e}BC", "HSBC\u{e0100}", "\u{301}HSBC"] {
        let (status, problem) = fixture.call("POST", ALL, Some(&named(name))).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid-body")), "{name:?}");
    }
    assert_eq!(fixture.database.count("businesses").await, 2);
}

#[tokio::test]
async fn the_relays_timer_is_answered() {
    let fixture = Fixture::new().await;
    let trigger = "/business_profile_relay_outbox";
    assert_eq!(fixture.call("POST", trigger, None).await, (200, json!({})));
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_makes_no_second_business() {
    let fixture = Fixture::new().await;
    let create = Call::post(ALL).bearer(&fixture.token).key("k-1").json(&tea_house());
    let routes = fixture.routes.clone();
    let first = create.clone().send(&routes).await;
    first.expect(201);
    for _ in 0..6 {
        let again = create.clone().send(&routes).await;
        assert_eq!((again.status, &again.body), (201, &first.body));
        assert_eq!(again.header("idempotent-replayed"), "true");
    }
    let other = json!({"shop_name": "Wing Kee", "category_code": "5812"});
    let other = create.clone().json(&other).send(&routes).await;
    other.expect_refusal(422, "idempotency-key-reused");
    let keyless = create.without("idempotency-key").send(&routes).await;
    keyless.expect_refusal(400, "idempotency-key-missing");
    assert_eq!(fixture.database.count("businesses").await, 1);
}

#[tokio::test]
async fn a_key_taken_at_once_makes_one_business_and_all_are_told_the_same() {
    let fixture = Fixture::new().await;
    let create = Call::post(ALL).bearer(&fixture.token).key("k-1").json(&tea_house());
    let routes = fixture.routes.clone();
    let calls = (0..3).map(|_| create.clone().send(&routes));
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.body == answers[0].body));
    assert_eq!(fixture.database.count("businesses").await, 1);
}

#[tokio::test]
async fn a_closed_business_is_gone_for_its_owner_told_to_others_and_makes_room() {
    let fixture = Fixture::new().await;
    let mut created = Vec::new();
    for _ in 0..5 {
        created.push(fixture.call("POST", ALL, Some(&tea_house())).await.1);
    }
    assert_eq!(fixture.call("POST", ALL, Some(&tea_house())).await.0, 409);
    assert_eq!(fixture.call("DELETE", &path(&created[0]), None).await.0, 204);
    let closed = path(&created[0]);
    for method in ["DELETE", "GET"] {
        let (status, problem) = fixture.call(method, &closed, None).await;
        assert_eq!((status, &problem["code"]), (404, &json!("business-not-found")), "{method}");
    }
    let late = fixture.change(&closed, 2, &json!({"shop_name": "Wing Kee"})).await;
    late.expect_refusal(404, "business-not-found");
    assert_eq!(fixture.call("POST", ALL, Some(&tea_house())).await.0, 201);
    let told = fixture.database.told::<BusinessChangedV1>().await;
    assert_eq!((told[5].is_closed, told[5].version), (true, 2));
    assert_eq!(json!(told[5].business_id), created[0]["business_id"]);
}

#[tokio::test]
async fn a_login_that_has_ended_changes_nothing_within_a_second() {
    let fixture = Fixture::new().await;
    let session_id = SessionId::new();
    let device = Device::new();
    let token = fixture.issuer.token_of(fixture.user_id, Product::Business, &device, session_id);
    let (_, created) = fixture.call_with(&token, "POST", ALL, Some(&tea_house())).await;
    fixture.issuer.revoke(session_id);
    tokio::time::sleep(Duration::from_secs(1)).await;
    for (method, path) in [("POST", ALL), ("PATCH", &path(&created)), ("DELETE", &path(&created))] {
        let (status, problem) = fixture.call_with(&token, method, path, Some(&tea_house())).await;
        assert_eq!((status, &problem["code"]), (401, &json!("invalid-token")), "{method}");
    }
    assert_eq!(fixture.call("GET", &path(&created), None).await.1, created);
    assert_eq!(fixture.database.count("outbox").await, 1);
}

#[tokio::test]
async fn twins_of_a_refused_request_are_refused_too_and_leave_the_key_unused() {
    let fixture = Fixture::new().await;
    for _ in 0..5 {
        fixture.call("POST", ALL, Some(&tea_house())).await;
    }
    let create = |key: &str| Call::post(ALL).bearer(&fixture.token).key(key).json(&tea_house());
    let routes = fixture.routes.clone();
    // Many keys, because not every three twins come into each other's way: two that wait for a
    // first which is refused have a deadlock.
    for round in 0..30 {
        let create = create(&format!("k-{round}"));
        let answers = futures_util::future::join_all((0..3).map(|_| create.clone().send(&routes)));
        for answer in answers.await {
            answer.expect_refusal(409, "too-many-businesses");
        }
    }
    let business = fixture.call("GET", ALL, None).await.1["items"][0].clone();
    fixture.call("DELETE", &path(&business), None).await;
    create("k-1").send(&routes).await.expect(201);
}
