//! Where a request comes from.

use std::net::IpAddr;

use service::{Input, InputFilter, Operation};
use warp::Filter;

/// Who is at the other end of the connection to Front Door, which overwrites whatever a client
/// sends under this name. (`X-Forwarded-For` and `X-Azure-ClientIP` can be made up.)
const CLIENT_ADDRESS: &str = "x-azure-socketip";

/// The address that a request comes from, if Front Door gives one.
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

impl Input for ClientAddress {
    fn take(_operation: &mut Operation) -> InputFilter<Self> {
        warp::header::headers_cloned()
            .map(|headers| {
                let address = service::header::single(&headers, CLIENT_ADDRESS).ok().flatten();
                Self(address.and_then(|address| address.parse().ok()))
            })
            .boxed()
    }
}
