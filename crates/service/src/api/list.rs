//! Lists: one page of items, newest first unless a list says otherwise, and the cursor of the next.
//!
//! A cursor names the last item that was shown, not a count of items, so no page shifts when new
//! ones come. It is opaque, and good only for the list, the owner and the
//! filters that it was made for: phones keep cursors, and a stray one would be answered with a page
//! that nobody asked for.

use std::borrow::Cow;
use std::fmt::Display;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use uuid::Uuid;
use warp::Filter;

use super::document::{Operation, value};
use super::input::Input;
use super::schema_names::noun;
use super::{InputFilter, or_reject};
use crate::Problem;
use crate::refusals::{CURSOR_INVALID, INVALID_QUERY};

/// Items on a page if the client does not say.
const LIMIT_DEFAULT: usize = 50;
/// The most items on a page.
const LIMIT_MAX: usize = 100;
/// Bytes of a digest that bind a cursor to its list.
const BINDING_BYTES: usize = 8;

/// A list that cannot be narrowed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

/// What a request for a list brings: `cursor`, `limit`, and the list's own filters.
pub struct List<F = NoFilter> {
    /// Which items are wanted.
    pub filter: F,
    /// The operation and the filters as they were sent: what a cursor is good for.
    asked: String,
    cursor: Option<String>,
    limit: usize,
}

/// Where a page begins, where its list ends, and how long it is.
pub struct Paging {
    binding: [u8; BINDING_BYTES],
    before: Option<u128>,
    from: u128,
    /// Where the next page goes on if this one is not full.
    reach: Option<u128>,
    limit: usize,
}

/// The place of what has this id in a list that shows the oldest first.
pub const fn oldest_first(id: Uuid) -> u128 {
    !id.as_u128()
}

/// One page of a list.
#[derive(Serialize)]
pub struct Page<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

impl<F> List<F> {
    /// The page of this owner's list.
    ///
    /// # Errors
    /// 400 `cursor-invalid` for a cursor of another list.
    pub fn of(&self, owner: impl Display) -> Result<Paging, Problem> {
        let digest = digest(&SHA256, format!("{owner} {}", self.asked).as_bytes());
        let mut binding = [0; BINDING_BYTES];
        binding.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
        let before = self.cursor.as_deref().map(|cursor| {
            let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
            let place = bytes.strip_prefix(&binding)?.try_into().ok()?;
            Some(u128::from_be_bytes(place))
        });
        let before = before.map(|place| place.ok_or(CURSOR_INVALID)).transpose()?;
        Ok(Paging { binding, before, from: 0, reach: None, limit: self.limit })
    }
}

impl Paging {
    /// The newest items of a list, as part of another answer, which has no cursor.
    pub const fn newest(limit: usize) -> Self {
        Self { binding: [0; BINDING_BYTES], before: None, from: 0, reach: None, limit }
    }

    /// The same of a list that holds only the ids from `from` on and below `before`.
    #[must_use]
    pub fn between(self, from: Option<Uuid>, before: Option<Uuid>) -> Self {
        let bound = before.map(|before| before.as_u128());
        let before = self.before.into_iter().chain(bound).min();
        Self { before, from: from.map_or(0, |from| from.as_u128()), ..self }
    }

    /// The same of a list for whose pages a bounded part is looked through: for this one the ids
    /// from `reach` on, which is below where it begins; all of them if there is none. A page that
    /// is not full then has a cursor all the same, from where the next one looks on.
    #[must_use]
    pub fn reaching(self, reach: Option<Uuid>) -> Self {
        Self { reach: reach.map(|reach| reach.as_u128()), ..self }
    }

    /// The id that all items of this page are at or above.
    pub fn from_id(&self) -> Uuid {
        Uuid::from_u128(self.reach.map_or(self.from, |reach| reach.max(self.from)))
    }

    /// The id that all items of this page are below.
    pub fn before_id(&self) -> Uuid {
        self.before.map_or(Uuid::max(), Uuid::from_u128)
    }

    /// The id that all items of this page are above, of a list that shows the oldest first. The
    /// place of such an item is [`oldest_first`].
    pub const fn after_id(&self) -> Uuid {
        let before = match self.before {
            Some(before) => before,
            None => u128::MAX,
        };
        Uuid::from_u128(!before)
    }

    /// The number that all items of this page are below.
    pub fn before_number(&self) -> u64 {
        self.before.and_then(|place| place.try_into().ok()).unwrap_or(u64::MAX)
    }

    /// How many rows to read: one more than a page has tells whether another follows.
    pub const fn rows(&self) -> usize {
        self.limit.saturating_add(1)
    }

    /// The page that these rows make. `place` is a row's id or number, `show` what clients see.
    pub fn page<R, T>(
        &self,
        mut rows: Vec<R>,
        place: impl Fn(&R) -> u128,
        show: impl FnMut(R) -> T,
    ) -> Page<T> {
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let last = rows.last().filter(|_| has_more).map(place);
        let next_cursor = last.or(self.reach).map(|place| {
            URL_SAFE_NO_PAD.encode([&self.binding[..], &place.to_be_bytes()].concat())
        });
        Page { items: rows.into_iter().map(show).collect(), next_cursor }
    }
}

impl<F: DeserializeOwned + IntoParams + Send + 'static> Input for List<F> {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        for parameter in F::into_params(|| Some(ParameterIn::Query)) {
            operation.add_parameter(value(&parameter));
        }
        operation.add_parameter(json!({
            "name": "cursor",
            "in": "query",
            "description": "The `next_cursor` of the page before; absent for the first page.",
            "schema": {"type": "string", "maxLength": 64},
        }));
        operation.add_parameter(json!({
            "name": "limit",
            "in": "query",
            "description": "The most items on the page.",
            "schema": {
                "type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT,
            },
        }));
        let name = operation.id().to_owned();
        let query = warp::query::raw().or(warp::any().map(String::new)).unify();
        query
            .and_then(move |query: String| {
                let read = read(&name, &query);
                async move { or_reject(read) }
            })
            .boxed()
    }
}

/// `cursor` and `limit` apart, each at most once, and the filters of the rest.
fn read<F: DeserializeOwned>(operation: &str, query: &str) -> Result<List<F>, Problem> {
    let invalid = |detail: String| Problem::from(INVALID_QUERY.because(detail));
    let fields: Vec<(String, String)> =
        serde_urlencoded::from_str(query).map_err(|error| invalid(error.to_string()))?;
    let (paging, filters): (Vec<_>, Vec<_>) =
        fields.into_iter().partition(|(name, _)| name == "cursor" || name == "limit");
    let mut cursor = None;
    let mut limit = None;
    for (name, text) in paging {
        let field = if name == "cursor" { &mut cursor } else { &mut limit };
        if field.replace(text).is_some() {
            return Err(invalid(format!("duplicate field `{name}`")));
        }
    }
    let limit = match limit {
        None => LIMIT_DEFAULT,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=LIMIT_MAX).contains(limit))
            .ok_or_else(|| invalid(format!("limit is 1 to {LIMIT_MAX}")))?,
    };
    let filters =
        serde_urlencoded::to_string(filters).map_err(|error| invalid(error.to_string()))?;
    let filter =
        serde_urlencoded::from_str(&filters).map_err(|error| invalid(error.to_string()))?;
    Ok(List { filter, asked: format!("{operation}?{filters}"), cursor, limit })
}

impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let nullable_text = SchemaType::Array(vec![Type::String, Type::Null]);
        ObjectBuilder::new()
            .description(Some("One page, newest first where the list does not say otherwise."))
            .property("items", ArrayBuilder::new().items(Ref::from_schema_name(T::name())))
            .property(
                "next_cursor",
                ObjectBuilder::new()
                    .schema_type(nullable_text)
                    .examples(["q83vASNFZ4mrze8BI0VniQGQWqcYTncfoRcDNWC7fLk"])
                    .description(Some("The `cursor` of the next page; null on the last one.")),
            )
            .into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", noun(&T::name())).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: u8 = 1;

    #[derive(Deserialize, IntoParams)]
    #[serde(deny_unknown_fields)]
    struct OfShop {
        shop: Option<u32>,
    }

    fn list(query: &str) -> Result<List<OfShop>, Problem> {
        read("list_things", query)
    }

    /// The numbers on the page before `newest` of a list that has all from 1 to 9.
    fn page(query: &str) -> Page<u128> {
        let paging = list(query).unwrap().of(OWNER).unwrap();
        let rows = (1..10).rev().filter(|number| *number < u128::from(paging.before_number()));
        paging.page(rows.take(paging.rows()).collect(), |number| *number, |number| number)
    }

    #[test]
    fn the_pages_of_a_list_hold_each_item_once_and_the_last_has_no_cursor() {
        let mut seen = Vec::new();
        let mut query = "limit=4".to_owned();
        loop {
            let page = page(&query);
            seen.push(page.items);
            let Some(cursor) = page.next_cursor else { break };
            query = format!("limit=4&cursor={cursor}");
        }
        assert_eq!(seen, [vec![9, 8, 7, 6], vec![5, 4, 3, 2], vec![1]]);
        assert_eq!(page("limit=9").next_cursor, None);
    }

    #[test]
    fn a_page_that_was_looked_for_in_a_part_goes_on_below_it_also_when_it_is_empty() {
        /// Of the numbers from 1 to 30 those above 24 and below 4, ten looked at for each page.
        fn page(query: &str) -> Page<u128> {
            let paging = list(query).unwrap().of(OWNER).unwrap();
            let before = paging.before_id().as_u128().min(31);
            let reach = before.checked_sub(10).filter(|reach| *reach > 0).map(Uuid::from_u128);
            let paging = paging.reaching(reach);
            let looked_at = (paging.from_id().as_u128().max(1)..before).rev();
            let rows = looked_at.filter(|number| *number > 24 || *number < 4);
            paging.page(rows.take(paging.rows()).collect(), |number| *number, |number| number)
        }
        let mut seen = Vec::new();
        let mut query = "limit=4".to_owned();
        while let Page { items, next_cursor: Some(cursor) } = page(&query) {
            seen.push(items);
            query = format!("limit=4&cursor={cursor}");
        }
        seen.push(page(&query).items);
        let expected = [vec![30, 29, 28, 27], vec![26, 25], vec![], vec![3, 2, 1]];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_list_of_the_oldest_first_goes_on_above_the_last_that_was_shown() {
        let first = list("limit=2").unwrap().of(OWNER).unwrap();
        assert_eq!(first.after_id(), Uuid::nil());
        let ids = [3, 5, 8].map(Uuid::from_u128);
        let cursor = first.page(ids.to_vec(), |id| oldest_first(*id), |id| id).next_cursor;
        let next = list(&format!("limit=2&cursor={}", cursor.unwrap())).unwrap();
        assert_eq!(next.of(OWNER).unwrap().after_id(), ids[1]);
    }

    #[test]
    fn a_cursor_of_another_list_owner_or_filter_is_refused() {
        let cursor = page("limit=1&shop=7").next_cursor.unwrap();
        let good = list(&format!("shop=7&cursor={cursor}")).unwrap();
        assert!(good.of(OWNER).is_ok());
        assert!(good.of(2).is_err());
        let elsewhere: List<OfShop> =
            read("list_others", &format!("shop=7&cursor={cursor}")).unwrap();
        assert!(elsewhere.of(OWNER).is_err());
        for query in [format!("cursor={cursor}"), format!("shop=8&cursor={cursor}")] {
            assert!(list(&query).unwrap().of(OWNER).is_err(), "{query}");
        }
        for forged in ["", "x", "AAAA", &cursor[1..], &format!("{cursor}AA")] {
            let query = format!("shop=7&cursor={forged}");
            assert!(list(&query).unwrap().of(OWNER).is_err(), "{forged}");
        }
    }

    #[test]
    fn a_query_of_another_form_is_refused() {
        for query in [
            "limit=0",
            "limit=101",
            "limit=-1",
            "limit=x",
            "limit=",
            "limit=1&limit=2",
            "cursor=a&cursor=a",
            "colour=red",
            "shop=x",
            "shop=1&shop=2",
            "before=1",
        ] {
            assert!(list(query).is_err(), "{query}");
        }
        assert_eq!(list("limit=100&shop=3").unwrap().filter.shop, Some(3));
    }
}
