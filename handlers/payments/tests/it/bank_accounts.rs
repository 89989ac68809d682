//! Bank accounts that people register as their own, and withdrawals to them.

use std::time::Duration;

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::Call;
use tokio::time::sleep;
use values::{OperationTerms, Product};

use crate::peer_payments::name;
use crate::withdrawals::{ACCOUNT, code, money, signature, signed, terms};
use crate::{Fixture, Person, new_key};

const ACCOUNTS: &str = "/api/v1/wallets/me/bank-accounts";
/// In one run of the test; in each, eight register five of theirs at once.
const ROUNDS: usize = 25;
/// Within a second for which a decision waits for a row.
const WHILE: Duration = Duration::from_millis(200);

fn wish(account_number: &str, holder_name: &str) -> Value {
    json!({
        "bank_account": {"bank_code": "024", "account_number": account_number},
        "holder_name": holder_name,
    })
}

impl Fixture {
    async fn register(&self, person: &Person, account_number: &str) -> (u16, Value) {
        self.post(person, ACCOUNTS, &new_key(), &wish(account_number, "Chan Tai Man")).await
    }

    async fn listed(&self, person: &Person) -> Vec<Value> {
        let (status, page) = self.get(person, ACCOUNTS).await;
        assert_eq!((status, &page["next_cursor"]), (200, &json!(null)), "{page}");
        page["items"].as_array().unwrap().clone()
    }

    async fn remove(&self, person: &Person, account: &Value) -> u16 {
        self.send(Call::new("DELETE", &path_of(account)).bearer(&person.token)).await.status
    }

    /// A consumer with HK$500.00 who is called CHAN Tai Man.
    async fn chan(&self) -> Person {
        let person = self.consumer_with(50_000).await;
        name(self, &person, "CHAN Tai Man").await;
        person
    }
}

fn path_of(account: &Value) -> String {
    format!("{ACCOUNTS}/{}", account["bank_account_id"].as_str().unwrap())
}

fn withdrawal(person: &Person, cents: i64, account: &Value, key: &str) -> Value {
    let reference = account["reference"].as_str().unwrap().to_owned().try_into().unwrap();
    let terms = OperationTerms { reference: Some(reference), ..terms(person, cents, ACCOUNT, key) };
    let amount = json!({"amount": cents, "currency": "HKD"});
    json!({"amount": amount, "confirmation": signature(person, terms)})
}

#[tokio::test]
async fn an_own_account_is_registered_listed_used_and_removed() {
    let fixture = Fixture::new().await;
    let (person, key) = (fixture.chan().await, new_key());
    let wanted = wish("123456789", "Chan, Tai-man");
    let (status, account) = fixture.post(&person, ACCOUNTS, &key, &wanted).await;
    let masked = json!({"bank_code": "024", "account_number_ending": "6789"});
    assert_eq!((status, &account["bank_account"]), (201, &masked), "{account}");
    assert_eq!(fixture.post(&person, ACCOUNTS, &key, &wanted).await, (201, account.clone()));
    assert_eq!(fixture.listed(&person).await, std::slice::from_ref(&account));

    let (path, key) = (format!("{}/withdrawals", path_of(&account)), new_key());
    let body = withdrawal(&person, 700, &account, &key);
    let (status, withdrawn) = fixture.post(&person, &path, &key, &body).await;
    assert_eq!((status, &withdrawn["status"]), (201, &json!("completed")), "{withdrawn}");
    assert_eq!(withdrawn["bank_account"], masked);
    assert_eq!(money(&fixture, &person).await, [49_300, 49_300, 0]);
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let kept: Option<(String, String)> =
        conn.query_first("SELECT bank_code, account_number FROM withdrawals").await.unwrap();
    assert_eq!(kept, Some(("024".to_owned(), "123456789".to_owned())));

    assert_eq!(fixture.remove(&person, &account).await, 204);
    assert_eq!(fixture.remove(&person, &account).await, 404);
    assert!(fixture.listed(&person).await.is_empty());
    // What was done before is read again; nothing new goes there.
    assert_eq!(fixture.post(&person, &path, &key, &body).await, (201, withdrawn));
    let key = new_key();
    let body = withdrawal(&person, 700, &account, &key);
    let refused = fixture.post(&person, &path, &key, &body).await;
    assert_eq!(code(refused), (404, "bank-account-not-found".to_owned()));
    assert_eq!(money(&fixture, &person).await, [49_300, 49_300, 0]);
}

#[tokio::test]
async fn what_is_wrong_with_an_account_is_refused_and_nothing_is_registered() {
    let fixture = Fixture::new().await;
    let person = fixture.chan().await;
    let nameless = fixture.consumer_with(100).await;
    for (person, number, holder, status, expected) in [
        (&person, "123456789", "Chan Tai Ming", 422, "bank-account-name-mismatch"),
        (&person, "123456789", "陳大文", 422, "bank-account-name-mismatch"),
        (&nameless, "123456789", "Chan Tai Man", 422, "bank-account-name-mismatch"),
        (&person, "123456792", "Chan Tai Man", 422, "bank-account-not-own"),
        (&person, "123456798", "Chan Tai Man", 503, "try-again"),
        (&person, "12345", "Chan Tai Man", 400, "invalid-body"),
        (&person, "123456789", "", 400, "invalid-body"),
    ] {
        let refused = fixture.post(person, ACCOUNTS, &new_key(), &wish(number, holder)).await;
        assert_eq!(code(refused), (status, expected.to_owned()), "{number} {holder}");
    }
    let merchant = fixture.person(Product::Business).await;
    assert_eq!(code(fixture.register(&merchant, "123456789").await).1, "wrong-product");
    assert_eq!(fixture.database.count("bank_accounts").await, 0);
    assert_eq!(fixture.database.count("idempotency_keys").await, 0);

    let of_operators = Fixture::of_operators().await;
    let person = of_operators.chan().await;
    let refused = of_operators.register(&person, "123456789").await;
    assert_eq!(code(refused), (422, "bank-check-unavailable".to_owned()));
}

#[tokio::test]
async fn an_account_serves_its_owner_only_and_each_proof_one_account() {
    let fixture = Fixture::new().await;
    let (person, other) = (fixture.chan().await, fixture.chan().await);
    let (_, one) = fixture.register(&person, "123456789").await;
    let (_, two) = fixture.register(&person, "223456789").await;
    let (_, of_other) = fixture.register(&other, "123456789").await;
    let not_found = (404, "bank-account-not-found".to_owned());
    let invalid = (403, "confirmation-invalid".to_owned());
    assert_eq!(fixture.remove(&person, &of_other).await, 404);
    for (account, confirmed, expected) in
        [(&of_other, &of_other, &not_found), (&two, &one, &invalid), (&one, &two, &invalid)]
    {
        let (path, key) = (format!("{}/withdrawals", path_of(account)), new_key());
        let body = withdrawal(&person, 700, confirmed, &key);
        assert_eq!(&code(fixture.post(&person, &path, &key, &body).await), expected);
    }
    // Nor does the proof of a number that was written out.
    let (path, key) = (format!("{}/withdrawals", path_of(&one)), new_key());
    let mut body = signed(&person, 700, &key);
    body.as_object_mut().unwrap().remove("bank_account");
    assert_eq!(code(fixture.post(&person, &path, &key, &body).await), invalid);
    assert_eq!(money(&fixture, &person).await, [50_000, 50_000, 0]);
}

#[tokio::test]
async fn an_account_is_not_removed_while_a_withdrawal_to_it_is_decided() {
    let fixture = Fixture::new().await;
    let person = fixture.chan().await;
    let (_, account) = fixture.register(&person, "123456789").await;
    let (path, key) = (format!("{}/withdrawals", path_of(&account)), new_key());
    let body = withdrawal(&person, 700, &account, &key);
    // The withdrawal waits for the wallet when it has the account.
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("START TRANSACTION").await.unwrap();
    let sql = "SELECT * FROM accounts WHERE account_id = ? FOR UPDATE";
    conn.exec_drop(sql, (person.user_id.uuid(),)).await.unwrap();
    let withdrawing = async { fixture.post(&person, &path, &key, &body).await };
    let removing = async {
        sleep(WHILE).await;
        fixture.remove(&person, &account).await
    };
    let looking = async {
        sleep(WHILE.saturating_mul(2)).await;
        let removed = fixture.database.count("bank_accounts WHERE removed_at IS NOT NULL").await;
        conn.query_drop("ROLLBACK").await.unwrap();
        removed
    };
    let (withdrawn, removed, removed_before) = tokio::join!(withdrawing, removing, looking);
    assert_eq!((withdrawn.0, removed, removed_before), (201, 204, 0));
    assert_eq!(money(&fixture, &person).await, [49_300, 49_300, 0]);
}

#[tokio::test]
async fn a_person_has_ten_accounts_checked_in_a_day() {
    let fixture = Fixture::new().await;
    let person = fixture.chan().await;
    let other = fixture.chan().await;
    // Not theirs, says the bank.
    for number in 0..10 {
        let refused = fixture.register(&person, &format!("10000{number}92")).await;
        assert_eq!(code(refused), (422, "bank-account-not-own".to_owned()));
    }
    let throttled = (429, "bank-checks-throttled".to_owned());
    assert_eq!(code(fixture.register(&person, "123456789").await), throttled);
    assert_eq!(fixture.register(&other, "123456789").await.0, 201);
    fixture
        .execute("UPDATE bank_account_checks SET counted_on = counted_on - INTERVAL 1 DAY")
        .await;
    assert_eq!(fixture.register(&person, "123456789").await.0, 201);
}

#[tokio::test]
async fn nobody_has_more_than_five_or_one_twice_however_many_are_registered_at_once() {
    let fixture = Fixture::new().await;
    for _ in 0..ROUNDS {
        let person = fixture.chan().await;
        let numbers = ["100001", "100002", "100003", "100004", "100005", "100006", "100007"];
        let wanted = numbers.iter().chain([&numbers[0]]);
        let answers = join_all(wanted.map(|number| fixture.register(&person, number))).await;
        let count = |wanted: &str| {
            let codes = answers.iter().filter(|(_, body)| body["code"] == wanted);
            codes.count()
        };
        assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 5);
        assert_eq!(count("too-many-bank-accounts") + count("bank-account-registered"), 3);
        let listed = fixture.listed(&person).await;
        assert_eq!(listed.len(), 5);
        assert_eq!(fixture.remove(&person, &listed[0]).await, 204);
        assert_eq!(fixture.register(&person, "200001").await.0, 201);
    }
}
