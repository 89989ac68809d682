//! Start, environment, exit codes and death of handlers.

use std::fs;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use crate::platform::{Folder, Host, LONG_TIMEOUT, eventually, http_function, order, write_app};

fn folder() -> Folder {
    let folder = Folder::new();
    let functions = [("env", http_function("env")), ("exit", http_function("exit"))];
    let settings = json!({ "SHOP_SECRET": "s", LONG_TIMEOUT: "00:01:00" });
    write_app(&folder, "shop", &functions, settings);
    let functions = [("echo", http_function("echo"))];
    let settings = json!({ "OTHER_SECRET": "o", LONG_TIMEOUT: "00:01:00" });
    write_app(&folder, "other", &functions, settings);
    folder
}

fn wait_for_phase(host: &Host, phase: &str) -> Value {
    eventually(phase, || Some(host.status("shop")).filter(|status| status["phase"] == phase))
}

#[test]
fn a_handler_gets_its_own_settings_and_the_hosts_variables_and_nothing_else() {
    let host = Host::start(folder());
    let env = host.get("/api/env").json();
    assert_eq!(env["SHOP_SECRET"], "s");
    assert_eq!(env["OTHER_SECRET"], Value::Null);
    assert_eq!(env["SECRET_OF_THE_HOST"], Value::Null);
    assert!(env["PATH"].is_string());
    assert_eq!(env["FUNCTIONS_CUSTOMHANDLER_PORT"], env["FUNCTIONS_HTTPWORKER_PORT"]);
    assert_eq!(env["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"], env["FUNCTIONS_HTTPWORKER_ID"]);
    let site = format!("localhost:{}", host.address.port());
    assert_eq!(env["WEBSITE_HOSTNAME"].as_str(), Some(site.as_str()));
    assert!(env["FUNCTIONS_APP_ROOT_PATH"].as_str().unwrap().ends_with("apps/shop"));
    let log = fs::read_to_string(host.folder.0.join("state/logs/shop.log")).unwrap();
    assert_eq!(log, "handler listens\n");
}

#[test]
fn a_killed_handler_starts_again_on_the_same_port_and_requests_wait_for_it() {
    let host = Host::start(folder());
    let before = host.status("shop");
    host.kill_handler("shop");
    eventually("a new process", || (host.status("shop")["pid"] != before["pid"]).then_some(()));
    assert_eq!(host.get("/api/env").status, 200);
    let after = host.status("shop");
    assert_eq!(after["port"], before["port"]);
    assert_eq!(after["restarts"], 1);
    assert_eq!(after["pid"], host.handler_pid("shop"));
}

#[test]
fn a_handler_that_exits_with_0_stays_down_and_requests_fail() {
    let host = Host::start(folder());
    assert_eq!(host.get("/api/exit?0").status, 500);
    let status = wait_for_phase(&host, "exited");
    assert_eq!(status["restarts"], 0);
    assert_eq!(host.get("/api/env").status, 500);
    assert_eq!(host.get("/api/echo").status, 200, "the other app goes on");
}

#[test]
fn exit_code_200_restarts_without_being_counted() {
    let host = Host::start(folder());
    for restarts in 1..=4 {
        host.get("/api/exit?200");
        eventually("restart", || (host.status("shop")["restarts"] == restarts).then_some(()));
        wait_for_phase(&host, "ready");
    }
}

#[test]
fn the_third_error_stops_the_app_host_which_then_starts_anew() {
    let host = Host::start(folder());
    for _ in 0..3 {
        wait_for_phase(&host, "ready");
        let pid = host.status("shop")["pid"].clone();
        host.get("/api/exit?3");
        eventually("end of the process", || (host.status("shop")["pid"] != pid).then_some(()));
    }
    wait_for_phase(&host, "stopped");
    host.wait_for_line("Exceeded http worker restart retry count");
    wait_for_phase(&host, "ready");
    assert_eq!(host.status("shop")["restarts"], 3);
}

#[test]
fn a_handler_that_fails_at_its_start_is_started_again_at_once() {
    let folder = folder();
    order(&folder, "shop", "exit-at-start");
    let started = Instant::now();
    let host = Host::start(folder);
    assert_eq!(host.status("shop")["restarts"], 1);
    assert!(started.elapsed().as_secs() < 5, "no pause between the first errors");
}

#[test]
fn handlers_die_with_a_host_that_is_killed() {
    let mut host = Host::start(folder());
    let process = format!("/proc/{}", host.handler_pid("shop"));
    assert!(Path::new(&process).exists());
    host.kill();
    eventually("death of the handler", || (!Path::new(&process).exists()).then_some(()));
}

#[test]
fn a_request_is_refused_with_503_while_the_handler_does_not_come_up() {
    let folder = Folder::new();
    write_app(
        &folder,
        "shop",
        &[("env", http_function("env"))],
        json!({
            "AzureFunctionsJobHost__customHandler__description__defaultExecutablePath": "sleep",
            "AzureFunctionsJobHost__customHandler__description__arguments": "[\"60\"]",
        }),
    );
    let host = Host::start_unready(folder);
    eventually("the front door", || std::net::TcpStream::connect(host.address).ok());
    let reply = host.get("/api/env");
    assert_eq!(reply.status, 503);
    assert_eq!(reply.json()["code"], "app-not-ready");
}
