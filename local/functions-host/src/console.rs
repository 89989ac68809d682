//! What is shown at the terminal, in the form of `func`: lines with their time, and the functions
//! with where they are reached.

use std::io::{self, IsTerminal, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::{env, fmt};

use hyper::Method;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::app::App;
use crate::triggers::Trigger;

/// The target of what is told of invocations and by handlers, which `--quiet` leaves out. A filter
/// compares beginnings: that of this program must not begin so.
pub(crate) const FUNCTIONS: &str = "console";

/// The SDK reports each lost connection many times; the host reports it once.
const DEFAULT_LOG: &str = "info,azure_core=off,azure_core_amqp=off,azure_identity=off,\
     azure_messaging_eventhubs=off,fe2o3_amqp=off";

const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Lets the program's log go to its standard output.
pub(crate) fn begin_log(is_quiet: bool) {
    let wanted = env::var(EnvFilter::DEFAULT_ENV).unwrap_or_else(|_| DEFAULT_LOG.to_owned());
    let quiet = if is_quiet { format!(",{FUNCTIONS}=off") } else { String::new() };
    let filter: EnvFilter = format!("{wanted}{quiet}").into();
    let log = tracing_subscriber::fmt().with_env_filter(filter);
    log.with_ansi(io::stdout().is_terminal()).event_format(Line).init();
}

/// A line of the log: time, level if it is a bad one, message, and to which request it belongs.
struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let now = OffsetDateTime::now_utc().format(TIME).map_err(|_| fmt::Error)?;
        let level = *event.metadata().level();
        let (word, color) = match level {
            Level::ERROR => ("ERROR ", "31"),
            Level::WARN => ("WARN ", "33"),
            _ => ("", "0"),
        };
        if writer.has_ansi_escapes() {
            write!(writer, "\u{1b}[90m[{now}]\u{1b}[{color}m {word}")?;
        } else {
            write!(writer, "[{now}] {word}")?;
        }
        context.field_format().format_fields(writer.by_ref(), event)?;
        for span in context.event_scope().into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>() {
                write!(writer, " {fields}")?;
            }
        }
        let end = if writer.has_ansi_escapes() { "\u{1b}[0m\n" } else { "\n" };
        writer.write_str(end)
    }
}

/// Prints all functions: those of HTTP with their methods and URL, others with their trigger.
pub(crate) fn list_functions(apps: &[Arc<App>], address: SocketAddr) -> io::Result<()> {
    io::stdout().write_all(listing(apps, address).as_bytes())
}

/// The name and port by which this machine's programs reach the host.
pub(crate) fn public_name(address: SocketAddr) -> String {
    if address.ip().is_loopback() || address.ip().is_unspecified() {
        return format!("localhost:{}", address.port());
    }
    address.to_string()
}

fn listing(apps: &[Arc<App>], address: SocketAddr) -> String {
    let functions = || apps.iter().flat_map(|app| &app.functions);
    let url = format!("http://{}", public_name(address));
    let mut lines = vec!["\nFunctions:".to_owned()];
    for function in functions() {
        let Trigger::Http(http) = &function.trigger else { continue };
        let methods = http.methods.iter().map(Method::as_str).collect::<Vec<_>>().join(",");
        let methods = if methods.is_empty() { methods } else { format!("[{methods}] ") };
        lines.push(format!("\t{}: {methods}{url}/{}", function.name, http.template));
    }
    for function in functions() {
        let kind = function.trigger.kind();
        if !matches!(function.trigger, Trigger::Http(_)) {
            lines.push(format!("\t{}: {kind}", function.name));
        }
    }
    lines.join("\n\n") + "\n\n"
}
