//! What readers of each language are told.

use values::{Money, ShopRole};

use super::*;
use crate::domain::DisabledReason;

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
    assert_told(&Message::Bank(BankMessage::WithdrawalCompleted { amount: hkd() }), completed);
    let failed = [
        "Your bank did not take HK$128.50. The money is still in your wallet.",
        "銀行未有接收 HK$128.50，款項仍在你的錢包。",
        "银行未接收 HK$128.50，款项仍在您的钱包。",
    ];
    assert_told(&Message::Bank(BankMessage::WithdrawalFailed { amount: hkd() }), failed);
}

#[test]
fn whoever_closes_a_wallet_is_told_in_case_it_was_somebody_else() {
    let closed = [
        "You have closed your wallet. If this was not you, contact customer service.",
        "你已關閉錢包。如非你本人操作，請聯絡客戶服務。",
        "您已关闭钱包。如非您本人操作，请联系客服。",
    ];
    assert_told(&Message::Bank(BankMessage::WalletClosed), closed);
}

#[test]
fn payments_and_refunds_of_shops_are_told_in_the_readers_language() {
    let (amount, shop_name) = (hkd(), "永記茶餐廳".to_owned());
    let sent = [
        "You paid HK$128.50 to 永記茶餐廳.",
        "你已向永記茶餐廳支付 HK$128.50。",
        "您已向永記茶餐廳支付 HK$128.50。",
    ];
    assert_told(
        &Message::Shop(ShopMessage::PaymentSent { amount, shop_name: shop_name.clone() }),
        sent,
    );
    let refunded = [
        "永記茶餐廳 refunded HK$128.50 to your wallet.",
        "永記茶餐廳已退款 HK$128.50 至你的錢包。",
        "永記茶餐廳已退款 HK$128.50 至您的钱包。",
    ];
    assert_told(&Message::Shop(ShopMessage::RefundReceived { amount, shop_name }), refunded);
    for (payer_name, english, traditional, simplified) in
        [("大文", "大文", "大文", "大文"), ("", "a customer", "顧客", "顾客")]
    {
        let payer_name = payer_name.to_owned();
        let received = [
            &*format!("Received HK$128.50 from {english}."),
            &*format!("已收到{traditional}支付的 HK$128.50。"),
            &*format!("已收到{simplified}支付的 HK$128.50。"),
        ];
        let payment = Message::Shop(ShopMessage::PaymentReceived {
            amount,
            tip: None,
            fee: None,
            payer_name: payer_name.clone(),
        });
        assert_told(&payment, received);
        let received = [
            &*format!(
                "Received HK$128.50 from {english}, including a tip of HK$10.00. \
                 The fee is HK$1.93."
            ),
            &*format!("已收到{traditional}支付的 HK$128.50，當中小費 HK$10.00。手續費為 HK$1.93。"),
            &*format!("已收到{simplified}支付的 HK$128.50，其中小费 HK$10.00。手续费为 HK$1.93。"),
        ];
        let payment = Message::Shop(ShopMessage::PaymentReceived {
            amount,
            tip: Some(Money::hkd(1_000).unwrap()),
            fee: Some(Money::hkd(193).unwrap()),
            payer_name: payer_name.clone(),
        });
        assert_told(&payment, received);
        let refunded = [
            &*format!("You refunded HK$128.50 to {english}."),
            &*format!("你已向{traditional}退款 HK$128.50。"),
            &*format!("您已向{simplified}退款 HK$128.50。"),
        ];
        assert_told(&Message::Shop(ShopMessage::RefundSent { amount, payer_name }), refunded);
    }
}

#[test]
fn a_payment_between_people_is_told_with_what_the_payer_said_in_quotes() {
    let amount = hkd();
    let sent =
        ["You sent HK$128.50 to 小明.", "你已向小明轉賬 HK$128.50。", "您已向小明转账 HK$128.50。"];
    assert_told(&Message::Peer(PeerMessage::Sent { amount, payee_name: "小明".to_owned() }), sent);
    let received = |payer_name: &str, note: Option<&str>| {
        let (payer_name, note) = (payer_name.to_owned(), note.map(str::to_owned));
        Message::Peer(PeerMessage::Received { amount, payer_name, note })
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
    assert_told(&Message::Bank(BankMessage::TopUpCompleted { amount: hkd() }), completed);
    let changed = [
        "Your PIN was changed. If it was not you, contact us at once.",
        "你的密碼已更改。如非你本人操作，請立即聯絡我們。",
        "您的密码已更改。如非您本人操作，请立即联系我们。",
    ];
    assert_told(&Message::Security(SecurityMessage::PinChanged), changed);
}

#[test]
fn a_payment_that_is_held_is_told_to_both_until_it_is_collected_or_free_again() {
    let (amount, shop_name) = (hkd(), "永記".to_owned());
    let held = [
        "HK$128.50 is held for 永記 until it is collected.",
        "HK$128.50 已為永記預留，待商戶收取。",
        "HK$128.50 已为永記预留，待商户收取。",
    ];
    assert_told(
        &Message::Shop(ShopMessage::PaymentAuthorised { amount, shop_name: shop_name.clone() }),
        held,
    );
    let free = [
        "永記 did not collect HK$128.50: it is yours to spend again.",
        "永記沒有收取 HK$128.50，款項已可再使用。",
        "永記没有收取 HK$128.50，款项已可再使用。",
    ];
    assert_told(&Message::Shop(ShopMessage::PaymentReleased { amount, shop_name }), free);
    let payer_name = "大文".to_owned();
    let waits = [
        "HK$128.50 from 大文 waits for you to collect it.",
        "大文的 HK$128.50 待你收取。",
        "大文的 HK$128.50 待您收取。",
    ];
    assert_told(
        &Message::Shop(ShopMessage::PaymentToCapture { amount, payer_name: payer_name.clone() }),
        waits,
    );
    let late = [
        "大文 has HK$128.50 back: it was not collected in time.",
        "未有在限期前收取 HK$128.50，款項已退回大文。",
        "未在限期前收取 HK$128.50，款项已退回大文。",
    ];
    assert_told(&Message::Shop(ShopMessage::PaymentNotCaptured { amount, payer_name }), late);
}

#[test]
fn money_of_links_and_red_packets_is_told_to_who_gave_and_who_has_it() {
    let amount = hkd();
    for (name, english, traditional, simplified) in
        [("大文", "大文", "大文", "大文"), ("", "Somebody", "有人", "有人")]
    {
        let claimed = [
            &*format!("{english} claimed the HK$128.50 of your pay link."),
            &*format!("{traditional}已領取你付款連結中的 HK$128.50。"),
            &*format!("{simplified}已领取您付款链接中的 HK$128.50。"),
        ];
        let claimer_name = name.to_owned();
        assert_told(
            &Message::Parcel(ParcelMessage::PayLinkClaimed { amount, claimer_name }),
            claimed,
        );
    }
    let claim = |sender_name: &str, note: Option<&str>| {
        let (sender_name, note) = (sender_name.to_owned(), note.map(str::to_owned));
        Message::Parcel(ParcelMessage::ClaimReceived { amount, sender_name, note })
    };
    let nameless = [
        "You claimed HK$128.50 from another person.",
        "你已領取另一位用戶發出的 HK$128.50。",
        "您已领取另一位用户发出的 HK$128.50。",
    ];
    assert_told(&claim("", None), nameless);
    let with_note = [
        "You claimed HK$128.50 from 大文: “恭喜發財”",
        "你已領取大文發出的 HK$128.50：「恭喜發財」",
        "您已领取大文发出的 HK$128.50：“恭喜發財”",
    ];
    assert_told(&claim("大文", Some("恭喜發財")), with_note);
    let returned = [
        "HK$128.50 that nobody claimed is in your wallet again.",
        "未被領取的 HK$128.50 已退回你的錢包。",
        "未被领取的 HK$128.50 已退回您的钱包。",
    ];
    assert_told(&Message::Parcel(ParcelMessage::ReturnReceived { amount }), returned);
}

#[test]
fn a_payer_whose_payment_is_reviewed_is_told_what_becomes_of_the_money() {
    for (payee_name, held, returned) in [
        (
            "小***",
            [
                "Your payment of HK$128.50 to 小*** is being reviewed. It ends within three days.",
                "你向小***轉賬 HK$128.50 正在審核，三日內會有結果。",
                "您向小***转账 HK$128.50 正在审核，三日内会有结果。",
            ],
            [
                "Your payment of HK$128.50 to 小*** was not made. The money is available to you \
                 again.",
                "你向小***轉賬 HK$128.50 未有完成，款項已可再使用。",
                "您向小***转账 HK$128.50 未完成，款项已可再次使用。",
            ],
        ),
        (
            "",
            [
                "Your payment of HK$128.50 to another person is being reviewed. It ends within \
                 three days.",
                "你向另一位用戶轉賬 HK$128.50 正在審核，三日內會有結果。",
                "您向另一位用户转账 HK$128.50 正在审核，三日内会有结果。",
            ],
            [
                "Your payment of HK$128.50 to another person was not made. The money is available \
                 to you again.",
                "你向另一位用戶轉賬 HK$128.50 未有完成，款項已可再使用。",
                "您向另一位用户转账 HK$128.50 未完成，款项已可再次使用。",
            ],
        ),
    ] {
        let (amount, payee_name) = (hkd(), payee_name.to_owned());
        let message = PeerMessage::Held { amount, payee_name: payee_name.clone() };
        assert_told(&Message::Peer(message), held);
        let message = PeerMessage::Returned { amount, payee_name };
        assert_told(&Message::Peer(message), returned);
    }
}

#[test]
fn of_a_message_nothing_is_told_but_who_wrote_and_in_which_group() {
    let news = |sender_name: &str, group_name: Option<&str>| {
        let (sender_name, group_name) = (sender_name.to_owned(), group_name.map(str::to_owned));
        Message::Conversation(MessageNews { is_support: false, sender_name, group_name })
    };
    let told = ["Amy sent you a message.", "Amy傳送了訊息給你。", "Amy给您发了消息。"];
    assert_told(&news("Amy", None), told);
    let nameless = [
        "Another person sent you a message.",
        "另一位用戶傳送了訊息給你。",
        "另一位用户给您发了消息。",
    ];
    assert_told(&news("", None), nameless);
    let group = ["Amy wrote in Hiking.", "Amy在「Hiking」傳送了訊息。", "Amy在“Hiking”发了消息。"];
    assert_told(&news("Amy", Some("Hiking")), group);
}

#[test]
fn an_owner_is_told_why_webhooks_have_stopped() {
    let gone = [
        "Your system says that it wants no more webhooks, so we have stopped sending them.",
        "你的系統表示不再接收 Webhook，我們已停止傳送。",
        "您的系统表示不再接收 Webhook，我们已停止发送。",
    ];
    let failing = [
        "Your system has taken no webhook for three days, so we have stopped sending them.",
        "你的系統連續三日未能接收 Webhook，我們已停止傳送。",
        "您的系统连续三天未能接收 Webhook，我们已停止发送。",
    ];
    for (reason, told) in [(DisabledReason::Gone, gone), (DisabledReason::Failing, failing)] {
        assert_told(&Message::Webhook(WebhookNews { reason }), told);
    }
}

#[test]
fn an_owner_is_told_which_credential_ends_and_when() {
    let news =
        |days_left| Message::Credential(CredentialNews { name: "Web shop".to_owned(), days_left });
    let in_a_week = [
        "The API credential “Web shop” ends in 7 days. Make the next one and use it before then, \
         or your system will be refused.",
        "API 憑證「Web shop」將於 7 日後到期，請在此之前建立並改用新憑證，否則你的系統將無法使用。",
        "API 凭证“Web shop”将于 7 天后到期，请在此之前创建并改用新凭证，否则您的系统将无法使用。",
    ];
    assert_told(&news(7), in_a_week);
    let tomorrow = news(1).for_reader(Language::English).body;
    assert!(tomorrow.contains("ends within a day"), "{tomorrow}");
}

#[test]
fn who_works_in_a_shop_is_told_the_role_and_its_owner_where_to_look() {
    let news =
        |reader, role| Message::Staff(StaffNews { reader, role, shop_name: "永記".to_owned() });
    let cases = [
        (
            news(StaffReader::Member, Some(ShopRole::Manager)),
            ["You now work at 永記 as a manager.", "你現在是永記的經理。", "您现在是永記的经理。"],
        ),
        (
            news(StaffReader::Member, None),
            ["You no longer work at 永記.", "你已不再是永記的成員。", "您已不再是永記的成员。"],
        ),
        (
            news(StaffReader::Owner, Some(ShopRole::Cashier)),
            [
                "Somebody now works at 永記 as a cashier. If you did not expect this, check its \
                 members.",
                "一名成員現在是永記的收銀員。如非你的意思，請查看成員名單。",
                "一名成员现在是永記的收银员。如非您的意思，请查看成员名单。",
            ],
        ),
        (
            news(StaffReader::Owner, None),
            [
                "A member no longer works at 永記.",
                "一名成員已不再是永記的成員。",
                "一名成员已不再是永記的成员。",
            ],
        ),
    ];
    for (message, told) in cases {
        assert_told(&message, told);
    }
}
