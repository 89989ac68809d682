//! What the administrator asks for over HTTP: where the partitions end, and faults.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use tokio::net::TcpListener;
use warp::{
    Filter, Rejection, Reply,
    http::{HeaderMap, StatusCode, header::ORIGIN},
    reply,
};

use crate::{
    faults::{Counts, DELAY_MS_MAX, Fault},
    hubs::{Hub, Hubs},
};

const BODY_BYTES_MAX: u64 = 64 * 1024;
/// From where a browser asks, also for what has no origin, and that no page does.
const FETCH_SITE: &str = "sec-fetch-site";
const BY_PERSON: &str = "none";

#[derive(Debug, Serialize)]
struct HubState {
    partitions: BTreeMap<String, PartitionState>,
    fault: Fault,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Debug, Serialize)]
struct PartitionState {
    /// That of the oldest event kept.
    first_sequence: i64,
    /// That of the next event to come.
    next_sequence: i64,
}

/// Serves as long as this process lives.
pub(crate) async fn serve(listener: TcpListener, hubs: Arc<Hubs>) {
    warp::serve(routes(hubs)).incoming(listener).run().await;
}

fn routes(hubs: Arc<Hubs>) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    let hubs = warp::any().map(move || Arc::clone(&hubs));
    let list = warp::path!("hubs").and(warp::get()).and(hubs.clone()).map(list);
    let misbehave = warp::path!("faults")
        .and(warp::put())
        .and(warp::body::content_length_limit(BODY_BYTES_MAX))
        .and(warp::body::json())
        .and(hubs.clone())
        .map(misbehave);
    let detach = warp::path!("hubs" / String / "detach").and(warp::post()).and(hubs).map(detach);
    from_pages().or(list).or(misbehave).or(detach)
}

/// What a page of a browser asks, which could only do harm. The browser says so, and its page
/// cannot keep it from that; a person who asks by its line of addresses is served.
fn from_pages() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    warp::header::headers_cloned().and_then(async |headers: HeaderMap| {
        let site = headers.get(FETCH_SITE);
        if headers.contains_key(ORIGIN) || site.is_some_and(|site| site != BY_PERSON) {
            let told = "no page of a browser may ask this";
            Ok(reply::with_status(told, StatusCode::FORBIDDEN))
        } else {
            Err(warp::reject::not_found())
        }
    })
}

/// `GET /hubs`
fn list(hubs: Arc<Hubs>) -> impl Reply {
    let states = hubs.all().map(|hub| (hub.name.clone(), state(hub)));
    reply::json(&states.collect::<BTreeMap<_, _>>())
}

fn state(hub: &Hub) -> HubState {
    let partitions = (0..hub.partition_count()).filter_map(|number| {
        let id = number.to_string();
        let state = hub.partition(&id)?.log.state();
        let (first_sequence, next_sequence) = (state.first_sequence(), state.next_sequence);
        Some((id, PartitionState { first_sequence, next_sequence }))
    });
    HubState {
        partitions: partitions.collect(),
        fault: hub.faults.fault(),
        counts: hub.faults.counts(),
    }
}

/// `PUT /faults`: those of the hubs that are named; no other hub misbehaves from then on, but what
/// waits already waits to its end.
fn misbehave(faults: BTreeMap<String, Fault>, hubs: Arc<Hubs>) -> impl Reply {
    for (name, fault) in &faults {
        if hubs.get(name).is_none() {
            return no_hub(name);
        }
        if fault.delay_ms > DELAY_MS_MAX {
            let told = format!("delay_ms of {name} is over {DELAY_MS_MAX}");
            return reply::with_status(told, StatusCode::BAD_REQUEST);
        }
    }
    for hub in hubs.all() {
        hub.faults.set(faults.get(&hub.name).copied().unwrap_or_default());
    }
    reply::with_status(String::new(), StatusCode::NO_CONTENT)
}

/// `POST /hubs/{hub}/detach`
fn detach(name: String, hubs: Arc<Hubs>) -> impl Reply {
    let Some(hub) = hubs.get(&name) else { return no_hub(&name) };
    hub.faults.detach();
    reply::with_status(String::new(), StatusCode::NO_CONTENT)
}

fn no_hub(name: &str) -> reply::WithStatus<String> {
    reply::with_status(format!("there is no event hub {name}"), StatusCode::NOT_FOUND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_page_of_a_browser_is_refused_and_neither_a_person_nor_a_program() {
        let routes = from_pages().or(warp::any().map(warp::reply));
        for (name, value, status) in [
            ("origin", "https://elsewhere.example", StatusCode::FORBIDDEN),
            ("origin", "null", StatusCode::FORBIDDEN),
            ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
            ("sec-fetch-site", "none", StatusCode::OK),
            ("user-agent", "a program", StatusCode::OK),
        ] {
            let asked = warp::test::request().method("POST").path("/hubs/a/detach");
            let answer = asked.header(name, value).reply(&routes).await;
            assert_eq!(answer.status(), status, "{name}: {value}");
        }
    }
}
