//! A page of an account's movements that are searched for.

use mysql_async::prelude::Queryable;
use service::{Error, Page, Paging};
use utoipa::ToSchema;
use uuid::Uuid;
use values::MoneyError;

use crate::domain::Line;
use crate::store::ledger::movements::{Between, Order, Wanted, find_reach, list_lines};

/// How many movements of each direction are looked at for a page. The next page goes on below.
const LOOKED_AT_MAX: u32 = 2_000;

/// The newest of the wanted that are among those, each as `body` says it.
pub(super) async fn search<B: ToSchema>(
    connection: &mut impl Queryable,
    account_id: Uuid,
    paging: Paging,
    wanted: &Wanted,
    body: impl Fn(Line) -> Result<B, MoneyError>,
) -> Result<Page<B>, Error> {
    let range = Between(paging.from_id(), paging.before_id());
    let reach = find_reach(connection, account_id, range, Order::Newest, LOOKED_AT_MAX).await?;
    let paging = paging.reaching(reach);
    let range = Between(paging.from_id(), paging.before_id());
    let lines =
        list_lines(connection, account_id, wanted, range, Order::Newest, paging.rows()).await?;
    let bodies = lines.into_iter().map(|line| {
        let place = line.transfer_id.uuid().as_u128();
        Ok((place, body(line).map_err(Error::internal)?))
    });
    let bodies = bodies.collect::<Result<Vec<_>, Error>>()?;
    Ok(paging.page(bodies, |(place, _)| *place, |(_, body)| body))
}
