//! The first screen: the same as its parts, of one moment, and never a zero for what is not known.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::join;
use serde_json::{Value, json};
use testkit::Call;
use values::{BusinessId, Product};
use warp::http::StatusCode;

use crate::notification_service::{NotificationService, Says};
use crate::{Fixture, Person, closed, net, new_key, signed, start};

const HOME: &str = "/api/v1/home";
const TOP_UPS: &str = "/api/v1/wallets/me/top-ups";
const REQUESTS: &str = "/api/v1/payment-requests";
/// More than the wait for notification, and less than what a late one takes here.
const SOON: Duration = Duration::from_secs(2);

async fn fixture() -> (Fixture, NotificationService) {
    let (fixture, service) = (Fixture::new().await, NotificationService::start().await);
    let app = start(&fixture.database, &fixture.issuer, &service.url);
    (fixture.served_by(app), service)
}

fn of_shop(shop: BusinessId) -> String {
    format!("{HOME}?business_id={shop}")
}

fn codes(home: &Value) -> Vec<&str> {
    let attention = home["attention"].as_array().unwrap();
    attention.iter().map(|one| one["code"].as_str().unwrap()).collect()
}

/// Cents in an account that has these movements and no others.
fn sum(movements: &Value) -> i64 {
    let signed = |movement: &Value| {
        let amount = movement["amount"]["amount"].as_i64().unwrap();
        if movement["direction"] == "in" { amount } else { amount.saturating_neg() }
    };
    movements.as_array().unwrap().iter().map(signed).sum()
}

impl Fixture {
    async fn home(&self, person: &Person, path: &str) -> Value {
        let (status, home) = self.get(person, path).await;
        assert_eq!(status, 200, "{home}");
        home
    }

    pub(crate) async fn pay(&self, payer: &Person, shop: BusinessId, request: &str) {
        let key = new_key();
        let body = signed(payer, shop, request, &key);
        let (status, payment) = self.post(payer, "/api/v1/payments", &key, &body).await;
        assert_eq!(status, 201, "{payment}");
    }

    pub(crate) async fn freeze(&self, account: &str) {
        let path = format!("/api/v1/ledger/accounts/{account}/freeze");
        let body = json!({"reason": "Phone reported stolen", "operator": "ops@example.com"});
        self.send(Call::post(&path).json(&body)).await.expect(200);
    }
}

#[tokio::test]
async fn a_consumer_reads_in_one_answer_what_each_part_says_by_itself() {
    let (fixture, service) = fixture().await;
    let person = fixture.consumer_with(50_000).await;
    let top_up = json!({"amount": {"amount": 1, "currency": "HKD"}});
    for _ in 0..11 {
        fixture.post(&person, TOP_UPS, &new_key(), &top_up).await;
    }
    service.say(Says::Unread(3));

    let home = fixture.home(&person, HOME).await;
    let (_, wallet) = fixture.get(&person, "/api/v1/wallets/me").await;
    let (_, newest) = fixture.get(&person, "/api/v1/wallets/me/movements?limit=10").await;
    let hkd = |amount: i64| json!({"amount": amount, "currency": "HKD"});
    let expected = json!({
        "type": "consumer",
        "wallet": wallet,
        "movements": newest["items"],
        "unread_notifications": 3,
        "open_money_requests": 0,
        "limits": {"amount_max": hkd(999_999_999_999), "wallet_balance_max": hkd(10_000_000)},
        "attention": [],
    });
    assert_eq!(home, expected);
    assert_eq!(wallet["balance"]["amount"], 50_011);
    // As this person, and as part of the same trace.
    assert_eq!(service.asked_with("authorization"), format!("Bearer {}", person.token));
    assert!(service.asked_with("traceparent").starts_with("00-"));
}

#[tokio::test]
async fn a_shop_reads_its_takings_and_the_newest_requests_that_can_be_paid() {
    let (fixture, service) = fixture().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let short = json!({
        "business_id": shop, "amount": {"amount": 1, "currency": "HKD"}, "expires_in_seconds": 1,
    });
    let paid = fixture.request(&owner, shop).await;
    fixture.pay(&payer, shop, &paid).await;
    for _ in 0..11 {
        fixture.request(&owner, shop).await;
    }
    fixture.post(&owner, REQUESTS, &new_key(), &short).await;
    let cancelled = fixture.request(&owner, shop).await;
    fixture.post(&owner, &format!("{REQUESTS}/{cancelled}/cancel"), "-", &json!({})).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    service.say(Says::Unread(1));

    let home = fixture.home(&owner, &of_shop(shop)).await;
    let (_, wallet) = fixture.get(&owner, &format!("/api/v1/wallets/businesses/{shop}")).await;
    let movements = format!("/api/v1/wallets/businesses/{shop}/movements");
    let (_, movements) = fixture.get(&owner, &movements).await;
    let (_, requests) = fixture.get(&owner, &format!("{REQUESTS}?business_id={shop}")).await;
    let requests = requests["items"].as_array().unwrap().clone();
    assert_eq!(requests.len(), 14);
    let open: Vec<Value> = requests.into_iter().filter(|one| one["status"] == "open").collect();
    assert_eq!(home["payment_requests"], json!(open[..10]));
    assert_eq!((&home["wallet"], &home["movements"]), (&wallet, &movements["items"]));
    assert_eq!((&home["type"], &home["business_id"]), (&json!("shop"), &json!(shop)));
    assert_eq!(home["shop_name"], "永記茶餐廳");
    assert_eq!((sum(&home["movements"]), &home["unread_notifications"]), (net(12_850), &json!(1)));
    assert_eq!(codes(&home), Vec::<&str>::new());
}

#[tokio::test]
async fn nobody_reads_the_home_of_another_product_or_another_shop() {
    let (fixture, _) = fixture().await;
    let person = fixture.consumer_with(100).await;
    let (owner, shop) = fixture.shop().await;
    let (rival, _) = fixture.shop().await;
    let old = "biz_01h455vb4pex5vsknk084sn02q";
    for (caller, path, status, code) in [
        (&person, of_shop(shop), 403, "wrong-product"),
        (&owner, HOME.to_owned(), 400, "invalid-query"),
        (&owner, format!("{}&limit=1", of_shop(shop)), 400, "invalid-query"),
        (&rival, of_shop(shop), 404, "business-not-found"),
        (&owner, format!("{HOME}?business_id={old}"), 404, "business-not-found"),
    ] {
        let (came, problem) = fixture.get(caller, &path).await;
        assert_eq!((came, &problem["code"]), (status, &json!(code)), "{path}");
    }
    fixture.send(Call::get(HOME)).await.expect_refusal(401, "invalid-token");
}

#[tokio::test]
async fn what_an_event_will_bring_soon_is_null_and_says_so() {
    let (fixture, service) = fixture().await;
    service.say(Says::Unread(2));
    let home = fixture.home(&fixture.stranger(Product::Consumer), HOME).await;
    assert_eq!((&home["wallet"], &home["movements"]), (&Value::Null, &Value::Null));
    assert_eq!((codes(&home), &home["unread_notifications"]), (vec!["wallet-not-open"], &json!(2)));

    let owner = fixture.person(Product::Business).await;
    let home = fixture.home(&owner, &of_shop(BusinessId::new())).await;
    for part in ["shop_name", "wallet", "movements", "payment_requests"] {
        assert_eq!(home[part], Value::Null, "{part}");
    }
    let attention = (codes(&home), &home["unread_notifications"]);
    assert_eq!(attention, (vec!["shop-not-known-yet"], &json!(2)));
}

#[tokio::test]
async fn what_stops_money_is_said_in_the_customers_language() {
    let (fixture, _) = fixture().await;
    let person = fixture.consumer_with(700).await;
    let (owner, shop) = fixture.shop().await;
    fixture.freeze(&person.user_id.to_string()).await;
    let call = Call::get(HOME).bearer(&person.token).header("accept-language", "zh-HK");
    let home = fixture.send(call).await.expect(200);
    assert_eq!(codes(&home), ["wallet-frozen"]);
    let message = "你的錢包已被凍結，款項暫時不能轉出或存入。請聯絡客戶服務。";
    assert_eq!(home["attention"][0]["message"], message);
    assert_eq!((&home["wallet"]["status"], sum(&home["movements"])), (&json!("frozen"), 700));

    fixture.freeze(&shop.to_string()).await;
    let closed = closed(&owner, shop, 2);
    fixture.deliver("payments_on_business_profile", &[closed]).await;
    let home = fixture.home(&owner, &of_shop(shop)).await;
    assert_eq!(codes(&home), ["shop-closed", "shop-frozen"]);
    assert_eq!((&home["wallet"]["status"], &home["movements"]), (&json!("frozen"), &json!([])));
}

#[tokio::test]
async fn the_document_tells_what_needs_attention_from_its_code() {
    let (fixture, _) = fixture().await;
    let document = fixture.send(Call::get("/api/v1/payments/openapi.json")).await.expect(200);
    let schemas = &document["components"]["schemas"];
    let code = &schemas["Attention"]["properties"]["code"]["$ref"];
    assert_eq!(code, "#/components/schemas/AttentionCode");
    let codes = schemas["AttentionCode"]["x-extensible-enum"].as_array().unwrap();
    assert!(codes.contains(&json!("wallet-frozen")), "{codes:?}");
}

#[tokio::test]
async fn a_notification_service_that_is_late_refuses_or_is_away_costs_its_number_only() {
    let (fixture, service) = fixture().await;
    let person = fixture.consumer_with(700).await;
    let without_count = async |fixture: &Fixture, what: &str| {
        let begun = Instant::now();
        let home = fixture.home(&person, HOME).await;
        assert!(begun.elapsed() < SOON, "{what}: {:?}", begun.elapsed());
        assert_eq!(home["unread_notifications"], Value::Null, "{what}");
        assert_eq!((&home["wallet"]["balance"]["amount"], codes(&home).len()), (&json!(700), 0));
    };
    for says in [
        Says::UnreadAfter(SOON.saturating_mul(2)),
        Says::Refuses(StatusCode::UNAUTHORIZED),
        Says::Refuses(StatusCode::SERVICE_UNAVAILABLE),
        Says::Nonsense,
    ] {
        service.say(says);
        without_count(&fixture, &format!("{says:?}")).await;
    }
    service.say(Says::Unread(0));
    assert_eq!(fixture.home(&person, HOME).await["unread_notifications"], 0);

    let app = fixture.another_instance();
    let fixture = fixture.served_by(app);
    without_count(&fixture, "away").await;
}

#[tokio::test]
async fn an_app_that_holds_the_newest_home_is_not_sent_it_again() {
    let (fixture, service) = fixture().await;
    let person = fixture.consumer_with(700).await;
    let read = async |held: &str| {
        let call = Call::get(HOME).bearer(&person.token).header("if-none-match", held);
        fixture.send(call).await
    };
    let first = read("\"0\"").await;
    first.expect(200);
    let etag = first.header("etag").to_owned();
    let unchanged = read(&etag).await;
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));

    service.say(Says::Unread(1));
    let changed = read(&etag).await;
    assert_eq!(changed.expect(200)["unread_notifications"], 1);
    let etag = changed.header("etag").to_owned();
    let top_up = json!({"amount": {"amount": 1, "currency": "HKD"}});
    fixture.post(&person, TOP_UPS, &new_key(), &top_up).await;
    assert_eq!(read(&etag).await.expect(200)["wallet"]["balance"]["amount"], 701);
}

#[tokio::test]
async fn balance_movements_and_open_requests_agree_while_payments_are_made() {
    let (fixture, _) = fixture().await;
    // Of all rounds: a busy machine may give one of them to the payments alone.
    let seen = AtomicUsize::new(0);
    for _ in 0..5 {
        let payer = fixture.consumer_with(200_000).await;
        let (owner, shop) = fixture.shop().await;
        let mut requests = Vec::new();
        for _ in 0..5 {
            requests.push(fixture.request(&owner, shop).await);
        }
        let are_paid = AtomicBool::new(false);
        let pay = async {
            // One after another: together they would be one transaction.
            for request in &requests {
                fixture.pay(&payer, shop, request).await;
            }
            are_paid.store(true, Ordering::Relaxed);
        };
        let watch = async {
            while !are_paid.load(Ordering::Relaxed) {
                let of_shop = of_shop(shop);
                let (of_payer, of_shop) =
                    join!(fixture.home(&payer, HOME), fixture.home(&owner, &of_shop));
                for home in [&of_payer, &of_shop] {
                    assert_eq!(home["wallet"]["balance"]["amount"], sum(&home["movements"]));
                }
                let movements = of_shop["movements"].as_array().unwrap();
                let paid = movements.iter().filter(|one| one["is_fee"] == false).count();
                let open = of_shop["payment_requests"].as_array().unwrap().len();
                assert_eq!(paid.saturating_add(open), 5, "{of_shop}");
                seen.fetch_add(1, Ordering::Relaxed);
            }
        };
        join!(pay, watch);
    }
    assert!(seen.into_inner() >= 10);
    assert_eq!(fixture.audit().await["balanced"], true);
}
