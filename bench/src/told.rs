//! How long it takes until both sides of a payment are told: from its decision, through commit,
//! outbox, hub and host, until notification writes the lines of both inboxes.

use std::time::{Duration, Instant, UNIX_EPOCH};

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use tokio::time::sleep;
use uuid::Uuid;

use crate::Outcome;
use crate::load::{self, CLIENTS, Load, WARM_UP, Work};
use crate::payers;
use crate::platform::{NOTIFICATION, PAYMENTS, Platform, Way};
use crate::process::Usage;
use crate::report::{Report, Row, percentile};
use crate::town::{PREPARED, Town};

pub(crate) const PACED: &str = "told-at-1000";
pub(crate) const SATURATED: &str = "told-after-full-load";
/// Payments in a second of the paced case.
const PACE: f64 = 1_000.0;
/// How long the consumer may take for what is left, and how often it is asked.
const DRAIN_TIME_MAX: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(50);

pub(crate) async fn run(platform: &Platform, report: &mut Report) -> Outcome<()> {
    eprintln!("bench: {PACED}, {SATURATED}");
    let inboxes = "told_inboxes";
    platform.create_schema(NOTIFICATION, inboxes).await?;
    let mut told = platform.server.connect(inboxes).await?;
    told.query_drop("SET SESSION time_zone = '+00:00'").await?;
    let consumer = platform.serve(NOTIFICATION, Way::Hosted, inboxes, 1).await?;
    for (name, per_second) in [(PACED, Some(PACE)), (SATURATED, None)] {
        let schema = name.replace('-', "_");
        platform.create_schema(PAYMENTS, &schema).await?;
        let mut conn = platform.server.connect(&schema).await?;
        let town = Town::found(&mut conn).await?;
        let orders = town.ask_to_be_paid(&mut conn, PREPARED, false).await?;
        let instance = platform.serve(PAYMENTS, Way::Hosted, &schema, 1).await?;
        let work = Work::Once(payers::sign(&platform.issuer, &town, &orders)?);
        let own = instance.processes.iter().chain(&consumer.processes).copied();
        let processes: Vec<_> = own.chain(platform.processes()).collect();
        let load = Load { clients: CLIENTS, per_second };
        // While pools fill and the relay finds the hub, nothing is measured here either.
        let from = u64::try_from(UNIX_EPOCH.elapsed()?.saturating_add(WARM_UP).as_millis())?;
        let measured =
            load::run(&[instance.address], load, work, 201, || Usage::of(&processes)).await?;
        let (end, paid) = (Instant::now(), count(&mut conn, PAID).await?);
        while count(&mut told, TOLD).await? < paid.saturating_mul(2) {
            if end.elapsed() > DRAIN_TIME_MAX {
                return Err("not all payments were told of in time".into());
            }
            sleep(POLL).await;
        }
        let drained = end.elapsed();
        report.add(Row::new(name, CLIENTS, &measured));
        report.note_usage(name, &measured, 0);
        let delays = delays(&mut told, from).await?;
        let (p50, p99) = (percentile(&delays, 50), percentile(&delays, 99));
        report.note(format!(
            "{name}: until told: p50 {p50} ms, p99 {p99} ms; all of {paid} payments {:.1} s after \
             the last",
            drained.as_secs_f64()
        ));
        told.query_drop("DELETE FROM notifications").await?;
        drop(instance);
        conn.disconnect().await?;
        platform.server.drop(&schema).await?;
    }
    told.disconnect().await?;
    drop(consumer);
    platform.server.drop(inboxes).await
}

const PAID: &str = "SELECT COUNT(*) FROM operations WHERE kind = 'payment'";
const TOLD: &str = "SELECT COUNT(*) FROM notifications";

async fn count(conn: &mut Conn, sql: &str) -> Outcome<u64> {
    Ok(conn.query_first(sql).await?.unwrap_or_default())
}

/// From the making of an event, whose id is a UUIDv7, until its lines were written: milliseconds,
/// the shortest first. Events before `from`, in milliseconds too, do not count.
async fn delays(conn: &mut Conn, from: u64) -> Outcome<Vec<u64>> {
    let sql = "SELECT event_id, CAST(UNIX_TIMESTAMP(created_at) * 1000 AS UNSIGNED)
               FROM notifications";
    let lines: Vec<(String, u64)> = conn.query(sql).await?;
    let mut delays = Vec::with_capacity(lines.len());
    for (event_id, written) in lines {
        let made = Uuid::parse_str(&event_id)?.get_timestamp().ok_or("no time in an event's id")?;
        let (seconds, nanoseconds) = made.to_unix();
        let made = seconds.saturating_mul(1_000).saturating_add((nanoseconds / 1_000_000).into());
        if made >= from {
            delays.push(written.saturating_sub(made));
        }
    }
    delays.sort_unstable();
    Ok(delays)
}
