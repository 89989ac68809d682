//! What clients want done, once, while programs are killed.

use std::ops::Range;
use std::time::Instant;

use reqwest::Client;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::endings::Ending;
use super::town::{Town, complaint};
use super::{DISPUTED, HELD, PEOPLE, REPEAT_LIMIT, REPEAT_PAUSE, REVIEWED, Random};
use crate::bills::{BILLS, equal};
use crate::fps_payments::{PAYMENTS as FPS_PAYMENTS, signed as signed_fps};
use crate::group_commit::static_payment;
use crate::held_payments::HELD_PAYMENTS;
use crate::money_requests::{MONEY_REQUESTS, signed_payment, wish};
use crate::new_key;
use crate::parcels::{PAY_LINKS, RED_PACKETS, link, packet};
use crate::pay::PAYMENTS;
use crate::peer_payments::PEER_PAYMENTS;
use crate::withdrawals::{WITHDRAWALS, signed};

const TOP_UPS: &str = "/api/v1/wallets/me/top-ups";
/// So often is something ended that was begun before.
const ENDINGS: Range<u64> = 21..28;
const REQUESTS: &str = "/api/v1/payment-requests";

/// Something that a client wants done once.
pub(super) struct Wanted {
    pub(super) path: String,
    token: String,
    key: String,
    body: Value,
    /// What it takes from the wallets, and gives the shops or the bank; negative if it brings money
    /// in.
    pub(super) spends: i64,
}

impl Wanted {
    pub(super) fn any(random: &mut Random, town: &mut Town) -> Self {
        let by = random.below(33);
        if let Some(wanted) = Self::contested(by, random, town).or_else(|| ends(by, random, town)) {
            return wanted;
        }
        let index = usize::try_from(random.below(u64::try_from(PEOPLE).unwrap())).unwrap();
        let (person, payee) = (&town.people[index], &town.fps_payees[index]);
        let (shop, key) = (*random.of(&town.shops), new_key());
        let cents = i64::try_from(1 + random.below(50)).unwrap();
        let amount = hkd(cents);
        let (path, token, body, spends) = match by {
            0 | 1 => (TOP_UPS.to_owned(), &person.token, json!({"amount": amount}), -cents),
            2 => {
                let body = json!({"business_id": shop, "amount": amount});
                (REQUESTS.to_owned(), &town.owner.token, body, 0)
            }
            3 => {
                let path = format!("{PAYMENTS}/{}/refunds", random.of(&town.payments));
                (path, &town.owner.token, json!({"amount": amount}), -cents)
            }
            // The same capture twice is one capture, so it needs no key.
            8 => {
                let path = format!("{PAYMENTS}/{}/capture", random.of(&town.held));
                (path, &town.owner.token, json!({"amount": hkd(HELD)}), 0)
            }
            4 => {
                let body = signed(person, cents, &key);
                (WITHDRAWALS.to_owned(), &person.token, body, cents)
            }
            5 => (PAY_LINKS.to_owned(), &person.token, link(person, cents, &key), cents),
            6 | 7 if !town.unopened.is_empty() => {
                let unopened = u64::try_from(town.unopened.len()).unwrap();
                let index = usize::try_from(random.below(unopened)).unwrap();
                let (person, opened) = town.unopened.swap_remove(index);
                let packet = &town.red_packets[opened];
                let body = json!({"secret": packet.secret});
                (format!("{}/claims", packet.path), &town.people[person].token, body, -1)
            }
            // What moves stays in their wallets.
            9 if !town.asked.is_empty() => {
                let (payer, request) = town.asked.swap_remove(0);
                let payer = &town.people[payer];
                let body = signed_payment(payer, &request, &key);
                (PEER_PAYMENTS.to_owned(), &payer.token, body, 0)
            }
            // The bank takes its time, refuses, or does not answer, and is killed meanwhile.
            by @ (11 | 12) => {
                let cents = i64::try_from(91 + random.below(8)).unwrap();
                let stays = matches!(cents, 92 | 94 | 97);
                let (path, body) = if by == 11 {
                    (WITHDRAWALS, signed(person, cents, &key))
                } else {
                    (FPS_PAYMENTS, signed_fps(person, payee, cents, &key))
                };
                (path.to_owned(), &person.token, body, if stays { 0 } else { cents })
            }
            13 => {
                let cents = i64::try_from(91 + random.below(8)).unwrap();
                let method = *random.of(&["instant", "bank-debit"]);
                let body = json!({"amount": hkd(cents), "type": method});
                let comes = !matches!(cents, 92 | 94 | 97 | 98);
                (TOP_UPS.to_owned(), &person.token, body, if comes { -cents } else { 0 })
            }
            14 => {
                let body = packet(person, cents + 1, "random-2", &key);
                (RED_PACKETS.to_owned(), &person.token, body, cents + 1)
            }
            _ => {
                let mut body = static_payment(person, shop, cents, &key);
                body["tip"] = if random.below(2) == 0 { amount } else { Value::Null };
                (PAYMENTS.to_owned(), &person.token, body, cents)
            }
        };
        Self { path, token: token.clone(), key, body, spends }
    }

    /// What others must agree to, or lack; nothing if that is tried no more.
    fn contested(by: u64, random: &mut Random, town: &mut Town) -> Option<Self> {
        let next = |left: &mut Vec<usize>| (!left.is_empty()).then(|| left.swap_remove(0));
        let (shop, key) = (*random.of(&town.shops), new_key());
        let cents = i64::try_from(1 + random.below(50)).unwrap();
        let (path, token, body, spends) = match by {
            10 => {
                let (requester, payer) = town.asking.pop()?;
                let body = wish(&town.people[payer], cents);
                (MONEY_REQUESTS.to_owned(), &town.people[requester].token, body, 0)
            }
            15 => {
                let creator = next(&mut town.splitting)?;
                let others = [1, 2].map(|next| &town.people[(creator + next) % PEOPLE]);
                let body = equal(3 * cents, others);
                (BILLS.to_owned(), &town.people[creator].token, body, 0)
            }
            // The same dispute twice is one dispute, and so is its answer.
            16 => {
                let (payer, payment) = town.disputable.pop()?;
                let path = format!("{PAYMENTS}/{payment}/disputes");
                (path, &town.people[payer].token, complaint(), 0)
            }
            17 => {
                let path = format!("{}/accept", town.disputed.pop()?);
                (path, &town.owner.token, Value::Null, -DISPUTED)
            }
            18 => {
                let path = format!("{HELD_PAYMENTS}/{}/release", town.reviewed.pop()?);
                (path, &town.reviewer, json!({"reason": "called the payer, case 7"}), -REVIEWED)
            }
            // What they lack is not counted as anybody's.
            19 | 20 => {
                let person = &town.lacking[next(&mut town.broke)?];
                (PAYMENTS.to_owned(), &person.token, static_payment(person, shop, cents, &key), 0)
            }
            _ => return None,
        };
        Some(Self { path, token: token.clone(), key, body, spends })
    }

    /// Whether the bank's word may come between two answers, or the refund of a dispute that was
    /// accepted as the database went away: then they agree on what was begun.
    pub(super) fn goes_on(&self) -> bool {
        [TOP_UPS, WITHDRAWALS, FPS_PAYMENTS].contains(&&*self.path)
            || self.path.ends_with("/accept")
    }

    pub(super) fn takes_key(&self) -> bool {
        let is_once_by_itself = ["/capture", "/disputes", "/accept", "/release"];
        self.ends_as().is_none() && !is_once_by_itself.iter().any(|act| self.path.ends_with(act))
    }

    pub(super) fn ends_as(&self) -> Option<&'static str> {
        Ending::status(&self.path)
    }

    /// The answer's text once it was done; nothing if that is not known.
    pub(super) async fn send(&self, client: &Client, url: &str) -> Option<String> {
        let Self { path, .. } = self;
        let request = client.post(format!("{url}{path}")).bearer_auth(&self.token);
        let request = request.header("idempotency-key", &self.key);
        let request = if self.body.is_null() { request } else { request.json(&self.body) };
        let answer = request.send().await.ok()?;
        let (status, text) = (answer.status().as_u16(), answer.text().await.ok()?);
        let is_done = matches!(status, 200 | 201);
        assert!(is_done || status >= 500, "{status} {text}");
        is_done.then_some(text)
    }

    pub(super) async fn repeat(&self, client: &Client, url: &str) -> String {
        let began = Instant::now();
        loop {
            if let Some(text) = self.send(client, url).await {
                return text;
            }
            assert!(began.elapsed() < REPEAT_LIMIT, "{} is never done", self.path);
            sleep(REPEAT_PAUSE).await;
        }
    }
}

fn ends(by: u64, random: &mut Random, town: &mut Town) -> Option<Wanted> {
    let left = u64::try_from(town.endings.len()).unwrap();
    if !ENDINGS.contains(&by) || left == 0 {
        return None;
    }
    let ending = town.endings.swap_remove(usize::try_from(random.below(left)).unwrap());
    let Ending { path, token, body, spends } = ending;
    Some(Wanted { path, token, key: new_key(), body, spends })
}

fn hkd(cents: i64) -> Value {
    json!({"amount": cents, "currency": "HKD"})
}
