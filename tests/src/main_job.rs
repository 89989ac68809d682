//! The flow the product exists for: a shop is paid by QR code, seen from both phones.

use serde_json::Value;
use test_client::Mismatch;
use uuid::Uuid;

use crate::consumer::{Consumer, Terms};
use crate::http::{Api, OverHttp, traceparent};
use crate::merchant::Merchant;
use crate::phone::{Phone, Product, Session};
use crate::platform::Addresses;
use crate::wire::{Money, Notification, Payment, PaymentRequest};
use crate::{Error, qr_image, same};

/// What the consumer takes in, in cents.
const TOP_UP: i64 = 50_000;
/// What the shop asks for, in cents.
const PRICE: i64 = 12_850;
/// What the consumer enters at the shop's counter, in cents.
const ENTERED: i64 = 2_000;
/// What the shop gives back of that, in cents.
const REFUNDED: i64 = 500;
/// What the shop has back with that of the fee of HK$0.30, in cents.
const FEE_RETURNED: i64 = 8;
/// What the consumer sends to a friend, in cents.
const SENT: i64 = 3_000;
/// What the consumer gives by a link, in cents.
const LINKED: i64 = 1_000;
/// What the consumer and the friend share by a red packet, in cents.
const SHARED: i64 = 888;
/// What the friend asks the consumer for, in cents.
const ASKED: i64 = 700;
/// What of the first payment is split with the friend, in cents; half of it is each one's.
const SPLIT: i64 = 2_000;
/// What the consumer takes out to their bank, in cents.
const WITHDRAWN: i64 = 400;
/// Where it goes: a bank's code and an account number.
const BANK_ACCOUNT: [&str; 2] = ["024", "123456789"];
/// 錢包限額: what may be asked of a wallet's limits.
const SEARCH: &str = "/api/v1/faq/search?q=%E9%8C%A2%E5%8C%85%E9%99%90%E9%A1%8D&language=zh-Hant";
const SHOP_NAME: &str = "點心居 Dim Sum House";

/// Plays it and checks every answer; `on_step` is told of each step that is done.
///
/// # Errors
/// The first thing that is not as it should be.
pub async fn play(addresses: &Addresses, mut on_step: impl FnMut(&str)) -> Result<(), Error> {
    let consumer = Consumer(log_in(addresses, Product::Consumer, &mut on_step).await?.0);
    let merchant = Merchant(log_in(addresses, Product::Business, &mut on_step).await?.0);

    consumer.wait_for_wallet().await?;
    same("the new wallet's balance", &consumer.wallet().await?.balance, &Money::hkd(0))?;
    on_step("consumer's wallet is open");
    let top_up = consumer.top_up(TOP_UP).await?;
    same("the top-up", &top_up.amount, &Money::hkd(TOP_UP))?;
    on_step(&format!("consumer tops up {}", top_up.amount));

    let business = merchant.create_business(SHOP_NAME).await?;
    on_step(&format!("merchant creates the business {}", business.shop_name));
    merchant.wait_for_shop(&business.business_id).await?;
    addresses.approve_shop(&business.business_id).await?;
    on_step("an operator approves the business: it can be paid");
    let request = merchant.request_payment(&business.business_id, PRICE).await?;
    on_step(&format!("merchant requests {}", request.amount));

    let terms = scan(&consumer, &merchant, &request, &mut on_step).await?;
    let mut consumer_stream = consumer.0.inbox().stream().await?;
    let mut merchant_stream = merchant.0.inbox().stream().await?;
    on_step("both open the live stream of their inbox");
    let payment = pay(&consumer, &terms, &mut on_step).await?;

    let live = consumer_stream.wait_for(&payment.payment_id).await?;
    on_step(&format!("consumer is told, live: {}", live.body));
    one_in_inbox(&consumer.0, &live, "consumer").await?;
    let live = merchant_stream.wait_for(&payment.payment_id).await?;
    on_step(&format!("merchant is told, live: {}", live.body));
    one_in_inbox(&merchant.0, &live, "merchant").await?;
    on_step("both inboxes hold the notification once");

    pay_at_counter(&consumer, &merchant, &business.business_id, &mut on_step).await?;

    let (friend, number) = log_in(addresses, Product::Consumer, &mut on_step).await?;
    let friend = Consumer(friend);
    send_to_friend(&consumer, &friend, &number, &mut on_step).await?;
    pay_what_friend_asks(&consumer, &friend, &mut on_step).await?;
    split_with_friend(&consumer, &friend, &payment.payment_id, &mut on_step).await?;
    let given = give_to_friend(&consumer, &friend, &mut on_step).await?;
    withdraw(&consumer, &mut on_step).await?;

    let spent = PRICE.saturating_add(ENTERED).saturating_add(WITHDRAWN).saturating_sub(REFUNDED);
    let asked = ASKED.saturating_sub(SPLIT.div_euclid(2));
    let given = SENT.saturating_add(asked).saturating_add(given);
    let left = Money::hkd(TOP_UP.saturating_sub(spent).saturating_sub(given));
    same("the consumer's balance", &consumer.wallet().await?.balance, &left)?;
    on_step(&format!("consumer's balance is {left}"));
    let balance = merchant.balance(&business.business_id).await?;
    let sold = Merchant::net(PRICE).saturating_add(Merchant::net(ENTERED));
    let kept = Money::hkd(sold.saturating_sub(REFUNDED).saturating_add(FEE_RETURNED));
    same("the shop's balance", &balance.balance, &kept)?;
    on_step(&format!("the shop's balance is {kept}, less the fees of 1.5 %"));
    let audit = addresses.expect_balanced_ledger().await?;
    on_step(&format!("the ledger balances: {} transfers", audit.transfers));
    let found = Api::new(&addresses.api).get(SEARCH).send().await?.check(200)?.json();
    let title = found["articles"][0]["title"].as_str().unwrap_or_default();
    same("the article that is found", &title, &"我的錢包有甚麼限額？")?;
    on_step(&format!("a search for 錢包限額 finds the article {title}"));
    Ok(())
}

/// A new person, and their phone number.
async fn log_in(
    addresses: &Addresses,
    product: Product,
    on_step: &mut impl FnMut(&str),
) -> Result<(Session, String), Error> {
    let who = if product == Product::Consumer { "consumer" } else { "merchant" };
    let phone = Phone::new(addresses)?;
    let signed_up = phone.sign_up(product).await?;
    on_step(&format!("{who} signs up with the code sent to {}", phone.number));
    let logged_in = phone.log_in(&signed_up.tokens.device_id, product).await?;
    same("who is logged in", &logged_in.tokens.user_id, &signed_up.tokens.user_id)?;
    on_step(&format!("{who} logs in with device signature and PIN"));
    Ok((logged_in, phone.number))
}

async fn scan(
    consumer: &Consumer,
    merchant: &Merchant,
    request: &PaymentRequest,
    on_step: &mut impl FnMut(&str),
) -> Result<Terms, Error> {
    let png = merchant.qr_png(&request.payment_request_id).await?;
    let payload = qr_image::decode(&png)?;
    on_step(&format!("the QR code is fetched and decoded: {} bytes of PNG", png.len()));
    let seen = consumer.scan(&payload).await?;
    same("the code's type", &seen.scan_type.as_str(), &"payment-request")?;
    same("the shop's name", &seen.shop_name.as_deref(), &Some(SHOP_NAME))?;
    same("the amount", &seen.amount, &Some(Money::hkd(PRICE)))?;
    same("the request's status", &seen.status.as_deref(), &Some("open"))?;
    on_step(&format!("consumer scans it and sees {SHOP_NAME}, {}", request.amount));
    let absent = || Mismatch {
        what: "the scanned code".to_owned(),
        expected: "a payment request with its shop and amount".to_owned(),
        came: format!("{seen:?}"),
    };
    Ok(Terms {
        payment_request_id: Some(seen.payment_request_id.clone().ok_or_else(absent)?),
        business_id: seen.business_id.clone().ok_or_else(absent)?,
        amount: seen.amount.clone().ok_or_else(absent)?,
        reference: None,
    })
}

async fn pay(
    consumer: &Consumer,
    terms: &Terms,
    on_step: &mut impl FnMut(&str),
) -> Result<Payment, Error> {
    let key = Uuid::new_v4().to_string();
    let (trace_id, traceparent) = traceparent();
    let confirmation = consumer.sign(terms, &key)?;
    on_step("consumer confirms with the device's signature");
    let pay = consumer.pay_call(terms, &key, &confirmation).header("traceparent", &traceparent);
    let payment: Payment = pay.send().await?.parse(201)?;
    same("the payment's status", &payment.status.as_str(), &"completed")?;
    same("the payment's amount", &payment.amount, &terms.amount)?;
    same("who was paid", &payment.payee.name.as_deref(), &Some(SHOP_NAME))?;
    same("the payment's request", &payment.payment_request_id, &terms.payment_request_id)?;
    on_step(&format!("{} is completed, trace {trace_id}", payment.payment_id));
    Ok(payment)
}

/// The code on the counter has no amount: the payer enters it.
async fn pay_at_counter(
    consumer: &Consumer,
    merchant: &Merchant,
    business_id: &str,
    on_step: &mut impl FnMut(&str),
) -> Result<(), Error> {
    let payload = qr_image::decode(&merchant.counter_png(business_id).await?)?;
    let seen = consumer.scan(&payload).await?;
    same("the counter code's type", &seen.scan_type.as_str(), &"shop")?;
    same("the counter code's shop", &seen.business_id.as_deref(), &Some(business_id))?;
    same("the counter code's amount", &seen.amount, &None)?;
    let terms = Terms::of_shop(business_id, ENTERED, None);
    let paid: Payment = consumer.pay(&terms, &Uuid::new_v4().to_string()).await?.parse(201)?;
    same("the amount that was entered", &paid.amount, &terms.amount)?;
    same("who was paid at the counter", &paid.payee.name.as_deref(), &Some(SHOP_NAME))?;
    on_step(&format!("consumer scans the code on the counter and pays {}", paid.amount));
    let refund = merchant.refund(&paid.payment_id, REFUNDED).await?;
    let told = consumer.0.inbox().wait_for_type("refund-received").await?;
    same("the refund that the consumer is told of", &told.amount, &Some(Money::hkd(REFUNDED)))?;
    let id = refund["refund_id"].as_str().unwrap_or_default();
    on_step(&format!("the shop refunds {}, {id}; consumer is told", Money::hkd(REFUNDED)));
    Ok(())
}

/// By the friend's phone number or handle, with a few words.
async fn send_to_friend(
    consumer: &Consumer,
    friend: &Consumer,
    number: &str,
    on_step: &mut impl FnMut(&str),
) -> Result<(), Error> {
    const NOTE: &str = "午飯 🍜";
    friend.wait_for_wallet().await?;
    let (payee, name) = consumer.find_payee(number).await?;
    same("whose phone it is", &payee, &friend.0.tokens.user_id)?;
    let handle = format!("friend.{}", number.trim_start_matches("+852"));
    friend.0.choose_handle(&handle).await?;
    same("who is found", &consumer.find_by_handle(&handle).await?, &(payee.clone(), name))?;
    let mut friends_stream = friend.0.inbox().stream().await?;
    on_step("consumer finds a friend by the phone number, and by the handle that they choose");
    let sent = consumer.send_money(&payee, SENT, NOTE).await?;
    let id = sent["peer_payment_id"].as_str().unwrap_or_default().to_owned();
    same("the friend's balance", &friend.wallet().await?.balance, &Money::hkd(SENT))?;
    on_step(&format!("consumer sends {}, {id}", Money::hkd(SENT)));
    let live = friends_stream.wait_for(&id).await?;
    same("what the friend reads with it", &live.body.contains(NOTE), &true)?;
    on_step(&format!("the friend is told, live: {}", live.body));
    Ok(())
}

/// By a pay link, and by a red packet that both open. Returns what the friend has of it, in cents.
async fn give_to_friend(
    consumer: &Consumer,
    friend: &Consumer,
    on_step: &mut impl FnMut(&str),
) -> Result<i64, Error> {
    let text = |value: &Value, field: &str| value[field].as_str().unwrap_or_default().to_owned();
    let cents = |value: &Value| value["amount"]["amount"].as_i64().unwrap_or_default();
    let link = consumer.create_pay_link(LINKED).await?;
    let path = format!("/api/v1/pay-links/{}", text(&link, "pay_link_id"));
    on_step(&format!("consumer gives {} by a link", Money::hkd(LINKED)));
    let claim = friend.claim(&path, &text(&link, "secret")).await?;
    same("what the link held", &cents(&claim), &LINKED)?;
    let told = consumer.0.inbox().wait_for_type("pay-link-claimed").await?;
    on_step(&format!("the friend claims it; consumer is told: {}", told.body));

    let packet = consumer.create_red_packet(SHARED, 2).await?;
    let path = format!("/api/v1/red-packets/{}", text(&packet, "red_packet_id"));
    let secret = text(&packet, "secret");
    let shares = [friend.claim(&path, &secret).await?, consumer.claim(&path, &secret).await?]
        .map(|one| cents(&one));
    same("both shares", &shares[0].saturating_add(shares[1]), &SHARED)?;
    let [theirs, own] = shares.map(Money::hkd);
    on_step(&format!("both open a red packet: the friend has {theirs}, consumer {own}"));
    Ok(LINKED.saturating_add(shares[0]))
}

/// The friend asks, and the consumer pays what they were asked for.
async fn pay_what_friend_asks(
    consumer: &Consumer,
    friend: &Consumer,
    on_step: &mut impl FnMut(&str),
) -> Result<(), Error> {
    let asked = friend.ask_for_money(&consumer.0.tokens.user_id, ASKED, "車費 🚕").await?;
    let told = consumer.0.inbox().wait_for_type("money-requested").await?;
    same("what the consumer is asked for", &told.amount, &Some(Money::hkd(ASKED)))?;
    on_step(&format!("a friend asks, and consumer is told: {}", told.body));
    let paid = consumer.pay_request(&asked, "private").await?;
    same("what was paid", &paid["money_request_id"], &asked["money_request_id"])?;
    on_step(&format!("consumer pays the request of {}", Money::hkd(ASKED)));
    Ok(())
}

/// The consumer has paid for both.
async fn split_with_friend(
    consumer: &Consumer,
    friend: &Consumer,
    payment_id: &str,
    on_step: &mut impl FnMut(&str),
) -> Result<(), Error> {
    let people = [&*consumer.0.tokens.user_id, &*friend.0.tokens.user_id];
    let bill = consumer.split(payment_id, SPLIT, &people).await?;
    on_step(&format!("consumer splits {} of the payment with the friend", Money::hkd(SPLIT)));
    friend.0.inbox().wait_for_type("money-requested").await?;
    let id = bill["shares"][1]["money_request_id"].as_str().unwrap_or_default();
    let share = friend.money_request(id).await?;
    same("the bill whose share it is", &share["bill_id"], &bill["bill_id"])?;
    friend.pay_request(&share, "private").await?;
    let path = format!("/api/v1/bills/{}", bill["bill_id"].as_str().unwrap_or_default());
    let bill: Value = consumer.0.get(&path).send().await?.parse(200)?;
    same("the friend's share", &bill["shares"][1]["status"].as_str(), &Some("paid"))?;
    on_step("the friend pays their share");
    Ok(())
}

/// To the consumer's own bank, which answers at once.
async fn withdraw(consumer: &Consumer, on_step: &mut impl FnMut(&str)) -> Result<(), Error> {
    let withdrawn = consumer.withdraw(WITHDRAWN, BANK_ACCOUNT).await?;
    same("the withdrawal", &withdrawn["status"].as_str(), &Some("completed"))?;
    same("what the bank says", &withdrawn["bank_status"].as_str(), &Some("ACSC"))?;
    let told = consumer.0.inbox().wait_for_type("withdrawal-completed").await?;
    on_step(&format!("consumer withdraws to the bank, and is told: {}", told.body));
    Ok(())
}

/// The live notification says the amount and stands in the inbox, once.
async fn one_in_inbox(session: &Session, live: &Notification, whose: &str) -> Result<(), Error> {
    let price = Money::hkd(PRICE);
    same(&format!("the {whose}'s notification's amount"), &live.amount.as_ref(), &Some(&price))?;
    let price = price.to_string();
    if !live.body.contains(&price) {
        let what = format!("the {whose}'s notification");
        let (expected, came) = (format!("a text with {price}"), live.body.clone());
        return Err(Mismatch { what, expected, came }.into());
    }
    let inbox = session.inbox().all().await?.into_iter();
    let of_payment: Vec<Notification> =
        inbox.filter(|found| found.payment_id == live.payment_id).collect();
    same(&format!("the {whose}'s inbox"), &of_payment, &vec![live.clone()])
}
