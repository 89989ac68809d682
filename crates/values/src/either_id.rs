//! Ids of one of two kinds, told apart by their prefix.

/// Declares an enum of two ids. JSON and OpenAPI: the text of the id, whichever it is; `otherwise`
/// is the [`IdError`](crate::IdError) of a text with neither prefix.
macro_rules! either_id {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident {
            $(#[doc = $one_doc:literal])+
            $one:ident($one_id:ident),
            $(#[doc = $other_doc:literal])+
            $other:ident($other_id:ident),
        }
        otherwise $neither:ident
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum $name {
            $(#[doc = $one_doc])+
            $one($one_id),
            $(#[doc = $other_doc])+
            $other($other_id),
        }

        impl std::str::FromStr for $name {
            type Err = crate::IdError;

            fn from_str(text: &str) -> Result<Self, crate::IdError> {
                match text.parse() {
                    Err(crate::IdError::WrongPrefix(_)) => {}
                    one => return one.map(Self::$one),
                }
                match text.parse() {
                    Err(crate::IdError::WrongPrefix(_)) => Err(crate::IdError::$neither),
                    other => other.map(Self::$other),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = crate::IdError;

            fn try_from(text: String) -> Result<Self, crate::IdError> {
                text.parse()
            }
        }

        // By hand: derived, it would be the schema of an enum, not of the text.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let prefixes = [$one_id::PREFIX, $other_id::PREFIX];
                crate::id_schema(&prefixes, concat!($($doc),+).trim())
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    Self::$one(id) => id.fmt(f),
                    Self::$other(id) => id.fmt(f),
                }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

pub(crate) use either_id;
