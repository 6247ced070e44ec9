// SPDX-License-Identifier: MIT
// Reads texts.txt as test-tokens.c does, and writes what a vocabulary makes of each text.
import { readFileSync, writeFileSync } from 'node:fs';

const N_SPELLED = 200;

/* The bytes of one line of texts.txt. */
export function unescape(line) {
  const parts = [];
  let rest = Buffer.from(line);

  while (rest.length > 0) {
    const at = rest.indexOf(0x5c);
    const plain = at < 0 ? rest : rest.subarray(0, at);

    parts.push(plain);
    if (at < 0) break;
    rest = rest.subarray(at + 1);
    const head = rest.toString('latin1', 0, 12);
    const repeat = /^\{(\d+):/.exec(head);

    if (repeat) {
      const end = rest.indexOf(0x7d);
      const unit = unescape(rest.subarray(repeat[0].length, end));

      parts.push(Buffer.concat(Array(Number(repeat[1])).fill(unit)));
      rest = rest.subarray(end + 1);
    } else if (head[0] === 'x') {
      parts.push(Buffer.from(head.slice(1, 3), 'hex'));
      rest = rest.subarray(3);
    } else {
      parts.push(Buffer.from({ n: '\n', r: '\r', t: '\t', '\\': '\\' }[head[0]]));
      rest = rest.subarray(1);
    }
  }
  return Buffer.concat(parts);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/* As strings: broken UTF-8 is its replacement, by the WHATWG's rule. */
export function readTexts() {
  const lines = readFileSync(new URL('texts.txt', import.meta.url), 'utf8').split('\n').slice(0, -1);

  return lines.map((line) => decoder.decode(unescape(line)));
}

/* FNV-1a over the ids as 32-bit little-endian words. */
export function hashIds(ids) {
  let hash = 0x811c9dc5;

  for (const id of ids)
    for (let shift = 0; shift < 32; shift += 8)
      hash = Math.imul(hash ^ ((id >>> shift) & 0xff), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/* One line a text: how many ids, their hash, and the ids themselves for the first texts. A text on which the oracles disagree is
 * a line with a dash. */
export function writeVectors(name, idsOfTexts) {
  const lines = idsOfTexts.map((ids, i) => {
    if (ids === null) return '-';
    return [ids.length, hashIds(ids), ...(i < N_SPELLED ? ids : [])].join(' ');
  });

  writeFileSync(new URL(`${name}.txt`, import.meta.url), `${lines.join('\n')}\n`);
}
