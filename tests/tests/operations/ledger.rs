//! What touches money: the audit, freezing, closing, and events that were parked.

use std::fs;

use crate::scene::{Scene, text_of};

#[test]
fn a_service_is_taken_off_front_door_and_put_back() {
    for (action, state) in [("close", "Disabled"), ("open", "Enabled")] {
        let scene = Scene::new("access").when("profiles/afdEndpoints", 0, "/endpoint");
        let outcome = scene.run(&format!("public-access prod payments {action}"));
        assert!(outcome.succeeded, "{}", outcome.last_words);
        let [call] = &*outcome.calls_of("rest --method patch") else { panic!("{action}") };
        assert!(call.contains("/endpoint/routes/payments?") && call.contains(state), "{call}");
    }
    let outcome = Scene::new("no_access").run("public-access prod payments close");
    assert!(!outcome.succeeded && outcome.calls_of("rest").is_empty());
}

#[test]
fn a_parked_event_goes_back_through_its_producers_outbox() {
    let scene = || {
        Scene::new("replay").when("notification < *HEX(body)", 0, "7B7D").when(
            "notification < *X'7B7D'*source",
            0,
            "payments",
        )
    };
    let replay = "events prod notification replay notification_on_payments 0190-a";
    let outcome = scene().run(replay);
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let schemas: Vec<&str> =
        outcome.calls_of("mysql --").iter().map(|call| call.rsplit(' ').next().unwrap()).collect();
    assert_eq!(schemas, ["notification", "notification", "payments", "notification"]);
    let sent = outcome.stdin.find("VALUES (REPLACE(CONVERT(X'7B7D'").unwrap();
    let deleted = "DELETE FROM parked_events WHERE consumer = 'notification_on_payments' AND";
    assert!(sent < outcome.stdin.find(deleted).unwrap(), "{}", outcome.stdin);

    for (failing, code, words) in [
        ("notification < *source", 0, "can only be discarded"),
        ("payments < *INSERT INTO outbox", 1, ""),
    ] {
        let outcome = scene().when(failing, code, "").run(replay);
        assert!(!outcome.succeeded && outcome.last_words.contains(words), "{failing}");
        assert!(!outcome.stdin.contains("DELETE"), "an event that was not sent again is kept");
    }

    let quoting = "events prod notification discard notification_on_payments 'x";
    let outcome = Scene::new("discard").run(quoting);
    assert!(!outcome.succeeded && outcome.stdin.is_empty(), "{}", outcome.stdin);
}

#[test]
fn an_audit_that_finds_a_contradiction_fails() {
    let scene = Scene::new("audit").when("ledger/audit", 0, r#"{"balanced":false} HTTP 200"#);
    let outcome = scene.run("audit prod");
    assert!(!outcome.succeeded && outcome.last_words.contains("does not balance"));
    let section = outcome.last_words.split('\'').nth(1).unwrap();
    assert!(text_of("docs/runbook.md").contains(&format!("\n### {section}\n")), "{section}");
}

#[test]
fn an_audit_that_does_not_end_is_called_once() {
    let outcome = Scene::new("no_audit").when("ledger/audit", 0, " HTTP 500").run("audit prod");
    assert!(!outcome.succeeded && outcome.calls_of("ledger/audit").len() == 1);
    assert!(outcome.last_words.ends_with(" HTTP 500"), "{}", outcome.last_words);
}

#[test]
fn an_audit_anew_forgets_all_at_once_and_calls_until_all_is_read() {
    let balanced = r#"{"balanced":true} HTTP 200"#;
    let scene = || Scene::new("anew").when("ledger/audit", 0, balanced).typing("prod\n");
    let outcome = scene().once("ledger/audit", "too long HTTP 500").run("audit prod anew");
    assert!(outcome.succeeded && outcome.printed == "{\"balanced\":true}\n");
    outcome.assert_order(&["keys list", "mysql --", "curl", "sleep", "curl"]);
    assert_eq!(outcome.calls_of("mysql --").len(), 1, "one transaction");
    let statements: Vec<&str> = outcome.stdin.split(';').map(str::trim).collect();
    let [begun, locked, emptied, reset, committed, ..] = &*statements else {
        panic!("{}", outcome.stdin)
    };
    assert_eq!(
        [*begun, *emptied, *committed],
        ["START TRANSACTION", "DELETE FROM audited_sums", "COMMIT"]
    );
    assert!(locked.ends_with("FROM audit_progress FOR UPDATE"), "{locked}");
    assert!(reset.contains(&format!("cut = 0x{},", "0".repeat(32))), "{reset}");
    for count in counts_of_progress() {
        assert!(reset.contains(&format!("{count} = 0")), "{count} in {reset}");
    }

    let outcome = scene().typing("yes\n").run("audit prod anew");
    assert!(!outcome.succeeded && outcome.last_words.ends_with("nothing was changed"));
    assert!(outcome.stdin.is_empty(), "{}", outcome.stdin);
    let outcome = scene().when("mysql --", 1, "").run("audit prod anew");
    assert!(!outcome.succeeded && outcome.calls_of("curl").is_empty());

    let outcome = scene().when("ledger/audit", 0, "away HTTP 503").run("audit prod anew");
    assert!(!outcome.succeeded && outcome.last_words.contains("stays read"));
    assert_eq!(outcome.calls_of("ledger/audit").len(), 120);
}

/// The counts in the audit's row, by the migrations that make its table.
fn counts_of_progress() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../handlers/payments/migrations");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort_unstable();
    let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
    let mut counts: Vec<String> = Vec::new();
    for text in texts.filter(|text| text.contains("TABLE audit_progress")) {
        counts.extend(text.lines().filter_map(count_of));
        for renamed in text.lines().filter_map(|line| line.split_once("RENAME COLUMN ")) {
            let (old, new) = renamed.1.split_once(" TO ").unwrap();
            let count = counts.iter_mut().find(|count| *count == old).unwrap();
            *count = new.trim_end_matches([',', ';']).to_owned();
        }
    }
    assert!(!counts.is_empty());
    counts
}

fn count_of(line: &str) -> Option<String> {
    let name = line.split("BIGINT UNSIGNED").next().filter(|name| *name != line)?;
    name.split_whitespace().last().map(str::to_owned)
}

#[test]
fn a_freeze_names_its_operator_and_carries_any_reason_unchanged() {
    let scene = |operator| {
        Scene::new("freeze").when("keys list", 0, "the-function-key").when(
            "--query user.name",
            0,
            operator,
        )
    };
    let freeze = r#"freeze-wallet prod usr_01h455vb4pex5vsknk084sn02q freeze "it's" $(mine) 警"#;
    let outcome = scene("ops@example.com").run(freeze);
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let calls = outcome.calls_of("curl");
    let sent = r#"{"reason": "\"it's\" $(mine) \u8b66", "operator": "ops@example.com"}"#;
    let path = "/api/v1/ledger/accounts/usr_01h455vb4pex5vsknk084sn02q/freeze";
    assert!(calls.len() == 1 && calls[0].contains(sent) && calls[0].ends_with(path), "{calls:?}");
    assert_eq!(outcome.stdin, "x-functions-key: the-function-key\n");

    let outcome = scene("userAssignedIdentity").run(freeze);
    assert!(!outcome.succeeded && outcome.calls_of("curl").is_empty());
    assert!(outcome.last_words.contains("az login --use-device-code"), "{}", outcome.last_words);
    for (action, path, what) in [
        ("freeze-outgoing", "freeze", r#""direction": "outgoing""#),
        ("hold=1250", "legal-hold", r#""amount": {"amount": 1250, "currency": "HKD"}"#),
    ] {
        let stop =
            format!("freeze-wallet prod usr_01h455vb4pex5vsknk084sn02q {action} HCMP 9/2026");
        let outcome = scene("ops@example.com").run(&stop);
        let calls = outcome.calls_of("curl");
        assert!(outcome.succeeded && calls.len() == 1, "{}", outcome.last_words);
        assert!(calls[0].contains(what) && calls[0].ends_with(path), "{calls:?}");
    }
    for misuse in [
        "x freeze stolen",
        "usr_01h455vb4pex5vsknk084sn02q freeze",
        "usr_01h455vb4pex5vsknk084sn02q unfreeze mistake",
        "usr_01h455vb4pex5vsknk084sn02q hold=12.50 HCMP 9/2026",
        "../audit show",
    ] {
        let outcome = scene("ops@example.com").run(&format!("freeze-wallet prod {misuse}"));
        assert!(!outcome.succeeded && outcome.calls.is_empty(), "{misuse}");
    }
}

#[test]
fn the_first_staff_are_invited_by_somebody_with_a_name() {
    let scene = |operator| {
        Scene::new("first_staff").when("keys list", 0, "the-function-key").when(
            "--query user.name",
            0,
            operator,
        )
    };
    let outcome = scene("ops@example.com").run("invite-first-staff prod wong.tm@example.com");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let calls = outcome.calls_of("curl");
    let sent = r#"{"name": "wong.tm@example.com", "operator": "ops@example.com"}"#;
    assert!(calls.len() == 1 && calls[0].contains(sent), "{calls:?}");
    assert!(calls[0].ends_with("/api/v1/first-invitations"), "{calls:?}");
    assert_eq!(outcome.stdin, "x-functions-key: the-function-key\n");
    let nobody = scene("userAssignedIdentity").run("invite-first-staff prod ann@example.com");
    assert!(!nobody.succeeded && nobody.calls_of("curl").is_empty());
}

#[test]
fn an_account_can_be_looked_at_without_a_reason() {
    let scene = Scene::new("show").when("/accounts/biz_", 0, r#"{"status":"active"}"#);
    let outcome = scene.run("freeze-wallet prod biz_01h455vb4pex5vsknk084sn02q show");
    assert!(outcome.succeeded && outcome.printed == "{\"status\":\"active\"}\n");
    assert!(outcome.calls_of("--data").is_empty());
}

#[test]
fn the_banks_answer_carries_its_amount_and_who_gave_it() {
    let settle = |what: &str| {
        let scene = Scene::new("settle").when("keys list", 0, "the-function-key");
        let scene = scene.when("--query user.name", 0, "ops@example.com");
        scene.run(&format!("settle prod {what} file 7"))
    };
    let settlement = "stl_01h455vb4pex5vsknk084sn02q";
    let (top_up, withdrawal) = ("top_01h455vb4pex5vsknk084sn02q", "wdr_01h455vb4pex5vsknk084sn02q");
    let word = r#""reason": "file 7", "operator": "ops@example.com"}"#;
    let bare = format!("--data {{{word}");
    let amount = format!(r#"--data {{"amount": {{"amount": 250, "currency": "HKD"}}, {word}"#);
    for (id, answer, body, path) in [
        (top_up, "250", &amount, format!("top-ups/{top_up}/settle")),
        (top_up, "0", &bare, format!("top-ups/{top_up}/refuse")),
        (withdrawal, "paid", &bare, format!("withdrawals/{withdrawal}/settle")),
        (settlement, "paid", &bare, format!("settlements/{settlement}/settle")),
        (withdrawal, "refused", &bare, format!("withdrawals/{withdrawal}/refuse")),
    ] {
        let outcome = settle(&format!("{id} {answer}"));
        let calls = outcome.calls_of("curl");
        assert!(calls.len() == 1 && calls[0].contains(body), "{calls:?}");
        assert!(calls[0].ends_with(&format!("/api/v1/ledger/{path}")), "{calls:?}");
    }
    for (id, answer) in [
        (top_up, "-1"),
        (top_up, "1.5"),
        (top_up, "007"),
        (top_up, "paid"),
        (withdrawal, "20000"),
        (withdrawal, "0"),
        (withdrawal, "Paid"),
        ("pay_01h455vb4pex5vsknk084sn02q", "paid"),
        ("wdr_../audit", "paid"),
    ] {
        let misuse = format!("{id} {answer}");
        let outcome = settle(&misuse);
        assert!(!outcome.succeeded && outcome.calls.is_empty(), "{misuse}");
    }
}

#[test]
fn what_waits_for_the_bank_is_listed_by_the_ids_that_its_answer_takes() {
    // The bytes of the TypeID specification's vector.
    let rows = concat!(
        r"wdr_\t01890A5DAC96774BBCCEB302099A8057\t20000\t2026-11-28 04:05:06.000000",
        r"\ttold, ACSP\t024\t123456789\t\t\t\n",
        r"fpay_\t01890A5DAC96774BBCCEB302099A8057\t500\t2026-11-28 04:05:06.500000",
        r"\tnot told\tmobile\t+852-61234567\tCHAN Tai Man 陳大文\tINV 7\tFROZEN: do not send it\n",
        r"top_\t01890A5DAC96774BBCCEB302099A8057\t700\t2026-11-28 04:05:07.000000\t\t\t\t\t\t\n",
    );
    let outcome = Scene::new("waiting").when("mysql --", 0, rows).run("awaiting-bank prod");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let lines = [
        "wdr_01h455vb4pex5vsknk084sn02q  20000  2026-11-28 04:05:06.000000  told, ACSP  024  \
         123456789",
        "fpay_01h455vb4pex5vsknk084sn02q  500  2026-11-28 04:05:06.500000  not told  mobile  \
         +852-61234567  C*** T*** M*** 陳***文  INV 7  FROZEN: do not send it",
        "top_01h455vb4pex5vsknk084sn02q  700  2026-11-28 04:05:07.000000",
    ];
    assert_eq!(outcome.printed, format!("{}\n", lines.join("\n")));
    let none = Scene::new("none_waiting").run("awaiting-bank prod");
    assert!(none.succeeded && none.printed.is_empty(), "{}", none.printed);
}

#[test]
fn a_tier_names_its_operator_and_only_a_persons_wallet_has_one() {
    let set = |what: &str| {
        let scene = Scene::new("tier").when("keys list", 0, "the-function-key");
        let scene = scene.when("--query user.name", 0, "ops@example.com");
        scene.run(&format!("wallet-tier prod {what}"))
    };
    let user = "usr_01h455vb4pex5vsknk084sn02q";
    let outcome = set(&format!("{user} address-verified case 12"));
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let calls = outcome.calls_of("curl");
    let sent =
        r#"{"tier": "address-verified", "reason": "case 12", "operator": "ops@example.com"}"#;
    assert!(calls.len() == 1 && calls[0].contains(sent), "{calls:?}");
    assert!(calls[0].ends_with(&format!("/api/v1/ledger/wallets/{user}/tier")), "{calls:?}");
    for misuse in [
        format!("{user} verified"),
        format!("{user} known case 12"),
        "biz_01h455vb4pex5vsknk084sn02q verified case 12".to_owned(),
        "usr_../audit verified case 12".to_owned(),
    ] {
        let outcome = set(&misuse);
        assert!(!outcome.succeeded && outcome.calls.is_empty(), "{misuse}");
    }
}

#[test]
fn an_approval_names_its_operator_and_only_a_shop_has_one() {
    let set = |what: &str| {
        let scene = Scene::new("approval").when("keys list", 0, "the-function-key");
        let scene = scene.when("--query user.name", 0, "ops@example.com");
        scene.run(&format!("shop-approval prod {what}"))
    };
    let shop = "biz_01h455vb4pex5vsknk084sn02q";
    for (word, is_approved) in [("approved", true), ("not-approved", false)] {
        let outcome = set(&format!("{shop} {word} case 12"));
        assert!(outcome.succeeded, "{}", outcome.last_words);
        let calls = outcome.calls_of("curl");
        let by = r#""reason": "case 12", "operator": "ops@example.com""#;
        let sent = format!(r#"{{"is_approved": {is_approved}, {by}}}"#);
        assert!(calls.len() == 1 && calls[0].contains(&sent), "{calls:?}");
        let path = format!("/api/v1/ledger/businesses/{shop}/approval");
        assert!(calls[0].ends_with(&path), "{calls:?}");
    }
    for misuse in [
        format!("{shop} approved"),
        format!("{shop} yes case 12"),
        "usr_01h455vb4pex5vsknk084sn02q approved case 12".to_owned(),
        "biz_../audit approved case 12".to_owned(),
    ] {
        let outcome = set(&misuse);
        assert!(!outcome.succeeded && outcome.calls.is_empty(), "{misuse}");
    }
}

#[test]
fn a_warning_names_its_operator_and_a_wallet_or_a_proxy() {
    let set = |what: &str| {
        let scene = Scene::new("warning").when("keys list", 0, "the-function-key");
        let scene = scene.when("--query user.name", 0, "ops@example.com");
        scene.run(&format!("payee-warning prod {what}"))
    };
    let user = "usr_01h455vb4pex5vsknk084sn02q";
    let wallet = format!(r#"{{"type": "wallet", "user_id": "{user}"}}"#);
    let proxy = r#"{"type": "fps-proxy", "proxy_type": "mobile", "proxy": "+852-61234567"}"#;
    for (payee, sent_payee, warning, sent_warning) in [
        (user, wallet.as_str(), "none", "null"),
        ("mobile:+852-61234567", proxy, "reported-scam", r#""reported-scam""#),
    ] {
        let outcome = set(&format!("{payee} {warning} alert 12"));
        assert!(outcome.succeeded, "{}", outcome.last_words);
        let calls = outcome.calls_of("curl");
        let by = r#""reason": "alert 12", "operator": "ops@example.com""#;
        let sent = format!(r#"{{"payee": {sent_payee}, "warning": {sent_warning}, {by}}}"#);
        assert!(calls.len() == 1 && calls[0].contains(&sent), "{calls:?}");
        assert!(calls[0].ends_with("/api/v1/ledger/payee-warnings"), "{calls:?}");
    }
    for misuse in [
        format!("{user} none"),
        format!("{user} mule alert 12"),
        "biz_01h455vb4pex5vsknk084sn02q none alert 12".to_owned(),
        "61234567 none alert 12".to_owned(),
    ] {
        let outcome = set(&misuse);
        assert!(!outcome.succeeded && outcome.calls.is_empty(), "{misuse}");
    }
}

#[test]
fn a_fee_names_its_operator_and_only_a_shop_pays_one() {
    let set = |what: &str| {
        let scene = Scene::new("fee").when("keys list", 0, "the-function-key");
        let scene = scene.when("--query user.name", 0, "ops@example.com");
        scene.run(&format!("merchant-fee prod {what}"))
    };
    let shop = "biz_01h455vb4pex5vsknk084sn02q";
    let outcome = set(&format!("{shop} 80 contract of 2026"));
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let calls = outcome.calls_of("curl");
    let sent =
        r#"{"fee_basis_points": 80, "reason": "contract of 2026", "operator": "ops@example.com"}"#;
    assert!(calls.len() == 1 && calls[0].contains(sent), "{calls:?}");
    assert!(calls[0].ends_with(&format!("/api/v1/ledger/businesses/{shop}/fee-rate")), "{calls:?}");
    for misuse in [
        format!("{shop} 80"),
        format!("{shop} 1.5 contract"),
        format!("{shop} -1 contract"),
        format!("{shop} 080 contract"),
        "usr_01h455vb4pex5vsknk084sn02q 80 contract".to_owned(),
        "biz_../audit 80 contract".to_owned(),
    ] {
        let outcome = set(&misuse);
        assert!(!outcome.succeeded && outcome.calls.is_empty(), "{misuse}");
    }
}
