//! The page behind a request's link.

use std::time::Duration;

use testkit::{Answer, Call, InProcess};

use crate::{Fixture, ON_BUSINESS_PROFILE, ON_PAYMENTS};

impl Fixture {
    fn checkout(&self, rest: &str) -> String {
        format!("/api/v1/qr/checkouts/{}{rest}", self.payment_request_id)
    }

    /// Somebody who is not signed in opens it.
    async fn open(&self, rest: &str) -> Answer {
        let call = Call::get(&self.checkout(rest)).header("accept-language", "zh-HK");
        call.send(&qr_code::routes(self.app.clone())).await
    }
}

#[tokio::test]
async fn whoever_has_the_link_sees_what_is_asked_and_that_it_is_paid() {
    let fixture = Fixture::informed().await;
    let page = fixture.open("").await;
    assert_eq!(
        (page.status, page.header("content-type"), page.header("content-language")),
        (200, "text/html; charset=utf-8", "zh-Hant")
    );
    let text = page.text();
    for shown in ["永記茶餐廳", "HK$128.50", "Table 7", "<svg ", "核對金額"] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    // What a messenger adds to a link does not break it.
    assert!(!text.contains("shop.example"), "not before it is paid: {text}");
    let english = fixture.open("?language=en&fbclid=abc").await.text();
    assert!(english.contains("check the amount"), "{english}");
    assert_eq!(fixture.open("/status").await.json()["status"], "open");

    fixture.deliver(ON_PAYMENTS, &[fixture.request_closed("paid")]).await;
    assert_eq!(fixture.open("/status").await.json()["status"], "paid");
    let paid = fixture.open("").await.text();
    assert!(paid.contains("已付款") && !paid.contains("<svg"), "{paid}");
    let back = "href=\"https://shop.example/orders?id=7&amp;paid=1\"";
    assert!(paid.contains(back) && paid.contains("返回 shop.example"), "{paid}");
    // The address is the shop's alone: nobody who hands the link on has the page lead elsewhere.
    let lured = fixture.open("?return_url=https://evil.example/").await.text();
    assert!(lured.contains(back) && !lured.contains("evil"), "{lured}");
}

#[tokio::test]
async fn the_page_shows_the_newest_logo_until_the_shop_says_that_it_has_none() {
    const LOGO: &str = "pic_01h455vb4pex5vsknk084sn02q";
    let fixture = Fixture::informed().await;
    for (version, told, is_shown) in [
        (2, Some(Some(LOGO)), true),
        (3, None, true),
        (2, Some(None), true),
        (4, Some(None), false),
        (3, Some(Some(LOGO)), false),
    ] {
        let shop = fixture.shop_with_logo(version, "永記茶餐廳", told);
        fixture.deliver(ON_BUSINESS_PROFILE, &[shop]).await;
        assert_eq!(fixture.open("").await.text().contains(LOGO), is_shown, "{version}: {told:?}");
    }
}

#[tokio::test]
async fn a_link_that_is_opened_before_the_event_arrives_waits_for_it() {
    let fixture = Fixture::new().await;
    let informed = async {
        tokio::time::sleep(Duration::from_millis(250)).await;
        fixture.inform().await;
    };
    let (page, ()) = tokio::join!(fixture.open(""), informed);
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn what_no_shop_has_asked_for_has_no_page() {
    let fixture = Fixture::informed().await;
    let long_ago = "/api/v1/qr/checkouts/preq_01h455vb4pex5vsknk084sn02q";
    for path in [long_ago.to_owned(), format!("{long_ago}/status")] {
        let answer = Call::get(&path).send(&qr_code::routes(fixture.app.clone())).await;
        answer.expect_refusal(404, "payment-request-not-found");
    }
    let answer = fixture.open("?language=fr").await;
    assert_eq!(answer.status, 400);
}
