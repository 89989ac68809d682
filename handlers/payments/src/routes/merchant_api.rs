//! Programs that act for shops: their credentials, which the shop's owner makes, and the API that
//! they call, which is PayMe's for shops and stands in no document of ours
//! (`docs/merchant-api.md`).

use service::Api;
use warp::http::Method;

use crate::App;
use crate::use_cases::{
    cancel_merchant_request, create_api_credential, create_merchant_request,
    deactivate_api_credential, issue_merchant_token, list_api_credentials,
    list_merchant_transactions, read_api_credential, read_merchant_request,
    refund_merchant_transaction,
};

pub(super) fn routes(api: Api<App>) -> Api<App> {
    programs(credentials(api))
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

fn programs(api: Api<App>) -> Api<App> {
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
