//! A host on a port of its own with apps that the test describes, and plain requests to it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Where the host is told that traces are shown; nothing listens there.
pub(crate) const TRACE_VIEW: &str = "http://127.0.0.1:9";
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder that vanishes with the test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("functions-host-{}", uuid::Uuid::new_v4()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A host process, and everything it works on.
pub(crate) struct Host {
    pub(crate) folder: Folder,
    pub(crate) address: SocketAddr,
    process: Child,
    lines: mpsc::Receiver<String>,
}

/// What came back from a request.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The setting by which an app has a longer `functionTimeout` than the short one of [`write_app`],
/// which on a busy machine may be shorter than a request that is not to be broken off.
pub(crate) const LONG_TIMEOUT: &str = "AzureFunctionsJobHost__functionTimeout";

/// Writes one app with the test handler into the platform's folder.
pub(crate) fn write_app(folder: &Folder, app: &str, functions: &[(&str, Value)], values: Value) {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| build(&["--example", "test_handler"]));
    let root = folder.0.join("apps").join(app);
    fs::create_dir_all(&root).unwrap();
    let handler = target_dir().join("examples/test_handler");
    symlink(handler, root.join("handler")).unwrap();
    let description = json!({ "defaultExecutablePath": "handler" });
    write_files(folder, app, description, "00:00:02", functions, values);
}

/// Writes one app whose handler is a file that a program of the machine runs.
pub(crate) fn write_foreign_app(
    folder: &Folder,
    program: &str,
    handler: &Path,
    functions: &[(&str, Value)],
    values: Value,
) {
    fs::create_dir_all(folder.0.join("apps/shop")).unwrap();
    let description = json!({ "defaultExecutablePath": program, "arguments": [handler] });
    write_files(folder, "shop", description, "00:01:00", functions, values);
}

fn write_files(
    folder: &Folder,
    app: &str,
    description: Value,
    function_timeout: &str,
    functions: &[(&str, Value)],
    values: Value,
) {
    let root = folder.0.join("apps").join(app);
    let control = folder.0.join("control").join(app);
    fs::create_dir_all(&control).unwrap();
    let host = json!({
        "version": "2.0",
        "functionTimeout": function_timeout,
        "extensions": {
            "eventHubs": { "maxEventBatchSize": 10 },
            "queues": { "maxPollingInterval": "00:00:00.2" },
        },
        "customHandler": {
            "description": description,
            "enableForwardingHttpRequest": true,
            "enableProxyingHttpRequest": true,
        },
    });
    fs::write(root.join("host.json"), host.to_string()).unwrap();
    let mut settings = json!({ "IsEncrypted": false, "Values": values });
    settings["Values"]["CONTROL_DIR"] = json!(control);
    fs::write(root.join("local.settings.json"), settings.to_string()).unwrap();
    for (name, function) in functions {
        fs::create_dir_all(root.join(name)).unwrap();
        fs::write(root.join(name).join("function.json"), function.to_string()).unwrap();
    }
}

/// Builds a program that the tests start but cargo does not build for them. Of the whole workspace:
/// alone, its dependencies would get other features and all of them would be built once more.
pub(crate) fn build(target: &[&str]) {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "--workspace"]).args(target);
    assert!(build.status().unwrap().success());
}

/// An anonymous HTTP function that is proxied.
pub(crate) fn http_function(route: &str) -> Value {
    json!({ "bindings": [
        { "type": "httpTrigger", "name": "req", "direction": "in",
          "authLevel": "anonymous", "route": route },
        { "type": "http", "name": "res", "direction": "out" },
    ]})
}

/// `target/debug`, where this test's binaries are.
pub(crate) fn target_dir() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_functions-host")).parent().unwrap().to_owned()
}

/// A loopback port for what is about to start.
pub(crate) fn free_port() -> u16 {
    platform_port::free().unwrap()
}

impl Host {
    /// Starts the host on the apps in the folder and waits until all are ready.
    pub(crate) fn start(folder: Folder) -> Self {
        let host = Self::start_unready(folder);
        host.wait_for_line("ready: functions-host");
        host
    }

    /// Starts the host without waiting for its handlers.
    pub(crate) fn start_unready(folder: Folder) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let files = folder.0.join("files");
        fs::create_dir_all(&files).unwrap();
        let apps = fs::read_dir(folder.0.join("apps")).unwrap();
        let mut command = Self::command();
        command
            .args(apps.map(|app| app.unwrap().path()))
            .args(["--enableAuth", "--quiet", "--state"])
            .arg(folder.0.join("state"))
            .args(["--listen", &address.to_string()])
            .arg("--static")
            .arg(format!("/files={}", files.display()))
            .args(["--trace-view", TRACE_VIEW])
            .env("SECRET_OF_THE_HOST", "1");
        Self::spawn(command, folder, address)
    }

    /// `functions-host start`, without an identity of this machine.
    pub(crate) fn command() -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_functions-host"));
        command.arg("start").env_remove("IDENTITY_ENDPOINT").env_remove("IDENTITY_HEADER");
        command
    }

    /// Starts the host by a command that lets it listen on this address.
    pub(crate) fn spawn(mut command: Command, folder: Folder, address: SocketAddr) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = read_lines(process.stdout.take().unwrap());
        Self { folder, address, process, lines }
    }

    /// Sends what a Ctrl-C does, and waits for the end.
    pub(crate) fn interrupt(&mut self) -> ExitStatus {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.process.wait().unwrap()
    }

    /// Kills the host with SIGKILL and starts it again on the same files.
    pub(crate) fn kill_and_start(mut self) -> Self {
        self.kill();
        Self::start(self.take_folder())
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    fn take_folder(&mut self) -> Folder {
        std::mem::replace(&mut self.folder, Folder(PathBuf::new()))
    }

    /// Waits for a line of the host's output that contains `text`.
    pub(crate) fn wait_for_line(&self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).unwrap_or_else(|_| panic!("no line `{text}`"));
            if line.contains(text) {
                return line;
            }
        }
    }

    /// What the host has printed since the last line that was waited for.
    pub(crate) fn printed(&self) -> Vec<String> {
        self.lines.try_iter().collect()
    }

    /// `GET` without anything special.
    pub(crate) fn get(&self, target: &str) -> Reply {
        self.request(&format!("GET {target} HTTP/1.0\r\n\r\n"))
    }

    /// Sends a request word by word and reads until the host closes. HTTP/1.0 keeps the answer free
    /// of chunks.
    pub(crate) fn request(&self, text: &str) -> Reply {
        let mut stream = self.connect();
        stream.write_all(text.as_bytes()).unwrap();
        Self::reply(stream)
    }

    /// Reads the one answer that a connection is left with.
    pub(crate) fn reply(mut stream: TcpStream) -> Reply {
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).unwrap();
        let reply = String::from_utf8(reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").expect("a whole answer");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Reply { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Process id of an app's handler, from the file that the host keeps for tests.
    pub(crate) fn handler_pid(&self, app: &str) -> u32 {
        let path = self.folder.0.join(format!("state/{app}.handler.pid"));
        fs::read_to_string(path).unwrap().parse().unwrap()
    }

    /// Kills an app's handler with SIGKILL.
    pub(crate) fn kill_handler(&self, app: &str) {
        kill(self.handler_pid(app));
    }

    /// Tells the handler to misbehave once.
    pub(crate) fn order(&self, app: &str, name: &str) {
        order(&self.folder, app, name);
    }

    /// What the handler recorded under a name, one entry per line.
    pub(crate) fn records(&self, app: &str, name: &str) -> Vec<String> {
        let path = self.folder.0.join(format!("control/{app}/{name}.record"));
        let text = fs::read_to_string(path).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// One app in the status document.
    pub(crate) fn status(&self, app: &str) -> Value {
        let status = self.get("/admin/host/status").json();
        let apps = status["apps"].as_array().unwrap();
        apps.iter().find(|status| status["name"] == app).unwrap().clone()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Takes back an order that stands.
pub(crate) fn take_back(host: &Host, app: &str, name: &str) {
    fs::remove_file(host.folder.0.join(format!("control/{app}/{name}"))).unwrap();
}

/// Leaves an order for an app's handler.
pub(crate) fn order(folder: &Folder, app: &str, name: &str) {
    fs::write(folder.0.join(format!("control/{app}/{name}")), "").unwrap();
}

/// Says what an app's handler answers to invocations.
pub(crate) fn answer_with(folder: &Folder, app: &str, answer: &Value) {
    fs::write(folder.0.join(format!("control/{app}/answer")), answer.to_string()).unwrap();
}

/// Sends SIGKILL to a process.
pub(crate) fn kill(pid: u32) {
    assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
}

/// Waits until `check` gives something.
pub(crate) fn eventually<T>(what: &str, mut check: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = check() {
            return value;
        }
        assert!(Instant::now() < deadline, "did not happen: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn read_lines(stdout: ChildStdout) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let Ok(line) = line else { return };
            // Shown by the test harness when the test fails.
            println!("{line}");
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
