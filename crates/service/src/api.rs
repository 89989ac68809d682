//! The routes of a service, declared once: method, path, summary and handler. What a handler takes
//! and answers is read from its types, and so is the OpenAPI document.
//!
//! Warp's filters read requests. One table in front of them finds the route, because a chain of
//! `or` neither knows which methods a path has (`Allow`) nor stays cheap with sixty routes, and
//! because a filter and a document that are written apart drift apart.
//!
//! Reading order: here, `input` and `merge_patch` (what a handler may take), `answer` (what it may
//! give), `list`, `shape` (bodies are what the document says) with `json_pointer`, `document`,
//! `routes` (the table), `foreign` (what of it is not ours), `signed` (what is signed whole).

mod answer;
mod document;
mod example;
mod foreign;
mod input;
mod json_pointer;
mod list;
mod merge_patch;
mod routes;
mod schema_names;
mod shape;
mod signed;

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use futures_util::FutureExt;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use values::Refusal;
use warp::filters::BoxedFilter;
use warp::http::Method;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

pub use answer::{Accepted, Answer, Json, NoContent, Public, Versioned};
pub use document::Operation;
pub(crate) use document::value;
pub use foreign::WholeRequest;
pub use input::{Batch, FunctionKey, Id, Input, Query};
pub use list::{List, NoFilter, Page, Paging, oldest_first};
pub use merge_patch::{Change, MergePatch};
pub use routes::Routes;
pub use signed::{SignedBody, SignedRequest};

use crate::invocation::{event_batch, invocation_done, queue_message, timer};
use crate::problem::{Problem, render_rejection};
use crate::service_resource::Dependency;
use crate::{TokenVerifier, service_resource};

use document::Document;
use routes::{Route, Table};

/// A handler: an async function of the app and of up to six inputs.
pub trait Handler<A, Inputs>: Send + Sync + 'static {
    /// The filter that reads the inputs and answers; both are described in `operation`.
    fn filter(self, app: A, operation: &mut Operation) -> BoxedFilter<(Response,)>;
}

macro_rules! handler {
    ($($value:ident: $input:ident),*) => {
        impl<A, F, Fut, R, E, $($input),*> Handler<A, ($($input,)*)> for F
        where
            A: Clone + Send + Sync + 'static,
            F: Fn(A, $($input),*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Result<R, E>> + Send,
            R: Answer,
            E: Into<Problem>,
            $($input: Input),*
        {
            fn filter(self, app: A, operation: &mut Operation) -> BoxedFilter<(Response,)> {
                R::describe(operation);
                warp::any()
                    $(.and($input::take(operation)))*
                    .then(move |$($value: $input),*| {
                        let answer = self(app.clone(), $($value),*);
                        async move {
                            match answer.await {
                                Ok(answer) => answer.into_response(),
                                Err(error) => error.into().into_response(),
                            }
                        }
                    })
                    .boxed()
            }
        }
    };
}

handler!();
handler!(a: I1);
handler!(a: I1, b: I2);
handler!(a: I1, b: I2, c: I3);
handler!(a: I1, b: I2, c: I3, d: I4);
handler!(a: I1, b: I2, c: I3, d: I4, e: I5);
handler!(a: I1, b: I2, c: I3, d: I4, e: I5, f: I6);

/// Collects the routes of a service.
pub struct Api<A> {
    app: A,
    tokens: TokenVerifier,
    document: Document,
    routes: Vec<Route>,
}

impl<A: Clone + Send + Sync + 'static> Api<A> {
    /// No route yet. `title` is the document's; `tokens` checks whoever a handler takes as caller.
    pub fn new(service: &'static str, title: &str, app: A, tokens: &TokenVerifier) -> Self {
        let document = Document::new(service, title);
        Self { app, tokens: tokens.clone(), document, routes: Vec::new() }
    }

    /// What this service refuses beside what every service does, for the document.
    #[must_use]
    pub fn refuses(mut self, refusals: &'static [Refusal]) -> Self {
        self.document.add_refusals(refusals);
        self
    }

    /// `GET path`, and with it `HEAD path`.
    #[must_use]
    pub fn get<I>(self, path: &'static str, summary: &str, handler: impl Handler<A, I>) -> Self {
        self.route(Method::GET, path, summary, handler)
    }

    /// `POST path`.
    #[must_use]
    pub fn post<I>(self, path: &'static str, summary: &str, handler: impl Handler<A, I>) -> Self {
        self.route(Method::POST, path, summary, handler)
    }

    /// `PUT path`.
    #[must_use]
    pub fn put<I>(self, path: &'static str, summary: &str, handler: impl Handler<A, I>) -> Self {
        self.route(Method::PUT, path, summary, handler)
    }

    /// `PATCH path`.
    #[must_use]
    pub fn patch<I>(self, path: &'static str, summary: &str, handler: impl Handler<A, I>) -> Self {
        self.route(Method::PATCH, path, summary, handler)
    }

    /// `DELETE path`.
    #[must_use]
    pub fn delete<I>(self, path: &'static str, summary: &str, handler: impl Handler<A, I>) -> Self {
        self.route(Method::DELETE, path, summary, handler)
    }

    /// The document names the operation like the handler, which is named like its use case.
    fn route<I, H: Handler<A, I>>(
        mut self,
        method: Method,
        path: &'static str,
        summary: &str,
        handler: H,
    ) -> Self {
        let name = std::any::type_name::<H>().rsplit("::").next().unwrap_or_default();
        let mut operation = Operation::new(name, summary, path, &self.tokens);
        let filter = handler.filter(self.app.clone(), &mut operation);
        self.document.add(&method, path, operation);
        self.routes.push(Route { method, path: path.to_owned(), call: call(filter) });
        self
    }

    /// The Event Hubs trigger `function`: `handler` consumes each batch.
    #[must_use]
    pub fn on_events<Fut, E>(
        mut self,
        function: &'static str,
        handler: impl Fn(A, Batch) -> Fut + Clone + Send + Sync + 'static,
    ) -> Self
    where
        Fut: Future<Output = Result<(), E>> + Send,
        E: Into<Problem>,
    {
        let app = self.app.clone();
        let filter = event_batch().then(move |events| {
            let done = handler(app.clone(), Batch { function, events });
            async move { invocation_answer(done.await) }
        });
        let (path, call) = (function.to_owned(), call(filter.boxed()));
        self.routes.push(Route { method: Method::POST, path, call });
        self
    }

    /// The queue trigger `function`: `handler` takes the text of each message. The host brings one
    /// back whose handler fails, a few times, and then moves it to the queue's poison queue.
    #[must_use]
    pub fn on_message<Fut, E>(
        mut self,
        function: &'static str,
        handler: impl Fn(A, String) -> Fut + Clone + Send + Sync + 'static,
    ) -> Self
    where
        Fut: Future<Output = Result<(), E>> + Send,
        E: Into<Problem>,
    {
        let app = self.app.clone();
        let filter = queue_message().then(move |text| {
            let done = handler(app.clone(), text);
            async move { invocation_answer(done.await) }
        });
        let (path, call) = (function.to_owned(), call(filter.boxed()));
        self.routes.push(Route { method: Method::POST, path, call });
        self
    }

    /// The timer trigger `function`.
    #[must_use]
    pub fn on_timer<Fut, E>(
        mut self,
        function: &'static str,
        handler: impl Fn(A) -> Fut + Clone + Send + Sync + 'static,
    ) -> Self
    where
        Fut: Future<Output = Result<(), E>> + Send,
        E: Into<Problem>,
    {
        let app = self.app.clone();
        let filter = timer().then(move || {
            let done = handler(app.clone());
            async move { invocation_answer(done.await) }
        });
        let (path, call) = (function.to_owned(), call(filter.boxed()));
        self.routes.push(Route { method: Method::POST, path, call });
        self
    }

    /// A route of an API that others have defined: it stands in no document, and its handler reads
    /// and answers the whole message.
    #[must_use]
    pub fn foreign<Fut>(
        mut self,
        method: Method,
        path: &'static str,
        handler: impl Fn(A, WholeRequest) -> Fut + Clone + Send + Sync + 'static,
    ) -> Self
    where
        Fut: Future<Output = Response> + Send,
    {
        let call = call(foreign::filter(self.app.clone(), handler));
        self.routes.push(Route { method, path: path.to_owned(), call });
        self
    }

    /// All routes, with those that every service has: its health and its document.
    pub fn finish(self, dependencies: Vec<Dependency>) -> Routes {
        let service = self.document.service();
        let mut routes = self.routes;
        let document = || self.document.finish();
        for (path, filter) in service_resource::filters(service, dependencies, document) {
            routes.push(Route { method: Method::GET, path, call: call(filter) });
        }
        Routes::new(Table::new(routes))
    }
}

fn invocation_answer<E: Into<Problem>>(done: Result<(), E>) -> Response {
    match done {
        Ok(()) => invocation_done().into_response(),
        Err(error) => error.into().into_response(),
    }
}

/// Answers the requests that the table gives to this filter.
fn call(filter: BoxedFilter<(Response,)>) -> routes::Call {
    let filter = filter.recover(render_rejection).map(Reply::into_response).boxed();
    let service = TowerToHyperService::new(warp::service(filter));
    Arc::new(move |request: hyper::Request<Full<Bytes>>| {
        let answer = service.call(request);
        async move {
            let answer: Result<Response, Infallible> = answer.await;
            match answer {
                Ok(response) => response,
                Err(never) => match never {},
            }
        }
        .boxed()
    })
}

/// A filter that reads one input, or refuses.
pub type InputFilter<T> = BoxedFilter<(T,)>;

/// Turns a function that may refuse into the end of a filter.
pub(crate) fn or_reject<T>(outcome: Result<T, impl Into<Problem>>) -> Result<T, Rejection> {
    outcome.map_err(|refused| warp::reject::custom(refused.into()))
}
