//! Enums whose variants each have a code, by which they are stored and sent.

/// Declares an enum and the code of each variant, once: everything that needs the list of variants
/// (the JSON and OpenAPI forms, what a store reads) is made of this one, so none can be forgotten.
///
/// JSON: the code, a string. Two variants with one code do not pass the lints, since the second is
/// unreachable in `from_code`.
#[macro_export]
macro_rules! code_enum {
    (
        $(#[doc = $doc:literal])+
        $visibility:vis enum $name:ident {
            $($(#[doc = $variant_doc:literal])+ $variant:ident = $code:literal),+ $(,)?
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility enum $name {
            $($(#[doc = $variant_doc])+ $variant),+
        }

        impl $name {
            /// Every variant, in the order of the declaration.
            $visibility const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As stored and sent.
            $visibility const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code),+
                }
            }

            /// The variant that a code stands for.
            $visibility fn from_code(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.code())
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let code = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                Self::from_code(&code).ok_or_else(|| {
                    $crate::serde::de::Error::custom(concat!(
                        "one of these codes is expected:" $(, " ", $code)+
                    ))
                })
            }
        }

        impl $crate::utoipa::PartialSchema for $name {
            fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::Schema> {
                $crate::utoipa::openapi::ObjectBuilder::new()
                    .schema_type($crate::utoipa::openapi::Type::String)
                    .description(Some(concat!($($doc),+).trim()))
                    .enum_values(Some(Self::ALL.iter().map(|variant| variant.code())))
                    .into()
            }
        }

        impl $crate::utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use serde_json::{from_str, json, to_value};
    use utoipa::{PartialSchema, ToSchema};

    code_enum! {
        /// Who may pass,
        /// and who may not.
        enum Light {
            /// All stop.
            Red = "red",
            /// Cars go.
            Green = "green_for_cars",
        }
    }

    #[test]
    fn a_code_is_written_once_and_is_the_stored_the_json_and_the_openapi_form() {
        assert_eq!(Light::ALL, [Light::Red, Light::Green]);
        for light in Light::ALL {
            assert_eq!(Light::from_code(light.code()), Some(*light));
            let json = to_value(light).unwrap();
            assert_eq!(json, json!(light.code()));
            assert_eq!(from_str::<Light>(&json.to_string()).unwrap(), *light);
        }
        assert_eq!(from_str::<Light>(r#""\u0072ed""#).unwrap(), Light::Red);
        for other in [r#""Red""#, r#""""#, "0", "null", r#"["red"]"#, r#"{"red":null}"#] {
            let error = from_str::<Light>(other).unwrap_err();
            assert!(!error.to_string().is_empty(), "{other}");
        }
        let refused = from_str::<Light>(r#""blue""#).unwrap_err().to_string();
        assert!(refused.starts_with("one of these codes is expected: red green_for_cars"));

        assert_eq!(Light::name(), "Light");
        let schema = json!({
            "type": "string", "description": "Who may pass, and who may not.",
            "enum": ["red", "green_for_cars"],
        });
        assert_eq!(to_value(Light::schema()).unwrap(), schema);
    }
}
