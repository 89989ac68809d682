//! Where a request comes from.

use std::net::IpAddr;

use warp::Filter;
use warp::http::HeaderMap;

use crate::{Input, InputFilter, Operation, header};

/// Who is at the other end of the connection to Front Door, which overwrites whatever a client
/// sends under this name. (`X-Forwarded-For` and `X-Azure-ClientIP` can be made up.)
const CLIENT_ADDRESS: &str = "x-azure-socketip";

/// The address that a request comes from, if Front Door gives one.
pub struct ClientAddress(pub Option<IpAddr>);

impl Input for ClientAddress {
    fn take(_operation: &mut Operation) -> InputFilter<Self> {
        warp::header::headers_cloned()
            .map(|headers: HeaderMap| {
                let address = header::single(&headers, CLIENT_ADDRESS).ok().flatten();
                Self(address.and_then(|address| address.parse().ok()))
            })
            .boxed()
    }
}
