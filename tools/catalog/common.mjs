// SPDX-License-Identifier: MIT
// What the parts of make-catalog.mjs share.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const tools = join(here, '..');
export const target = join(here, '../../libtokenwise/catalog');
export const supplement = JSON.parse(readFileSync(join(target, 'supplement.json'), 'utf8'));

export const MIDNIGHT = 'T00:00:00Z';
// Above the dearest model by far: a price beyond it is a unit error in the source.
export const MAX_USD_PER_MTOK = 5000;

export function fail(message) {
  throw new Error(`make-catalog: ${message}`);
}
