//! What a login alone does not change of a business: where its money goes, and whether it is there.

use serde_json::{Value, json};
use testkit::{Answer, Call, Device, InProcess};
use values::{Product, SessionId, StepUpPolicy, UserId};

use crate::businesses::{ALL, path, tea_house};
use crate::{Fixture, change};

fn policy() -> StepUpPolicy {
    let rules = json!([{"acts": ["fps-id-change", "shop-closing"], "answer": "pin"}]);
    StepUpPolicy { version: 1, rules: serde_json::from_value(rules).unwrap() }
}

/// A token of this person's that shows the PIN, which was entered so many seconds ago.
pub(crate) fn pin_token(fixture: &Fixture, user_id: UserId, seconds: u64) -> String {
    let login = SessionId::new();
    let mut claims = fixture.issuer.claims(user_id, Product::Business, &Device::new(), login);
    claims["auth_time"] = claims["iat"].as_u64().unwrap().saturating_sub(seconds).into();
    claims["acr"] = "pin".into();
    fixture.issuer.sign(&claims)
}

async fn send(fixture: &Fixture, call: Call, token: &str) -> Answer {
    call.bearer(token).send(&fixture.routes).await
}

#[tokio::test]
async fn another_fps_id_and_the_end_of_a_shop_ask_for_the_pin_and_its_name_does_not() {
    let fixture = Fixture::under(policy()).await;
    let (_, created) = fixture.call("POST", ALL, Some(&tea_house())).await;
    let path = path(&created);
    let (old, new) = (pin_token(&fixture, fixture.user_id, 305), json!({"fps_id": "7654321"}));
    let stranger = pin_token(&fixture, UserId::new(), 0);
    for patch in [new.clone(), json!({"fps_id": null, "category_code": "5814"})] {
        for token in [&fixture.token, &old] {
            let answer = send(&fixture, change(&path, 1, &patch), token).await;
            assert!(answer.header("www-authenticate").contains("acr_values=\"pin passkey\""));
            answer.expect_refusal(401, "step-up-required");
        }
        let theirs = send(&fixture, change(&path, 1, &patch), &stranger).await;
        theirs.expect_refusal(404, "business-not-found");
    }
    let close = || Call::new("DELETE", &path);
    for token in [&fixture.token, &old] {
        send(&fixture, close(), token).await.expect_refusal(401, "step-up-required");
    }
    send(&fixture, close(), &stranger).await.expect_refusal(404, "business-not-found");
    assert_eq!(fixture.call("GET", &path, None).await, (200, created.clone()));

    // The same id is no other one, and no other field asks for anything.
    let unchanged = json!({"fps_id": "1234567", "category_code": "5814"});
    fixture.change(&path, 1, &unchanged).await.expect(200);
    let shown = pin_token(&fixture, fixture.user_id, 0);
    let changed: Value = send(&fixture, change(&path, 2, &new), &shown).await.expect(200);
    assert_eq!((&changed["fps_id"], &changed["version"]), (&json!("7654321"), &json!(3)));
    assert_eq!(send(&fixture, close(), &shown).await.status, 204);
}
