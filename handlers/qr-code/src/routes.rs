//! Every URL and trigger of this service.

use service::{Api, Batch, Dependency, Error, Routes};

use crate::use_cases::{
    encode_payment_request, encode_person, encode_shop, learn_payment_request, learn_shop,
    read_checkout, read_checkout_status, scan_code,
};
use crate::{App, NAME, REFUSALS};

/// All routes.
pub fn routes(app: App) -> Routes {
    const PAYMENT_REQUEST: &str = "/api/v1/qr/payment-requests/{payment_request_id}.{format}";
    const SHOP: &str = "/api/v1/qr/businesses/{business_id}.{format}";
    const PERSON: &str = "/api/v1/qr/users/{user_id}.{format}";
    const CHECKOUT: &str = "/api/v1/qr/checkouts/{payment_request_id}";
    const CHECKOUT_STATUS: &str = "/api/v1/qr/checkouts/{payment_request_id}/status";
    const SCANS: &str = "/api/v1/qr/scans";
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    Api::new(NAME, "QR code", app.clone(), &app.tokens)
        .refuses(REFUSALS)
        .get(PAYMENT_REQUEST, "Draws the code of one payment request.", encode_payment_request)
        .get(SHOP, "Draws the code of a shop, to which the payer adds the amount.", encode_shop)
        .get(PERSON, "Draws the code by which the caller is paid by others.", encode_person)
        .get(CHECKOUT, "Shows a payment request to whoever has its link.", read_checkout)
        .get(CHECKOUT_STATUS, "Tells where the request of a link stands.", read_checkout_status)
        .post(SCANS, "Tells what a scanned code stands for.", scan_code)
        .on_events("qr_code_on_payments", on_payments)
        .on_events("qr_code_on_business_profile", on_business_profile)
        .finish(dependencies)
}

async fn on_payments(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(learn_payment_request(tx, event)))
        .await
}

async fn on_business_profile(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(learn_shop(tx, event))).await
}
