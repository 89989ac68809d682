//! The flow the product exists for, as `make demo` plays it.

use system_tests::play;

use crate::test_platform::shared;

#[tokio::test]
async fn a_shop_is_paid_by_qr_code() {
    let platform = shared().await;
    let mut steps = 0;
    play(&platform, |_| steps += 1).await.unwrap();
    assert!(steps > 10, "{steps} steps");
}
