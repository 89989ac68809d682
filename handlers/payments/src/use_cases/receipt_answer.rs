//! A receipt in the form that the client asks for: data for an app, or a page to print.

use serde::Serialize;
use service::{Answer, Input, InputFilter, Json, Operation};
use utoipa::ToSchema;
use values::{
    Balance, Language, Money, Note, OperationKind, Party, Reference, Timestamp, TransferId,
    hong_kong_time,
};
use warp::http::StatusCode;
use warp::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderValue, VARY,
};
use warp::reply::Response;
use warp::{Filter, Reply};

use super::list_movements::{ParentBody, SubjectBody};
use super::pay_by_fps::MaskedFpsProxyBody;
use super::withdraw_money::MaskedBankAccountBody;
use crate::domain::{ConfirmedBy, Direction, Receipt, receipt_page};

const HTML: &str = "text/html";

/// What the client reads, as `Accept` says; who says nothing reads JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Html,
}

impl Form {
    /// HTML if it is named, and wanted more than JSON.
    fn wanted(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
        let ranges: Vec<(String, f32)> =
            lines.flat_map(|line| line.split(',')).filter_map(weighed).collect();
        let weight = |wanted: &str| {
            ranges.iter().find(|(range, _)| range == wanted).map(|(_, weight)| *weight)
        };
        let json = weight("application/json").or_else(|| weight("application/*"));
        let json = json.or_else(|| weight("*/*")).unwrap_or_default();
        let is_html = weight(HTML).is_some_and(|html| html > json);
        if is_html { Self::Html } else { Self::Json }
    }
}

/// `text/html;level=1;q=0.8`
fn weighed(range: &str) -> Option<(String, f32)> {
    let range = range.to_ascii_lowercase();
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?.to_owned();
    let weight = parts.find_map(|part| part.strip_prefix("q="));
    let weight = weight.map_or(Some(1.0), |weight| weight.trim().parse().ok())?;
    (0.0..=1.0).contains(&weight).then_some((name, weight))
}

impl Input for Form {
    /// The document names the forms where it describes the answer.
    fn take(_operation: &mut Operation) -> InputFilter<Self> {
        warp::header::headers_cloned().map(|headers: HeaderMap| Self::wanted(&headers)).boxed()
    }
}

/// What its reader may show of money that has moved. A fee has none of its own: it stands on that
/// of its payment or refund.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReceiptBody {
    /// By which both sides name it: the day in Hong Kong, and twelve characters.
    #[schema(pattern = "^[0-9]{8}-[0-9A-Z]{12}$", example = "20261128-SKNK084SN02Q")]
    receipt_number: String,
    transfer_id: TransferId,
    /// What the subject is, in the language of `Accept-Language`.
    #[schema(example = "Payment")]
    title: &'static str,
    direction: Direction,
    subject: SubjectBody,
    /// Whose money it was; null if it was at the bank, or waited to be claimed.
    from: Option<Party>,
    /// Whose money it is; null as in `from`.
    to: Option<Party>,
    amount: Money,
    /// What a shop has paid for the payment, or has back with the refund; null for everybody else,
    /// who neither pays nor sees it.
    fee: Option<Balance>,
    /// How much of the amount is a tip; null if nothing.
    tip: Option<Money>,
    /// Where a withdrawal has gone; null for everything else.
    bank_account: Option<MaskedBankAccountBody>,
    /// Whom a payment by FPS has gone to; null for everything else.
    fps_proxy: Option<MaskedFpsProxyBody>,
    /// What the shop has asked for, in its own words; null if it said nothing.
    #[schema(example = "Table 7")]
    description: Option<String>,
    /// What was said with it; null if nothing.
    note: Option<Note>,
    /// What the shop's code asked to be quoted; null if nothing.
    reference: Option<Reference>,
    /// What the subject belongs to, as in the history: of a refund, the payment that it gives back.
    parent: Option<ParentBody>,
    /// Of a payment to a shop, what has been given back of it since; null for everything else.
    refunded: Option<Balance>,
    /// How its reader has confirmed it; null if they had not to.
    confirmed_by: Option<ConfirmedBy>,
    posted_at: Timestamp,
    /// The same moment, as clocks show it in Hong Kong.
    #[schema(pattern = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", example = "2026-11-28 16:30:05")]
    hong_kong_time: String,
}

impl ReceiptBody {
    fn of(receipt: Receipt, language: Language) -> Self {
        let (receipt_number, from, to) = (receipt.number(), receipt.from(), receipt.to());
        let Receipt { movement, kind, fee, tip, description, confirmed_by, .. } = receipt;
        let is_payment = kind == OperationKind::Payment;
        Self {
            receipt_number,
            transfer_id: movement.transfer_id,
            title: kind.title().in_language(language),
            direction: movement.direction,
            subject: SubjectBody::of(Some(kind), movement.operation_id),
            from,
            to,
            amount: movement.amount,
            fee: fee.map(Balance::hkd),
            tip,
            bank_account: receipt.bank_account.as_ref().map(MaskedBankAccountBody::from),
            fps_proxy: receipt.fps_proxy.as_ref().map(MaskedFpsProxyBody::from),
            description,
            note: movement.note,
            reference: movement.reference,
            parent: movement.parent.map(ParentBody::from),
            refunded: is_payment.then(|| Balance::hkd(movement.refunded)),
            confirmed_by,
            posted_at: movement.at.into(),
            hong_kong_time: hong_kong_time(movement.at),
        }
    }
}

/// A receipt, in a language and a form.
pub(crate) struct ReceiptAnswer {
    pub(super) receipt: Receipt,
    pub(super) language: Language,
    pub(super) form: Form,
}

impl Answer for ReceiptAnswer {
    fn describe(operation: &mut Operation) {
        operation.answer_json::<ReceiptBody>(StatusCode::OK);
        operation.answer_text_too(StatusCode::OK, HTML);
    }

    fn into_response(self) -> Response {
        let Self { receipt, language, form } = self;
        let mut response = match form {
            Form::Json => Json(ReceiptBody::of(receipt, language)).into_response(),
            Form::Html => receipt_page(&receipt, language).into_response(),
        };
        let headers = response.headers_mut();
        if form == Form::Html {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        }
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.code()));
        headers.append(VARY, HeaderValue::from(ACCEPT));
        headers.append(VARY, HeaderValue::from(ACCEPT_LANGUAGE));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_for_those_who_ask_for_one_more_than_for_data() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for (lines, form) in [
            (&[][..], Form::Json),
            (&["*/*"], Form::Json),
            (&["application/json"], Form::Json),
            (&["text/html"], Form::Html),
            (&["TEXT/HTML; charset=utf-8"], Form::Html),
            (&[browser], Form::Html),
            (&["application/json;q=0.5", "text/html;q=0.6"], Form::Html),
            (&["application/json", "text/html"], Form::Json),
            (&["text/html;q=0.5, application/*"], Form::Json),
            (&["text/html;q=0"], Form::Json),
            (&["text/html;q=x, text/plain"], Form::Json),
            (&["text/plain, image/*"], Form::Json),
            (&["", ",;,q=1"], Form::Json),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(ACCEPT, HeaderValue::from_static(line));
            }
            assert_eq!(Form::wanted(&headers), form, "{lines:?}");
        }
    }
}
