// SPDX-License-Identifier: MIT
// The providers' stand-in at the pace of a fast provider, a piece every 2 ms: `node net-server.mjs`
//
// Prints its base URL on the first line of standard output and stops when standard input closes.
import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(new URL("../integration/package.json", import.meta.url));
const { LLMock } = require("@copilotkit/aimock");

const CONTENT = "Hello. ".repeat(100);
const mock = new LLMock({ port: 0, logLevel: "silent" });

mock.onMessage(/./, { content: CONTENT.slice(0, 70) }, {
  chunkSize: 7,
  streamingProfile: { ttft: 2, tps: 500, jitter: 0 },
});
mock.onMessage(/^many/, { content: CONTENT }, { chunkSize: 7 });
process.stdin.on("end", () => process.exit(0)).resume();
console.log(await mock.start());
