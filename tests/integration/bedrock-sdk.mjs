// SPDX-License-Identifier: MIT
// What AWS's own SDK sends for the calls on its input (inputs of ConverseStream), recorded on loopback;
// then an event stream as AWS's own codec writes it. See test_bedrock_sdk.py.
import { createServer } from "node:http2";
import { text } from "node:stream/consumers";
import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { EventStreamCodec } from "@smithy/core/event-streams";

const encode = (string) => new TextEncoder().encode(string);
const codec = new EventStreamCodec((bytes) => new TextDecoder().decode(bytes), encode);

function message([type, payload]) {
  const kind = type.endsWith("Exception") ? "exception" : "event";
  const header = (value) => ({ type: "string", value });
  return codec.encode({
    headers: {
      [`:${kind}-type`]: header(type), ":content-type": header("application/json"), ":message-type": header(kind),
      // Kinds of header that are there for others to use.
      "x-flag": { type: "boolean", value: true }, "x-when": { type: "timestamp", value: new Date(0) },
      "x-bytes": { type: "binary", value: encode("x") }, "x-count": { type: "integer", value: -1 },
    },
    body: encode(JSON.stringify(payload)),
  });
}

const reviver = (name, value) => (value?.$bytes !== undefined ? Buffer.from(value.$bytes, "base64") : value);
const { calls, events } = JSON.parse(await text(process.stdin), reviver);
const recorded = [];
const server = createServer(async (request, response) => {
  const body = await text(request);
  recorded.push({ path: request.url, type: request.headers["content-type"], body });
  response.writeHead(400, { "content-type": "application/json", "x-amzn-errortype": "ValidationException" });
  response.end('{"message":"recorded"}');
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));

const client = new BedrockRuntimeClient({
  endpoint: `http://127.0.0.1:${server.address().port}`, region: "eu-west-1", maxAttempts: 1,
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "token" },
});
for (const call of calls) {
  await client.send(new ConverseStreamCommand(call)).catch((error) => {
    if (error.message !== "recorded") throw error;
  });
}
server.close();
client.destroy();
console.log(JSON.stringify({ recorded, stream: Buffer.concat(events.map(message)).toString("base64") }));
