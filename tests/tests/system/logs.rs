//! One trace id leads from the phone's request to the notification.

use std::time::Duration;

use system_tests::{OverHttp, Payment, traceparent, until};

use crate::stage::{PRICE, Stage, new_key};
use crate::test_platform::shared;

const LOG_LIMIT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn the_trace_id_of_a_payment_stands_in_the_logs_of_payments_and_notification() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    let key = new_key();
    let (trace_id, traceparent) = traceparent();
    let confirmation = stage.consumer.sign(&terms, &key).unwrap();
    let call = stage.consumer.pay_call(&terms, &key, &confirmation);
    let paid = call.header("traceparent", &traceparent).send().await.unwrap();
    let payment: Payment = paid.parse(201).unwrap();

    stage.merchant.0.inbox().wait_for(&payment.payment_id).await.unwrap();
    for app in ["payments", "notification"] {
        until(&format!("trace {trace_id} in the log of {app}"), LOG_LIMIT, async || {
            Ok(platform.handler_log(app)?.contains(&trace_id).then_some(()))
        })
        .await
        .unwrap();
    }
}
