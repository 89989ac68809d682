//! Where the takings of a business go.

use service::Api;

use crate::App;
use crate::use_cases::{
    list_settlements, read_business_bank_account, read_settlement, register_business_bank_account,
    settle_takings,
};

pub(super) fn routes(api: Api<App>) -> Api<App> {
    const BANK_ACCOUNT: &str = "/api/v1/wallets/businesses/{business_id}/bank-account";
    const SETTLEMENTS: &str = "/api/v1/wallets/businesses/{business_id}/settlements";
    const SETTLEMENT: &str = "/api/v1/wallets/businesses/{business_id}/settlements/{settlement_id}";
    api.get(
        BANK_ACCOUNT,
        "Reads where the takings of the caller's business go, and when.",
        read_business_bank_account,
    )
    .put(
        BANK_ACCOUNT,
        "Says to which bank account the takings of the caller's business go, and when.",
        register_business_bank_account,
    )
    .get(
        SETTLEMENTS,
        "Lists what became of the takings of the caller's business, day by day.",
        list_settlements,
    )
    .get(
        SETTLEMENT,
        "Reads one settlement of the caller's business, and what it is made of.",
        read_settlement,
    )
    .put(
        SETTLEMENTS,
        "Pays out what the caller's business took up to yesterday's end, once.",
        settle_takings,
    )
}
