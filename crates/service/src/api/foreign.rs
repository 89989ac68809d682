//! Routes of an API that others have defined: clients of theirs call it, with signatures over the
//! whole message and with errors of another form. No document of ours has them.

use hyper::body::Bytes;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::http::{HeaderMap, Method};
use warp::path::FullPath;
use warp::reply::Response;

use crate::body::BODY_BYTES_MAX;

/// A request as it came.
pub struct WholeRequest {
    /// Its method.
    pub method: Method,
    /// Its path, as it was sent.
    pub path: String,
    /// Its query without the question mark, as it was sent; empty if there is none.
    pub query: String,
    /// Its header.
    pub headers: HeaderMap,
    /// Its body; `None` if that is longer than an API route reads.
    pub body: Option<Bytes>,
}

/// A filter that gives the whole request to a handler.
pub(super) fn filter<A, Fut>(
    app: A,
    handler: impl Fn(A, WholeRequest) -> Fut + Clone + Send + Sync + 'static,
) -> BoxedFilter<(Response,)>
where
    A: Clone + Send + Sync + 'static,
    Fut: Future<Output = Response> + Send,
{
    whole_request().then(move |request| handler(app.clone(), request)).boxed()
}

/// A filter that reads the whole request.
pub(super) fn whole_request() -> BoxedFilter<(WholeRequest,)> {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    warp::method()
        .and(warp::path::full())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::body::bytes())
        .map(|method, path: FullPath, query, headers, body: Bytes| {
            let body = (body.len() <= BODY_BYTES_MAX).then_some(body);
            WholeRequest { method, path: path.as_str().to_owned(), query, headers, body }
        })
        .boxed()
}
