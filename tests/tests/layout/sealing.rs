//! What is sealed under a key of Key Vault is wrapped anew after a rotation of the key.

use crate::checkout::{Source, migrations, sources};

/// What the type of a column begins with that can hold sealed bytes.
const BINARY_TYPES: [&str; 3] = ["VARBINARY", "BLOB", "MEDIUMBLOB"];
/// How a column's comment begins whose key is the client's: no vault has it, and none rotates it.
const UNDER_A_KEY_OF_A_CLIENT: &str = "COMMENT 'sealed with the";

/// A column of a service's schema, `<table>.<column>`.
type Column = String;

/// Sealed columns of a service that no rotation of a key reaches, and those that one would look for
/// in the whole table.
pub(crate) fn left_behind(service: &str) -> Vec<String> {
    let migrations = migrations(service);
    let own = format!("handlers/{service}/src/");
    let sources = sources(&["handlers"]).into_iter();
    let sources = sources.filter(|source| source.path.starts_with(&own));
    let rewrapped: Vec<Column> = sources.flat_map(|source| rewrapped(&source.text)).collect();
    let sealed = migrations.iter().flat_map(|migration| sealed(&migration.text));
    let forgotten = sealed.filter(|column| !rewrapped.contains(column));
    let forgotten = forgotten.map(|column| format!("{service}: {column} is not rewrapped"));
    let slow = rewrapped.iter().filter(|column| !has_index(&migrations, column));
    forgotten.chain(slow.map(|column| format!("{service}: {column} has no index"))).collect()
}

/// The sealed columns that a migration adds: their name or their comment says so.
fn sealed(migration: &str) -> Vec<Column> {
    let mut table = "";
    let mut found = Vec::new();
    for line in migration.lines().map(str::trim_start).filter(|line| !line.starts_with("--")) {
        if let ["CREATE" | "ALTER", "TABLE", name, ..] = words(line)[..] {
            table = name;
        }
        let [name, kind, ..] = words(line.trim_start_matches("ADD COLUMN "))[..] else { continue };
        let is_binary = BINARY_TYPES.iter().any(|binary| kind.starts_with(binary));
        if is_binary && line.contains("sealed") && !line.contains(UNDER_A_KEY_OF_A_CLIENT) {
            found.push(format!("{table}.{name}"));
        }
    }
    found
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// The columns that a source names to be rewrapped: `SealedColumn { table: …, id: …, column: … }`.
fn rewrapped(source: &str) -> Vec<Column> {
    let columns = source.split("SealedColumn {").skip(1);
    let columns = columns.filter_map(|rest| {
        let fields = rest.split('}').next()?;
        let texts: Vec<&str> = fields.split('"').skip(1).step_by(2).collect();
        let [table, _, column] = texts[..] else { return None };
        Some(format!("{table}.{column}"))
    });
    columns.collect()
}

/// Whether a migration makes the index by which a rotation finds what it has left behind.
fn has_index(migrations: &[Source], column: &str) -> bool {
    let (table, name) = column.split_once('.').unwrap();
    let key = format!("({name}(34))");
    migrations.iter().any(|migration| {
        let of_table = [format!("TABLE {table}\n"), format!("ON {table} {key}")];
        migration.text.contains(&key) && of_table.iter().any(|it| migration.text.contains(it))
    })
}

#[test]
fn a_sealed_column_is_told_by_its_name_or_comment_from_one_that_a_client_has_the_key_of() {
    let migration = "-- Sealed things.
        CREATE TABLE things (
            thing_id BINARY(16) NOT NULL COMMENT 'not sealed',
            details  BLOB NULL COMMENT 'sealed: what somebody says',
            answer   MEDIUMBLOB NOT NULL COMMENT 'sealed with the key',
            digest   VARBINARY(32) NOT NULL COMMENT 'of 256 random bits'
        );";
    assert_eq!(sealed(migration), ["things.details"]);
    let migration = "ALTER TABLE people\n    ADD COLUMN phone_sealed VARBINARY(1024) NULL;";
    assert_eq!(sealed(migration), ["people.phone_sealed"]);
}

#[test]
fn a_rewrapped_column_and_its_index_are_read() {
    let source = "use sealed::{Sealed, SealedColumn};
        const IT: SealedColumn =
            SealedColumn { table: \"things\", id: \"thing_id\", column: \"details\" };";
    assert_eq!(rewrapped(source), ["things.details"]);
    let migration = |text: &str| [Source { path: String::new(), text: text.to_owned() }];
    for text in [
        "CREATE INDEX by_key ON things (details(34));",
        "ALTER TABLE things\n    ADD KEY by_key (details(34));",
    ] {
        assert!(has_index(&migration(text), "things.details"), "{text}");
        assert!(!has_index(&migration(text), "others.details"), "{text}");
        assert!(!has_index(&migration(text), "things.tails"), "{text}");
    }
}
