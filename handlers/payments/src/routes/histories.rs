//! What has moved in wallets and shops.

use service::Api;

use crate::App;
use crate::use_cases::{list_business_movements, list_movements};

pub(super) fn routes(api: Api<App>) -> Api<App> {
    const OF_WALLET: &str = "/api/v1/wallets/me/movements";
    const OF_SHOP: &str = "/api/v1/wallets/businesses/{business_id}/movements";
    api.get(OF_WALLET, "Lists the movements of the caller's own wallet.", list_movements).get(
        OF_SHOP,
        "Lists the movements of a business that the caller owns.",
        list_business_movements,
    )
}
