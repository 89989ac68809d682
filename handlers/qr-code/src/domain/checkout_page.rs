//! The page behind a request's link: what a shop asks for, its code, and how it ended. It works
//! without its script, which only counts down and looks sooner; it loads nothing from elsewhere but
//! the shop's logo, from us.

use time::OffsetDateTime;
use values::{CustomerMessage, Language, PictureId, RequestStatus, escaped, hong_kong_time};

use super::payment_request::PaymentRequest;

const STYLE: &str = "\
body{margin:0 auto;max-width:26rem;padding:1.5rem;color:#111;background:#fff;text-align:center;\
font:1rem/1.5 system-ui,\"PingFang HK\",\"Microsoft JhengHei\",sans-serif}\
h1{font-size:1.2rem;margin:0;overflow-wrap:anywhere}\
p{margin:.5rem 0;overflow-wrap:anywhere}\
.amount{font-size:2.2rem;font-weight:700}\
.ended{font-size:1.4rem;font-weight:700}\
.paid{color:#0a6b2d}\
svg{width:100%;height:auto;max-width:20rem}\
nav{margin-top:2rem;color:#555}\
a{color:#0b57d0;padding:0 .4rem}";
/// Of `STYLE`: with `SCRIPT_SHA256` all that the page's policy lets it use.
const STYLE_SHA256: &str = "qAcipgOEWv9oZ5UyAa1ZPm+rUmZlmBYOWLaB/w2KTxs=";

/// Counts down by the server's clock, and shows the page again once the request has ended.
const SCRIPT: &str = "\
const left=document.getElementById('left');\
const end=performance.now()+1000*left.dataset.seconds;\
const count=()=>{const s=Math.max(0,Math.ceil((end-performance.now())/1000));\
left.textContent=Math.floor(s/60)+':'+String(s%60).padStart(2,'0')};\
count();setInterval(count,1000);\
const look=async()=>{try{const answer=await fetch(location.pathname+'/status');\
if(answer.ok&&(await answer.json()).status!=='open'){location.reload();return}}catch{}\
setTimeout(look,2000)};\
setTimeout(look,2000)";
const SCRIPT_SHA256: &str = "V4Pm6ZUkrMHd1xVTmg528skJENclagvOOQ61k0YFXtw=";

/// How often a browser without the script looks.
const REFRESH_SECONDS: u8 = 5;

const fn words(en: &'static str, zh_hant: &'static str, zh_hans: &'static str) -> CustomerMessage {
    CustomerMessage { en, zh_hant, zh_hans }
}

const TITLE: CustomerMessage = words("Pay with PayMe", "以 PayMe 付款", "用 PayMe 付款");
const SCAN: CustomerMessage = words(
    "Scan this code with PayMe, check the amount and confirm.",
    "請以 PayMe 掃描此二維碼，核對金額後確認付款。",
    "请用 PayMe 扫描此二维码，核对金额后确认付款。",
);
const CODE: CustomerMessage = words("Payment code", "付款二維碼", "付款二维码");
const UNTIL: CustomerMessage =
    words("To be paid until (Hong Kong time)", "付款期限（香港時間）", "付款期限（香港时间）");
const TIP: CustomerMessage = words("You may add a tip.", "你可以加上小費。", "您可以加上小费。");
const PAID: CustomerMessage = words("Paid", "已付款", "已付款");
const BACK: CustomerMessage = words("Back to", "返回", "返回");
const CANCELLED: CustomerMessage = words(
    "The shop has cancelled this request.",
    "商戶已取消此付款要求。",
    "商户已取消此付款请求。",
);
const EXPIRED: CustomerMessage = words(
    "The time to pay is over. Ask the shop for a new link.",
    "付款時限已過，請向商戶索取新的連結。",
    "付款时限已过，请向商户索取新的链接。",
);

/// What each language is called by those who read it.
const LANGUAGES: [(Language, &str); 3] = [
    (Language::English, "English"),
    (Language::TraditionalChinese, "繁體中文"),
    (Language::SimplifiedChinese, "简体中文"),
];

/// The page as it is at `now`. `drawing` is the request's code, an SVG without a document around
/// it.
pub(crate) fn checkout_page(
    request: &PaymentRequest,
    drawing: &str,
    logo_id: Option<PictureId>,
    language: Language,
    now: OffsetDateTime,
) -> String {
    let say = |words: CustomerMessage| words.in_language(language);
    // The name beside it says what it is.
    let logo = logo_id.map_or_else(String::new, |id| {
        let source = format!("/api/v1/businesses/logos/{id}/small");
        format!("<img src=\"{source}\" alt=\"\" width=\"64\" height=\"64\">")
    });
    let status = request.status_at(now);
    let is_open = status == RequestStatus::Open;
    let refresh =
        format!("<noscript><meta http-equiv=\"refresh\" content=\"{REFRESH_SECONDS}\"></noscript>");
    let body = match status {
        RequestStatus::Open => open_part(request, drawing, language, now),
        RequestStatus::Paid => ended_part("ended paid", say(PAID)) + &way_back(request, say(BACK)),
        RequestStatus::Cancelled => ended_part("ended", say(CANCELLED)),
        RequestStatus::Expired => ended_part("ended", say(EXPIRED)),
    };
    let description = match request.description.as_str() {
        "" => String::new(),
        description => format!("<p>{}</p>", escaped(description)),
    };
    let others = LANGUAGES.iter().filter(|(other, _)| *other != language).map(|(other, name)| {
        let code = other.code();
        format!("<a lang=\"{code}\" hreflang=\"{code}\" href=\"?language={code}\">{name}</a>")
    });
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'sha256-{STYLE_SHA256}'; script-src 'sha256-{SCRIPT_SHA256}'; \
         connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"referrer\" content=\"no-referrer\"><meta name=\"robots\" content=\"noindex\">\
         {refresh}<title>{title}: {shop}</title><style>{STYLE}</style></head>\
         <body><main>{logo}<h1>{shop}</h1><p class=\"amount\">{amount}</p>{description}{body}\
         </main>\
         <nav>{others}</nav></body></html>",
        lang = language.code(),
        refresh = if is_open { &refresh } else { "" },
        title = say(TITLE),
        shop = escaped(request.shop_name.as_str()),
        amount = request.amount,
        others = others.collect::<String>(),
    )
}

fn ended_part(class: &str, text: &str) -> String {
    format!("<p class=\"{class}\" role=\"status\">{text}</p>")
}

/// Where the shop has its payers return to, with the host that they will see. Nothing goes there by
/// itself, and nothing of this page is told to it.
fn way_back(request: &PaymentRequest, back: &str) -> String {
    request.return_url.as_ref().map_or_else(String::new, |url| {
        let (href, host) = (escaped(url.as_str()), escaped(url.host()));
        format!("<p><a rel=\"noreferrer nofollow\" href=\"{href}\">{back} {host}</a></p>")
    })
}

fn open_part(
    request: &PaymentRequest,
    drawing: &str,
    language: Language,
    now: OffsetDateTime,
) -> String {
    let say = |words: CustomerMessage| words.in_language(language);
    let seconds = request.expires_at.unix_timestamp().saturating_sub(now.unix_timestamp()).max(0);
    let tip = if request.tip_allowed { format!("<p>{}</p>", say(TIP)) } else { String::new() };
    format!(
        "<p>{scan}</p><div role=\"img\" aria-label=\"{code}\">{drawing}</div>{tip}\
         <p>{until}<br>{at} <span id=\"left\" role=\"timer\" data-seconds=\"{seconds}\"></span></p>\
         <script>{SCRIPT}</script>",
        scan = say(SCAN),
        code = say(CODE),
        until = say(UNTIL),
        at = hong_kong_time(request.expires_at),
    )
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::{SHA256, digest};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use time::Duration;
    use values::{BusinessId, CaptureMethod, Money, PaymentRequestId};

    use super::*;

    const NOW: OffsetDateTime = time::macros::datetime!(2026-11-29 08:15 UTC);
    const DRAWING: &str = "<svg><path/></svg>";

    fn asked(status: RequestStatus) -> PaymentRequest {
        PaymentRequest {
            id: PaymentRequestId::new(),
            business_id: BusinessId::new(),
            shop_name: "永記茶餐廳".to_owned().try_into().unwrap(),
            amount: Money::hkd(12_850).unwrap(),
            description: "Table 7".to_owned(),
            capture_method: CaptureMethod::Automatic,
            tip_allowed: true,
            return_url: "https://shop.example/done?a=1&b='2'".to_owned().try_into().ok(),
            status,
            expires_at: NOW.saturating_add(Duration::seconds(90)),
        }
    }

    fn page(request: &PaymentRequest, language: Language) -> String {
        checkout_page(request, DRAWING, None, language, NOW)
    }

    #[test]
    fn the_policy_allows_the_pages_own_style_and_script_and_nothing_else() {
        let digest_of = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
        assert_eq!(
            (STYLE_SHA256, SCRIPT_SHA256),
            (digest_of(STYLE).as_str(), digest_of(SCRIPT).as_str())
        );
        let page = page(&asked(RequestStatus::Open), Language::English);
        assert!(page.contains("default-src 'none'") && !page.contains("style="));
        assert!(!page.contains("src=") && !page.contains("http:"), "{page}");
    }

    #[test]
    fn a_logo_is_loaded_from_us() {
        let logo_id: PictureId = "pic_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let request = asked(RequestStatus::Open);
        let page = checkout_page(&request, DRAWING, Some(logo_id), Language::English, NOW);
        let sources: Vec<&str> = page.match_indices("src=").map(|(at, _)| &page[at..]).collect();
        let [source] = sources[..] else { panic!("{page}") };
        assert!(
            source.starts_with(
                "src=\"/api/v1/businesses/logos/pic_01h455vb4pex5vsknk084sn02q/small\""
            )
        );
        assert!(page.contains("img-src 'self'"));
    }

    #[test]
    fn an_open_request_shows_what_is_asked_its_code_and_its_time_in_each_language() {
        for (language, said) in [
            (Language::English, ["lang=\"en\"", "check the amount", "add a tip"]),
            (Language::TraditionalChinese, ["lang=\"zh-Hant\"", "核對金額", "加上小費"]),
            (Language::SimplifiedChinese, ["lang=\"zh-Hans\"", "核对金额", "加上小费"]),
        ] {
            let page = page(&asked(RequestStatus::Open), language);
            let shown = ["永記茶餐廳", "HK$128.50", "Table 7", DRAWING, "2026-11-29 16:16:30"];
            for text in said.into_iter().chain(shown) {
                assert!(page.contains(text), "{text}: {page}");
            }
            assert!(page.contains("data-seconds=\"90\"") && page.contains("refresh"), "{page}");
            assert_eq!(page.matches("?language=").count(), 2);
        }
    }

    #[test]
    fn a_request_that_has_ended_has_no_code_and_looks_no_more() {
        let mut overdue = asked(RequestStatus::Open);
        overdue.expires_at = NOW;
        for (request, said) in [
            (asked(RequestStatus::Paid), "Paid"),
            (asked(RequestStatus::Cancelled), "has cancelled"),
            (asked(RequestStatus::Expired), "time to pay is over"),
            (overdue, "time to pay is over"),
        ] {
            let page = page(&request, Language::English);
            assert!(page.contains(said) && page.contains("HK$128.50"), "{page}");
            for absent in [DRAWING, "<script", "refresh", "id=\"left\""] {
                assert!(!page.contains(absent), "{absent}: {page}");
            }
        }
    }

    #[test]
    fn only_who_has_paid_is_led_back_to_the_shop() {
        let link = "href=\"https://shop.example/done?a=1&amp;b=&#39;2&#39;\">Back to shop.example<";
        let paid = page(&asked(RequestStatus::Paid), Language::English);
        assert!(paid.contains(link), "{paid}");
        for status in [RequestStatus::Open, RequestStatus::Cancelled, RequestStatus::Expired] {
            let page = page(&asked(status), Language::English);
            assert!(!page.contains("shop.example"), "{page}");
        }
        let nowhere = PaymentRequest { return_url: None, ..asked(RequestStatus::Paid) };
        assert!(!page(&nowhere, Language::English).contains("Back to"));
    }

    #[test]
    fn what_a_shop_has_written_is_text_and_never_markup() {
        let mut request = asked(RequestStatus::Open);
        request.description = "<script>alert(1)</script>".to_owned();
        request.shop_name = "H&M <b>".to_owned().try_into().unwrap();
        let page = page(&request, Language::English);
        assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("H&amp;M &lt;b&gt;"));
        assert_eq!(page.matches("<script").count(), 1);
    }
}
