//! One MySQL schema per service, a user that may use it, another that may change it, and its
//! migrations.

use std::fs;
use std::path::Path;
use std::time::Duration;

use mysql_async::Opts;
use mysql_async::prelude::Queryable;
use tokio::process::Command;

use crate::apps::App;
use crate::error::Error;
use crate::mariadb;
use crate::programs::{self, CHECKOUT};
use crate::settings::{Settings, prefix};

const MIGRATE_LIMIT: Duration = Duration::from_secs(300);

/// The account a service's own settings name, and the schema it works on.
#[derive(Debug)]
struct Account {
    schema: String,
    user: String,
    password: String,
    /// The same URL with the user who may change the schema.
    ddl_url: String,
}

/// Creates the schema and the users of `app` if needed, in the server on `port`, and migrates the
/// schema.
///
/// # Errors
/// `Settings` for an unusable URL, `Sql`, or `ProgramFailed` with the migration's output.
pub(crate) async fn prepare(port: u16, app: &App, settings: &Settings) -> Result<(), Error> {
    let setting = format!("{}_MYSQL_URL", prefix(&app.name));
    let account = account(&setting, settings.get(&setting)?)?;
    let failed = || format!("cannot prepare the schema of {}", app.name);
    let mut admin = mariadb::admin(port).await?;
    for statement in statements(&account) {
        admin.query_drop(statement).await.map_err(Error::sql(failed()))?;
    }
    admin.disconnect().await.map_err(Error::sql(failed()))?;
    let mut migrate = Command::new(app.handler());
    migrate.arg("migrate").envs(settings.of(&app.name)).env(setting, &account.ddl_url);
    programs::run(migrate, MIGRATE_LIMIT).await
}

/// Lets the services of `apps` read what they list of tables of others, once those are made: each
/// file `ops/reads/<service>/<other>` has a table on each line, with the columns if they are not
/// all.
///
/// # Errors
/// `Settings`, `Io` naming the file, or `Sql`.
pub(crate) async fn grant_reads(port: u16, apps: &[App], settings: &Settings) -> Result<(), Error> {
    let mut admin = mariadb::admin(port).await?;
    for app in apps {
        let folder = Path::new(CHECKOUT).join("ops/reads").join(&app.name);
        for other in apps {
            let file = folder.join(&other.name);
            if !file.exists() {
                continue;
            }
            let named = || format!("cannot read {}", file.display());
            let tables = fs::read_to_string(&file).map_err(Error::io(named()))?;
            let setting = format!("{}_{}_MYSQL_URL", prefix(&app.name), prefix(&other.name));
            let reader = account(&setting, settings.get(&setting)?)?;
            for statement in read_statements(&reader, &tables) {
                let failed = format!("cannot let {} read {}", app.name, other.name);
                admin.query_drop(statement).await.map_err(Error::sql(failed))?;
            }
        }
    }
    admin.disconnect().await.map_err(Error::sql("cannot leave MariaDB"))
}

fn read_statements(reader: &Account, tables: &str) -> Vec<String> {
    let Account { schema, user, password, .. } = reader;
    let grant = |line: &str| {
        let (table, columns) = line.split_once(' ').unwrap_or((line, ""));
        format!("GRANT SELECT {columns} ON {schema}.{table} TO '{user}'@'%'")
    };
    let mut statements = vec![
        format!("CREATE USER IF NOT EXISTS '{user}'@'%'"),
        format!("ALTER USER '{user}'@'%' IDENTIFIED BY '{password}'"),
    ];
    statements.extend(tables.lines().map(grant));
    statements
}

fn account(setting: &str, url: &str) -> Result<Account, Error> {
    let unusable = |problem: &str| Error::Settings(format!("{setting}: {problem}"));
    let options = Opts::from_url(url).map_err(|error| unusable(&error.to_string()))?;
    let name = |part: Option<&str>| {
        // Stands unquoted or in quotes of several kinds below, so only what needs no escape may
        // pass.
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        part.filter(|name| name.chars().all(plain)).map(str::to_owned)
    };
    let schema = name(options.db_name()).ok_or_else(|| unusable("needs a plain schema name"))?;
    let user = name(options.user()).ok_or_else(|| unusable("needs a plain user name"))?;
    let password = options.pass().unwrap_or_default().replace('\\', r"\\").replace('\'', "''");
    let ddl_url = url.replacen(&format!("//{user}"), &format!("//{schema}_ddl"), 1);
    Ok(Account { schema, user, password, ddl_url })
}

fn statements(account: &Account) -> Vec<String> {
    let Account { schema, user, password, .. } = account;
    // In the name of a schema that is granted, an underscore stands for any character.
    let granted = schema.replace('_', r"\_");
    vec![
        format!("CREATE DATABASE IF NOT EXISTS {schema}"),
        format!("CREATE USER IF NOT EXISTS '{user}'@'%', '{schema}_ddl'@'%'"),
        format!(
            "ALTER USER '{user}'@'%' IDENTIFIED BY '{password}', \
             '{schema}_ddl'@'%' IDENTIFIED BY '{password}'"
        ),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON `{granted}`.* TO '{user}'@'%'"),
        format!("GRANT ALL ON `{granted}`.* TO '{schema}_ddl'@'%'"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grant_of_one_service_does_not_reach_a_schema_of_a_similar_name() {
        let url = "mysql://user_profile:p@127.0.0.1:27306/user_profile";
        let account = account("USER_PROFILE_MYSQL_URL", url).unwrap();
        let grants = statements(&account).split_off(3);
        assert!(grants.iter().all(|grant| grant.contains(r"`user\_profile`.*")));
        assert_eq!(account.ddl_url, "mysql://user_profile_ddl:p@127.0.0.1:27306/user_profile");
    }

    #[test]
    fn the_user_of_a_service_may_call_what_its_migrations_made_and_not_change_the_schema() {
        let account = account("X_MYSQL_URL", "mysql://x:p@127.0.0.1:1/x").unwrap();
        let rights = "GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON `x`.* TO 'x'@'%'";
        let of_user =
            |statement: &String| statement.contains("GRANT") && statement.contains("'x'@");
        let grants: Vec<_> = statements(&account).into_iter().filter(of_user).collect();
        assert_eq!(grants, [rights]);
    }

    #[test]
    fn who_reads_tables_of_another_service_may_read_those_and_nothing_else() {
        let reader = account("X_Y_MYSQL_URL", "mysql://x_reader:p@127.0.0.1:1/y").unwrap();
        let statements = read_statements(&reader, "things\nshops (shop_id, name)\n");
        let grants = [
            "GRANT SELECT  ON y.things TO 'x_reader'@'%'",
            "GRANT SELECT (shop_id, name) ON y.shops TO 'x_reader'@'%'",
        ];
        assert_eq!(statements[2..], grants);
    }

    #[test]
    fn a_schema_name_that_would_need_quoting_is_refused() {
        let refused = account("X_MYSQL_URL", "mysql://x:p@127.0.0.1:1/a%60b");
        assert!(matches!(refused, Err(Error::Settings(_))));
    }
}
