//! Statements as pages: what another program reads out of them is what the API says.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use testkit::{Call, InProcess};
use time::Duration;

use crate::Fixture;
use crate::statements::{OCTOBER, Person, STATEMENT};

/// What a document could do by itself, or lead to.
const NOT_PAPER: [&[u8]; 8] = [
    b"/URI",
    b"/Annot",
    b"/JavaScript",
    b"/JS",
    b"/OpenAction",
    b"/AcroForm",
    b"/EmbeddedFile",
    b"/Launch",
];

impl Fixture {
    /// A month of a wallet, as its owner has it, and a PDF of the same.
    async fn statement_and_pdf(&self, person: &Person, language: &str) -> (Value, Vec<u8>) {
        let routes = self.routes.clone();
        let ask = || Call::get(STATEMENT).bearer(&person.token).header("accept-language", language);
        let data = ask().send(&routes).await.expect(200);
        let answer = ask().header("accept", "application/pdf").send(&routes).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/pdf");
        assert_eq!(answer.header("content-language"), language);
        let name = "attachment; filename=\"statement-2026-10.pdf\"";
        assert_eq!(answer.header("content-disposition"), name);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("as-of").ends_with('Z'));
        (data, answer.body)
    }
}

/// What a program of poppler says of a PDF.
fn read(program: &str, options: &[&str], pdf: &[u8]) -> String {
    let mut reader = Command::new(program)
        .args(options)
        .arg("-")
        .args((program == "pdftotext").then_some("-"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    reader.stdin.take().unwrap().write_all(pdf).unwrap();
    let read = reader.wait_with_output().unwrap();
    assert!(read.status.success());
    // The title of a heading is written as the file has it, in UTF-16.
    String::from_utf8_lossy(&read.stdout).into_owned()
}

/// Lines end elsewhere on a page.
fn without_spaces(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

fn dollars(cents: &Value) -> String {
    let cents = cents.as_i64().unwrap();
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// What stands on the page of a line of the statement.
fn row(line: &Value) -> String {
    let movement = &line["movement"];
    let text = |field: &str| movement[field].as_str().unwrap_or_default();
    let sign = if movement["is_incoming"] == true { '+' } else { '-' };
    without_spaces(&format!(
        "{}{sign}{}{}{}{}{}{}",
        text("hong_kong_time"),
        dollars(&movement["amount"]["amount"]),
        dollars(&line["balance"]["amount"]),
        text("title"),
        text("counterparty_name"),
        text("note"),
        text("transfer_id"),
    ))
}

/// What a program reads aloud has its heading and the heads of columns once, on however many pages
/// they stand, and the cells of each row from the left to the right.
fn assert_is_read_in_order(structure: &str, lines: &[Value]) {
    let kinds = structure.lines().filter_map(|line| line.trim().split([' ', ':']).next());
    let count = |kind: &str| kinds.clone().filter(|it| *it == kind).count();
    let counts = ["H1", "Table", "THead", "TBody", "TH", "TR", "P"].map(count);
    assert_eq!(counts, [1, 1, 1, 1, 4, lines.len() + 3, 4], "{structure}");
    let texts: String = structure
        .lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix('"'))
        .collect();
    // Who hears it hears what a payment was apart from whom it was with.
    for line in lines {
        let text = |field: &str| line["movement"][field].as_str().unwrap_or_default();
        let said = format!("{} {}", text("title"), text("counterparty_name"));
        assert!(texts.contains(&said), "{said} in {texts}");
    }
    let mut rest = &*without_spaces(&texts);
    for line in lines {
        let movement = &line["movement"];
        let cells = [
            movement["hong_kong_time"].as_str().unwrap().to_owned(),
            movement["title"].as_str().unwrap().to_owned(),
            movement["transfer_id"].as_str().unwrap().to_owned(),
            dollars(&movement["amount"]["amount"]),
            dollars(&line["balance"]["amount"]),
        ];
        for cell in cells {
            let cell = without_spaces(&cell);
            let (_, after) = rest.split_once(&*cell).unwrap_or_else(|| panic!("{cell} in {rest}"));
            rest = after;
        }
    }
}

#[tokio::test]
async fn a_printed_statement_says_what_the_data_says_in_three_languages() {
    let fixture = Fixture::new().await;
    let (person, other) = (fixture.person().await, fixture.person().await);
    fixture.top_up(&person, 1_000_000, OCTOBER - Duration::days(1)).await;
    let long = "一二三四五六七八九十".repeat(10);
    let notes =
        ["lunch 👨‍👩‍👧", "午餐", "早𨋢 🎂", "a much longer word of thanks that needs two lines", &long];
    for (number, note) in (1..).zip(notes.iter().cycle().take(60)) {
        let at = OCTOBER + Duration::hours(number);
        let (from, to) = if number % 3 == 0 { (&other, &person) } else { (&person, &other) };
        fixture.give(from, to, 100 + number, note, at).await;
    }
    for (language, names, first_page) in [
        ("en", ["Opening balance", "Money in", "Money out", "Closing balance"], "Page 1 of "),
        ("zh-Hant", ["承上結餘", "總存入", "總支出", "結轉結餘"], "第1頁，共"),
        ("zh-Hans", ["期初余额", "总存入", "总支出", "期末余额"], "第1页，共"),
    ] {
        let (data, pdf) = fixture.statement_and_pdf(&person, language).await;
        let text = without_spaces(&read("pdftotext", &["-raw"], &pdf));
        let sums = ["opening_balance", "money_in", "money_out", "closing_balance"];
        for (name, sum) in names.iter().zip(sums) {
            let said = format!("{name}HKD{}", dollars(&data[sum]["amount"]));
            assert!(text.contains(&without_spaces(&said)), "{said} in {text}");
        }
        let mut rest = &*text;
        let lines = data["movements"].as_array().unwrap();
        assert_eq!(lines.len(), 60);
        for line in lines {
            let row = row(line);
            let (_, after) = rest.split_once(&row).unwrap_or_else(|| panic!("{row} in {rest}"));
            rest = after;
        }
        let last =
            without_spaces(&format!("{}{}", dollars(&data["closing_balance"]["amount"]), names[3]));
        assert!(rest.contains(&last), "{rest}");
        let about = read("pdfinfo", &[], &pdf);
        let pages = about.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap().trim();
        let first = without_spaces(&format!("{first_page}{pages}"));
        assert!(text.contains(&first), "{first} in {text}");
        assert!(pages.parse::<u8>().unwrap() > 2);
        assert!(about.contains("JavaScript:      no") && about.contains("Form:            none"));
        assert!(about.contains("Tagged:          yes"), "{about}");
        let metadata = read("pdfinfo", &["-meta"], &pdf);
        assert!(metadata.contains("<pdfuaid:part>1</pdfuaid:part>"), "{metadata}");
        assert_is_read_in_order(&read("pdfinfo", &["-struct-text"], &pdf), lines);
        assert!(NOT_PAPER.iter().all(|part| !pdf.windows(part.len()).any(|at| at == *part)));
        assert!(
            read("pdffonts", &[], &pdf).contains("yes yes yes"),
            "embedded, a part, with its text"
        );
    }
}

#[tokio::test]
async fn an_empty_month_is_a_page_with_two_balances() {
    let fixture = Fixture::new().await;
    let person = fixture.person().await;
    let (data, pdf) = fixture.statement_and_pdf(&person, "en").await;
    assert_eq!(data["movements"], json!([]));
    let text = without_spaces(&read("pdftotext", &["-raw"], &pdf));
    assert!(text.ends_with("0.00Openingbalance0.00ClosingbalancePage1of1"), "{text}");
    assert!(!text.contains("notover"), "{text}");
}
