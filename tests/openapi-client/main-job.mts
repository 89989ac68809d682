// The product's main job over a lossy connection, as two apps that know the API's documents only.
// Prints one line of JSON, and fails if anything happened twice, or not at all.
//
//     node main-job.mjs <API URL> <SMS inbox URL> <operators' key>

import { checkConsumer, checkMerchant, findNotification } from "./checks.mjs";
import { assert } from "./expect.mjs";
import { LossyConnection, PERIOD } from "./lossy.mjs";
import { approve } from "./operator.mjs";
import { Phone, type Addresses } from "./phone.mjs";
import { ask, chooseName, code, openShop, pay, scan, topUpWallet } from "./steps.mjs";

/** Cents. */
const TOP_UP = 50_000;
const PRICE = 12_850;

/** Answers how many log-ins it took. */
async function play(addresses: Addresses, connection: LossyConnection): Promise<number> {
  const merchant = await Phone.signUp(addresses, connection, "business");
  const consumer = await Phone.signUp(addresses, connection, "consumer");

  const topUp = await topUpWallet(consumer, hkd(TOP_UP));
  await chooseName(consumer);
  const shop = await openShop(merchant);
  await approve(addresses, shop);
  const asked = await ask(merchant, shop, hkd(PRICE));

  // Either way the service sees the refresh token twice, and nobody may be logged out for it.
  connection.destine("lost");
  await consumer.renew();
  connection.destine("doubled");
  await merchant.renew();

  const seen = await scan(consumer, await code(merchant, asked));
  const payment = await pay(consumer, seen);

  await findNotification(consumer, "payment-sent", payment);
  await findNotification(merchant, "payment-received", payment);
  await checkConsumer(consumer, topUp, payment, hkd(TOP_UP - PRICE));
  await checkMerchant(merchant, shop, payment);

  // Who is still logged in can renew.
  connection.destine("sound");
  await consumer.renew();
  connection.destine("sound");
  await merchant.renew();
  return consumer.logIns + merchant.logIns;
}

function hkd(amount: number) {
  return { amount, currency: "HKD" } as const;
}

const [api, smsInbox, functionKey] = process.argv.slice(2);
if (api === undefined || smsInbox === undefined || functionKey === undefined) {
  throw new Error("usage: main-job.mjs <API URL> <SMS inbox URL> <operators' key>");
}
const connection = new LossyConnection();
let log_ins = 0;
for (let played = 0; played < PERIOD; played += 1) {
  log_ins += await play({ api, smsInbox, functionKey }, connection);
}
const { requests, lost, doubled, refusals, operations } = connection;
for (const [operation, count] of Object.entries(operations)) {
  assert(count >= PERIOD, `${operation} was asked often enough to be lost and doubled`);
}
console.log(JSON.stringify({ plays: PERIOD, requests, lost, doubled, refusals, log_ins }));
