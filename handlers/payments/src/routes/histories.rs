//! What has moved in wallets and shops.

use service::Api;

use crate::App;
use crate::use_cases::{
    list_business_movements, list_movements, read_business_receipt, read_receipt,
};

pub(super) fn routes(api: Api<App>) -> Api<App> {
    const OF_WALLET: &str = "/api/v1/wallets/me/movements";
    const OF_SHOP: &str = "/api/v1/wallets/businesses/{business_id}/movements";
    const RECEIPT: &str = "/api/v1/wallets/me/movements/{transfer_id}/receipt";
    const RECEIPT_OF_SHOP: &str =
        "/api/v1/wallets/businesses/{business_id}/movements/{transfer_id}/receipt";
    api.get(OF_WALLET, "Lists the movements of the caller's own wallet.", list_movements)
        .get(
            OF_SHOP,
            "Lists the movements of a business that the caller owns.",
            list_business_movements,
        )
        .get(RECEIPT, "Reads the receipt of a movement of the caller's own wallet.", read_receipt)
        .get(
            RECEIPT_OF_SHOP,
            "Reads the receipt of a movement of a business that the caller owns.",
            read_business_receipt,
        )
}
