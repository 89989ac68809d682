//! A primary and its replica, two real servers: reports cost the primary nothing, and go on when it
//! is lost.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, Pool};
use testkit::{Answer, Call, InProcess};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;
use values::UserId;

use crate::books::{Books, Movement};
use crate::statements::Person;
use crate::{Fixture, Shop, of_shop};

/// However busy the machine is.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_AGAIN: Duration = Duration::from_millis(20);
const FOLDERS: [&str; 4] = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];

/// A database server of this test alone.
struct Server {
    process: Child,
    folder: PathBuf,
    port: u16,
}

impl Server {
    fn start(folder: PathBuf, role: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(installed("mariadbd"))
            .arg("--no-defaults")
            .args(user())
            .arg("--bind-address=127.0.0.1")
            .args(["--socket=mariadb.sock", "--skip-name-resolve", "--gtid-strict-mode=1"])
            .args(["--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0"])
            .arg(format!("--datadir={}", folder.display()))
            .arg(format!("--tmpdir={}", folder.display()))
            .arg(format!("--port={port}"))
            .args(role)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, folder, port }
    }

    async fn conn(&self) -> Conn {
        let url = format!("mysql://root@127.0.0.1:{}", self.port);
        within_patience(async || Conn::new(Opts::from_url(&url).unwrap()).await.ok()).await
    }

    async fn run(&self, statements: &[&str]) {
        let mut conn = self.conn().await;
        for statement in statements {
            conn.query_drop(*statement).await.unwrap();
        }
    }

    fn pool(&self) -> Pool {
        Pool::from_url(format!("mysql://root@127.0.0.1:{}/payments", self.port)).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Payments' server and the one that follows it.
struct Pair {
    primary: Server,
    replica: Server,
}

impl Pair {
    async fn start() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(Uuid::now_v7().to_string());
        let (first, second) = (folder.with_extension("primary"), folder.with_extension("replica"));
        fs::create_dir_all(&folder).unwrap();
        let done = Command::new(installed("mariadb-install-db"))
            .arg("--no-defaults")
            .args(user())
            .args(["--auth-root-authentication-method=normal", "--skip-test-db"])
            .arg("--skip-name-resolve")
            .arg(format!("--datadir={}", first.display()))
            .arg(format!("--tmpdir={}", folder.display()))
            .stdout(Stdio::null())
            .status();
        assert!(done.unwrap().success());
        assert!(Command::new("cp").arg("-r").args([&first, &second]).status().unwrap().success());
        fs::remove_dir_all(folder).unwrap();
        let written = ["--server-id=1", "--log-bin=binlog", "--binlog-format=ROW"];
        let primary = Server::start(first, &written);
        let replica = Server::start(second, &["--server-id=2", "--read-only=1"]);
        primary.run(&["CREATE DATABASE payments"]).await;
        let source = format!(
            "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {}, MASTER_USER = 'root',
                 MASTER_USE_GTID = slave_pos",
            primary.port
        );
        replica.run(&[&source, "START SLAVE"]).await;
        Self { primary, replica }
    }

    /// Until the replica has all that the primary has.
    async fn follows(&self) {
        let mut primary = self.primary.conn().await;
        let position: Option<String> =
            primary.query_first("SELECT @@gtid_binlog_pos").await.unwrap();
        let sql = format!("SELECT MASTER_GTID_WAIT('{}', 120)", position.unwrap());
        let waited: Option<i64> = self.replica.conn().await.query_first(sql).await.unwrap();
        assert_eq!(waited, Some(0), "the replica follows");
    }

    /// How many statements clients have sent to the primary since it started.
    async fn statements_of_primary(&self, conn: &mut Conn) -> u64 {
        let sql = "SELECT CAST(VARIABLE_VALUE AS UNSIGNED) FROM information_schema.GLOBAL_STATUS
             WHERE VARIABLE_NAME = 'QUESTIONS'";
        conn.query_first(sql).await.unwrap().unwrap()
    }
}

/// What MariaDB wants before it runs as root.
fn user() -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt;
    // The owner of /proc/self is the effective user.
    (fs::metadata("/proc/self").unwrap().uid() == 0).then_some("--user=root")
}

fn installed(program: &str) -> PathBuf {
    let all = FOLDERS.iter().map(|folder| Path::new(folder).join(program));
    all.into_iter().find(|path| path.is_file()).unwrap_or_else(|| panic!("{program} is missing"))
}

async fn within_patience<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let began = std::time::Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "the server does not answer");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// The service on the replica of a pair, a shop, and somebody who pays there.
struct Scene {
    pair: Pair,
    fixture: Fixture,
    shop: Shop,
    person: Person,
}

impl Scene {
    async fn set() -> Self {
        let pair = Pair::start().await;
        let address = format!("127.0.0.1:{}", pair.replica.port);
        let books = Books::open_on(pair.primary.pool(), &address).await;
        let fixture = Fixture::of(books).await;
        let (shop, person) = (fixture.shop().await, fixture.person().await);
        Self { pair, fixture, shop, person }
    }

    async fn pay(&self, amount: i64) {
        let at = OffsetDateTime::now_utc();
        let payer = UserId::from_uuid(self.person.id);
        let paid = Movement { fee: 1, ..Movement::payment(self.shop.id, amount, at) };
        let told = self.fixture.books.move_money_of(payer, paid).await;
        self.fixture.deliver(&[told]).await;
        self.fixture.books.beat().await;
    }

    /// What the person has paid in this month and the one before, as reports have it.
    async fn spent(&self, read_after: Option<u64>) -> Answer {
        let now = values::hong_kong_day(OffsetDateTime::now_utc());
        let month = format!("{:04}-{:02}", now.year(), u8::from(now.month()));
        let path = format!("/api/v1/reports/spending?first_month={month}&last_month={month}");
        let call = Call::get(&path).bearer(&self.person.token);
        let call = match read_after {
            Some(position) => call.header("read-after", &position.to_string()),
            None => call,
        };
        call.send(&self.fixture.routes).await
    }
}

fn paid(answer: &Answer) -> i64 {
    answer.expect(200)["total"]["paid"]["amount"].as_i64().unwrap()
}

fn as_of(answer: &Answer) -> OffsetDateTime {
    OffsetDateTime::parse(answer.header("as-of"), &Rfc3339).unwrap()
}

#[tokio::test]
async fn no_report_sends_the_primary_a_statement() {
    let scene = Scene::set().await;
    scene.pay(700).await;
    scene.pair.follows().await;
    let mut conn = scene.pair.primary.conn().await;
    let before = scene.pair.statements_of_primary(&mut conn).await;
    let Scene { fixture, shop, person, .. } = &scene;
    let today = values::hong_kong_day(OffsetDateTime::now_utc());
    let days = format!("first_day={today}&last_day={today}");
    for report in [
        &format!("takings-by-day?{days}"),
        &format!("takings-by-hour?day={today}"),
        &format!("takings-by-member?{days}"),
        &format!("takings-comparison?{days}"),
        &format!("transaction-table?{days}"),
        "transactions",
    ] {
        let answer = fixture.get(&shop.token, &of_shop(shop.id, report)).await;
        assert_eq!(answer.status, 200, "{report}: {}", answer.text());
    }
    let statement = format!("/api/v1/reports/statements/{}", &today.to_string()[..7]);
    for path in [&*statement, "/api/v1/reports/movements"] {
        fixture.get(&person.token, path).await.expect(200);
    }
    assert_eq!(paid(&scene.spent(None).await), 700);
    let after = scene.pair.statements_of_primary(&mut conn).await;
    assert_eq!(after - before, 1, "the one that asks for their number");
}

/// What the primary had not sent when it was lost is not there afterwards; nobody who has done it
/// reads a report without it before the books go on.
#[tokio::test]
async fn reports_go_on_where_the_replica_was_promoted() {
    let scene = Scene::set().await;
    scene.pay(100).await;
    scene.pair.follows().await;
    assert_eq!(paid(&scene.spent(None).await), 100);
    // The line breaks: what is paid now stays on the primary.
    scene.pair.replica.run(&["STOP SLAVE"]).await;
    scene.pay(20).await;
    let position = scene.fixture.books.position().await;
    scene.spent(Some(position)).await.expect_refusal(503, "books-behind");
    let behind = scene.spent(None).await;
    assert_eq!(paid(&behind), 100);

    let Scene { mut pair, mut fixture, shop, person } = scene;
    pair.primary.process.kill().unwrap();
    pair.primary.process.wait().unwrap();
    pair.replica.run(&["RESET SLAVE ALL", "SET GLOBAL read_only = 0"]).await;
    // Payments goes on there, and so does its heartbeat; reports have the address that they had.
    fixture.books.pool = pair.replica.pool();
    let scene = Scene { pair, fixture, shop, person };
    scene.pay(3).await;
    let promoted = scene.spent(None).await;
    assert_eq!(paid(&promoted), 103);
    assert!(as_of(&promoted) > as_of(&behind));
    // Later than all that was answered by the old primary: what it lost is asked for no longer.
    assert_eq!(paid(&scene.spent(Some(position)).await), 103);
}
