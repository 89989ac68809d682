//! A receipt as a page that prints on A4 and reads well on a phone: no script, nothing from
//! elsewhere, and every text that somebody has written is escaped.

use std::fmt::Write;

use values::{
    BankAccount, CustomerMessage, FpsProxy, FpsProxyType, Language, Money, OperationKind, Party,
    escaped, hong_kong_time,
};

use super::operation::ConfirmedBy;
use super::payment_request::rfc3339;
use super::receipt::Receipt;

const STYLE: &str = "\
@page{size:A4;margin:20mm}\
body{margin:0 auto;max-width:36rem;padding:1.5rem;color:#111;background:#fff;\
font:1rem/1.5 system-ui,\"PingFang HK\",\"Microsoft JhengHei\",sans-serif}\
h1{font-size:1.1rem;margin:0}\
.amount{font-size:2rem;font-weight:700;margin:0 0 1rem}\
dl{display:grid;grid-template-columns:minmax(8rem,1fr) 2fr;margin:0}\
dt,dd{margin:0;padding:.4rem 0;border-top:1px solid #ccc;overflow-wrap:anywhere}\
dt{color:#555;padding-right:1rem}\
@media(max-width:26rem){dl{display:block}dd{border:0;padding-top:0}}\
@media print{body{padding:0;max-width:none}}";
/// Of `STYLE`: the one thing that the page's policy lets it use.
const STYLE_SHA256: &str = "oHRgXkYcehCXX646b3stp4s62nPUOcJ92pkyz1T+lz8=";

const fn words(en: &'static str, zh_hant: &'static str, zh_hans: &'static str) -> CustomerMessage {
    CustomerMessage { en, zh_hant, zh_hans }
}

const RECEIPT: CustomerMessage = words("Receipt", "收據", "收据");
const NUMBER: CustomerMessage = words("Receipt number", "收據編號", "收据编号");
const FROM: CustomerMessage = words("From", "付款方", "付款方");
const TO: CustomerMessage = words("To", "收款方", "收款方");
const TIP: CustomerMessage = words("Of which tip", "其中小費", "其中小费");
const FEE: CustomerMessage = words("Fee", "手續費", "手续费");
const FEE_RETURNED: CustomerMessage = words("Fee returned", "退回手續費", "退回手续费");
const BANK_ACCOUNT: CustomerMessage = words("Bank account", "銀行戶口", "银行账户");
const FPS_PROXY: CustomerMessage = words("Paid by FPS to", "轉數快收款人", "转数快收款人");
const DESCRIPTION: CustomerMessage = words("For", "項目", "项目");
const NOTE: CustomerMessage = words("Note", "備註", "备注");
const REFERENCE: CustomerMessage = words("Reference", "參考編號", "参考编号");
const BELONGS_TO: CustomerMessage = words("Belongs to", "相關交易", "相关交易");
const REFUNDED: CustomerMessage = words("Refunded since", "其後已退款", "其后已退款");
const CONFIRMED_BY: CustomerMessage = words("Confirmed by", "確認方式", "确认方式");
const HONG_KONG_TIME: CustomerMessage = words("Hong Kong time", "香港時間", "香港时间");
const UTC: CustomerMessage = words("UTC", "世界協調時間", "世界协调时间");
const BANK: CustomerMessage = words("Bank", "銀行", "银行");
const UNCLAIMED: CustomerMessage =
    words("Money that waits to be claimed", "待領取款項", "待领取款项");
/// Its name is not kept where nobody sees it.
const OWN_WALLET: CustomerMessage = words("Your wallet", "你的錢包", "您的钱包");
const NAMELESS: CustomerMessage = words("No name chosen", "未設定名稱", "未设置名称");

/// The page.
pub(crate) fn receipt_page(receipt: &Receipt, language: Language) -> String {
    let say = |words: CustomerMessage| words.in_language(language);
    let mut rows = String::new();
    for (label, text) in rows_of(receipt, language) {
        // Writing to a string does not fail.
        let _ = write!(rows, "<dt>{}</dt><dd>{}</dd>", say(label), escaped(&text));
    }
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'sha256-{STYLE_SHA256}'; base-uri 'none'; form-action 'none'\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"referrer\" content=\"no-referrer\">\
         <title>{receipt_word} {number}</title><style>{STYLE}</style></head>\
         <body><h1>{title}</h1><p class=\"amount\">{amount}</p><dl>{rows}</dl></body></html>",
        lang = language.code(),
        receipt_word = say(RECEIPT),
        number = receipt.number(),
        title = say(receipt.kind.title()),
        amount = receipt.movement.amount,
    )
}

/// What there is to say, in the order in which it is shown.
fn rows_of(receipt: &Receipt, language: Language) -> Vec<(CustomerMessage, String)> {
    let movement = &receipt.movement;
    let kind = receipt.kind;
    let party = |party: Option<Party>| {
        let is_own = party.as_ref() == Some(&receipt.own);
        let nameless = if is_own { OWN_WALLET } else { NAMELESS };
        party_text(party, kind, nameless, language)
    };
    let fee = if kind == OperationKind::Refund { FEE_RETURNED } else { FEE };
    let text = |text: &str| text.to_owned();
    let rows = [
        (NUMBER, Some(receipt.number())),
        (FROM, Some(party(receipt.from()))),
        (TO, Some(party(receipt.to()))),
        (TIP, receipt.tip.map(|tip| tip.to_string())),
        (fee, receipt.fee.and_then(cents)),
        (BANK_ACCOUNT, receipt.bank_account.as_ref().map(bank_account_text)),
        (FPS_PROXY, receipt.fps_proxy.as_ref().map(|proxy| fps_proxy_text(proxy, language))),
        (DESCRIPTION, receipt.description.clone()),
        (NOTE, movement.note.as_ref().map(|note| text(note.as_str()))),
        (REFERENCE, movement.reference.as_ref().map(|reference| text(reference.as_str()))),
        (BELONGS_TO, movement.parent.map(|parent| parent.typed_id())),
        (REFUNDED, cents(movement.refunded).filter(|_| kind == OperationKind::Payment)),
        (CONFIRMED_BY, receipt.confirmed_by.map(|how| text(confirmed_text(how, language)))),
        (HONG_KONG_TIME, Some(hong_kong_time(movement.at))),
        (UTC, Some(rfc3339(movement.at))),
    ];
    rows.into_iter().filter_map(|(label, text)| Some((label, text?))).collect()
}

/// Nothing of none.
fn cents(minor_units: i64) -> Option<String> {
    Money::hkd(minor_units).ok().map(|money| money.to_string())
}

fn party_text(
    party: Option<Party>,
    kind: OperationKind,
    nameless: CustomerMessage,
    language: Language,
) -> String {
    let is_bank = matches!(
        kind,
        OperationKind::TopUp | OperationKind::Withdrawal | OperationKind::Settlement
    );
    let absent = if is_bank { BANK } else { UNCLAIMED };
    match party {
        Some(
            Party::User { name: Some(name), .. }
            | Party::Business { name, .. }
            | Party::Fps { name },
        ) => name,
        Some(Party::User { name: None, .. }) => nameless.in_language(language).to_owned(),
        None => absent.in_language(language).to_owned(),
    }
}

/// Four digits, as everywhere.
fn bank_account_text(account: &BankAccount) -> String {
    format!("{} ••••{}", account.bank_code.as_str(), account.account_number.ending())
}

/// Four characters, as everywhere.
fn fps_proxy_text(proxy: &FpsProxy, language: Language) -> String {
    let what = match proxy.proxy_type() {
        FpsProxyType::FpsId => words("FPS identifier", "轉數快識別碼", "转数快识别码"),
        FpsProxyType::Mobile => words("Mobile number", "手提電話號碼", "手机号码"),
        FpsProxyType::Email => words("E-mail address", "電郵地址", "电邮地址"),
    };
    format!("{} ••••{}", what.in_language(language), proxy.ending())
}

const fn confirmed_text(how: ConfirmedBy, language: Language) -> &'static str {
    let words = match how {
        ConfirmedBy::Device => words("Phone", "手機", "手机"),
        ConfirmedBy::Pin => words("PIN", "密碼", "密码"),
        ConfirmedBy::Passkey => words("Passkey", "通行密鑰", "通行密钥"),
        ConfirmedBy::Schedule => words("Schedule", "預約", "预约"),
    };
    words.in_language(language)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::{SHA256, digest};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use values::UserId;

    use super::*;
    use crate::domain::receipt::tests::of_payment;

    #[test]
    fn the_policy_allows_the_style_of_the_page_and_nothing_else() {
        let expected = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
        assert_eq!(STYLE_SHA256, expected);
        let page = receipt_page(&of_payment(true), Language::English);
        assert!(page.contains(&format!("style-src 'sha256-{expected}'")));
        assert!(page.contains("default-src 'none'") && !page.contains("style="));
    }

    #[test]
    fn each_language_has_its_words_and_each_reader_their_rows() {
        for (language, words) in [
            (Language::English, ["lang=\"en\"", "Payment to a shop", "Hong Kong time", "Tip"]),
            (Language::TraditionalChinese, ["lang=\"zh-Hant\"", "商戶付款", "香港時間", "小費"]),
            (Language::SimplifiedChinese, ["lang=\"zh-Hans\"", "商户付款", "香港时间", "小费"]),
        ] {
            let page = receipt_page(&of_payment(false), language);
            for word in words {
                assert!(page.to_lowercase().contains(&word.to_lowercase()), "{word}: {page}");
            }
            assert!(page.contains("HK$138.50") && page.contains("2026-11-29 00:30:05"), "{page}");
        }
        let [payers, shops] =
            [false, true].map(|is_shop| receipt_page(&of_payment(is_shop), Language::English));
        assert!(!payers.contains("HK$2.08") && shops.contains("<dt>Fee</dt><dd>HK$2.08</dd>"));
        assert!(payers.contains("Passkey") && !shops.contains("Passkey"));
        assert!(payers.contains("<dt>Refunded since</dt><dd>HK$5.00</dd>"));
    }

    #[test]
    fn who_has_no_name_is_named_by_what_they_are_to_the_reader() {
        let mut receipt = of_payment(false);
        for (kind, from, to) in [
            (OperationKind::Withdrawal, "Your wallet", "Bank"),
            (OperationKind::PayLink, "Your wallet", "Money that waits to be claimed"),
            (OperationKind::PeerPayment, "Your wallet", "No name chosen"),
        ] {
            receipt.own = Party::user(UserId::new(), String::new());
            let is_paid = kind == OperationKind::PeerPayment;
            let other = is_paid.then(|| Party::user(UserId::new(), String::new()));
            (receipt.kind, receipt.movement.counterparty) = (kind, other);
            let page = receipt_page(&receipt, Language::English);
            let shown = format!("<dt>From</dt><dd>{from}</dd><dt>To</dt><dd>{to}</dd>");
            assert!(page.contains(&shown), "{page}");
        }
    }

    #[test]
    fn what_somebody_has_written_is_text_and_never_markup() {
        let mut receipt = of_payment(false);
        receipt.description = Some("</dd><script>alert(\"1\")</script>&amp;'".to_owned());
        let page = receipt_page(&receipt, Language::English);
        let text = "&lt;/dd&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;&#39;";
        assert!(page.contains(&format!("<dd>{text}</dd>")) && !page.contains("<script"), "{page}");
    }
}
