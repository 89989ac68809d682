//! When a shop is open: said by whoever runs it, read by anybody.

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, Device, InProcess};
use values::{BusinessId, Product, UserId};

use crate::businesses::{ALL, path, tea_house};
use crate::staff::{Person, hire, send};
use crate::{Fixture, change};

async fn open_shop(fixture: &Fixture) -> (String, String) {
    let shop = path(&fixture.call("POST", ALL, Some(&tea_house())).await.1);
    let hours = format!("{shop}/hours");
    (shop, hours)
}

/// The same each day.
fn week(intervals: &Value) -> Value {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    days.into_iter()
        .map(|day| (day.to_owned(), intervals.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn always() -> Value {
    week(&json!([{"from": "06:00", "until": "06:00"}]))
}

#[tokio::test]
async fn the_owner_says_when_the_shop_is_open_and_a_customer_reads_whether_it_is_now() {
    let fixture = Fixture::new().await;
    let (shop, hours) = open_shop(&fixture).await;
    let customer = fixture.issuer.token(UserId::new(), Product::Consumer, &Device::new());
    let read = async || fixture.call_with(&customer, "GET", &hours, None).await;
    let unsaid = json!({
        "week": null, "special_days": [], "is_open": null, "changes_at": null, "version": 1,
    });
    assert_eq!(read().await, (200, unsaid));

    let xmas = json!({"date": "2020-12-25", "open": [{"from": "11:00", "until": "01:00"}]});
    let said = json!({"week": always(), "special_days": [xmas]});
    let answer = fixture.change(&hours, 1, &said).await.expect(200);
    let open = json!({
        "week": always(), "special_days": [xmas], "is_open": true, "changes_at": null, "version": 2,
    });
    assert_eq!((&answer, read().await), (&open, (200, open.clone())));
    assert_eq!(fixture.change(&hours, 2, &said).await.expect(200), open);

    let closed = fixture.change(&hours, 2, &json!({"week": week(&json!([]))})).await.expect(200);
    assert_eq!((&closed["is_open"], &closed["changes_at"]), (&json!(false), &Value::Null));
    assert_eq!((&closed["special_days"], &closed["version"]), (&json!([xmas]), &json!(3)));
    let none = fixture.change(&hours, 3, &json!({"week": null, "special_days": []})).await;
    assert_eq!(
        (&none.expect(200)["is_open"], read().await.1["version"].as_u64()),
        (&Value::Null, Some(4))
    );

    // The shop's own version is another, and nobody else is told.
    assert_eq!(fixture.call("GET", &shop, None).await.1["version"], 1);
    assert_eq!(fixture.database.count("outbox").await, 1);
}

#[tokio::test]
async fn managers_say_it_too_cashiers_only_read_it_and_to_others_there_is_no_such_shop() {
    let fixture = Fixture::new().await;
    let (shop, hours) = open_shop(&fixture).await;
    let say = |version| change(&hours, version, &json!({"week": always()}));
    let manager = hire(&fixture, &shop, "manager").await;
    let cashier = hire(&fixture, &shop, "cashier").await;
    let stranger = Person::new(&fixture);
    send(&fixture, &cashier, say(1)).await.expect_refusal(403, "not-allowed-for-role");
    send(&fixture, &stranger, say(1)).await.expect_refusal(404, "business-not-found");
    let consumer = fixture.issuer.token(fixture.user_id, Product::Consumer, &Device::new());
    let foreign = say(1).bearer(&consumer).send(&fixture.routes).await;
    foreign.expect_refusal(403, "wrong-product");
    assert_eq!(send(&fixture, &manager, say(1)).await.expect(200)["version"], 2);
    for person in [&cashier, &stranger] {
        assert_eq!(send(&fixture, person, Call::get(&hours)).await.expect(200)["is_open"], true);
    }
    let unsigned = Call::get(&hours).send(&fixture.routes).await;
    assert_eq!(unsigned.status, 401);

    fixture.call("DELETE", &shop, None).await;
    for nowhere in [&hours, &format!("{ALL}/{}/hours", BusinessId::new())] {
        let answer = send(&fixture, &stranger, Call::get(nowhere)).await;
        answer.expect_refusal(404, "business-not-found");
    }
    send(&fixture, &manager, say(2)).await.expect_refusal(404, "business-not-found");
}

#[tokio::test]
async fn refused_hours_change_nothing() {
    let fixture = Fixture::new().await;
    let (_, hours) = open_shop(&fixture).await;
    let before = fixture.change(&hours, 1, &json!({"week": always()})).await.expect(200);
    let every_day = |intervals: Value| json!({"week": week(&intervals)});
    let night = json!({"from": "20:00", "until": "08:00"});
    let five = [1, 2, 3, 4, 5].map(|at| json!({"from": format!("0{at}:00"), "until": "05:30"}));
    let xmas = json!({"date": "2026-12-25", "open": []});
    for (said, status, code) in [
        (every_day(json!([{"from": "07:59", "until": "09:00"}, night])), 422, "hours-overlap"),
        (json!({"special_days": [xmas, xmas]}), 422, "hours-overlap"),
        (every_day(json!(five)), 422, "too-many-hours"),
        (json!({"special_days": vec![xmas; 61]}), 422, "too-many-hours"),
        (every_day(json!([{"from": "09:00", "until": "24:00"}])), 400, "invalid-body"),
        (every_day(json!([{"from": "09:00"}])), 400, "invalid-body"),
        (every_day(json!(null)), 400, "invalid-body"),
        (json!({"week": {"monday": []}}), 400, "invalid-body"),
        (json!({"special_days": null}), 400, "invalid-body"),
        (json!({"special_days": [{"date": "2026-02-29", "open": []}]}), 400, "invalid-body"),
    ] {
        fixture.change(&hours, 2, &said).await.expect_refusal(status, code);
    }
    fixture.change(&hours, 1, &json!({"week": null})).await.expect_refusal(412, "version-stale");
    assert_eq!(fixture.call("GET", &hours, None).await, (200, before));
}

#[tokio::test]
async fn of_two_who_say_it_at_once_one_is_told_that_it_was_changed() {
    let fixture = Fixture::new().await;
    let (_, hours) = open_shop(&fixture).await;
    for version in 1..=10 {
        let said = ["08:00", "09:00"].map(|until| {
            let evening = json!({"from": "20:00", "until": format!("21:{version:02}")});
            json!({"week": week(&json!([{"from": "07:00", "until": until}, evening]))})
        });
        let calls = said.iter().map(|said| fixture.change(&hours, version, said));
        let answers = futures_util::future::join_all(calls).await;
        let (made, late): (Vec<_>, Vec<_>) =
            answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((made.len(), late.len()), (1, 1));
        late[0].expect_refusal(412, "version-stale");
        assert_eq!(fixture.call("GET", &hours, None).await.1["week"], made[0].json()["week"]);
    }
}

#[tokio::test]
async fn stored_hours_that_break_the_rules_are_not_shown() {
    let fixture = Fixture::new().await;
    let (_, hours) = open_shop(&fixture).await;
    let xmas = json!({"date": "2026-12-25", "open": []});
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for stored in [json!({"week": null, "special_days": [xmas, xmas]}), json!({"week": 7})] {
        let sql = "UPDATE businesses SET opening_hours = ?, hours_version = 1";
        conn.exec_drop(sql, (stored.to_string(),)).await.unwrap();
        let (status, problem) = fixture.call("GET", &hours, None).await;
        assert_eq!((status, problem.to_string().contains("2026")), (500, false));
    }
}
