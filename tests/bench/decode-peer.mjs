// SPDX-License-Identifier: MIT
// node decode-peer.mjs FILE: how fast npm's openai turns the same bytes, in the same chunks, into
// chunks of its own, as one JSON object. Its own processor time, or the clock's where it is shorter.
import { readFileSync } from 'node:fs';
import { Stream } from 'openai/streaming';

const CHUNK = 16384;
const SECONDS = 5;
const bytes = readFileSync(process.argv[2]);

function response() {
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + CHUNK)));
      at += CHUNK;
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

async function pass() {
  let texts = 0;
  for await (const chunk of Stream.fromSSEResponse(response(), new AbortController()))
    if (chunk.choices[0]?.delta?.content) texts++;
  return texts;
}

const warm = await pass();
const clock = process.hrtime.bigint();
const cpu = process.cpuUsage();
let events = 0;
let seconds = 0;
while (seconds < SECONDS) {
  events += await pass();
  const used = process.cpuUsage(cpu);
  seconds = Math.min(Number(process.hrtime.bigint() - clock) / 1e9, (used.user + used.system) / 1e6);
}
console.log(JSON.stringify({ events_per_second: Math.round(events / seconds), texts: warm }));
