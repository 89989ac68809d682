//! A person and a shop become known, and what they told of themselves lies nowhere in clear. Their
//! phone numbers lie in no log, trace or event.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Value, json};
use system_tests::{Addresses, Api, Application, Applied, OverHttp, Seeds, apply};

use crate::test_platform::{administrators, shared};

/// Of people whose names are no examples anywhere, and of a certificate that is good until 2028.
const SEEDS: Seeds = Seeds { consumer: 1006, owner: 1003, doubted: 1005, certificate: 1004 };
const HOME: &str = "Flat 7Z, 913 Wyndham Folly Street, Sai Wan Ho";

#[tokio::test]
async fn people_and_shops_become_known_and_nothing_of_it_lies_in_clear() {
    let platform = shared().await;
    let mut on_step = timed();
    let applied = apply(&platform, SEEDS, &mut on_step).await.unwrap();
    // A busy platform keeps what was said for minutes only.
    let mut traces = traces(&platform).await;
    let lives = json!({"type": "address", "address": HOME});
    Application::begin(&applied.consumer.0, &lives).await.unwrap();

    let staff = administrators(&platform).await;
    applied.pass_review(&platform, staff, &mut on_step).await.unwrap();
    applied.pay_shop(&mut on_step).await.unwrap();
    platform.expect_balanced_ledger().await.unwrap();

    traces.extend(self::traces(&platform).await);
    let data = &platform.data;
    let (personal, phones) = (personal(&applied), phones(&applied).await);
    assert_eq!(places(data, &traces, &personal), Vec::<String>::new(), "{personal:?}");
    let mut places_of_phones = places(data, &traces, &phones);
    // In Redis a number stands for five minutes, beside the code that was sent to it.
    places_of_phones.retain(|place| !place.starts_with("./redis/"));
    assert_eq!(places_of_phones, Vec::<String>::new(), "{phones:?}");
    // What is not personal is found by the same search, also where it is sealed beside.
    let found =
        places(data, &traces, std::slice::from_ref(&applied.doubted_application)).join("\n");
    for place in ["mariadb-primary", "mariadb-replica", "eventhubs", "functions-host", "trace "] {
        assert!(found.contains(place), "{place}: {found}");
    }
}

/// Prints how long each step took.
#[expect(clippy::print_stdout, reason = "figures, for whoever asks for them with --nocapture")]
fn timed() -> impl FnMut(&str) {
    let mut last = Instant::now();
    move |step| {
        println!("{:>6} ms  {step}", last.elapsed().as_millis());
        last = Instant::now();
    }
}

/// What was said, in the forms in which it could lie somewhere. The name on the list is no secret.
fn personal(applied: &Applied) -> Vec<String> {
    let said = |details: &Value, fields: &[&str]| -> Vec<String> {
        fields.iter().map(|field| details[*field].as_str().unwrap().to_owned()).collect()
    };
    let person = ["document_number", "name", "name_chinese", "birth_date"];
    let shop = ["registration_number", "legal_name", "legal_name_chinese"];
    let mut texts = said(&applied.consumer_details, &person);
    texts.extend(said(&applied.merchant_details, &person));
    texts.extend(said(&applied.doubted_details, &[person[0], person[2], person[3]]));
    texts.extend(said(&applied.shop_details, &shop));
    texts.push(HOME.to_owned());
    let mut forms = Vec::new();
    for text in texts {
        let words: Vec<&str> = text.splitn(2, ' ').collect();
        if let [surname, given] = words[..] {
            // As cards have it.
            forms.push(format!("{surname}, {given}"));
        }
        if let [year, month, day] = text.split('-').collect::<Vec<_>>()[..] {
            forms.push(format!("{day}-{month}-{year}"));
        }
        forms.extend((0..3).map(|place| encoded(&text, place)));
        forms.push(text);
    }
    forms
}

/// The phone numbers of all who applied, in the same forms.
async fn phones(applied: &Applied) -> Vec<String> {
    let mut forms = Vec::new();
    for session in [&applied.consumer.0, &applied.merchant.0, &applied.doubted.0] {
        let user = session.get("/api/v1/auth/users/me").send().await.unwrap().expect(200);
        let phone = user["phone"].as_str().unwrap();
        forms.extend((0..3).map(|place| encoded(phone, place)));
        // Eight digits alone stand in many a number of nobody.
        forms.push(phone.trim_start_matches('+').to_owned());
    }
    forms
}

/// In base64, that many bytes after the beginning of a group: what does not depend on its
/// neighbours.
fn encoded(text: &str, place: usize) -> String {
    let padded = [&vec![0; place], text.as_bytes()].concat();
    let whole = padded.len() / 3 * 4;
    let first = if place == 0 { 0 } else { 4 };
    STANDARD_NO_PAD.encode(&padded)[first..whole].to_owned()
}

/// What the newest traces say, a line for each span and log.
async fn traces(platform: &Addresses) -> Vec<String> {
    let items = Api::new(&platform.traces).get("/items").send().await.unwrap().expect(200);
    items.as_array().unwrap().iter().map(|item| item.to_string().to_lowercase()).collect()
}

/// Where any of the texts lies: files of the platform, and traces.
fn places(data: &Path, traces: &[String], texts: &[String]) -> Vec<String> {
    let has_any = |said: &str| texts.iter().any(|text| said.contains(&text.to_lowercase()));
    let found = traces.iter().filter(|said| has_any(said));
    let mut places = files(data, texts);
    places.extend(found.map(|said| format!("trace {said}")));
    places
}

/// All that the platform keeps, but for its programs and documents.
fn files(data: &Path, texts: &[String]) -> Vec<String> {
    let mut grep = Command::new("grep")
        .args(["-rlaiF", "--exclude-dir=apps", "--exclude-dir=docs", "-f", "-", "."])
        .env("LC_ALL", "C")
        .current_dir(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    grep.stdin.take().unwrap().write_all(texts.join("\n").as_bytes()).unwrap();
    let found = grep.wait_with_output().unwrap();
    // 1: nothing was found. A file may go while it is searched, which is 2.
    String::from_utf8(found.stdout).unwrap().lines().map(str::to_owned).collect()
}
