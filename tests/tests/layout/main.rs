//! The house's rules that a program can check, over the sources of the whole repository.
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod checkout;
mod modules;
mod named;
mod sealing;
mod security;

use std::collections::BTreeSet;

use crate::checkout::{
    Function, dependencies, folders, functions, golden_kinds, is_file, linked_dependencies, read,
    routes, scripts, settings_example, settings_read, sources,
};

const FILE_LINES_MAX: usize = 399;
const LINE_CHARACTERS_MAX: usize = 100;
/// Every folder with Rust sources of ours.
const PROGRAMS: [&str; 5] = ["bench", "crates", "handlers", "local", "tests"];
/// Every folder with scripts of ours.
const SCRIPTS: [&str; 2] = ["tests", "web"];
/// Words that only SQL puts together, in lower case.
const SQL: [&str; 8] = [
    "select ",
    "insert into ",
    "insert ignore ",
    "replace into ",
    "delete from ",
    "create table ",
    "for update",
    "start transaction",
];
/// Settings that the host, the Azure SDK, the outbox or telemetry reads for every service.
const PLATFORM_SETTINGS: [&str; 6] = [
    "FUNCTIONS_WORKER_RUNTIME",
    "AzureWebJobsStorage",
    "AZURE_CLIENT_ID",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
];

#[test]
fn sql_stands_only_in_stores() {
    let sources = sources(&["crates", "handlers"]).into_iter();
    let outside = sources.filter(|source| {
        let in_tests = source.path.contains("/tests/") || source.path.starts_with("crates/testkit");
        let in_store = source.path.ends_with("/store.rs") || source.path.contains("/src/store/");
        !in_tests && !in_store
    });
    let wrong = outside.flat_map(|source| {
        let is_sql = |text: &String| {
            let text = text.to_lowercase();
            SQL.iter().any(|words| text.contains(words)) || text.starts_with("update ")
        };
        let found = source.strings().into_iter().filter(is_sql);
        let tell = |text| format!("{}: {text:?}", source.path);
        found.map(tell).collect::<Vec<String>>()
    });
    none(wrong, "move the statement into the service's store.rs or store/");
}

#[test]
fn domains_are_not_asynchronous() {
    let domains = sources(&["handlers"]).into_iter().filter(|source| {
        source.path.ends_with("/src/domain.rs") || source.path.contains("/src/domain/")
    });
    let wrong = domains.filter(|source| {
        let code = source.code();
        code.contains("async ") || code.contains(".await")
    });
    none(wrong.map(|source| source.path), "rules are pure: let the use case do the waiting");
}

#[test]
fn no_handler_depends_on_another() {
    let services = folders("handlers");
    let wrong = services.iter().flat_map(|service| {
        let used = dependencies(&format!("handlers/{service}/Cargo.toml"));
        let others = used.into_iter().filter(|used| services.contains(used));
        others.map(|other| format!("handlers/{service} uses {other}")).collect::<Vec<String>>()
    });
    none(wrong, "let it consume the other's events; what both need belongs in crates/");
}

#[test]
fn events_do_not_depend_on_values() {
    let used = dependencies("crates/events/Cargo.toml");
    let wrong = used.iter().filter(|used| *used == "values");
    none(wrong, "events are strings and integers, or an inner change alters the wire");
}

#[test]
fn system_tests_share_no_code_with_a_service() {
    let ours = &folders("crates") | &folders("handlers");
    let used = ["tests/Cargo.toml", "crates/test-client/Cargo.toml"].into_iter();
    let used = used.flat_map(dependencies);
    let wrong = used.filter(|used| ours.contains(used) && used != "test-client");
    none(wrong, "write it again there, or a mistake in a wire form is made on both sides");
}

/// What the lake does not know, it holds to be wrong (`make lake-test` compares the fields too).
#[test]
fn the_lake_names_each_kind_of_event() {
    let contracts = read("lake/src/payme_lake/contracts.py");
    let unnamed = golden_kinds().into_iter().filter(|kind| !contracts.contains(&quoted(kind)));
    none(unnamed, "read it in lake/src/payme_lake/contracts.py, or name it in NOT_READ");
}

/// Else a service does not know a kind that is added, and no compiler says so.
#[test]
fn each_kind_of_operation_is_known_where_kinds_are_told_apart() {
    let declared = read("crates/values/src/operation_kind.rs");
    let declared = declared.split("enum OperationKind {").nth(1).unwrap();
    let declared = declared.split("    }").next().unwrap();
    let kinds: Vec<String> = declared
        .split(" = ")
        .skip(1)
        .filter_map(|rest| Some(quoted(rest.split('"').nth(1)?)))
        .collect();
    assert!(kinds.contains(&quoted("payment")), "{kinds:?}");
    let told_apart = |code: &String| {
        [format!("{code} =>"), format!("{code} |"), format!("== {code}"), format!("!= {code}")]
    };
    // A kind of schedules there.
    let other = "handlers/notification/src/use_cases/deliver_notifications/schedules.rs";
    let wrong = sources(&["handlers"]).into_iter().filter(|source| {
        let product = source.text.split("mod tests {").next().unwrap_or_default();
        let in_product = source.path.contains("/src/") && !source.path.ends_with("tests.rs");
        let mut codes = kinds.iter().flat_map(told_apart);
        in_product && source.path != other && codes.any(|code| product.contains(&code))
    });
    none(wrong.map(|source| source.path), "ask `OperationKind`, whose kinds the compiler counts");
}

#[test]
fn events_leave_only_through_the_outbox() {
    let services = folders("handlers").into_iter();
    let sdk = "azure_messaging_eventhubs".to_owned();
    let wrong = services
        .filter(|name| linked_dependencies(&format!("handlers/{name}/Cargo.toml")).contains(&sdk));
    none(wrong, "append the event to the outbox, in the transaction that it tells of");
}

#[test]
fn nothing_in_a_handler_knows_where_it_runs() {
    // It names the places that no webhook is sent to.
    let refuses = "handlers/notification/src/domain/webhook_url.rs";
    let own = sources(&["handlers"])
        .into_iter()
        .filter(|source| source.path.contains("/src/") && source.path != refuses);
    let wrong = own.flat_map(|source| {
        let places = ["127.0.0.1", "localhost", "windows.net", "azurewebsites"];
        let named = |text: &String| places.iter().any(|place| text.contains(place));
        let found = source.strings().into_iter().filter(named);
        found.map(|text| format!("{}: {text:?}", source.path)).collect::<Vec<String>>()
    });
    none(wrong, "make it a setting in config.rs");
}

#[test]
fn settings_are_read_in_config_only() {
    let handlers = sources(&["handlers"]).into_iter();
    let elsewhere = handlers
        .filter(|source| source.path.contains("/src/") && !source.path.ends_with("/src/config.rs"));
    let wrong = elsewhere.filter(|source| {
        let code = source.code();
        ["required_var(", "env::var", "Hub::from_env("].iter().any(|read| code.contains(read))
    });
    none(wrong.map(|source| source.path), "read the setting in config.rs and hand it on");
}

#[test]
fn every_setting_of_a_service_is_in_the_example_and_the_reverse() {
    let example = settings_example();
    let mut wrong = Vec::new();
    let mut read = BTreeSet::from(PLATFORM_SETTINGS.map(str::to_owned));
    for service in folders("handlers") {
        for name in settings_read(&service) {
            if !example.contains(&name) {
                wrong.push(format!("{name} of {service} has no example"));
            }
            read.insert(name);
        }
    }
    for function in functions() {
        for (connection, suffixes) in function.connections() {
            for setting in suffixes.iter().map(|suffix| format!("{connection}__{suffix}")) {
                if !example.contains(&setting) {
                    wrong.push(format!("{setting} of {} has no example", function.path()));
                }
                read.insert(setting);
            }
        }
    }
    let unread = example.difference(&read).map(|name| format!("{name} is read by no service"));
    wrong.extend(unread);
    none(wrong, "keep local.settings.json.example and each config.rs the same");
}

#[test]
fn every_service_has_a_handler_and_functions() {
    let (handlers, functions) = (folders("handlers"), folders("functions"));
    let wrong = handlers.symmetric_difference(&functions);
    none(wrong, "handlers/<service> and functions/<service> belong together");
}

#[test]
fn every_service_is_shown_where_people_look_for_it() {
    for (path, form) in [("ARCHITECTURE.md", "| `*` |"), ("web/docs/initializer.js", "\"*\",")] {
        let text = read(path);
        let services = folders("handlers").into_iter();
        let wrong = services.filter(|service| !text.contains(&form.replace('*', service)));
        none(wrong, &format!("write it into {path}"));
    }
}

#[test]
fn every_trigger_has_a_route_and_the_reverse() {
    let mut wrong = Vec::new();
    for service in folders("functions") {
        let prefix = format!("{}_", service.replace('-', "_"));
        let in_routes: BTreeSet<String> = routes(&service)
            .into_iter()
            .filter(|text| text.starts_with(&prefix) && is_function(text))
            .collect();
        let triggers: BTreeSet<String> = functions()
            .into_iter()
            .filter(|function| function.service == service && !function.is_http())
            .map(|function| function.name)
            .collect();
        for trigger in in_routes.symmetric_difference(&triggers) {
            wrong.push(format!("{service}: {trigger}"));
        }
    }
    none(wrong, "a trigger is functions/<service>/<name>/function.json and <name> in routes.rs");
}

#[test]
fn every_http_function_has_a_resource_in_the_routes_and_the_reverse() {
    let mut wrong = Vec::new();
    for service in folders("functions") {
        let documented: BTreeSet<String> = routes(&service)
            .iter()
            .filter_map(|text| text.strip_prefix("/api/v1/")?.split('/').next().map(str::to_owned))
            .chain([service.clone()])
            .collect();
        let own = functions().into_iter().filter(|function| function.service == service);
        let routed: BTreeSet<String> = own
            .flat_map(|function| {
                let resource = |route: &str| {
                    route.trim_start_matches("v1/").trim_end_matches("/{*rest}").to_owned()
                };
                function.values("route").into_iter().map(resource).collect::<Vec<String>>()
            })
            .collect();
        for resource in documented.symmetric_difference(&routed) {
            wrong.push(format!("{service}: /api/v1/{resource}"));
        }
    }
    none(wrong, "route v1/<resource>/{*rest} in a function.json, and the same in routes.rs");
}

#[test]
fn http_functions_have_one_trigger_and_one_output() {
    let wrong = functions().into_iter().filter(|function| {
        function.is_http() && function.values("type") != ["httpTrigger", "http"]
    });
    let paths = wrong.map(|function| function.path());
    none(paths, "effects go through the outbox, never a third binding");
}

#[test]
fn http_functions_take_every_method() {
    let wrong = functions().into_iter().filter(Function::lists_methods);
    let paths = wrong.map(|function| function.path());
    none(paths, "the host answers 404 to methods not listed; let the service say 405 and Allow");
}

#[test]
fn the_root_holds_what_people_look_for_first() {
    let files =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE", "SECURITY.md", "deny.toml"];
    let wrong = files.into_iter().filter(|file| !is_file(file));
    none(wrong, "write it, and keep it at the root");
}

#[test]
fn what_the_page_on_security_names_is_there() {
    let lines = security::lines();
    let wrong: Vec<_> = lines.iter().flat_map(|line| named::absent(line)).collect();
    none(wrong, "name in docs/security.md the test or the file that shows it now");
}

#[test]
fn each_rule_of_the_local_platform_names_tests_that_are_there() {
    let page = read("local/README.md");
    let wrong: Vec<_> = page.lines().flat_map(named::absent).collect();
    none(wrong, "name in local/README.md the test or the file that shows it now");
    none(named::unshown(&page), "name the test that shows the rule, as `path: name`");
}

#[test]
fn each_requirement_on_the_page_on_security_has_one_row_a_state_and_evidence() {
    let wrong = security::unsound(&security::rows());
    none(wrong, "| number | a few words | state | evidence or reason |; `met` names what shows it");
}

/// Who ends an old version of a key ends with it what it still wraps.
#[test]
fn all_that_is_sealed_is_wrapped_anew_after_a_rotation() {
    let wrong = folders("handlers").into_iter().flat_map(|service| sealing::left_behind(&service));
    none(wrong, "give the column to `SealingKey::rewrap_columns`, and its first 34 bytes an index");
}

#[test]
fn no_two_modules_use_each_other() {
    let sources = sources(&["bench", "crates", "handlers", "local"]);
    let wrong = modules::that_use_each_other(&sources);
    none(wrong, "move what both need to one of them, or to a third, by what it is");
}

#[test]
fn files_and_lines_are_short() {
    let sources = sources(&PROGRAMS).into_iter().chain(scripts(&SCRIPTS));
    let wrong = sources.flat_map(|source| {
        let lines = source.text.lines().count();
        let too_many = (lines > FILE_LINES_MAX).then(|| format!("{}: {lines} lines", source.path));
        let long = source.text.lines().zip(1..).filter_map(|(line, number)| {
            let length = line.chars().count();
            let is_long = length > LINE_CHARACTERS_MAX;
            is_long.then(|| format!("{}:{number}: {length} characters", source.path))
        });
        too_many.into_iter().chain(long).collect::<Vec<String>>()
    });
    none(wrong, "split the file by noun; break the line");
}

#[test]
fn every_module_says_what_it_owns() {
    let sources = sources(&PROGRAMS).into_iter();
    let wrong = sources.filter(|source| !source.text.starts_with("//! "));
    none(wrong.map(|source| source.path), "begin the file with a `//!` sentence");
    let wrong = scripts(&SCRIPTS).into_iter().filter(|script| !script.text.starts_with("// "));
    none(wrong.map(|script| script.path), "begin the file with a `//` sentence");
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// Whether a literal is a function's name, and not that of a parameter.
fn is_function(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !text.ends_with("_id")
}

/// Fails with every offence, and with what to do about them.
fn none(offences: impl IntoIterator<Item = impl AsRef<str>>, remedy: &str) {
    let offences: Vec<String> =
        offences.into_iter().map(|offence| format!("\n  {}", offence.as_ref())).collect();
    assert!(offences.is_empty(), "{remedy}:{}", offences.concat());
}
