//! Reads host.json: how the handler is started, and the knobs of HTTP, triggers and time-outs.
//! App settings named `AzureFunctionsJobHost__<path>` override the file, as in Azure.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, io};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::event_hub_options::EventHubOptions;
use crate::json_text;
use crate::known_names::{self, HOST_JSON, Misnamed};
use crate::queue_options::QueueOptions;
use crate::retry_policy::RetryPolicy;
use crate::settings::Settings;
use crate::time_span::{self, TimeSpan};

const OVERRIDE_PREFIX: &str = "AzureFunctionsJobHost__";
const DEFAULT_INITIALIZATION_TIMEOUT: Duration = Duration::from_secs(30);
const DEFAULT_FUNCTION_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// The bits of a file's mode that let somebody run it.
const ANYBODY_RUNS: u32 = 0o111;

/// Why an app's host.json cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HostJsonError {
    /// The file is missing or cannot be read.
    #[error("host.json cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file is not what the host expects.
    #[error("host.json is not valid: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A name in it, or in what overrides it, is none.
    #[error("host.json: {0}")]
    Misnamed(#[from] Misnamed),
    /// `customHandler.description` is missing.
    #[error("host.json: Missing worker Description.")]
    NoDescription,
    /// `defaultExecutablePath` is empty.
    #[error("host.json: customHandler.description.defaultExecutablePath is empty")]
    NoExecutable,
    /// Neither beside host.json nor in PATH.
    #[error(
        "host.json: there is no program `{name}` in {folder}, nor in PATH: build it, or mend \
         customHandler.description.defaultExecutablePath"
    )]
    ExecutableMissing {
        /// As it is written.
        name: String,
        /// Where it was looked for.
        folder: String,
    },
    /// The handler's file may not be run.
    #[error("host.json: {0} is not executable: chmod +x")]
    NotExecutable(String),
    /// `functionTimeout` is neither a time span nor -1.
    #[error("host.json: functionTimeout `{0}` is not a time span")]
    FunctionTimeout(String),
    /// A knob of `extensions.queues` is out of range.
    #[error("host.json: extensions.queues.{0} is out of range")]
    Queues(&'static str),
    /// A feature of the Azure host that this one does not have.
    #[error("host.json: {0} is not supported here")]
    Unsupported(&'static str),
}

/// How the handler process is started.
#[derive(Debug, PartialEq)]
pub(crate) struct HandlerCommand {
    /// A path, or a bare name that is looked up in PATH.
    pub(crate) executable: PathBuf,
    /// Arguments as the child's parser would split them.
    pub(crate) arguments: Vec<String>,
    /// Working directory of the process.
    pub(crate) working_directory: PathBuf,
    /// How long the handler may take to answer HTTP.
    pub(crate) initialization_timeout: Duration,
}

/// How a request reaches the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HttpMode {
    /// As one value of an invocation.
    Enveloped,
    /// As a request that the host writes anew.
    Forwarded,
    /// As it came.
    Proxied,
}

/// What host.json says, with defaults filled in.
#[derive(Debug)]
pub(crate) struct HostJson {
    /// How the handler process is started.
    pub(crate) handler: HandlerCommand,
    /// How a request reaches a function that has nothing but a request and an answer.
    pub(crate) http: HttpMode,
    /// First part of every HTTP route; may be empty.
    pub(crate) route_prefix: String,
    /// Most events in one invocation.
    pub(crate) max_event_batch_size: usize,
    /// How queues are read.
    pub(crate) queues: QueueOptions,
    /// Longest invocation; nothing means unbounded.
    pub(crate) function_timeout: Option<Duration>,
    /// Retry policy of functions that have none of their own.
    pub(crate) retry: Option<RetryPolicy>,
    /// The only functions that run, if they are listed.
    pub(crate) functions: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(default)]
    custom_handler: CustomHandler,
    #[serde(default)]
    extensions: Extensions,
    function_timeout: Option<Value>,
    retry: Option<RetryPolicy>,
    configuration_profile: Option<Value>,
    functions: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CustomHandler {
    description: Option<Description>,
    enable_forwarding_http_request: bool,
    enable_proxying_http_request: bool,
    initialization_timeout: Option<TimeSpan>,
    port: Option<Value>,
    http: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    default_executable_path: String,
    #[serde(default)]
    working_directory: String,
    #[serde(default)]
    worker_directory: String,
    #[serde(default)]
    arguments: Vec<String>,
    default_worker_path: Option<Value>,
    worker_arguments: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Extensions {
    http: Http,
    event_hubs: EventHubOptions,
    queues: QueueOptions,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Http {
    route_prefix: Option<String>,
}

impl HostJson {
    /// Reads host.json of the app and applies the overrides among its settings.
    pub(crate) fn load(app_root: &Path, settings: &Settings) -> Result<Self, HostJsonError> {
        let mut json: Value = json_text::parse(&fs::read(app_root.join("host.json"))?)?;
        for (path, value) in settings.with_prefix(OVERRIDE_PREFIX) {
            override_value(&mut json, path, value);
        }
        known_names::settle(&mut json, HOST_JSON)?;
        let file: File = serde_json::from_value(json)?;
        let handler = &file.custom_handler;
        let described = handler.description.as_ref();
        let refused = [
            (file.configuration_profile.is_some(), "configurationProfile"),
            (handler.port.is_some(), "customHandler.port"),
            (handler.http.is_some(), "customHandler.http"),
            (
                described.is_some_and(|description| {
                    description.default_worker_path.is_some()
                        || description.worker_arguments.is_some()
                }),
                "customHandler.description.defaultWorkerPath or workerArguments (write arguments)",
            ),
        ];
        if let Some((_, feature)) = refused.iter().find(|(refused, _)| *refused) {
            return Err(HostJsonError::Unsupported(feature));
        }
        let extensions = file.extensions;
        if let Some(feature) = extensions.event_hubs.unsupported() {
            return Err(HostJsonError::Unsupported(feature));
        }
        if let Some(knob) = extensions.queues.unusable() {
            return Err(HostJsonError::Queues(knob));
        }
        Ok(Self {
            http: match (
                handler.enable_proxying_http_request,
                handler.enable_forwarding_http_request,
            ) {
                (true, _) => HttpMode::Proxied,
                (false, true) => HttpMode::Forwarded,
                (false, false) => HttpMode::Enveloped,
            },
            handler: handler_command(file.custom_handler, app_root, settings)?,
            route_prefix: extensions.http.route_prefix.unwrap_or_else(|| "api".to_owned()),
            max_event_batch_size: extensions.event_hubs.max_event_batch_size(),
            queues: extensions.queues,
            function_timeout: function_timeout(file.function_timeout)?,
            retry: file.retry,
            functions: file.functions,
        })
    }
}

fn handler_command(
    handler: CustomHandler,
    app_root: &Path,
    settings: &Settings,
) -> Result<HandlerCommand, HostJsonError> {
    let description = handler.description.ok_or(HostJsonError::NoDescription)?;
    let name = settings.expand(&description.default_executable_path);
    if name.is_empty() {
        return Err(HostJsonError::NoExecutable);
    }
    // The host joins arguments without quoting, so one that holds a space arrives as two.
    let line = settings.expand(&description.arguments.join(" "));
    let beside = app_root.join(&description.worker_directory).join(&name);
    let timeout = handler.initialization_timeout;
    Ok(HandlerCommand {
        executable: executable(name, beside)?,
        arguments: line.split_whitespace().map(str::to_owned).collect(),
        working_directory: app_root.join(&description.working_directory),
        initialization_timeout: timeout.map_or(DEFAULT_INITIALIZATION_TIMEOUT, |span| span.0),
    })
}

/// The file beside host.json, or else the name, if PATH leads to a program.
fn executable(name: String, beside: PathBuf) -> Result<PathBuf, HostJsonError> {
    let is_program = |path: &Path| {
        let mode = fs::metadata(path).ok().filter(fs::Metadata::is_file);
        mode.is_some_and(|metadata| metadata.permissions().mode() & ANYBODY_RUNS != 0)
    };
    if beside.is_file() {
        let path = beside.display().to_string();
        return if is_program(&beside) {
            Ok(beside)
        } else {
            Err(HostJsonError::NotExecutable(path))
        };
    }
    let path = env::var_os("PATH").unwrap_or_default();
    // With a slash it is a path already, which no folder of PATH changes.
    let is_found = if name.contains('/') {
        is_program(Path::new(&name))
    } else {
        env::split_paths(&path).any(|folder| is_program(&folder.join(&name)))
    };
    if is_found {
        return Ok(name.into());
    }
    let folder = beside.parent().unwrap_or(&beside).display().to_string();
    Err(HostJsonError::ExecutableMissing { name, folder })
}

fn function_timeout(value: Option<Value>) -> Result<Option<Duration>, HostJsonError> {
    let Some(value) = value else {
        return Ok(Some(DEFAULT_FUNCTION_TIMEOUT));
    };
    match value.as_str() {
        Some("-1") => Ok(None),
        Some(text) => match time_span::parse(text) {
            Some(span) => Ok(Some(span)),
            None => Err(HostJsonError::FunctionTimeout(text.to_owned())),
        },
        // An override of -1 arrives here as a number.
        None if value.as_i64() == Some(-1) => Ok(None),
        None => Err(HostJsonError::FunctionTimeout(value.to_string())),
    }
}

/// Sets the value at `path` (`customHandler__description__…`); names match in any case.
fn override_value(json: &mut Value, path: &str, text: &str) {
    let mut place = json;
    for name in path.split("__") {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(members) = place else { return };
        let known = members.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned();
        place = members.entry(known.unwrap_or_else(|| name.to_owned())).or_insert(Value::Null);
    }
    // Settings are text; numbers, flags and the argument list are JSON inside it.
    *place = serde_json::from_str(text).unwrap_or_else(|_| text.into());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn load(host_json: &str, settings: &Settings) -> Result<HostJson, HostJsonError> {
        let root = std::env::temp_dir().join(format!("host-json-{}", uuid::Uuid::new_v4()));
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("host.json"), host_json).unwrap();
        let handler = root.join("handler");
        fs::write(&handler, "").unwrap();
        fs::set_permissions(&handler, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(root.join("text"), "").unwrap();
        let result = HostJson::load(&root, settings);
        fs::remove_dir_all(&root).unwrap();
        result
    }

    #[test]
    fn the_executable_beside_host_json_wins_over_the_path() {
        let settings = Settings::from([("LEVEL", "info")]);
        let beside = r#"{"customHandler":{"description":
            {"defaultExecutablePath":"handler","arguments":["--log","%LEVEL% x","%NOPE%"]}}}"#;
        let host = load(beside, &settings).unwrap();
        assert!(host.handler.executable.is_absolute());
        assert_eq!(host.handler.arguments, ["--log", "info", "x"]);
        let elsewhere = r#"{"customHandler":{"description":{"defaultExecutablePath":"sleep"}}}"#;
        assert_eq!(load(elsewhere, &settings).unwrap().handler.executable, Path::new("sleep"));
    }

    #[test]
    fn app_settings_override_the_file_whatever_their_case() {
        let settings = Settings::from([
            ("AzureFunctionsJobHost__customhandler__enableProxyingHttpRequest", "true"),
            ("AzureFunctionsJobHost__functionTimeout", "-1"),
            ("AzureFunctionsJobHost__extensions__eventHubs__maxEventBatchSize", "7"),
        ]);
        let file = r#"{"functionTimeout":"00:01:00",
            "customHandler":{"description":{"defaultExecutablePath":"handler"}}}"#;
        let host = load(file, &settings).unwrap();
        assert_eq!(host.http, HttpMode::Proxied);
        assert_eq!(host.function_timeout, None);
        assert_eq!(host.max_event_batch_size, 7);
    }

    #[test]
    fn a_program_that_cannot_be_run_is_refused_with_the_remedy() {
        for (name, says) in [
            ("no-such-program", "no program `no-such-program` in /"),
            ("./text", "text is not executable: chmod +x"),
            ("bin/handler", "nor in PATH: build it"),
        ] {
            let file = json!({"customHandler": {"description": {"defaultExecutablePath": name}}});
            let error = load(&file.to_string(), &Settings::default()).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn what_this_host_would_pass_over_is_refused_by_name() {
        let file = r#"{"customHandler":{"description":
            {"defaultExecutablePath":"handler","defaultWorkerPath":"main.js"}}}"#;
        let error = load(file, &Settings::default()).unwrap_err().to_string();
        assert!(error.contains("defaultWorkerPath"), "{error}");
    }

    #[test]
    fn a_misspelt_name_is_refused_and_another_letter_case_is_none() {
        let file = r#"{"customHandler":{"Description":{"defaultexecutablepath":"handler"}}}"#;
        load(file, &Settings::default()).unwrap();
        let misspelt = Settings::from([("AzureFunctionsJobHost__functionTimeOuts", "00:01:00")]);
        let error = load(file, &misspelt).unwrap_err().to_string();
        assert_eq!(error, "host.json: `functionTimeOuts` is no setting: is it misspelt?");
    }

    #[test]
    fn a_host_json_without_description_is_refused() {
        let error = load(r#"{"version":"2.0"}"#, &Settings::default()).unwrap_err();
        assert_eq!(error.to_string(), "host.json: Missing worker Description.");
    }
}
