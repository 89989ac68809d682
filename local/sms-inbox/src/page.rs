//! The page of messages, the newest first.

use platform_page::{Escaped, clock, live, search, table};

use crate::inbox::Message;

/// Those to a number that ends with the digits in `to`.
pub(crate) fn list(messages: &[Message], to: &str) -> String {
    let digits: String = to.chars().filter(char::is_ascii_digit).collect();
    let found = messages.iter().filter(|message| message.to.ends_with(&digits));
    let rows: String = found.map(row).collect();
    let form = search("to", "To a number that ends with", to, &[]);
    live("SMS inbox", &form, &table(&["Received (UTC)", "To", "Message"], &rows))
}

fn row(message: &Message) -> String {
    let (to, text) = (Escaped(&message.to), Escaped(&message.message));
    let received = clock(message.received_at);
    format!("<tr><td>{received}</td><td>{to}</td><td>{text}</td></tr>")
}
