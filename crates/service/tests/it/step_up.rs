//! Acts for which a login is not enough (RFC 9470).

use serde_json::{Value, json};
use service::{Api, Caller, Error, NoContent, Routes, TokenVerifier};
use testkit::{Answer, Call, Device, InProcess, TokenIssuer};
use values::{GuardedAct, Level, Product, SessionId, StepUpPolicy, UserId};

const CLOSE: &str = "/api/v1/things/close";

async fn close(tokens: TokenVerifier, caller: Caller) -> Result<NoContent, Error> {
    tokens.require_level(&caller, GuardedAct::ShopClosing)?;
    Ok(NoContent)
}

fn routes(tokens: &TokenVerifier) -> Routes {
    let api = Api::new("things", "Things", tokens.clone(), tokens);
    api.get(CLOSE, "Closes.", close).finish(Vec::new())
}

fn policy(answer: &str) -> StepUpPolicy {
    let rules = json!([{"acts": ["shop-closing"], "answer": answer}]);
    serde_json::from_value(json!({"version": 3, "rules": rules})).unwrap()
}

/// Asks with a token that shows this level, which was shown so many seconds ago.
async fn ask(issuer: &TokenIssuer, routes: &Routes, shown: Option<(&str, u64)>) -> Answer {
    let (device, session_id) = (Device::new(), SessionId::new());
    let mut claims = issuer.claims(UserId::new(), Product::Business, &device, session_id);
    if let Some((acr, seconds)) = shown {
        let now = claims["iat"].as_u64().unwrap();
        claims["acr"] = acr.into();
        claims["auth_time"] = now.saturating_sub(seconds).into();
    }
    Call::get(CLOSE).bearer(&issuer.sign(&claims)).send(routes).await
}

#[tokio::test]
async fn a_token_must_show_the_level_that_the_policy_asks_for_and_lately() {
    let issuer = TokenIssuer::start().await;
    issuer.publish_policy(policy("pin"));
    let tokens = TokenVerifier::follow(&issuer.auth_url).unwrap();
    let routes = routes(&tokens);
    let old = Level::AGE_MAX_SECONDS + 5;
    for shown in [None, Some(("device", 0)), Some(("pin", old)), Some(("passkey", old))] {
        let answer = ask(&issuer, &routes, shown).await;
        assert_eq!(
            answer.header("www-authenticate"),
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"pin passkey\", \
             max_age=\"300\"",
        );
        answer.expect_refusal(401, "step-up-required");
    }
    for shown in [("pin", 0), ("pin", Level::AGE_MAX_SECONDS - 60), ("passkey", 0)] {
        ask(&issuer, &routes, Some(shown)).await.expect(204);
    }
    assert_eq!(*tokens.policy(), policy("pin"));
    // What shows no time shows nothing.
    let mut claims =
        issuer.claims(UserId::new(), Product::Business, &Device::new(), SessionId::new());
    claims["acr"] = "pin".into();
    let answer = Call::get(CLOSE).bearer(&issuer.sign(&claims)).send(&routes).await;
    answer.expect_refusal(401, "step-up-required");
}

#[tokio::test]
async fn a_pin_is_not_enough_where_a_passkey_is_asked_for() {
    let issuer = TokenIssuer::start().await;
    issuer.publish_policy(policy("passkey"));
    let routes = routes(&TokenVerifier::follow(&issuer.auth_url).unwrap());
    let answer = ask(&issuer, &routes, Some(("pin", 0))).await;
    assert!(answer.header("www-authenticate").contains("acr_values=\"passkey\""));
    answer.expect_refusal(401, "step-up-required");
    ask(&issuer, &routes, Some(("passkey", 0))).await.expect(204);
}

#[tokio::test]
async fn until_auth_tells_a_policy_that_can_be_read_the_one_before_holds() {
    let mut issuer = TokenIssuer::start().await;
    issuer.publish_policy(policy("allow"));
    let tokens = TokenVerifier::follow(&issuer.auth_url).unwrap();
    assert_eq!(*tokens.policy(), StepUpPolicy::standard());
    let routes = routes(&tokens);
    ask(&issuer, &routes, None).await.expect(204);
    // A token under a new key makes the service fetch anew; the keys are taken all the same.
    let mut published: Value = issuer.rotate("next-key");
    published["step_up_policy"] =
        json!({"version": 4, "rules": [{"acts": ["flying"], "answer": "pin"}]});
    issuer.publish(Some(published));
    let header = jsonwebtoken::Header {
        typ: Some("at+jwt".to_owned()),
        kid: Some("next-key".to_owned()),
        ..jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA)
    };
    let claims = issuer.claims(UserId::new(), Product::Business, &Device::new(), SessionId::new());
    let token = issuer.sign_with(&header, &claims);
    Call::get(CLOSE).bearer(&token).send(&routes).await.expect(204);
    assert_eq!(*tokens.policy(), policy("allow"));
}
