//! An identity endpoint for the host and its apps.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use serde_json::json;
use tokio::runtime::Builder;

/// Whose tokens the apps of these tests ask for.
const SERVICES: [&str; 3] = ["eventhubs.azure.net", "storage.azure.com", "cosmos.azure.com"];

/// An App Service identity endpoint that gives a token to whoever knows the header.
pub(crate) fn endpoint() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let runtime = Builder::new_current_thread().build().unwrap();
    let credential = testkit::storage_credential();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..length]).to_lowercase();
            assert!(request.contains("x-identity-header: secret"), "{request}");
            assert!(request.contains("client_id=shop"), "{request}");
            let service = SERVICES.iter().find(|service| request.contains(*service)).unwrap();
            let scope = format!("https://{service}/.default");
            let token = runtime.block_on(credential.get_token(&[&scope], None)).unwrap();
            let answer = json!({
                "access_token": token.token.secret(),
                "expires_on": token.expires_on.unix_timestamp().to_string(),
                "token_type": "Bearer", "resource": "",
            });
            let body = answer.to_string();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
            let answer = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    format!("http://{address}/msi/token")
}
