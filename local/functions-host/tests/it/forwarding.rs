//! HTTP functions whose host.json forwards requests without proxying them.

use serde_json::json;

use crate::platform::{Folder, Host, LONG_TIMEOUT, http_function, write_app};

const PROXYING: &str = "AzureFunctionsJobHost__customHandler__enableProxyingHttpRequest";

fn host() -> Host {
    let folder = Folder::new();
    let functions =
        [("echo", http_function("echo/{*rest}")), ("missing", http_function("missing"))];
    let settings = json!({ PROXYING: "false", LONG_TIMEOUT: "00:01:00" });
    write_app(&folder, "shop", &functions, settings);
    let endless = [("stream", http_function("stream"))];
    write_app(&folder, "endless", &endless, json!({ PROXYING: "false" }));
    Host::start(folder)
}

#[test]
fn a_forwarded_request_arrives_as_the_host_read_it() {
    let host = host();
    let reply = host.request(
        "POST /api/echo/a%2Fb/./%7Ec?q=x+y&q=2&flag HTTP/1.0\r\nHost: pay.example\r\n\
         User-Agent: phone/1\r\nCookie: a=1\r\nContent-Encoding: identity\r\n\
         Content-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody",
    );
    assert_eq!(reply.status, 200);
    let echoed = reply.json();
    assert_eq!(echoed["method"], "POST");
    assert_eq!(echoed["target"], "/api/echo/a%2Fb/~c?q=x%20y,2&flag=");
    assert_eq!(echoed["body"], "body");
    let headers = &echoed["headers"];
    for (name, value) in [
        ("host", json!(["pay.example"])),
        ("user-agent", json!(["phone/1 Azure-Functions-Host/4.1052.200"])),
        ("cookie", json!(["a=1"])),
        ("content-type", json!(["text/plain"])),
        ("content-length", json!(["4"])),
        ("x-azure-functions-hostversion", json!(["4.1052.200"])),
        ("content-encoding", json!(null)),
        ("x-ms-invocation-id", json!(null)),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    assert_eq!(headers["x-azure-functions-invocationid"].as_array().unwrap().len(), 1);
}

#[test]
fn a_forwarded_request_without_content_has_none_of_its_headers() {
    let host = host();
    let reply = host.request("GET /api/echo HTTP/1.0\r\nContent-Type: text/plain\r\n\r\n");
    assert_eq!((reply.status, &reply.json()["headers"]["content-type"]), (200, &json!(null)));
    // Whatever a handler answers is an answer.
    let reply = host.get("/api/missing");
    assert_eq!((reply.status, reply.body.as_str()), (404, "not here"));
}

#[test]
fn what_forwarding_cannot_pass_on_is_told_with_what_can() {
    let host = host();
    let chunks = "POST /api/echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
                  Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n";
    assert_eq!(host.request(chunks).status, 500);
    host.wait_for_line("enableProxyingHttpRequest passes it on");
    // It is read whole, and has no end.
    assert_eq!(host.get("/api/stream").status, 500);
}
