//! Tokens that are too old and PINs that are wrong.

use system_tests::{Consumer, OverHttp, PIN, Phone, Product};

use crate::stage::{PRICE, Stage, new_key};
use crate::test_platform::shared;

const WRONG_PIN: &str = "935172";
const WRONG_PINS_MAX: u32 = 5;

#[tokio::test]
async fn a_refresh_token_comes_again_for_a_lost_answer_and_later_ends_the_session() {
    let platform = shared().await;
    let phone = Phone::new(&platform).unwrap();
    let mut session = phone.sign_up(Product::Consumer).await.unwrap();
    let lost: system_tests::Tokens = session.refresh().await.unwrap().parse(200).unwrap();
    let first = session.tokens.clone();
    session.tokens = session.refresh().await.unwrap().parse(200).unwrap();
    assert_eq!(session.tokens.refresh_token, lost.refresh_token);
    let newest = session.refresh().await.unwrap().parse(200).unwrap();
    session.tokens = first;
    session.refresh().await.unwrap().expect_refusal(422, "refresh-token-reused");

    session.tokens = newest;
    let revoked = session.refresh().await.unwrap();
    assert_eq!(revoked.status, 422, "{}", revoked.text());
    let device = session.tokens.device_id.clone();
    let mut again = phone.log_in(&device, Product::Consumer).await.unwrap();
    again.refresh().await.unwrap().expect(200);
    again.tokens.refresh_token = "never issued".to_owned();
    again.refresh().await.unwrap().expect_refusal(422, "refresh-token-invalid");
}

#[tokio::test]
async fn five_wrong_pins_lock_even_the_right_one_out_and_move_nothing() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let payer: &Consumer = &stage.consumer;
    let (_, terms) = stage.request(PRICE).await;
    let key = new_key();
    for attempt in 1..WRONG_PINS_MAX {
        let wrong = payer.pin_call(&terms, &key, WRONG_PIN).send().await.unwrap();
        assert_eq!(wrong.json()["code"], "pin-invalid", "attempt {attempt}: {wrong:?}");
        assert_eq!(wrong.status, 422);
    }
    payer.pin_call(&terms, &key, WRONG_PIN).send().await.unwrap();
    let locked = payer.pin_call(&terms, &key, PIN).send().await.unwrap();
    assert_eq!(locked.json()["code"], "pin-locked", "{locked:?}");
    assert!(matches!(locked.status, 423 | 429), "{locked:?}");
    stage.assert_nothing_moved().await;
}

#[tokio::test]
async fn a_log_in_is_refused_with_a_wrong_pin_or_from_another_phone() {
    let platform = shared().await;
    let phone = Phone::new(&platform).unwrap();
    let session = phone.sign_up(Product::Consumer).await.unwrap();
    let device = &session.tokens.device_id;
    let wrong_pin = phone.log_in_call(device, Product::Consumer, WRONG_PIN).unwrap();
    wrong_pin.send().await.unwrap().expect_refusal(422, "pin-invalid");
    let other_phone = Phone::new(&platform).unwrap();
    let stolen = other_phone.log_in_call(device, Product::Consumer, PIN).unwrap();
    stolen.send().await.unwrap().expect_refusal(422, "signature-invalid");
}
