//! Files of a neighbourhood, for other programs.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use values::{StaffRole, UserId};

use crate::fixture::{Fixture, ON_PAYMENTS, Side};

/// One pays many, of whom the first pays on.
async fn star(fixture: &Fixture, many: usize) -> Vec<UserId> {
    let people: Vec<UserId> = (0..=many + 1).map(|_| UserId::new()).collect();
    let pay = |from: usize, to: usize, second| {
        let sides = [people[from], people[to]].map(Side::Person);
        fixture.money("peer-payment", sides, 100, second).event
    };
    let mut events: Vec<_> = (1..=many).map(|to| pay(0, to, 1)).collect();
    events.push(pay(1, many + 1, 2));
    fixture.deliver(ON_PAYMENTS, &events).await;
    people
}

#[tokio::test]
async fn the_same_neighbourhood_is_the_same_bytes_with_each_edge_once() {
    let fixture = Fixture::new().await;
    let people = star(&fixture, 3).await;
    let account = fixture.account_of(people[0]).await;
    let path = format!("/api/v1/graph/accounts/{account}/export?depth=2");
    let operator = fixture.staff(&[StaffRole::Operator]);
    for (form, content_type, ending) in
        [("graphml", "application/xml", "xml"), ("graphson", "application/x-ndjson", "json")]
    {
        let path = format!("{path}&format={form}");
        let file = fixture.get(&operator, &path).await;
        file.expect(200);
        assert_eq!(file.header("content-type"), content_type);
        let name = format!("attachment; filename=\"{account}.{ending}\"");
        assert_eq!(file.header("content-disposition"), name);
        assert_eq!(fixture.get(&operator, &path).await.text(), file.text());
    }
    let xml = fixture.get(&operator, &path).await.text();
    assert_eq!((xml.matches("<node ").count(), xml.matches("<edge ").count()), (5, 4), "{xml}");
    assert_eq!(fixture.database.count("looks WHERE kind = 'export'").await, 5);
    for beyond in ["depth=3", "days=367", "format=gexf", "limit=2"] {
        let path = format!("/api/v1/graph/accounts/{account}/export?{beyond}");
        fixture.get(&operator, &path).await.expect_refusal(400, "invalid-query");
    }
    let auditor = fixture.staff(&[StaffRole::Auditor]);
    fixture.get(&auditor, &path).await.expect_refusal(403, "role-missing");
}

#[tokio::test]
async fn each_account_says_whether_all_its_edges_are_in_the_file_and_nobody_forgotten_is() {
    let fixture = Fixture::new().await;
    let people = star(&fixture, 3).await;
    let first = fixture.account_of(people[1]).await;
    // Two are forgotten, of whom the second pays on.
    let sides = [people[2], people[4]].map(Side::Person);
    let pays_on = fixture.money("peer-payment", sides, 100, 3).event;
    fixture.deliver(ON_PAYMENTS, &[pays_on]).await;
    let gone = fixture.account_of(people[2]).await;
    fixture.forget(people[2]).await;
    fixture.forget(people[3]).await;
    let account = fixture.account_of(people[0]).await;
    let path = format!("/api/v1/graph/accounts/{account}/export?format=graphson");
    let file = async |path: &str| -> Vec<Value> {
        let answer = fixture.get(&fixture.staff(&[StaffRole::Reviewer]), path).await;
        answer.check(200).unwrap();
        answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let whole = |file: &[Value]| -> BTreeSet<String> {
        let is_whole = |line: &&Value| line["properties"]["has_all_edges"][0]["value"] == true;
        let id = |line: &Value| line["id"].as_str().unwrap().to_owned();
        file.iter().filter(is_whole).map(id).collect()
    };
    let near = file(&path).await;
    assert_eq!(whole(&near), BTreeSet::from([account.clone()]));
    let nobodies = |file: &[Value]| -> Vec<(usize, usize)> {
        let is_nobody = |line: &&Value| line["label"] == "forgotten";
        let edges = |line: &Value, name: &str| line[name]["paid"].as_array().map_or(0, Vec::len);
        file.iter()
            .filter(is_nobody)
            .map(|line| (edges(line, "inE"), edges(line, "outE")))
            .collect()
    };
    assert_eq!(nobodies(&near), [(1, 0), (1, 0)]);
    let asked = |file: &[Value]| -> [Value; 3] {
        let own = file.iter().find(|line| line["properties"]["depth"][0]["value"]["@value"] == 0);
        ["asked_depth", "asked_days", "is_complete"]
            .map(|name| own.unwrap()["properties"][name][0]["value"].clone())
    };
    let long = |value: i64| json!({"@type": "g:Int64", "@value": value});
    assert_eq!(asked(&near), [long(1), long(30), json!(true)]);
    assert!(!format!("{near:?}").contains(&gone));
    let last = fixture.account_of(people[4]).await;
    let of_last = format!("/api/v1/graph/accounts/{last}/export?format=graphson&depth=2");
    let mut seen = nobodies(&file(&of_last).await);
    seen.sort_unstable();
    assert_eq!(seen, [(0, 1)], "whoever was forgotten leads nowhere");
    let far = file(&format!("{path}&depth=2")).await;
    assert!(whole(&far).is_superset(&BTreeSet::from([account, first])), "{far:?}");

    // More than is read of one account.
    let sides = [(); 2].map(|()| UserId::new());
    let often: Vec<_> = (0..201)
        .map(|second| fixture.money("peer-payment", sides.map(Side::Person), 100, second).event)
        .collect();
    fixture.deliver(ON_PAYMENTS, &often).await;
    let busy = fixture.account_of(sides[0]).await;
    let path = format!("/api/v1/graph/accounts/{busy}/export?format=graphson");
    let busy = file(&path).await;
    assert_eq!((whole(&busy), &asked(&busy)[2]), (BTreeSet::new(), &json!(false)));
}
