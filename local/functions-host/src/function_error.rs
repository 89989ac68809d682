//! Why a function is left out of its app.

use std::io;

use crate::binding_expression::ExpressionError;
use crate::connection_identity::CredentialError;
use crate::known_names::Misnamed;
use crate::routes::RouteError;
use crate::schedule::ScheduleError;
use crate::settings::SettingsError;
use crate::storage_connection::ResolveError;

/// Why one function is left out of its app.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FunctionError {
    /// The file cannot be read.
    #[error("function.json cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file is malformed, or names a binding type that this host does not have.
    #[error("function.json is not valid: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A name in it is none.
    #[error("function.json: {0}")]
    Misnamed(#[from] Misnamed),
    /// Somebody switched it off.
    #[error("it is disabled by {0}")]
    Disabled(String),
    /// host.json lists functions, and not this one.
    #[error("host.json does not list it among its functions")]
    Unlisted,
    /// The folder's name is not a function name.
    #[error("a function name starts with a letter and has letters, digits, `_` and `-` only")]
    Name,
    /// A `%NAME%` reference or a connection names no setting.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The connection of a storage account leads nowhere.
    #[error(transparent)]
    Storage(#[from] ResolveError),
    /// A path, or another text with names in braces, cannot be read.
    #[error(transparent)]
    Expression(#[from] ExpressionError),
    /// None, or more than one trigger.
    #[error("a function has exactly one trigger, this one has {0}")]
    Triggers(usize),
    /// Only HTTP functions answer, and only once.
    #[error("only an HTTP function has an http output, and only one")]
    Outputs,
    /// An output's path names no blob.
    #[error("the path `{0}` of a blob output is not `container/name`")]
    BlobPath(String),
    /// Two outputs have one name.
    #[error("two outputs are called `{0}`")]
    Repeated(String),
    /// The route is malformed.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// The route is the platform's own.
    #[error("a route must not start with `admin` or `runtime`")]
    ReservedRoute,
    /// A method name that HTTP does not allow.
    #[error("`{0}` is not an HTTP method")]
    Method(String),
    /// A change feed is read from its beginning, or from a time.
    #[error("startFromBeginning and startFromTime exclude each other")]
    TwoStarts,
    /// The schedule is malformed.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// Another function answers the same route and method.
    #[error("{0} already answers this route")]
    DuplicateRoute(String),
    /// The connection's credential is not a managed identity.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// The process has no identity endpoint, or another one than the app's settings.
    #[error("IDENTITY_ENDPOINT and IDENTITY_HEADER differ from those of the host process")]
    IdentityEndpoint,
}
