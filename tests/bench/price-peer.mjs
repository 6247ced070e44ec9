// SPDX-License-Identifier: MIT
// node price-peer.mjs FILE: what npm's @pydantic/genai-prices takes for the records that
// `prices records FILE` prices, as one JSON object. The time is that of the processor, or the clock's
// where it is shorter: the peer is not charged for its collector's threads, nor for other programs.
import { readFileSync } from 'node:fs';
import { calcPrice } from '@pydantic/genai-prices';

const ROUNDS = 9;
const ROUND_NS = 200e6 / ROUNDS;
const timestamp = new Date('2026-10-01T12:00:00Z');

const records = readFileSync(process.argv[2], 'utf8').trim().split('\n').map((line) => {
  const [providerId, model, input, cached, written, output] = line.split(' ');
  const usage = { input_tokens: +input, cache_read_tokens: +cached, output_tokens: +output };
  if (+written > 0) usage.cache_write_tokens = +written;
  return { model, usage, options: { providerId, timestamp } };
});
const price = ({ model, usage, options }) => calcPrice(usage, model, options);
const costs = records.map((record) => price(record)?.total_price ?? null);
let best = Infinity;
for (let round = -2; round < ROUNDS; round++) {
  const begin = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  let n = 0;
  let elapsed = 0;
  while (elapsed < ROUND_NS) {
    for (const record of records) price(record);
    n += records.length;
    elapsed = Number(process.hrtime.bigint() - begin);
  }
  const used = process.cpuUsage(cpu);
  const spent = Math.min(elapsed, (used.user + used.system) * 1000);
  // The first rounds are for the compiler.
  if (round >= 0) best = Math.min(best, spent / n);
}
console.log(JSON.stringify({ costs, ns: best }));
