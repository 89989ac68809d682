//! What people type finds what they look for, in any language, and what nobody should type finds
//! nothing and does no harm.

use serde_json::{Value, json};

use crate::{Fixture, article, encoded, slugs};

/// The highlighted parts of a text, cut out as a client does.
fn cut(text: &Value, highlights: &Value) -> Vec<String> {
    let units: Vec<u16> = text.as_str().unwrap().encode_utf16().collect();
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let parts = highlights.as_array().unwrap().iter();
    let cut = |part: &Value| &units[number(&part["start"])..][..number(&part["length"])];
    parts.map(|part| String::from_utf16(cut(part)).unwrap()).collect()
}

#[tokio::test]
async fn what_people_ask_is_answered_first_or_nearly_so() {
    let fixture = Fixture::real().await;
    let mut missed = Vec::new();
    for (query, slug, rank_max) in LABELLED {
        let found = fixture.found(query).await;
        let rank = found.iter().position(|it| it == slug);
        if rank.is_none_or(|rank| rank >= *rank_max) {
            missed.push(format!("{query}: {slug} is not among {found:?}"));
        }
    }
    assert!(missed.is_empty(), "\n{}", missed.join("\n"));
}

#[tokio::test]
async fn a_search_in_chinese_finds_the_article_on_limits_in_either_script_and_shows_where() {
    let fixture = Fixture::real().await;
    for query in ["錢包限額", "钱包限额", "錢包 限額"] {
        for (language, expected) in [("zh-Hant", "限額"), ("zh-Hans", "限额")] {
            let found = fixture.search(query, language).await;
            assert_eq!(found[0]["slug"], "wallet-limits", "{query}");
            let shown = cut(&found[0]["title"], &found[0]["title_highlights"]).concat();
            assert!(shown.contains(expected), "{query}: {shown}");
            let shown = cut(&found[0]["snippet"], &found[0]["snippet_highlights"]).concat();
            assert!(shown.contains(expected), "{query}: {shown}");
        }
    }
    // Who reads English finds it by Chinese as well.
    let found = fixture.search("錢包限額", "en").await;
    assert_eq!(
        (&found[0]["slug"], &found[0]["title_highlights"]),
        (&json!("wallet-limits"), &json!([]))
    );
}

#[tokio::test]
async fn a_title_says_more_than_a_body_and_a_rare_word_more_than_a_common_one() {
    let fixture = Fixture::with(&[
        article("body", "Something", "The limits are high, and other words follow here."),
        article("title", "Limits", "Something else is said here, and other words follow."),
        article("rare", "Something", "The limits of an octopus, and other words follow here."),
    ])
    .await;
    assert_eq!(fixture.found("limits").await[0], "title");
    assert_eq!(fixture.found("octopus limits").await[0], "rare");
}

#[tokio::test]
async fn a_word_that_is_mistyped_or_not_finished_finds_what_was_meant() {
    let fixture = Fixture::with(&[
        article("withdraw", "Withdrawals", "Money goes to the bank."),
        article("top-up", "Top up", "Money comes from the bank."),
    ])
    .await;
    for query in [
        "withdrawal",
        "withdrawals",
        "WITHDRAWAL",
        "withdrawl",
        "wihtdrawal",
        "withdrwaal",
        "withd",
    ] {
        assert_eq!(fixture.found(query).await, ["withdraw"], "{query}");
    }
    for query in ["wthdrwlaa", "wi", "drawal", "xyz"] {
        assert!(fixture.found(query).await.is_empty(), "{query}");
    }
}

#[tokio::test]
async fn what_is_hidden_in_a_query_does_not_hide_its_words() {
    let fixture = Fixture::real().await;
    let plain = fixture.found("提款限額").await;
    assert!(!plain.is_empty());
    for query in [
        "提\u{200b}款\u{feff}限\u{2060}額",
        "\u{202e}提款限額\u{202c}",
        "提款\u{ad}限額",
        "提款限額\u{e0001}",
    ] {
        assert_eq!(fixture.found(query).await, plain, "{query:?}");
    }
    assert_eq!(fixture.found("ＰＩＮ").await, fixture.found("pin").await);
}

#[tokio::test]
async fn a_query_is_no_pattern_no_statement_and_no_markup() {
    let fixture = Fixture::real().await;
    for query in [
        "%",
        "_",
        "%%%",
        "%_%",
        "'",
        "''; DROP TABLE articles; --",
        "\\",
        "\\'",
        "\"",
        "*",
        "+-()~<>@",
        "' OR '1'='1",
        "\0",
        "\u{1}",
        "\u{fffd}",
        "🙂",
        "\u{202e}",
        "\u{200b}\u{200b}",
        " ",
        "<script>",
        "<img src=x onerror=alert(1)>",
        "{unverified_balance}",
        "&lt;b&gt;",
    ] {
        let answer = fixture.get(&format!("search?q={}", encoded(query))).await;
        answer.expect(200);
        assert_eq!(answer.header("content-type"), "application/json", "{query}");
    }
    for nothing in ["%", "_", "%%%", "'", "\\", "\0", "🙂", "\u{202e}", " ", "+-()~<>@"] {
        assert!(fixture.found(nothing).await.is_empty(), "{nothing:?}");
    }
    assert!(fixture.database.count("articles").await > 40);
}

#[tokio::test]
async fn a_query_has_a_length_that_is_refused_beyond_and_cheap_within() {
    let fixture = Fixture::real().await;
    for query in ["", &"限".repeat(101), &"限".repeat(5_000), &"a".repeat(10_000)] {
        let answer = fixture.get(&format!("search?q={}", encoded(query))).await;
        answer.expect_refusal(400, "invalid-query");
        assert!(!answer.text().contains("限限"), "a refusal repeats nothing of the query");
    }
    for query in ["限".repeat(100), "a".repeat(100), "a b ".repeat(25), "提款".repeat(50)] {
        fixture.get(&format!("search?q={}", encoded(&query))).await.expect(200);
    }
    for wrong in ["search", "search?q=a&q=b", "search?q=a&operator=or"] {
        fixture.get(wrong).await.expect_refusal(400, "invalid-query");
    }
}

#[tokio::test]
async fn a_search_is_kept_by_caches_like_an_article() {
    let fixture = Fixture::real().await;
    let answer = fixture.get("search?q=pin&language=zh-Hant").await;
    assert_eq!(answer.header("content-language"), "zh-Hant");
    assert!(answer.header("cache-control").starts_with("public, max-age=300"));
    assert!(slugs(answer.expect(200)["articles"].as_array().unwrap()).len() <= 10);
}

/// What people type, what it should find, and among how many.
#[rustfmt::skip]
const LABELLED: &[(&str, &str, usize)] = &[
    ("wallet limit", "wallet-limits", 1),
    ("limits", "wallet-limits", 1),
    ("daily limit", "wallet-limits", 1),
    ("限額", "wallet-limits", 1),
    ("每日限額", "wallet-limits", 1),
    ("钱包限额", "wallet-limits", 1),
    ("提款限額", "wallet-limits", 2),
    ("转账限额", "wallet-limits", 1),
    ("how much can I withdraw", "withdraw", 3),
    ("提款", "withdraw", 2),
    ("如何提款", "withdraw", 2),
    ("提现到银行", "withdraw", 2),
    ("withdraw money", "withdraw", 1),
    ("wihtdraw", "withdraw", 2),
    ("cash out", "withdraw", 1),
    ("withdrawal pending", "withdrawal-pending", 1),
    ("增值", "top-up", 3),
    ("點樣增值", "top-up", 3),
    ("充值未到账", "top-up-pending", 1),
    ("增值未到賬", "top-up-pending", 1),
    ("top up", "top-up", 3),
    ("auto reload", "automatic-top-up", 1),
    ("自動增值", "automatic-top-up", 1),
    ("加入銀行戶口", "add-a-bank-account", 1),
    ("绑定银行卡", "add-a-bank-account", 2),
    ("forgot pin", "forgot-pin", 1),
    ("forgot my PIN", "forgot-pin", 1),
    ("忘記密碼", "forgot-pin", 1),
    ("唔記得密碼", "forgot-pin", 1),
    ("忘记密码怎么办", "forgot-pin", 1),
    ("更改密碼", "choose-a-pin", 2),
    ("change pin", "choose-a-pin", 2),
    ("pin locked", "pin-locked", 1),
    ("密碼鎖定", "pin-locked", 1),
    ("lost phone", "lost-phone", 2),
    ("唔見電話", "lost-phone", 1),
    ("手機被偷", "lost-phone", 2),
    ("recover account", "lost-phone-and-number", 1),
    ("取回帳戶", "lost-phone-and-number", 1),
    ("change number", "change-number", 2),
    ("換號碼", "change-number", 1),
    ("passkey", "passkeys", 1),
    ("face id", "passkeys", 1),
    ("通行密鑰", "passkeys", 1),
    ("scam", "scams", 1),
    ("騙案", "scams", 1),
    ("诈骗", "scams", 1),
    ("HKID", "verify-identity", 1),
    ("身份證", "verify-identity", 2),
    ("核實身分", "verify-identity", 1),
    ("实名认证", "verify-identity", 1),
    ("proof of address", "verify-address", 1),
    ("住址證明", "verify-address", 1),
    ("verification rejected", "verification-declined", 1),
    ("close account", "close-wallet", 1),
    ("關閉錢包", "close-wallet", 1),
    ("注销账户", "close-wallet", 1),
    ("pay a friend", "pay-a-person", 2),
    ("轉賬", "pay-a-person", 3),
    ("request money", "request-money", 1),
    ("收款要求", "request-money", 3),
    ("夾錢", "split-a-bill", 2),
    ("AA制", "split-a-bill", 1),
    ("split bill", "split-a-bill", 1),
    ("利是", "red-packet", 1),
    ("派利是", "red-packet", 1),
    ("red packet", "red-packet", 1),
    ("发红包", "red-packet", 2),
    ("pay link", "pay-link", 1),
    ("付款連結", "pay-link", 1),
    ("link expired", "claim-expired", 1),
    ("standing order", "schedule", 1),
    ("交租", "schedule", 1),
    ("wrong person", "wrong-person", 1),
    ("過錯數", "wrong-person", 1),
    ("转错人", "wrong-person", 3),
    ("scan QR", "pay-a-shop", 3),
    ("二維碼掃描不到", "code-does-not-work", 1),
    ("tip", "tips", 1),
    ("小費", "tips", 1),
    ("refund", "refund-from-shop", 3),
    ("退款", "refund-from-shop", 3),
    ("refund a customer", "give-a-refund", 1),
    ("顧客退款", "give-a-refund", 1),
    ("dispute", "dispute-a-payment", 2),
    ("爭議", "dispute-a-payment", 2),
    ("投訴商戶", "dispute-a-payment", 2),
    ("wallet frozen", "wallet-frozen", 1),
    ("錢包被凍結", "wallet-frozen", 1),
    ("SMS code not received", "code-not-received", 1),
    ("收不到驗證碼", "code-not-received", 1),
    ("收唔到短訊", "code-not-received", 1),
    ("merchant fee", "shop-fee", 1),
    ("手續費", "shop-fee", 1),
    ("商業登記證", "shop-approval", 2),
    ("開設商戶", "open-a-shop", 1),
    ("log out all devices", "log-out-everywhere", 1),
    ("登出所有裝置", "log-out-everywhere", 1),
    ("new phone", "log-in-new-device", 2),
    ("轉手機", "log-in-new-device", 1),
    ("change language", "language", 1),
    ("客服热线", "contact-us", 1),
    ("my payment failed", "payment-not-going-through", 1),
    ("付款失敗", "payment-not-going-through", 1),
];
