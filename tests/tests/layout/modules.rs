//! Which modules of a crate name which: their paths, and the uses between siblings.

use std::collections::BTreeSet;

use crate::checkout::Source;

/// A module's path from the root of its crate.
type Path = Vec<String>;

/// Pairs of sibling modules, each of which names the other; what stands below a module is part of
/// it. Unit tests do not count.
pub(crate) fn that_use_each_other(sources: &[Source]) -> BTreeSet<String> {
    let files: Vec<(&str, Path, &Source)> = sources.iter().filter_map(file).collect();
    let exists = |root: &str, path: &[String]| {
        files.iter().any(|(other, found, _)| *other == root && found.starts_with(path))
    };
    let mut uses = BTreeSet::new();
    for (root, path, source) in &files {
        for named in named_paths(&product_code(source), path) {
            let same = path.iter().zip(&named).take_while(|(one, other)| one == other).count();
            let (Some(own), Some(other)) = (path.get(..=same), named.get(..=same)) else {
                continue;
            };
            if exists(root, other) {
                uses.insert((*root, own.join("::"), other.join("::")));
            }
        }
    }
    let both = uses.iter().filter(|(root, one, other)| {
        one < other && uses.contains(&(*root, other.clone(), one.clone()))
    });
    both.map(|(root, one, other)| format!("{root}: {one} and {other}")).collect()
}

/// The folder of a file's crate and the path of its module; tests and crate roots have none.
fn file(source: &Source) -> Option<(&str, Path, &Source)> {
    let (root, module) = source.path.split_once("/src/")?;
    let module = module.strip_suffix(".rs")?;
    let path: Path = module.split('/').map(str::to_owned).collect();
    let is_module = !["main", "lib"].contains(&module) && !path.iter().any(|name| name == "tests");
    is_module.then_some((root, path, source))
}

fn product_code(source: &Source) -> String {
    source.code().split("#[cfg(test)]").next().unwrap_or_default().to_owned()
}

/// Every path that begins with `crate::` or `super::`, those inside braces one by one.
fn named_paths(code: &str, own: &[String]) -> Vec<Path> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find("crate::").into_iter().chain(rest.find("super::")).min() {
        rest = &rest[at..];
        let mut base = own.to_vec();
        while let Some(after) = rest.strip_prefix("super::") {
            base.pop();
            rest = after;
        }
        if let Some(after) = rest.strip_prefix("crate::") {
            base.clear();
            rest = after;
        }
        rest = tree(rest, &base, &mut found);
    }
    found
}

/// Reads one branch of a path (`a::{b, c::d}`) below `base`, and returns what follows it.
fn tree<'a>(text: &'a str, base: &[String], found: &mut Vec<Path>) -> &'a str {
    let mut path = base.to_vec();
    let mut rest = text;
    loop {
        if let Some(inside) = rest.strip_prefix('{') {
            rest = inside.trim_start();
            while !rest.is_empty() && !rest.starts_with('}') {
                let after = tree(rest, &path, found);
                let end = after.find([',', '}', '{']).unwrap_or(after.len());
                rest = after[end..].trim_start_matches([',', '{']).trim_start();
            }
            return rest.strip_prefix('}').unwrap_or(rest);
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        path.push(rest[..end].to_owned());
        rest = &rest[end..];
        match rest.strip_prefix("::") {
            Some(after) => rest = after,
            None => break,
        }
    }
    found.push(path);
    rest
}

#[test]
fn modules_that_use_each_other_are_found_whatever_form_the_use_has() {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let found = |one: &str, other: &str| {
        let sources = [
            source("local/x/src/main.rs", "mod a; mod b; use crate::{a, b};"),
            source("local/x/src/a.rs", one),
            source("local/x/src/a/inner.rs", ""),
            source("local/x/src/b.rs", other),
            source("local/y/src/b.rs", "use crate::a;"),
        ];
        !that_use_each_other(&sources).is_empty()
    };
    let use_of_a = "use std::io;\nuse crate::{\n    c::{self, D as E},\n    a::{F, g},\n};";
    for use_of_b in ["use crate::b;", "use super::b::C;", "fn f() { crate::b::c() }"] {
        assert!(found(use_of_b, use_of_a), "{use_of_b}");
        assert!(!found(use_of_b, "use crate::{c::a, d};"), "{use_of_b}");
    }
    for no_use in
        ["// crate::b", "f(\"crate::b\")", "#[cfg(test)]\nmod tests { use crate::b; }", ""]
    {
        assert!(!found(no_use, use_of_a), "{no_use}");
    }
}
