//! One history of all kinds: what each line says and belongs to, and which lines are wanted.

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use time::OffsetDateTime;
use values::{BusinessId, Money, OperationTerms, Product, TransferId};

use crate::authorisations::{authorised, capture, void};
use crate::bills::only_share;
use crate::money_requests::signed_payment;
use crate::pay::PAYMENTS;
use crate::peer_payments::{PEER_PAYMENTS, name, signed_amount};
use crate::schedules::path_of;
use crate::withdrawals::{WITHDRAWALS, signed as withdrawal};
use crate::{Fixture, Person, new_key, signed, signed_at, terms};

pub(crate) const MOVEMENTS: &str = "/api/v1/wallets/me/movements";

/// A person whose wallet has moved in each way, a friend and a shop.
pub(crate) struct Scene {
    pub(crate) fixture: Fixture,
    pub(crate) person: Person,
    pub(crate) friend: Person,
    pub(crate) owner: Person,
    pub(crate) shop: BusinessId,
    /// Of the person's schedule.
    schedule: Value,
}

impl Scene {
    pub(crate) async fn set() -> Self {
        let fixture = Fixture::new().await;
        let person = fixture.consumer_with(300_000).await;
        let friend = fixture.consumer_with(100_000).await;
        name(&fixture, &person, "陳大文").await;
        name(&fixture, &friend, "小明").await;
        let (owner, shop) = fixture.shop().await;
        let schedule = fixture.scheduled(&person, &friend, 700, "monthly").await;
        let scene = Self { fixture, person, friend, owner, shop, schedule };
        scene.pay_shop().await;
        scene.pay_friend().await;
        scene.give_away().await;
        let key = new_key();
        scene.done(&scene.person, WITHDRAWALS, &key, &withdrawal(&scene.person, 1_000, &key)).await;
        scene
    }

    async fn done(&self, who: &Person, path: &str, key: &str, body: &Value) -> Value {
        let (status, done) = self.fixture.post(who, path, key, body).await;
        assert_eq!(status, 201, "{path}: {done}");
        done
    }

    /// By a request, of which a part comes back, and by the shop's static code.
    async fn pay_shop(&self) {
        let Self { fixture, person, owner, shop, .. } = self;
        let (request, key) = (fixture.request(owner, *shop).await, new_key());
        let paid = self.done(person, PAYMENTS, &key, &signed(person, *shop, &request, &key)).await;
        let path = format!("{PAYMENTS}/{}/refunds", paid["payment_id"].as_str().unwrap());
        let refund = json!({"amount": {"amount": 100, "currency": "HKD"}, "reason": "湯凍了"});
        self.done(owner, &path, &new_key(), &refund).await;
        let key = new_key();
        let entered = OperationTerms {
            payment_request_id: None,
            reference: Some("INV-7".to_owned().try_into().unwrap()),
            amount: Money::hkd(1_500).unwrap(),
            ..terms(person, *shop, &request, &key)
        };
        let paid = signed_at(person, entered, OffsetDateTime::now_utc());
        self.done(person, PAYMENTS, &key, &paid).await;
    }

    /// Unasked, asked, for a share of a bill, and on the date of a schedule.
    async fn pay_friend(&self) {
        let Self { fixture, person, friend, .. } = self;
        let key = new_key();
        let unasked = signed_amount(person, friend.user_id, 500, &key);
        self.done(person, PEER_PAYMENTS, &key, &unasked).await;
        let asked = fixture.asked(friend, person, 300).await;
        let (_, share) = only_share(&fixture.routes, friend, person, 400).await;
        for request in [asked, share] {
            let key = new_key();
            self.done(person, PEER_PAYMENTS, &key, &signed_payment(person, &request, &key)).await;
        }
        fixture.days_go_by(2).await;
        fixture.run_schedules().await;
    }

    /// A link that is claimed, one that is taken back, and a share of the friend's red packet.
    async fn give_away(&self) {
        let Self { fixture, person, friend, .. } = self;
        let claimed = fixture.pay_link(person, 600).await;
        assert_eq!(fixture.claim(friend, &claimed).await.0, 201);
        let cancelled = fixture.pay_link(person, 200).await;
        assert_eq!(fixture.cancel(person, &cancelled).await.0, 200);
        let packet = fixture.red_packet(friend, 100, "equal-2").await;
        assert_eq!(fixture.claim(person, &packet).await.0, 201);
    }

    pub(crate) fn of_shop(&self) -> String {
        format!("/api/v1/wallets/businesses/{}/movements", self.shop)
    }

    /// The items of a list that must be a whole one.
    pub(crate) async fn items(&self, person: &Person, path: &str) -> Vec<Value> {
        let (status, page) = self.fixture.get(person, path).await;
        assert_eq!((status, &page["next_cursor"]), (200, &json!(null)), "{path}: {page}");
        page["items"].as_array().unwrap().clone()
    }

    /// The amounts of the person's movements that are wanted, newest first.
    async fn amounts(&self, query: &str) -> Vec<i64> {
        let items = self.items(&self.person, &format!("{MOVEMENTS}?{query}")).await;
        items.iter().map(|item| item["amount"]["amount"].as_i64().unwrap()).collect()
    }
}

/// Type and direction, amount, who is on the other side, the parent's type, and what was said.
fn told(item: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let kind = format!("{} {}", text(&item["subject"]["type"]), text(&item["direction"]));
    let kind = if item["is_fee"] == true { format!("{kind} fee") } else { kind };
    let said = text(&item["note"]) + &text(&item["reference"]);
    json!([
        kind,
        item["amount"]["amount"],
        text(&item["counterparty"]["name"]),
        text(&item["parent"]["type"]),
        said,
    ])
}

#[tokio::test]
async fn each_line_says_what_it_is_with_whom_what_was_said_and_what_it_belongs_to() {
    let scene = Scene::set().await;
    let items = scene.items(&scene.person, MOVEMENTS).await;
    let lines: Vec<Value> = items.iter().map(told).collect();
    let shop = "永記茶餐廳";
    let expected = [
        json!(["withdrawal out", 1_000, "", "", ""]),
        json!(["claim in", 50, "小明", "red-packet", "恭喜發財"]),
        json!(["return in", 200, "", "pay-link", "午飯"]),
        json!(["pay-link out", 200, "", "", "午飯"]),
        json!(["pay-link out", 600, "", "", "午飯"]),
        json!(["peer-payment out", 700, "小明", "schedule", "房租"]),
        json!(["peer-payment out", 400, "小明", "bill", ""]),
        json!(["peer-payment out", 300, "小明", "money-request", ""]),
        json!(["peer-payment out", 500, "小明", "", "午飯"]),
        json!(["payment out", 1_500, shop, "", "INV-7"]),
        json!(["refund in", 100, shop, "payment", "湯凍了"]),
        json!(["payment out", 12_850, shop, "payment-request", ""]),
        json!(["top-up in", 300_000, "", "", ""]),
    ];
    assert_eq!(lines, expected);
    assert_eq!(items[5]["parent"]["id"], scene.schedule["schedule_id"]);
    // A refund names its payment, which says how much has come back.
    assert_eq!(items[10]["parent"]["id"], items[11]["subject"]["id"]);
    let refunded = |at: usize| items[at]["refunded"]["amount"].clone();
    assert_eq!((refunded(11), refunded(9), refunded(10)), (json!(100), json!(0), json!(null)));

    // Whose schedule it is, is for its owner alone.
    let of_friend = scene.items(&scene.friend, MOVEMENTS).await;
    let lines: Vec<Value> = of_friend.iter().map(told).collect();
    assert!(lines.contains(&json!(["peer-payment in", 700, "陳大文", "", "房租"])), "{lines:?}");
    assert!(lines.contains(&json!(["peer-payment in", 400, "陳大文", "bill", ""])), "{lines:?}");
    assert!(lines.contains(&json!(["claim in", 600, "陳大文", "pay-link", "午飯"])), "{lines:?}");
    let of_shop = scene.items(&scene.owner, &scene.of_shop()).await;
    let lines: Vec<Value> = of_shop.iter().map(told).collect();
    let expected = [
        json!(["payment out fee", 23, "", "", "INV-7"]),
        json!(["payment in", 1_500, "陳大文", "", "INV-7"]),
        json!(["refund in fee", 2, "", "payment", "湯凍了"]),
        json!(["refund out", 100, "陳大文", "payment", "湯凍了"]),
        json!(["payment out fee", 193, "", "payment-request", ""]),
        json!(["payment in", 12_850, "陳大文", "payment-request", ""]),
    ];
    assert_eq!(lines, expected);
    assert_eq!(of_shop[5]["refunded"]["amount"], 100);
    assert_eq!(of_shop[4]["refunded"], json!(null));

    let (_, home) = scene.fixture.get(&scene.person, "/api/v1/home").await;
    assert_eq!(home["movements"], json!(items[..10]));
    let schedule = path_of(&scene.schedule);
    assert_eq!(scene.fixture.get(&scene.friend, &schedule).await.0, 404);
}

#[tokio::test]
async fn a_history_is_narrowed_to_what_is_wanted_and_a_cursor_to_the_same() {
    let scene = Scene::set().await;
    let (friend, shop) = (scene.friend.user_id, scene.shop);
    let all = [1_000, 50, 200, 200, 600, 700, 400, 300, 500, 1_500, 100, 12_850, 300_000];
    for (query, amounts) in [
        ("".to_owned(), &all[..]),
        ("type=payment".to_owned(), &[1_500, 12_850]),
        ("type=refund,payment,refund".to_owned(), &[1_500, 100, 12_850]),
        ("type=fee".to_owned(), &[]),
        ("type=claim,return".to_owned(), &[50, 200]),
        ("direction=in".to_owned(), &[50, 200, 100, 300_000]),
        ("direction=out&type=pay-link,red-packet".to_owned(), &[200, 600]),
        ("direction=in&type=payment".to_owned(), &[]),
        (format!("counterparty_id={friend}"), &[50, 700, 400, 300, 500]),
        (format!("counterparty_id={friend}&direction=in"), &[50]),
        (format!("counterparty_id={shop}"), &[1_500, 100, 12_850]),
        (format!("counterparty_id={shop}&type=payment&amount_from=1501"), &[12_850]),
        (format!("counterparty_id={}", BusinessId::new()), &[]),
        ("amount_from=500&amount_to=700".to_owned(), &[600, 700, 500]),
        ("amount_to=50".to_owned(), &[50]),
        ("amount_from=700&amount_to=500".to_owned(), &[]),
        (format!("amount_from={}", u32::MAX), &[]),
        ("type=payment&created_before=2026-01-01T00:00:00Z".to_owned(), &[]),
    ] {
        assert_eq!(scene.amounts(&query).await, amounts, "{query}");
    }
    let fees = format!("{}?type=fee&direction=out", scene.of_shop());
    assert_eq!(scene.items(&scene.owner, &fees).await.len(), 2);

    let narrowed = format!("{MOVEMENTS}?type=payment&limit=1");
    let (_, page) = scene.fixture.get(&scene.person, &narrowed).await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let (_, rest) = scene.fixture.get(&scene.person, &format!("{narrowed}&cursor={cursor}")).await;
    assert_eq!(
        (&rest["items"][0]["amount"]["amount"], &rest["next_cursor"]),
        (&12_850.into(), &Value::Null)
    );
    for (query, code) in [
        (format!("type=refund&limit=1&cursor={cursor}"), "cursor-invalid"),
        ("type=".to_owned(), "invalid-query"),
        ("type=payments".to_owned(), "invalid-query"),
        ("type=payment&type=refund".to_owned(), "invalid-query"),
        ("kind=payment".to_owned(), "invalid-query"),
        ("direction=sideways".to_owned(), "invalid-query"),
        ("counterparty_id=pay_01h455vb4pex5vsknk084sn02q".to_owned(), "invalid-query"),
        ("amount_from=-1".to_owned(), "invalid-query"),
        ("amount_to=1.5".to_owned(), "invalid-query"),
        ("amount_to=4294967296".to_owned(), "invalid-query"),
    ] {
        let (status, problem) =
            scene.fixture.get(&scene.person, &format!("{MOVEMENTS}?{query}")).await;
        assert_eq!((status, &problem["code"]), (400, &json!(code)), "{query}");
    }
    let stranger = scene.fixture.person(Product::Consumer).await;
    let of_person = format!("{MOVEMENTS}?counterparty_id={}", scene.person.user_id);
    assert_eq!(scene.items(&stranger, &of_person).await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_only_a_newer_program_knows_is_a_line_and_hides_no_other() {
    let scene = Scene::set().await;
    let before = scene.items(&scene.person, MOVEMENTS).await;
    let known = before[3].clone();
    let id = known["transfer_id"].as_str().unwrap();
    let of_transfer = format!("0x{}", id.parse::<TransferId>().unwrap().uuid().simple());
    for (table, column) in [("transfers", "code"), ("operations", "kind")] {
        let key = if table == "transfers" { "transfer_id" } else { "operation_id" };
        scene
            .fixture
            .execute(&format!("UPDATE {table} SET {column} = 'loan' WHERE {key} = {of_transfer}"))
            .await;
    }
    // So it is of how a payer confirmed: the payment is there, and says nothing of it.
    scene
        .fixture
        .execute("UPDATE operations SET confirmed_by = 'voice' WHERE confirmed_by = 'device'")
        .await;
    let mut expected = before.clone();
    expected[3]["subject"] = json!({"type": "other", "id": id});
    expected[3]["parent"] = Value::Null;
    assert_eq!(scene.items(&scene.person, MOVEMENTS).await, expected);
    let (_, home) = scene.fixture.get(&scene.person, "/api/v1/home").await;
    assert_eq!(home["movements"], json!(expected[..10]));
    let line = before[4]["transfer_id"].as_str().unwrap();
    let receipt = format!("{MOVEMENTS}/{line}/receipt");
    let (status, read) = scene.fixture.get(&scene.person, &receipt).await;
    assert_eq!((status, &read["confirmed_by"]), (200, &Value::Null), "{read}");
    let receipt = format!("{MOVEMENTS}/{id}/receipt");
    let (status, problem) = scene.fixture.get(&scene.person, &receipt).await;
    assert_eq!((status, &problem["code"]), (404, &json!("movement-not-found")));
}

#[tokio::test]
async fn what_is_rare_in_a_long_history_is_found_on_pages_that_may_be_empty() {
    let scene = Scene::set().await;
    let mut conn = scene.fixture.database.pool.get_conn().await.unwrap();
    // Later than all there is; what is shown of them is not looked at.
    conn.query_drop(
        "INSERT INTO transfers (transfer_id, debit_account_id, credit_account_id, amount, currency,
             code, subject_id, phase, created_at)
         WITH RECURSIVE digits AS
             (SELECT 1 AS d UNION ALL SELECT d + 1 FROM digits WHERE d < 50)
         SELECT UNHEX(CONCAT(LPAD(HEX(CONV(LEFT(HEX(transfer_id), 12), 16, 10) + one.d * 50
                 + other.d), 12, '0'), '70008000000000000000')), debit_account_id,
             credit_account_id, amount, currency, code, subject_id, phase, created_at
         FROM transfers JOIN digits AS one JOIN digits AS other
         WHERE code = 'payment' AND amount = 1500",
    )
    .await
    .unwrap();
    let path = format!("{}?type=refund", scene.of_shop());
    let (mut pages, mut found, mut query) = (0, Vec::new(), path.clone());
    loop {
        let (status, page) = scene.fixture.get(&scene.owner, &query).await;
        assert_eq!(status, 200, "{page}");
        pages += 1;
        found.extend(page["items"].as_array().unwrap().iter().map(told));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        assert!(found.is_empty() && pages < 4, "{page}");
        query = format!("{path}&cursor={cursor}");
    }
    assert_eq!(found, [json!(["refund out", 100, "陳大文", "payment", "湯凍了"])]);
    assert_eq!(pages, 3);
}

#[tokio::test]
async fn payments_are_narrowed_to_those_that_stand_in_one_way() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(100_000).await;
    let (owner, shop) = fixture.shop().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(authorised(&fixture, &payer, &owner, shop).await);
    }
    assert_eq!(capture(&fixture, &owner, &ids[0], 5_000).await.0, 200);
    assert_eq!(void(&fixture, &owner, &ids[1]).await.0, 200);
    let of_shop = format!("{PAYMENTS}?business_id={shop}&");
    let of_payer = format!("{PAYMENTS}?");
    for (person, path) in [(&payer, of_payer), (&owner, of_shop)] {
        for (status, id) in [
            ("completed", Some(&ids[0])),
            ("failed", Some(&ids[1])),
            ("pending", Some(&ids[2])),
            ("expired", None),
        ] {
            let (_, page) = fixture.get(person, &format!("{path}status={status}")).await;
            let found = page["items"].as_array().unwrap();
            let found: Vec<&Value> = found.iter().map(|item| &item["payment_id"]).collect();
            assert_eq!(json!(found), json!(id.into_iter().collect::<Vec<_>>()), "{status}");
        }
        let (status, problem) = fixture.get(person, &format!("{path}status=paid")).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid-query")));
    }
}
