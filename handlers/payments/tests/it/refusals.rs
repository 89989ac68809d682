//! What movements of money refuse alike, as one table: movement by movement, code by code, and
//! nothing moves. What only one of them refuses stands beside that one, and how limits are counted
//! in `limits.rs`.

mod amounts;
mod limits;

use std::fmt;

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use values::{BusinessId, OperationConfirmation, OperationTerms, Product, code_enum};

use crate::withdrawals::{ACCOUNT, WITHDRAWALS, pin_token};
use crate::{
    Fixture, Person, fps_payments, group_commit, money_requests, new_key, parcels, pay, payment,
    peer_payments, schedules, withdrawals,
};

const TOP_UPS: &str = "/api/v1/wallets/me/top-ups";
const SPLIT: &str = "equal-2";
/// What is asked for here, unless a request says it.
const CENTS: i64 = 700;
const MONEY: i64 = 300_000;
/// More than an unverified wallet may move at once, HK$2,000.00, and less than it has here.
const OVER_TIER: i64 = 200_001;

/// Everybody and everything that a movement may need.
struct Scene {
    fixture: Fixture,
    payer: Person,
    friend: Person,
    shop: BusinessId,
    /// Of the shop, HK$128.50.
    shop_request: String,
    /// Of the friend, HK$50.00.
    money_request: Value,
    fps_payee: Value,
}

impl Scene {
    async fn new() -> Self {
        let fixture = Fixture::new().await;
        let payer = fixture.consumer_with(MONEY).await;
        let friend = fixture.person(Product::Consumer).await;
        let (owner, shop) = fixture.shop().await;
        let shop_request = fixture.request(&owner, shop).await;
        let money_request = fixture.asked(&friend, &payer, money_requests::PRICE).await;
        let fps_payee = fps_payments::payee(&fixture, &payer).await;
        Self { fixture, payer, friend, shop, shop_request, money_request, fps_payee }
    }

    /// All that a refusal leaves as it was.
    async fn books(&self) -> Vec<u64> {
        let mut books = Vec::new();
        for table in ["transfers", "operations", "operation_keys", "parcels", "schedules"] {
            books.push(self.fixture.database.count(table).await);
        }
        books.push(u64::try_from(self.fixture.balance(&self.payer).await).unwrap());
        assert_eq!(self.fixture.audit().await["balanced"], true);
        books
    }

    async fn code(&self, person: &Person, movement: Movement, key: &str, body: &Value) -> String {
        let (status, problem) = self.fixture.post(person, movement.path(), key, body).await;
        let code = problem["code"].as_str().unwrap_or_else(|| panic!("{movement}: {problem}"));
        format!("{status} {code}")
    }
}

code_enum! {
    /// By what money moves; the last moves none yet.
    enum Movement {
        /// At once.
        CardTopUp = "card top-up",
        /// Later.
        BankDebit = "bank debit",
        /// By a request of a shop.
        ShopRequest = "payment of a shop's request",
        /// By a shop's static code.
        StaticCode = "payment by a static code",
        /// To a person.
        PeerPayment = "payment to a person",
        /// By a request of a person.
        MoneyRequest = "payment of a person's request",
        /// To whom FPS knows.
        FpsPayment = "FPS payment",
        /// To one's own bank.
        Withdrawal = "withdrawal",
        /// Whoever has it claims it.
        PayLink = "pay link",
        /// The same, in shares.
        RedPacket = "red packet",
        /// On dates.
        Schedule = "schedule",
        /// Of a person, for money.
        Asking = "request",
    }
}

use Movement::{
    Asking, BankDebit, CardTopUp, FpsPayment, MoneyRequest, PayLink, PeerPayment, RedPacket,
    Schedule, ShopRequest, StaticCode, Withdrawal,
};

impl fmt::Display for Movement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl Movement {
    fn path(self) -> &'static str {
        match self {
            CardTopUp | BankDebit => TOP_UPS,
            ShopRequest | StaticCode => pay::PAYMENTS,
            PeerPayment | MoneyRequest => peer_payments::PEER_PAYMENTS,
            FpsPayment => fps_payments::PAYMENTS,
            Withdrawal => WITHDRAWALS,
            PayLink => parcels::PAY_LINKS,
            RedPacket => parcels::RED_PACKETS,
            Schedule => schedules::SCHEDULES,
            Asking => money_requests::MONEY_REQUESTS,
        }
    }

    /// What somebody else has said is to be paid.
    fn asked(self) -> Option<i64> {
        if self == ShopRequest {
            return Some(12_850);
        }
        (self == MoneyRequest).then_some(money_requests::PRICE)
    }

    /// What the payer confirms; nothing if there is nothing to confirm.
    fn terms(self, scene: &Scene, payer: &Person, cents: i64, key: &str) -> Option<OperationTerms> {
        Some(match self {
            CardTopUp | BankDebit | Asking => return None,
            ShopRequest => crate::terms(payer, scene.shop, &scene.shop_request, key),
            StaticCode => group_commit::static_terms(payer, scene.shop, cents, key),
            PeerPayment => {
                let terms = peer_payments::terms(payer, scene.friend.user_id, key);
                OperationTerms { amount: values::Money::hkd(cents).unwrap(), ..terms }
            }
            MoneyRequest => money_requests::terms_of(payer, &scene.money_request, key),
            FpsPayment => fps_payments::terms(payer, &scene.fps_payee, cents, key),
            Withdrawal => withdrawals::terms(payer, cents, ACCOUNT, key),
            PayLink => parcels::terms(payer, cents, None, key),
            RedPacket => parcels::terms(payer, cents, Some(SPLIT), key),
            Schedule => schedules::terms(payer, scene.friend.user_id, cents, "weekly", key),
        })
    }

    /// The body that says the same, with this proof.
    fn body(
        self,
        scene: &Scene,
        cents: i64,
        terms: Option<&OperationTerms>,
        proof: Value,
    ) -> Value {
        let friend = scene.friend.user_id;
        let amount = json!({"amount": cents, "currency": "HKD"});
        let mut body = match (self, terms) {
            (ShopRequest | StaticCode, Some(terms)) => payment(terms, json!(null)),
            (CardTopUp, _) => return json!({"amount": amount, "type": "instant"}),
            (BankDebit, _) => return json!({"amount": amount, "type": "bank-debit"}),
            (Asking, _) => return money_requests::wish(&scene.friend, cents),
            (PeerPayment, _) => json!({"payee_id": friend, "amount": amount}),
            (MoneyRequest, _) => {
                let id = &scene.money_request["money_request_id"];
                json!({"payee_id": friend, "amount": amount, "money_request_id": id})
            }
            (FpsPayment, _) => {
                json!({"fps_payee_id": scene.fps_payee["fps_payee_id"], "amount": amount})
            }
            (Withdrawal, _) => withdrawals::body(cents, ACCOUNT, &json!(null)),
            (PayLink, _) => json!({"amount": amount}),
            (RedPacket, _) => json!({"amount": amount, "split": "equal", "shares": 2}),
            (Schedule, _) => schedules::payments(friend, cents, "weekly", &json!(null)),
            (ShopRequest | StaticCode, None) => unreachable!("they are confirmed"),
        };
        body["confirmation"] = proof;
        body
    }

    /// The whole, which the payer's phone signed at this time.
    fn signed_at(
        self,
        scene: &Scene,
        (payer, phone): (&Person, &Person),
        cents: i64,
        key: &str,
        at: OffsetDateTime,
    ) -> Value {
        let cents = self.asked().unwrap_or(cents);
        let terms = self.terms(scene, payer, cents, key);
        let proof = terms.clone().map(|terms| {
            let confirmation = OperationConfirmation { terms, confirmed_at: at.into() };
            json!({
                "type": "device",
                "signed_at": confirmation.confirmed_at,
                "signature": phone.device.sign(&confirmation.signing_text()),
            })
        });
        self.body(scene, cents, terms.as_ref(), proof.unwrap_or_default())
    }

    fn signed(self, scene: &Scene, payer: &Person, cents: i64, key: &str) -> Value {
        self.signed_at(scene, (payer, payer), cents, key, OffsetDateTime::now_utc())
    }

    fn is_confirmed(self) -> bool {
        !matches!(self, CardTopUp | BankDebit | Asking)
    }
}

#[tokio::test]
async fn no_movement_takes_an_amount_that_is_none() {
    let scene = Scene::new().await;
    let before = scene.books().await;
    for movement in Movement::ALL.iter().copied() {
        for (field, wrong) in [
            ("amount", json!(0)),
            ("amount", json!(-1)),
            ("amount", json!(u64::MAX)),
            ("amount", json!(1.555)),
            ("amount", json!("700")),
            ("currency", json!("CNY")),
            ("currency", json!("hkd")),
        ] {
            let key = new_key();
            let mut body = movement.signed(&scene, &scene.payer, CENTS, &key);
            body["amount"][field] = wrong;
            let code = scene.code(&scene.payer, movement, &key, &body).await;
            assert_eq!(code, "400 invalid-body", "{movement} {body}");
        }
    }
    assert_eq!(scene.books().await, before);
}

#[tokio::test]
async fn no_movement_is_made_by_a_proof_of_something_else_or_of_somebody_else_or_too_late() {
    let scene = Scene::new().await;
    let (payer, friend) = (&scene.payer, &scene.friend);
    let before = scene.books().await;
    for movement in Movement::ALL.iter().copied().filter(|movement| movement.is_confirmed()) {
        let now = OffsetDateTime::now_utc();
        let key = new_key();
        let genuine = movement.signed(&scene, payer, CENTS, &key);
        let more = genuine["amount"]["amount"].as_i64().unwrap() + 1;
        let mut changed = genuine.clone();
        changed["amount"]["amount"] = more.into();
        let mut without = genuine.clone();
        without["confirmation"] = json!(null);
        let of_other = movement.signed_at(&scene, (payer, friend), CENTS, &key, now);
        let at = |seconds| {
            let at = now + Duration::seconds(seconds);
            movement.signed_at(&scene, (payer, payer), CENTS, &key, at)
        };
        for (wrong, key, expected) in [
            (&without, &key, "400 invalid-body"),
            (&changed, &key, "403 confirmation-invalid"),
            (&genuine, &new_key(), "403 confirmation-invalid"),
            (&of_other, &key, "403 confirmation-invalid"),
            (&at(-121), &key, "422 clock-skew"),
            (&at(180), &key, "422 clock-skew"),
        ] {
            let code = scene.code(payer, movement, key, wrong).await;
            assert_eq!(code, expected, "{movement} {wrong}");
        }
    }
    assert_eq!(scene.books().await, before);
}

#[tokio::test]
async fn no_movement_is_made_twice_or_changed_under_its_key() {
    let scene = Scene::new().await;
    for movement in Movement::ALL.iter().copied() {
        let key = new_key();
        let body = movement.signed(&scene, &scene.payer, CENTS, &key);
        let path = movement.path();
        let (status, made) = scene.fixture.post_text(&scene.payer, path, &key, &body).await;
        assert_eq!(status, 201, "{movement} {made}");
        let before = scene.books().await;
        let again = scene.fixture.post_text(&scene.payer, path, &key, &body).await;
        assert_eq!(again, (201, made), "{movement}");
        let mut changed = body.clone();
        changed["amount"]["amount"] = (CENTS + 1).into();
        let code = scene.code(&scene.payer, movement, &key, &changed).await;
        assert_eq!(code, "422 idempotency-key-reused", "{movement}");
        assert_eq!(scene.books().await, before, "{movement}");
    }
}

#[tokio::test]
async fn nobody_moves_money_who_may_not_or_has_not_enough() {
    let scene = Scene::new().await;
    let fixture = &scene.fixture;
    let merchant = fixture.person(Product::Business).await;
    let stranger = fixture.stranger(Product::Consumer);
    let closed = fixture.person(Product::Consumer).await;
    assert_eq!(fixture.close(&closed).await.0, 200);
    let frozen = fixture.consumer_with(MONEY).await;
    fixture.freeze(&frozen.user_id.to_string()).await;
    let poor = fixture.consumer_with(CENTS - 1).await;
    let unverified = fixture.consumer_with(MONEY).await;
    fixture.set_tier(&unverified, "unverified").await;
    let before = scene.books().await;
    for movement in Movement::ALL.iter().copied() {
        for (person, expected) in [
            (&merchant, "403 wrong-product"),
            (&stranger, "404 wallet-not-open"),
            (&closed, "403 wallet-closed"),
            (&frozen, "403 wallet-frozen"),
        ] {
            let key = new_key();
            let body = movement.signed(&scene, person, CENTS, &key);
            let code = scene.code(person, movement, &key, &body).await;
            // Nobody but the payer was asked by that request, or has looked that payee up.
            let is_merchant = person.user_id == merchant.user_id;
            let foreign = [
                (MoneyRequest, "404 money-request-not-found"),
                (FpsPayment, "404 fps-payee-not-found"),
            ];
            let foreign = foreign.iter().find(|(of, _)| *of == movement && !is_merchant);
            let expected = foreign.map_or(expected, |(_, code)| *code);
            assert_eq!(code, expected, "{movement}");
        }
        // Money that comes in is not short; a request says itself what is paid, and whoever asks
        // or says when to pay moves nothing yet. `fps_payments.rs` has those who pay by FPS.
        let is_short = !matches!(movement, Schedule | FpsPayment);
        if movement.is_confirmed() && is_short && movement.asked().is_none() {
            let key = new_key();
            let body = movement.signed(&scene, &poor, CENTS, &key);
            let code = scene.code(&poor, movement, &key, &body).await;
            assert_eq!(code, "422 insufficient-funds", "{movement}");

            // What may be withdrawn at once is what may be in a day: `limits.rs`.
            if movement == Withdrawal {
                continue;
            }
            // By the PIN, which so much needs.
            let key = new_key();
            let terms = movement.terms(&scene, &unverified, OVER_TIER, &key);
            let proof = pin_token(fixture, terms.clone().unwrap());
            let body = movement.body(&scene, OVER_TIER, terms.as_ref(), proof);
            let code = scene.code(&unverified, movement, &key, &body).await;
            assert_eq!(code, "422 transaction-limit-exceeded", "{movement}");
        }
    }
    assert_eq!(scene.books().await, before);
}
