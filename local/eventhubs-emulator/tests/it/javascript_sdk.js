// The official JavaScript SDK, as it comes from npm, against an emulator: javascript_sdk.js PORT.

const assert = require("node:assert");
const { EventHubConsumerClient, EventHubProducerClient } = require("@azure/event-hubs");

const connection = (key) =>
  `Endpoint=sb://localhost:${process.argv[2]};SharedAccessKeyName=RootManageSharedAccessKey;` +
  `SharedAccessKey=${key};UseDevelopmentEmulator=true;`;
const retryOptions = { maxRetries: 0, timeoutInMs: 20_000 };
const producer = (hub, key = "key") =>
  new EventHubProducerClient(connection(key), hub, { retryOptions });

const refusal = async (client) => {
  try {
    await client.sendBatch([{ body: "lost" }]);
  } catch (error) {
    return error;
  } finally {
    await client.close();
  }
  throw new Error("an event was taken");
};

async function main() {
  const orders = producer("orders");
  assert.deepStrictEqual(await orders.getPartitionIds(), ["0", "1", "2", "3"]);
  const batch = await orders.createBatch({ partitionId: "1" });
  for (let number = 0; number < 50; number += 1) {
    assert(batch.tryAdd({ body: { number }, properties: { number } }));
  }
  await orders.sendBatch(batch);
  // A key that the service's own hash puts there.
  await orders.sendBatch([{ body: "keyed" }], { partitionKey: "$0cb" });
  const { lastEnqueuedSequenceNumber } = await orders.getPartitionProperties("1");
  assert.strictEqual(Number(lastEnqueuedSequenceNumber), 50);
  await orders.close();

  const reader = new EventHubConsumerClient("g", connection("key"), "orders", { retryOptions });
  const read = await new Promise((resolve, reject) => {
    const all = [];
    const processEvents = async (events) => {
      all.push(...events);
      if (all.length >= 51) resolve(all);
    };
    const options = { startPosition: { sequenceNumber: -1, isInclusive: false }, maxWaitTimeInSeconds: 1 };
    reader.subscribe("1", { processEvents, processError: async (error) => reject(error) }, options);
  });
  await reader.close();
  assert.deepStrictEqual(read.map(({ sequenceNumber }) => Number(sequenceNumber)), [...Array(51).keys()]);
  assert.deepStrictEqual([read[7].body, read[7].properties], [{ number: 7 }, { number: 7 }]);
  assert.strictEqual(read[50].partitionKey, "$0cb");

  assert.match((await refusal(producer("nowhere"))).message, /nowhere does not exist/);
  assert.strictEqual((await refusal(producer("orders", "another"))).code, "UnauthorizedError");
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
