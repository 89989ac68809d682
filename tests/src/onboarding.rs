//! The second act: a person and a shop become known, and somebody whose word is doubted does not.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::applicant::{Application, Document};
use crate::consumer::{Consumer, Terms};
use crate::http::OverHttp;
use crate::merchant::Merchant;
use crate::phone::{Phone, Product, Session};
use crate::platform::Addresses;
use crate::staff::{Administrators, Member};
use crate::wire::{Business, Money, Payment};
use crate::{Error, same, until};

/// What the unverified may hold is more, in cents.
const FIRST_TOP_UP: i64 = 250_000;
/// With this it is too much, in cents.
const SECOND_TOP_UP: i64 = 200_000;
/// More than one payment of the unverified may be, in cents.
const PRICE: i64 = 300_000;
/// Tiers and approvals come to payments by events.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(20);
/// Somebody on the list, who does not exist.
const LISTED: &str = "Zoltan Specimenovich";
const DISPLAY_NAME: &str = "Quokka 袋鼠";
const SHOP_NAME: &str = "街角小店 Corner Shop";
/// Of which one is still good, until 2028.
const CERTIFICATES_DRAWN: u64 = 50;
/// Who reviews.
const OPERATOR: &str = "olive@example.com";
const REVIEWER: &str = "rita@example.com";
const REVIEWS: &str = "/api/v1/onboarding/reviews";

/// By which of the drawn documents a journey is played. A number is one person's, so on a platform
/// that keeps its data each journey needs others.
#[derive(Debug, Clone, Copy)]
pub struct Seeds {
    /// The consumer's identity card.
    pub consumer: u64,
    /// The identity card of the shop's owner.
    pub owner: u64,
    /// The identity card of somebody who says another name.
    pub doubted: u64,
    /// The shop's certificate.
    pub certificate: u64,
}

impl Seeds {
    /// Of documents that were not drawn before, the certificate one that is still good.
    #[expect(clippy::new_without_default, reason = "each is another")]
    pub fn new() -> Self {
        let random = |()| Uuid::new_v4().as_u64_pair().0 >> 32;
        let [consumer, owner, doubted, first] = [(); 4].map(random);
        let mut drawn = first..first.saturating_add(CERTIFICATES_DRAWN);
        let certificate = drawn.find(|seed| Document::is_good_certificate(*seed)).unwrap_or(first);
        Self { consumer, owner, doubted, certificate }
    }
}

/// What stands when all have applied, and staff have not decided.
pub struct Applied {
    /// Who was approved at once.
    pub consumer: Consumer,
    /// What they have said.
    pub consumer_details: Value,
    /// Whose shop waits for approval.
    pub merchant: Merchant,
    /// What they have said.
    pub merchant_details: Value,
    /// The shop.
    pub shop: Business,
    /// `apl_…` of the shop.
    pub shop_application: String,
    /// What was said of it.
    pub shop_details: Value,
    /// Whose card has another name than they say, which is that of somebody on the list.
    pub doubted: Consumer,
    /// `apl_…` of theirs.
    pub doubted_application: String,
    /// What they have said.
    pub doubted_details: Value,
}

/// Plays it until staff have to decide; `on_step` is told of each step that is done.
///
/// # Errors
/// The first thing that is not as it should be.
pub async fn apply(
    addresses: &Addresses,
    seeds: Seeds,
    on_step: &mut impl FnMut(&str),
) -> Result<Applied, Error> {
    let list = addresses.bring_list(&list()).await?;
    on_step(&format!("an operator imports the list of names: {} on it", list["entry_count"]));
    let consumer = Consumer(sign_up(addresses, Product::Consumer).await?);
    consumer.wait_for_wallet().await?;
    consumer.0.call_myself(DISPLAY_NAME).await?;
    on_step(&format!("a person signs up and is called {DISPLAY_NAME}"));
    consumer.top_up(FIRST_TOP_UP).await?;
    refused_top_up(&consumer).await?;
    let [first, second] = [FIRST_TOP_UP, SECOND_TOP_UP].map(Money::hkd);
    on_step(&format!("they top up {first}; {second} more is over the limit of the unverified"));
    let consumer_details = become_known(addresses, &consumer.0, seeds.consumer, on_step).await?;
    let told = consumer.0.inbox().wait_for_type("application-approved").await?;
    on_step(&format!("they are told: {}", told.body));
    wait_for_tier(&consumer, "verified").await?;
    consumer.top_up(SECOND_TOP_UP).await?;
    on_step(&format!("the limit has risen: they top up {second}"));

    let merchant = Merchant(sign_up(addresses, Product::Business).await?);
    let shop = merchant.create_business(SHOP_NAME).await?;
    merchant.wait_for_shop(&shop.business_id).await?;
    let key = Uuid::new_v4().to_string();
    let early = merchant.request_call(&key, &shop.business_id, PRICE, None).send().await?;
    same("a request of an unknown shop", &early.json()["code"], &json!("shop-not-approved"))?;
    on_step(&format!("a merchant creates {SHOP_NAME}; it cannot ask to be paid yet"));
    let merchant_details = become_known(addresses, &merchant.0, seeds.owner, on_step).await?;
    let certificate =
        Document::certificate(seeds.certificate, &shop.business_id, &merchant_details);
    let shop_application =
        send_off(addresses, &merchant.0, &certificate, "in-review", on_step).await?;

    let doubted = Consumer(sign_up(addresses, Product::Consumer).await?);
    let mut card = Document::identity_card(seeds.doubted);
    card.details["name"] = json!(LISTED);
    let doubted_application = send_off(addresses, &doubted.0, &card, "in-review", on_step).await?;
    Ok(Applied {
        consumer,
        consumer_details,
        merchant,
        merchant_details,
        shop,
        shop_application,
        shop_details: certificate.details,
        doubted,
        doubted_application,
        doubted_details: card.details,
    })
}

impl Applied {
    /// Two members of staff approve the shop, and whoever is not the one on the list.
    ///
    /// # Errors
    /// The first thing that is not as it should be.
    pub async fn pass_review(
        &self,
        addresses: &Addresses,
        staff: &Administrators,
        on_step: &mut impl FnMut(&str),
    ) -> Result<(), Error> {
        let operator = staff.hire(addresses, OPERATOR, &["operator"]).await?;
        let reviewer = staff.hire(addresses, REVIEWER, &["reviewer"]).await?;
        on_step(&format!("two administrators make {OPERATOR} and {REVIEWER} staff"));
        let both = (&operator, &reviewer);
        approve(both, &self.shop_application, &["human-needed"]).await?;
        on_step("one of them approves the shop, and the other releases it");
        let doubts = ["name-differs", "screening-hit"];
        approve(both, &self.doubted_application, &doubts).await?;
        let told = self.doubted.0.inbox().wait_for_type("application-approved").await?;
        on_step(&format!(
            "so they do with who is not the one on the list, who reads: {}",
            told.body
        ));
        Ok(())
    }

    /// The staff that [`Self::pass_review`] needed, and the administrators, leave the platform.
    ///
    /// # Errors
    /// As the calls.
    pub async fn end_review(addresses: &Addresses, staff: Administrators) -> Result<(), Error> {
        staff.leave(addresses, &[OPERATOR, REVIEWER]).await
    }

    /// The first payment to the shop, once it was approved.
    ///
    /// # Errors
    /// The first thing that is not as it should be.
    pub async fn pay_shop(&self, on_step: &mut impl FnMut(&str)) -> Result<(), Error> {
        let Self { consumer, merchant, shop, .. } = self;
        let request = until("a shop that can ask to be paid", ARRIVAL_LIMIT, async || {
            let key = Uuid::new_v4().to_string();
            let asked = merchant.request_call(&key, &shop.business_id, PRICE, None).send().await?;
            if asked.json()["code"] == "shop-not-approved" {
                return Ok(None);
            }
            Ok(Some(asked.parse(201)?))
        });
        let terms = Terms::from(&request.await?);
        let key = Uuid::new_v4().to_string();
        let confirmation = consumer.confirm_by_pin(&terms, &key).await?;
        let paid = consumer.pay_call(&terms, &key, &confirmation).send().await?;
        let paid: Payment = paid.parse(201)?;
        same("the payment's status", &paid.status.as_str(), &"completed")?;
        let net = Money::hkd(Merchant::net(PRICE));
        same("the shop's balance", &merchant.balance(&shop.business_id).await?.balance, &net)?;
        on_step(&format!("they pay the shop {}, more than before", terms.amount));
        Ok(())
    }
}

/// One approves it who is told why it waits, and cannot release it; another one does. More than
/// that may have been found: now and then a character is misread.
async fn approve(
    (operator, reviewer): (&Member, &Member),
    id: &str,
    findings: &[&str],
) -> Result<(), Error> {
    let seen: Value = operator.read_review(id).await?.parse(200)?;
    let found: Vec<&Value> =
        seen["application"]["findings"].as_array().into_iter().flatten().collect();
    for finding in findings {
        same(finding, &found.contains(&&json!(finding)), &true)?;
    }
    operator.review(id, "claim", &json!(null)).await?;
    let expires_on = &seen["application"]["expires_on"];
    let decision = json!({"type": "approve", "expires_on": expires_on});
    let decision = json!({"decision": decision, "note": "compared by eye"});
    let proposed = operator.review(id, "decide", &decision).await?;
    same("how it stands then", &proposed["status"], &json!("awaiting-release"))?;
    let note = json!({"note": "seen as well"});
    let own = operator.post(&format!("{REVIEWS}/{id}/release")).header("if-match", "\"0\"");
    let own = own.json(&note).send().await?;
    same("a release by the same one", &own.json()["code"], &json!("role-missing"))?;
    let released = reviewer.review(id, "release", &note).await?;
    same("how it stands released", &released["status"], &json!("approved"))
}

/// Approved at once, by an identity card. Answers what was said.
async fn become_known(
    addresses: &Addresses,
    session: &Session,
    seed: u64,
    on_step: &mut impl FnMut(&str),
) -> Result<Value, Error> {
    let card = Document::identity_card(seed);
    send_off(addresses, session, &card, "approved", on_step).await?;
    Ok(card.details)
}

/// Applies by a document, and waits until the application stands like this.
async fn send_off(
    addresses: &Addresses,
    session: &Session,
    document: &Document,
    status: &str,
    on_step: &mut impl FnMut(&str),
) -> Result<String, Error> {
    let application = Application::begin(session, &document.details).await?;
    application.upload(addresses, &document.png).await?;
    application.submit().await?;
    let kind = document.details["type"].as_str().unwrap_or_default();
    on_step(&format!("they apply, and upload a specimen ({kind}) by a link that is good once"));
    application.wait_for(status).await?;
    on_step(&format!("it was read, and the application is {status}"));
    Ok(application.id)
}

async fn sign_up(addresses: &Addresses, product: Product) -> Result<Session, Error> {
    Phone::new(addresses)?.sign_up(product).await
}

async fn refused_top_up(consumer: &Consumer) -> Result<(), Error> {
    let key = Uuid::new_v4().to_string();
    let refused = consumer.top_up_call(&key, SECOND_TOP_UP).send().await?;
    refused.check(422)?;
    same("the refusal", &refused.json()["code"], &json!("balance-limit-exceeded"))
}

async fn wait_for_tier(consumer: &Consumer, tier: &str) -> Result<(), Error> {
    until("a tier that has arrived", ARRIVAL_LIMIT, async || {
        let limits: Value = consumer.0.get("/api/v1/wallets/me/limits").send().await?.parse(200)?;
        Ok((limits["tier"] == tier).then_some(()))
    })
    .await
}

/// In the form of the United Nations' consolidated list.
fn list() -> Value {
    json!({"CONSOLIDATED_LIST": {"INDIVIDUALS": {"INDIVIDUAL": [{
        "DATAID": "1", "FIRST_NAME": LISTED, "UN_LIST_TYPE": "SPECIMEN",
    }]}}})
}
