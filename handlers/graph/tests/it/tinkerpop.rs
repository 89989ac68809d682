//! Apache TinkerPop reads what is exported, and finds in it what the service answers:
//! `make graph-tinkerpop`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use values::{BusinessId, StaffRole, UserId};

use crate::fixture::{Fixture, ON_PAYMENTS, Side};

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What TinkerPop says of a file.
fn ask(file: &std::path::Path, arguments: &[&str]) -> Value {
    let jars = std::env::var("TINKERPOP_JARS").unwrap();
    let output = Command::new("java")
        .args(["-Xmx256m", "-cp", &format!("{jars}/*"), "groovy.ui.GroovyMain"])
        .arg("handlers/graph/tests/tinkerpop/read.groovy")
        .arg(file)
        .args(arguments)
        .current_dir(CHECKOUT)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn list<'v>(value: &'v Value, name: &str) -> &'v Vec<Value> {
    value[name].as_array().unwrap()
}

/// How often each is there.
fn counts<'v>(values: impl Iterator<Item = &'v Value>) -> Value {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    values.for_each(|value| *counts.entry(value.as_str().unwrap()).or_default() += 1);
    json!(counts)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Java and Apache TinkerPop: make graph-tinkerpop"]
async fn apache_tinkerpop_reads_both_forms_and_finds_what_the_service_answers() {
    let fixture = Fixture::new().await;
    let people = [(); 5].map(|()| UserId::new());
    let [a, b, c, d, gone] = people.map(Side::Person);
    let (shop, escrow) = (Side::Shop(BusinessId::new()), Side::Escrow(people[2]));
    let paid = |sides, amount, second| fixture.money("peer-payment", sides, amount, second);
    // A chain from A by B to C, a longer way by D, and accounts of every kind.
    let chain = paid([a, b], 50_000, 100);
    let money = [
        chain.clone(),
        paid([b, c], 48_000, 200),
        paid([b, gone], 700, 300),
        paid([b, a], 5, 50),
        paid([a, d], 1, 60),
        paid([d, b], 2, 70),
        fixture.money("withdrawal", [b, Side::Bank], 900, 400),
        fixture.money("top-up", [Side::Bank, a], 60_000, 10),
        fixture.money("payment", [a, shop], 800, 20),
        fixture.money("refund", [shop, a], 300, 30),
        fixture.money("pay-link", [c, escrow], 400, 500),
        fixture.money("claim", [escrow, d], 200, 600),
    ];
    fixture.deliver(ON_PAYMENTS, &money.map(|money| money.event)).await;
    fixture.forget(people[4]).await;

    let account = fixture.account_of(people[1]).await;
    let (first, last) = (fixture.account_of(people[0]).await, fixture.account_of(people[2]).await);
    let of = |account: &str, what: &str| format!("/api/v1/graph/accounts/{account}/{what}");
    let near = fixture.see(&of(&account, "neighbourhood?depth=2")).await;
    let counterparties = fixture.see(&of(&account, "counterparties?hours=720")).await;
    let flow = fixture.see(&format!("/api/v1/graph/payments/{}/flow", chain.operation)).await;
    let way = fixture.see(&of(&first, &format!("paths?to={last}"))).await;
    let digest = flow["payment"]["operation_digest"].as_str().unwrap();
    let after = list(&flow, "after").iter().map(|edge| edge["operation_digest"].as_str().unwrap());
    let after: BTreeSet<&str> = after.collect();
    let (accounts, edges) = (list(&near, "accounts"), list(&near, "edges"));
    let mut vertices = counts(accounts.iter().map(|account| &account["type"]));
    vertices["forgotten"] = json!(1);
    let depths: BTreeMap<&str, &Value> = accounts
        .iter()
        .map(|account| (account["account_id"].as_str().unwrap(), &account["depth"]))
        .collect();
    let next_to: Vec<&str> =
        depths.iter().filter(|(_, depth)| **depth == &json!(1)).map(|(id, _)| *id).collect();
    let whole: Vec<&str> =
        depths.iter().filter(|(_, depth)| **depth != &json!(2)).map(|(id, _)| *id).collect();
    assert_eq!((list(&way, "hops").len(), after.len(), next_to.len()), (2, 3, 4));

    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    for (form, ending) in [("graphml", "xml"), ("graphson", "json")] {
        let path = of(&account, &format!("export?depth=2&format={form}"));
        let answer = fixture.get(&fixture.staff(&[StaffRole::Operator]), &path).await;
        let file = folder.join(format!("{account}.{ending}"));
        std::fs::write(&file, &answer.check(200).unwrap().body).unwrap();
        let found = ask(&file, &[&account, digest, &last, &first]);
        std::fs::remove_file(&file).unwrap();
        let expected = json!({
            "vertices": vertices,
            "edges": counts(edges.iter().map(|edge| &edge["type"])),
            "depths": depths,
            "whole": whole,
            "paid_in": counterparties["paid_in"]["amount"],
            "paid_out": counterparties["paid_out"]["amount"],
            "near": next_to,
            "after": after,
            "hops": list(&way, "hops").len(),
        });
        assert_eq!(found, expected, "{form}");
    }
}
