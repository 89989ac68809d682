//! Showing codes.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{Fixture, ON_BUSINESS_PROFILE, ON_PAYMENTS};

const QUARTER_HOUR: time::Duration = time::Duration::minutes(15);

/// What a decoder that shares nothing with the encoder reads in a PNG of enough pixels.
fn decode_png(png: &[u8]) -> String {
    let picture = image::load_from_memory(png).unwrap().into_luma8();
    let side = usize::try_from(picture.width()).unwrap();
    assert!(side >= 512 && picture.width() == picture.height());
    let rows: Vec<&[u8]> = picture.as_raw().chunks(side).collect();
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| rows[y][x]);
    let [code] = &prepared.detect_grids()[..] else { panic!("there is not exactly one code") };
    code.decode().unwrap().1
}

#[tokio::test]
async fn both_kinds_of_code_are_drawn_in_every_format_for_either_product() {
    let fixture = Fixture::informed().await;
    type Path = fn(&Fixture, &str) -> String;
    let paths: [(Path, &str); 2] = [
        (Fixture::request_code, "private, max-age=86400, immutable"),
        (Fixture::shop_code, "private, max-age=60"),
    ];
    for (path, cache) in paths {
        let text = fixture.get(&fixture.consumer_token, &path(&fixture, "txt")).await;
        assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
        let payload = text.text();
        assert!(payload.starts_with("0002010102") && payload.contains("永記茶餐廳"), "{payload}");

        let png = fixture.get(&fixture.business_token, &path(&fixture, "png")).await;
        assert_eq!(png.header("content-type"), "image/png");
        assert_eq!(png.header("cache-control"), cache);
        assert_eq!(decode_png(&png.body), payload);

        let svg = fixture.get(&fixture.business_token, &path(&fixture, "svg")).await;
        assert_eq!(svg.header("content-type"), "image/svg+xml");
        let drawing = svg.text();
        assert!(drawing.contains("<svg ") && drawing.ends_with("</svg>"), "{drawing}");
    }
}

#[tokio::test]
async fn a_code_that_is_asked_for_before_the_event_arrives_waits_for_it() {
    let fixture = Fixture::new().await;
    let events = async {
        tokio::time::sleep(Duration::from_millis(250)).await;
        fixture.deliver(ON_PAYMENTS, &[fixture.request_created(QUARTER_HOUR)]).await;
        tokio::time::sleep(Duration::from_millis(250)).await;
        fixture.deliver(ON_BUSINESS_PROFILE, &[fixture.shop(1, "永記茶餐廳")]).await;
    };
    let (request_path, shop_path) = (fixture.request_code("txt"), fixture.shop_code("txt"));
    let request_code = fixture.get(&fixture.business_token, &request_path);
    let shop_code = fixture.get(&fixture.business_token, &shop_path);
    let (request_code, shop_code, ()) = tokio::join!(request_code, shop_code, events);
    assert_eq!((request_code.status, shop_code.status), (200, 200));
}

#[tokio::test]
async fn what_is_new_is_waited_for_and_then_not_known_yet() {
    let fixture = Fixture::new().await;
    let (request_path, shop_path) = (fixture.request_code("png"), fixture.shop_code("png"));
    let start = Instant::now();
    let (request, shop) = tokio::join!(
        fixture.get(&fixture.business_token, &request_path),
        fixture.get(&fixture.business_token, &shop_path),
    );
    for answer in [request, shop] {
        answer.expect_refusal(404, "not-yet-known");
        assert_eq!(
            (&answer.json()["retryable"], answer.header("retry-after")),
            (&true.into(), "1")
        );
    }
    assert!((2900..6000).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
}

#[tokio::test]
async fn what_has_an_old_id_and_is_not_known_is_not_found_at_once() {
    let fixture = Fixture::new().await;
    let start = Instant::now();
    for (path, code) in [
        ("payment-requests/preq_01h455vb4pex5vsknk084sn02q.png", "payment-request-not-found"),
        ("businesses/biz_01h455vb4pex5vsknk084sn02q.png", "business-not-found"),
    ] {
        let answer = fixture.get(&fixture.business_token, &format!("/api/v1/qr/{path}")).await;
        answer.expect_refusal(404, code);
    }
    assert!(start.elapsed().as_millis() < 1_000, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_person_shows_their_own_code_and_whoever_scans_it_learns_the_id_alone() {
    let fixture = Fixture::new().await;
    let (user_id, token) = fixture.another_consumer();
    let path = format!("/api/v1/qr/users/{user_id}.txt");
    let drawn = fixture.get(&token, &path).await;
    assert_eq!((drawn.status, drawn.header("cache-control")), (200, "private, max-age=86400"));
    let scanned = fixture.scan(&drawn.text()).await;
    assert_eq!(scanned, (200, json!({"type": "person", "user_id": user_id})));
    fixture.get(&fixture.consumer_token, &path).await.expect_refusal(403, "not-own-code");
    fixture.get("forged", &path).await.expect_refusal(401, "invalid-token");
}

#[tokio::test]
async fn a_url_of_another_form_is_not_found_and_a_caller_without_token_is_refused() {
    let fixture = Fixture::informed().await;
    let (request, shop) = (fixture.payment_request_id, fixture.business_id);
    for path in [
        format!("payment-requests/{request}"),
        format!("payment-requests/{request}.gif"),
        format!("payment-requests/{shop}.png"),
        format!("payment-requests/{request}.png/x"),
        "payment-requests/.png".to_owned(),
        format!("businesses/{request}.png"),
    ] {
        let answer = fixture.get(&fixture.business_token, &format!("/api/v1/qr/{path}")).await;
        answer.expect_refusal(404, "no-such-route");
    }
    for path in [fixture.request_code("png"), fixture.shop_code("svg")] {
        fixture.get("forged", &path).await.expect_refusal(401, "invalid-token");
    }
}

#[tokio::test]
async fn a_closed_shop_has_no_code_any_more_and_its_old_ones_are_unknown() {
    let fixture = Fixture::informed().await;
    let paths = [fixture.request_code("txt"), fixture.shop_code("txt")];
    let payloads = [fixture.payload(&paths[0]).await, fixture.payload(&paths[1]).await];
    let mut closed = fixture.shop(2, "永記茶餐廳");
    closed.data["is_closed"] = json!(true);
    fixture.deliver(ON_BUSINESS_PROFILE, &[closed, fixture.shop(1, "永記茶餐廳")]).await;
    for (path, payload) in paths.iter().zip(&payloads) {
        let answer = fixture.get(&fixture.business_token, path).await;
        answer.expect_refusal(404, "business-not-found");
        let (status, problem) = fixture.scan(payload).await;
        assert_eq!((status, &problem["code"]), (422, &json!("qr-unknown")), "{payload}");
    }
}

#[tokio::test]
async fn the_document_says_of_which_parts_a_codes_url_is_made_and_what_it_gives() {
    let fixture = Fixture::new().await;
    let document = fixture.get("", "/api/v1/qr-code/openapi.json").await.expect(200);
    for (path, id) in [("payment-requests", "payment_request_id"), ("businesses", "business_id")] {
        let get = &document["paths"][format!("/api/v1/qr/{path}/{{{id}}}.{{format}}")]["get"];
        let names = [&get["parameters"][0]["name"], &get["parameters"][1]["name"]];
        assert_eq!(names, [id, "format"], "{get}");
        assert_eq!(get["parameters"][1]["schema"]["enum"], json!(["png", "svg", "txt"]), "{get}");
        let given = get["responses"]["200"]["content"].as_object().unwrap();
        assert!(given.keys().eq(["image/png", "image/svg+xml", "text/plain"]), "{get}");
    }
}
