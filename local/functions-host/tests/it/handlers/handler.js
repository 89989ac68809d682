// A custom handler in Node, as the public documentation describes one: no library but Node's own.

const http = require("node:http");

const functions = {
  start: ({ req }) => ({ Outputs: { res: { statusCode: 202, body: "node" }, order: req.Body } }),
  on_message: ({ item }) => ({ ReturnValue: JSON.parse(item) }),
  on_blob: ({ blob }) => ({ Outputs: { event: Buffer.from(blob, "base64").toString() } }),
  on_events: ({ events }) => ({
    Outputs: { documents: JSON.parse(events).map((event) => JSON.parse(event)) },
  }),
  on_documents: ({ docs }) => ({
    Outputs: { last: JSON.parse(JSON.parse(docs)).map(({ id }) => `${id} by node`) },
  }),
  on_timer: ({ timer }) => ({ Outputs: { tick: `past due: ${timer.IsPastDue}` } }),
  on_grid: ({ event }) => ({ Outputs: { told: `${event.data.name}: told` } }),
};

const answer = (response, status, value) => {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(value));
};

http
  .createServer(async (request, response) => {
    if (request.method === "GET") return answer(response, 200, {});
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const call = functions[request.url.slice(1)];
    if (!call) return answer(response, 404, {});
    answer(response, 200, call(JSON.parse(body).Data));
  })
  .listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), "127.0.0.1");
