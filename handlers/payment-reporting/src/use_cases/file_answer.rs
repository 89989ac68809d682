//! An answer that browsers keep as a file.

use values::Language;
use warp::Reply;
use warp::http::header::{
    ACCEPT_LANGUAGE, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderValue, VARY,
};
use warp::reply::Response;

/// 200 with a file in a language, whose name has letters, digits, hyphens and an ending.
pub(super) fn file_answer(
    file: Vec<u8>,
    content_type: &'static str,
    name: &str,
    language: Language,
) -> Response {
    let mut response = file.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    let name = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")).ok();
    headers.extend(name.map(|name| (CONTENT_DISPOSITION, name)));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.code()));
    headers.append(VARY, HeaderValue::from(ACCEPT_LANGUAGE));
    response
}
