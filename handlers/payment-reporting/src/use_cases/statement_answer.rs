//! A statement in the form that the client asks for: data for an app, a table for a spreadsheet, or
//! pages to print.

use std::time::Duration;

use serde::Serialize;
use service::{Answer, Error, Input, InputFilter, Json, Operation};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use utoipa::ToSchema;
use values::{Balance, Language, MoneyError};
use warp::Filter;
use warp::http::StatusCode;
use warp::http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_LANGUAGE, HeaderMap, HeaderValue, VARY};
use warp::reply::Response;

use super::csv_answer::{CSV, CsvAnswer};
use super::file_answer::file_answer;
use super::movement_body::ReportedMovementBody;
use crate::domain::{Statement, statement_pdf};

const PDF: &str = "application/pdf";
/// Statements that an instance draws at once: each takes memory, and a processor for a second.
static DRAWN_AT_ONCE: Semaphore = Semaphore::const_new(2);
/// How long a statement waits for its turn: who waits holds what was read, and keeps others out.
const TURN_WAIT_MAX: Duration = Duration::from_secs(2);

/// What the client reads, as `Accept` says: a table or pages if it names those first, JSON
/// otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Csv,
    Pdf,
}

impl Form {
    fn wanted(headers: &HeaderMap) -> Self {
        let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let first = accept.split([',', ';']).next().unwrap_or_default().trim();
        if first.eq_ignore_ascii_case(CSV) {
            Self::Csv
        } else if first.eq_ignore_ascii_case(PDF) {
            Self::Pdf
        } else {
            Self::Json
        }
    }
}

impl Input for Form {
    /// The document names the forms where it describes the answer.
    fn take(_operation: &mut Operation) -> InputFilter<Self> {
        warp::header::headers_cloned().map(|headers: HeaderMap| Self::wanted(&headers)).boxed()
    }
}

/// A month of a wallet. What is held has not moved and is in none of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct MonthlyStatementBody {
    /// In Hong Kong.
    #[schema(pattern = r"^\d{4}-\d\d$", example = "2026-11")]
    month: String,
    /// False while something may still come; then the closing balance is that of `As-Of`.
    is_over: bool,
    opening_balance: Balance,
    closing_balance: Balance,
    /// All that came in.
    money_in: Balance,
    /// All that went out. Opening balance + in − out = closing balance.
    money_out: Balance,
    /// In order.
    movements: Vec<MonthlyStatementLineBody>,
}

/// A movement, and what the wallet held after it.
#[derive(Serialize, ToSchema)]
pub(crate) struct MonthlyStatementLineBody {
    movement: ReportedMovementBody,
    balance: Balance,
}

impl MonthlyStatementBody {
    fn of(statement: Statement, is_over: bool, language: Language) -> Result<Self, MoneyError> {
        let (money_in, money_out) = (statement.sum(true), statement.sum(false));
        let lines = statement.lines.into_iter().map(|(line, balance)| {
            let movement = ReportedMovementBody::of(line, language)?;
            Ok(MonthlyStatementLineBody { movement, balance: Balance::hkd(balance) })
        });
        Ok(Self {
            month: statement.month.to_string(),
            is_over,
            opening_balance: Balance::hkd(statement.opening),
            closing_balance: Balance::hkd(statement.closing),
            money_in: Balance::hkd(money_in),
            money_out: Balance::hkd(money_out),
            movements: lines.collect::<Result<_, _>>()?,
        })
    }
}

/// A statement, in a language and a form.
pub(crate) enum StatementAnswer {
    Json(MonthlyStatementBody, Language),
    Csv(CsvAnswer),
    Pdf { name: String, pages: Vec<u8>, language: Language },
}

impl StatementAnswer {
    pub(super) async fn of(
        statement: Statement,
        is_over: bool,
        language: Language,
        form: Form,
    ) -> Result<Self, Error> {
        let name = format!("statement-{}", statement.month);
        Ok(match form {
            Form::Json => {
                let body = MonthlyStatementBody::of(statement, is_over, language);
                Self::Json(body.map_err(Error::internal)?, language)
            }
            Form::Csv => Self::Csv(CsvAnswer { name, table: statement.csv(language), language }),
            Form::Pdf => {
                let name = format!("{name}.pdf");
                Self::Pdf { name, pages: drawn(statement, is_over, language).await?, language }
            }
        })
    }
}

/// Off the async threads; the turn ends with the work, even if nobody waits for it any more.
async fn drawn(statement: Statement, is_over: bool, language: Language) -> Result<Vec<u8>, Error> {
    let turn = timeout(TURN_WAIT_MAX, DRAWN_AT_ONCE.acquire()).await;
    let busy = |_| Error::Unavailable("Many statements are being drawn at the moment.");
    let turn = turn.map_err(busy)?.map_err(Error::internal)?;
    let pages = tokio::task::spawn_blocking(move || {
        let pages = statement_pdf(&statement, is_over, language);
        drop(turn);
        pages
    });
    pages.await.map_err(Error::internal)?.map_err(Error::internal)
}

impl Answer for StatementAnswer {
    fn describe(operation: &mut Operation) {
        operation.answer_json::<MonthlyStatementBody>(StatusCode::OK);
        operation.answer_text_too(StatusCode::OK, CSV);
        operation.answer_file_too(StatusCode::OK, PDF);
    }

    fn into_response(self) -> Response {
        let mut response = match self {
            Self::Csv(table) => table.into_response(),
            Self::Pdf { name, pages, language } => file_answer(pages, PDF, &name, language),
            Self::Json(body, language) => {
                let mut response = Json(body).into_response();
                let headers = response.headers_mut();
                headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.code()));
                headers.append(VARY, HeaderValue::from(ACCEPT_LANGUAGE));
                response
            }
        };
        response.headers_mut().append(VARY, HeaderValue::from(ACCEPT));
        response
    }
}
