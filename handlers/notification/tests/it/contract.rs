//! The events of other services, as their producers promise them.

use events::Envelope;
use testkit::deliver;
use uuid::Uuid;
use values::{Product, UserId};

use crate::push_tokens::Login;
use crate::{
    Fixture, LIST, ON_AUTH, ON_BUSINESS_PROFILE, ON_MESSAGES, ON_ONBOARDING, ON_PAYMENTS,
    ON_SOCIAL, ON_USER_PROFILE, bodies,
};

macro_rules! golden {
    ($kind:literal) => {
        include_str!(concat!("../../../../crates/events/golden/", $kind, ".json"))
    };
}

/// By which function comes which sample.
const CONSUMED: [(&str, &str); 22] = [
    (ON_AUTH, golden!("payme.auth.session-revoked.v1")),
    (ON_AUTH, golden!("payme.auth.security-event-recorded.v1")),
    (ON_USER_PROFILE, golden!("payme.user-profile.profile-changed.v1")),
    (ON_BUSINESS_PROFILE, golden!("payme.business-profile.business-changed.v1")),
    (ON_PAYMENTS, golden!("payme.payments.money-moved.v1")),
    (ON_PAYMENTS, golden!("payme.payments.top-up-failed.v1")),
    (ON_PAYMENTS, golden!("payme.payments.withdrawal-failed.v1")),
    (ON_PAYMENTS, golden!("payme.payments.settlement-not-paid.v1")),
    (ON_PAYMENTS, golden!("payme.payments.fps-payment-failed.v1")),
    (ON_PAYMENTS, golden!("payme.payments.fps-payment-review-changed.v1")),
    (ON_PAYMENTS, golden!("payme.payments.payment-authorised.v1")),
    (ON_PAYMENTS, golden!("payme.payments.payment-released.v1")),
    (ON_PAYMENTS, golden!("payme.payments.peer-payment-review-changed.v1")),
    (ON_PAYMENTS, golden!("payme.payments.money-request-changed.v1")),
    (ON_PAYMENTS, golden!("payme.payments.scheduled-date-changed.v1")),
    (ON_PAYMENTS, golden!("payme.payments.schedule-stopped.v1")),
    (ON_PAYMENTS, golden!("payme.payments.api-credential-expiring.v1")),
    (ON_ONBOARDING, golden!("payme.onboarding.application-changed.v1")),
    (ON_MESSAGES, golden!("payme.messages.message-sent.v1")),
    (ON_MESSAGES, golden!("payme.messages.conversation-read.v1")),
    (ON_SOCIAL, golden!("payme.social.friendship-changed.v1")),
    (ON_SOCIAL, golden!("payme.social.peer-payment-remarked.v1")),
];

#[tokio::test]
async fn the_golden_sample_of_every_consumed_event_takes_effect() {
    let fixture = Fixture::new().await;
    let session_id = "ses_01h455vb4pex5vsknk084sn02q".parse().unwrap();
    let login = Login { session_id, ..Login::new(fixture.owner) };
    assert_eq!(login.register(&fixture, &"a".repeat(64)).await.status, 204);
    for (function, golden) in CONSUMED {
        let mut event: Envelope = serde_json::from_str(golden).unwrap();
        // All samples have the same id.
        event.id = Uuid::now_v7().to_string();
        deliver(&fixture.routes, function, &[event]).await;
    }

    assert_eq!(fixture.database.count("push_tokens").await, 0);
    assert_eq!(fixture.database.count("businesses").await, 1);
    let payer: UserId = "usr_01h455vb4pex5vsknk084sn02q".parse().unwrap();
    let (_, page) = fixture.call(payer, Product::Consumer, "GET", LIST).await;
    let failed = "銀行未有轉出 HK$500.00，你的錢包並未增值。";
    let device = "Somebody logged in to your account on a new device. If it was not you, remove \
         the device and change your PIN now.";
    let fps_failed = "經轉數快付予DEMO SHOP LTD的 HK$800.00 未能完成，款項仍在你的錢包。";
    let looked_at = "你向DEMO SHOP LTD轉賬 HK$800.00 正在審核，三日內會有結果。";
    let returned = "銀行未有接收 HK$800.00，款項仍在你的錢包。";
    let held = "HK$128.50 已為永記茶餐廳預留，待商戶收取。";
    let free = "永記茶餐廳沒有收取 HK$128.50，款項已可再使用。";
    let paid = "你已向永記茶餐廳支付 HK$128.50。";
    let reviewed = "你向小***轉賬 HK$128.50 正在審核，三日內會有結果。";
    let asked = "小***要求你付款 HK$50.00。";
    let skipped = "2026年12月31日未有向小***付款 HK$50.00：錢包餘額不足。";
    let paused = "你與小***的預約（HK$50.00）因連續數次未能執行而暫停，可隨時恢復。";
    let friend = "Amy Lee已成為你的好友。";
    let reacted = "陳***文及其他 9 人對你的付款表達了心情。";
    assert_eq!(
        bodies(&page),
        [
            reacted, friend, paused, skipped, asked, reviewed, free, held, looked_at, fps_failed,
            returned, failed, paid, device,
        ]
    );
    // In the other product: it is a business that applies.
    let (_, page) = fixture.call(payer, Product::Business, "GET", LIST).await;
    let review = "我們正在驗證你的商戶，完成後會立即通知你。";
    let ending =
        "API 憑證「Web shop」將於 7 日後到期，請在此之前建立並改用新憑證，否則你的系統將無法使用。";
    let not_paid = "永記茶餐廳的結算款項 HK$99.00 未有支付：商戶未經核實。款項會留在商戶結餘。";
    assert_eq!(bodies(&page), [review, ending, not_paid, device]);
    let owner: UserId = "usr_01h455vb4pex5vsknk084sn02r".parse().unwrap();
    let (_, page) = fixture.call(owner, Product::Consumer, "GET", LIST).await;
    assert_eq!(bodies(&page), ["陳***文 sent you a message."]);
    assert_eq!(page["items"][0]["is_read"], true);
    let (_, page) = fixture.call(owner, Product::Business, "GET", LIST).await;
    let late = "陳大文 has HK$128.50 back: it was not collected in time.";
    let waits = "HK$128.50 from 陳大文 waits for you to collect it.";
    let received = "Received HK$128.50 from 陳大文. The fee is HK$1.93.";
    assert_eq!(bodies(&page), [late, waits, received]);
}
