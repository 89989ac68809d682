//! What goes on while Key Vault is away, and what waits and loses nothing.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use serde_json::json;
use service::Routes;
use testkit::Device;

use crate::phone_changes::change;
use crate::phone_sealing::{clear, set_sealing};
use crate::recoveries::insert_ready;
use crate::sms_account::SmsServer;
use crate::{Fixture, PIN, code as code_of, new_phone, refused, registration};

const NO_VAULT: &str = "https://127.0.0.1:9";

impl Fixture {
    /// Another instance of the service with this vault, and with a phone network of its own.
    pub(crate) async fn routes_with_vault(&self, vault_url: &str) -> (Routes, SmsServer) {
        self.routes_with_config(|config| config.vault_url = vault_url.to_owned()).await
    }

    /// Another instance with this key of indexes, and with a phone network of its own.
    pub(crate) async fn routes_with_index_key(&self, index_key: Vec<u8>) -> (Routes, SmsServer) {
        self.routes_with_config(|config| config.index_key = index_key).await
    }
}

#[tokio::test]
async fn while_key_vault_is_away_the_timer_leaves_the_rest_for_later() {
    let fixture = Fixture::new().await;
    set_sealing(&fixture, false, 7).await;
    fixture.sign_up().await;
    set_sealing(&fixture, true, 0).await;
    let (routes, sms) = fixture.routes_with_vault(NO_VAULT).await;
    let away = Fixture { routes, sms, database: fixture.database };
    away.tick().await.expect(200);
    assert_eq!(clear(&away).await, (1, 0));
}

/// More often than a challenge may be tried, or an account asked for in a day.
const OFTEN: u32 = 6;

#[tokio::test]
async fn while_key_vault_is_away_no_code_and_no_recovery_of_the_day_is_used_up() {
    let fixture = Fixture::new().await;
    let (person, loser) = (fixture.sign_up().await, fixture.sign_up().await);
    let (routes, sms) = fixture.routes_with_vault(NO_VAULT).await;
    let away = Fixture { routes, sms, database: fixture.database };
    let [newcomer, moved_to, lost_for] = [new_phone(), new_phone(), new_phone()];
    let (challenge_id, otp) = away.challenge(&newcomer).await;
    let sign_up = registration(&challenge_id, &otp, PIN, &Device::new());
    let (challenge_id, code) = away.challenge(&lost_for).await;
    let ask = json!({"phone": loser.phone, "challenge_id": challenge_id, "code": code});
    let (old, new) = (away.challenge(&person.phone).await, away.challenge(&moved_to).await);
    let try_again = refused(503, "try-again");
    for _ in 0..OFTEN {
        let (signed_up, asked, changed) = futures_util::join!(
            away.refusal("users", &sign_up),
            away.refusal("recoveries", &ask),
            change(&away, &person, PIN, [&old, &new]),
        );
        assert_eq!([&signed_up, &asked, &code_of(changed)], [&try_again; 3]);
    }
    let (routes, sms) = away.routes_with_vault(&testkit::vault_url()).await;
    let back = Fixture { routes, sms, database: away.database };
    assert_eq!(back.post("users", &sign_up).await.0, 201);
    assert_eq!(back.post("recoveries", &ask).await.0, 201);
    assert_eq!(change(&back, &person, PIN, [&old, &new]).await.0, 204);
    assert_eq!(back.database.count("recoveries").await, 1);
}

#[tokio::test]
async fn an_account_is_not_given_back_before_its_former_number_can_be_told() {
    let fixture = Fixture::new().await;
    let (person, lost_for) = (fixture.sign_up().await, new_phone());
    let id = insert_ready(&fixture, &person, &lost_for, "approved").await.to_string();
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "SELECT phone_sealed FROM users";
    let sealed: Vec<u8> = conn.query_first(sql).await.unwrap().unwrap();
    let damage = "UPDATE users SET phone_sealed = LEFT(phone_sealed, 40)";
    conn.query_drop(damage).await.unwrap();
    let (challenge_id, otp) = fixture.challenge(&lost_for).await;
    let body = registration(&challenge_id, &otp, "602938", &Device::new());
    let path = format!("recoveries/{id}/finish");
    for _ in 0..OFTEN {
        assert_eq!(fixture.refusal(&path, &body).await, refused(500, "internal"));
    }
    conn.exec_drop("UPDATE users SET phone_sealed = ?", (sealed,)).await.unwrap();
    assert_eq!(fixture.post(&path, &body).await.0, 201);
    while fixture.sms.newest_to(&person.phone).starts_with("Your PayMe code") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn while_key_vault_is_away_a_person_changes_the_pin_and_a_wrong_one_is_told_at_once() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let (routes, sms) = fixture.routes_with_vault(NO_VAULT).await;
    let away = Fixture { routes, sms, database: fixture.database };
    for (current, new, wanted) in
        [("739165", "602938", (422, "pin-invalid")), (PIN, "123456", (422, "pin-too-weak"))]
    {
        let body = json!({"current_pin": current, "new_pin": new});
        let answer = away.act(&person, "PUT", "pin", Some(&body)).await;
        assert_eq!(code_of(answer), refused(wanted.0, wanted.1));
    }
    let body = json!({"current_pin": PIN, "new_pin": "602938"});
    assert_eq!(away.act(&person, "PUT", "pin", Some(&body)).await.0, 204);
}

#[tokio::test]
async fn while_key_vault_is_away_people_log_in_and_are_found_and_a_sign_up_loses_nothing() {
    let fixture = Fixture::new().await;
    let (person, seeker) = (fixture.sign_up().await, fixture.sign_up().await);
    let (routes, sms) = fixture.routes_with_vault(NO_VAULT).await;
    let away = Fixture { routes, sms, database: fixture.database };
    away.add_device(&person).await;
    let person = away.log_in(person).await;
    let body = json!({"phones": [person.phone]});
    let token = Some(seeker.access_token());
    let (_, found) = away.call("POST", "contact-matches", token, Some(&body)).await;
    assert_eq!(found["matches"][0]["user_id"], person.tokens["user_id"]);

    let phone = new_phone();
    let (challenge_id, otp) = away.challenge(&phone).await;
    let body = registration(&challenge_id, &otp, PIN, &Device::new());
    assert_eq!(away.refusal("users", &body).await, refused(503, "try-again"));
    let mut conn = away.database.pool.get_conn().await.unwrap();
    let wrong: Option<u64> = conn
        .query_first("SELECT CAST(COALESCE(SUM(wrong), 0) AS UNSIGNED) FROM guesses")
        .await
        .unwrap();
    assert_eq!(wrong, Some(0), "its code was right");
    let (routes, sms) = away.routes_with_vault(&testkit::vault_url()).await;
    let back = Fixture { routes, sms, database: away.database };
    assert_eq!(back.post("users", &body).await.0, 201);
}
