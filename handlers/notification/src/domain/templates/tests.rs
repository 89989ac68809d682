//! What readers of each language are told.

use super::*;

fn hkd() -> Money {
    Money::hkd(12_850).unwrap()
}

/// What readers of English, Traditional and Simplified Chinese are told.
fn assert_told(message: &Message, bodies: [&str; 3]) {
    let readers = [Language::English, Language::TraditionalChinese, Language::SimplifiedChinese];
    for (reader, body) in readers.into_iter().zip(bodies) {
        let text = message.for_reader(reader);
        assert_eq!((text.language, &*text.body), (reader, body));
    }
}

#[test]
fn a_withdrawal_says_where_the_money_is() {
    let completed = [
        "HK$128.50 was sent to your bank account.",
        "HK$128.50 已轉賬至你的銀行戶口。",
        "HK$128.50 已转入您的银行账户。",
    ];
    assert_told(&Message::WithdrawalCompleted { amount: hkd() }, completed);
    let failed = [
        "Your bank did not take HK$128.50. The money is still in your wallet.",
        "銀行未有接收 HK$128.50，款項仍在你的錢包。",
        "银行未接收 HK$128.50，款项仍在您的钱包。",
    ];
    assert_told(&Message::WithdrawalFailed { amount: hkd() }, failed);
}

#[test]
fn payments_and_refunds_of_shops_are_told_in_the_readers_language() {
    let (amount, shop_name) = (hkd(), "永記茶餐廳".to_owned());
    let sent = [
        "You paid HK$128.50 to 永記茶餐廳.",
        "你已向永記茶餐廳支付 HK$128.50。",
        "您已向永記茶餐廳支付 HK$128.50。",
    ];
    assert_told(&Message::PaymentSent { amount, shop_name: shop_name.clone() }, sent);
    let refunded = [
        "永記茶餐廳 refunded HK$128.50 to your wallet.",
        "永記茶餐廳已退款 HK$128.50 至你的錢包。",
        "永記茶餐廳已退款 HK$128.50 至您的钱包。",
    ];
    assert_told(&Message::RefundReceived { amount, shop_name }, refunded);
    for (payer_name, english, traditional, simplified) in
        [("大文", "大文", "大文", "大文"), ("", "a customer", "顧客", "顾客")]
    {
        let payer_name = payer_name.to_owned();
        let received = [
            &*format!("Received HK$128.50 from {english}."),
            &*format!("已收到{traditional}支付的 HK$128.50。"),
            &*format!("已收到{simplified}支付的 HK$128.50。"),
        ];
        let payment = Message::PaymentReceived { amount, payer_name: payer_name.clone() };
        assert_told(&payment, received);
        let refunded = [
            &*format!("You refunded HK$128.50 to {english}."),
            &*format!("你已向{traditional}退款 HK$128.50。"),
            &*format!("您已向{simplified}退款 HK$128.50。"),
        ];
        assert_told(&Message::RefundSent { amount, payer_name }, refunded);
    }
}

#[test]
fn a_payment_between_people_is_told_with_what_the_payer_said_in_quotes() {
    let amount = hkd();
    let sent =
        ["You sent HK$128.50 to 小明.", "你已向小明轉賬 HK$128.50。", "您已向小明转账 HK$128.50。"];
    assert_told(&Message::PeerPaymentSent { amount, payee_name: "小明".to_owned() }, sent);
    let received = |payer_name: &str, note: Option<&str>| {
        let (payer_name, note) = (payer_name.to_owned(), note.map(str::to_owned));
        Message::PeerPaymentReceived { amount, payer_name, note }
    };
    let nameless = [
        "Another person sent you HK$128.50.",
        "另一位用戶向你轉賬 HK$128.50。",
        "另一位用户向您转账 HK$128.50。",
    ];
    assert_told(&received("", None), nameless);
    let with_note = [
        "大文 sent you HK$128.50: “午飯”",
        "大文向你轉賬 HK$128.50：「午飯」",
        "大文向您转账 HK$128.50：“午飯”",
    ];
    assert_told(&received("大文", Some("午飯")), with_note);
}

#[test]
fn what_else_happens_is_told_in_the_readers_language() {
    let completed = [
        "HK$128.50 was added to your wallet.",
        "HK$128.50 已存入你的錢包。",
        "HK$128.50 已存入您的钱包。",
    ];
    assert_told(&Message::TopUpCompleted { amount: hkd() }, completed);
    let changed = [
        "Your PIN was changed. If it was not you, contact us at once.",
        "你的密碼已更改。如非你本人操作，請立即聯絡我們。",
        "您的密码已更改。如非您本人操作，请立即联系我们。",
    ];
    assert_told(&Message::PinChanged, changed);
}
