//! The table of a service's routes: it finds the one that answers a request, and knows the rest of
//! what RFC 9110 asks of a resource (405 with `Allow`, HEAD, OPTIONS, 304).

use std::sync::Arc;

use futures_util::future::BoxFuture;
use http_body_util::Full;
use hyper::body::{Body, Bytes};
use warp::Reply;
use warp::http::header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderValue};
use warp::http::{Method, Request, StatusCode};
use warp::reply::Response;

use crate::etag::Held;
use crate::problem::Problem;
use crate::refusals::{METHOD_NOT_ALLOWED, NO_SUCH_ROUTE};

/// Answers a request that the table has given to this route.
pub(super) type Call =
    Arc<dyn Fn(Request<Full<Bytes>>) -> BoxFuture<'static, Response> + Send + Sync>;

/// One method of one path.
pub(super) struct Route {
    pub(super) method: Method,
    /// `/api/v1/…` with `{name}` for what varies, or the name of a trigger's function.
    pub(super) path: String,
    pub(super) call: Call,
}

/// All routes of a service. Cheap to clone: nothing is copied for a request.
#[derive(Clone)]
pub struct Routes(Arc<Table>);

pub(super) struct Table(Vec<Path>);

struct Path {
    segments: Vec<Segment>,
    methods: Vec<(Method, Call)>,
}

#[derive(PartialEq, Eq)]
enum Segment {
    Word(String),
    /// A placeholder and what follows it in the same segment, as in `{id}.{format}`.
    Varies,
}

impl Table {
    pub(super) fn new(routes: Vec<Route>) -> Self {
        let mut paths: Vec<Path> = Vec::new();
        for Route { method, path, call } in routes {
            let segment = |text: &str| {
                if text.starts_with('{') { Segment::Varies } else { Segment::Word(text.to_owned()) }
            };
            let segments: Vec<Segment> =
                path.trim_start_matches('/').split('/').map(segment).collect();
            match paths.iter_mut().find(|known| known.segments == segments) {
                Some(known) => known.methods.push((method, call)),
                None => paths.push(Path { segments, methods: vec![(method, call)] }),
            }
        }
        // Words win over placeholders: `me` is not an id.
        let varying = |path: &Path| {
            path.segments.iter().filter(|segment| **segment == Segment::Varies).count()
        };
        paths.sort_by_key(varying);
        Self(paths)
    }

    fn find(&self, path: &str) -> Option<&Path> {
        let path = path.strip_prefix('/')?;
        self.0.iter().find(|known| known.matches(path))
    }
}

impl Path {
    fn matches(&self, path: &str) -> bool {
        let mut segments = path.split('/');
        let all_match = self.segments.iter().all(|known| {
            segments.next().is_some_and(|segment| match known {
                Segment::Word(word) => word == segment,
                Segment::Varies => !segment.is_empty(),
            })
        });
        all_match && segments.next().is_none()
    }

    fn find(&self, wanted: &Method) -> Option<&Call> {
        let wanted = if *wanted == Method::HEAD { &Method::GET } else { wanted };
        self.methods.iter().find(|(method, _)| method == wanted).map(|(_, call)| call)
    }

    /// The methods that `Allow` names.
    fn allowed(&self) -> HeaderValue {
        let mut names: Vec<&str> = self.methods.iter().map(|(method, _)| method.as_str()).collect();
        if self.find(&Method::HEAD).is_some() {
            names.push("HEAD");
        }
        names.push("OPTIONS");
        HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"))
    }
}

impl Routes {
    pub(super) fn new(table: Table) -> Self {
        Self(Arc::new(table))
    }

    /// The answer to a request, whose body is whole.
    pub async fn answer(&self, request: Request<Bytes>) -> Response {
        let is_head = *request.method() == Method::HEAD;
        let held = Held::of(request.method(), request.headers());
        let mut response = match self.0.find(request.uri().path()) {
            None => Problem::from(NO_SUCH_ROUTE).into_response(),
            Some(path) => match path.find(request.method()) {
                Some(call) => call(request.map(Full::new)).await,
                // No Access-Control header: browsers keep other origins out.
                None if *request.method() == Method::OPTIONS => {
                    let allow = path.allowed();
                    warp::reply::with_header(StatusCode::NO_CONTENT, ALLOW, allow).into_response()
                }
                None => {
                    let problem = Problem::from(METHOD_NOT_ALLOWED);
                    warp::reply::with_header(problem, ALLOW, path.allowed()).into_response()
                }
            },
        };
        // An answer is its caller's alone unless its route says otherwise.
        response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        let etag = response.headers().get(ETAG);
        if response.status() == StatusCode::OK && etag.is_some_and(|etag| held.has(etag)) {
            return not_modified(response);
        }
        if is_head { without_body(response) } else { response }
    }
}

/// The client holds the body: only what tells it so is sent.
fn not_modified(response: Response) -> Response {
    let (mut head, _) = response.into_parts();
    head.status = StatusCode::NOT_MODIFIED;
    head.headers.remove(CONTENT_TYPE);
    Response::from_parts(head, Default::default())
}

/// The answer to HEAD: the header of GET, with the length that the body would have.
fn without_body(response: Response) -> Response {
    let length = response.body().size_hint().exact();
    let (mut head, _) = response.into_parts();
    if let Some(length) = length {
        head.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(head, Default::default())
}
