//! The commands of `ops/`, run against stand-ins that record what they are asked to do.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod deploy;
mod graph;
mod ledger;
mod packages;
mod pipelines;
mod rehearsal;
mod scene;
mod secrets;

use std::fs;
use std::path::Path;

use crate::scene::{CHECKOUT, Scene, commands, text_of};

/// How each command is called to be printed.
const EXAMPLES: &[&str] = &[
    "audit prod",
    "audit prod anew",
    "bank-statement prod 2026-11-29",
    "bank-statement prod 2026-11-30 none",
    "deploy dev",
    "destroy dev",
    "events prod notification list",
    "events prod notification replay notification_on_payments 0190-a",
    "freeze-wallet prod usr_01h455vb4pex5vsknk084sn02q freeze phone stolen",
    "freeze-wallet prod biz_01h455vb4pex5vsknk084sn02q show",
    "graph prod verify 2026-11-23",
    "graph prod rebuild 2026-11-23",
    "graph prod forget usr_01h455vb4pex5vsknk084sn02q",
    "import-screening-list prod united-nations consolidated-2026-11-28.json",
    "import-screening-list prod ofac-sdn sdn.csv aliases=alt.csv may-shrink",
    "invite-first-staff prod wong.tm@example.com",
    "settle prod top_01h455vb4pex5vsknk084sn02q 50000 bank file 7",
    "settle prod wdr_01h455vb4pex5vsknk084sn02q paid bank file 8",
    "health dev",
    "logs dev payments all",
    "merchant-fee prod biz_01h455vb4pex5vsknk084sn02q 80 contract of 2026",
    "outbox prod payments drain",
    "payee-warning prod mobile:+852-61234567 scameter-listed alert 12",
    "promote-replica prod payments",
    "promote-replica prod payments mysql-replica-payments-prod-abcdef",
    "public-access prod payments close",
    "restart dev auth",
    "restore-database prod payments 2026-11-23T14:05:00Z",
    "rollback prod auth",
    "rollback prod payments",
    "rotate-secret prod payments PAYMENTS_MYSQL_URL",
    "rotate-secret prod qr-code QR_CODE_SIGNING_KEY",
    "rotate-secret prod auth AUTH_DIGEST_KEY",
    "rotate-secret prod auth AUTH_PIN_PEPPERS",
    "rotate-token-signing-key prod",
    "rotate-token-signing-key prod leaked",
    "runner dev",
    "scale prod payments 40 4",
    "smoke dev",
    "shop-approval prod biz_01h455vb4pex5vsknk084sn02q not-approved case 12",
    "smoke dev auth",
    "statements prod payments",
    "trace prod 0af7651916cd43dd8448eb211c80319c",
    "wallet-tier prod usr_01h455vb4pex5vsknk084sn02q address-verified case 12",
    "awaiting-bank prod",
    "workbook prod",
];

#[test]
fn every_command_can_be_printed_without_running_anything() {
    let scene = Scene::new("printed").without_password();
    for example in EXAMPLES {
        let outcome = scene.print(example);
        assert!(outcome.succeeded, "{example}: {}", outcome.last_words);
        assert!(outcome.calls.is_empty(), "{example} ran {:?}", outcome.calls);
        let shows = |line: &str| line.starts_with("az ") || line.starts_with("mysql ");
        assert!(outcome.printed.lines().any(shows), "{example}");
    }
    let printed = |name: &String| EXAMPLES.iter().any(|e| e.split(' ').next() == Some(name));
    let missing: Vec<String> = commands().into_iter().filter(|name| !printed(name)).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_command_says_how_it_is_used() {
    let scene = Scene::new("usage");
    for command in commands() {
        let outcome = scene.run(&command);
        assert!(!outcome.succeeded && outcome.calls.is_empty(), "{command}");
        assert!(outcome.last_words.starts_with(&format!("usage: ops/{command} ENV")), "{command}");
    }
}

#[test]
fn every_command_stands_in_the_runbook() {
    let runbook = text_of("docs/runbook.md");
    let absent: Vec<String> =
        commands().into_iter().filter(|name| !runbook.contains(&format!("ops/{name}"))).collect();
    assert_eq!(absent, Vec::<String>::new());
}

fn alerts() -> String {
    ["alerts", "money_alerts"].map(|part| text_of(&format!("bicep/parts/{part}.bicep"))).concat()
}

#[test]
fn every_alert_has_its_section_in_the_runbook() {
    let (alerts, runbook) = (alerts(), text_of("docs/runbook.md"));
    let quoted = alerts.split("    name: '").skip(1).map(|rest| rest.split('\'').next().unwrap());
    let called = alerts.split("name: localName('unreachable'").skip(1).map(|_| "unreachable");
    let names: Vec<&str> =
        quoted.chain(called).map(|name| name.split("-${").next().unwrap()).collect();
    assert!(names.len() > 15, "{names:?}");
    let absent: Vec<&&str> =
        names.iter().filter(|name| !runbook.contains(&format!("### {name}\n"))).collect();
    assert!(absent.is_empty(), "{absent:?}");
}

#[test]
fn every_metric_that_operators_are_shown_is_one_that_a_service_counts() {
    let shown = alerts() + &text_of("bicep/workbook.json").replace("\\\"", "\"");
    let names = shown.split("AppMetrics").skip(1).map(|query| {
        let name = query.split("Name == \"").nth(1).unwrap();
        name.split('"').next().unwrap()
    });
    let names: Vec<&str> = names.collect();
    assert!(names.len() > 15, "{names:?}");
    let code = text_of("crates/service/src/telemetry/request.rs") + &observations();
    let absent: Vec<&&str> =
        names.iter().filter(|name| !code.contains(&format!("(\"{name}\")"))).collect();
    assert!(absent.is_empty(), "{absent:?}");
}

/// What the crates and services count.
fn observations() -> String {
    let mut code = String::new();
    for folder in ["crates", "handlers"] {
        for entry in fs::read_dir(Path::new(CHECKOUT).join(folder)).unwrap() {
            let file = entry.unwrap().path().join("src/observe.rs");
            code += &fs::read_to_string(file).unwrap_or_default();
        }
    }
    code
}

#[test]
fn whoever_repairs_what_stays_open_is_told_to_close_the_alert() {
    let (alerts, runbook) = (alerts(), text_of("docs/runbook.md"));
    for alert in
        alerts.split("    name: '").skip(1).filter(|alert| alert.contains("staysOpen: true"))
    {
        let name = alert.split('\'').next().unwrap();
        let section = runbook.split(&format!("### {name}\n")).nth(1).unwrap();
        let section = section.split("\n### ").next().unwrap();
        assert!(section.contains("close the alert"), "{name}");
    }
}
