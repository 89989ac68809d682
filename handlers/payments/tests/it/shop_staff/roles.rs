//! What each role does in its own shop, and that it is nothing in any other or once it has closed.

use serde_json::{Value, json};
use testkit::Call;

use super::{PAYMENTS, REQUESTS, Scene, hkd, refund};
use crate::api_credentials::{CREDENTIALS, wanted};
use crate::authorisations::authorised;
use crate::settlements::{HOLDER, yesterday};

const NO_SHOP: &str = "business-not-found";
const NO_PAYMENT: &str = "payment-not-found";
const NO_DISPUTE: &str = "dispute-not-found";
const NO_CREDENTIAL: &str = "api-credential-not-found";

/// What a table says of one act: what comes of it for the owner, the manager, the cashier and a
/// stranger (0 is not tried), and what a stranger is told is not there.
type Row = (&'static str, Call, [u16; 4], &'static str);

const ALL_THREE: [u16; 4] = [200, 200, 200, 404];
const NO_CASHIER: [u16; 4] = [200, 200, 403, 404];
const OWNER_ONLY: [u16; 4] = [200, 403, 403, 404];

impl Scene {
    /// A dispute of a new payment; its path.
    async fn disputed(&self) -> String {
        let paid = self.pay(1_000).await;
        let said = json!({"amount": hkd(1), "reason": "not-received", "statement": "Never came."});
        let open = Call::post(&format!("{PAYMENTS}/{paid}/disputes")).json(&said);
        let dispute = self.send(&self.payer, open).await.expect(200);
        format!("/api/v1/disputes/{}", dispute["dispute_id"].as_str().unwrap())
    }

    async fn table(&self) -> Vec<Row> {
        let [mut rows, of_money] = [self.rows_of_payments().await, self.rows_of_money().await];
        rows.extend(of_money);
        rows
    }

    async fn rows_of_payments(&self) -> Vec<Row> {
        let (fixture, shop, [owner, manager, ..]) = (&self.fixture, self.shop, &self.people);
        let paid = self.pay(10_000).await;
        let held = authorised(fixture, &self.payer, owner, shop).await;
        let let_go = authorised(fixture, &self.payer, owner, shop).await;
        let given = self.send(manager, refund(&paid, 100)).await.expect(201);
        let given = format!("/api/v1/refunds/{}", given["refund_id"].as_str().unwrap());
        let of = |path: &str| Call::get(&format!("{path}?business_id={shop}"));
        let capture = Call::post(&format!("{PAYMENTS}/{held}/capture"));
        let request = fixture.request(owner, shop).await;
        let cancel = Call::post(&format!("{REQUESTS}/{request}/cancel"));
        let contest = Call::post(&format!("{}/contest", self.disputed().await));
        let accept = Call::post(&format!("{}/accept", self.disputed().await));
        vec![
            ("asks", self.ask(), [201, 201, 201, 404], NO_SHOP),
            ("lists requests", of(REQUESTS), ALL_THREE, NO_SHOP),
            ("cancels", cancel, ALL_THREE, "payment-request-not-found"),
            ("lists payments", of(PAYMENTS), ALL_THREE, NO_SHOP),
            ("reads", Call::get(&format!("{PAYMENTS}/{paid}")), ALL_THREE, NO_PAYMENT),
            ("reads a refund", Call::get(&given), ALL_THREE, "refund-not-found"),
            ("opens the app", of("/api/v1/home"), ALL_THREE, NO_SHOP),
            ("refunds", refund(&paid, 100), [201, 201, 403, 404], NO_PAYMENT),
            ("captures", capture.json(&json!({"amount": hkd(100)})), NO_CASHIER, NO_PAYMENT),
            ("voids", Call::post(&format!("{PAYMENTS}/{let_go}/void")), NO_CASHIER, NO_PAYMENT),
            ("lists disputes", of("/api/v1/disputes"), NO_CASHIER, NO_SHOP),
            ("contests", contest.json(&json!({"answer": "It came."})), NO_CASHIER, NO_DISPUTE),
            ("accepts", accept, NO_CASHIER, NO_DISPUTE),
        ]
    }

    async fn rows_of_money(&self) -> Vec<Row> {
        let (fixture, shop, [owner, ..]) = (&self.fixture, self.shop, &self.people);
        fixture.bank(owner, shop, "on-demand").await;
        let made = fixture.credential(&owner.token, &wanted(shop)).await;
        let credential = format!("{CREDENTIALS}/{}", made["client_id"].as_str().unwrap());
        let of_wallet = |what: &str| format!("/api/v1/wallets/businesses/{shop}{what}");
        let movements = of_wallet("/movements");
        let listed = self.send(owner, Call::get(&movements)).await.expect(200);
        let id = listed["items"].as_array().unwrap().iter().find(|line| line["is_fee"] == false);
        let id = id.unwrap()["transfer_id"].as_str().unwrap().to_owned();
        let bank: Value = json!({
            "bank_account": {"bank_code": "024", "account_number": "123456789"},
            "holder_name": HOLDER, "settlement": "on-demand",
        });
        let put = |what: &str, body: &Value| Call::new("PUT", &of_wallet(what)).json(body);
        let programs = format!("{CREDENTIALS}?business_id={shop}");
        let single = [200, 404, 404, 404];
        let only_others = [0, 403, 403, 404];
        vec![
            ("reads the balance", Call::get(&of_wallet("")), NO_CASHIER, NO_SHOP),
            ("lists movements", Call::get(&movements), NO_CASHIER, NO_SHOP),
            (
                "reads a receipt",
                Call::get(&format!("{movements}/{id}/receipt")),
                NO_CASHIER,
                NO_SHOP,
            ),
            ("says where takings go", put("/bank-account", &bank), OWNER_ONLY, NO_SHOP),
            ("reads that", Call::get(&of_wallet("/bank-account")), OWNER_ONLY, NO_SHOP),
            ("settles", put("/settlements", &json!({"day": yesterday()})), only_others, NO_SHOP),
            ("lists settlements", Call::get(&of_wallet("/settlements")), OWNER_ONLY, NO_SHOP),
            (
                "lets a program in",
                Call::post(CREDENTIALS).json(&wanted(shop)),
                only_others,
                NO_SHOP,
            ),
            ("lists programs", Call::get(&programs), OWNER_ONLY, NO_SHOP),
            ("reads a program", Call::get(&credential), single, NO_CREDENTIAL),
            (
                "ends a program",
                Call::post(&format!("{credential}/deactivate")),
                single,
                NO_CREDENTIAL,
            ),
        ]
    }

    async fn check(&self, table: &[Row], expected: impl Fn([u16; 4]) -> [u16; 4]) {
        for (what, call, statuses, absent) in table {
            let cases = self.people.iter().zip(expected(*statuses)).enumerate();
            for (number, (person, status)) in cases.filter(|(_, (_, status))| *status > 0) {
                let answer = self.send(person, call.clone()).await;
                assert_eq!(answer.status, status, "{what}, {number}: {}", answer.json());
                match status {
                    403 => answer.expect_refusal(403, "not-allowed-for-role"),
                    404 => answer.expect_refusal(404, absent),
                    _ => {}
                }
            }
        }
    }
}

#[tokio::test]
async fn each_role_does_in_its_own_shop_what_the_table_says_and_finds_no_other() {
    let scene = Scene::set().await;
    let table = scene.table().await;
    scene.check(&table, |statuses| statuses).await;
}

#[tokio::test]
async fn nobody_but_its_owner_works_in_a_shop_that_has_closed() {
    let scene = Scene::set().await;
    let table = scene.table().await;
    scene.sql("UPDATE shops SET is_closed = TRUE").await;
    scene.check(&table, |_| [0, 404, 404, 404]).await;
    let balance = Call::get(&format!("/api/v1/wallets/businesses/{}", scene.shop));
    scene.send(&scene.people[0], balance).await.expect(200);
}
