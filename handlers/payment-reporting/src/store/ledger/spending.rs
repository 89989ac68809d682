//! What an account paid to shops, by what kind of trade they are.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use uuid::Uuid;
use values::KindSide;

use super::movements::Between;
use super::select_in_time;
use super::taken::codes;
use crate::domain::Spent;

type Row = (Option<String>, i64, i64, i64, i64);

/// By the code that each shop says now, null of those that say none. Costs what moved between the
/// two: a shop is looked up once, however often it was paid.
pub(crate) async fn sum_spent(
    connection: &mut impl Queryable,
    account_id: Uuid,
    Between(from, before): Between,
) -> Result<Vec<(Option<String>, Spent)>, Error> {
    let paid = part(
        "credit_account_id AS shop_id, COUNT(*) AS payments, SUM(amount) AS paid, 0 AS refunds,
         0 AS refunded",
        ["by_debit_account", "debit_account_id", "credit_account_id"],
        &codes(KindSide::Person, KindSide::Shop),
    );
    let refunded = part(
        "debit_account_id, 0, 0, COUNT(*), SUM(amount)",
        ["by_credit_account", "credit_account_id", "debit_account_id"],
        &codes(KindSide::Shop, KindSide::Person),
    );
    let sql = select_in_time(&format!(
        "category_code, CAST(SUM(payments) AS SIGNED), CAST(SUM(paid) AS SIGNED),
             CAST(SUM(refunds) AS SIGNED), CAST(SUM(refunded) AS SIGNED)
         FROM ({paid} UNION ALL {refunded}) AS moved LEFT JOIN shops ON business_id = shop_id
         GROUP BY category_code"
    ));
    let mine = (account_id, from, before);
    let rows: Vec<Row> =
        connection.exec(sql, (mine.0, mine.1, mine.2, mine.0, mine.1, mine.2)).await?;
    let spent = |(code, payments, paid, refunds, refunded): Row| {
        (code, Spent { payments, paid, refunds, refunded })
    };
    Ok(rows.into_iter().map(spent).collect())
}

fn part(columns: &str, [index, mine, shop]: [&str; 3], codes: &str) -> String {
    format!(
        "(SELECT {columns} FROM transfers FORCE INDEX ({index})
          WHERE {mine} = ? AND transfer_id >= ? AND transfer_id < ? AND code IN ({codes})
              AND phase IN ('posted', 'settled')
          GROUP BY {shop})"
    )
}
