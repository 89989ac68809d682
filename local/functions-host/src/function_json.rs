//! Reads function.json and decides what kind of function it describes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use crate::binding::{Binding, Role};
use crate::function_error::FunctionError;
use crate::json_text;
use crate::known_bindings::FUNCTION_JSON;
use crate::known_names;
use crate::output_binding::OutputBinding;
use crate::retry_policy::RetryPolicy;
use crate::settings::Settings;
use crate::triggers::Trigger;

const MAX_NAME_LENGTH: usize = 128;

/// One loaded function.
#[derive(Debug)]
pub(crate) struct Function {
    /// Name of its folder.
    pub(crate) name: String,
    /// What starts it.
    pub(crate) trigger: Trigger,
    /// Where what it says is written, besides the answer to a request.
    pub(crate) outputs: Vec<OutputBinding>,
    /// Its own retry policy.
    pub(crate) retry: Option<RetryPolicy>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    disabled: bool,
    bindings: Vec<Binding>,
    retry: Option<RetryPolicy>,
}

impl Function {
    /// Reads `<app root>/<name>/function.json`.
    pub(crate) fn load(
        app_root: &Path,
        name: &str,
        route_prefix: &str,
        settings: &Settings,
    ) -> Result<Self, FunctionError> {
        let text = fs::read(app_root.join(name).join("function.json"))?;
        Self::parse(name, &text, route_prefix, settings)
    }

    pub(crate) fn parse(
        name: &str,
        text: &[u8],
        route_prefix: &str,
        settings: &Settings,
    ) -> Result<Self, FunctionError> {
        if !is_function_name(name) {
            return Err(FunctionError::Name);
        }
        let mut json = json_text::parse(text)?;
        known_names::settle(&mut json, FUNCTION_JSON)?;
        let file: File = serde_json::from_value(json)?;
        if file.disabled {
            return Err(FunctionError::Disabled("function.json".to_owned()));
        }
        if let Some(setting) = settings.switch_off(name) {
            return Err(FunctionError::Disabled(format!("the setting {setting}")));
        }
        let (mut triggers, mut answers, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
        for binding in file.bindings {
            match binding.resolve(name, route_prefix.trim_matches('/'), settings)? {
                Role::Trigger(trigger) => triggers.push(trigger),
                Role::Answer(name) => answers.push(name),
                Role::Output(output) => outputs.push(*output),
            }
        }
        let count = triggers.len();
        let (Some(mut trigger), 1) = (triggers.pop(), count) else {
            return Err(FunctionError::Triggers(count));
        };
        let mut names = BTreeSet::new();
        let all = answers.iter().chain(outputs.iter().map(|output| &output.name));
        if let Some(twice) =
            all.map(|name| name.to_ascii_lowercase()).find(|name| !names.insert(name.clone()))
        {
            return Err(FunctionError::Repeated(twice));
        }
        match (&mut trigger, answers.pop()) {
            (_, None) => {}
            (Trigger::Http(http), Some(answer)) if answers.is_empty() => {
                if let Some(http) = Arc::get_mut(http) {
                    http.output = Some(answer);
                }
            }
            (_, Some(_)) => return Err(FunctionError::Outputs),
        }
        Ok(Self { name: name.to_owned(), trigger, outputs, retry: file.retry })
    }

    /// Whether it has an output of this name, the answer to a request included.
    pub(crate) fn has_output(&self, name: &str) -> bool {
        let answer = match &self.trigger {
            Trigger::Http(http) => http.output.as_deref(),
            Trigger::EventHub(_)
            | Trigger::Queue(_)
            | Trigger::Blob(_)
            | Trigger::Cosmos(_)
            | Trigger::EventGrid(_)
            | Trigger::Timer(_) => None,
        };
        answer == Some(name) || self.outputs.iter().any(|output| output.name == name)
    }

    /// Whether the host itself needs an identity to run it.
    pub(crate) fn needs_identity(&self) -> bool {
        self.trigger.needs_identity() || self.outputs.iter().any(OutputBinding::needs_identity)
    }
}

fn is_function_name(name: &str) -> bool {
    name.len() <= MAX_NAME_LENGTH
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !name.eq_ignore_ascii_case("host")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::Cardinality;

    fn parse(text: &str) -> Result<Function, FunctionError> {
        let settings = Settings::from([
            ("AUTH_EVENTS__fullyQualifiedNamespace", "127.0.0.1:27672"),
            ("AUTH_EVENTS__credential", "managedidentity"),
            ("AUTH_EVENTS__clientId", "c1"),
            ("QUEUE", "AccountName=a"),
        ]);
        Function::parse("f", text.as_bytes(), "api", &settings)
    }

    #[test]
    fn an_event_hub_trigger_resolves_its_connection() {
        let function = parse(
            r#"{"bindings":[{"type":"eventHubTrigger","name":"events","direction":"in",
                "eventHubName":"auth","connection":"AUTH_EVENTS","consumerGroup":"payments",
                "cardinality":"many","dataType":"string"}]}"#,
        )
        .unwrap();
        let Trigger::EventHub(trigger) = function.trigger else { panic!("{function:?}") };
        assert_eq!(trigger.namespace, "127.0.0.1:27672");
        assert_eq!(trigger.identity.client_id.as_deref(), Some("c1"));
        assert_eq!(trigger.cardinality, Cardinality::Many);
    }

    #[test]
    fn bindings_this_host_does_not_have_are_refused_by_name() {
        let http = r#"{"type":"httpTrigger","name":"req","direction":"in"}"#;
        for (foreign, told) in [
            (
                r#"{"type":"serviceBus","name":"q","direction":"out"}"#,
                "unknown variant `serviceBus`",
            ),
            (
                r#"{"type":"blob","name":"b","direction":"in","path":"x/y"}"#,
                "unknown variant `in`, expected `out`",
            ),
            (
                r#"{"type":"cosmosDB","name":"c","direction":"out","databaseName":"d",
                    "containerName":"c","connection":"C","createIfNotExists":true}"#,
                "an identity makes no containers",
            ),
            (
                r#"{"type":"cosmosDBTrigger","name":"c","databaseName":"d","containerName":"c",
                    "connection":"C","startFromTime":"2026-01-01T00:00:00Z",
                    "startFromBeginning":true}"#,
                "startFromBeginning and startFromTime exclude each other",
            ),
        ] {
            let error = parse(&format!(r#"{{"bindings":[{http},{foreign}]}}"#)).unwrap_err();
            assert!(error.to_string().contains(told), "{error}");
        }
    }

    #[test]
    fn two_outputs_of_a_name_are_refused() {
        let queue = r#"{"type":"queue","name":"q","direction":"out","queueName":"x",
            "connection":"QUEUE"}"#;
        let timer = r#"{"type":"timerTrigger","name":"t","schedule":"00:00:05"}"#;
        let error = parse(&format!(r#"{{"bindings":[{timer},{queue},{queue}]}}"#)).unwrap_err();
        assert_eq!(error.to_string(), "two outputs are called `q`");
    }

    #[test]
    fn a_function_that_is_switched_off_is_left_out() {
        let error = parse(
            r#"{"disabled":true,
                "bindings":[{"type":"timerTrigger","name":"t","schedule":"00:00:05"}]}"#,
        )
        .unwrap_err();
        assert_eq!(error.to_string(), "it is disabled by function.json");
    }

    #[test]
    fn a_timer_with_an_http_output_is_refused() {
        let error = parse(
            r#"{"bindings":[{"type":"timerTrigger","name":"t","schedule":"00:00:05"},
                {"type":"http","name":"res"}]}"#,
        )
        .unwrap_err();
        assert!(matches!(error, FunctionError::Outputs));
    }

    #[test]
    fn a_route_of_the_platform_is_refused() {
        let error =
            parse(r#"{"bindings":[{"type":"httpTrigger","name":"req","route":"administer"}]}"#);
        assert!(matches!(error, Err(FunctionError::ReservedRoute)));
    }
}
