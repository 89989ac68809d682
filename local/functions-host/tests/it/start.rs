//! `functions-host start` in an app's folder, as people use `func start`.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::platform::{Folder, Host, eventually, free_port, write_app};

/// An app with a function that needs a key in Azure, and one that nobody calls.
fn folder() -> Folder {
    let folder = Folder::new();
    let echo = json!({ "bindings": [
        { "type": "httpTrigger", "name": "req", "methods": ["get", "post"],
          "route": "echo/{*rest}" },
        { "type": "http", "direction": "out", "name": "res" },
    ]});
    let nightly = json!({ "bindings": [
        { "type": "timerTrigger", "name": "timer", "schedule": "0 0 3 * * *" },
    ]});
    write_app(&folder, "shop", &[("echo", echo), ("on_night", nightly)], json!({}));
    folder
}

fn app_of(folder: &Folder) -> PathBuf {
    folder.0.join("apps/shop")
}

/// Changes what stands in the app's settings.
fn set(folder: &Folder, name: &str, value: Value) {
    let file = app_of(folder).join("local.settings.json");
    let mut settings: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    settings[name] = value;
    fs::write(file, settings.to_string()).unwrap();
}

fn start(folder: Folder) -> Host {
    let port = free_port();
    set(&folder, "Host", json!({ "LocalHttpPort": port, "CORS": "https://shop.example" }));
    let mut command = Host::command();
    command.current_dir(app_of(&folder));
    Host::spawn(command, folder, SocketAddr::from(([127, 0, 0, 1], port)))
}

#[test]
fn the_app_in_the_current_folder_is_listed_served_and_ended_by_ctrl_c() {
    let mut host = start(folder());
    let url = format!("http://localhost:{}", host.address.port());
    host.wait_for_line("Functions:");
    let listed = host.wait_for_line("echo:");
    assert_eq!(listed, format!("\techo: [GET,POST] {url}/api/echo/{{*rest}}"));
    assert_eq!(host.wait_for_line("on_night:"), "\ton_night: timerTrigger");
    let printed = host.wait_for_line("handler listens");
    assert!(printed.starts_with('[') && printed.ends_with("Z] handler listens"), "{printed}");
    host.wait_for_line("ready: functions-host");

    assert_eq!(host.get("/api/echo").status, 200, "without --enableAuth nobody needs a key");
    let began = host.wait_for_line("Executing 'Functions.echo' (Reason='This function was ");
    let id = began.split("Id=").nth(1).unwrap().split(')').next().unwrap();
    host.wait_for_line(&format!("Executed 'Functions.echo' (Succeeded, Id={id}, Duration="));

    let state = app_of(&host.folder).join(".functions-host");
    let pid = fs::read_to_string(state.join("shop.handler.pid")).unwrap();
    assert!(host.interrupt().success());
    let process = format!("/proc/{pid}");
    eventually("the handler's end", || (!Path::new(&process).exists()).then_some(()));
}

#[test]
fn a_listed_origin_may_read_answers_and_is_told_so_without_asking_a_function() {
    let host = start(folder());
    host.wait_for_line("ready: functions-host");
    let ask = |method: &str, headers: &str| {
        host.request(&format!("{method} /api/echo HTTP/1.0\r\nOrigin: {headers}\r\n\r\n"))
    };
    let preflight = "https://shop.example\r\nAccess-Control-Request-Method: PUT\r\n\
                     Access-Control-Request-Headers: x-a";
    let answer = ask("OPTIONS", preflight);
    assert_eq!(answer.status, 204);
    for granted in ["origin: https://shop.example", "methods: PUT", "headers: x-a"] {
        let line = format!("access-control-allow-{granted}");
        assert!(answer.head.contains(&line), "{}", answer.head);
    }
    let answer = ask("GET", "https://shop.example");
    assert!(answer.head.contains("access-control-allow-origin: https://shop.example"));
    assert_eq!((answer.status, answer.json()["method"].as_str()), (200, Some("GET")));
    let other = ask("GET", "https://other.example");
    assert!(!other.head.contains("access-control-allow-origin"), "{}", other.head);
}

#[test]
fn what_keeps_an_app_from_starting_is_told_with_the_remedy() {
    let folder = folder();
    let told = |args: &[&str]| {
        let mut command = Host::command();
        let output = command.current_dir(app_of(&folder)).args(args).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let error = told(&["--port", &port]);
    assert!(error.contains("end it, or give another address"), "{error}");
    let error = told(&["nowhere"]);
    assert!(error.contains("nowhere: the folder cannot be opened"), "{error}");
    set(&folder, "IsEncrypted", json!(true));
    let error = told(&["--port", "0"]);
    assert!(error.contains("local.settings.json is encrypted: func settings decrypt"), "{error}");
    set(&folder, "Host", json!({ "CORS": "*", "CORSCredentials": true }));
    set(&folder, "IsEncrypted", json!(false));
    assert!(told(&[]).contains("`*` and CORSCredentials exclude each other"));
    let mut there = Host::command();
    let error = there.current_dir(&folder.0).output().unwrap().stderr;
    let error = String::from_utf8(error).unwrap();
    assert!(error.contains("host.json cannot be read"), "{error}");
}
