//! Reading settings: the process environment, once, at start.

/// A setting that is missing or cannot be used; its text names the variable and never its value.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The variable is absent or empty.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// The variable's value is not of the form it needs.
    #[error("{0} is not valid: {1}")]
    Invalid(&'static str, &'static str),
}

/// The value of a variable that must be set.
pub fn required_var(name: &'static str) -> Result<String, ConfigError> {
    std::env::var(name).ok().filter(|value| !value.is_empty()).ok_or(ConfigError::Missing(name))
}
