// SPDX-License-Identifier: MIT
// What make-catalog.mjs must refuse, and what a patch must do. Run by: npm test (in tools/)
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { checkCatalog } from './check.mjs';
import { applyPatch } from './patch.mjs';

const card = (id, extra) => ({ id, prices: { input: '1', output: '2' }, source: 'page',
  verified_at: '2026-11-22', confidence: 'single', ...extra });

function catalog(...cards) {
  return {
    providers: [{ id: 'p', name: 'P', usage_profile: 'openai' }],
    models: [{ provider: 'p', id: 'm', match: [{ equals: 'm' }], rate_cards: cards }],
  };
}

function patched(entry, rest) {
  const out = catalog(card('standard'));
  const patch = { provider: 'p', retrieved: '2026-11-22', sources: { page: 'https://p.example/' },
    models: [{ id: 'm', source: 'page', confidence: 'single', ...entry }], ...rest };
  applyPatch(out, patch, 'p.json', new Map());
  checkCatalog(out);
  return out.models.find((m) => m.id === (entry.id ?? 'm'));
}

const LONG = { total_input_tokens: { gt: 100 } };
const BATCH = { service_tier: ['batch'] };

const refused = [
  ['an unknown key', { colour: 'red' }, /unknown key “colour”/],
  ['an unknown model', { id: 'n' }, /not in the seed/],
  ['a new model that is not new', { new: true }, /in the seed now/],
  ['an unknown source', { source: 'hearsay' }, /unknown source/],
  ['no confidence', { confidence: undefined }, /no confidence/],
  ['agreement of one', { confidence: 'agreed' }, /needs two sources/],
  ['a price that is a number', { cards: [{ id: 'c', when: BATCH, prices: { input: 0.5 } }] }, /decimal string/],
  ['a price per token', { cards: [{ id: 'c', prices: { input: '200000' }, priority: 1 }] }, /beyond reason/],
  ['a dear batch', { cards: [{ id: 'c', when: BATCH, prices: { input: '5' } }] }, /of the price on “standard”/],
  ['the same id', { cards: [{ id: 'standard', when: BATCH, prices: { input: '0.5' } }] }, /the same id/],
  ['equal right', { cards: [{ id: 'c', prices: { input: '3' } }] }, /with equal right/],
  ['a tier beside a cliff', { cards: [{ id: 'b', when: BATCH, prices: { input: '0.5' } },
    { id: 'l', when: LONG, prices: { input: '2' } }] }, /with equal right/],
  ['a patch card too weak', { cards: [{ id: 'c', when: BATCH, prices: { input: '0.5' } },
    { id: 'f', mode: 'patch', priority: -1, prices: { request: '1' } }] }, /never apply/],
  ['a tier priced twice', { cards: [{ id: 'c', when: BATCH, prices: { input: '0.5' } }],
    adjustments: [{ id: 'half', when: BATCH, multiply: '0.5', meters: ['tokens'] }] }, /both price a tier/],
  ['a capability misspelt', { capabilities: ['toolz'] }, /unknown word/],
  ['a successor unknown', { successor: 'p/x' }, /is not a model/],
  ['a card to edit that is not there', { edit_cards: { gone: {} } }, /no card “gone”/],
  ['a rule to drop that is not there', { drop_match: [{ equals: 'z' }] }, /to drop/],
];

for (const [name, entry, message] of refused)
  test(`refuses ${name}`, () => assert.throws(() => patched(entry), message));

test('refuses an unknown key of the file', () =>
  assert.throws(() => patched({}, { colour: 'red' }), /unknown key “colour”/));

test('a card for both conditions settles a tier beside a cliff', () => {
  const model = patched({ cards: [{ id: 'b', when: BATCH, prices: { input: '0.5' } },
    { id: 'l', when: LONG, prices: { input: '2' } },
    { id: 'bl', when: { ...BATCH, ...LONG }, prices: { input: '1' } }] });
  assert.equal(model.rate_cards.length, 4);
});

test('a card takes source, day and confidence from its entry', () => {
  const model = patched({ cards: [{ id: 'b', when: BATCH, prices: { input: '0.5' } }] });
  assert.deepEqual(model.rate_cards[1], { id: 'b', when: BATCH, prices: { input: '0.5' },
    source: 'p:page', verified_at: '2026-11-22', confidence: 'single' });
});

test('fees are on every card but patches and those that have their own', () => {
  const model = patched({ fees: { web_search: { price: '10', per: 1000 } },
    cards: [{ id: 'b', when: BATCH, prices: { input: '0.5', web_search: { price: '9', per: 1000 } } },
      { id: 'f', mode: 'patch', priority: 1, prices: { request: '1' } }] });
  assert.deepEqual(model.rate_cards.map((c) => c.prices.web_search?.price), ['10', '9', undefined]);
});

test('an edit merges prices and takes one away', () => {
  const model = patched({ edit_cards: { '*': { prices: { cache_read: '0.1', output: null } } } });
  assert.deepEqual(model.rate_cards[0].prices, { input: '1', cache_read: '0.1' });
});

test('"tokens" stands for every meter of tokens and for no fee', () => {
  const model = patched({ adjustments: [{ id: 'half', when: BATCH, multiply: '0.5', meters: ['tokens'] }] });
  assert.ok(model.adjustments[0].meters.includes('cache_write_1h'));
  assert.ok(!model.adjustments[0].meters.includes('web_search'));
});
