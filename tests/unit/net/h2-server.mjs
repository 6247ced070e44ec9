// SPDX-License-Identifier: MIT
// An HTTP/2 server for test-http-h2.c: `node h2-server.mjs CERTIFICATE KEY`
//
// Prints its port. Answers with "VERSION SESSIONS": the protocol, and how many connections it has
// had; /slow does so after 100 ms, so that calls overlap.
import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import process from "node:process";

const [cert, key] = process.argv.slice(2).map((path) => readFileSync(path));
let sessions = 0;

const server = createSecureServer({ cert, key, allowHTTP1: false }, (request, response) => {
  const answer = () => response.end(`${request.httpVersion} ${sessions}`);

  // A reply before the request is read would reset its stream.
  request.resume().on("end", () => setTimeout(answer, request.url === "/slow" ? 100 : 0));
});
server.on("session", () => { sessions += 1; });
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
