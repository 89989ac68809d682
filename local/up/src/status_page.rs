//! The page of a running platform: what `status` knows, the last traces, and where else to look.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use platform_page::{Escaped, live, table};
use serde_json::Value;
use warp::http::{HeaderMap, StatusCode};
use warp::{Filter, Reply};

use crate::data::Data;
use crate::error::Error;
use crate::ports::Ports;
use crate::status::{self, AppStatus, Consumer, PartStatus, Status, clock, or_dash};

/// How many traces are shown, the last of each name.
const TRACES_SHOWN: usize = 10;
/// Where the time of day begins and ends in a time as RFC 3339 has it.
const TIME_OF_DAY: std::ops::Range<usize> = 11..19;

/// The pages of a platform with apps.
pub(crate) fn links(ports: Ports) -> [(&'static str, String); 6] {
    let Ports { front_door, sms_inbox, push_inbox, trace_view, cosmos, .. } = ports;
    [
        ("API documents", format!("http://127.0.0.1:{front_door}/docs/")),
        // A page with passkeys needs a name.
        ("staff", format!("http://localhost:{front_door}/staff/")),
        ("SMS inbox", format!("http://127.0.0.1:{sms_inbox}/")),
        ("push inbox", format!("http://127.0.0.1:{push_inbox}/")),
        ("traces", format!("http://127.0.0.1:{trace_view}/")),
        ("documents", format!("http://127.0.0.1:{cosmos}/")),
    ]
}

/// Serves the page as long as this process lives, from before the first part starts.
///
/// # Errors
/// `NoListener`.
pub(crate) async fn serve(data: Arc<Data>, ports: Ports) -> Result<(), Error> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, ports.status_page));
    let listener = platform_port::listen(address).await?;
    let page = warp::path::end().and(warp::get()).and(warp::header::headers_cloned()).then(
        move |headers: HeaderMap| {
            let data = Arc::clone(&data);
            async move { answer(&headers, &data, ports).await }
        },
    );
    tokio::spawn(warp::serve(page).incoming(listener).run());
    Ok(())
}

async fn answer(headers: &HeaderMap, data: &Data, ports: Ports) -> impl Reply + use<> {
    let traces = status::ask(ports.trace_view, "/traces").await;
    let (code, html) = match status::collect(data).await {
        Ok(status) => (StatusCode::OK, html(&status, &traces, ports)),
        Err(error) => {
            let told = format!("<p class=bad>{}</p>", Escaped(&error.to_string()));
            (StatusCode::INTERNAL_SERVER_ERROR, live("The local platform", "", &told))
        }
    };
    platform_page::answer(headers, code, html)
}

fn html(status: &Status, traces: &Result<Value, String>, ports: Ports) -> String {
    let links = links(ports);
    let links = links.iter().map(|(name, url)| format!("<a href=\"{url}\">{name}</a> "));
    let parts: String = status.parts.iter().map(part).collect();
    let heads = ["Part", "State", "#Port", "#Up", "#MB", "Last failure"];
    let parts = table(&heads, &parts);
    let heads = ["App", "State", "Health", "#Port", "#Restarts", "#MB"];
    let apps = or_why(&heads, &status.apps, |apps| apps.iter().map(app).collect());
    let heads = ["Consumer", "Event hub", "#Events behind", "#Failures"];
    let consumers = or_why(&heads, &status.consumers, |all| all.iter().map(consumer).collect());
    let heads = ["Began (UTC)", "Trace", "Services", "Result"];
    let traces = or_why(&heads, traces, |traces| {
        let traces = traces.as_array().into_iter().flatten();
        // What services ask each other again and again would be all of the newest.
        let mut names = BTreeSet::new();
        let traces = traces.filter(|trace| names.insert(trace["name"].to_string()));
        traces.take(TRACES_SHOWN).map(|found| trace(found, ports.trace_view)).collect()
    });
    let main = format!(
        "<p>{}</p><h2>Parts</h2>{parts}<h2>Apps</h2>{apps}<h2>Events</h2>{consumers}\
         <h2>Last traces of each name</h2>{traces}",
        links.collect::<String>()
    );
    live("The local platform", "", &main)
}

/// A table, or why there is nothing to put into one.
fn or_why<T>(heads: &[&str], told: &Result<T, String>, rows: impl FnOnce(&T) -> String) -> String {
    match told {
        Ok(told) => table(heads, &rows(told)),
        Err(why) => format!("<p class=faint>{}</p>", Escaped(why)),
    }
}

fn part(part: &PartStatus) -> String {
    let class = if part.state == "serves" { "" } else { "bad" };
    format!(
        "<tr><td>{}</td><td class=\"{class}\">{}</td><td class=number>{}</td>\
         <td class=number>{}</td><td class=number>{}</td>\
         <td class=\"faint told\">{}</td></tr>",
        Escaped(&part.name),
        part.state,
        or_dash(part.port),
        or_dash(part.up.map(clock)),
        or_dash(part.memory_mb),
        Escaped(&part.last_failure),
    )
}

fn app(app: &AppStatus) -> String {
    let class = if app.health == "ready" { "" } else { "bad" };
    format!(
        "<tr><td>{}</td><td>{}</td><td class=\"{class}\">{}</td><td class=number>{}</td>\
         <td class=number>{}</td><td class=number>{}</td></tr>",
        Escaped(&app.name),
        Escaped(&app.phase),
        Escaped(&app.health),
        or_dash(app.port),
        or_dash(app.restarts),
        or_dash(app.memory_mb),
    )
}

fn consumer(consumer: &Consumer) -> String {
    let Consumer { function, hub, behind, failures } = consumer;
    let class = if *behind == 0 { "number" } else { "number bad" };
    format!(
        "<tr><td>{}</td><td>{}</td><td class=\"{class}\">{behind}</td>\
         <td class=number>{failures}</td></tr>",
        Escaped(function),
        Escaped(hub),
    )
}

fn trace(trace: &Value, trace_view: u16) -> String {
    let text = |field: &str| trace[field].as_str().unwrap_or_default();
    let services = trace["services"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let services = services.collect::<Vec<_>>().join(", ");
    let class = if trace["has_failed"] == true { "bad" } else { "" };
    format!(
        "<tr><td>{}</td><td><a href=\"http://127.0.0.1:{trace_view}/waterfalls/{}\">{}</a></td>\
         <td>{}</td><td class=\"{class}\">{}</td></tr>",
        Escaped(text("started_at").get(TIME_OF_DAY).unwrap_or_default()),
        Escaped(text("trace_id")),
        Escaped(text("name")),
        Escaped(&services),
        Escaped(text("result")),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_page_shows_what_is_known_and_why_the_rest_is_not_and_text_of_others_as_text() {
        let failure = "ERROR <script>x</script>".to_owned();
        let down = PartStatus {
            name: "redis".to_owned(),
            state: "down",
            port: None,
            up: None,
            memory_mb: None,
            last_failure: failure,
        };
        let (function, hub) = ("timeline_on_payments".to_owned(), "payments".to_owned());
        let status = Status {
            parts: vec![down],
            apps: Err("the host is <down>".to_owned()),
            consumers: Ok(vec![Consumer { function, hub, behind: 8, failures: 0 }]),
        };
        let trace = |id: &str| {
            json!({ "trace_id": id, "name": "GET /<x>", "has_failed": true,
            "started_at": "2026-11-30T12:34:56.7Z", "services": ["auth", "payments"] })
        };
        let traces = json!([trace("abc"), trace("def")]);
        let page = html(&status, &Ok(traces), Ports::from_base("27").unwrap());
        for shown in [
            "<td>redis</td><td class=\"bad\">down</td>",
            "ERROR &lt;script&gt;x",
            "the host is &lt;down&gt;",
            "<td>payments</td><td class=\"number bad\">8</td>",
            "<td>12:34:56</td><td><a href=\"http://127.0.0.1:27090/waterfalls/abc\">GET /&lt;x&gt;",
            "<td>auth, payments</td>",
            "<a href=\"http://127.0.0.1:27082/\">push inbox</a>",
        ] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(!page.contains("waterfalls/def"), "another of the same name");
    }
}
