//! What staff find in the graph of a payment that was made.

use std::time::Duration;

use system_tests::{OverHttp, until};

use crate::stage::{PRICE, Stage};
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
    let found = until("a payment in the graph", GRAPH_LIMIT, async || {
        let answer = analyst.get(&flow).send().await?;
        if answer.status == 404 {
            return Ok(None);
        }
        Ok(Some(answer.expect(200)))
    });
    let found = found.await.unwrap();
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
