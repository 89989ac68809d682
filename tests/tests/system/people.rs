//! Friends, chats and feeds, over four services.

use system_tests::meet;

use crate::test_platform::shared;

#[tokio::test]
async fn two_people_find_each_other_and_a_friend_sees_what_is_for_friends() {
    let platform = shared().await;
    let mut steps = Vec::new();
    meet(&platform, &mut |step: &str| steps.push(step.to_owned())).await.unwrap();
    assert_eq!(steps.len(), 9, "{steps:#?}");
    platform.expect_balanced_ledger().await.unwrap();
}
