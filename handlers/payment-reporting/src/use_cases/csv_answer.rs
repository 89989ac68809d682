//! A table for a spreadsheet.

use serde_json::json;
use service::{Answer, Operation};
use values::Language;
use warp::http::StatusCode;
use warp::reply::Response;

use super::file_answer::file_answer;

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
        let content_type = "text/csv; charset=utf-8; header=present";
        let name = format!("{}.csv", self.name);
        file_answer(self.table.into_bytes(), content_type, &name, self.language)
    }
}
