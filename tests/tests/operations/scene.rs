//! A scratch copy of what `ops/` works on, with recording stand-ins for every program that reaches
//! out of the machine.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// What the commands read, below the checkout.
const COPIED: [&str; 6] =
    ["Makefile", "ops", "functions", "bicep", "web", "local.settings.json.example"];
/// Programs whose calls are recorded and answered by the test.
const STAND_INS: [&str; 7] = ["az", "curl", "mysql", "getent", "openssl", "sleep", "xdg-open"];
/// Records the call, and what came on stdin where that may be SQL or a header; then answers with
/// the first rule whose text is part of the call and, after `<`, of its stdin (`*` is any text):
/// exit code, and what it prints: on stderr where it fails, and into the file that is downloaded.
const STAND_IN: &str = r#"#!/bin/bash
call="${0##*/} $*"
told="${CREATE_REPLICAS:+CREATE_REPLICAS=$CREATE_REPLICAS }"
told+="${BUDGET_START:+BUDGET_START=$BUDGET_START }"
echo "$told$call" >>"$SCENE/calls"
input=''
if [[ $call == 'mysql '* || $call == 'curl '*'@-'* ]]; then
  input=$(cat)
  printf '%s\n' "$input" >>"$SCENE/stdin"
fi
[[ $call == 'mysql '* ]] && grep -E '^(host|ssl-ca)=' "${1#*=}" >>"$SCENE/options"
[[ $call =~ 'secret set '.*' --file '([^ ]+) ]] &&
  (cat "${BASH_REMATCH[1]}"; echo) >>"$SCENE/secrets"
target=/dev/stdout
[[ $call =~ 'blob download '.*' --file '([^ ]+) ]] && target=${BASH_REMATCH[1]} && touch "$target"
IFS=$'\t' read -r text output <"$SCENE/first"
if [[ $text && $call == *$text* ]]; then
  : >"$SCENE/first"
  printf '%b' "$output"
  exit
fi
while IFS=$'\t' read -r text code output; do
  # shellcheck disable=SC2053 # the rule is a pattern
  [[ "$call < $input" == *$text* ]] || continue
  ((code)) && printf '%b' "$output" >&2 || printf '%b' "$output" >"$target"
  exit "$code"
done <"$SCENE/rules"
[[ $call != 'openssl '* ]] || PATH=${PATH#*:} exec openssl "$@"
"#;
/// What a package's program does here: its calls are recorded too.
const HANDLER: &str = "#!/bin/bash\necho \"handler $*\" >>\"$SCENE/calls\"\n";
const PASSWORD: &str = "the-administrators-password";

/// What a command did.
pub(crate) struct Outcome {
    /// Whether it ended with 0.
    pub(crate) succeeded: bool,
    /// Its last line on stderr.
    pub(crate) last_words: String,
    /// What it printed.
    pub(crate) printed: String,
    /// The calls of other programs, in order.
    pub(crate) calls: Vec<String>,
    /// The values that were put into vaults, in order.
    pub(crate) secrets: Vec<String>,
    /// The servers that MySQL's client was to talk to, and the roots it was to trust.
    pub(crate) options: Vec<String>,
    /// All that was written to those programs' standard inputs.
    pub(crate) stdin: String,
}

impl Outcome {
    /// The calls that contain `text`.
    pub(crate) fn calls_of(&self, text: &str) -> Vec<&String> {
        self.calls.iter().filter(|call| call.contains(text)).collect()
    }

    /// Fails unless calls that contain these texts were made in this order.
    pub(crate) fn assert_order(&self, texts: &[&str]) {
        let mut calls = self.calls.iter();
        for text in texts {
            assert!(
                calls.any(|call| call.contains(text)),
                "no call {text:?} after the ones before it, in {:#?}",
                self.calls
            );
        }
    }
}

/// A scratch checkout and the rules of its stand-ins.
pub(crate) struct Scene {
    folder: PathBuf,
    rules: Vec<String>,
    first: Option<String>,
    answer: &'static str,
    has_password: bool,
}

impl Scene {
    /// Everything is deployed, reachable and well; there are packages of two services.
    pub(crate) fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("operations").join(test);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(folder.join("bin")).unwrap();
        fs::create_dir_all(folder.join("build/release")).unwrap();
        for name in COPIED {
            let from = Path::new(CHECKOUT).join(name);
            assert!(
                Command::new("cp").arg("-r").arg(from).arg(&folder).status().unwrap().success()
            );
        }
        for name in STAND_INS {
            write_program(&folder.join("bin").join(name), STAND_IN);
        }
        let services: Vec<String> = fs::read_dir(folder.join("functions"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        package(&folder, &services);
        let scene = Self { folder, rules: Vec::new(), first: None, answer: "", has_password: true };
        scene.well(&services)
    }

    fn well(mut self, services: &[String]) -> Self {
        let mut table = String::new();
        for service in services {
            let folder = self.folder.join("functions").join(service);
            let functions = fs::read_dir(folder).unwrap().count();
            let listing = format!("function list --resource-group rg-{service} ");
            self.rules.push(format!("{listing}\t0\t{functions}"));
            let names = ["func-", "rg-", "kv-", "mysql-"].map(|kind| format!("{kind}{service}"));
            table += &format!("{service}\\t{}\\n", names.join(r"\t"));
        }
        self.rules.push(format!("outputs.services.value\t0\t{table}"));
        for (text, output) in [
            ("registrationState", "Registered"),
            ("Authorization/permissions", r#"{"value":[{"actions":["*"],"notActions":[]}]}"#),
            ("functionAppStacks", "40"),
            ("blob exists", "true"),
            ("appsettings list", "off"),
            ("getent", "10.30.32.4 STREAM host"),
            ("group exists", "false"),
            ("secret show*--query id", "https://vault.example/secrets/name/v2"),
            ("rest --method get*configreferences/appsettings/", "v2"),
            ("outputs.frontDoorHost", "front.example"),
            ("outputs.", "something"),
            ("curl", r#"{"status":"ready"}"#),
        ] {
            self.rules.push(format!("{text}\t0\t{output}"));
        }
        self
    }

    /// From now on, calls that contain `text`, or their stdin after a `<`, end with `code` after
    /// printing `output`.
    pub(crate) fn when(mut self, text: &str, code: u8, output: &str) -> Self {
        self.rules.insert(0, format!("{text}\t{code}\t{output}"));
        self
    }

    /// The first call that contains `text` is answered by `output`, whatever other rules say.
    pub(crate) fn once(mut self, text: &str, output: &str) -> Self {
        self.first = Some(format!("{text}\t{output}"));
        self
    }

    /// What the person at the terminal types.
    pub(crate) const fn typing(mut self, answer: &'static str) -> Self {
        self.answer = answer;
        self
    }

    /// The administrator's password is not set.
    pub(crate) const fn without_password(mut self) -> Self {
        self.has_password = false;
        self
    }

    /// Ends a file of the scratch checkout with this line.
    pub(crate) fn with_line(self, path: &str, line: &str) -> Self {
        let path = self.folder.join(path);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, format!("{text}{line}\n")).unwrap();
        self
    }

    /// A file of the scratch checkout, as commands have left it.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.join(path)).unwrap()
    }

    /// Removes a file or folder of the scratch checkout.
    pub(crate) fn without(self, path: &str) -> Self {
        fs::remove_dir_all(self.folder.join(path)).unwrap();
        self
    }

    /// Runs a command, such as `deploy dev`.
    pub(crate) fn run(&self, command: &str) -> Outcome {
        self.run_with(command, &[])
    }

    /// Has a command print what it would run.
    pub(crate) fn print(&self, command: &str) -> Outcome {
        self.run_with(command, &[("OPS_PRINT", "1")])
    }

    /// Runs make, such as `-n deploy ENV=dev`.
    pub(crate) fn make(&self, arguments: &str) -> Outcome {
        let mut make = Command::new("make");
        make.arg("-C").arg(&self.folder).args(arguments.split(' '));
        self.follow(make.env_remove("MAKEFLAGS").env_remove("MAKELEVEL"))
    }

    fn run_with(&self, command: &str, environment: &[(&str, &str)]) -> Outcome {
        let mut words = command.split(' ');
        let mut program = Command::new(self.folder.join("ops").join(words.next().unwrap()));
        self.follow(program.args(words).envs(environment.iter().copied()))
    }

    /// Runs a program among the stand-ins.
    fn follow(&self, program: &mut Command) -> Outcome {
        for (name, text) in [
            ("rules", self.rules.join("\n") + "\n"),
            ("calls", String::new()),
            ("stdin", String::new()),
            ("secrets", String::new()),
            ("options", String::new()),
            ("first", self.first.clone().unwrap_or_default()),
        ] {
            fs::write(self.folder.join(name), text).unwrap();
        }
        let path =
            format!("{}:{}", self.folder.join("bin").display(), std::env::var("PATH").unwrap());
        program.env("PATH", path).env("SCENE", &self.folder);
        program.env_remove("MYSQL_ADMINISTRATOR_PASSWORD");
        if self.has_password {
            program.env("MYSQL_ADMINISTRATOR_PASSWORD", PASSWORD);
        }
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().unwrap();
        // A command that ended before it read is no failure of the test.
        let _unread = child.stdin.take().unwrap().write_all(self.answer.as_bytes());
        let output = child.wait_with_output().unwrap();
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        Outcome {
            succeeded: output.status.success(),
            last_words: stderr.lines().last().unwrap_or_default().to_owned(),
            printed: String::from_utf8(output.stdout).unwrap(),
            calls: read("calls").lines().map(str::to_owned).collect(),
            secrets: read("secrets").lines().map(str::to_owned).collect(),
            options: read("options").lines().map(str::to_owned).collect(),
            stdin: read("stdin"),
        }
    }
}

/// The commands an operator calls, by name: those of `ops/` that say how they are used.
pub(crate) fn commands() -> Vec<String> {
    let files = fs::read_dir(Path::new(CHECKOUT).join("ops")).unwrap().map(Result::unwrap);
    let is_command =
        |path: &Path| path.is_file() && fs::read_to_string(path).unwrap().contains("\nusage='ops/");
    let mut names: Vec<String> = files
        .filter(|file| is_command(&file.path()))
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// A file of the repository.
pub(crate) fn text_of(path: &str) -> String {
    fs::read_to_string(Path::new(CHECKOUT).join(path)).unwrap()
}

fn package(folder: &Path, services: &[String]) {
    for service in services {
        let app = folder.join("build/release-apps").join(service);
        fs::create_dir_all(&app).unwrap();
        write_program(&app.join("handler"), HANDLER);
        fs::write(app.join("host.json"), "{}").unwrap();
    }
    let mut zip = Command::new(folder.join("ops/zip_apps.py"));
    zip.args(["build/release-apps", "build/release"]).current_dir(folder).stdout(Stdio::null());
    assert!(zip.status().unwrap().success());
}

fn write_program(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
}
