//! The catalogue of refusals, from the documents of all services: every code means one thing and is
//! fit to be shown, and `docs/errors.md` and `docs/errors.json` are what the code says.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use system_tests::Addresses;

use crate::api_document::documents;
use crate::test_platform::shared;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");
/// Set by `make errors`: the documents are written instead of compared.
const ACCEPT: &str = "ACCEPT_ERRORS";

/// Characters that only Traditional Chinese has, and the same in Simplified Chinese.
const TRADITIONAL: &str = "們這個說請錢帳單碼號戶啟稱從時間開關電話訊發錯誤無該額餘幣動應輸數嘗試進過還與為認確檢統聯絡資";
const SIMPLIFIED: &str = "们这个说请钱账单码号户启称从时间开关电话讯发错误无该额余币动应输数尝试进过还与为认确检统联络资";

const INTRODUCTION: &str = "\
# Errors

Every code that a service may answer, made from the services' documents by `make errors`;
[errors.json](errors.json) is the same for programs. Decide by `code`, which is never reused; show
`message`, which comes in the language of `Accept-Language`. Where \"again\" says yes, the same
request may succeed later unchanged, after `Retry-After` if there is one.
";

/// One code, as a service documents it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    code: String,
    status: u16,
    retryable: bool,
    detail: String,
    action: String,
    message: Message,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Message {
    en: String,
    #[serde(rename = "zh-Hant")]
    zh_hant: String,
    #[serde(rename = "zh-Hans")]
    zh_hans: String,
}

/// A code and who answers it.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    entry: Entry,
    services: Vec<String>,
}

/// By code.
type Catalogue = BTreeMap<String, Listed>;

/// Everything that any service documents, and how many services there are.
async fn catalogue(addresses: &Addresses) -> (Catalogue, usize) {
    let documents = documents(addresses).await;
    let mut catalogue = Catalogue::new();
    for (path, document) in &documents {
        let service = path.split('/').nth(3).unwrap();
        let entries: Vec<Entry> = serde_json::from_value(document["x-problems"].clone()).unwrap();
        for entry in entries {
            let known = catalogue
                .entry(entry.code.clone())
                .or_insert_with(|| Listed { entry: entry.clone(), services: Vec::new() });
            assert_eq!(known.entry, entry, "{service} and {:?} differ", known.services);
            let is_new = !known.services.iter().any(|known| known == service);
            assert!(is_new, "{service} declares {} twice", entry.code);
            known.services.push(service.to_owned());
        }
    }
    for listed in catalogue.values_mut() {
        listed.services.sort();
    }
    (catalogue, documents.len())
}

#[tokio::test]
async fn the_catalogue_says_one_thing_of_each_code_and_stands_in_docs() {
    let platform = shared().await;
    let (catalogue, services) = catalogue(&platform).await;
    let json = serde_json::to_string_pretty(&catalogue.values().collect::<Vec<_>>()).unwrap();
    for (name, text) in
        [("errors.md", page(&catalogue, services)), ("errors.json", format!("{json}\n"))]
    {
        let path = Path::new(DOCS).join(name);
        if env::var_os(ACCEPT).is_some() {
            fs::write(&path, text).unwrap();
            continue;
        }
        let is_current = fs::read_to_string(&path).is_ok_and(|written| written == text);
        assert!(is_current, "docs/{name} is stale; look at the difference after: make errors");
    }
}

#[tokio::test]
async fn every_refusal_tells_the_developer_and_the_customer_in_each_language() {
    let platform = shared().await;
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    let is_sentence = |text: &str, end: char| text.len() > 1 && text.ends_with(end);
    let is_half_width = |c: char| c.is_ascii_punctuation() || "“”‘’".contains(c);
    for (code, Listed { entry, .. }) in &catalogue(&platform).await.0 {
        assert!(code.split('-').all(is_word), "{code} is not in kebab-case");
        let Entry { detail, action, message, .. } = entry;
        assert!(!detail.is_empty() && is_sentence(action, '.'), "{code}: {detail} {action}");
        assert!(is_sentence(&message.en, '.') && message.en.is_ascii(), "{code}: {}", message.en);
        for (text, foreign) in [(&message.zh_hant, SIMPLIFIED), (&message.zh_hans, TRADITIONAL)] {
            assert!(is_sentence(text, '。'), "{code}: {text}");
            assert!(!text.contains(is_half_width), "{code}: {text}: punctuation");
            let found: String = text.chars().filter(|c| foreign.contains(*c)).collect();
            assert!(found.is_empty(), "{code}: {found} of the other script in {text}");
        }
    }
}

/// `docs/errors.md`: what every service answers, and then by the services that do.
fn page(catalogue: &Catalogue, services: usize) -> String {
    let mut by_services = BTreeMap::<String, Vec<&Entry>>::new();
    for listed in catalogue.values() {
        let is_of_all = listed.services.len() == services;
        let names = if is_of_all { "every service".to_owned() } else { listed.services.join(", ") };
        by_services.entry(names).or_default().push(&listed.entry);
    }
    let mut page = INTRODUCTION.to_owned();
    for (names, entries) in by_services {
        writeln!(page, "\n## {names}\n").unwrap();
        page +=
            "| code | status | again | what is wrong | what to do | what the customer reads |\n";
        page += "|---|---|---|---|---|---|\n";
        for Entry { code, status, retryable, detail, action, message } in entries {
            let again = if *retryable { "yes" } else { "no" };
            let Message { en, zh_hant, zh_hans } = message;
            let cells = format!("`{code}` | {status} | {again} | {detail} | {action}");
            writeln!(page, "| {cells} | {en}<br>{zh_hant}<br>{zh_hans} |").unwrap();
        }
    }
    page
}
