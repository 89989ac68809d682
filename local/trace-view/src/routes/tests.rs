//! What handlers sent, as it was recorded, and what is shown of it.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use warp::hyper::body::Bytes;
use warp::test::request;

use super::*;

/// A request, the batch that relays its event, the event's consumption and that of a wrong one with
/// its log line, and a metric: one item a line.
const RECORDED: &str = include_str!("recorded.jsonl");
const TRACE_ID: &str = "0b0a390dd4fd46b38abeabae30a61a0a";
const BATCH_TRACE_ID: &str = "0659de10912043d996e99cf8cc566ca2";

fn telemetry() -> Arc<Telemetry> {
    Arc::new(Telemetry::default())
}

async fn post(telemetry: &Arc<Telemetry>, path: &str, encoding: &str, body: &[u8]) -> (u16, Value) {
    let call = request().method("POST").path(path).header("content-encoding", encoding).body(body);
    let answer = call.reply(&all(Arc::clone(telemetry))).await;
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap())
}

async fn get(telemetry: &Arc<Telemetry>, path: &str) -> (u16, Bytes) {
    let answer = request()
        .path(path)
        .header("host", "127.0.0.1:27090")
        .reply(&all(Arc::clone(telemetry)))
        .await;
    (answer.status().as_u16(), answer.into_body())
}

async fn get_json(telemetry: &Arc<Telemetry>, path: &str) -> Value {
    serde_json::from_slice(&get(telemetry, path).await.1).unwrap()
}

async fn recorded() -> Arc<Telemetry> {
    let telemetry = telemetry();
    let (status, _) = post(&telemetry, "/v2.1/track", "identity", RECORDED.as_bytes()).await;
    assert_eq!(status, 200);
    telemetry
}

fn array() -> String {
    format!("[{}]", RECORDED.trim_end().replace('\n', ","))
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn items_are_taken_as_lines_or_array_packed_or_not() {
    let expected = get_json(&recorded().await, &format!("/traces/{TRACE_ID}")).await;
    for text in [RECORDED.to_owned(), array()] {
        for (encoding, body) in [("gzip", gzip(&text)), ("identity", text.into_bytes())] {
            let telemetry = telemetry();
            let (status, answer) = post(&telemetry, "/v2/track", encoding, &body).await;
            assert_eq!((status, &answer["itemsAccepted"]), (200, &6.into()));
            assert_eq!(get_json(&telemetry, &format!("/traces/{TRACE_ID}")).await, expected);
        }
    }
}

#[tokio::test]
async fn a_trace_shows_what_led_to_what_and_the_batch_that_served_it() {
    let trace = get_json(&recorded().await, &format!("/traces/{TRACE_ID}")).await;
    let steps: Vec<_> = trace["steps"].as_array().unwrap().iter().collect();
    let shown: Vec<_> = steps
        .iter()
        .map(|step| (step["depth"].as_u64().unwrap(), step["name"].as_str().unwrap()))
        .collect();
    let consumed = (1, "consume payme.test.counted.v1");
    assert_eq!(shown, [(0, "POST /api/v1/counts/{id}"), (1, "relay outbox"), consumed, consumed]);
    assert_eq!(steps[1]["offset_ms"], 4.0);
    assert_eq!(steps[1]["duration_ms"], 111.81);
    assert_eq!(steps[0]["result"], "400");
    assert_eq!((&steps[2]["has_failed"], &steps[3]["has_failed"]), (&false.into(), &true.into()));
    assert_eq!(trace["logs"][0]["message"], "parked an event");
    assert_eq!(trace["logs"][0]["span_id"], steps[3]["span_id"]);
    assert_eq!((&trace["spans"], &trace["has_failed"]), (&4.into(), &true.into()));
}

#[tokio::test]
async fn the_list_has_requests_and_leaves_batches_to_their_traces() {
    let telemetry = recorded().await;
    let list = get_json(&telemetry, "/traces").await;
    let ids: Vec<_> = list.as_array().unwrap().iter().map(|trace| &trace["trace_id"]).collect();
    assert_eq!(ids, [TRACE_ID]);
    assert_eq!(list[0]["spans"], 4);
    assert_eq!(get(&telemetry, &format!("/traces/{BATCH_TRACE_ID}")).await.0, 200);
    assert_eq!(get(&telemetry, "/traces/unknown").await.0, 404);
}

#[tokio::test]
async fn each_item_is_told_once_in_whichever_traces_it_is_shown() {
    let items = get_json(&recorded().await, "/items").await;
    let all = items.as_array().unwrap();
    let said = |text: &str| all.iter().filter(|item| item.to_string().contains(text)).count();
    assert_eq!((all.len(), said("relay outbox"), said("parked an event")), (5, 1, 1), "{items}");
}

#[tokio::test]
async fn pages_show_text_of_others_as_text() {
    let script = "<script>alert('x')</script>";
    let telemetry = telemetry();
    let body = RECORDED.replace("POST /api/v1/counts/{id}", script);
    post(&telemetry, "/v2/track", "identity", body.as_bytes()).await;
    for path in ["/".to_owned(), format!("/waterfalls/{TRACE_ID}")] {
        let (status, page) = get(&telemetry, &path).await;
        let page = String::from_utf8(page.to_vec()).unwrap();
        assert_eq!(status, 200);
        assert!(page.contains("&lt;script&gt;") && !page.contains(script), "{page}");
    }
    assert_eq!(get(&telemetry, "/waterfalls/unknown").await.0, 404);
}

#[tokio::test]
async fn the_page_of_all_traces_tells_results_and_finds_one_by_its_id_or_name() {
    let telemetry = recorded().await;
    for (query, is_shown) in [
        ("", true),
        ("?find=0b0a390d", true),
        ("?find=%2Fcounts%2F", true),
        ("?find=0659de10", false),
    ] {
        let (_, page) = get(&telemetry, &format!("/{query}")).await;
        let page = String::from_utf8(page.to_vec()).unwrap();
        assert_eq!(page.contains("POST /api/v1/counts/{id}"), is_shown, "{query}");
        // A refusal is told by its status.
        assert_eq!(page.contains(">400"), is_shown, "{query}: {page}");
    }
}

#[tokio::test]
async fn spans_that_name_each_other_as_their_cause_are_shown_all_the_same() {
    let request = RECORDED.lines().find(|line| line.contains("RequestData")).unwrap();
    let circle = request.replace("3022156790304da3", "bcb4a050be50416c");
    let telemetry = telemetry();
    post(&telemetry, "/v2/track", "identity", circle.as_bytes()).await;
    assert_eq!(get_json(&telemetry, &format!("/traces/{TRACE_ID}")).await["spans"], 1);
}

#[tokio::test]
async fn what_is_no_telemetry_is_refused_item_by_item() {
    let first = RECORDED.lines().next().unwrap();
    let no_duration = RECORDED.replace("0.00:00:00.111810", "soon");
    for (body, expected, accepted) in [
        ("nonsense".to_owned(), 400, 0),
        ("{}".to_owned(), 400, 0),
        (format!("{first}\n{{}}"), 206, 1),
        (no_duration, 206, 5),
    ] {
        let (status, answer) = post(&telemetry(), "/v2/track", "identity", body.as_bytes()).await;
        assert_eq!((status, &answer["itemsAccepted"]), (expected, &accepted.into()), "{body}");
    }
    assert_eq!(post(&telemetry(), "/v2/track", "gzip", b"[]").await.0, 400);
}
