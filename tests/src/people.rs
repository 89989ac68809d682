//! The third act: two people find each other, talk, pay each other in the chat, and a friend sees
//! of it what is for friends.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::consumer::Consumer;
use crate::http::OverHttp;
use crate::phone::{Phone, Product};
use crate::platform::Addresses;
use crate::wire::Money;
use crate::{Error, same, until};

/// What one has in the wallet, in cents.
const TOP_UP: i64 = 20_000;
/// What the other asks for, in cents.
const ASKED: i64 = 4_250;
/// What one service tells comes to the others by events.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(20);
const CONVERSATIONS: &str = "/api/v1/messages/conversations";
const TIMELINE: &str = "/api/v1/timeline";
const NOTE: &str = "火鍋 hotpot";

/// Plays it and checks every answer; `on_step` is told of each step that is done.
///
/// # Errors
/// The first thing that is not as it should be.
pub async fn meet(addresses: &Addresses, on_step: &mut impl FnMut(&str)) -> Result<(), Error> {
    let (amy, _) = sign_up(addresses, "Amy Lee").await?;
    let (ben, number) = sign_up(addresses, "陳大文").await?;
    let (cat, _) = sign_up(addresses, "Cat Ho").await?;
    let (stranger, _) = sign_up(addresses, "Somebody Else").await?;
    ben.wait_for_wallet().await?;
    ben.top_up(TOP_UP).await?;
    on_step("four people sign up");

    let contacts = json!({"phones": [number, "+852 6999 9999"]});
    let found = amy.0.post("/api/v1/auth/contact-matches").json(&contacts).send().await?;
    let found: Value = found.parse(200)?;
    same("whom the address book finds", &found["matches"][0]["user_id"], &json!(id(&ben)))?;
    on_step("Amy's address book finds 陳大文");
    befriend(&amy, &ben).await?;
    befriend(&amy, &cat).await?;
    on_step("Amy and 陳大文 become friends, and Amy and Cat");

    talk_in_group(&amy, &ben, on_step).await?;
    let payment_id = ask_and_pay(&amy, &ben, on_step).await?;
    show_to_friends([&amy, &ben, &cat, &stranger], &payment_id, on_step).await
}

async fn sign_up(addresses: &Addresses, name: &str) -> Result<(Consumer, String), Error> {
    let phone = Phone::new(addresses)?;
    let session = phone.sign_up(Product::Consumer).await?;
    session.call_myself(name).await?;
    Ok((Consumer(session), phone.number))
}

fn id(person: &Consumer) -> &str {
    &person.0.tokens.user_id
}

async fn befriend(one: &Consumer, other: &Consumer) -> Result<(), Error> {
    one.0.put(&format!("/api/v1/social/friend-requests/{}", id(other))).send().await?.check(200)?;
    other.0.inbox().wait_for_type("friend-requested").await?;
    let accept = format!("/api/v1/social/friend-requests/{}/accept", id(one));
    other.0.post(&accept).send().await?.check(200)?;
    let told = one.0.inbox().wait_for_type("friendship-begun").await?;
    same("that they are told", &told.body.is_empty(), &false)
}

async fn talk_in_group(
    amy: &Consumer,
    ben: &Consumer,
    on_step: &mut impl FnMut(&str),
) -> Result<(), Error> {
    let group = json!({"name": NOTE, "member_ids": [id(ben)]});
    let group = amy.0.post("/api/v1/social/groups").key(&Uuid::new_v4().to_string()).json(&group);
    let group: Value = group.send().await?.parse(201)?;
    let of_group = |item: &Value| item["group_id"] == group["group_id"];
    let conversation = find(amy, CONVERSATIONS, "a group's conversation", of_group).await?;
    let messages = messages_of(&conversation);
    let said = json!({"text": "Hotpot on Friday?\n星期五食火鍋？"});
    let sent = amy.0.post(&messages).key(&Uuid::new_v4().to_string()).json(&said);
    let sent: Value = sent.send().await?.parse(201)?;
    let told = ben.0.inbox().wait_for_type("message-received").await?;
    let read: Vec<Value> = ben.0.list(&messages).await?;
    same("what the other reads", &read[0]["text"], &sent["text"])?;
    on_step(&format!(
        "Amy makes the group {NOTE} and says something; the other is told: {}",
        told.body
    ));
    Ok(())
}

/// The payment that it is paid by.
async fn ask_and_pay(
    amy: &Consumer,
    ben: &Consumer,
    on_step: &mut impl FnMut(&str),
) -> Result<String, Error> {
    let asked = amy.ask_for_money(id(ben), ASKED, NOTE).await?;
    let request_id = &asked["money_request_id"];
    let with_amy =
        |item: &Value| item["others"][0]["user_id"] == id(amy) && item["group_id"].is_null();
    let conversation = find(ben, CONVERSATIONS, "a conversation of two", with_amy).await?;
    let messages = messages_of(&conversation);
    let is_open = |item: &Value| {
        item["card"]["money_request_id"] == *request_id && item["card"]["status"] == "open"
    };
    find(ben, &messages, "an open card", is_open).await?;
    on_step(&format!("Amy asks for {}: a card in the chat of the two", Money::hkd(ASKED)));
    let paid = ben.pay_request(&asked, "friends").await?;
    let is_paid = |item: &Value| {
        item["card"]["money_request_id"] == *request_id && item["card"]["status"] == "paid"
    };
    find(amy, &messages, "a paid card", is_paid).await?;
    on_step("he pays it in the chat, and the card that Amy sees is paid");
    Ok(paid["peer_payment_id"].as_str().unwrap_or_default().to_owned())
}

async fn show_to_friends(
    [amy, ben, cat, stranger]: [&Consumer; 4],
    payment_id: &str,
    on_step: &mut impl FnMut(&str),
) -> Result<(), Error> {
    let is_it = |item: &Value| item["peer_payment_id"] == payment_id;
    let seen = find(cat, TIMELINE, "an entry of a friend", is_it).await?;
    same("whom a friend reads of", &seen["payee"]["name"], &json!("Amy Lee"))?;
    same("who is no friend of theirs", &seen["payer"]["user_id"], &Value::Null)?;
    same("the amount that a friend reads", &seen["amount"], &Value::Null)?;
    let is_own = |item: &Value| item["subject"]["id"] == payment_id;
    let own = find(ben, TIMELINE, "an own entry", is_own).await?;
    same("the amount that the payer reads", &own["amount"]["amount"], &json!(ASKED))?;
    let of_stranger: Vec<Value> = stranger.0.list(TIMELINE).await?;
    same("what a stranger reads", &of_stranger, &Vec::new())?;
    on_step("Cat, Amy's friend, reads of it without the amount; a stranger reads nothing");

    let talk = format!("/api/v1/social/peer-payments/{payment_id}");
    let love = json!({"reaction": "love"});
    cat.0.put(&format!("{talk}/reaction")).json(&love).send().await?.check(204)?;
    let shown: Vec<Value> = amy.0.list(&format!("{talk}/reactions")).await?;
    same("the reaction", &shown[0]["reaction"], &love["reaction"])?;
    let refused = stranger.0.put(&format!("{talk}/reaction")).json(&love).send().await?;
    refused.check(404)?;
    on_step("Cat shows that she loves it; the stranger finds no such payment");

    let end = format!("/api/v1/social/friends/{}", id(amy));
    cat.0.delete(&end).send().await?.check(204)?;
    until("an entry that is gone", ARRIVAL_LIMIT, async || {
        let left: Vec<Value> = cat.0.list(TIMELINE).await?;
        Ok(left.is_empty().then_some(()))
    })
    .await?;
    on_step("Cat and Amy are friends no longer, and Cat reads nothing of it");
    Ok(())
}

fn messages_of(conversation: &Value) -> String {
    format!("{CONVERSATIONS}/{}/messages", conversation["conversation_id"].as_str().unwrap_or("-"))
}

/// The item of a list that is wanted, once it is there.
async fn find(
    reader: &Consumer,
    list: &str,
    what: &str,
    is_wanted: impl Fn(&Value) -> bool,
) -> Result<Value, Error> {
    until(what, ARRIVAL_LIMIT, async || {
        let items: Vec<Value> = reader.0.list(list).await?;
        Ok(items.into_iter().find(&is_wanted))
    })
    .await
}
