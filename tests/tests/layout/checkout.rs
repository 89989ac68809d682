//! Reading the checkout: its Rust sources, manifests, functions and settings.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A Rust file or a script.
pub(crate) struct Source {
    /// From the checkout's root.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// The texts of its string literals, those of its unit tests left out.
    pub(crate) fn strings(&self) -> Vec<String> {
        let product = self.text.split("#[cfg(test)]").next().unwrap_or_default();
        split(product).1
    }

    /// All but its comments and string literals.
    pub(crate) fn code(&self) -> String {
        split(&self.text).0
    }
}

/// The code of a Rust text and its string literals; comments are dropped.
fn split(text: &str) -> (String, Vec<String>) {
    let (mut code, mut strings) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first == '"' {
            let end = end_of_string(rest);
            strings.push(rest[1..end - 1].to_owned());
            end
        } else if let Some(hashes) = raw_string(rest) {
            let close = format!("\"{}", "#".repeat(hashes));
            let start = rest.find('"').unwrap() + 1;
            let length = rest[start..].find(&close).unwrap();
            strings.push(rest[start..start + length].to_owned());
            start + length + close.len()
        } else if rest.starts_with("'\"'") || rest.starts_with("b'\"'") {
            rest.find("\"'").unwrap() + 2
        } else {
            code.push(first);
            first.len_utf8()
        };
        rest = &rest[end..];
    }
    (code, strings)
}

/// One past the closing quote of the string that `text` begins with.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '"' if !is_escaped => return at + 1,
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}

/// How many hashes the raw string has that `text` begins with; `None` if it begins with none.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('r')?;
    let opening = after.trim_start_matches('#');
    opening.starts_with('"').then(|| after.len() - opening.len())
}

/// Every Rust file in these folders.
pub(crate) fn sources(folders: &[&str]) -> Vec<Source> {
    files(folders, &[".rs"])
}

/// Every script in these folders, of a page or of Node.
pub(crate) fn scripts(folders: &[&str]) -> Vec<Source> {
    files(folders, &[".js", ".mjs", ".mts"])
}

fn files(folders: &[&str], endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    let mut open: Vec<String> = folders.iter().map(|folder| (*folder).to_owned()).collect();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(Path::new(CHECKOUT).join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{folder}/{}", entry.file_name().into_string().unwrap());
            if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else if endings.iter().any(|ending| path.ends_with(ending)) {
                found.push(source(&path));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// One of them.
pub(crate) fn source(path: &str) -> Source {
    Source { path: path.to_owned(), text: read(path) }
}

/// Every migration of a service.
pub(crate) fn migrations(service: &str) -> Vec<Source> {
    files(&[&format!("handlers/{service}/migrations")], &[".sql"])
}

/// Whether there is such a file.
pub(crate) fn is_file(path: &str) -> bool {
    Path::new(CHECKOUT).join(path).is_file()
}

/// The names of the folders in a folder.
pub(crate) fn folders(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(Path::new(CHECKOUT).join(folder)).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

/// The crates that a manifest names, to build or to test with.
pub(crate) fn dependencies(manifest: &str) -> BTreeSet<String> {
    names_within(manifest, |section| section.ends_with("dependencies]"))
}

/// What its programs are built with, and not its tests alone.
pub(crate) fn linked_dependencies(manifest: &str) -> BTreeSet<String> {
    names_within(manifest, |section| section == "[dependencies]")
}

fn names_within(manifest: &str, is_wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let manifest = read(manifest);
    let mut is_within = false;
    let mut names = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_within = is_wanted(line);
        } else if is_within && let Some((name, _)) = line.split_once(['.', '=', ' ']) {
            names.insert(name.to_owned());
        }
    }
    names
}

/// What the host reads to connect a trigger with a managed identity, by the trigger's type.
const CONNECTIONS: [(&str, &[&str]); 2] = [
    ("eventHubTrigger", &["fullyQualifiedNamespace", "credential", "clientId"]),
    ("queueTrigger", &["queueServiceUri", "credential", "clientId"]),
];

/// One function of a service's app.
pub(crate) struct Function {
    pub(crate) service: String,
    pub(crate) name: String,
    bindings: Vec<Value>,
}

impl Function {
    pub(crate) fn path(&self) -> String {
        format!("functions/{}/{}/function.json", self.service, self.name)
    }

    /// What its bindings say under a name, in order; those that do not say it are left out.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        self.bindings.iter().filter_map(|binding| binding[name].as_str()).collect()
    }

    pub(crate) fn lists_methods(&self) -> bool {
        self.bindings.iter().any(|binding| binding.get("methods").is_some())
    }

    /// What the host reads to connect its trigger with a managed identity: the connection, and how
    /// each setting goes on. Of a kind of trigger that is not known here, nothing.
    pub(crate) fn connections(&self) -> Vec<(&str, &'static [&'static str])> {
        let kind = self.values("type")[0];
        let suffixes = CONNECTIONS.iter().find(|(trigger, _)| *trigger == kind);
        let suffixes = suffixes.map_or::<&[&str], _>(&[], |(_, suffixes)| suffixes);
        self.values("connection").into_iter().map(|name| (name, suffixes)).collect()
    }

    pub(crate) fn is_http(&self) -> bool {
        self.values("type").contains(&"httpTrigger")
    }
}

/// Every function of every service.
pub(crate) fn functions() -> Vec<Function> {
    let mut functions = Vec::new();
    for service in folders("functions") {
        for name in folders(&format!("functions/{service}")) {
            let text = read(&format!("functions/{service}/{name}/function.json"));
            let document: Value = serde_json::from_str(&text).unwrap();
            let bindings = document["bindings"].as_array().unwrap().clone();
            functions.push(Function { service: service.clone(), name, bindings });
        }
    }
    functions
}

/// The string literals of a service's routes.
pub(crate) fn routes(service: &str) -> Vec<String> {
    let root = format!("handlers/{service}/src/routes");
    let sources = sources(&["handlers"]).into_iter();
    let routes = sources.filter(|source| {
        source.path.strip_prefix(&root).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    });
    routes.flat_map(|source| source.strings()).collect()
}

/// The settings that a service's config reads.
pub(crate) fn settings_read(service: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let is_variable = |text: &String| text.contains('_') && text.chars().all(is_part);
    let config = source(&format!("handlers/{service}/src/config.rs"));
    config.strings().into_iter().filter(is_variable).collect()
}

/// The names of all settings in the committed example.
pub(crate) fn settings_example() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(&read("local.settings.json.example")).unwrap();
    document["Values"].as_object().unwrap().keys().cloned().collect()
}

/// The text of a file of the checkout.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(Path::new(CHECKOUT).join(path)).unwrap()
}

#[test]
fn code_strings_and_comments_are_told_apart() {
    let text = r###"a("one \" two", r#"three "four""#, '"', b'"'); // "five"
        b("六");"###;
    let (code, strings) = split(text);
    assert_eq!(strings, [r#"one \" two"#, r#"three "four""#, "六"]);
    assert!(code.contains("b()") && !code.contains("five"), "{code}");
}

/// Every kind of event, of which there is a golden sample.
pub(crate) fn golden_kinds() -> Vec<String> {
    let samples = files(&["crates/events/golden"], &[".json"]).into_iter();
    samples
        .map(|sample| Path::new(&sample.path).file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}
