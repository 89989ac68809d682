//! Codes of other banks and wallets that can be paid by FPS.

use serde::Serialize;
use utoipa::ToSchema;
use values::{DisplayName, FpsProxyType, Money};

use super::amount::read_amount;
use super::code_error::CodeError;
use super::emv::Objects;
use super::fps::{FPS_TEMPLATE, read_fps_template};
use super::merchant_name::read_name;
use super::references::References;
use super::tip::Tip;

pub(crate) const CURRENCY: u8 = 53;
pub(crate) const AMOUNT: u8 = 54;
/// ISO 4217 numeric code.
pub(crate) const HONG_KONG_DOLLARS: &str = "344";

/// A code of another bank or wallet, as it stands: nobody vouches for what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FpsCode {
    pub(crate) proxy_type: FpsProxyType,
    /// By what FPS knows the payee.
    pub(crate) proxy: String,
    /// The name in the template for other languages (64) if that is Chinese, else the one that
    /// every code has (59).
    pub(crate) merchant_name: DisplayName,
    /// Null if the payer says how much.
    pub(crate) amount: Option<Money>,
    /// Null if the code says nothing of a tip.
    pub(crate) tip: Option<Tip>,
    pub(crate) references: References,
}

impl FpsCode {
    /// Leaves nothing out that says who is paid how much for what.
    pub(crate) fn read(objects: &Objects) -> Result<Self, CodeError> {
        let template = objects.template(FPS_TEMPLATE)?.ok_or(CodeError::Unknown)?;
        let proxy = read_fps_template(&template).ok_or(CodeError::Unknown)?;
        if objects.get(CURRENCY) != Some(HONG_KONG_DOLLARS) {
            return Err(CodeError::Unknown);
        }
        Ok(Self {
            proxy_type: proxy.proxy_type(),
            proxy: proxy.as_str().to_owned(),
            merchant_name: read_name(objects)?,
            amount: objects.get(AMOUNT).map(read_amount).transpose()?,
            tip: Tip::read(objects)?,
            references: References::read(objects)?,
        })
    }
}
