//! Staff take who is near an account with them, as a file for other programs that know graphs.

use serde::Deserialize;
use serde_json::json;
use service::{Answer, Error, Id, Operation, Query, Staff};
use utoipa::IntoParams;
use values::GraphAccountId;
use warp::Reply;
use warp::http::StatusCode;
use warp::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use warp::reply::Response;

use super::look::look;
use super::walk::walk;
use crate::App;
use crate::domain::{GraphFileFormat, GraphLookType, Property, Subgraph, graphml, graphson};

const XML: &str = "application/xml";
/// A line of JSON for each account.
const JSON_LINES: &str = "application/x-ndjson";

/// How far is looked, and the form of the file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportedWithin {
    /// Steps from the account: 1 if absent, 2 at most.
    #[param(minimum = 1, maximum = 2)]
    depth: Option<u32>,
    /// Days back: 30 if absent, 366 at most. Who stands how to whom is in it whenever it began.
    #[param(minimum = 1, maximum = 366)]
    days: Option<u32>,
    /// GraphML if absent.
    #[param(inline)]
    format: Option<GraphFileFormat>,
}

/// 200 with a file that browsers keep. The same neighbourhood is the same bytes.
pub(crate) struct GraphFile {
    account: GraphAccountId,
    format: GraphFileFormat,
    content: String,
}

impl Answer for GraphFile {
    fn describe(operation: &mut Operation) {
        let text = json!({"schema": {"type": "string"}});
        operation.answer(StatusCode::OK, json!({XML: text, JSON_LINES: text}));
    }

    fn into_response(self) -> Response {
        // By the ending readers know the form.
        let (content_type, ending) = match self.format {
            GraphFileFormat::GraphMl => (XML, "xml"),
            GraphFileFormat::GraphSon => (JSON_LINES, "json"),
        };
        let mut response = self.content.into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        let name = format!("attachment; filename=\"{}.{ending}\"", self.account);
        headers.extend(HeaderValue::try_from(name).ok().map(|name| (CONTENT_DISPOSITION, name)));
        response
    }
}

pub(crate) async fn export_neighbourhood(
    app: App,
    Id(account): Id<GraphAccountId>,
    Query(within): Query<ExportedWithin>,
    staff: Staff,
) -> Result<GraphFile, Error> {
    look(&app, &staff, GraphLookType::Export, account).await?;
    let format = within.format.unwrap_or(GraphFileFormat::GraphMl);
    let walk = walk(&app, account, within.depth, within.days).await?;
    let asked = vec![
        ("asked_days", Property::Number(walk.days.into())),
        ("asked_depth", Property::Number(walk.depth.into())),
        ("is_complete", Property::Flag(!walk.is_cut)),
    ];
    let graph = Subgraph::of(&walk.accounts, &walk.whole, walk.edges, &asked);
    let content = match format {
        GraphFileFormat::GraphMl => graphml(&graph),
        GraphFileFormat::GraphSon => graphson(&graph),
    };
    Ok(GraphFile { account, format, content })
}
