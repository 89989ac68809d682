//! The public port: accepts connections and gives each request to the function, file or status
//! page that answers it.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tracing::Instrument;
use uuid::Uuid;

use crate::app::{App, Check};
use crate::body::{Body, whole};
use crate::catalogue::Catalogue;
use crate::cors::{self, Cors};
use crate::event_grid::{self, Subscriber};
use crate::execution::Execution;
use crate::function_error::FunctionError;
use crate::function_json::Function;
use crate::host_json::HttpMode;
use crate::keys::Access;
use crate::problem::{self, Problem};
use crate::proxy::{self, HandlerClient, HandlerError};
use crate::request_body::{RequestBody, RequestBodyError};
use crate::rewrite::Rewrite;
use crate::routes::RouteValues;
use crate::static_files::Mount;
use crate::triggers::{HttpTrigger, Trigger};
use crate::{forwarding, http_envelope, invocation, request_head, status, trace};

const STATUS_PATH: &str = "/admin/host/status";
const MAX_CONNECTIONS: usize = 4096;
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
const MAX_ADDRESS_LENGTH: usize = 8192;
const MAX_QUERY_LENGTH: usize = 4096;

/// How long a request waits for a handler that is starting before it is answered with 503.
const READY_WAIT: Duration = Duration::from_secs(20);

/// Everything the public port answers with.
pub(crate) struct FrontDoor {
    apps: Vec<Arc<App>>,
    routes: Vec<Route>,
    client: HandlerClient,
    rules: Rules,
}

/// What holds for the requests to all apps.
pub(crate) struct Rules {
    /// Folders of files served beside the apps.
    pub(crate) mounts: Vec<Mount>,
    /// Paths that lead elsewhere.
    pub(crate) rewrites: Vec<Rewrite>,
    /// Who may call what.
    pub(crate) access: Access,
    /// Whose pages may read the answers.
    pub(crate) cors: Cors,
    /// What may be refused on request.
    pub(crate) catalogue: Catalogue,
    /// Where traces are shown.
    pub(crate) trace_view: Option<String>,
}

struct Route {
    app: Arc<App>,
    function: Arc<Function>,
    trigger: Arc<HttpTrigger>,
}

/// Refuses a function whose route and method one of the `loaded` apps, or an earlier function of
/// its own app, answers already.
pub(crate) fn check_route(loaded: &[App], app: &App, function: &Function) -> Check {
    let Trigger::Http(new) = &function.trigger else { return Ok(()) };
    let earlier = loaded.iter().chain([app]).flat_map(|app| {
        app.functions
            .iter()
            .map(move |function| (format!("{}/{}", app.name, function.name), function))
    });
    for (name, other) in earlier {
        let Trigger::Http(old) = &other.trigger else { continue };
        let all = new.methods.is_empty() || old.methods.is_empty();
        let same_method = all || new.methods.iter().any(|method| old.methods.contains(method));
        if same_method && new.route.same_paths(&old.route) {
            return Err(FunctionError::DuplicateRoute(name));
        }
    }
    Ok(())
}

impl FrontDoor {
    /// Collects the routes of all apps, the more specific ones first.
    pub(crate) fn new(apps: Vec<Arc<App>>, client: HandlerClient, rules: Rules) -> Self {
        let mut routes = Vec::new();
        for app in &apps {
            for function in &app.functions {
                if let Trigger::Http(trigger) = &function.trigger {
                    let (app, function) = (Arc::clone(app), Arc::clone(function));
                    routes.push(Route { app, function, trigger: Arc::clone(trigger) });
                }
            }
        }
        routes.sort_by_key(|route| route.trigger.route.precedence());
        Self { apps, routes, client, rules }
    }

    /// Serves connections until the process ends.
    pub(crate) async fn serve(self, listener: TcpListener) -> io::Result<Infallible> {
        let front_door = Arc::new(self);
        let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        loop {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
                return Err(io::Error::other("the connection limit was closed"));
            };
            let accepted = listener.accept().await;
            let stream = match accepted.and_then(|(s, _)| s.set_nodelay(true).map(|()| s)) {
                Ok(stream) => stream,
                Err(error) => {
                    tracing::warn!(%error, "connection not accepted");
                    sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let front_door = Arc::clone(&front_door);
            tokio::spawn(async move {
                let answer = service_fn(|request| async {
                    Ok::<_, Infallible>(front_door.answer_traced(request).await)
                });
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEADER_TIMEOUT)
                    .serve_connection(TokioIo::new(stream), answer);
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "connection ended early");
                }
                drop(slot);
            });
        }
    }

    /// Answers, with the request's trace id in every log line and in a refusal of the host's own,
    /// and with a link to the trace.
    async fn answer_traced(&self, mut request: Request<Incoming>) -> Response<Body> {
        let trace_id = trace::adopt(request.headers_mut());
        let language = problem::language(request.headers());
        let span = tracing::info_span!("request", trace_id);
        let granted = self.rules.cors.grant(&request);
        let answer = async {
            let response = match &granted {
                Some(granted) if cors::is_preflight(&request) => {
                    Ok(cors::preflight(&request, granted.clone()))
                }
                _ => self.answer(request).await,
            };
            let mut response =
                response.unwrap_or_else(|problem| problem.response(&trace_id, language));
            response.headers_mut().extend(granted.into_iter().flatten());
            let link = self.rules.trace_view.as_ref().and_then(|url| trace::link(url, &trace_id));
            if let Some(link) = link {
                response.headers_mut().append(header::LINK, link);
            }
            response
        };
        answer.instrument(span).await
    }

    async fn answer(&self, mut request: Request<Incoming>) -> Result<Response<Body>, Problem> {
        request_head::check(&request)?;
        let uri = self.rules.rewrites.iter().find_map(|rewrite| rewrite.apply(request.uri()));
        if let Some(uri) = uri {
            *request.uri_mut() = uri;
        }
        let path = request.uri().path();
        let query = request.uri().query();
        let query_length = query.map_or(0, str::len);
        if query_length > MAX_QUERY_LENGTH || path.len() > MAX_ADDRESS_LENGTH {
            return Err(Problem::ADDRESS_TOO_LONG);
        }
        if path == STATUS_PATH && matches!(*request.method(), Method::GET | Method::HEAD) {
            return self.status();
        }
        if event_grid::is_webhook(path) {
            return self.take_events(request).await;
        }
        for mount in &self.rules.mounts {
            if let Some(response) = mount.serve(request.method(), path).await {
                return response;
            }
        }
        let (route, values) = self.find(request.method(), path).ok_or(Problem::NOT_FOUND)?;
        if let Some(refusal) = self.rules.catalogue.wanted(request.headers()) {
            return Err(refusal);
        }
        let Route { app, function, trigger } = route;
        if !self.rules.access.allow(trigger.auth_level, request.headers(), query) {
            return Err(Problem::UNAUTHORIZED);
        }
        if RequestBody::announces_too_much(request.body()) {
            return Err(Problem::TOO_LARGE);
        }
        // More than the trigger in and the answer out, or no answer, is always an invocation.
        let is_plain = trigger.output.is_some() && function.outputs.is_empty();
        match app.host.http {
            HttpMode::Forwarded | HttpMode::Proxied if is_plain => {
                self.pass_on(app, function, request).await
            }
            HttpMode::Enveloped | HttpMode::Forwarded | HttpMode::Proxied => {
                self.invoke(app, function, trigger, &values, request).await
            }
        }
    }

    fn find(&self, method: &Method, path: &str) -> Option<(&Route, RouteValues)> {
        self.routes.iter().find_map(|route| {
            let Route { trigger, .. } = route;
            let answers = trigger.methods.is_empty() || trigger.methods.contains(method);
            let values = trigger.route.matches(path).filter(|_| answers)?;
            Some((route, values))
        })
    }

    async fn pass_on(
        &self,
        app: &Arc<App>,
        function: &Function,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Problem> {
        let port = app.handler_port(READY_WAIT).await.map_err(|_| Problem::NOT_READY)?;
        let invocation_id = Uuid::new_v4().to_string();
        let execution = Execution::begin(function, &invocation_id);
        let invocation = (invocation_id.as_str(), execution);
        let passed = if app.host.http == HttpMode::Proxied {
            proxy::forward(&self.client, (app, port), invocation, request).await
        } else {
            forwarding::forward(&self.client, (app, port), invocation, request).await
        };
        match passed {
            Ok(response) => Ok(response),
            Err(HandlerError::RequestBody(fault)) => Err(fault.into()),
            Err(error) => {
                let (app, function) = (&app.name, &function.name);
                tracing::error!(app, function, invocation_id, %error, "request failed");
                Err(Problem::FAILED)
            }
        }
    }

    async fn invoke(
        &self,
        app: &App,
        function: &Function,
        trigger: &HttpTrigger,
        values: &RouteValues,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Problem> {
        let (head, body) = request.into_parts();
        let body = read(body).await?;
        app.handler_port(READY_WAIT).await.map_err(|_| Problem::NOT_READY)?;
        let envelope = http_envelope::envelope(trigger, &head, values, &body);
        let call =
            invocation::invoke_with_retries(&self.client, app, function, &envelope, |_| ()).await;
        let answer = call.map_err(|_| Problem::FAILED)?;
        http_envelope::response(trigger, &answer).map_err(|error| {
            tracing::error!(app = app.name, function = function.name, %error, "answer refused");
            Problem::FAILED
        })
    }

    async fn take_events(&self, request: Request<Incoming>) -> Result<Response<Body>, Problem> {
        let (head, body) = request.into_parts();
        let query = head.uri.query();
        if !self.rules.access.allow_event_grid(&head.headers, query) {
            return Err(Problem::UNAUTHORIZED);
        }
        if RequestBody::announces_too_much(&body) {
            return Err(Problem::TOO_LARGE);
        }
        let subscriber =
            Subscriber::find(&self.apps, head.uri.path(), query).ok_or(Problem::NOT_FOUND)?;
        let body = read(body).await?;
        subscriber.answer(&self.client, &head.method, &head.headers, &body).await
    }

    fn status(&self) -> Result<Response<Body>, Problem> {
        let document = status::document(self.apps.iter().map(|app| &**app));
        let body = whole(document.map_err(|_| Problem::FAILED)?);
        Response::builder()
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .map_err(|_| Problem::FAILED)
    }
}

async fn read(body: Incoming) -> Result<Bytes, Problem> {
    let body = RequestBody::new(body).collect().await;
    let body =
        body.map_err(|error| error.downcast_ref().copied().unwrap_or(RequestBodyError::Broken))?;
    Ok(body.to_bytes())
}
