//! A table for a spreadsheet, which browsers keep as a file.

use serde_json::json;
use service::{Answer, Operation};
use values::Language;
use warp::Reply;
use warp::http::StatusCode;
use warp::http::header::{
    ACCEPT_LANGUAGE, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderValue, VARY,
};
use warp::reply::Response;

pub(super) const CSV: &str = "text/csv";

/// 200 with a table.
pub(crate) struct CsvAnswer {
    /// Of the file, without its ending: letters, digits and hyphens.
    pub(super) name: String,
    pub(super) table: String,
    pub(super) language: Language,
}

impl Answer for CsvAnswer {
    fn describe(operation: &mut Operation) {
        operation.answer(StatusCode::OK, json!({CSV: {"schema": {"type": "string"}}}));
    }

    fn into_response(self) -> Response {
        let mut response = self.table.into_response();
        let headers = response.headers_mut();
        let csv = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
        headers.insert(CONTENT_TYPE, csv);
        let name = format!("attachment; filename=\"{}.csv\"", self.name);
        let name = HeaderValue::try_from(name).ok();
        headers.extend(name.map(|name| (CONTENT_DISPOSITION, name)));
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(self.language.code()));
        headers.append(VARY, HeaderValue::from(ACCEPT_LANGUAGE));
        response
    }
}
