//! What staff find in the graph of a payment that was made.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};
use serde_json::{Value, json};
use system_tests::{Member, OverHttp, until};

use crate::browser::{origin, play};
use crate::stage::{MONEY, PRICE, Stage, consumer_with, new_key};
use crate::test_platform::{administrators, shared};

/// How long an event may take to the graph, on a busy machine.
const GRAPH_LIMIT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn staff_find_a_payment_in_the_graph_and_whom_it_paid_under_pseudonyms() {
    let platform = shared().await;
    let staff = administrators(&platform).await;
    let analyst = staff.hire(&platform, "gil@example.com", &["reviewer"]).await.unwrap();
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    let paid = stage.pay(&terms).await.expect(201);
    let flow = format!("/api/v1/graph/payments/{}/flow", paid["payment_id"].as_str().unwrap());
    let found = flow_of(&analyst, &flow).await;
    let payment = &found["payment"];
    assert_eq!((&payment["type"], &payment["amount"]["amount"]), (&"paid".into(), &PRICE.into()));

    let shop = format!("/api/v1/graph/customers/{}", stage.shop.business_id);
    let shop = analyst.get(&shop).send().await.unwrap().expect(200);
    assert_eq!(shop["account_id"], payment["to_account_id"], "{shop}");
    let dealt = shop["account_id"].as_str().unwrap();
    let dealt = format!("/api/v1/graph/accounts/{dealt}/counterparties");
    // The shop's half of the payment may come after the payer's.
    let dealt = until("the shop's payer in the graph", GRAPH_LIMIT, async || {
        let answer = analyst.get(&dealt).send().await?.expect(200);
        Ok((answer["payer_count"] != 0).then_some(answer))
    });
    let dealt = dealt.await.unwrap();
    assert_eq!((&dealt["payer_count"], &dealt["paid_in"]["amount"]), (&1.into(), &PRICE.into()));
    let payer = &payment["from_account_id"];
    let counterparties = dealt["counterparties"].as_array().unwrap();
    assert!(counterparties.iter().any(|other| other["account_id"] == *payer), "{dealt}");

    let all = format!("{found}{dealt}");
    for name in [&*stage.shop.business_id, &*stage.consumer.0.tokens.user_id] {
        assert!(!all.contains(name), "{name} in {all}");
    }
    let nobody = stage.consumer.0.get(&flow).send().await.unwrap();
    assert!([401, 403].contains(&nobody.status), "{nobody:?}");
}

#[tokio::test]
async fn staff_look_at_an_account_on_their_page_and_a_reviewer_calls_it_normal() {
    const WHY: &str = "<img src=x onerror=alert(3)>";
    /// The service looks at the payer each two seconds until it has seen the payment.
    const LOOKED: Duration = Duration::from_secs(6);
    let platform = shared().await;
    let staff = administrators(&platform).await;
    let analyst = staff.hire(&platform, "gem@example.com", &["reviewer"]).await.unwrap();
    let (payer, payee) =
        tokio::join!(consumer_with(&platform, MONEY), consumer_with(&platform, 100));
    let (payer, payee) = (payer.unwrap(), payee.unwrap());
    let mark = new_key();
    let paid = payer.send_money(&payee.0.tokens.user_id, 4_321, &mark).await.unwrap();
    let id = paid["peer_payment_id"].as_str().unwrap();
    let found = flow_of(&analyst, &format!("/api/v1/graph/payments/{id}/flow")).await;
    let account = found["payment"]["from_account_id"].as_str().unwrap().to_owned();
    let risk = format!("/api/v1/graph/accounts/{account}/risk");
    // As if it was told an hour ago; until nothing more is seen of the payment, it does not last.
    let reasons = json!([{"code": "fan-in", "explanation": WHY}]).to_string();
    let high = until("an account that stays high", GRAPH_LIMIT, async || {
        let sql = "INSERT INTO graph.account_states
                (account_id, risk, reasons, version, changed_at)
            SELECT p.account_id, 'high', ?, 1, UTC_TIMESTAMP(6) FROM graph.pseudonyms p
            JOIN payments.operations o ON o.from_account_id = p.subject_id
            WHERE p.kind = 'user' AND o.note = ?
            ON DUPLICATE KEY UPDATE risk = VALUES(risk), reasons = VALUES(reasons), due_at = NULL";
        let mut conn = Conn::new(Opts::from_url(&platform.mysql_primary).unwrap()).await.unwrap();
        conn.exec_drop(sql, (&reasons, &mark)).await.unwrap();
        conn.disconnect().await.unwrap();
        tokio::time::sleep(LOOKED).await;
        let seen = analyst.get(&risk).send().await?.expect(200);
        Ok((seen["risk"] == "high").then_some(()))
    });
    high.await.unwrap();
    let mut invited = Vec::new();
    for role in ["operator", "reviewer"] {
        let name = format!("{role}-of-the-graph@example.com");
        invited.push(staff.invite(&platform, &name, &[role]).await.unwrap());
    }

    play(
        "graph",
        json!({
            "page": format!("{}/staff/", origin(&platform.api)),
            "operator": invited[0],
            "reviewer": invited[1],
            "customer": payer.0.tokens.user_id,
            "account": account,
            "payee": found["payment"]["to_account_id"],
            "price": "43.21",
            "why": WHY,
        }),
    )
    .await;

    assert_eq!(analyst.get(&risk).send().await.unwrap().expect(200)["risk"], "normal");
}

/// The flow of a payment, once the graph has it.
async fn flow_of(analyst: &Member, flow: &str) -> Value {
    let found = until("a payment in the graph", GRAPH_LIMIT, async || {
        let answer = analyst.get(flow).send().await?;
        if answer.status == 404 {
            return Ok(None);
        }
        Ok(Some(answer.expect(200)))
    });
    found.await.unwrap()
}
