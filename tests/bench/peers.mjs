// SPDX-License-Identifier: MIT
// node peers.mjs PEER FILE: how fast an npm tokenizer counts a file as o200k_base, as one JSON
// object. One process per peer and file, as ours is measured. The time is that of the processor, or
// the clock's where it is shorter: the peer is not charged for its collector's threads, nor for the
// other programs of this machine.
import { readFileSync } from 'node:fs';

const WARM_PASSES = 4;
const SECONDS = 6;

// Each answers a function that counts; text that looks like a special token is text.
const peers = {
  async 'gpt-tokenizer'() {
    const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
    const options = { allowedSpecial: new Set(), disallowedSpecial: new Set() };
    return (text) => countTokens(text, options);
  },
  async tiktoken() {
    const { get_encoding } = await import('tiktoken');
    const encoding = get_encoding('o200k_base');
    return (text) => encoding.encode_ordinary(text).length;
  },
  async 'ai-tokenizer'() {
    const { Tokenizer } = await import('ai-tokenizer');
    const tokenizer = new Tokenizer(await import('ai-tokenizer/encoding/o200k_base'));
    return (text) => tokenizer.count(text, [], []);
  },
};

function timed(run) {
  const clock = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  const result = run();
  const used = process.cpuUsage(cpu);
  const elapsed = Number(process.hrtime.bigint() - clock) / 1000;
  return { result, us: Math.min(elapsed, used.user + used.system) };
}

const [name, path] = process.argv.slice(2);
const bytes = readFileSync(path);
const text = bytes.toString('utf8');
const count = await peers[name]();
count('');
const first = timed(() => count(text));
let best = Infinity;
for (let pass = 0, spent = first.us; pass < WARM_PASSES && spent < SECONDS * 1e6; pass++) {
  const { us } = timed(() => count(text));
  best = Math.min(best, us);
  spent += us;
}
console.log(JSON.stringify({
  tokens: first.result,
  first_pass_mb_s: bytes.length / first.us,
  warm_mb_s: bytes.length / Math.min(best, first.us),
}));
