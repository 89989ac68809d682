//! Owners of schedules change them.

use serde_json::{Value, json};
use testkit::Call;
use time::Duration;

use crate::schedules::{RENT, SCHEDULES, path_of, payments, signed, terms, tomorrow, two_people};
use crate::step_up::policy;
use crate::withdrawals::{pin_token, signature};
use crate::{Fixture, new_key};

#[tokio::test]
async fn what_gives_more_is_confirmed_anew_for_that_version_and_the_rest_is_not() {
    let fixture = Fixture::new().await;
    let (payer, payee) = two_people(&fixture).await;
    let schedule = fixture.scheduled(&payer, &payee, RENT, "weekly").await;
    let path = path_of(&schedule);
    let change = async |version: u32, patch: Value| {
        let call = Call::new("PATCH", &path).bearer(&payer.token);
        let call = call.header("if-match", &format!("\"{version}\""));
        fixture.send(call.json(&patch)).await
    };
    let id = schedule["schedule_id"].as_str().unwrap();
    let proof = |cents, rule, version: u32| {
        pin_token(&fixture, terms(&payer, payee.user_id, cents, rule, &format!("{id}:{version}")))
    };
    let hkd = |cents: i64| json!({"amount": cents, "currency": "HKD"});
    // Less needs no proof, and what changes nothing makes no version.
    let less = json!({"amount": hkd(100), "note": null, "recurrence": {"count": 5}});
    for version in [1, 2] {
        let answer = change(version, less.clone()).await;
        assert_eq!((answer.status, answer.json()["version"].clone()), (200, json!(2)));
    }
    change(1, json!({"amount": hkd(99)})).await.expect_refusal(412, "version-stale");
    change(1, json!({"amount": hkd(101)})).await.expect_refusal(412, "version-stale");
    let (more, longer) = (json!({"amount": hkd(101)}), json!({"recurrence": {"count": 6}}));
    let endless = json!({"recurrence": {"count": null}});
    for patch in [&more, &longer, &endless] {
        change(2, patch.clone()).await.expect_refusal(403, "confirmation-invalid");
    }
    let with = |mut patch: Value, proof: Value| {
        patch["confirmation"] = proof;
        patch
    };
    for proof in [
        proof(102, "weekly/-x5", 2),
        proof(101, "weekly/-x6", 2),
        proof(101, "weekly/-x5", 1),
        proof(101, "monthly/-x5", 2),
    ] {
        let answer = change(2, with(more.clone(), proof)).await;
        answer.expect_refusal(403, "confirmation-invalid");
    }
    let answer = change(2, with(more, proof(101, "weekly/-x5", 2))).await;
    assert_eq!(answer.expect(200)["amount"], hkd(101));
    let answer = change(3, with(longer, proof(101, "weekly/-x6", 3))).await;
    assert_eq!(answer.expect(200)["recurrence"]["count"], 6);
    let ends_on = tomorrow().saturating_add(Duration::days(7)).to_string();
    let shorter = json!({"recurrence": {"ends_on": ends_on}});
    let now = change(4, shorter).await.expect(200);
    assert_eq!(
        (&now["recurrence"]["ends_on"], &now["recurrence"]["count"]),
        (&json!(ends_on), &json!(null))
    );
    let too_short = json!({"recurrence": {"ends_on": "2026-01-01"}});
    change(5, too_short).await.expect_refusal(422, "schedule-end-invalid");
    let both = json!({"recurrence": {"ends_on": ends_on, "count": 1}});
    change(5, both).await.expect_refusal(400, "invalid-body");
    fixture.days_go_by(2).await;
    fixture.run_schedules().await;
    assert_eq!(fixture.balance(&payee).await, 101);
}

#[tokio::test]
async fn a_schedule_is_no_way_round_the_rules_of_step_up_and_its_dates_ask_nobody() {
    let rules = json!([{"acts": ["schedule"], "answer": "pin", "amount_at_least": 10_000}]);
    let fixture = Fixture::under(policy(rules)).await;
    let (payer, payee) = two_people(&fixture).await;
    let key = new_key();
    let by_phone = signed(&payer, payee.user_id, RENT, "weekly", &key);
    let (status, problem) = fixture.post(&payer, SCHEDULES, &key, &by_phone).await;
    assert_eq!((status, &problem["code"]), (401, &json!("step-up-required")));
    let proof = pin_token(&fixture, terms(&payer, payee.user_id, RENT, "weekly", &key));
    let by_pin = payments(payee.user_id, RENT, "weekly", &proof);
    assert_eq!(fixture.post(&payer, SCHEDULES, &key, &by_pin).await.0, 201);

    let small = fixture.scheduled(&payer, &payee, 9_999, "weekly").await;
    let (id, path) = (small["schedule_id"].as_str().unwrap(), path_of(&small));
    let raise = async |proof: Value| {
        let amount = json!({"amount": 10_000, "currency": "HKD"});
        let patch = json!({"amount": amount, "confirmation": proof});
        let call = Call::new("PATCH", &path).bearer(&payer.token).header("if-match", "\"1\"");
        fixture.send(call.json(&patch)).await
    };
    let wanted = || terms(&payer, payee.user_id, 10_000, "weekly", &format!("{id}:1"));
    raise(signature(&payer, wanted())).await.expect_refusal(401, "step-up-required");
    assert_eq!(raise(pin_token(&fixture, wanted())).await.status, 200);

    fixture.days_go_by(2).await;
    fixture.run_schedules().await;
    assert_eq!(fixture.balance(&payee).await, RENT + 10_000);
}
