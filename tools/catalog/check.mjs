// SPDX-License-Identifier: MIT
// Refuses a catalogue that the engine would refuse, or would price by the wrong card.
import { MAX_USD_PER_MTOK, fail } from './common.mjs';

const MONEY = /^(0|[1-9]\d{0,8})(\.\d{1,9})?$/;
const DAY = /^\d{4}-\d\d(-\d\d)?$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const MAX_PATCH_CARDS = 15;
// What a tier may cost against the ordinary price of the same prompt; beyond is a unit error.
const TIER_BOUNDS = { batch: [0.2, 1], flex: [0.2, 1], priority: [1, 6], fast: [1, 8] };
const CAPABILITIES = ['audio_input', 'audio_output', 'batch', 'code_execution', 'computer_use',
  'file_search', 'json_mode', 'json_schema', 'logprobs', 'pdf', 'prompt_cache', 'reasoning', 'streaming',
  'tools', 'video_input', 'vision', 'web_search'];
const MODALITIES = ['text', 'image', 'audio', 'video', 'document', 'embedding'];

const keysOf = (card) => Object.keys(card.when ?? {});
const covers = (a, b) => keysOf(b).every((key) => keysOf(a).includes(key));

function span(range) {
  const low = Math.max(range.ge ?? 0, (range.gt ?? -1) + 1);
  return [low, Math.min(range.le ?? Infinity, (range.lt ?? Infinity) - 1)];
}

function listsMeet(a, b) {
  return a.some((x) => b.some((y) => x.toLowerCase() === y.toLowerCase()));
}

function conditionsMeet(key, a, b) {
  if (key === 'schedule') return true;
  if (key === 'params')
    return Object.keys(a).every((name) => !b[name] || listsMeet(a[name], b[name]));
  if (Array.isArray(a)) return listsMeet(a, b);
  const [low, high] = span(a);
  const [other_low, other_high] = span(b);
  return Math.max(low, other_low) <= Math.min(high, other_high);
}

// Whether some call could find both cards in force.
function meet(a, b) {
  const from = [a.from ?? '', b.from ?? ''].sort()[1];
  const to = [a.to ?? '9', b.to ?? '9'].sort()[0];
  return from < to
    && keysOf(a).every((key) => !(key in (b.when ?? {})) || conditionsMeet(key, a.when[key], b.when[key]));
}

// The engine's order: priority, number of conditions, begin.
function strength(a, b) {
  return (a.priority ?? 0) - (b.priority ?? 0) || keysOf(a).length - keysOf(b).length
    || ((a.from ?? '') > (b.from ?? '')) - ((a.from ?? '') < (b.from ?? ''));
}

// A third card that is stronger than both settles what calls that meet both cost.
function settles(c, a, b) {
  return c !== a && c !== b && c.mode !== 'patch' && covers(c, a) && covers(c, b) && meet(c, a)
    && meet(c, b) && strength(c, a) > 0 && strength(c, b) > 0;
}

function checkPair(where, a, b, cards) {
  const pair = `${where}: cards “${a.id}” and “${b.id}”`;
  if (a.id === b.id) fail(`${pair} have the same id`);
  if (!meet(a, b)) return;
  const order = strength(a, b);
  const settled = cards.some((c) => settles(c, a, b));
  if (order === 0 && !settled) fail(`${pair} can apply to the same call with equal right`);
  const [strong, weak] = order > 0 ? [a, b] : [b, a];
  if (weak.mode === 'patch' && strong.mode !== 'patch')
    fail(`${pair}: the patch card “${weak.id}” would never apply; give it a priority`);
  if (strong.mode === 'patch' || covers(strong, weak) || settled) return;
  if ((strong.priority ?? 0) <= (weak.priority ?? 0))
    fail(`${pair} can apply to the same call; give a card for both conditions, or bound one`);
}

function checkPrice(where, meter, price) {
  const money = typeof price === 'string' ? price : price.price;
  if (typeof money !== 'string' || !MONEY.test(money)) fail(`${where}: ${meter} is not a decimal string`);
  if (typeof price === 'string' && Number(price) > MAX_USD_PER_MTOK)
    fail(`${where}: ${meter} ${price} is beyond reason`);
}

function tiersOf(card) {
  return [...(card.when?.service_tier ?? []), ...(card.when?.speed ?? [])];
}

// The ordinary card of the same calls: the same conditions but for tier and speed.
function ordinary(card, cards) {
  const { service_tier, speed, ...rest } = card.when;
  return cards.filter((c) => tiersOf(c).length === 0 && c.mode !== 'patch' && meet(c, { ...card, when: rest })
    && covers({ when: rest }, c)).sort(strength).at(-1);
}

function checkTier(where, card, cards) {
  const base = tiersOf(card).length > 0 ? ordinary(card, cards) : undefined;
  for (const tier of tiersOf(card))
    for (const meter of ['input', 'output']) {
      const [low, high] = TIER_BOUNDS[tier] ?? [0.01, 100];
      const ratio = Number(card.prices[meter]) / Number(base?.prices[meter]);
      if (ratio < low || ratio > high)
        fail(`${where}, ${card.id}: ${meter} is ${ratio} of the price on “${base.id}”`);
    }
}

function checkDoubleTier(where, model, adjustments) {
  for (const card of model.rate_cards)
    for (const adjustment of adjustments)
      if (listsMeet(tiersOf(card), tiersOf(adjustment))
        && (!adjustment.meters || adjustment.meters.some((m) => m in card.prices)))
        fail(`${where}: “${card.id}” and the adjustment “${adjustment.id}” both price a tier`);
}

function checkCards(where, model, cards) {
  if (cards.length === 0) fail(`${where}: no rate card`);
  if (cards.filter((c) => c.mode === 'patch').length > MAX_PATCH_CARDS)
    fail(`${where}: more than ${MAX_PATCH_CARDS} patch cards`);
  for (const card of cards) {
    for (const [meter, price] of Object.entries(card.prices))
      checkPrice(`${where}, ${card.id}`, meter, price);
    for (const key of ['from', 'to'])
      if (card[key] && !INSTANT.test(card[key])) fail(`${where}, ${card.id}: “${key}” is no instant`);
    checkTier(where, card, cards);
  }
  for (const [i, a] of cards.entries())
    for (const b of cards.slice(i + 1)) checkPair(where, a, b, cards);
}

function checkWords(where, words, allowed) {
  for (const word of words ?? []) if (!allowed.includes(word)) fail(`${where}: unknown word “${word}”`);
}

function checkFacts(where, model, ids) {
  checkWords(where, model.capabilities, CAPABILITIES);
  checkWords(where, model.modalities?.input, MODALITIES);
  checkWords(where, model.modalities?.output, MODALITIES);
  for (const key of ['released', 'knowledge_cutoff', 'deprecated_at', 'retires_at'])
    if (model[key] && !DAY.test(model[key])) fail(`${where}: “${key}” is no day`);
  for (const key of ['alias_of', 'successor'])
    if (model[key] && !ids.has(model[key])) fail(`${where}: “${key}” ${model[key]} is not a model`);
}

export function checkCatalog({ providers, models }) {
  const ids = new Set(models.map((m) => `${m.provider}/${m.id}`));
  if (ids.size !== models.length) fail('a model is listed twice');
  const hosts = new Map(providers.map((p) => [p.id, p]));
  for (const model of models) {
    const where = `${model.provider}/${model.id}`;
    checkFacts(where, model, ids);
    checkCards(where, model, model.rate_cards);
    checkDoubleTier(where, model,
      [...(model.adjustments ?? []), ...(hosts.get(model.provider).adjustments ?? [])]);
  }
}
