//! Who takes part in a round of crashes.

use futures_util::future::join_all;
use serde_json::{Value, json};
use values::{BusinessId, Product};

use super::endings::Ending;
use super::{
    DISPUTED, DISPUTES, GIVEN_BACK_IN_PARTS, LACKED_MAX, LINKED, MONEY, PACKETS, PEOPLE, REVIEWED,
    SCHEDULED,
};
use crate::authorisations::authorised;
use crate::fps_payments::payee;
use crate::group_commit::static_payment;
use crate::money_requests::{MONEY_REQUESTS, wish};
use crate::parcels::{PAY_LINKS, Waiting, link};
use crate::pay::PAYMENTS;
use crate::settlements::a_day_earlier;
use crate::{Fixture, Person, net, new_key};

/// What a shop took yesterday.
const TOOK: i64 = 20_000;

/// Who takes part, and payments that are large enough to be given back in parts for long.
pub(super) struct Town {
    pub(super) people: Vec<Person>,
    /// Whom each of them has looked up.
    pub(super) fps_payees: Vec<Value>,
    pub(super) owner: Person,
    pub(super) shops: [BusinessId; 2],
    pub(super) payments: Vec<String>,
    /// Payments that wait for their capture, one of each person.
    pub(super) held: Vec<String>,
    /// Who was asked for money by the next person, and has not paid yet.
    pub(super) asked: Vec<(usize, Value)>,
    /// Who will ask whom.
    pub(super) asking: Vec<(usize, usize)>,
    /// Who will split a bill with the next two.
    pub(super) splitting: Vec<usize>,
    /// Payments to the first shop, each with its payer, of which nobody has said anything.
    pub(super) disputable: Vec<(usize, String)>,
    /// The paths of disputes that the shop has not answered.
    pub(super) disputed: Vec<String>,
    /// Payments between them that a reviewer is to look at, and that reviewer's token.
    pub(super) reviewed: Vec<String>,
    pub(super) reviewer: String,
    /// Who has nothing, and has agreed that what they pay is brought in.
    pub(super) lacking: Vec<Person>,
    /// Which of them have paid nothing.
    pub(super) broke: Vec<usize>,
    pub(super) red_packets: Vec<Waiting>,
    /// Who has not opened which red packet yet.
    pub(super) unopened: Vec<(usize, usize)>,
    /// What nobody has ended yet.
    pub(super) endings: Vec<Ending>,
    /// A shop whose takings of yesterday go to its bank while it crashes, and its owner.
    settling: (Person, BusinessId),
}

impl Town {
    pub(super) async fn found(fixture: &Fixture) -> Self {
        let settling = took_yesterday(fixture).await;
        let (owner, shop) = fixture.shop().await;
        let shops = [shop, fixture.shop_of(&owner).await];
        let (mut people, mut payments) = (Vec::new(), Vec::new());
        for _ in 0..PEOPLE {
            let (person, key) = (fixture.consumer_with(MONEY).await, new_key());
            let body = static_payment(&person, shop, GIVEN_BACK_IN_PARTS, &key);
            let (_, payment) = fixture.post(&person, PAYMENTS, &key, &body).await;
            payments.push(payment["payment_id"].as_str().unwrap().to_owned());
            people.push(person);
        }
        let fps_payees = join_all(people.iter().map(|person| payee(fixture, person))).await;
        let held = people.iter().map(|person| authorised(fixture, person, &owner, shop));
        let held = join_all(held).await;
        let mut asked = Vec::new();
        for (payer, person) in people.iter().enumerate() {
            let (requester, key) = (&people[(payer + 1) % PEOPLE], new_key());
            let (status, request) =
                fixture.post(requester, MONEY_REQUESTS, &key, &wish(person, 5)).await;
            assert_eq!(status, 201, "{request}");
            asked.push((payer, request));
            let key = new_key();
            let (status, _) =
                fixture.post(person, PAY_LINKS, &key, &link(person, LINKED, &key)).await;
            assert_eq!(status, 201);
            fixture.scheduled(person, requester, SCHEDULED, "once").await;
        }
        let Contested { disputable, disputed, reviewed } =
            Contested::of(fixture, &people, shop).await;
        let endings = Ending::all(fixture, &people, &owner, shop).await;
        let mut red_packets = Vec::new();
        for sender in people.iter().cycle().take(PACKETS) {
            let (cents, split) = (i64::try_from(PEOPLE).unwrap(), format!("equal-{PEOPLE}"));
            red_packets.push(fixture.red_packet(sender, cents, &split).await);
        }
        let packets = |person| (0..PACKETS).map(move |packet| (person, packet));
        let unopened = (0..PEOPLE).flat_map(packets).collect();
        let asking = (0..PEOPLE).map(|person| (person, (person + 1) % PEOPLE)).collect();
        Self {
            people,
            fps_payees,
            owner,
            shops,
            payments,
            held,
            asked,
            asking,
            splitting: (0..PEOPLE).collect(),
            disputable,
            disputed,
            reviewed,
            reviewer: fixture.reviewer_of_held(),
            lacking: lacking(fixture).await,
            broke: (0..PEOPLE).collect(),
            red_packets,
            unopened,
            endings,
            settling,
        }
    }

    /// What waits in links that nobody will claim or cancel comes back now.
    pub(super) async fn expire_links(fixture: &Fixture) {
        let sql = "UPDATE parcels SET expires_at = UTC_TIMESTAMP(6) WHERE kind = 'pay-link'";
        fixture.execute(&format!("{sql} AND amount = {LINKED}")).await;
    }

    /// Yesterday's takings are at the bank, once.
    pub(super) async fn assert_settled(&self, fixture: &Fixture) {
        let (owner, shop) = &self.settling;
        let [settled] = &fixture.settlements(owner, *shop).await[..] else { panic!("one") };
        assert_eq!(settled["status"], "paid-out", "{settled}");
        assert_eq!(settled["amount"]["amount"], net(TOOK));
        assert_eq!(fixture.takings(owner, *shop).await, 0);
    }
}

/// As in `Town`.
struct Contested {
    disputable: Vec<(usize, String)>,
    disputed: Vec<String>,
    reviewed: Vec<String>,
}

impl Contested {
    async fn of(fixture: &Fixture, people: &[Person], shop: BusinessId) -> Self {
        let (mut disputable, mut disputed, mut reviewed) = (Vec::new(), Vec::new(), Vec::new());
        for (payer, person) in people.iter().enumerate() {
            disputable.push((payer, paid(fixture, person, shop).await));
            let path = format!("{PAYMENTS}/{}/disputes", paid(fixture, person, shop).await);
            let (status, dispute) = fixture.post(person, &path, &new_key(), &complaint()).await;
            assert_eq!(status, 200, "{dispute}");
            disputed.push(format!("{DISPUTES}/{}", dispute["dispute_id"].as_str().unwrap()));
            reviewed.push(fixture.held(person, &people[(payer + 1) % PEOPLE], REVIEWED).await);
        }
        Self { disputable, disputed, reviewed }
    }
}

/// Who has agreed that what they pay is brought in.
async fn lacking(fixture: &Fixture) -> Vec<Person> {
    let mut lacking = Vec::new();
    for _ in 0..PEOPLE {
        let person = fixture.person(Product::Consumer).await;
        assert_eq!(fixture.agree(&person, LACKED_MAX, LACKED_MAX).await.0, 200);
        lacking.push(person);
    }
    lacking
}

/// A payment of what may be disputed; its id.
async fn paid(fixture: &Fixture, person: &Person, shop: BusinessId) -> String {
    let key = new_key();
    let body = static_payment(person, shop, DISPUTED, &key);
    let (status, payment) = fixture.post(person, PAYMENTS, &key, &body).await;
    assert_eq!(status, 201, "{payment}");
    payment["payment_id"].as_str().unwrap().to_owned()
}

/// The payer wants all of it back.
pub(super) fn complaint() -> Value {
    json!({
        "amount": {"amount": DISPUTED, "currency": "HKD"},
        "reason": "not-received",
        "statement": "The parcel never came.",
    })
}

/// A shop with takings of yesterday alone.
async fn took_yesterday(fixture: &Fixture) -> (Person, BusinessId) {
    let (payer, key) = (fixture.consumer_with(MONEY).await, new_key());
    let (owner, shop) = fixture.shop().await;
    fixture.bank(&owner, shop, "daily").await;
    let body = static_payment(&payer, shop, TOOK, &key);
    let (status, payment) = fixture.post(&payer, PAYMENTS, &key, &body).await;
    assert_eq!(status, 201, "{payment}");
    let id = |uuid: uuid::Uuid| format!("0x{}", uuid.simple());
    let (of_payer, of_shop) = (id(payer.user_id.uuid()), id(shop.uuid()));
    let [hold, subject, transfer, operation] =
        ["pending_id", "subject_id", "transfer_id", "operation_id"].map(a_day_earlier);
    let earlier = |at: &str| format!("{at} = {at} - INTERVAL 1 DAY");
    let [created, ended, used] = ["created_at", "ended_at", "used_on"].map(earlier);
    for sql in [
        format!(
            "UPDATE transfers SET {hold}, {subject}, {transfer}, {created}
             WHERE debit_account_id IN ({of_payer}, {of_shop}) OR credit_account_id = {of_payer}"
        ),
        format!(
            "UPDATE operations SET {operation}, {created}, {ended}
             WHERE {of_payer} IN (from_account_id, to_account_id)"
        ),
        format!("UPDATE accounts SET {used} WHERE account_id = {of_payer}"),
        "DELETE FROM settled_days".to_owned(),
        // What was audited has got a past that it had not, so audits begin anew.
        "DELETE FROM audited_sums".to_owned(),
        "UPDATE audit_progress SET cut = REPEAT(0x00, 16), transfers = 0".to_owned(),
    ] {
        fixture.execute(&sql).await;
    }
    (owner, shop)
}
