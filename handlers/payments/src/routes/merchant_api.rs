//! Programs that act for shops: their credentials, which the shop's owner makes, and the two APIs
//! that they call (`docs/merchant-api.md`). PayMe's for shops stands in no document of ours.

use service::Api;
use warp::http::Method;

use crate::App;
use crate::use_cases::{
    cancel_merchant_request, cancel_program_request, create_api_credential,
    create_merchant_request, create_program_request, deactivate_api_credential,
    issue_merchant_token, list_api_credentials, list_merchant_transactions, list_program_payments,
    read_api_credential, read_merchant_request, read_program_refund, read_program_request,
    refund_merchant_transaction, refund_program_payment,
};

pub(super) fn routes(api: Api<App>) -> Api<App> {
    compatible(programs(credentials(api)))
}

fn credentials(api: Api<App>) -> Api<App> {
    const CREDENTIALS: &str = "/api/v1/api-credentials";
    const CREDENTIAL: &str = "/api/v1/api-credentials/{client_id}";
    const DEACTIVATE: &str = "/api/v1/api-credentials/{client_id}/deactivate";
    api.post(CREDENTIALS, "Lets a program act for a business.", create_api_credential)
        .get(
            CREDENTIALS,
            "Lists the credentials of the programs of a business that the caller owns.",
            list_api_credentials,
        )
        .get(CREDENTIAL, "Reads a credential of a business of the caller.", read_api_credential)
        .post(DEACTIVATE, "Lets a program act no more, for good.", deactivate_api_credential)
}

/// Our own API of shops' programs.
fn programs(api: Api<App>) -> Api<App> {
    const REQUESTS: &str = "/api/v1/merchant-api/payment-requests";
    const REQUEST: &str = "/api/v1/merchant-api/payment-requests/{payment_request_id}";
    const CANCEL: &str = "/api/v1/merchant-api/payment-requests/{payment_request_id}/cancel";
    const RECEIVED: &str = "/api/v1/merchant-api/received-payments";
    const REFUNDS: &str = "/api/v1/merchant-api/received-payments/{payment_id}/refunds";
    const REFUND: &str = "/api/v1/merchant-api/refunds/{refund_id}";
    api.post(REQUESTS, "Asks to be paid, in the name of a program's shop.", create_program_request)
        .get(REQUEST, "Reads where a request of a program's shop stands.", read_program_request)
        .post(CANCEL, "Takes back a request of a program's shop.", cancel_program_request)
        .get(RECEIVED, "Lists the payments that a program's shop received.", list_program_payments)
        .post(REFUNDS, "Gives back a payment of a program's shop.", refund_program_payment)
        .get(REFUND, "Reads a refund of a program's shop.", read_program_refund)
}

/// PayMe's API for shops.
fn compatible(api: Api<App>) -> Api<App> {
    const TOKEN: &str = "/api/v1/merchant-api/oauth2/token";
    const REQUESTS: &str = "/api/v1/merchant-api/payments/paymentrequests";
    const REQUEST: &str = "/api/v1/merchant-api/payments/paymentrequests/{id}";
    const CANCEL: &str = "/api/v1/merchant-api/payments/paymentrequests/{id}/cancel";
    const TRANSACTIONS: &str = "/api/v1/merchant-api/payments/transactions";
    const REFUNDS: &str = "/api/v1/merchant-api/payments/transactions/{id}/refunds";
    api.foreign(Method::POST, TOKEN, issue_merchant_token)
        .foreign(Method::POST, REQUESTS, create_merchant_request)
        .foreign(Method::GET, REQUEST, read_merchant_request)
        .foreign(Method::PUT, CANCEL, cancel_merchant_request)
        .foreign(Method::GET, TRANSACTIONS, list_merchant_transactions)
        .foreign(Method::POST, REFUNDS, refund_merchant_transaction)
}
